//! A cluster as diagnosis sees it.
//!
//! The objects have the fields, the names and the JSON shape of the Kubernetes API objects of the same
//! name (Kubernetes API reference, groups `core/v1`, `apps/v1`, `batch/v1`), reduced to what is looked at.
//! They read from what an API server sends, from what `kubectl cluster-info dump -o json` writes and from
//! recordings in which fields are missing: an absent field or a `null` is its empty value, and unknown
//! fields are ignored. Where absent and empty mean different things the field is an `Option`.

mod batch;
mod event;
mod index;
mod meta;
mod node;
mod pod;
mod quantity;
mod service;
mod state;
mod storage;
mod workload;

pub use batch::{Job, JobCondition, JobSpec, JobStatus};
pub use event::Event;
pub use index::ClusterIndex;
pub use meta::{LabelSelector, LabelSelectorRequirement, Meta, Named, ObjectReference, OwnerReference};
pub use node::{Node, NodeCondition, NodeSpec, NodeStatus, Taint};
pub use pod::{
    Container, ContainerPort, ContainerState, ContainerStatus, EnvVar, Pod, PodCondition, PodSpec, PodStatus,
    Resources, StateRunning, StateTerminated, StateWaiting, Volume, VolumeClaim,
};
pub use quantity::Quantity;
pub use service::{EndpointAddress, EndpointSubset, Endpoints, IntOrString, Service, ServicePort, ServiceSpec};
pub use state::{ClusterState, Observed, WorkloadStatus};
pub use storage::{PersistentVolumeClaim, PersistentVolumeClaimSpec, PersistentVolumeClaimStatus};
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
