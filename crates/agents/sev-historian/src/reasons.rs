//! Why something is related, in sentences for a person.

use crate::causes::Concept;
use crate::query::Query;
use crate::relevance::Grounds;
use crate::said::Said;

/// How far a cause has to be the main one of both to be called the same, and to be named at all.
const SAME_CAUSE: f32 = 0.6;
const SPOKEN_OF: f32 = 0.3;

/// How alike titles have to be to be called so.
const ALIKE: f32 = 0.5;

/// The sentences; never none.
pub(crate) fn reasons(query: &Query, grounds: &Grounds, said: &Said) -> Vec<String> {
    let mut reasons = Vec::new();
    if grounds.links_there {
        reasons.push("It is named in what is asked about.".to_owned());
    }
    if grounds.links_back {
        reasons.push("It names what is asked about.".to_owned());
    }
    reasons.extend(of_cause(grounds));
    if !grounds.shared_services.is_empty() {
        reasons.push(format!("The same service is affected: {}.", grounds.shared_services.join(", ")));
    }
    if grounds.title >= ALIKE {
        reasons.push("The titles are much alike.".to_owned());
    }
    let (same, other) = query.spelt(&grounds.shared_words, said);
    if !same.is_empty() {
        reasons.push(format!("Both speak of {}.", same.join(", ")));
    }
    if !other.is_empty() {
        reasons.push(format!("Both speak, in other words or forms, of {}.", other.join(", ")));
    }
    if reasons.is_empty() {
        reasons.push("Both are told in the same words.".to_owned());
    }
    reasons
}

fn of_cause(grounds: &Grounds) -> Option<String> {
    let mut shared = grounds.same_cause.iter().filter(|(_, share)| *share >= SPOKEN_OF);
    // A code says more than its family.
    let (concept, share) =
        shared.clone().find(|(concept, _)| matches!(concept, Concept::Code(_))).or_else(|| shared.next())?;
    Some(match concept {
        Concept::Code(cause) if *share >= SAME_CAUSE => {
            format!("The same cause, {}: {}", cause.code(), cause.meaning())
        }
        Concept::Family(_) if *share >= SAME_CAUSE => format!("The same kind of cause: {}.", concept.meaning()),
        _ => format!("Both speak of {} as a cause.", concept.meaning()),
    })
}
