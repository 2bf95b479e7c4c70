use lamplighter_core::cluster::Node;
use lamplighter_core::words::{ObjectRef, Severity};

use crate::lines::condition_line;
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `nodes-ready`: every node says that it is ready and has a network.
///
/// Relies on the node conditions `Ready` and `NetworkUnavailable`. The node controller sets `Ready` to
/// `Unknown` when a kubelet has not been heard of for `node-monitor-grace-period` (Kubernetes docs, Node
/// Status). A node without a `Ready` condition has not been heard of at all.
#[derive(Debug, Clone, Copy)]
pub struct NodesReady;

impl Check for NodesReady {
    fn name(&self) -> &'static str {
        "nodes-ready"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        Ok(Outcome::over("nodes", view.nodes()?, |node| look(view, node)))
    }
}

fn look(view: &ClusterView<'_>, node: &Node) -> Option<Observation> {
    let name = &node.metadata.name;
    let (severity, summary, condition) = match node.condition("Ready") {
        None => (Severity::Sev1, format!("node {name} has never said whether it is ready"), None),
        Some(ready) if ready.status == "Unknown" => {
            (Severity::Sev1, format!("node {name} is not heard of any more"), Some(ready))
        }
        Some(ready) if ready.status != "True" => (Severity::Sev1, format!("node {name} is not ready"), Some(ready)),
        Some(_) => {
            let network = node.condition("NetworkUnavailable").filter(|condition| condition.status == "True")?;
            (Severity::Sev2, format!("node {name} has no network set up"), Some(network))
        }
    };
    let at = condition.and_then(|condition| condition.last_transition_time);
    let mut finding = view.finding(summary, ObjectRef::global("node", name), at);
    finding.evidence.extend(condition.map(condition_line));
    finding.evidence.extend(view.warnings_about("Node", "", name));
    Some(Observation::fail(severity, finding).softened_if(view.is_new(&node.metadata)))
}
