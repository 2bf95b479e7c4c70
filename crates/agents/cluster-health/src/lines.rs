//! Somebody else's words as lines of evidence, and objects as findings name them.

use jiff::Timestamp;
use lamplighter_core::cluster::{ContainerStatus, Event, Meta, NodeCondition, Pod, StateTerminated, WorkloadCondition};
use lamplighter_core::words::ObjectRef;
use lamplighter_core::{redact, utc};

/// The longest line of somebody else's text that is quoted as evidence, in characters.
const QUOTED: usize = 300;

/// A pod as findings name it.
pub(crate) fn pod_ref(pod: &Pod) -> ObjectRef {
    ObjectRef::pod(pod.metadata.namespace(), &pod.metadata.name)
}

/// An object in a namespace as findings name it.
pub(crate) fn object_ref(kind: &str, meta: &Meta) -> ObjectRef {
    ObjectRef::namespaced(kind, meta.namespace(), &meta.name)
}

/// Somebody else's text on one line without secrets, cut where it is long.
pub(crate) fn quoted(text: &str) -> String {
    let text = redact(text);
    let mut words = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    match words.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default()),
        None => words,
    }
}

/// A condition, reason and message as the API has them, on one line: `Unschedulable: 0/3 nodes …`.
pub(crate) fn reason_line(reason: Option<&str>, message: Option<&str>) -> Option<String> {
    let parts: Vec<_> = [reason, message].into_iter().flatten().filter(|part| !part.trim().is_empty()).collect();
    (!parts.is_empty()).then(|| quoted(&parts.join(": ")))
}

/// An event on one line.
pub(crate) fn event_line(event: &Event) -> String {
    let at = event.last_seen().map(|at| format!("{} ", utc(at))).unwrap_or_default();
    let count = event.count.filter(|count| *count > 1).map(|count| format!(" (×{count})")).unwrap_or_default();
    format!("{at}{}: {}{count}", quoted(&event.reason), quoted(&event.message))
}

/// The last time that a container ended, in this life or the one before.
pub(crate) fn last_end(status: &ContainerStatus) -> Option<&StateTerminated> {
    status.state.terminated.as_ref().or(status.last_state.terminated.as_ref())
}

/// How a container ended, on one line.
pub(crate) fn end_line(container: &str, end: &StateTerminated) -> String {
    let reason = end.reason.as_deref().map(|reason| format!(" ({})", quoted(reason))).unwrap_or_default();
    let at = end.finished_at.map(|at| format!(" at {}", utc(at))).unwrap_or_default();
    let message = end.message.as_deref().map(|message| format!(": {}", quoted(message))).unwrap_or_default();
    format!("container {} exited with code {}{reason}{at}{message}", quoted(container), end.exit_code)
}

/// A condition on one line: `Ready=False since 2026-03-01 11:50:00 UTC, KubeletNotReady: …`.
pub(crate) fn condition_line<'a>(condition: impl Into<Condition<'a>>) -> String {
    let condition = condition.into();
    let since = condition.since.map(|at| format!(" since {}", utc(at))).unwrap_or_default();
    let why = reason_line(condition.reason, condition.message).map(|why| format!(", {why}")).unwrap_or_default();
    format!("{}={}{since}{why}", quoted(condition.r#type), quoted(condition.status))
}

/// What conditions of all kinds have.
pub(crate) struct Condition<'a> {
    r#type: &'a str,
    status: &'a str,
    reason: Option<&'a str>,
    message: Option<&'a str>,
    since: Option<Timestamp>,
}

macro_rules! condition {
    ($($of:ty),*) => {$(
        impl<'a> From<&'a $of> for Condition<'a> {
            fn from(it: &'a $of) -> Self {
                Self {
                    r#type: &it.r#type,
                    status: &it.status,
                    reason: it.reason.as_deref(),
                    message: it.message.as_deref(),
                    since: it.last_transition_time,
                }
            }
        }
    )*};
}

condition!(NodeCondition, WorkloadCondition);
