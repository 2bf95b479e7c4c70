use lamplighter_core::words::{Incident, Noticer};

use super::{facts, heading, line};
use crate::evidence::Ledger;

/// What went well, what did not, as far as the facts say it.
pub(super) fn lessons(incident: &Incident, ledger: &mut Ledger, text: &mut String) {
    heading(text, "Lessons Learned");
    let (mut well, mut badly) = (Vec::new(), Vec::new());
    if incident.is_over() && !incident.recovery.is_empty() {
        well.push(format!(
            "The recovery was confirmed before it was called one. {}",
            ledger.findings(&incident.recovery, 2)
        ));
    }
    if let Some(cause) = incident.causes.first() {
        well.push(format!("A cause was named with its evidence. {}", ledger.findings(&cause.evidence, 2)));
    } else if !facts::is_quiet(incident) {
        badly.push("No cause was found.".to_owned());
    }
    let saw = facts::monitors_that_saw_it(incident);
    match (saw.first(), &incident.detection.by) {
        (Some(monitor), _) => {
            well.push(format!("A monitor saw it from outside. {}", ledger.finding(&facts::of_monitor(monitor))));
        }
        (None, Noticer::Person(_)) => {
            badly.push(format!("A person noticed before any machine did. {}", ledger.finding_or_issue(incident)));
        }
        (None, Noticer::Scan | Noticer::Unknown) => {}
    }
    if let Some(history) = &incident.history {
        let before = history.recurrences();
        let open: usize = before.iter().map(|past| past.open_items.len()).sum();
        if !before.is_empty() {
            let items = if open == 0 {
                "although what was planned then is done"
            } else {
                "and what was planned then is not done"
            };
            badly.push(format!("It has happened before, {items}. {}", ledger.history(history.searched)));
        }
    }
    if !incident.gaps.is_empty() || !incident.lost.is_empty() {
        let count = incident.gaps.len() + incident.lost.len();
        badly.push(if count == 1 {
            "One thing could not be looked at; it is listed in the raw data.".to_owned()
        } else {
            format!("{count} things could not be looked at; they are listed in the raw data.")
        });
    }
    let mut is_first = true;
    for (name, said) in [("What went well", well), ("What did not", badly)] {
        if !said.is_empty() {
            if !is_first {
                line(text, "");
            }
            is_first = false;
            line(text, &format!("### {name}\n"));
            for words in said {
                line(text, &format!("- {words}"));
            }
        }
    }
}
