use lamplighter_core::markdown::{code, inert, shorten};
use lamplighter_core::words::Incident;

use super::{facts, heading, line};
use crate::evidence::Ledger;
use crate::moments;
use crate::name;
use crate::wording::{clock, counted, named_sentence, ordinal, same, sentence};

/// The longest line that is quoted, in characters.
const LONGEST_LINE: usize = 240;

/// More of what could not be read is left to the raw data.
const GAPS: usize = 4;

/// The answer first: what, how long, why, what was done, whether it is over, whether it is new.
pub(super) fn summary(incident: &Incident, ledger: &mut Ledger, text: &mut String) {
    heading(text, "Summary");
    if facts::is_quiet(incident) {
        line(text, "**Nothing was found to be wrong**, so there is no incident to tell of.");
        if let Some(missing) = missing(incident) {
            line(text, "");
            line(text, &missing);
        }
        return;
    }
    line(text, &what_happened(incident, ledger));
    line(text, &why(incident, ledger));
    line(text, &what_was_done(incident, ledger));
    if let Some(again) = again(incident, ledger) {
        line(text, &again);
    }
    if let Some(missing) = missing(incident) {
        line(text, "");
        line(text, &missing);
    }
}

fn what_happened(incident: &Incident, ledger: &mut Ledger) -> String {
    let services = facts::services(incident);
    let who = if services.is_empty() { "Something".to_owned() } else { facts::names(&services) };
    let severity = incident.severity.map_or_else(String::new, |severity| format!(" ({severity})"));
    let state = facts::state(incident);
    let when = match incident.window {
        Some(window) if window.to.is_some() => {
            format!("for {} from {}", facts::duration(incident), clock(window.from))
        }
        Some(window) if !moments::is_begin_known(incident) => format!("at least since {}", clock(window.from)),
        Some(window) => format!("since {}", clock(window.from)),
        None => format!("on {}", name::day(incident)),
    };
    let mut cited = ledger.triage(incident);
    let begin = ledger.begin(incident);
    if incident.window.is_some() && begin != cited {
        cited = format!("{cited} {begin}");
    }
    format!("**{who} {state} {when}{severity}.** {cited}")
}

fn why(incident: &Incident, ledger: &mut Ledger) -> String {
    match incident.causes.first() {
        Some(cause) => {
            let cited = ledger.findings(&cause.evidence, 3);
            let mut said = format!("The cause: {}.", facts::cause_in_words(cause));
            if let Some(step) = cause.chain.first().filter(|step| !same(step, cause.cause.meaning())) {
                said = format!("{said} {}", named_sentence(&inert(step), &facts::known_names(incident)));
            }
            if !cited.is_empty() {
                said = format!("{said} {cited}");
            }
            if let Some((finding, words)) = facts::telling(cause) {
                let words = code(&shorten(words, LONGEST_LINE));
                said = format!("{said}\nThe evidence says: {words} {}", ledger.finding(finding));
            }
            said
        }
        None => format!("No cause was found. {}", facts::grounds(incident, ledger)),
    }
}

fn what_was_done(incident: &Incident, ledger: &mut Ledger) -> String {
    let done = match incident.actions.as_slice() {
        [] => "Nothing is recorded that was changed in the infrastructure.".to_owned(),
        [one] => format!("What was done: {}", sentence(one)),
        [first, rest @ ..] => {
            let more = i64::try_from(rest.len()).unwrap_or(i64::MAX);
            format!("What was done: {} Then {} more, see Resolution.", sentence(first), counted(more, "thing"))
        }
    };
    let done_cited = if incident.actions.is_empty() {
        String::new()
    } else {
        format!(" {}", super::resolution::cite_actions(incident, ledger))
    };
    let end = match (incident.window.and_then(|window| window.to), &incident.handed_over) {
        (Some(to), _) => {
            let cited = ledger.findings(&incident.recovery, 3);
            format!("It works again since {}. {cited}", clock(to)).trim_end().to_owned()
        }
        (None, Some(why)) => {
            let owner = incident.owner.as_ref().map_or_else(|| "a person".to_owned(), |owner| code(owner));
            let why = lower_first(&inert(why));
            format!("It is not over: {owner} has it, because {}.", why.trim_end_matches('.'))
        }
        (None, None) => "Whether it is over is not known.".to_owned(),
    };
    let end = if incident.is_over() { end } else { format!("{end} {}", ledger.handover(incident)) };
    format!("{done}{done_cited} {}", end.trim_end())
}

fn again(incident: &Incident, ledger: &mut Ledger) -> Option<String> {
    let history = incident.history.as_ref()?;
    let before = history.recurrences();
    let first = before.last()?;
    let open: usize = before.iter().map(|past| past.open_items.len()).sum();
    let items = match open {
        0 => String::new(),
        1 => " One action item of before was never done.".to_owned(),
        open => format!(" {open} action items of before were never done."),
    };
    let nth = ordinal(before.len() + 1);
    let link = super::recurrence::link(first);
    Some(format!(
        "This is the **{nth}** incident of this type; the first was {link}.{items} {}",
        ledger.history(history.searched)
    ))
}

/// What a reader has to know before trusting the rest.
fn missing(incident: &Incident) -> Option<String> {
    let who = incident.lost.iter().map(|lost| format!("{} ({})", code(&lost.member), inert(&lost.why)));
    // What was never recorded is no news; what is there and cannot be read is.
    let broken: Vec<&String> = incident.gaps.iter().filter(|gap| !gap.contains(" has no ")).collect();
    let mut without: Vec<String> = who.collect();
    without.extend(broken.iter().take(GAPS).map(|gap| inert(&shorten(gap, LONGEST_LINE))));
    if broken.len() > GAPS {
        without.push(format!("{} more, in the raw data", broken.len() - GAPS));
    }
    (!without.is_empty()).then(|| format!("**Incomplete:** without {}.", without.join("; ")))
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
