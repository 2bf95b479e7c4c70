use std::collections::BTreeMap;

use jiff::Timestamp;
use lamplighter_core::cluster::{Event, Pod, PodSpec};
use lamplighter_core::diagnosis::{Culprit, Scene};
use lamplighter_core::words::{ObjectRef, WorkloadRef};

use super::Words;
use crate::sight::app_of;

/// A pod that is on no node, or several alike of one app.
#[derive(Debug)]
pub(crate) struct Unplaced<'a> {
    /// The app.
    pub(crate) app: Culprit,
    /// The pod that is looked at.
    pub(crate) object: ObjectRef,
    pub(crate) namespace: &'a str,
    pub(crate) labels: &'a BTreeMap<String, String>,
    pub(crate) spec: &'a PodSpec,
    /// How many pods wait.
    pub(crate) count: usize,
    /// Since when the oldest waits (UTC).
    pub(crate) since: Option<Timestamp>,
    /// What the scheduler said last, as it was written, with when.
    pub(crate) said: Option<(&'a str, Timestamp)>,
    /// Whether the scheduler has looked at it at all.
    pub(crate) looked_at: bool,
    /// Whether the pod is gone and its successor is not there yet.
    pub(crate) gone: bool,
}

impl Unplaced<'_> {
    /// What the scheduler said last, understood.
    pub(crate) fn words(&self) -> Words {
        self.said.map(|(said, _)| Words::read(said)).unwrap_or_default()
    }
}

/// Every app with pods that are on no node.
///
/// A pod is given to a node by `spec.nodeName`; until then it is `Pending`. The scheduler says that it has failed
/// by the condition `PodScheduled=False` (Kubernetes docs, Pod Lifecycle) and the event `FailedScheduling`. Pods with
/// scheduling gates wait for somebody else.
pub(crate) fn unplaced(scene: &Scene) -> Vec<Unplaced<'_>> {
    let mut by_app: BTreeMap<Culprit, Unplaced<'_>> = BTreeMap::new();
    for pod in scene.state().pods.items().iter().filter(|pod| waits(pod)) {
        let found = look(scene, pod);
        match by_app.get_mut(&found.app) {
            None => _ = by_app.insert(found.app.clone(), found),
            Some(known) => {
                let (count, since) = (known.count + 1, known.since.min(found.since).or(known.since));
                // Of pods alike the one that most is known of.
                let clearer = found.words().hurdles(super::Hurdle::Selector).next().is_some()
                    && known.words().hurdles(super::Hurdle::Selector).next().is_none();
                if clearer {
                    *known = found;
                }
                (known.count, known.since) = (count, since);
            }
        }
    }
    for workload in scene.graph.workloads().filter(|status| status.ready < status.desired) {
        let app = Culprit::app(&workload.workload.namespace, &workload.workload.name);
        if !by_app.contains_key(&app)
            && let Some(missed) = missed(scene, &workload.workload, workload.desired)
        {
            by_app.insert(app, missed);
        }
    }
    by_app.into_values().collect()
}

fn waits(pod: &Pod) -> bool {
    let gated = || {
        let scheduled = pod.condition("PodScheduled");
        scheduled.is_some_and(|it| it.status == "True" || it.reason.as_deref() == Some("SchedulingGated"))
    };
    pod.spec.node_name.as_deref().is_none_or(str::is_empty)
        && matches!(pod.status.phase.as_str(), "Pending" | "")
        && !pod.is_terminating()
        && !gated()
}

fn look<'a>(scene: &'a Scene, pod: &'a Pod) -> Unplaced<'a> {
    let (namespace, name) = (pod.metadata.namespace(), pod.metadata.name.as_str());
    let events = scene.graph.events_about("Pod", namespace, name);
    let failed: Vec<&Event> = events.filter(|event| is_failure(event) && scene.graph.is_current(event)).collect();
    let condition = pod.condition("PodScheduled").filter(|condition| condition.status == "False");
    let said_in_event = failed.iter().rev().find(|event| !Words::read(&event.message).is_empty());
    let said_in_event = said_in_event.map(|event| (event.message.as_str(), event.last_seen()));
    let said_in_condition =
        condition.and_then(|condition| Some((condition.message.as_deref()?, condition.last_transition_time)));
    // The condition is rewritten whenever the reason changes; its time is not.
    let said = said_in_condition.or(said_in_event);
    Unplaced {
        app: app_of(scene, pod),
        object: ObjectRef::pod(namespace, name),
        namespace,
        labels: &pod.metadata.labels,
        spec: &pod.spec,
        count: 1,
        since: pod.metadata.creation_timestamp,
        said: said.map(|(text, at)| (text, at.unwrap_or_else(|| scene.taken_at()))),
        looked_at: condition.is_some() || !failed.is_empty(),
        gone: false,
    }
}

fn is_failure(event: &Event) -> bool {
    event.reason == "FailedScheduling" && !event.message.starts_with("skip schedule deleting pod")
}

/// A workload that misses pods of which the last could not be placed. Its controller makes the next one.
fn missed<'a>(scene: &'a Scene, workload: &WorkloadRef, desired: u32) -> Option<Unplaced<'a>> {
    let pods = scene.graph.pods_of(workload).filter(|pod| !pod.is_terminating()).count();
    if u32::try_from(pods).is_ok_and(|pods| pods >= desired) {
        return None;
    }
    let template = scene.graph.template_of(workload)?;
    let mut last: Option<&Event> = None;
    for event in scene.graph.events_of(workload) {
        match event.reason.as_str() {
            "FailedScheduling" if is_failure(event) && !scene.graph.is_current(event) => last = Some(event),
            // Something else has happened since.
            "Scheduled" | "FailedCreate" => last = None,
            _ => {}
        }
    }
    let event = last?;
    let namespace = event.involved_object.namespace.as_deref().unwrap_or_default();
    Some(Unplaced {
        app: Culprit::app(&workload.namespace, &workload.name),
        object: ObjectRef::pod(namespace, &event.involved_object.name),
        namespace,
        labels: &template.metadata.labels,
        spec: &template.spec,
        count: usize::try_from(desired).unwrap_or(usize::MAX).saturating_sub(pods),
        since: event.first_seen(),
        said: Some((&event.message, event.last_seen().unwrap_or_else(|| scene.taken_at()))),
        looked_at: true,
        gone: true,
    })
}
