use lamplighter_core::cluster::{
    DaemonSet, Deployment, Endpoints, Event, Job, Node, PersistentVolumeClaim, Pod, ReplicaSet, Service, StatefulSet,
};
use serde::de::DeserializeOwned;

/// A resource of the API: where its objects are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resource {
    /// The API group; empty for the core group.
    pub(crate) group: &'static str,
    /// The name in paths and in roles.
    pub(crate) plural: &'static str,
}

impl Resource {
    /// The path of its objects, in one namespace or in all.
    pub(crate) fn path(self, namespace: Option<&str>) -> String {
        let Self { group, plural } = self;
        let group = if group.is_empty() { "/api/v1".to_owned() } else { format!("/apis/{group}/v1") };
        match namespace {
            Some(namespace) => format!("{group}/namespaces/{namespace}/{plural}"),
            None => format!("{group}/{plural}"),
        }
    }
}

/// A kind that is read.
pub(crate) trait Kind: DeserializeOwned + Send {
    /// Where it is found.
    const RESOURCE: Resource;
    /// Whether its objects belong to namespaces.
    const NAMESPACED: bool = true;
}

macro_rules! kinds {
    ($($kind:ident in $group:literal as $plural:literal,)*) => {$(
        impl Kind for $kind {
            const RESOURCE: Resource = Resource { group: $group, plural: $plural };
        }
    )*};
}

kinds! {
    Pod in "" as "pods",
    Event in "" as "events",
    Service in "" as "services",
    Endpoints in "" as "endpoints",
    PersistentVolumeClaim in "" as "persistentvolumeclaims",
    Deployment in "apps" as "deployments",
    ReplicaSet in "apps" as "replicasets",
    StatefulSet in "apps" as "statefulsets",
    DaemonSet in "apps" as "daemonsets",
    Job in "batch" as "jobs",
}

impl Kind for Node {
    const RESOURCE: Resource = Resource { group: "", plural: "nodes" };
    const NAMESPACED: bool = false;
}
