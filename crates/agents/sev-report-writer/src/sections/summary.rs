use lamplighter_core::markdown::{code, inert};
use lamplighter_core::words::Incident;

use super::{facts, heading, line};
use crate::evidence::Ledger;
use crate::name;
use crate::wording::{clock, counted, ordinal, sentence};

/// The answer first: what, how long, why, what was done, whether it is over, whether it is new.
pub(super) fn summary(incident: &Incident, ledger: &mut Ledger, text: &mut String) {
    heading(text, "Summary");
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
        Some(window) => format!("since {}", clock(window.from)),
        None => format!("on {}", name::day(incident)),
    };
    format!("**{who} {state} {when}{severity}.** {}", ledger.triage(incident))
}

fn why(incident: &Incident, ledger: &mut Ledger) -> String {
    match incident.causes.first() {
        Some(cause) => {
            let cited = ledger.findings(&cause.evidence, 3);
            format!("The cause: {}. {cited}", facts::cause_in_words(cause)).trim_end().to_owned()
        }
        None => format!("No cause was found. {}", facts::grounds(incident, ledger)),
    }
}

fn what_was_done(incident: &Incident, ledger: &mut Ledger) -> String {
    let done = match incident.actions.as_slice() {
        [] => "Nothing was changed in the infrastructure.".to_owned(),
        [one] => format!("What was done: {}", sentence(one)),
        [first, rest @ ..] => {
            let more = i64::try_from(rest.len()).unwrap_or(i64::MAX);
            format!("What was done: {} Then {} more, see Resolution.", sentence(first), counted(more, "thing"))
        }
    };
    let done_cited = super::resolution::cite_actions(incident, ledger);
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
    let end = if incident.is_over() { end } else { format!("{end} {}", ledger.finding_or_issue(incident)) };
    format!("{done} {done_cited} {end}")
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
    if incident.lost.is_empty() {
        return None;
    }
    let who: Vec<String> =
        incident.lost.iter().map(|lost| format!("{} ({})", code(&lost.member), inert(&lost.why))).collect();
    Some(format!("**Incomplete:** without {}.", who.join(", ")))
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
