//! Why something is related, in sentences for a person.

use crate::causes::Concept;
use crate::query::Query;
use crate::relevance::Grounds;

/// How far a cause has to be the main one of both to be called the same.
const SAME_CAUSE: f32 = 0.3;

/// How alike titles have to be to be called so.
const ALIKE: f32 = 0.5;

/// The sentences; never none.
pub(crate) fn reasons(query: &Query, grounds: &Grounds) -> Vec<String> {
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
    let words = query.spelt(&grounds.shared_words);
    if !words.is_empty() {
        reasons.push(format!("Both speak of {}.", words.join(", ")));
    }
    if reasons.is_empty() {
        reasons.push("Both are told in the same words.".to_owned());
    }
    reasons
}

fn of_cause(grounds: &Grounds) -> Option<String> {
    let mut shared = grounds.same_cause.iter().filter(|(_, share)| *share >= SAME_CAUSE).map(|(concept, _)| *concept);
    // A code says more than its family.
    let concept = shared.clone().find(|concept| matches!(concept, Concept::Code(_))).or_else(|| shared.next())?;
    Some(match concept {
        Concept::Code(cause) => format!("The same cause, {}: {}", cause.code(), cause.meaning()),
        Concept::Family(_) => format!("The same kind of cause: {}.", concept.meaning()),
    })
}
