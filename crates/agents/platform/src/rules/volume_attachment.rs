use lamplighter_core::cluster::Event;
use lamplighter_core::diagnosis::{Cause, Examination, Rule, Scene};
use lamplighter_core::words::ObjectRef;

use crate::sight::event_finding;

/// A volume that cannot be attached to a node or mounted there. There is no code for it: what is seen is reported, so
/// that whoever reads on knows what a pod waits for.
///
/// Relies on: the events `FailedAttachVolume` (`Multi-Attach error` where a volume is still attached to another node) and
/// `FailedMount` of the attach/detach controller and the kubelet; Kubernetes docs, Persistent Volumes, Access Modes.
#[derive(Debug)]
pub(super) struct VolumeAttachment;

impl Rule for VolumeAttachment {
    fn name(&self) -> &'static str {
        "volume-attachment"
    }

    fn causes(&self) -> &'static [Cause] {
        &[]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        for event in scene.state().events.items().iter().filter(|event| fails(event)) {
            let object = &event.involved_object;
            let namespace = object.namespace.as_deref().unwrap_or_default();
            let waiting = scene.graph.pod(namespace, &object.name).is_some_and(|pod| pod.status.phase == "Pending");
            if !waiting || !scene.graph.is_current(event) {
                continue;
            }
            let summary = if event.message.contains("Multi-Attach") {
                format!("{} waits for a volume that is attached to another node", object.name)
            } else {
                format!("{} waits for a volume", object.name)
            };
            examination.find(event_finding(scene, event, summary, ObjectRef::pod(namespace, &object.name)));
        }
    }
}

fn fails(event: &Event) -> bool {
    matches!(event.reason.as_str(), "FailedAttachVolume" | "FailedMount" | "FailedMapVolume") && event.is_warning()
}
