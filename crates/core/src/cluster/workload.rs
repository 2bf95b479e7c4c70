#![expect(missing_docs, reason = "fields mirror the Kubernetes API fields of the same name")]

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{LabelSelector, Meta, Named, PersistentVolumeClaim, PodSpec};

/// `appsv1.Deployment`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Deployment {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable")]
    pub spec: DeploymentSpec,
    #[serde(deserialize_with = "super::nullable")]
    pub status: DeploymentStatus,
}

/// `appsv1.DeploymentSpec`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DeploymentSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u32>,
    #[serde(deserialize_with = "super::nullable")]
    pub selector: LabelSelector,
    #[serde(deserialize_with = "super::nullable")]
    pub template: PodTemplate,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress_deadline_seconds: Option<u32>,
}

/// `appsv1.DeploymentStatus`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DeploymentStatus {
    #[serde(deserialize_with = "super::nullable")]
    pub replicas: u32,
    #[serde(deserialize_with = "super::nullable")]
    pub ready_replicas: u32,
    #[serde(deserialize_with = "super::nullable")]
    pub available_replicas: u32,
    #[serde(deserialize_with = "super::nullable")]
    pub updated_replicas: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<WorkloadCondition>,
}

/// `appsv1.DeploymentCondition` and its siblings.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct WorkloadCondition {
    #[serde(deserialize_with = "super::nullable")]
    pub r#type: String,
    #[serde(deserialize_with = "super::nullable")]
    pub status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_transition_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_update_time: Option<Timestamp>,
}

/// `corev1.PodTemplateSpec`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodTemplate {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable")]
    pub spec: PodSpec,
}

/// `appsv1.ReplicaSet`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReplicaSet {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable")]
    pub spec: ReplicaSetSpec,
    #[serde(deserialize_with = "super::nullable")]
    pub status: ReplicaSetStatus,
}

/// `appsv1.ReplicaSetSpec`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReplicaSetSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u32>,
    #[serde(deserialize_with = "super::nullable")]
    pub selector: LabelSelector,
    #[serde(deserialize_with = "super::nullable")]
    pub template: PodTemplate,
}

/// `appsv1.ReplicaSetStatus`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReplicaSetStatus {
    #[serde(deserialize_with = "super::nullable")]
    pub replicas: u32,
    #[serde(deserialize_with = "super::nullable")]
    pub ready_replicas: u32,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<WorkloadCondition>,
}

/// `appsv1.StatefulSet`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StatefulSet {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable")]
    pub spec: StatefulSetSpec,
    #[serde(deserialize_with = "super::nullable")]
    pub status: StatefulSetStatus,
}

/// `appsv1.StatefulSetSpec`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StatefulSetSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u32>,
    #[serde(deserialize_with = "super::nullable")]
    pub selector: LabelSelector,
    #[serde(deserialize_with = "super::nullable")]
    pub template: PodTemplate,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub volume_claim_templates: Vec<PersistentVolumeClaim>,
}

/// `appsv1.StatefulSetStatus`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StatefulSetStatus {
    #[serde(deserialize_with = "super::nullable")]
    pub replicas: u32,
    #[serde(deserialize_with = "super::nullable")]
    pub ready_replicas: u32,
    #[serde(deserialize_with = "super::nullable")]
    pub updated_replicas: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}

/// `appsv1.DaemonSet`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DaemonSet {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable")]
    pub spec: DaemonSetSpec,
    #[serde(deserialize_with = "super::nullable")]
    pub status: DaemonSetStatus,
}

/// `appsv1.DaemonSetSpec`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DaemonSetSpec {
    #[serde(deserialize_with = "super::nullable")]
    pub selector: LabelSelector,
    #[serde(deserialize_with = "super::nullable")]
    pub template: PodTemplate,
}

/// `appsv1.DaemonSetStatus`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DaemonSetStatus {
    #[serde(deserialize_with = "super::nullable")]
    pub desired_number_scheduled: u32,
    #[serde(deserialize_with = "super::nullable")]
    pub number_ready: u32,
    #[serde(deserialize_with = "super::nullable")]
    pub number_available: u32,
    #[serde(deserialize_with = "super::nullable")]
    pub updated_number_scheduled: u32,
    #[serde(deserialize_with = "super::nullable")]
    pub number_misscheduled: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}

impl Named for Deployment {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}

impl Named for ReplicaSet {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}

impl Named for StatefulSet {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}

impl Named for DaemonSet {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}
