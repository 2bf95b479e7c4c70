//! What somebody declares of a workload, by a manifest or by a patch, and how it comes about.

use std::collections::BTreeMap;

use lamplighter_core::cluster::Quantity;
use serde_json::Value;

use super::cluster::Cluster;
use super::events::Event;
use super::ids::Key;
use super::pod::Template;
use super::spec::{Kind, WorkloadSpec};
use super::workload::Workload;

/// The part of a manifest that this world acts on. What is absent stays as it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Declared {
    pub(super) kind: Kind,
    pub(super) key: Key,
    pub(super) replicas: Option<u32>,
    containers: Vec<Value>,
    annotations: Option<BTreeMap<String, String>>,
}

impl Declared {
    /// Reads a manifest: as Kubernetes has it, or with the containers directly below `spec`.
    pub(super) fn from_manifest(manifest: &Value) -> Option<Self> {
        let kind = match manifest.get("kind")?.as_str()? {
            "Deployment" => Kind::Deployment,
            "StatefulSet" => Kind::StatefulSet,
            "DaemonSet" => Kind::DaemonSet,
            _ => return None,
        };
        let name = manifest.pointer("/metadata/name")?.as_str()?;
        let namespace = manifest.pointer("/metadata/namespace").and_then(Value::as_str).unwrap_or("default");
        let containers = ["/spec/template/spec/containers", "/spec/containers"];
        let containers = containers.iter().find_map(|path| manifest.pointer(path)?.as_array());
        Some(Self {
            kind,
            key: Key::new(namespace, name),
            replicas: manifest.pointer("/spec/replicas").and_then(count),
            containers: containers.cloned().unwrap_or_default(),
            annotations: manifest.pointer("/spec/template/metadata/annotations").map(strings),
        })
    }

    /// The template that a workload has then.
    fn template(&self, workload: &Workload) -> Template {
        let mut template = workload.template.clone();
        if let Some(annotations) = &self.annotations {
            template.annotations.clone_from(annotations);
        }
        let named = |container: &&Value| container.get("name").and_then(Value::as_str) == Some(&workload.container);
        let Some(container) = self.containers.iter().find(named).or_else(|| self.containers.first()) else {
            return template;
        };
        if let Some(image) = container.get("image").and_then(Value::as_str) {
            image.clone_into(&mut template.image);
        }
        if let Some(env) = container.get("env").and_then(Value::as_array) {
            template.env.clone_from(env);
        }
        if let Some(resources) = container.get("resources") {
            template.memory_limit = quantity(resources, "/limits/memory");
            template.cpu_limit = quantity(resources, "/limits/cpu");
            template.memory_request = quantity(resources, "/requests/memory");
            template.cpu_request = quantity(resources, "/requests/cpu");
        }
        template
    }
}

impl Cluster {
    /// Makes a declaration come about; a workload that is not there yet is made.
    pub(super) fn declare(&mut self, declared: &Declared) {
        let now = self.now;
        if !self.workloads.contains_key(&declared.key) {
            let workload = self.made_from(declared);
            self.events.record(Event::scaled(&workload, &workload.hash(), 0, workload.replicas, now));
            self.workloads.insert(declared.key.clone(), workload);
            return;
        }
        let Some(workload) = self.workloads.get_mut(&declared.key) else { return };
        let template = declared.template(workload);
        let is_new = workload.set_template(template, now);
        if is_new {
            workload.generation += 1;
            workload.rolling_since = Some(now);
        }
        let replicas = workload.replicas;
        if is_new && workload.kind == Kind::Deployment {
            self.events.record(Event::scaled(
                workload,
                &workload.hash(),
                0,
                declared.replicas.unwrap_or(replicas),
                now,
            ));
        }
        if let Some(replicas) = declared.replicas {
            self.set_replicas(&declared.key, replicas);
        }
    }

    /// Sets a workload's replica count and says what it was.
    pub(super) fn set_replicas(&mut self, key: &Key, replicas: u32) -> Option<u32> {
        let workload = self.workloads.get_mut(key)?;
        let before = std::mem::replace(&mut workload.replicas, replicas);
        if before != replicas {
            workload.generation += 1;
            if workload.kind == Kind::Deployment {
                self.events.record(Event::scaled(workload, &workload.hash(), before, replicas, self.now));
            }
        }
        Some(before)
    }

    /// Removes a workload and its pods.
    pub(super) fn remove_workload(&mut self, key: &Key) {
        self.workloads.remove(key);
        self.pods.retain(|_, pod| !pod.owned_by(key));
    }

    fn made_from(&self, declared: &Declared) -> Workload {
        let container = declared.containers.first();
        let text = |path: &str| container.and_then(|container| container.pointer(path)?.as_str().map(str::to_owned));
        let port = container.and_then(|container| container.pointer("/ports/0/containerPort").and_then(count));
        let mut spec = WorkloadSpec::new(&declared.key.namespace, &declared.key.name);
        spec.kind = declared.kind;
        spec.container = text("/name");
        spec.image = text("/image");
        spec.replicas = declared.replicas.unwrap_or(1);
        spec.memory_limit = None;
        spec.port = port.and_then(|port| u16::try_from(port).ok()).unwrap_or(spec.port);
        let mut workload = Workload::new(&spec, self.now, self.now);
        workload.rolling_since = Some(self.now);
        let template = declared.template(&workload);
        workload.revisions.clear();
        workload.set_template(template, self.now);
        workload
    }
}

fn quantity(resources: &Value, path: &str) -> Option<Quantity> {
    match resources.pointer(path)? {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}

/// A count as a number or, as Terraform may write it, as text.
fn count(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn strings(value: &Value) -> BTreeMap<String, String> {
    let fields = value.as_object().into_iter().flatten();
    fields.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}
