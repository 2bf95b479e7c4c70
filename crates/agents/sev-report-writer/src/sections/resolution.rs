use lamplighter_core::markdown::inert;
use lamplighter_core::words::{Incident, IncidentEvent};

use super::{heading, line};
use crate::evidence::Ledger;
use crate::wording::{clock, sentence};

/// What was changed, and what says that it helped.
pub(super) fn resolution(incident: &Incident, ledger: &mut Ledger, text: &mut String) {
    heading(text, "Resolution");
    if !incident.is_over() {
        let why = incident.handed_over.as_ref().map_or_else(String::new, |why| format!(" {}", sentence(&inert(why))));
        let said = format!("Nothing says that it was over when this was written.{why} {}", ledger.handover(incident));
        line(text, &format!("{}\n", said.trim_end()));
    }
    if incident.actions.is_empty() {
        line(text, "Nothing is recorded that was changed in the infrastructure.");
    }
    let cited = if incident.actions.is_empty() { String::new() } else { cite_actions(incident, ledger) };
    for action in &incident.actions {
        line(text, &format!("- {} {cited}", sentence(action)));
    }
    if let Some(to) = incident.window.and_then(|window| window.to) {
        line(text, &format!("\nRecovered by {}, as these say:\n", clock(to)));
        for finding in &incident.recovery {
            line(text, &format!("- {} {}", sentence(&inert(&finding.summary)), ledger.finding(finding)));
        }
    }
}

/// Cites where it is written down that something was changed.
pub(super) fn cite_actions(incident: &Incident, ledger: &mut Ledger) -> String {
    let carried_out: Vec<&IncidentEvent> =
        incident.events.iter().filter(|event| event.source.as_str() == "audit log").collect();
    let last_two = carried_out.len().saturating_sub(2);
    let cited: Vec<String> = carried_out.into_iter().skip(last_two).map(|event| ledger.event(event)).collect();
    if cited.is_empty() { ledger.finding_or_issue(incident) } else { cited.join(" ") }
}
