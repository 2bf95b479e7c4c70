//! The containers of the pods that are there to stay, each with its status and the app that it belongs to.

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::cluster::{Container, ContainerStatus, Event, Pod, StateTerminated};
use lamplighter_core::diagnosis::{Culprit, Scene};
use lamplighter_core::words::{Finding, ObjectRef};

/// A container of a pod.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member<'a> {
    pub pod: &'a Pod,
    pub spec: Option<&'a Container>,
    pub status: &'a ContainerStatus,
}

/// Every container that has a status, of pods that are neither done nor being deleted.
pub(crate) fn members(scene: &Scene) -> impl Iterator<Item = Member<'_>> {
    staying(scene).flat_map(|pod| {
        pod.all_container_statuses().map(move |status| {
            let mut specs = pod.spec.containers.iter().chain(&pod.spec.init_containers);
            Member { pod, spec: specs.find(|spec| spec.name == status.name), status }
        })
    })
}

/// The pods that are neither done nor being deleted. A pod of a workload that has failed as a whole is only a record:
/// its controller has made another in its place (Kubernetes docs, Pod Lifecycle).
pub(crate) fn staying(scene: &Scene) -> impl Iterator<Item = &Pod> {
    let pods = scene.state().pods.items().iter().filter(|pod| !pod.is_completed() && !pod.is_terminating());
    pods.filter(|pod| pod.status.phase != "Failed" || scene.graph.workload_of(pod).is_none())
}

/// The app that a pod belongs to: its workload, else whatever controls it, else the name that its labels give it
/// (Kubernetes docs, Recommended Labels), else itself.
pub(crate) fn app_of(scene: &Scene, pod: &Pod) -> Culprit {
    let namespace = pod.metadata.namespace();
    if let Some(workload) = scene.graph.workload_of(pod) {
        return Culprit::app(workload.namespace, workload.name);
    }
    let owner = pod.metadata.controller().map(|owner| &owner.name);
    let label = |key: &str| pod.metadata.labels.get(key);
    let labels = || label("app.kubernetes.io/name").or_else(|| label("app")).or_else(|| label("k8s-app"));
    Culprit::app(namespace, owner.or_else(labels).unwrap_or(&pod.metadata.name))
}

/// The events about a pod, oldest first.
pub(crate) fn events_of<'a>(scene: &'a Scene, pod: &'a Pod) -> impl Iterator<Item = &'a Event> {
    let (namespace, name) = (pod.metadata.namespace(), pod.metadata.name.as_str());
    scene.graph.events_about("Pod", namespace, name).filter(|event| scene.graph.is_current(event))
}

/// Whether an event says that it is about this container: `spec.containers{NAME}` in `involvedObject.fieldPath`, or
/// nothing there.
pub(crate) fn may_concern(event: &Event, container: &str) -> bool {
    let path = event.involved_object.field_path.as_deref().unwrap_or_default();
    path.is_empty() || path.ends_with(&format!("{{{container}}}"))
}

impl<'a> Member<'a> {
    /// How it ended last: now, or before its last restart.
    pub(crate) fn last_end(&self) -> Option<&'a StateTerminated> {
        let now = self.status.state.terminated.as_ref();
        now.or(self.status.last_state.terminated.as_ref())
    }

    /// The reason for which it waits; empty where it does not.
    pub(crate) fn waits_for(&self) -> &'a str {
        let waiting = self.status.state.waiting.as_ref();
        waiting.and_then(|waiting| waiting.reason.as_deref()).unwrap_or_default()
    }

    /// For how long it has been running.
    pub(crate) fn runs_for(&self, now: Timestamp) -> Option<SignedDuration> {
        let running = self.status.state.running.as_ref()?;
        Some(now.duration_since(running.started_at?))
    }

    /// Whether it is up again after what happened: it runs and is ready, and has been for ten minutes, the time after
    /// which the kubelet forgets about its back-off (Kubernetes docs, Pod Lifecycle).
    pub(crate) fn has_recovered(&self, now: Timestamp) -> bool {
        let settled = self.runs_for(now).is_some_and(|time| time >= SignedDuration::from_mins(10));
        self.status.ready && settled
    }

    /// The pod as an object of findings.
    pub(crate) fn object(&self) -> ObjectRef {
        ObjectRef::pod(self.pod.metadata.namespace(), &self.pod.metadata.name)
    }

    /// A finding on the pod, with the time at which it happened.
    pub(crate) fn finding(&self, scene: &Scene, summary: impl Into<String>, at: Option<Timestamp>) -> Finding {
        Finding::new(summary, self.object(), scene.source(), at.unwrap_or_else(|| scene.taken_at()))
    }
}

/// A finding that an event rests on, with its message.
pub(crate) fn told(scene: &Scene, object: ObjectRef, event: &Event) -> Finding {
    let times = event.count.filter(|count| *count > 1).map(|count| format!(", {count} times")).unwrap_or_default();
    let at = event.last_seen().unwrap_or_else(|| scene.taken_at());
    let finding = Finding::new(format!("event {}{times}", event.reason), object, scene.source(), at);
    event.since().into_iter().fold(finding.with_evidence(&event.message), Finding::with_evidence)
}
