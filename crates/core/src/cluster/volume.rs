#![expect(missing_docs, reason = "fields mirror the Kubernetes API fields of the same name")]

use serde::{Deserialize, Serialize};

/// `corev1.Volume`, the sources that can be missing or fail.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Volume {
    #[serde(deserialize_with = "super::nullable")]
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persistent_volume_claim: Option<VolumeClaim>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<VolumeSecret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_map: Option<VolumeConfigMap>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_path: Option<VolumeHostPath>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nfs: Option<VolumeNfs>,
}

/// `corev1.PersistentVolumeClaimVolumeSource`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VolumeClaim {
    #[serde(deserialize_with = "super::nullable")]
    pub claim_name: String,
}

/// `corev1.SecretVolumeSource`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VolumeSecret {
    #[serde(deserialize_with = "super::nullable")]
    pub secret_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optional: Option<bool>,
}

/// `corev1.ConfigMapVolumeSource`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VolumeConfigMap {
    #[serde(deserialize_with = "super::nullable")]
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optional: Option<bool>,
}

/// `corev1.HostPathVolumeSource`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VolumeHostPath {
    #[serde(deserialize_with = "super::nullable")]
    pub path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
}

/// `corev1.NFSVolumeSource`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VolumeNfs {
    #[serde(deserialize_with = "super::nullable")]
    pub server: String,
    #[serde(deserialize_with = "super::nullable")]
    pub path: String,
}
