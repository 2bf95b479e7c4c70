use lamplighter_core::cluster::{Node, NodeCondition};
use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};

use super::kubelet::KUBELET;
use crate::sight::{affecting_all, condition_finding, suffering_on, unready};
use crate::units::{Unit, Units};

/// A node that is not ready, where no unit of it says why.
///
/// Relies on: Kubernetes docs, Nodes, Conditions (`Ready` is `False` when the kubelet says so, with its reasons, and
/// `Unknown` when the node controller has not heard of it; `NetworkUnavailable` is the network plugin's or the
/// cloud's), and Monitor Node Health (the conditions of the node problem detector).
#[derive(Debug)]
pub(super) struct LostNode;

/// A node that joined less than this ago is still being set up, in seconds.
const YOUNG: i64 = 300;

impl Rule for LostNode {
    fn name(&self) -> &'static str {
        "lost-node"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::NodeUnavailable]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let units = Units::of(scene);
        for node in scene.state().nodes.items() {
            let name = node.metadata.name.as_str();
            let Some(condition) = unready(node) else {
                let suffering = suffering_on(scene, name);
                if let Some(broken) = broken(node).filter(|_| !suffering.is_empty()) {
                    let finding = condition_finding(scene, node, broken);
                    let cause =
                        RootCause::new(Cause::NodeUnavailable, Culprit::node(name), Likelihood::LIKELY, finding);
                    let cause = cause.then(format!("The node {name} counts as ready and is not sound."));
                    let cause = cause.then(format!("Pods on {name} do not become ready."));
                    examination.name(affecting_all(cause, suffering));
                }
                continue;
            };
            let kubelet = units.on(name, &KUBELET).map(|(_, unit)| unit);
            if kubelet.is_some_and(Unit::is_stopped) {
                continue;
            }
            let suffering = suffering_on(scene, name);
            let finding = condition_finding(scene, node, condition);
            if suffering.is_empty() && (is_young(scene, node) || node.spec.unschedulable == Some(true)) {
                examination.find(finding);
                continue;
            }
            let message = condition.message.as_deref().unwrap_or_default().to_ascii_lowercase();
            let runtime = message.contains("container runtime") || message.contains("pleg");
            let likelihood = match (condition.status.as_str(), kubelet) {
                ("False", _) if runtime => Likelihood::POSSIBLE,
                ("False", _) => Likelihood::SHOWN,
                // The kubelet runs and is not heard: the machine is cut off.
                (_, Some(_)) => Likelihood::LIKELY,
                _ => Likelihood::POSSIBLE,
            };
            let cause = RootCause::new(Cause::NodeUnavailable, Culprit::node(name), likelihood, finding);
            let cause = cause.then(format!("The node {name} is not ready.")).then(format!(
                "Its pods count as not ready and get no requests; after some minutes they are made anew elsewhere, or wait for {name}."
            ));
            examination.name(affecting_all(cause, suffering));
        }
    }
}

/// What is wrong with a node that counts as ready all the same: its network, or what the node problem detector finds.
fn broken(node: &Node) -> Option<&NodeCondition> {
    let kinds = ["NetworkUnavailable", "KernelDeadlock", "ReadonlyFilesystem", "FrequentContainerdRestart"];
    kinds.into_iter().find_map(|kind| node.condition(kind).filter(|condition| condition.status == "True"))
}

fn is_young(scene: &Scene, node: &Node) -> bool {
    let created = node.metadata.creation_timestamp;
    created.is_some_and(|created| scene.taken_at().as_second() - created.as_second() < YOUNG)
}
