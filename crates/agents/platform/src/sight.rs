//! What several rules ask of a scene.

use std::collections::BTreeSet;

use jiff::Timestamp;
use lamplighter_core::cluster::{Event, Node, NodeCondition, Pod};
use lamplighter_core::diagnosis::{Culprit, RootCause, Scene};
use lamplighter_core::words::{Finding, ObjectRef};

use crate::units::Unit;

/// The app of a pod: its workload, what else controls it, or the pod itself.
pub(crate) fn app_of(scene: &Scene, pod: &Pod) -> Culprit {
    let namespace = pod.metadata.namespace();
    if let Some(workload) = scene.graph.workload_of(pod) {
        return Culprit::app(namespace, workload.name);
    }
    let controller = pod.metadata.controller().map(|owner| owner.name.as_str());
    Culprit::app(namespace, controller.unwrap_or(&pod.metadata.name))
}

/// Whether a recorded pod says that it is not ready. A recording that says nothing of containers and conditions does
/// not.
pub(crate) fn says_not_ready(pod: &Pod) -> bool {
    let unready = pod.condition("Ready").is_some_and(|condition| condition.status != "True");
    let waiting = pod.status.container_statuses.iter().any(|status| !status.ready);
    unready || waiting || matches!(pod.status.phase.as_str(), "Failed" | "Unknown" | "Pending")
}

/// When an event was last seen; when the scene was read where it does not say.
pub(crate) fn seen_at(scene: &Scene, event: &Event) -> Timestamp {
    event.last_seen().unwrap_or_else(|| scene.taken_at())
}

/// A finding on an event, in its own words.
pub(crate) fn event_finding(scene: &Scene, event: &Event, summary: impl Into<String>, object: ObjectRef) -> Finding {
    let finding = Finding::new(summary, object, scene.source(), seen_at(scene, event));
    let finding = finding.with_evidence(format!("{}: {}", event.reason, event.message));
    event.since().into_iter().fold(finding, Finding::with_evidence)
}

/// Whether a node is meant for the control plane.
///
/// Kubernetes docs, Well-Known Labels: `node-role.kubernetes.io/control-plane`, before 1.24 also `/master`, as label
/// and as taint; kubespray and others write `kubernetes.io/role`. The static pods of kubeadm carry `component`.
pub(crate) fn is_control_plane(scene: &Scene, node: &Node) -> bool {
    const ROLES: [&str; 3] = [
        "node-role.kubernetes.io/control-plane",
        "node-role.kubernetes.io/master",
        "node-role.kubernetes.io/controlplane",
    ];
    let labels = &node.metadata.labels;
    let role = labels.get("kubernetes.io/role").map(String::as_str);
    ROLES.iter().any(|key| labels.contains_key(*key) || node.spec.taints.iter().any(|taint| taint.key == *key))
        || matches!(role, Some("master" | "control-plane" | "controlplane"))
        || scene.graph.pods_on(&node.metadata.name).any(|pod| {
            pod.metadata.namespace() == "kube-system"
                && pod.metadata.labels.get("component").is_some_and(|name| name == "kube-apiserver")
        })
}

/// A taint that marks a node as one of the control plane.
pub(crate) fn is_control_plane_taint(key: &str) -> bool {
    matches!(
        key,
        "node-role.kubernetes.io/control-plane"
            | "node-role.kubernetes.io/master"
            | "node-role.kubernetes.io/controlplane"
    )
}

/// A number of things: `1 pod`, `3 pods`.
pub(crate) fn plural(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// The condition `Ready` of a node that is not; nothing where it is, or where none is recorded.
pub(crate) fn unready(node: &Node) -> Option<&NodeCondition> {
    node.condition("Ready").filter(|condition| condition.status != "True")
}

/// A finding on a condition of a node, in its own words, at the time at which it came to be.
pub(crate) fn condition_finding(scene: &Scene, node: &Node, condition: &NodeCondition) -> Finding {
    let name = &node.metadata.name;
    let said = [condition.reason.as_deref(), condition.message.as_deref()].into_iter().flatten();
    let said = said.collect::<Vec<_>>().join(": ");
    let summary = format!("node {name} has {}={}", condition.r#type, condition.status);
    let at = condition.last_transition_time.unwrap_or_else(|| scene.taken_at());
    Finding::new(summary, ObjectRef::global("node", name), scene.source(), at).with_evidence(said)
}

/// A finding on a unit of a node.
pub(crate) fn unit_finding(scene: &Scene, node: &str, name: &str, unit: &Unit) -> Finding {
    let at = unit.since.unwrap_or_else(|| scene.taken_at());
    let summary = format!("{name} does not run on {node}");
    let finding = Finding::new(summary, ObjectRef::global("node", node), scene.source(), at);
    let finding = finding.with_evidence(format!("{name}: {}", unit.detail));
    unit.last_line.iter().fold(finding, |finding, line| finding.with_evidence(line.as_str()))
}

/// The apps of the pods on a node that say that they are not ready, each once.
pub(crate) fn suffering_on(scene: &Scene, node: &str) -> BTreeSet<Culprit> {
    let pods = scene.graph.pods_on(node).filter(|pod| says_not_ready(pod) && pod.status.phase != "Failed");
    pods.map(|pod| app_of(scene, pod)).collect()
}

/// A cause that also affects these apps.
pub(crate) fn affecting_all(cause: RootCause, apps: impl IntoIterator<Item = Culprit>) -> RootCause {
    apps.into_iter().fold(cause, RootCause::affecting)
}
