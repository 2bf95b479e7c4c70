use lamplighter_core::cluster::Pod;

use super::containers::{crash_looping, without_image};
use crate::lines::{pod_ref, quoted, reason_line};
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `pods-not-ready`: every pod that runs is ready to serve.
///
/// Relies on the pod condition `Ready` (Kubernetes docs, Pod Lifecycle): false while a container's readiness
/// probe fails or a readiness gate is closed, and set to false by the node controller when the node is not
/// heard of. Pods that crash or wait for an image have checks of their own; those that are being deleted
/// are not ready by design.
#[derive(Debug, Clone, Copy)]
pub struct PodsNotReady;

impl Check for PodsNotReady {
    fn name(&self) -> &'static str {
        "pods-not-ready"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        Ok(Outcome::over("pods", view.staying_pods()?, |pod| look(view, pod)))
    }
}

fn look(view: &ClusterView<'_>, pod: &Pod) -> Option<Observation> {
    if pod.status.phase != "Running" || pod.is_ready() || view.is_new(&pod.metadata) {
        return None;
    }
    if without_image(pod).next().is_some() || crash_looping(*view, pod).next().is_some() {
        return None;
    }
    let condition = pod.condition("Ready");
    let since = condition.and_then(|condition| condition.last_transition_time);
    let summary = format!("pod {}/{} runs but is not ready", pod.metadata.namespace(), pod.metadata.name);
    let mut finding = view.finding(summary, pod_ref(pod), since);
    let why = condition.and_then(|it| reason_line(it.reason.as_deref(), it.message.as_deref()));
    finding.evidence.extend(why.map(|why| format!("Ready=False, {why}")));
    let unready = pod.status.container_statuses.iter().filter(|status| !status.ready);
    finding.evidence.extend(
        unready.map(|status| {
            format!("container {} is not ready, {} restarts", quoted(&status.name), status.restart_count)
        }),
    );
    finding.evidence.extend(pod.spec.node_name.as_ref().map(|node| format!("on node {}", quoted(node))));
    finding.evidence.extend(view.warnings_about("Pod", pod.metadata.namespace(), &pod.metadata.name));
    Some(Observation::fail(view.severity_of(pod), finding))
}
