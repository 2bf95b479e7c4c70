use lamplighter_core::markdown::{code, inert};
use lamplighter_core::words::{Incident, Noticer};

use super::{facts, heading, line};
use crate::evidence::Ledger;
use crate::prevention::{Names, recipe};
use crate::wording::{clock, span};

/// Who noticed, how long it took, and what should have.
pub(super) fn detection(incident: &Incident, ledger: &mut Ledger, text: &mut String) {
    heading(text, "Detection");
    let is_known = incident.detection.by != Noticer::Unknown || incident.detection.at.is_some();
    let cited = if is_known { ledger.finding_or_issue(incident) } else { String::new() };
    let who = match &incident.detection.by {
        Noticer::Person(name) => format!("a person, {}", inert(name)),
        Noticer::Scan => "the health scan".to_owned(),
        Noticer::Unknown => "nobody has said".to_owned(),
    };
    let at = incident.detection.at.map_or_else(String::new, |at| format!(", {}", clock(at)));
    line(text, format!("- **Noticed by:** {who}{at}. {cited}").trim_end());
    let took = match (incident.window, incident.detection.at) {
        (Some(window), Some(at)) if at >= window.from => {
            let begin = ledger.begin(incident);
            let cited = if begin == cited { begin } else { format!("{begin} {cited}") };
            format!("{}, from the first sign to the report. {cited}", span(window.from, at))
        }
        (Some(_), Some(_)) => format!("none: the report came before the first sign that was recorded. {cited}"),
        _ => "not known.".to_owned(),
    };
    line(text, &format!("- **Time to detect:** {took}"));
    line(text, &format!("- **Gap:** {}", gap(incident, ledger)));
    line(text, &format!("- **What should have noticed:** {}", should_have(incident)));
}

fn gap(incident: &Incident, ledger: &mut Ledger) -> String {
    let saw = facts::monitors_that_saw_it(incident);
    let fired = incident.detection.alerts.iter().flatten().count();
    let is_person = matches!(incident.detection.by, Noticer::Person(_));
    match (saw.first(), fired, is_person) {
        (Some(first), 0, true) => format!(
            "monitor {} saw it, and a person told of it: nothing called anybody. {}",
            code(&first.name),
            ledger.finding(&facts::of_monitor(first))
        ),
        (None, 0, true) => {
            format!("a person noticed before any machine did. {}", ledger.finding_or_issue(incident))
        }
        (_, 0, false) if incident.detection.alerts.is_some() => {
            format!("no alert fired. {}", ledger.alerts(incident))
        }
        (_, 0, false) => "not known: nobody could be asked which alerts fired.".to_owned(),
        (_, _, true) => format!(
            "an alert fired, and a person told of it all the same. {}",
            ledger.findings(incident.detection.alerts.iter().flatten(), 2)
        ),
        (_, _, false) => {
            format!("none: an alert fired. {}", ledger.findings(incident.detection.alerts.iter().flatten(), 2))
        }
    }
}

fn should_have(incident: &Incident) -> String {
    let Some(cause) = incident.causes.first() else {
        return "a monitor from outside of each affected service; see the plan, P2.".to_owned();
    };
    match recipe(cause.cause) {
        Some(recipe) => {
            let names = Names::new(cause.cause, &facts::culprit(incident, cause));
            let minutes = recipe.notice.minutes;
            let after = if minutes == 0 { "at once".to_owned() } else { format!("after {minutes} minutes") };
            format!(
                "the alert {} (“{}”), {after}; see the plan, P2.",
                code(recipe.notice.name),
                names.fill(recipe.notice.summary)
            )
        }
        None => "an alert on the symptoms; see the plan, P2.".to_owned(),
    }
}
