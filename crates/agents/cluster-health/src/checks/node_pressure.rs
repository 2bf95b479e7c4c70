use lamplighter_core::cluster::Node;
use lamplighter_core::words::{ObjectRef, Severity};

use crate::lines::condition_line;
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `node-pressure`: no node runs out of memory, disk or process ids, and all of them take new pods.
///
/// Relies on the node conditions `MemoryPressure`, `DiskPressure` and `PIDPressure`, at which the kubelet
/// evicts pods (Kubernetes docs, Node-pressure Eviction), and on `spec.unschedulable`, which `kubectl cordon`
/// sets; the latter is somebody's intention and only a warning.
#[derive(Debug, Clone, Copy)]
pub struct NodePressure;

const PRESSURES: [&str; 3] = ["MemoryPressure", "DiskPressure", "PIDPressure"];

impl Check for NodePressure {
    fn name(&self) -> &'static str {
        "node-pressure"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        Ok(Outcome::over("nodes", view.nodes()?, |node| pressure(view, node).or_else(|| cordoned(view, node))))
    }
}

fn pressure(view: &ClusterView<'_>, node: &Node) -> Option<Observation> {
    let conditions = PRESSURES.into_iter().filter_map(|pressure| node.condition(pressure));
    let pressing: Vec<_> = conditions.filter(|condition| condition.status == "True").collect();
    let since = pressing.iter().filter_map(|condition| condition.last_transition_time).min();
    let names: Vec<_> = pressing.iter().map(|condition| condition.r#type.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let summary = format!("node {} is under {}", node.metadata.name, names.join(" and "));
    let mut finding = view.finding(summary, ObjectRef::global("node", &node.metadata.name), since);
    finding.evidence.extend(pressing.into_iter().map(condition_line));
    finding.evidence.extend(view.warnings_about("Node", "", &node.metadata.name));
    Some(Observation::fail(Severity::Sev2, finding))
}

fn cordoned(view: &ClusterView<'_>, node: &Node) -> Option<Observation> {
    let name = &node.metadata.name;
    (node.spec.unschedulable == Some(true)).then(|| {
        let finding = view.finding(format!("node {name} takes no new pods"), ObjectRef::global("node", name), None);
        Observation::warn(finding.with_evidence("spec.unschedulable=true"))
    })
}
