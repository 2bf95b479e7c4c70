use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::cluster::Pod;
use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene, Signal};
use lamplighter_core::words::{Finding, ObjectRef};

use crate::sight::{says_not_ready, unit_finding, unready};
use crate::units::Units;

/// A service proxy that does not run, so that a node keeps old rules for services, or none.
///
/// Relies on: Kubernetes docs, Virtual IPs and Service Proxies (each node's kube-proxy writes the rules by which the
/// addresses of services are reached from that node); systemd's `ActiveState`; the daemon set of kubeadm, whose pods
/// carry `k8s-app: kube-proxy`. Clusters whose network plugin replaces kube-proxy run it on no node.
#[derive(Debug)]
pub(super) struct ServiceProxy;

const PROXY: [&str; 1] = ["kube-proxy"];

impl Rule for ServiceProxy {
    fn name(&self) -> &'static str {
        "service-proxy"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::KubeProxyUnavailable]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let units = Units::of(scene);
        let blind = blind_nodes(scene);
        let mut named = BTreeSet::new();
        for (node, name, unit) in units.stopped(&PROXY) {
            let unreached = blind.get(node);
            let likelihood = match unreached {
                Some(_) => Likelihood::STATED,
                None if units.runs_somewhere(&PROXY) => Likelihood::LIKELY,
                None => continue,
            };
            examination.name(cause(scene, node, likelihood, unit_finding(scene, node, name, unit), unreached));
            named.insert(node);
        }
        for pod in scene.state().pods.items().iter().filter(|pod| is_proxy(pod) && says_not_ready(pod)) {
            let Some(node) = pod.spec.node_name.as_deref().filter(|node| !named.contains(node)) else { continue };
            // On a node that is not ready no pod is.
            if pod.is_terminating() || scene.graph.node(node).is_some_and(|node| unready(node).is_some()) {
                continue;
            }
            let about = ObjectRef::pod(pod.metadata.namespace(), &pod.metadata.name);
            let evidence = scene.finding(format!("kube-proxy is not ready on {node}"), about).with_evidence(state(pod));
            let unreached = blind.get(node);
            let likelihood = if unreached.is_some() { Likelihood::STATED } else { Likelihood::SHOWN };
            examination.name(cause(scene, node, likelihood, evidence, unreached));
            named.insert(node);
        }
        for (node, unreached) in &blind {
            let well = scene.graph.node(node).is_some_and(|node| unready(node).is_none());
            if well && !named.contains(node) && units.on(node, &PROXY).is_none() {
                let summary = format!("services are reached from other nodes and not from {node}");
                let evidence = scene.finding(summary, ObjectRef::global("node", *node));
                let likelihood = Likelihood::POSSIBLE.or(Likelihood::new(0.2));
                examination.name(cause(scene, node, likelihood, evidence, Some(unreached)));
            }
        }
    }
}

fn cause(
    scene: &Scene,
    node: &str,
    likelihood: Likelihood,
    evidence: Finding,
    unreached: Option<&BTreeSet<&str>>,
) -> RootCause {
    let mut cause = RootCause::new(Cause::KubeProxyUnavailable, Culprit::node(node), likelihood, evidence)
        .then(format!("kube-proxy does not run on {node}, so that its rules for services are not kept up to date."))
        .then(format!("Pods on {node} ask for services at addresses at which nobody is any more."));
    if let Some(unreached) = unreached {
        let shown: Vec<&str> = unreached.iter().copied().take(5).collect();
        let finding = scene.finding(format!("probes from {node} get no answer"), ObjectRef::global("node", node));
        let line = format!("probe_success{{probe_node=\"{node}\"}} 0 for {}, 1 from other nodes", shown.join(", "));
        cause = cause.and(finding.with_evidence(line));
    }
    cause
}

fn is_proxy(pod: &Pod) -> bool {
    pod.metadata.labels.get("k8s-app").is_some_and(|app| app == "kube-proxy")
        || (pod.metadata.namespace() == "kube-system" && pod.metadata.name.starts_with("kube-proxy-"))
}

fn state(pod: &Pod) -> String {
    let waiting = pod.status.container_statuses.iter().find_map(|status| status.state.waiting.as_ref());
    let reason = waiting.and_then(|waiting| waiting.reason.as_deref());
    format!("phase {}, {}", pod.status.phase, reason.unwrap_or("not ready"))
}

/// The nodes from which services are not reached that are reached from others, with those services.
fn blind_nodes(scene: &Scene) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut by_target: BTreeMap<&str, (BTreeSet<&str>, usize)> = BTreeMap::new();
    let series = scene.signals.seen().into_iter().flat_map(|signals| signals.of(Signal::Reachable));
    for series in series {
        let (node, target) = (series.label("probe_node"), series.label("instance"));
        let Some(last) = series.last().filter(|_| !node.is_empty()) else { continue };
        let (failing, answered) = by_target.entry(target).or_default();
        if last.value < 0.5 {
            failing.insert(node);
        } else {
            *answered += 1;
        }
    }
    let mut blind: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (target, (failing, answered)) in by_target {
        if answered > 0 && answered >= failing.len() {
            for node in failing {
                blind.entry(node).or_default().insert(target);
            }
        }
    }
    blind
}
