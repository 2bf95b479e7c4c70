use lamplighter_core::cluster::{
    ConfigMap, CronJob, DaemonSet, Deployment, Endpoints, Event, HorizontalPodAutoscaler, Ingress, Job, LimitRange,
    Namespace, NetworkPolicy, Node, PersistentVolume, PersistentVolumeClaim, Pod, PodDisruptionBudget, ReplicaSet,
    ResourceQuota, RoleBinding, Secret, Service, ServiceAccount, StatefulSet, StorageClass,
};
use serde::de::DeserializeOwned;

/// A resource of the API: where its objects are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resource {
    /// The API group; empty for the core group.
    pub(crate) group: &'static str,
    /// The version of the group.
    pub(crate) version: &'static str,
    /// The name in paths and in roles.
    pub(crate) plural: &'static str,
}

impl Resource {
    /// The path of its objects, in one namespace or in all.
    pub(crate) fn path(self, namespace: Option<&str>) -> String {
        let Self { group, version, plural } = self;
        let group = if group.is_empty() { format!("/api/{version}") } else { format!("/apis/{group}/{version}") };
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
    /// Versions of its group in which servers have it that do not have it there yet, the newest first. Only
    /// those in which the fields that are looked at are the same.
    const OLDER: &'static [&'static str] = &[];
    /// Whether its objects belong to namespaces.
    const NAMESPACED: bool = true;
}

macro_rules! kinds {
    ($($kind:ident in $group:literal $version:literal as $plural:literal $(or $($older:literal)+)? $(, $wide:ident)?;)*) => {$(
        impl Kind for $kind {
            const RESOURCE: Resource = Resource { group: $group, version: $version, plural: $plural };
            $(const OLDER: &'static [&'static str] = &[$($older),+];)?
            $(const NAMESPACED: bool = kinds!(@$wide);)?
        }
    )*};
    (@cluster_wide) => { false };
}

// The versions are those of the Kubernetes docs, "Deprecated API Migration Guide".
kinds! {
    Node in "" "v1" as "nodes", cluster_wide;
    Namespace in "" "v1" as "namespaces", cluster_wide;
    PersistentVolume in "" "v1" as "persistentvolumes", cluster_wide;
    StorageClass in "storage.k8s.io" "v1" as "storageclasses", cluster_wide;
    Pod in "" "v1" as "pods";
    Event in "" "v1" as "events";
    Service in "" "v1" as "services";
    Endpoints in "" "v1" as "endpoints";
    PersistentVolumeClaim in "" "v1" as "persistentvolumeclaims";
    ConfigMap in "" "v1" as "configmaps";
    Secret in "" "v1" as "secrets";
    ServiceAccount in "" "v1" as "serviceaccounts";
    ResourceQuota in "" "v1" as "resourcequotas";
    LimitRange in "" "v1" as "limitranges";
    Deployment in "apps" "v1" as "deployments";
    ReplicaSet in "apps" "v1" as "replicasets";
    StatefulSet in "apps" "v1" as "statefulsets";
    DaemonSet in "apps" "v1" as "daemonsets";
    Job in "batch" "v1" as "jobs";
    CronJob in "batch" "v1" as "cronjobs" or "v1beta1";
    RoleBinding in "rbac.authorization.k8s.io" "v1" as "rolebindings";
    Ingress in "networking.k8s.io" "v1" as "ingresses";
    NetworkPolicy in "networking.k8s.io" "v1" as "networkpolicies";
    HorizontalPodAutoscaler in "autoscaling" "v2" as "horizontalpodautoscalers" or "v2beta2" "v1";
    PodDisruptionBudget in "policy" "v1" as "poddisruptionbudgets" or "v1beta1";
}
