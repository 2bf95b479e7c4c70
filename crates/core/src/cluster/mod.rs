//! A cluster as diagnosis sees it.
//!
//! The objects have the fields, the names and the JSON shape of the Kubernetes API objects of the same
//! name (Kubernetes API reference, groups `core/v1`, `apps/v1`, `batch/v1`), reduced to what is looked at.
//! They read from what an API server sends, from what `kubectl cluster-info dump -o json` writes and from
//! recordings in which fields are missing: an absent field or a `null` is its empty value, and unknown
//! fields are ignored. Where absent and empty mean different things the field is an `Option`.

mod any;
mod batch;
mod config;
mod event;
mod graph;
mod meta;
mod node;
mod pod;
mod policy;
mod probe;
mod quantity;
mod relations;
mod scheduling;
mod service;
mod state;
mod storage;
mod traffic;
mod volume;
mod workload;

pub use batch::{Job, JobCondition, JobSpec, JobStatus};
pub use config::{ConfigMap, Secret};
pub use event::Event;
pub use graph::ClusterGraph;
pub use meta::{LabelSelector, LabelSelectorRequirement, Meta, Named, ObjectReference, OwnerReference};
pub use node::{Node, NodeAddress, NodeCondition, NodeSpec, NodeStatus, Taint};
pub use pod::{
    Container, ContainerPort, ContainerState, ContainerStatus, DnsConfig, EnvFrom, EnvVar, EnvVarSource, KeyReference,
    LocalReference, Pod, PodCondition, PodSpec, PodStatus, Resources, SecurityContext, SourceReference, StateRunning,
    StateTerminated, StateWaiting, VolumeMount,
};
pub use policy::{
    CronJob, CronJobSpec, CronJobStatus, HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec,
    HorizontalPodAutoscalerStatus, LimitRange, LimitRangeItem, LimitRangeSpec, Namespace, NamespaceStatus,
    PodDisruptionBudget, PodDisruptionBudgetSpec, PodDisruptionBudgetStatus, ResourceQuota, ResourceQuotaSpec,
    ResourceQuotaStatus, RoleBinding, RoleRef, ScaleTarget, ServiceAccount, Subject,
};
pub use probe::{ExecAction, GrpcAction, HttpGetAction, Probe, TcpSocketAction};
pub use quantity::Quantity;
pub use scheduling::{
    Affinity, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodAffinity, PodAffinityTerm,
    Toleration,
};
pub use service::{
    EndpointAddress, EndpointPort, EndpointSubset, Endpoints, IntOrString, LoadBalancerIngress, LoadBalancerStatus,
    Service, ServicePort, ServiceSpec, ServiceStatus,
};
pub use state::{ClusterState, Observed, WorkloadStatus};
pub use storage::{
    PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimSpec, PersistentVolumeClaimStatus,
    PersistentVolumeSpec, PersistentVolumeStatus, StorageClass, VolumeNodeAffinity,
};
pub use traffic::{
    HttpIngressPath, HttpIngressRule, Ingress, IngressBackend, IngressRule, IngressServiceBackend, IngressSpec,
    IngressStatus, IngressTls, IpBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicyRule,
    NetworkPolicySpec, ServiceBackendPort,
};
pub use volume::{Volume, VolumeClaim, VolumeConfigMap, VolumeHostPath, VolumeNfs, VolumeSecret};
pub use workload::{
    DaemonSet, DaemonSetSpec, DaemonSetStatus, Deployment, DeploymentSpec, DeploymentStatus, PodTemplate, ReplicaSet,
    ReplicaSetSpec, ReplicaSetStatus, StatefulSet, StatefulSetSpec, StatefulSetStatus, WorkloadCondition,
};

/// Reads `null` as the empty value: Go writes an empty list as `null` where `omitempty` is missing.
pub(crate) fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + serde::Deserialize<'de>,
{
    Ok(<Option<T> as serde::Deserialize>::deserialize(deserializer)?.unwrap_or_default())
}
