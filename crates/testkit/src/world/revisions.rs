//! `metadata.resourceVersion`: changes exactly when what can be seen of an object does.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

#[derive(Debug)]
pub(super) struct Revisions {
    latest: u64,
    seen: HashMap<String, (u64, u64)>,
}

impl Default for Revisions {
    fn default() -> Self {
        Self { latest: 1000, seen: HashMap::new() }
    }
}

impl Revisions {
    /// The revision of the whole store.
    pub(super) fn latest(&self) -> u64 {
        self.latest
    }

    /// Writes an object's revision into its metadata.
    pub(super) fn stamp(&mut self, object: &mut Value) {
        let digest = digest(object);
        let uid = object.pointer("/metadata/uid").and_then(Value::as_str).unwrap_or_default();
        let id = format!("{}/{uid}", object.get("kind").and_then(Value::as_str).unwrap_or_default());
        let (_, revision) = match self.seen.get(&id) {
            Some(seen) if seen.0 == digest => *seen,
            _ => {
                self.latest += 1;
                self.seen.insert(id, (digest, self.latest));
                (digest, self.latest)
            }
        };
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.insert("resourceVersion".to_owned(), revision.to_string().into());
        }
    }
}

fn digest(object: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    object.hash(&mut hasher);
    hasher.finish()
}
