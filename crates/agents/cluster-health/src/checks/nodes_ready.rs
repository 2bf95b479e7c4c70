use lamplighter_core::cluster::{Node, NodeCondition};
use lamplighter_core::words::{ObjectRef, Severity};

use crate::view::reason_line;
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
        let nodes = view.state().nodes.as_result()?;
        if nodes.is_empty() {
            return Err(Unreadable("the list of nodes is empty".to_owned()));
        }
        let mut outcome = Outcome::of("nodes");
        for node in nodes {
            outcome.look(look(view, node));
        }
        Ok(outcome)
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
    finding.evidence.extend(condition.map(line));
    finding.evidence.extend(view.warnings_about("Node", "", name));
    Some(Observation::fail(severity, finding).softened_if(view.is_new(&node.metadata)))
}

/// A node condition on one line.
pub(super) fn line(condition: &NodeCondition) -> String {
    let since =
        condition.last_transition_time.map(|at| format!(" since {}", lamplighter_core::utc(at))).unwrap_or_default();
    let why = reason_line(condition.reason.as_deref(), condition.message.as_deref());
    format!("{}={}{since}{}", condition.r#type, condition.status, why.map(|why| format!(", {why}")).unwrap_or_default())
}
