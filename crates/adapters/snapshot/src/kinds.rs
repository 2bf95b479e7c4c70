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
    /// Whether its file is in the dump's folder, and not in each namespace's.
    const CLUSTER_WIDE: bool;
    /// The name of its file.
    const FILE: &'static str;
    /// Its metadata.
    fn meta_mut(&mut self) -> &mut Meta;
}

/// Hands every kind on to a macro: its field of `ClusterState`, its type, its file, and where that is.
macro_rules! every_kind {
    ($hand_to:ident) => {
        $hand_to! {
            nodes: Node in "nodes.json" of cluster,
            namespaces: Namespace in "namespaces.json" of cluster,
            volumes: PersistentVolume in "persistentvolumes.json" of cluster,
            storage_classes: StorageClass in "storageclasses.json" of cluster,
            pods: Pod in "pods.json" of namespace,
            events: Event in "events.json" of namespace,
            services: Service in "services.json" of namespace,
            endpoints: Endpoints in "endpoints.json" of namespace,
            deployments: Deployment in "deployments.json" of namespace,
            replica_sets: ReplicaSet in "replicasets.json" of namespace,
            stateful_sets: StatefulSet in "statefulsets.json" of namespace,
            daemon_sets: DaemonSet in "daemonsets.json" of namespace,
            jobs: Job in "jobs.json" of namespace,
            cron_jobs: CronJob in "cronjobs.json" of namespace,
            claims: PersistentVolumeClaim in "persistentvolumeclaims.json" of namespace,
            config_maps: ConfigMap in "configmaps.json" of namespace,
            secrets: Secret in "secrets.json" of namespace,
            service_accounts: ServiceAccount in "serviceaccounts.json" of namespace,
            role_bindings: RoleBinding in "rolebindings.json" of namespace,
            quotas: ResourceQuota in "resourcequotas.json" of namespace,
            limit_ranges: LimitRange in "limitranges.json" of namespace,
            ingresses: Ingress in "ingresses.json" of namespace,
            network_policies: NetworkPolicy in "networkpolicies.json" of namespace,
            autoscalers: HorizontalPodAutoscaler in "horizontalpodautoscalers.json" of namespace,
            disruption_budgets: PodDisruptionBudget in "poddisruptionbudgets.json" of namespace,
        }
    };
}
pub(crate) use every_kind;

macro_rules! recorded {
    ($($field:ident: $kind:ident in $file:literal of $place:ident,)*) => {
        $(impl Recorded for $kind {
            const KIND: &'static str = stringify!($kind);
            const CLUSTER_WIDE: bool = recorded!(@$place);
            const FILE: &'static str = $file;

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
