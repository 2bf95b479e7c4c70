#![expect(missing_docs, reason = "fields mirror the Kubernetes API fields of the same name")]

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{LabelSelector, LocalReference, Meta, Named, Quantity, WorkloadCondition};

/// `corev1.Namespace`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Namespace {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable")]
    pub status: NamespaceStatus,
}

/// `corev1.NamespaceStatus`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NamespaceStatus {
    #[serde(deserialize_with = "super::nullable")]
    pub phase: String,
}

/// `corev1.ResourceQuota`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ResourceQuota {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable")]
    pub spec: ResourceQuotaSpec,
    #[serde(deserialize_with = "super::nullable")]
    pub status: ResourceQuotaStatus,
}

/// `corev1.ResourceQuotaSpec`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ResourceQuotaSpec {
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub hard: BTreeMap<String, Quantity>,
}

/// `corev1.ResourceQuotaStatus`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ResourceQuotaStatus {
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub hard: BTreeMap<String, Quantity>,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub used: BTreeMap<String, Quantity>,
}

/// `corev1.LimitRange`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LimitRange {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable")]
    pub spec: LimitRangeSpec,
}

/// `corev1.LimitRangeSpec`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LimitRangeSpec {
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<LimitRangeItem>,
}

/// `corev1.LimitRangeItem`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LimitRangeItem {
    #[serde(deserialize_with = "super::nullable")]
    pub r#type: String,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub max: BTreeMap<String, Quantity>,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub min: BTreeMap<String, Quantity>,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub default: BTreeMap<String, Quantity>,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub default_request: BTreeMap<String, Quantity>,
}

/// `corev1.ServiceAccount`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ServiceAccount {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub image_pull_secrets: Vec<LocalReference>,
}

/// `rbacv1.RoleBinding`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RoleBinding {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable")]
    pub role_ref: RoleRef,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<Subject>,
}

/// `rbacv1.RoleRef`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RoleRef {
    #[serde(deserialize_with = "super::nullable")]
    pub kind: String,
    #[serde(deserialize_with = "super::nullable")]
    pub name: String,
}

/// `rbacv1.Subject`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Subject {
    #[serde(deserialize_with = "super::nullable")]
    pub kind: String,
    #[serde(deserialize_with = "super::nullable")]
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

/// `autoscalingv1` and `autoscalingv2` `HorizontalPodAutoscaler`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct HorizontalPodAutoscaler {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable")]
    pub spec: HorizontalPodAutoscalerSpec,
    #[serde(deserialize_with = "super::nullable")]
    pub status: HorizontalPodAutoscalerStatus,
}

/// `autoscalingv2.HorizontalPodAutoscalerSpec`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct HorizontalPodAutoscalerSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_replicas: Option<u32>,
    #[serde(deserialize_with = "super::nullable")]
    pub max_replicas: u32,
    #[serde(deserialize_with = "super::nullable")]
    pub scale_target_ref: ScaleTarget,
}

/// `autoscalingv2.CrossVersionObjectReference`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ScaleTarget {
    #[serde(deserialize_with = "super::nullable")]
    pub kind: String,
    #[serde(deserialize_with = "super::nullable")]
    pub name: String,
}

/// `autoscalingv2.HorizontalPodAutoscalerStatus`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct HorizontalPodAutoscalerStatus {
    #[serde(deserialize_with = "super::nullable")]
    pub current_replicas: u32,
    #[serde(deserialize_with = "super::nullable")]
    pub desired_replicas: u32,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<WorkloadCondition>,
}

/// `policyv1.PodDisruptionBudget`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodDisruptionBudget {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable")]
    pub spec: PodDisruptionBudgetSpec,
    #[serde(deserialize_with = "super::nullable")]
    pub status: PodDisruptionBudgetStatus,
}

/// `policyv1.PodDisruptionBudgetSpec`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodDisruptionBudgetSpec {
    #[serde(deserialize_with = "super::nullable")]
    pub selector: LabelSelector,
}

/// `policyv1.PodDisruptionBudgetStatus`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodDisruptionBudgetStatus {
    #[serde(deserialize_with = "super::nullable")]
    pub disruptions_allowed: u32,
    #[serde(deserialize_with = "super::nullable")]
    pub current_healthy: u32,
    #[serde(deserialize_with = "super::nullable")]
    pub desired_healthy: u32,
    #[serde(deserialize_with = "super::nullable")]
    pub expected_pods: u32,
}

/// `batchv1.CronJob`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CronJob {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable")]
    pub spec: CronJobSpec,
    #[serde(deserialize_with = "super::nullable")]
    pub status: CronJobStatus,
}

/// `batchv1.CronJobSpec`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CronJobSpec {
    #[serde(deserialize_with = "super::nullable")]
    pub schedule: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspend: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// `batchv1.CronJobStatus`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CronJobStatus {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_schedule_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_successful_time: Option<Timestamp>,
}

impl Named for Namespace {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}

impl Named for ResourceQuota {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}

impl Named for LimitRange {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}

impl Named for ServiceAccount {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}

impl Named for RoleBinding {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}

impl Named for HorizontalPodAutoscaler {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}

impl Named for PodDisruptionBudget {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}

impl Named for CronJob {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}
