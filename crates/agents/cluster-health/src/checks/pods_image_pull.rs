use lamplighter_core::cluster::Pod;

use super::containers::{waiting_reason, without_image};
use crate::lines::{pod_ref, quoted};
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `pods-image-pull`: every container has its image.
///
/// Relies on the waiting reasons of the kubelet's image manager, such as `ImagePullBackOff`, `ErrImagePull`
/// and `InvalidImageName` (Kubernetes docs, Images; `pkg/kubelet/images/types.go`).
#[derive(Debug, Clone, Copy)]
pub struct PodsImagePull;

impl Check for PodsImagePull {
    fn name(&self) -> &'static str {
        "pods-image-pull"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        Ok(Outcome::over("pods", view.staying_pods()?, |pod| look(view, pod)))
    }
}

fn look(view: &ClusterView<'_>, pod: &Pod) -> Option<Observation> {
    let mut waiting = without_image(pod).peekable();
    waiting.peek()?;
    let summary = format!("pod {}/{} cannot get its image", pod.metadata.namespace(), pod.metadata.name);
    let mut finding = view.finding(summary, pod_ref(pod), pod.metadata.creation_timestamp);
    for status in waiting {
        let containers = pod.spec.init_containers.iter().chain(&pod.spec.containers);
        let image = containers.into_iter().find(|container| container.name == status.name).map(|found| &found.image);
        let image = image.map(|image| format!(" for image {}", quoted(image))).unwrap_or_default();
        let reason = waiting_reason(status).unwrap_or_default();
        finding.evidence.push(format!("container {} waits{image}: {}", quoted(&status.name), quoted(reason)));
        let message = status.state.waiting.as_ref().and_then(|waiting| waiting.message.as_deref());
        finding.evidence.extend(message.map(quoted));
    }
    finding.evidence.extend(view.warnings_about("Pod", pod.metadata.namespace(), &pod.metadata.name));
    Some(Observation::fail(view.severity_of(pod), finding).softened_if(view.is_new(&pod.metadata)))
}
