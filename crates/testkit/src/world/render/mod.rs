//! What a client sees: Kubernetes objects as JSON, made from the world's state.

mod batch;
mod event;
mod node;
mod pod;
mod service;
mod storage;
mod workload;

use jiff::Timestamp;
use serde_json::{Value, json};

pub(super) use pod::pull_error;
pub(super) use workload::scale;

use super::api::Resource;
use super::cluster::Cluster;
use super::ids::{Key, uid};

impl Cluster {
    /// Every object of a resource, in the order of namespaces and names.
    pub(super) fn objects(&mut self, resource: Resource) -> Vec<Value> {
        let mut objects = self.render(resource);
        objects.sort_by_cached_key(|object| {
            let text = |path: &str| object.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
            (text("/metadata/namespace"), text("/metadata/name"))
        });
        for object in &mut objects {
            self.revisions.stamp(object);
        }
        objects
    }

    /// One object; the namespace is empty for those that have none.
    pub(super) fn object(&mut self, resource: Resource, key: &Key) -> Option<Value> {
        let is_it = |object: &Value| {
            let text = |path: &str| object.pointer(path).and_then(Value::as_str).unwrap_or_default();
            text("/metadata/name") == key.name && text("/metadata/namespace") == key.namespace
        };
        let mut object = self.render(resource).into_iter().find(is_it)?;
        self.revisions.stamp(&mut object);
        Some(object)
    }

    fn render(&self, resource: Resource) -> Vec<Value> {
        let mut objects = self.simulated(resource);
        objects.extend(self.extra.iter().filter(|(of, _)| *of == resource).map(|(_, object)| object.clone()));
        objects
    }

    fn simulated(&self, resource: Resource) -> Vec<Value> {
        use super::spec::Kind;
        match resource {
            Resource::Nodes => self.nodes.iter().map(|node| node::node(self, node)).collect(),
            Resource::Namespaces => self.namespaces().iter().map(|name| namespace(self, name)).collect(),
            Resource::Pods => self.pods.values().map(|pod| pod::pod(self, pod)).collect(),
            Resource::Services => self.with_service().map(service::service).collect(),
            Resource::Endpoints => self.with_service().map(|workload| service::endpoints(self, workload)).collect(),
            Resource::Events => event::events(self),
            Resource::Claims => self.claims.values().map(|claim| storage::claim(self, claim)).collect(),
            Resource::Deployments => workload::of_kind(self, Kind::Deployment),
            Resource::StatefulSets => workload::of_kind(self, Kind::StatefulSet),
            Resource::DaemonSets => workload::of_kind(self, Kind::DaemonSet),
            Resource::ReplicaSets => workload::replica_sets(self),
            Resource::Jobs => self.jobs.values().map(batch::job).collect(),
            Resource::Volumes => storage::volumes(self),
            Resource::StorageClasses => storage::classes(self),
            Resource::ServiceAccounts => self.namespaces().iter().map(|name| default_account(self, name)).collect(),
            _ => Vec::new(),
        }
    }

    fn with_service(&self) -> impl Iterator<Item = &super::workload::Workload> {
        self.workloads.values().filter(|workload| workload.service)
    }
}

/// A time as `metav1.Time` writes it: whole seconds.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn namespace(cluster: &Cluster, name: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": name,
            "uid": uid(&["Namespace", name]),
            "creationTimestamp": time(cluster.born_at),
            "labels": { "kubernetes.io/metadata.name": name },
        },
        "spec": { "finalizers": ["kubernetes"] },
        "status": { "phase": "Active" },
    })
}

/// The account that the service account controller gives every namespace.
fn default_account(cluster: &Cluster, namespace: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {
            "name": "default",
            "namespace": namespace,
            "uid": uid(&["ServiceAccount", namespace, "default"]),
            "creationTimestamp": time(cluster.born_at),
        },
    })
}
