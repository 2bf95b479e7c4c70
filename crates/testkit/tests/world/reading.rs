//! What is there, and how it is listed.

use std::fmt::Debug;

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Endpoints, Event, Namespace, Node, PersistentVolumeClaim, Pod, Service};
use kube::api::{Api, ListParams};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::visit::{TOWN, Visit, items, name, names, number, text};

#[tokio::test]
async fn kube_reads_every_resource_with_its_own_types() {
    async fn list<K>(client: &kube::Client, expect: usize)
    where
        K: kube::Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug,
    {
        let listed = Api::<K>::all(client.clone()).list(&ListParams::default()).await.expect("a list");
        assert_eq!(listed.items.len(), expect, "{}", K::plural(&()));
        assert!(listed.metadata.resource_version.is_some_and(|version| !version.is_empty()));
    }
    let visit = Visit::to(TOWN);
    let client = visit.kube().await;
    list::<Node>(&client, 2).await;
    list::<Namespace>(&client, 4).await;
    list::<Pod>(&client, 8).await;
    list::<Service>(&client, 3).await;
    list::<Endpoints>(&client, 3).await;
    list::<PersistentVolumeClaim>(&client, 1).await;
    list::<Deployment>(&client, 2).await;
    list::<ReplicaSet>(&client, 2).await;
    list::<StatefulSet>(&client, 1).await;
    list::<DaemonSet>(&client, 1).await;
    list::<Job>(&client, 1).await;
    let events = Api::<Event>::all(client.clone()).list(&ListParams::default()).await.expect("events");
    assert!(events.items.iter().any(|event| event.reason.as_deref() == Some("Unhealthy")));
    assert_eq!(client.apiserver_version().await.expect("a version").major, "1");
    let groups = client.list_api_groups().await.expect("groups");
    assert_eq!(
        groups.groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(),
        ["apps", "autoscaling", "batch", "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io"]
    );
}

#[tokio::test]
async fn core_reads_what_the_world_says() {
    use lamplighter_core::cluster;
    fn read<T: DeserializeOwned>(list: &Value) -> Vec<T> {
        items(list).into_iter().map(|item| serde_json::from_value(item).expect("an object of the core")).collect()
    }
    let visit = Visit::to(TOWN);
    let pods: Vec<cluster::Pod> = read(&visit.get("/api/v1/pods").await);
    assert_eq!(pods.iter().filter(|pod| pod.is_ready()).count(), 4, "two of the database and two proxies");
    let endpoints: Vec<cluster::Endpoints> = read(&visit.get("/api/v1/endpoints").await);
    assert_eq!(endpoints.iter().map(cluster::Endpoints::ready).collect::<Vec<_>>(), [0, 0, 2]);
    let nodes: Vec<cluster::Node> = read(&visit.get("/api/v1/nodes").await);
    assert!(nodes.iter().all(|node| node.is_ready() == Some(true)));
    let events: Vec<cluster::Event> = read(&visit.get("/api/v1/events").await);
    assert!(events.iter().any(cluster::Event::is_warning));
}

#[tokio::test]
async fn lists_are_typed_and_their_items_are_not() {
    let visit = Visit::to(TOWN);
    let list = visit.get("/apis/apps/v1/deployments").await;
    assert_eq!((text(&list, "/kind"), text(&list, "/apiVersion")), ("DeploymentList", "apps/v1"));
    assert!(list["items"][0].get("kind").is_none(), "as the API server writes lists");
    let one = visit.get("/apis/apps/v1/namespaces/apps/deployments/wiki").await;
    assert_eq!((text(&one, "/kind"), text(&one, "/apiVersion")), ("Deployment", "apps/v1"));
}

#[tokio::test]
async fn a_namespace_and_a_selector_narrow_a_list() {
    let visit = Visit::to(TOWN);
    for (path, expect) in [
        ("/api/v1/namespaces/data/pods", 3),
        ("/api/v1/namespaces/nowhere/pods", 0),
        ("/api/v1/pods?labelSelector=app%3Dshop", 2),
        ("/api/v1/pods?labelSelector=app%21%3Dshop", 6),
        ("/api/v1/pods?labelSelector=app%3Dshop%2Capp%3Dwiki", 0),
        ("/api/v1/pods?fieldSelector=metadata.name%3Ddb-1", 1),
        ("/api/v1/pods?fieldSelector=status.phase%3DFailed", 1),
    ] {
        assert_eq!(items(&visit.get(path).await).len(), expect, "{path}");
    }
    let refused = visit.answer(visit.request(Method::GET, "/api/v1/pods?labelSelector=app%20in%20(a)")).await;
    assert_eq!(refused.code, 400);
}

#[tokio::test]
async fn pages_make_up_the_whole_list() {
    let visit = Visit::to(TOWN);
    let whole = items(&visit.get("/api/v1/pods").await);
    for limit in [1, 3, 7, 8, 100] {
        let (mut paged, mut token) = (Vec::new(), String::new());
        loop {
            let page = visit.get(&format!("/api/v1/pods?limit={limit}&continue={token}")).await;
            assert!(items(&page).len() <= limit);
            paged.extend(items(&page));
            token = text(&page, "/metadata/continue").to_owned();
            if token.is_empty() {
                break;
            }
            assert_eq!(number(&page, "/metadata/remainingItemCount"), (whole.len() - paged.len()) as u64);
        }
        assert_eq!(names(&paged), names(&whole), "limit {limit}");
    }
    let garbage = visit.answer(visit.request(Method::GET, "/api/v1/pods?continue=%C3%BC")).await;
    assert_eq!((garbage.code, text(&garbage.body, "/reason")), (400, "BadRequest"));
}

#[tokio::test]
async fn the_same_spec_makes_the_same_names() {
    let (one, other) = (Visit::to(TOWN), Visit::to(TOWN));
    let of = async |visit: &Visit| {
        let pods = items(&visit.get("/api/v1/pods").await);
        pods.iter().map(|pod| (name(pod).to_owned(), text(pod, "/metadata/uid").to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(of(&one).await, of(&other).await);
}

#[tokio::test]
async fn a_resource_version_changes_with_the_object_and_only_then() {
    let visit = Visit::to_workload("name = \"wiki\"");
    let version = async || {
        text(&visit.get("/apis/apps/v1/namespaces/apps/deployments/wiki").await, "/metadata/resourceVersion").to_owned()
    };
    let before = version().await;
    assert_eq!(version().await, before);
    visit.patch("/apis/apps/v1/namespaces/apps/deployments/wiki", &json!({ "spec": { "replicas": 2 } })).await;
    assert_ne!(version().await, before);
}
