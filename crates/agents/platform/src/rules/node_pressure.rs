use std::collections::BTreeMap;

use lamplighter_core::cluster::{Event, Pod};
use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::{Finding, ObjectRef};

use crate::sight::{affecting_all, app_of, condition_finding};

/// A node that is short of memory, disk or process ids, and sends pods away.
///
/// Relies on: Kubernetes docs, Node-pressure Eviction (the conditions `MemoryPressure`, `DiskPressure` and `PIDPressure`;
/// evicted pods have the phase `Failed`, the reason `Evicted` and the message `The node was low on resource: …` or
/// `The node had condition: […]`). A pod that is evicted for going beyond a limit of its own is no matter of the node.
#[derive(Debug)]
pub(super) struct NodePressure;

/// Evictions of longer ago are over where the node has no pressure any more, in seconds.
const RECENT: i64 = 3600;

impl Rule for NodePressure {
    fn name(&self) -> &'static str {
        "node-pressure"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::NodePressure]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let mut evicted: BTreeMap<&str, Vec<&Pod>> = BTreeMap::new();
        for pod in scene.state().pods.items().iter().filter(|pod| is_evicted(pod)) {
            if let Some(node) = pod.spec.node_name.as_deref() {
                evicted.entry(node).or_default().push(pod);
            }
        }
        for node in scene.state().nodes.items() {
            let name = node.metadata.name.as_str();
            let pods = evicted.remove(name).unwrap_or_default();
            let pressure = |kind: &&&str| node.condition(kind).is_some_and(|condition| condition.status == "True");
            let pressures = ["MemoryPressure", "DiskPressure", "PIDPressure"];
            let mut grounds: Vec<Finding> = pressures
                .iter()
                .filter(pressure)
                .filter_map(|kind| Some(condition_finding(scene, node, node.condition(kind)?)))
                .collect();
            let under = !grounds.is_empty();
            let pods: Vec<&Pod> = pods.into_iter().filter(|pod| under || is_recent(scene, pod)).collect();
            grounds.extend(pods.iter().take(3).map(|pod| eviction(scene, pod)));
            let likelihood = match (under, pods.is_empty()) {
                (true, false) => Likelihood::STATED,
                (true, true) => Likelihood::SHOWN,
                (false, _) => Likelihood::LIKELY,
            };
            let mut grounds = grounds.into_iter();
            let Some(first) = grounds.next() else { continue };
            let cause = RootCause::new(Cause::NodePressure, Culprit::node(name), likelihood, first);
            let cause = grounds.fold(cause, RootCause::and);
            let cause = cause
                .then(format!("The node {name} is short of what its pods share."))
                .then("The kubelet evicts pods, and no new ones are put there.");
            examination.name(affecting_all(cause, pods.iter().map(|pod| app_of(scene, pod))));
        }
    }
}

fn is_evicted(pod: &Pod) -> bool {
    let message = pod.status.message.as_deref().unwrap_or_default();
    pod.status.reason.as_deref() == Some("Evicted")
        && (message.starts_with("The node was low on resource") || message.starts_with("The node had condition"))
}

fn is_recent(scene: &Scene, pod: &Pod) -> bool {
    let started = pod.status.start_time.or(pod.metadata.creation_timestamp);
    let events = scene.graph.events_about("Pod", pod.metadata.namespace(), &pod.metadata.name);
    let at = events.filter(|event| event.reason == "Evicted").filter_map(Event::last_seen).last();
    at.or(started).is_some_and(|at| scene.taken_at().as_second() - at.as_second() <= RECENT)
}

fn eviction(scene: &Scene, pod: &Pod) -> Finding {
    let about = ObjectRef::pod(pod.metadata.namespace(), &pod.metadata.name);
    let finding = scene.finding(format!("{} was evicted", pod.metadata.name), about);
    finding.with_evidence(pod.status.message.as_deref().unwrap_or("Evicted"))
}
