#![expect(missing_docs, reason = "fields mirror the Kubernetes API fields of the same name")]

use std::collections::{BTreeMap, BTreeSet};

use serde::de::IgnoredAny;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Meta, Named};

/// `corev1.ConfigMap`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ConfigMap {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub data: BTreeMap<String, String>,
}

/// `corev1.Secret` without its values: they are dropped while it is read, and written as empty.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Secret {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    /// The names of its keys.
    #[serde(rename = "data", deserialize_with = "names_of", serialize_with = "names_alone")]
    pub keys: BTreeSet<String>,
}

fn names_of<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<String>, D::Error> {
    let data: BTreeMap<String, IgnoredAny> = super::nullable(deserializer)?;
    Ok(data.into_keys().collect())
}

fn names_alone<S: Serializer>(keys: &BTreeSet<String>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(keys.len()))?;
    for key in keys {
        map.serialize_entry(key, "")?;
    }
    map.end()
}

impl Named for ConfigMap {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}

impl Named for Secret {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}
