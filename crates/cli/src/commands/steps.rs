use std::sync::{Arc, Mutex, PoisonError};

use lamplighter::StepWatcher;
use lamplighter::core::Carried;
use serde_json::Value;

/// What happened in a run, a line for each step that a person cares about.
#[derive(Clone, Default)]
pub(crate) struct Steps(Arc<Mutex<Vec<String>>>);

impl Steps {
    /// Collects the lines.
    pub(crate) fn watcher(&self) -> StepWatcher {
        let lines = Arc::clone(&self.0);
        Arc::new(move |_, step, output| {
            if let Some(line) = describe(step, output) {
                lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        })
    }

    /// The lines so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn describe(step: &str, output: &Value) -> Option<String> {
    if let Some(change) = step.strip_suffix("#outcome") {
        return Some(describe_change(change, output));
    }
    let name = step.rsplit('/').next().unwrap_or(step);
    if let Some((_, comment)) = step.split_once("comment:") {
        return Some(format!("commented: {comment}"));
    }
    if let Some((_, labels)) = step.split_once("labels:") {
        return Some(format!("labelled {labels}"));
    }
    if let Some((_, decision)) = step.split_once("decided:") {
        return Some(decision.to_owned());
    }
    match name {
        "survey" => {
            let health = output.pointer("/triage/health").and_then(Value::as_str).unwrap_or("unknown");
            Some(format!("looked at the cluster and the monitors: {health}"))
        }
        "close" => Some("closed the issue".to_owned()),
        _ if name.starts_with("workspace-") => Some("fetched the repository".to_owned()),
        _ if name.starts_with("baseline-") => Some("made sure that nothing else waits in the stack".to_owned()),
        _ if name.starts_with("plan-") => Some("edited the stack and planned".to_owned()),
        _ if step.contains("recovery:") => {
            let confirmed = output.get("confirmed").and_then(Value::as_bool).unwrap_or_default();
            Some(if confirmed { "recovered, as two sources say" } else { "not recovered" }.to_owned())
        }
        _ => None,
    }
}

fn describe_change(change: &str, output: &Value) -> String {
    let name = change.rsplit('/').find(|part| !part.is_empty()).unwrap_or(change);
    match serde_json::from_value(output.clone()) {
        Ok(Carried::Done(done)) => format!("{name}: {done}"),
        Ok(Carried::Refused { reasons, .. }) => format!("{name}: refused by the guardrails: {}", reasons.join("; ")),
        Ok(Carried::Failed { reason }) => format!("{name}: failed: {reason}"),
        Err(_) => name.to_owned(),
    }
}
