//! The KV engine, version 2.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::answer::Answer;

/// What Vault says to those who ask version 2 as if it were version 1.
const WRONG_PATH: &str = "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API \
                          endpoints to use. If using the Vault CLI, use 'vault kv get' for this operation.";

/// What one mount holds, by path.
#[derive(Debug, Clone, Default)]
pub(super) struct Store(BTreeMap<String, Vec<Version>>);

/// One version of a secret. The first one is 1.
#[derive(Debug, Clone)]
struct Version {
    data: Map<String, Value>,
    created: Timestamp,
    deleted: Option<Timestamp>,
    destroyed: bool,
}

impl Version {
    fn is_gone(&self) -> bool {
        self.destroyed || self.deleted.is_some()
    }

    fn metadata(&self, number: usize) -> Value {
        let deleted = self.deleted.map(|at| at.to_string()).unwrap_or_default();
        json!({
            "created_time": self.created.to_string(), "custom_metadata": null, "deletion_time": deleted,
            "destroyed": self.destroyed, "version": number,
        })
    }
}

impl Store {
    /// Writes the next version.
    pub(super) fn put(&mut self, path: &str, data: Map<String, Value>, now: Timestamp) {
        let version = Version { data, created: now, deleted: None, destroyed: false };
        self.0.entry(path.to_owned()).or_default().push(version);
    }

    /// Deletes the latest version, which can be undone.
    pub(super) fn delete(&mut self, path: &str, now: Timestamp) {
        if let Some(version) = self.latest(path) {
            version.deleted = Some(now);
        }
    }

    /// Destroys the latest version, which cannot.
    pub(super) fn destroy(&mut self, path: &str) {
        if let Some(version) = self.latest(path) {
            version.destroyed = true;
            version.data.clear();
        }
    }

    fn latest(&mut self, path: &str) -> Option<&mut Version> {
        self.0.get_mut(path)?.last_mut()
    }

    /// Answers a read below the mount.
    pub(super) fn read(&self, request_id: &str, path: &str, version: Option<&str>) -> Answer {
        match path.split_once('/') {
            Some(("data", path)) if !path.is_empty() => self.data(request_id, path, version),
            Some(("metadata", path)) if !path.is_empty() => self.metadata(request_id, path),
            _ => Answer::envelope(request_id, json!({ "warnings": [WRONG_PATH], "mount_type": "kv" })).with_code(404),
        }
    }

    fn data(&self, request_id: &str, path: &str, version: Option<&str>) -> Answer {
        let Some(versions) = self.0.get(path) else { return Answer::not_found() };
        // Version 0 is the latest.
        let wanted = match version.map(str::parse::<usize>) {
            None | Some(Ok(0)) => versions.len(),
            Some(Ok(number)) => number,
            Some(Err(_)) => return Answer::error(400, "error converting input for field \"version\""),
        };
        let Some(version) = wanted.checked_sub(1).and_then(|index| versions.get(index)) else {
            return Answer::not_found();
        };
        let data = if version.is_gone() { Value::Null } else { Value::Object(version.data.clone()) };
        let fields = json!({ "data": data, "metadata": version.metadata(wanted) });
        let answer = Answer::envelope(request_id, json!({ "data": fields, "mount_type": "kv" }));
        if version.is_gone() { answer.with_code(404) } else { answer }
    }

    fn metadata(&self, request_id: &str, path: &str) -> Answer {
        let Some(versions) = self.0.get(path) else { return Answer::not_found() };
        let time = |version: Option<&Version>| version.map(|version| version.created.to_string());
        let numbered: Map<String, Value> = (1..)
            .zip(versions)
            .map(|(number, version)| {
                let mut metadata = version.metadata(number);
                if let Some(fields) = metadata.as_object_mut() {
                    fields.retain(|name, _| !matches!(name.as_str(), "version" | "custom_metadata"));
                }
                (number.to_string(), metadata)
            })
            .collect();
        let data = json!({
            "cas_required": false, "created_time": time(versions.first()), "current_version": versions.len(),
            "custom_metadata": null, "delete_version_after": "0s", "max_versions": 0, "oldest_version": 0,
            "updated_time": time(versions.last()), "versions": numbered,
        });
        Answer::envelope(request_id, json!({ "data": data, "mount_type": "kv" }))
    }

    /// Answers a listing: the names below a path, those of folders with a slash.
    pub(super) fn list(&self, request_id: &str, path: &str) -> Answer {
        let Some(folder) = path.strip_prefix("metadata") else { return Answer::unsupported_operation() };
        let folder = folder.trim_matches('/');
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let below = self.0.keys().filter_map(|path| path.strip_prefix(&prefix));
        let mut keys: Vec<String> =
            below.map(|rest| rest.split_once('/').map_or(rest.to_owned(), |(name, _)| format!("{name}/"))).collect();
        keys.dedup();
        if keys.is_empty() {
            return Answer::not_found();
        }
        Answer::envelope(request_id, json!({ "data": { "keys": keys }, "mount_type": "kv" }))
    }
}
