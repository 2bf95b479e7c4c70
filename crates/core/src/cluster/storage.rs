#![expect(missing_docs, reason = "fields mirror the Kubernetes API fields of the same name")]

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::{
    LabelSelector, Meta, Named, NodeSelector, ObjectReference, Quantity, Resources, VolumeHostPath, VolumeNfs,
};

/// `corev1.PersistentVolumeClaim`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PersistentVolumeClaim {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable")]
    pub spec: PersistentVolumeClaimSpec,
    #[serde(deserialize_with = "super::nullable")]
    pub status: PersistentVolumeClaimStatus,
}

/// `corev1.PersistentVolumeClaimSpec`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PersistentVolumeClaimSpec {
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub access_modes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_class_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_mode: Option<String>,
    #[serde(deserialize_with = "super::nullable")]
    pub resources: Resources,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<LabelSelector>,
}

/// `corev1.PersistentVolumeClaimStatus`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PersistentVolumeClaimStatus {
    #[serde(deserialize_with = "super::nullable")]
    pub phase: String,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub capacity: BTreeMap<String, Quantity>,
}

/// `corev1.PersistentVolume`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PersistentVolume {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable")]
    pub spec: PersistentVolumeSpec,
    #[serde(deserialize_with = "super::nullable")]
    pub status: PersistentVolumeStatus,
}

/// `corev1.PersistentVolumeSpec`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PersistentVolumeSpec {
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub access_modes: Vec<String>,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub capacity: BTreeMap<String, Quantity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim_ref: Option<ObjectReference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_class_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_mode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persistent_volume_reclaim_policy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_affinity: Option<VolumeNodeAffinity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_path: Option<VolumeHostPath>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nfs: Option<VolumeNfs>,
}

/// `corev1.VolumeNodeAffinity`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VolumeNodeAffinity {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<NodeSelector>,
}

/// `corev1.PersistentVolumeStatus`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PersistentVolumeStatus {
    #[serde(deserialize_with = "super::nullable")]
    pub phase: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// `storagev1.StorageClass`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StorageClass {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable")]
    pub provisioner: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_binding_mode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reclaim_policy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_volume_expansion: Option<bool>,
}

impl Named for PersistentVolume {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}

impl Named for StorageClass {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}

impl StorageClass {
    /// Whether claims without a class get this one (Kubernetes docs, Default `StorageClass`).
    #[must_use]
    pub fn is_default(&self) -> bool {
        let marked = self.metadata.annotations.get("storageclass.kubernetes.io/is-default-class");
        marked.is_some_and(|value| value == "true")
    }

    /// Whether volumes are only made once a pod that uses the claim is scheduled.
    #[must_use]
    pub fn waits_for_consumer(&self) -> bool {
        self.volume_binding_mode.as_deref() == Some("WaitForFirstConsumer")
    }
}

impl Named for PersistentVolumeClaim {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}
