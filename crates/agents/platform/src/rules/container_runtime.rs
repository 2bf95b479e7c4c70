use std::collections::BTreeMap;

use lamplighter_core::cluster::{Event, Node};
use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene, UnitState};

use super::kubelet::KUBELET;
use crate::sight::{affecting_all, condition_finding, event_finding, suffering_on, unit_finding, unready};
use crate::units::Units;

/// A container runtime that does not run.
///
/// Relies on: the kubelet's reasons for `Ready=False` (`container runtime is down`, `container runtime not ready`, `PLEG
/// is not healthy`; `pkg/kubelet/runtime.go`), the event `FailedCreatePodSandBox` with the error of the connection to
/// the runtime's socket (Kubernetes docs, Container Runtimes, lists the sockets), systemd's `ActiveState`. The code is
/// called after containerd and means CRI-O and Docker as well.
#[derive(Debug)]
pub(super) struct ContainerRuntime;

const RUNTIMES: [&str; 5] = ["containerd", "crio", "cri-o", "cri-docker", "docker"];

const SOCKETS: [&str; 5] = ["containerd.sock", "crio.sock", "cri-dockerd.sock", "dockershim.sock", "docker.sock"];

impl Rule for ContainerRuntime {
    fn name(&self) -> &'static str {
        "container-runtime"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::ContainerdUnavailable]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let units = Units::of(scene);
        let mut named: BTreeMap<&str, RootCause> = BTreeMap::new();
        for (node, name, unit) in units.stopped(&RUNTIMES) {
            let suffering = suffering_on(scene, node);
            let condition = scene.graph.node(node).and_then(|it| Some((it, unready(it)?)));
            let kubelet_stopped = units.on(node, &KUBELET).is_some_and(|(_, kubelet)| kubelet.is_stopped());
            let likelihood = match condition {
                // Without its kubelet nobody on the node says what the runtime does.
                Some(_) if kubelet_stopped => Likelihood::LIKELY,
                Some(_) => Likelihood::STATED,
                None if !units.runs_somewhere(&RUNTIMES) => continue,
                None if !suffering.is_empty() => Likelihood::SHOWN,
                None => Likelihood::LIKELY,
            };
            let evidence = unit_finding(scene, node, name, unit);
            let mut cause = RootCause::new(Cause::ContainerdUnavailable, Culprit::node(node), likelihood, evidence);
            if let Some((node, condition)) = condition {
                cause = cause.and(condition_finding(scene, node, condition));
            }
            named.insert(node, affecting_all(told(cause, node), suffering));
        }
        let runs = |node: &str| {
            let known = RUNTIMES.iter().filter_map(|name| units.on(node, &[name]));
            known.into_iter().any(|(_, unit)| unit.state == UnitState::Active)
        };
        for node in scene.state().nodes.items() {
            let name = node.metadata.name.as_str();
            if let Some((likelihood, cause)) = by_condition(scene, node).filter(|_| !runs(name)) {
                let cause = RootCause { confidence: likelihood, ..cause };
                let suffering = suffering_on(scene, name);
                named.entry(name).or_insert_with(|| affecting_all(told(cause, name), suffering));
            }
        }
        for (node, event) in unanswered(scene) {
            let summary = format!("the kubelet of {node} cannot reach the container runtime");
            let evidence = event_finding(scene, event, summary, Culprit::node(node).object());
            match named.remove(node) {
                Some(cause) => _ = named.insert(node, cause.and(evidence)),
                None if runs(node) => examination.find(evidence),
                None => {
                    let culprit = Culprit::node(node);
                    let cause = RootCause::new(Cause::ContainerdUnavailable, culprit, Likelihood::SHOWN, evidence);
                    named.insert(node, affecting_all(told(cause, node), suffering_on(scene, node)));
                }
            }
        }
        for cause in named.into_values() {
            examination.name(cause);
        }
    }
}

fn told(cause: RootCause, node: &str) -> RootCause {
    cause
        .then(format!("The container runtime of {node} does not run, so that no container is started there."))
        .then(format!("The kubelet marks {node} as not ready, and its pods get no requests."))
}

/// What the kubelet says of its runtime.
fn by_condition(scene: &Scene, node: &Node) -> Option<(Likelihood, RootCause)> {
    let condition = unready(node)?;
    let message = condition.message.as_deref()?.to_ascii_lowercase();
    // The network of a node is the runtime's as well, and another matter.
    let likelihood =
        if message.contains("container runtime is down") || message.contains("runtime not ready: runtimeready=false") {
            Likelihood::STATED
        } else if message.contains("pleg is not healthy") {
            Likelihood::LIKELY
        } else {
            return None;
        };
    let culprit = Culprit::node(&node.metadata.name);
    let evidence = condition_finding(scene, node, condition);
    Some((likelihood, RootCause::new(Cause::ContainerdUnavailable, culprit, likelihood, evidence)))
}

/// The last event of each node by which a pod that has still not started got no answer from the runtime.
fn unanswered(scene: &Scene) -> BTreeMap<&str, &Event> {
    let mut last = BTreeMap::new();
    for event in scene.state().events.items() {
        let dials = matches!(event.reason.as_str(), "FailedCreatePodSandBox" | "FailedKillPod" | "FailedSync")
            && SOCKETS.iter().any(|socket| event.message.contains(socket))
            && ["no such file", "connection refused", "connect:"].iter().any(|words| event.message.contains(words));
        if !dials || !scene.graph.is_current(event) {
            continue;
        }
        let object = &event.involved_object;
        let pod = scene.graph.pod(object.namespace.as_deref().unwrap_or_default(), &object.name);
        let waiting = pod.filter(|pod| pod.status.phase == "Pending");
        if let Some(node) = waiting.and_then(|pod| pod.spec.node_name.as_deref()) {
            let newer = |known: &&Event| known.last_seen() < event.last_seen();
            if last.get(node).is_none_or(newer) {
                last.insert(node, event);
            }
        }
    }
    last
}
