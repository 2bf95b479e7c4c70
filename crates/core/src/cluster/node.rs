#![expect(missing_docs, reason = "fields mirror the Kubernetes API fields of the same name")]

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Meta, Named};

/// `corev1.Node`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Node {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable")]
    pub spec: NodeSpec,
    #[serde(deserialize_with = "super::nullable")]
    pub status: NodeStatus,
}

/// `corev1.NodeSpec`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unschedulable: Option<bool>,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub taints: Vec<Taint>,
}

/// `corev1.Taint`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Taint {
    #[serde(deserialize_with = "super::nullable")]
    pub key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    #[serde(deserialize_with = "super::nullable")]
    pub effect: String,
}

/// `corev1.NodeStatus`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeStatus {
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<NodeCondition>,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub capacity: BTreeMap<String, super::Quantity>,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub allocatable: BTreeMap<String, super::Quantity>,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<NodeAddress>,
}

/// `corev1.NodeAddress`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeAddress {
    #[serde(deserialize_with = "super::nullable")]
    pub r#type: String,
    #[serde(deserialize_with = "super::nullable")]
    pub address: String,
}

/// `corev1.NodeCondition`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeCondition {
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
    pub last_heartbeat_time: Option<Timestamp>,
}

impl Named for Node {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}

impl Node {
    /// Its condition of this type.
    #[must_use]
    pub fn condition(&self, r#type: &str) -> Option<&NodeCondition> {
        self.status.conditions.iter().find(|condition| condition.r#type == r#type)
    }

    /// Whether its kubelet says that it is ready; `None` when there is no such condition.
    #[must_use]
    pub fn is_ready(&self) -> Option<bool> {
        self.condition("Ready").map(|condition| condition.status == "True")
    }
}
