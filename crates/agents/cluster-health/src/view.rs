use jiff::{SignedDuration, Timestamp};
use lamplighter_core::cluster::{ClusterGraph, ClusterState, Event, Meta, Node, Observed, Pod};
use lamplighter_core::diagnosis::Scene;
use lamplighter_core::words::{Finding, ObjectRef, Severity, WorkloadRef};

use crate::lines::event_line;
use crate::{HealthSettings, Unreadable};

/// How many events about one object are quoted.
const QUOTED_EVENTS: usize = 3;

/// What a [`Check`](crate::Check) looks at: all that was found, and the settings of the scan.
#[derive(Debug, Clone, Copy)]
pub struct ClusterView<'a> {
    scene: &'a Scene,
    settings: &'a HealthSettings,
}

impl<'a> ClusterView<'a> {
    /// A view of a scene.
    #[must_use]
    pub fn new(scene: &'a Scene, settings: &'a HealthSettings) -> Self {
        Self { scene, settings }
    }

    /// All that was found.
    #[must_use]
    pub fn scene(&self) -> &'a Scene {
        self.scene
    }

    /// The cluster.
    #[must_use]
    pub fn state(&self) -> &'a ClusterState {
        self.scene.state()
    }

    /// The relations in the cluster.
    #[must_use]
    pub fn graph(&self) -> &'a ClusterGraph {
        &self.scene.graph
    }

    /// When everything was read (UTC).
    #[must_use]
    pub fn taken_at(&self) -> Timestamp {
        self.scene.taken_at()
    }

    /// The settings of the scan.
    #[must_use]
    pub fn settings(&self) -> &'a HealthSettings {
        self.settings
    }

    /// Whether anybody wants to be told about this object: its namespace is not ignored.
    #[must_use]
    pub fn is_watched(&self, meta: &Meta) -> bool {
        self.is_watched_namespace(meta.namespace())
    }

    /// Whether anybody wants to be told about what is in a namespace.
    #[must_use]
    pub fn is_watched_namespace(&self, namespace: &str) -> bool {
        !self.settings.ignored_namespaces.iter().any(|ignored| ignored == namespace)
    }

    /// The nodes. A cluster without any was not read well.
    ///
    /// # Errors
    /// The reason why nodes could not be read.
    pub fn nodes(&self) -> Result<&'a [Node], Unreadable> {
        match self.state().nodes.as_result()? {
            nodes if nodes.is_empty() => Err("the list of nodes is empty".into()),
            nodes => Ok(nodes),
        }
    }

    /// What a cluster can do without, or what comes from beside it: where there is nothing to read it from, as in a
    /// recording that leaves it out, the check on it does not count.
    ///
    /// # Errors
    /// The reason why it could not be read.
    pub fn optional<T>(&self, observed: &'a Observed<T>, what: &str) -> Result<&'a T, Unreadable> {
        match observed.as_result() {
            Ok(seen) => Ok(seen),
            Err(reason) if observed.is_absent() => Err(Unreadable::absent(format!("{what} are not there: {reason}"))),
            Err(reason) => Err(Unreadable::new(format!("{what} could not be read: {reason}"))),
        }
    }

    /// The pods that matter: watched, and not run to their end.
    ///
    /// # Errors
    /// The reason why pods could not be read.
    pub fn pods(&self) -> Result<impl Iterator<Item = &'a Pod>, &'a str> {
        let pods = self.state().pods.as_result()?.iter();
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
        self.taken_at().duration_since(at) < self.settings.grace()
    }

    /// Whether this is recent enough to be news.
    #[must_use]
    pub fn is_recent(&self, at: Timestamp) -> bool {
        self.taken_at().duration_since(at) <= self.settings.recent()
    }

    /// How long ago something happened when the cluster was read; nothing where it is ahead of it.
    #[must_use]
    pub fn age(&self, at: Timestamp) -> SignedDuration {
        self.taken_at().duration_since(at).max(SignedDuration::ZERO)
    }

    /// A finding from this cluster. Where it is not known when it happened, it was seen when the cluster
    /// was read.
    #[must_use]
    pub fn finding(&self, summary: impl Into<String>, object: ObjectRef, at: Option<Timestamp>) -> Finding {
        let at = at.unwrap_or(self.taken_at()).min(self.taken_at());
        Finding::new(summary, object, self.scene.source(), at)
    }

    /// What one broken pod is worth: more when its workload has no other that is ready.
    #[must_use]
    pub fn severity_of(&self, pod: &Pod) -> Severity {
        let workload = self.graph().workload_of(pod).and_then(|workload| self.graph().workload(&workload));
        match workload {
            Some(workload) if workload.ready == 0 => Severity::Sev2,
            _ => Severity::Sev3,
        }
    }

    /// The workload that a pod or a service is a part of, where there is exactly one.
    #[must_use]
    pub fn workload_of(&self, object: &ObjectRef) -> Option<WorkloadRef> {
        let namespace = object.namespace.as_deref()?;
        match object.kind.as_str() {
            "pod" => self.graph().workload_of(self.graph().pod(namespace, &object.name)?),
            "service" => {
                match self.graph().workloads_behind(self.graph().service(namespace, &object.name)?).as_slice() {
                    [only] => Some((*only).clone()),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The latest warnings about an object, as lines of evidence, oldest first. `kind` as the API writes it.
    #[must_use]
    pub fn warnings_about(&self, kind: &str, namespace: &str, name: &str) -> Vec<String> {
        let warnings: Vec<&Event> =
            self.graph().events_about(kind, namespace, name).filter(|event| event.is_warning()).collect();
        warnings.iter().skip(warnings.len().saturating_sub(QUOTED_EVENTS)).map(|event| event_line(event)).collect()
    }
}
