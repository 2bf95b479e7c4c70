#![expect(missing_docs, reason = "fields mirror the Kubernetes API fields of the same name")]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{LabelSelector, Node, Taint};

/// `corev1.Toleration`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Toleration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toleration_seconds: Option<i64>,
}

/// `corev1.Affinity`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Affinity {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_affinity: Option<NodeAffinity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_affinity: Option<PodAffinity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_anti_affinity: Option<PodAffinity>,
}

/// `corev1.NodeAffinity`, what is required.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeAffinity {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_during_scheduling_ignored_during_execution: Option<NodeSelector>,
}

/// `corev1.NodeSelector`: one of its terms has to match.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeSelector {
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub node_selector_terms: Vec<NodeSelectorTerm>,
}

/// `corev1.NodeSelectorTerm`: all of its requirements have to match.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeSelectorTerm {
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub match_expressions: Vec<NodeSelectorRequirement>,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub match_fields: Vec<NodeSelectorRequirement>,
}

/// `corev1.NodeSelectorRequirement`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeSelectorRequirement {
    #[serde(deserialize_with = "super::nullable")]
    pub key: String,
    #[serde(deserialize_with = "super::nullable")]
    pub operator: String,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// `corev1.PodAffinity` and `corev1.PodAntiAffinity`, what is required.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodAffinity {
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub required_during_scheduling_ignored_during_execution: Vec<PodAffinityTerm>,
}

/// `corev1.PodAffinityTerm`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodAffinityTerm {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_selector: Option<LabelSelector>,
    #[serde(deserialize_with = "super::nullable")]
    pub topology_key: String,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<String>,
}

impl Toleration {
    /// Whether a pod with it may run on a node with this taint (Kubernetes docs, Taints and Tolerations): an empty
    /// key with `Exists` tolerates all, an empty effect tolerates every effect, `Equal` is the default operator.
    #[must_use]
    pub fn tolerates(&self, taint: &Taint) -> bool {
        let effect = self.effect.as_deref().unwrap_or_default();
        let key = self.key.as_deref().unwrap_or_default();
        let exists = self.operator.as_deref() == Some("Exists");
        let value = || self.value.as_deref().unwrap_or_default() == taint.value.as_deref().unwrap_or_default();
        (effect.is_empty() || effect == taint.effect)
            && (if key.is_empty() { exists } else { key == taint.key && (exists || value()) })
    }
}

impl NodeSelector {
    /// Whether a node is selected. A selector without terms selects none.
    #[must_use]
    pub fn matches(&self, node: &Node) -> bool {
        self.node_selector_terms.iter().any(|term| term.matches(node))
    }
}

impl NodeSelectorTerm {
    /// Whether a node meets all requirements. An empty term selects none.
    #[must_use]
    pub fn matches(&self, node: &Node) -> bool {
        let by_name: BTreeMap<String, String> = [("metadata.name".to_owned(), node.metadata.name.clone())].into();
        (!self.match_expressions.is_empty() || !self.match_fields.is_empty())
            && self.match_expressions.iter().all(|requirement| requirement.matches(&node.metadata.labels))
            && self.match_fields.iter().all(|requirement| requirement.matches(&by_name))
    }
}

impl NodeSelectorRequirement {
    /// Whether these labels meet it. An operator that is not known is met by none.
    #[must_use]
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        let value = labels.get(&self.key);
        let number = |text: &String| text.parse::<i64>().ok();
        let compare = |wanted: fn(&i64, &i64) -> bool| {
            let pair = value.and_then(number).zip(self.values.first().and_then(number));
            pair.is_some_and(|(value, bound)| wanted(&value, &bound))
        };
        match self.operator.as_str() {
            "In" => value.is_some_and(|value| self.values.contains(value)),
            "NotIn" => value.is_none_or(|value| !self.values.contains(value)),
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            "Gt" => compare(i64::gt),
            "Lt" => compare(i64::lt),
            _ => false,
        }
    }
}
