//! The rules of the platform, one in each file.

mod container_runtime;
mod control_plane;
mod kubelet;
mod lost_node;
mod node_pressure;
mod scheduler;
mod service_proxy;
mod unbound_claim;
mod unplaced_pod;
mod volume_attachment;
mod volume_denied;
mod volume_full;

use lamplighter_core::diagnosis::Rule;

/// Every rule.
pub(crate) fn rules() -> Vec<Box<dyn Rule>> {
    vec![
        Box::new(unplaced_pod::UnplacedPod),
        Box::new(unbound_claim::UnboundClaim),
        Box::new(kubelet::Kubelet),
        Box::new(container_runtime::ContainerRuntime),
        Box::new(lost_node::LostNode),
        Box::new(service_proxy::ServiceProxy),
        Box::new(scheduler::Scheduler),
        Box::new(control_plane::ControlPlane),
        Box::new(node_pressure::NodePressure),
        Box::new(volume_denied::VolumeDenied),
        Box::new(volume_full::VolumeFull),
        Box::new(volume_attachment::VolumeAttachment),
    ]
}
