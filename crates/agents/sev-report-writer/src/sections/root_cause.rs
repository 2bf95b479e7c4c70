use lamplighter_core::diagnosis::RootCause;
use lamplighter_core::markdown::{code, inert};
use lamplighter_core::words::{Incident, Trigger};

use super::{facts, heading, line};
use crate::evidence::Ledger;
use crate::wording::{named_sentence, same};

/// More pieces of evidence are left to the raw data.
const SHOWN: usize = 6;

/// More other causes are left to the raw data.
const OTHERS: usize = 4;

/// The cause, what it rests on, the steps from it to what people noticed, and what else was considered.
pub(super) fn root_cause(incident: &Incident, ledger: &mut Ledger, text: &mut String) {
    heading(text, "Root Cause");
    if facts::is_quiet(incident) {
        line(text, "Nothing was found to be wrong, so there is none.");
        return;
    }
    let Some(cause) = incident.causes.first() else {
        line(text, &format!("It is not known. {}", facts::grounds(incident, ledger)));
        line(text, "What was seen is in the raw data. To find the cause is the first item of the plan.");
        return;
    };
    let namespace = cause.culprit.in_namespace().map_or_else(String::new, |space| format!(" in {}", code(space)));
    let named = if cause.named_by.is_empty() { String::new() } else { format!(", named by {}", code(&cause.named_by)) };
    line(
        text,
        &format!(
            "**{}**{namespace}: {} It is {} likely{named}, an inference from {}.",
            code(&cause.culprit.to_string()),
            cause.cause.meaning(),
            cause.confidence,
            ledger.findings(&cause.evidence, SHOWN)
        ),
    );
    line(text, "\nWhat it rests on:\n");
    for finding in cause.evidence.iter().take(SHOWN) {
        let said = named_sentence(&inert(&finding.summary), &facts::known_names(incident));
        line(text, &format!("- {said} {}", ledger.finding(finding)));
    }
    chain(incident, cause, ledger, text);
    others(incident, ledger, text);
}

fn chain(incident: &Incident, cause: &RootCause, ledger: &mut Ledger, text: &mut String) {
    line(text, "\n### Causal Chain\n");
    line(
        text,
        &format!(
            "Inferred from {}; the steps between what was seen are how such things go:\n",
            ledger.findings(&cause.evidence, SHOWN)
        ),
    );
    let known = facts::known_names(incident);
    let mut steps: Vec<String> = vec![cause.cause.meaning().to_owned()];
    for step in cause.chain.iter().map(|step| named_sentence(&inert(step), &known)) {
        if !steps.iter().any(|said| same(said, &step)) {
            steps.push(step);
        }
    }
    let services = facts::services(incident);
    if !services.is_empty() {
        steps.push(format!("{} {}. {}", facts::names(&services), facts::state(incident), ledger.triage(incident)));
    }
    for (number, step) in (1..).zip(steps) {
        line(text, &format!("{number}. {step}"));
    }
}

fn others(incident: &Incident, ledger: &mut Ledger, text: &mut String) {
    let others: Vec<&RootCause> = incident.causes.iter().skip(1).take(OTHERS).collect();
    if others.is_empty() {
        return;
    }
    line(text, "\n### Other Causes Considered\n");
    for other in others {
        line(text, &format!("- {}. {}", facts::cause_in_words(other), ledger.findings(&other.evidence, 2)));
    }
    let more = incident.causes.len().saturating_sub(OTHERS + 1);
    if more > 0 {
        line(text, &format!("- And {more} more, in the raw data."));
    }
}

/// What made it possible, or worse.
pub(super) fn contributing_factors(incident: &Incident, ledger: &mut Ledger, text: &mut String) {
    heading(text, "Contributing Factors");
    let mut factors = Vec::new();
    let trigger = incident.triage.as_ref().map_or(Trigger::Unknown, |triage| triage.trigger);
    if let Some(trigger) = facts::trigger(trigger) {
        factors.push(format!("Triage takes it to be set off by {trigger}. {}", ledger.triage(incident)));
    }
    if incident.detection.monitors.is_some() && facts::monitors_that_saw_it(incident).is_empty() {
        factors.push(format!("No monitor saw it from outside. {}", ledger.monitors(incident)));
    }
    if incident.detection.alerts.as_ref().is_some_and(Vec::is_empty) {
        factors.push(format!("No alert fired. {}", ledger.alerts(incident)));
    }
    if let Some(history) = &incident.history {
        let open: usize = history.recurrences().iter().map(|past| past.open_items.len()).sum();
        if open > 0 {
            let items = if open == 1 { "One action item".to_owned() } else { format!("{open} action items") };
            factors.push(format!(
                "{items} of earlier incidents of this type were never done. {}",
                ledger.history(history.searched)
            ));
        }
    }
    let dependents = facts::dependents(incident);
    if !dependents.is_empty() {
        factors.push(format!("{} cannot work without it. {}", facts::names(&dependents), ledger.catalog()));
    }
    if factors.is_empty() {
        line(text, "None are known.");
    }
    for factor in factors {
        line(text, &format!("- {factor}"));
    }
}
