use jiff::Timestamp;
use lamplighter_core::cluster::{ClusterIndex, ClusterState, ContainerStatus, Event, Meta, Pod, StateTerminated};
use lamplighter_core::words::{Finding, ObjectRef, Severity};

use crate::HealthSettings;

/// The longest line of somebody else's text that is quoted as evidence, in characters.
const QUOTED: usize = 300;

/// How many events about one object are quoted.
const QUOTED_EVENTS: usize = 3;

/// What a [`Check`](crate::Check) looks at: the cluster, its relations, and the settings of the scan.
#[derive(Debug)]
pub struct ClusterView<'a> {
    state: &'a ClusterState,
    index: ClusterIndex<'a>,
    settings: &'a HealthSettings,
}

impl<'a> ClusterView<'a> {
    /// A view of a state; this is where its relations are indexed.
    #[must_use]
    pub fn new(state: &'a ClusterState, settings: &'a HealthSettings) -> Self {
        Self { state, index: ClusterIndex::new(state), settings }
    }

    /// The cluster.
    #[must_use]
    pub fn state(&self) -> &'a ClusterState {
        self.state
    }

    /// Its relations.
    #[must_use]
    pub fn index(&self) -> &ClusterIndex<'a> {
        &self.index
    }

    /// The settings of the scan.
    #[must_use]
    pub fn settings(&self) -> &'a HealthSettings {
        self.settings
    }

    /// Whether anybody wants to be told about this object: its namespace is not ignored.
    #[must_use]
    pub fn is_watched(&self, meta: &Meta) -> bool {
        !self.settings.ignored_namespaces.iter().any(|ignored| ignored == meta.namespace())
    }

    /// The pods that matter: watched, and not run to their end.
    ///
    /// # Errors
    /// The reason why pods could not be read.
    pub fn pods(&self) -> Result<impl Iterator<Item = &'a Pod>, &'a str> {
        let pods = self.state.pods.as_result()?.iter();
        Ok(pods.filter(|pod| !pod.is_completed() && self.is_watched(&pod.metadata)))
    }

    /// The pods that matter and are not being deleted: what those do on their way out is no news.
    ///
    /// # Errors
    /// The reason why pods could not be read.
    pub fn staying_pods(&self) -> Result<impl Iterator<Item = &'a Pod>, &'a str> {
        Ok(self.pods()?.filter(|pod| !pod.is_terminating()))
    }

    /// Whether it was made so recently that it may still be starting. Something made after the cluster was
    /// read is new too: clocks differ.
    #[must_use]
    pub fn is_new(&self, meta: &Meta) -> bool {
        meta.creation_timestamp.is_some_and(|created| self.is_within_grace(created))
    }

    /// Whether this happened within the grace period before the cluster was read.
    #[must_use]
    pub fn is_within_grace(&self, at: Timestamp) -> bool {
        self.state.taken_at.duration_since(at) < self.settings.grace()
    }

    /// Whether this is recent enough to be news.
    #[must_use]
    pub fn is_recent(&self, at: Timestamp) -> bool {
        self.state.taken_at.duration_since(at) <= self.settings.recent()
    }

    /// A finding from this cluster. Where it is not known when it happened, it was seen when the cluster
    /// was read.
    #[must_use]
    pub fn finding(&self, summary: impl Into<String>, object: ObjectRef, at: Option<Timestamp>) -> Finding {
        let at = at.unwrap_or(self.state.taken_at).min(self.state.taken_at);
        Finding::new(summary, object, self.state.source.clone(), at)
    }

    /// What one broken pod is worth: more when its workload has no other that is ready.
    #[must_use]
    pub fn severity_of(&self, pod: &Pod) -> Severity {
        let workload = self.index.workload_of(pod).and_then(|workload| self.index.workload(&workload));
        match workload {
            Some(workload) if workload.ready == 0 => Severity::Sev2,
            _ => Severity::Sev3,
        }
    }

    /// The latest warnings about an object, as lines of evidence, oldest first. `kind` as the API writes it.
    #[must_use]
    pub fn warnings_about(&self, kind: &str, namespace: &str, name: &str) -> Vec<String> {
        let warnings: Vec<_> =
            self.index.events_about(kind, namespace, name).filter(|event| event.is_warning()).collect();
        warnings.iter().skip(warnings.len().saturating_sub(QUOTED_EVENTS)).map(|event| event_line(event)).collect()
    }
}

/// A pod as findings name it.
pub(crate) fn pod_ref(pod: &Pod) -> ObjectRef {
    ObjectRef::pod(pod.metadata.namespace(), &pod.metadata.name)
}

/// An object in a namespace as findings name it.
pub(crate) fn object_ref(kind: &str, meta: &Meta) -> ObjectRef {
    ObjectRef::namespaced(kind, meta.namespace(), &meta.name)
}

/// Somebody else's text on one line, cut where it is long.
pub(crate) fn quoted(text: &str) -> String {
    let mut words = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    match words.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &words[..end]),
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
    let at = event.last_seen().map(|at| format!("{} ", lamplighter_core::utc(at))).unwrap_or_default();
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
    let at = end.finished_at.map(|at| format!(" at {}", lamplighter_core::utc(at))).unwrap_or_default();
    let message = end.message.as_deref().map(|message| format!(": {}", quoted(message))).unwrap_or_default();
    format!("container {} exited with code {}{reason}{at}{message}", quoted(container), end.exit_code)
}
