//! The cluster that the contract suites expect, on the real server.

use std::time::Duration;

use lamplighter_core::async_trait;
use lamplighter_core::cluster::{Meta, Named, Observed};
use lamplighter_core::ports::{ClusterReader, ClusterWriter, Scope};
use lamplighter_kubernetes::KubernetesCluster;
use lamplighter_testkit::contract::{ClusterHarness, ClusterWriterHarness, cluster_fixture, cluster_fixture_objects};
use serde::Serialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::real::{Admin, eventually};
use super::{connect, connect_to, options};

pub(crate) struct RealCluster {
    cluster: KubernetesCluster,
    account: TempDir,
}

impl RealCluster {
    /// Creates the fixture and waits until the controllers have made its pods.
    pub(crate) async fn new(admin: &Admin) -> Self {
        let fixture = cluster_fixture();
        for namespace in ["contract-a", "contract-b"] {
            admin.namespace(namespace).await;
        }
        create(admin, "/api/v1", "nodes", &fixture.nodes, &json!({})).await;
        let storage = json!({ "resources": { "requests": { "storage": "1Gi" } } });
        create(admin, "/api/v1", "persistentvolumeclaims", &fixture.claims, &storage).await;
        create(admin, "/api/v1", "services", &fixture.services, &json!({})).await;
        create(admin, "/apis/apps/v1", "deployments", &fixture.deployments, &json!({})).await;
        create(admin, "/apis/apps/v1", "statefulsets", &fixture.stateful_sets, &json!({ "serviceName": "db" })).await;
        create(admin, "/apis/apps/v1", "daemonsets", &fixture.daemon_sets, &json!({})).await;
        let container = json!({ "name": "app", "image": "registry.invalid/app:1" });
        let template = json!({ "template": { "spec": { "restartPolicy": "Never", "containers": [container] } } });
        create(admin, "/apis/batch/v1", "jobs", &fixture.jobs, &template).await;
        let lonely = fixture.pods.items().iter().filter(|pod| pod.metadata.name == "lonely").cloned().collect();
        create(admin, "/api/v1", "pods", &Observed::Seen(lonely), &json!({})).await;
        create(admin, "/api/v1", "events", &fixture.events, &json!({})).await;

        for object in cluster_fixture_objects() {
            create_whole(admin, object).await;
        }

        let visible = ["nodes", "services", "endpoints", "events", "persistentvolumeclaims", "jobs"];
        let workloads = ["deployments", "replicasets", "statefulsets", "daemonsets"];
        let account = admin.cluster_account("contract-a", &[&visible[..], &workloads].concat()).await;
        let cluster = Self { cluster: connect(options(&admin.kubeconfig)).await, account };
        cluster.settle().await;
        cluster
    }
}

/// Creates an object as it is, in the newest version that Kubernetes 1.20 has of its kind.
async fn create_whole(admin: &Admin, mut object: Value) {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
    let version = match text("/kind").as_str() {
        "HorizontalPodAutoscaler" => "autoscaling/v2beta2".to_owned(),
        "PodDisruptionBudget" => "policy/v1beta1".to_owned(),
        "CronJob" => "batch/v1beta1".to_owned(),
        _ => text("/apiVersion"),
    };
    let kind = text("/kind").to_lowercase();
    let plural = match kind.as_str() {
        "networkpolicy" => "networkpolicies".to_owned(),
        "ingress" | "storageclass" => format!("{kind}es"),
        _ => format!("{kind}s"),
    };
    let namespace = object.pointer("/metadata/namespace").and_then(Value::as_str);
    let place = namespace.map_or_else(String::new, |namespace| format!("/namespaces/{namespace}"));
    let api = if version == "v1" { "/api/v1".to_owned() } else { format!("/apis/{version}") };
    let path = format!("{api}{place}/{plural}");
    object["apiVersion"] = version.into();
    admin.create(&path, object).await;
}

/// Creates the objects, with what the core's types leave out of their specs.
async fn create<T: Named + Serialize>(admin: &Admin, api: &str, plural: &str, items: &Observed<Vec<T>>, more: &Value) {
    for item in items.items() {
        let Meta { name, namespace, labels, .. } = item.meta();
        let mut object = serde_json::to_value(item).unwrap();
        object["metadata"] = json!({ "name": name, "namespace": namespace, "labels": labels });
        let fields = object.as_object_mut().unwrap();
        fields.remove("status");
        if let Some(spec) = fields.get_mut("spec").and_then(Value::as_object_mut) {
            spec.extend(more.as_object().unwrap().clone());
        }
        let place = namespace.as_ref().map_or_else(String::new, |namespace| format!("/namespaces/{namespace}"));
        admin.create(&format!("{api}{place}/{plural}"), object).await;
    }
}

#[async_trait]
impl ClusterHarness for RealCluster {
    fn reader(&self) -> &dyn ClusterReader {
        &self.cluster
    }

    async fn without_pods(&self) -> Option<Box<dyn ClusterReader>> {
        Some(Box::new(connect(options(&self.account.path().join("config"))).await))
    }

    async fn nowhere(&self) -> Option<Box<dyn ClusterReader>> {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Some(Box::new(connect_to(&format!("https://127.0.0.1:{port}"), Duration::from_mins(1)).await))
    }
}

#[async_trait]
impl ClusterWriterHarness for RealCluster {
    fn writer(&self) -> &dyn ClusterWriter {
        &self.cluster
    }

    /// Every workload has as many pods as it is set to have, none of them going, and a service knows of them.
    async fn settle(&self) {
        let scope = Scope { namespaces: vec!["contract-a".to_owned(), "contract-b".to_owned()] };
        eventually(async || {
            let state = self.cluster.state(&scope).await.unwrap();
            let has_its_pods = state.deployments.items().iter().map(|item| (&item.metadata, item.spec.replicas));
            let has_its_pods = has_its_pods
                .chain(state.stateful_sets.items().iter().map(|item| (&item.metadata, item.spec.replicas)))
                .all(|(meta, replicas)| {
                    let status = state.workloads().into_iter().find(|status| {
                        (status.workload.namespace.as_str(), &status.workload.name) == (meta.namespace(), &meta.name)
                    });
                    let pods = status.map_or(0, |status| state.pods_of(&status.workload).len());
                    u32::try_from(pods).ok() == replicas
                });
            let is_going = state.pods.items().iter().any(lamplighter_core::cluster::Pod::is_terminating);
            (has_its_pods && !is_going && !state.endpoints.items().is_empty()).then_some(())
        })
        .await;
    }
}
