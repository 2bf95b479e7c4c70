use lamplighter_core::cluster::Node;
use lamplighter_core::diagnosis::{
    Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene, Signal, SignalSeries,
};

use crate::sight::{affecting_all, condition_finding, suffering_on, unit_finding, unready};
use crate::units::Units;

/// A kubelet that does not run.
///
/// Relies on: Kubernetes docs, Nodes, Node status (the kubelet renews its lease; when it does not for the grace
/// period, the node controller sets `Ready` to `Unknown` with the reason `NodeStatusUnknown`); systemd's
/// `ActiveState`. k3s, RKE2 and `MicroK8s` run the kubelet inside of a unit of their own.
#[derive(Debug)]
pub(super) struct Kubelet;

/// The units that the kubelet runs in.
pub(super) const KUBELET: [&str; 7] =
    ["kubelet", "k3s", "k3s-agent", "rke2-server", "rke2-agent", "snap.microk8s.daemon-kubelite", "k0sworker"];

/// A sample younger than this shows that the machine runs, in seconds.
const FRESH: i64 = 120;

impl Rule for Kubelet {
    fn name(&self) -> &'static str {
        "kubelet"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::KubeletUnavailable]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let units = Units::of(scene);
        for (node, name, unit) in units.stopped(&KUBELET) {
            let suffering = suffering_on(scene, node);
            let condition = scene.graph.node(node).and_then(|it| Some((it, unready(it)?)));
            // Until the grace period is over the node still counts as ready. Where no kubelet runs as such a unit,
            // and the nodes are well, it runs in some other way.
            let likelihood = match condition {
                Some(_) => Likelihood::STATED,
                None if !units.runs_somewhere(&KUBELET) => continue,
                None if !suffering.is_empty() => Likelihood::SHOWN,
                None => Likelihood::LIKELY,
            };
            let evidence = unit_finding(scene, node, name, unit);
            let mut cause = RootCause::new(Cause::KubeletUnavailable, Culprit::node(node), likelihood, evidence);
            if let Some((node, condition)) = condition {
                cause = cause.and(condition_finding(scene, node, condition));
            }
            examination.name(affecting_all(told(cause, node), suffering));
        }
        let silent = |node: &&Node| units.on(&node.metadata.name, &KUBELET).is_none();
        for node in scene.state().nodes.items().iter().filter(silent) {
            let Some(condition) = unready(node).filter(|condition| condition.status == "Unknown") else { continue };
            // Who says so is the node controller; whether the machine runs it cannot tell.
            let alive = is_measured(scene, &node.metadata.name);
            let likelihood = if alive { Likelihood::LIKELY.times(1.15) } else { Likelihood::LIKELY };
            let name = node.metadata.name.as_str();
            let evidence = condition_finding(scene, node, condition);
            let cause = RootCause::new(Cause::KubeletUnavailable, Culprit::node(name), likelihood, evidence);
            examination.name(affecting_all(told(cause, name), suffering_on(scene, name)));
        }
    }
}

fn told(cause: RootCause, node: &str) -> RootCause {
    cause
        .then(format!("The kubelet of {node} does not run, so that it starts, probes and reports no pod."))
        .then(format!("Pods on {node} count as not ready and get no requests; new ones do not start."))
}

/// Whether something on a node still reports: then its machine runs.
fn is_measured(scene: &Scene, node: &str) -> bool {
    let Some(signals) = scene.signals.seen() else { return false };
    let series = [Signal::NodeCpu, Signal::NodeMemory, Signal::NodeRetransmits];
    let last = series.into_iter().flat_map(|signal| signals.of_node(signal, node)).filter_map(SignalSeries::last);
    let mut last = last.filter(|last| last.value.is_finite());
    last.any(|last| scene.taken_at().as_second() - last.at.as_second() <= FRESH)
}
