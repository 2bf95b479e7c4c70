//! The provider's side of Terraform: what a state file says of `terraform_data` resources comes about.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::cluster::Cluster;
use super::declared::Declared;
use super::spec::MonitorSpec;

/// A state file, and what has come about of it.
#[derive(Debug)]
pub(super) struct FollowedState {
    path: PathBuf,
    bytes: Vec<u8>,
    /// By an address that stays the same as long as the resource does.
    wishes: BTreeMap<String, Wish>,
}

/// Something that a state declares.
#[derive(Debug, Clone, PartialEq)]
enum Wish {
    Workload(Declared),
    Monitor(MonitorSpec),
}

impl FollowedState {
    /// Follows a file from what it says now, which counts as having come about.
    pub(super) fn new(path: PathBuf) -> Self {
        let bytes = std::fs::read(&path).unwrap_or_default();
        let wishes = read(&bytes).unwrap_or_default();
        Self { path, bytes, wishes }
    }

    /// The monitors that it says.
    pub(super) fn monitors(&self) -> impl Iterator<Item = &MonitorSpec> {
        self.wishes.values().filter_map(|wish| if let Wish::Monitor(monitor) = wish { Some(monitor) } else { None })
    }

    /// Makes what has changed since the last time come about. Only what has changed: a replica count that
    /// somebody set by hand stays until its own resource is applied again.
    ///
    /// Terraform writes the file in place. What cannot be read is half written, and is read at the next
    /// request.
    pub(super) fn follow(&mut self, cluster: &mut Cluster) {
        let bytes = match std::fs::read(&self.path) {
            Ok(bytes) if bytes != self.bytes => bytes,
            _ => return,
        };
        let Some(wishes) = read(&bytes) else { return };
        let before = std::mem::replace(&mut self.wishes, wishes);
        self.bytes = bytes;
        for gone in before.values().filter(|old| !self.wishes.values().any(|new| new.is_same_thing(old))) {
            gone.undo(cluster);
        }
        for new in self.wishes.values().filter(|new| !before.values().any(|old| old == *new)) {
            new.grant(cluster);
        }
    }
}

impl Wish {
    fn read(input: &Value) -> Option<Self> {
        if input.get("kind").and_then(Value::as_str) == Some("Monitor") {
            let text = |name: &str| input.get(name).and_then(Value::as_str).map(str::to_owned);
            return Some(Self::Monitor(MonitorSpec { name: text("name")?, url: text("url")? }));
        }
        Declared::from_manifest(input).map(Self::Workload)
    }

    fn is_same_thing(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Workload(one), Self::Workload(other)) => one.key == other.key,
            (Self::Monitor(one), Self::Monitor(other)) => one.name == other.name,
            _ => false,
        }
    }

    fn grant(&self, cluster: &mut Cluster) {
        match self {
            Self::Workload(declared) => cluster.declare(declared),
            Self::Monitor(monitor) => {
                cluster.monitors.insert(monitor.name.clone(), monitor.clone());
            }
        }
    }

    fn undo(&self, cluster: &mut Cluster) {
        match self {
            Self::Workload(declared) => cluster.remove_workload(&declared.key),
            Self::Monitor(monitor) => {
                cluster.monitors.remove(&monitor.name);
            }
        }
    }
}

/// What a state (format version 4) wishes for, or `None` when it cannot be read.
fn read(bytes: &[u8]) -> Option<BTreeMap<String, Wish>> {
    let state: Value = serde_json::from_slice(bytes).ok()?;
    let resources = state.get("resources")?.as_array()?;
    let ours = resources.iter().filter(|resource| {
        let is = |name: &str, value: &str| resource.get(name).and_then(Value::as_str) == Some(value);
        is("mode", "managed") && is("type", "terraform_data")
    });
    let mut wishes = BTreeMap::new();
    for resource in ours {
        let text = |name: &str| resource.get(name).and_then(Value::as_str).unwrap_or_default();
        let address = format!("{}.{}", text("module"), text("name"));
        for instance in resource.get("instances").and_then(Value::as_array).into_iter().flatten() {
            let index = instance.get("index_key").map(ToString::to_string).unwrap_or_default();
            let input = instance.pointer("/attributes/input").unwrap_or(&Value::Null);
            for (place, manifest) in manifests(plain(input)).into_iter().enumerate() {
                if let Some(wish) = Wish::read(&manifest) {
                    wishes.insert(format!("{address}[{index}]#{place}"), wish);
                }
            }
        }
    }
    Some(wishes)
}

/// A value of the type `dynamic` stands in a state as `{"value": …, "type": …}`.
fn plain(input: &Value) -> &Value {
    match (input.get("value"), input.get("type")) {
        (Some(value), Some(_)) => value,
        _ => input,
    }
}

/// One manifest, a list of them, or one as JSON text.
fn manifests(input: &Value) -> Vec<Value> {
    match input {
        Value::Array(items) => items.clone(),
        Value::String(text) => serde_json::from_str(text).into_iter().collect(),
        other => vec![other.clone()],
    }
}
