use lamplighter_core::cluster::{
    ConfigMap, CronJob, DaemonSet, Deployment, Endpoints, Event, HorizontalPodAutoscaler, Ingress, Job, LimitRange,
    Meta, Namespace, NetworkPolicy, Node, PersistentVolume, PersistentVolumeClaim, Pod, PodDisruptionBudget,
    ReplicaSet, ResourceQuota, RoleBinding, Secret, Service, ServiceAccount, StatefulSet, StorageClass,
};
use serde::de::DeserializeOwned;

/// A kind of object that a dump holds.
pub(crate) trait Recorded: DeserializeOwned + Send {
    /// Its kind in the API.
    const KIND: &'static str;
    /// Its group and version in the API.
    const VERSION: &'static str;
    /// Whether its file is in the dump's folder, and not in each namespace's.
    const CLUSTER_WIDE: bool;
    /// The name of its file.
    const FILE: &'static str;
    /// Its metadata.
    fn meta(&self) -> &Meta;
    /// Its metadata, to be changed.
    fn meta_mut(&mut self) -> &mut Meta;
}

/// Hands every kind on to a macro: its field of `ClusterState`, its type and version, its file, and where that is.
macro_rules! every_kind {
    ($hand_to:ident) => {
        $hand_to! {
            nodes: Node of "v1" in "nodes.json" per cluster,
            namespaces: Namespace of "v1" in "namespaces.json" per cluster,
            volumes: PersistentVolume of "v1" in "persistentvolumes.json" per cluster,
            storage_classes: StorageClass of "storage.k8s.io/v1" in "storageclasses.json" per cluster,
            pods: Pod of "v1" in "pods.json" per namespace,
            events: Event of "v1" in "events.json" per namespace,
            services: Service of "v1" in "services.json" per namespace,
            endpoints: Endpoints of "v1" in "endpoints.json" per namespace,
            deployments: Deployment of "apps/v1" in "deployments.json" per namespace,
            replica_sets: ReplicaSet of "apps/v1" in "replicasets.json" per namespace,
            stateful_sets: StatefulSet of "apps/v1" in "statefulsets.json" per namespace,
            daemon_sets: DaemonSet of "apps/v1" in "daemonsets.json" per namespace,
            jobs: Job of "batch/v1" in "jobs.json" per namespace,
            cron_jobs: CronJob of "batch/v1" in "cronjobs.json" per namespace,
            claims: PersistentVolumeClaim of "v1" in "persistentvolumeclaims.json" per namespace,
            config_maps: ConfigMap of "v1" in "configmaps.json" per namespace,
            secrets: Secret of "v1" in "secrets.json" per namespace,
            service_accounts: ServiceAccount of "v1" in "serviceaccounts.json" per namespace,
            role_bindings: RoleBinding of "rbac.authorization.k8s.io/v1" in "rolebindings.json" per namespace,
            quotas: ResourceQuota of "v1" in "resourcequotas.json" per namespace,
            limit_ranges: LimitRange of "v1" in "limitranges.json" per namespace,
            ingresses: Ingress of "networking.k8s.io/v1" in "ingresses.json" per namespace,
            network_policies: NetworkPolicy of "networking.k8s.io/v1" in "networkpolicies.json" per namespace,
            autoscalers: HorizontalPodAutoscaler of "autoscaling/v2" in "horizontalpodautoscalers.json" per namespace,
            disruption_budgets: PodDisruptionBudget of "policy/v1" in "poddisruptionbudgets.json" per namespace,
        }
    };
}
pub(crate) use every_kind;

macro_rules! recorded {
    ($($field:ident: $kind:ident of $version:literal in $file:literal per $place:ident,)*) => {
        $(impl Recorded for $kind {
            const KIND: &'static str = stringify!($kind);
            const VERSION: &'static str = $version;
            const CLUSTER_WIDE: bool = recorded!(@$place);
            const FILE: &'static str = $file;

            fn meta(&self) -> &Meta {
                &self.metadata
            }

            fn meta_mut(&mut self) -> &mut Meta {
                &mut self.metadata
            }
        })*

        /// The files that a dump may hold, with whether they are in its own folder.
        const FILES: &[(&str, bool)] = &[$(($file, recorded!(@$place)),)*];
    };
    (@cluster) => { true };
    (@namespace) => { false };
}
every_kind!(recorded);

/// The files that make a folder a namespace of a dump.
pub(crate) fn namespaced_files() -> impl Iterator<Item = &'static str> {
    FILES.iter().filter(|(_, cluster_wide)| !cluster_wide).map(|(file, _)| *file)
}

/// The files of objects that belong to no namespace.
pub(crate) fn cluster_wide_files() -> impl Iterator<Item = &'static str> {
    FILES.iter().filter(|(_, cluster_wide)| *cluster_wide).map(|(file, _)| *file)
}
