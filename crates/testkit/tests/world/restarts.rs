//! Pods that are deleted, and their successors.

use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, DeleteParams, LogParams, Preconditions};
use serde_json::json;

use crate::visit::{TOWN, Visit, is_ready, name, names, number, text};

#[tokio::test]
async fn a_stuck_pod_runs_and_is_not_ready() {
    let visit = Visit::to(TOWN);
    let pod = visit.pod("apps", "wiki").await;
    assert_eq!(text(&pod, "/status/phase"), "Running");
    assert!(!is_ready(&pod));
    assert_eq!(text(&pod, "/status/conditions/1/reason"), "ContainersNotReady");
    assert_eq!(visit.event_reasons("wiki").await, ["Warning Unhealthy"]);
    let deployment = visit.get("/apis/apps/v1/namespaces/apps/deployments/wiki").await;
    assert_eq!((number(&deployment, "/status/replicas"), number(&deployment, "/status/readyReplicas")), (1, 0));
    assert_eq!(text(&deployment, "/status/conditions/0/reason"), "MinimumReplicasUnavailable");
    let endpoints = visit.get("/api/v1/namespaces/apps/endpoints/wiki").await;
    assert!(endpoints.pointer("/subsets/0/addresses").is_none());
    assert_eq!(text(&endpoints, "/subsets/0/notReadyAddresses/0/targetRef/name"), name(&pod));
    assert_eq!(visit.probe("apps", "wiki").await, 503);
    let log = visit.log(&pod, "tailLines=2").await.body;
    assert_eq!(log.as_str().expect("text").lines().count(), 2);
    assert!(log.as_str().expect("text").contains("level=error"));
}

#[tokio::test]
async fn a_restart_cures_a_stuck_pod() {
    let visit = Visit::to(TOWN);
    let before = visit.pod("apps", "wiki").await;
    let answer = visit.delete_pod(&before).await;
    assert_eq!(answer.code, 200);
    assert!(!text(&answer.body, "/metadata/deletionTimestamp").is_empty(), "the pod on its way out");
    let after = visit.pod("apps", "wiki").await;
    assert_ne!(name(&after), name(&before));
    assert_ne!(text(&after, "/metadata/uid"), text(&before, "/metadata/uid"));
    visit.until_ready("apps", "wiki").await;
    assert!(is_ready(&visit.pod("apps", "wiki").await));
    assert_eq!(visit.probe("apps", "wiki").await, 200);
    let reasons = visit.event_reasons("wiki").await;
    for reason in ["Normal Killing", "Normal SuccessfulCreate", "Normal Scheduled", "Normal Started"] {
        assert!(reasons.iter().any(|seen| seen == reason), "{reason} in {reasons:?}");
    }
    let deleted = visit.world.pods_deleted();
    assert_eq!(deleted.len(), 1);
    assert_eq!(deleted[0].uid, text(&before, "/metadata/uid"));
}

#[tokio::test]
async fn a_restart_does_not_cure_what_is_stuck_for_good() {
    let visit = Visit::to_workload("name = \"wiki\"\nfault = { kind = \"stuck\", restart_cures = false }");
    for _ in 0..2 {
        let pod = visit.pod("apps", "wiki").await;
        assert_eq!(visit.delete_pod(&pod).await.code, 200);
        while text(&visit.pod("apps", "wiki").await, "/status/phase") != "Running" {}
        assert!(!is_ready(&visit.pod("apps", "wiki").await));
    }
}

#[tokio::test]
async fn a_successor_is_never_deleted_in_its_predecessors_place() {
    let visit = Visit::to(TOWN);
    let before = visit.pod("data", "db").await;
    assert_eq!((name(&before), visit.delete_pod(&before).await.code), ("db-0", 200));
    let again = visit.delete_pod(&before).await;
    assert_eq!((again.code, text(&again.body, "/reason")), (409, "Conflict"), "db-0 is another pod now");
    let after = visit.pod("data", "db").await;
    assert_eq!(name(&after), "db-0", "stateful sets keep names");
    assert_ne!(text(&after, "/metadata/uid"), text(&before, "/metadata/uid"));
    let wiki = visit.pod("apps", "wiki").await;
    visit.delete_pod(&wiki).await;
    assert_eq!(visit.delete_pod(&wiki).await.code, 404, "deployments do not");
    assert_eq!(visit.world.pods_deleted().len(), 2);
}

#[tokio::test]
async fn kube_deletes_with_preconditions() {
    let visit = Visit::to(TOWN);
    let pods = Api::<Pod>::namespaced(visit.kube().await, "data");
    let with = |uid: &str| DeleteParams {
        preconditions: Some(Preconditions { uid: Some(uid.to_owned()), resource_version: None }),
        ..DeleteParams::default()
    };
    let refused = pods.delete("db-0", &with("another")).await.expect_err("a conflict");
    assert!(matches!(refused, kube::Error::Api(status) if status.code == 409 && status.reason == "Conflict"));
    let uid = pods.get("db-0").await.expect("a pod").metadata.uid.expect("a UID");
    pods.delete("db-0", &DeleteParams { dry_run: true, ..with(&uid) }).await.expect("a dry run");
    assert!(visit.world.pods_deleted().is_empty(), "a dry run does nothing");
    pods.delete("db-0", &with(&uid)).await.expect("a deletion");
    let log = pods.logs("db-1", &LogParams { tail_lines: Some(1), ..LogParams::default() }).await.expect("a log");
    assert_eq!(log.lines().count(), 1);
}

#[tokio::test]
async fn a_pod_that_terminates_stays_for_a_while() {
    let visit = Visit::to(&format!("termination_ms = 60000\n{TOWN}"));
    let before = visit.pod("apps", "wiki").await;
    assert_eq!(visit.delete_pod(&before).await.code, 200);
    assert_eq!(visit.delete_pod(&before).await.code, 200, "it is being deleted already");
    let pods = visit.pods("apps", "wiki").await;
    let terminating = pods.iter().filter(|pod| pod.pointer("/metadata/deletionTimestamp").is_some()).count();
    assert_eq!((pods.len(), terminating), (2, 1));
    visit.delete_pod(&visit.pod("data", "db").await).await;
    let db = visit.pods("data", "db").await;
    assert_eq!(names(&db), ["db-0", "db-1"]);
    assert!(db[0].pointer("/metadata/deletionTimestamp").is_some(), "a stateful set waits for the name to be free");
    let restart = json!({ "spec": { "template": { "metadata": { "annotations": { "restartedAt": "now" } } } } });
    visit.patch("/apis/apps/v1/namespaces/data/statefulsets/db", &restart).await;
    let db = visit.pods("data", "db").await;
    assert!(db[1].pointer("/metadata/deletionTimestamp").is_none(), "and restarts nothing else meanwhile");
    assert_eq!(visit.world.pods_deleted().len(), 2, "the second deletion did nothing");
}

#[tokio::test]
async fn a_successor_starts_before_it_runs() {
    let visit = Visit::to(&format!("startup_ms = 3600000\n{TOWN}"));
    visit.delete_pod(&visit.pod("apps", "wiki").await).await;
    let pod = visit.pod("apps", "wiki").await;
    assert_eq!(text(&pod, "/status/phase"), "Pending");
    assert_eq!(text(&pod, "/status/containerStatuses/0/state/waiting/reason"), "ContainerCreating");
    assert_eq!(visit.log(&pod, "").await.code, 400, "it has written nothing yet");
    let endpoints = visit.get("/api/v1/namespaces/apps/endpoints/wiki").await;
    assert!(endpoints.get("subsets").is_none(), "it has no address yet");
}
