//! What the statuses of a pod's containers say, for the checks on pods.

use lamplighter_core::cluster::{ContainerStatus, Pod};

use crate::ClusterView;
use crate::lines::last_end;

/// The waiting reasons that mean that an image cannot be had.
///
/// Source: `pkg/kubelet/images/types.go` of Kubernetes.
const IMAGE_REASONS: [&str; 7] = [
    "ImagePullBackOff",
    "ErrImagePull",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "RegistryUnavailable",
    "SignatureValidationFailed",
];

/// Why a container waits.
pub(super) fn waiting_reason(status: &ContainerStatus) -> Option<&str> {
    status.state.waiting.as_ref()?.reason.as_deref()
}

/// The containers that wait for an image that cannot be had.
pub(super) fn without_image(pod: &Pod) -> impl Iterator<Item = &ContainerStatus> {
    pod.all_container_statuses()
        .filter(|status| waiting_reason(status).is_some_and(|reason| IMAGE_REASONS.contains(&reason)))
}

/// The containers that start and end again and again.
pub(crate) fn crash_looping<'p>(view: ClusterView<'p>, pod: &'p Pod) -> impl Iterator<Item = &'p ContainerStatus> + 'p {
    pod.all_container_statuses().filter(move |status| is_crash_looping(view, pod, status))
}

/// The kubelet waits longer after each crash, up to five minutes, and says `CrashLoopBackOff` meanwhile. In
/// the moments between, the container is terminated, or runs until the next crash: then it loops when it has
/// been restarted, ended recently and is not ready.
fn is_crash_looping(view: ClusterView<'_>, pod: &Pod, status: &ContainerStatus) -> bool {
    if waiting_reason(status) == Some("CrashLoopBackOff") {
        return true;
    }
    let never_restarted = pod.spec.restart_policy.as_deref() == Some("Never");
    if status.ready || status.restart_count == 0 || never_restarted || pod.status.phase == "Failed" {
        return false;
    }
    let Some(end) = last_end(status).filter(|end| end.exit_code != 0) else { return false };
    let is_down = status.state.terminated.is_some();
    let ended_recently = end.finished_at.is_none_or(|at| view.is_recent(at));
    ended_recently && (is_down || status.restart_count >= view.settings().restarts)
}
