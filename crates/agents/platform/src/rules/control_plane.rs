use lamplighter_core::cluster::Pod;
use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::ObjectRef;

use crate::sight::{says_not_ready, unit_finding, unready};
use crate::units::Units;

/// Another part of the control plane that does not run: the API server, its store, or the controllers.
///
/// Relies on: Kubernetes docs, Kubernetes Components; the static pods of kubeadm in `kube-system`, labelled
/// `component`; systemd's `ActiveState`.
#[derive(Debug)]
pub(super) struct ControlPlane;

/// The parts, with what goes wrong without them.
const PARTS: [(&str, &str); 4] = [
    (
        "kube-controller-manager",
        "Missing pods are not made anew, endpoints are not kept up to date, nodes are not watched.",
    ),
    ("kube-apiserver", "Nobody learns of changes, and nothing can be changed."),
    ("etcd", "The API server cannot keep what it is told."),
    ("cloud-controller-manager", "Load balancers, routes and addresses of nodes are not kept up to date."),
];

impl Rule for ControlPlane {
    fn name(&self) -> &'static str {
        "control-plane"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::ControlPlaneUnavailable]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let units = Units::of(scene);
        for (part, without) in PARTS {
            let pods = parts(scene, part);
            let runs = units.runs_somewhere(&[part]) || pods.iter().any(|pod| !says_not_ready(pod));
            let mut down: Vec<_> = units
                .stopped(&[part])
                .into_iter()
                .map(|(node, name, unit)| (node.to_owned(), unit_finding(scene, node, name, unit)))
                .collect();
            for pod in pods.iter().filter(|pod| says_not_ready(pod) && !pod.is_terminating()) {
                let Some(node) = node_of(pod) else { continue };
                // On a node that is not ready no pod is.
                if scene.graph.node(node).is_none_or(|node| unready(node).is_none()) {
                    let about = ObjectRef::pod(pod.metadata.namespace(), &pod.metadata.name);
                    let finding = scene.finding(format!("{part} is not ready on {node}"), about);
                    let line = format!("phase {}, restarts {}", pod.status.phase, pod.restarts());
                    down.push((node.to_owned(), finding.with_evidence(line)));
                }
            }
            for (node, finding) in down {
                // Of several one leads, and another takes over.
                let likelihood = if runs { Likelihood::POSSIBLE } else { Likelihood::SHOWN };
                let cause = RootCause::new(Cause::ControlPlaneUnavailable, Culprit::node(&node), likelihood, finding);
                examination.name(cause.then(format!("{part} does not run on {node}.")).then(without));
            }
        }
    }
}

/// The pods of a part of the control plane.
pub(super) fn parts<'a>(scene: &'a Scene, part: &str) -> Vec<&'a Pod> {
    let is_part = |pod: &&Pod| {
        let labels = &pod.metadata.labels;
        let named = || pod.metadata.name.strip_prefix(part).is_some_and(|rest| rest.starts_with('-'));
        let labelled = || ["component", "k8s-app"].iter().any(|key| labels.get(*key).is_some_and(|name| name == part));
        pod.metadata.namespace() == "kube-system" && (named() || labelled()) && !pod.is_completed()
    };
    scene.state().pods.items().iter().filter(is_part).collect()
}

/// The node of a pod.
pub(super) fn node_of(pod: &Pod) -> Option<&str> {
    pod.spec.node_name.as_deref().filter(|node| !node.is_empty())
}
