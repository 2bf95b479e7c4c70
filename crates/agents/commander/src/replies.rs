//! What is said on the issue.

use std::fmt::Write as _;

use jiff::Timestamp;
use lamplighter_core::markdown::{code, inert};
use lamplighter_core::ports::{AuditEntry, AuditEvent};
use lamplighter_core::waiting::Question;
use lamplighter_core::words::{Approval, Decision, IssueNumber, Login, Severity, labels};
use lamplighter_core::{RunKey, utc};

/// How far an answer is.
pub(crate) struct Progress<'a> {
    pub(crate) run: &'a RunKey,
    pub(crate) begun_at: Option<Timestamp>,
    pub(crate) last_at: Option<Timestamp>,
    pub(crate) questions: Vec<Question>,
    pub(crate) outcome: Option<&'a serde_json::Value>,
    pub(crate) decisions: Vec<AuditEntry>,
}

/// How many decisions a status shows: the last ones.
const SHOWN: usize = 8;

pub(crate) fn decided(by: &Login, decision: Decision, question: &Question) -> String {
    let (word, what_next) = match decision {
        Decision::Approve => ("Approved", "It goes on."),
        Decision::Deny => ("Denied", "It is handed over."),
    };
    format!("**{word}:** {} by {}. {what_next}", code(&question.text), inert(by.as_str()))
}

pub(crate) fn already_decided(approval: &Approval, at: Timestamp) -> String {
    let word = match approval.decision {
        Decision::Approve => "approved",
        Decision::Deny => "denied",
    };
    format!("**Already {word}** by {} at {}: the first word stands.", inert(approval.by.as_str()), utc(at))
}

pub(crate) fn too_late(at: Timestamp) -> String {
    format!("**Too late:** nobody had answered by {}, and it was handed over. `/retry` begins anew.", utc(at))
}

pub(crate) fn nothing_waits() -> String {
    "**Nothing to decide:** no change of this issue waits for an approval.".to_owned()
}

pub(crate) fn asked_later(question: &Question) -> String {
    format!(
        "**Nothing decided:** {} was asked about at {}, after this was written. Look at it and say it again.",
        code(&question.text),
        utc(question.asked_at)
    )
}

pub(crate) fn retrying() -> String {
    "**Retrying:** this issue is answered again.".to_owned()
}

pub(crate) fn still_waits() -> String {
    "**Not retried:** the answer to this issue waits for `/approve` or `/deny`.".to_owned()
}

pub(crate) fn closed() -> String {
    "**Not retried:** this issue is closed. Reopen it, and it is answered again.".to_owned()
}

pub(crate) fn stopped(by_issue: Option<IssueNumber>) -> String {
    let which = by_issue.map_or_else(|| "this issue".to_owned(), |issue| issue.to_string());
    format!(
        "**Stopped:** nothing is changed anywhere while {which} is open and has the label `{}`. Remove the label to go on.",
        labels::STOP
    )
}

pub(crate) fn stopping(by: &Login, issue: IssueNumber) -> String {
    format!(
        "{} said `/stop` on {issue}, which is closed. Nothing is changed anywhere while this issue is open and has the label \
         `{}`.",
        inert(by.as_str()),
        labels::STOP
    )
}

pub(crate) fn severity(by: &Login, severity: Severity) -> String {
    format!("**Severity:** {severity}, as {} says.", inert(by.as_str()))
}

pub(crate) fn no_such_severity() -> String {
    "**Not understood:** write `/severity sev1`, `/severity sev2` or `/severity sev3`.".to_owned()
}

pub(crate) fn status(progress: Option<&Progress<'_>>, stopped: Option<&str>) -> String {
    let mut body = String::new();
    match progress {
        None => body.push_str("**Status:** this issue has not been begun.\n"),
        Some(progress) => push_progress(&mut body, progress),
    }
    if let Some(why) = stopped {
        let _ = writeln!(body, "\nEverything is stopped: {}", inert(why));
    }
    body
}

fn push_progress(body: &mut String, progress: &Progress<'_>) {
    let field = |name| progress.outcome.and_then(|outcome| outcome.get(name)).and_then(serde_json::Value::as_str);
    let state = match (field("resolution"), progress.questions.first()) {
        (Some(resolution), _) => inert(resolution),
        (None, Some(_)) => "waiting for a person".to_owned(),
        (None, None) => "in progress".to_owned(),
    };
    let _ = writeln!(body, "**Status:** {state}.\n");
    if let Some(summary) = field("summary") {
        let _ = writeln!(body, "- {}", inert(summary));
    }
    for question in &progress.questions {
        let text = code(&question.text);
        let _ = writeln!(body, "- {text} waits for `/approve` or `/deny` until {}", utc(question.until));
    }
    if let (Some(begun), Some(last)) = (progress.begun_at, progress.last_at) {
        let run = code(progress.run.as_str());
        let _ = writeln!(body, "- run {run}, begun {}, last step {}", utc(begun), utc(last));
    }
    let decisions: Vec<String> = progress.decisions.iter().filter_map(decision).collect();
    for line in decisions.iter().skip(decisions.len().saturating_sub(SHOWN)) {
        let _ = writeln!(body, "- {line}");
    }
}

fn decision(entry: &AuditEntry) -> Option<String> {
    let what = match &entry.event {
        AuditEvent::Decided { decision, .. } => inert(decision),
        AuditEvent::Attempted { action, object, .. } => format!("{action} of {} was begun", code(&object.to_string())),
        AuditEvent::Executed { outcome, .. } => inert(outcome),
        AuditEvent::Failed { error, .. } => format!("that failed: {}", inert(error)),
        _ => return None,
    };
    Some(format!("{what} ({})", utc(entry.at)))
}
