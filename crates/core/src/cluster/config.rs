#![expect(missing_docs, reason = "fields mirror the Kubernetes API fields of the same name")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
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
    #[derive(Default)]
    struct Keys(BTreeSet<String>);

    impl<'de> Deserialize<'de> for Keys {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_map(KeysVisitor)
        }
    }

    struct KeysVisitor;

    impl<'de> Visitor<'de> for KeysVisitor {
        type Value = Keys;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
            let mut keys = BTreeSet::new();
            while let Some((key, IgnoredAny)) = map.next_entry()? {
                keys.insert(key);
            }
            Ok(Keys(keys))
        }
    }

    super::nullable::<D, Keys>(deserializer).map(|keys| keys.0)
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
