//! What hangs on what: needs, nodes, claims, jobs, endpoints.

use lamplighter_testkit::world::{Fault, WorldError};

use crate::visit::{TOWN, Visit, is_ready, items, names, number, text};

#[tokio::test]
async fn a_workload_waits_for_what_it_needs() {
    let visit = Visit::to(TOWN);
    let shop = visit.pods("apps", "shop").await;
    assert!(shop.iter().all(|pod| !is_ready(pod)));
    let log = visit.log(&shop[0], "tailLines=1").await.body;
    assert!(log.as_str().expect("text").contains("cannot connect to wiki.apps.svc.cluster.local:8080"), "{log}");
    visit.delete_pod(&visit.pod("apps", "wiki").await).await;
    visit.until_ready("apps", "shop").await;
    assert_eq!(names(&visit.pods("apps", "shop").await), names(&shop), "it recovers without a restart");
    visit.world.break_workload("data", "db", Fault::crash("lost its disk")).expect("a database");
    assert_eq!(visit.probe("apps", "shop").await, 503);
    visit.world.heal_workload("data", "db").expect("a database");
    visit.until_ready("apps", "shop").await;
}

#[tokio::test]
async fn workloads_that_need_each_other_never_serve() {
    let visit = Visit::to(
        r#"
        [[workload]]
        namespace = "a"
        name = "hen"
        needs = ["a/egg"]
        [[workload]]
        namespace = "a"
        name = "egg"
        needs = ["a/hen"]
        "#,
    );
    assert_eq!((visit.probe("a", "hen").await, visit.probe("a", "egg").await), (503, 503));
}

#[tokio::test]
async fn a_silent_node_takes_its_pods_with_it() {
    let visit = Visit::to(TOWN);
    visit.world.set_node_ready("n2", false).expect("a node");
    let node = visit.get("/api/v1/nodes/n2").await;
    let ready = node["status"]["conditions"].as_array().expect("conditions").last().expect("one");
    assert_eq!((text(ready, "/type"), text(ready, "/status")), ("Ready", "Unknown"));
    for pod in items(&visit.get("/api/v1/namespaces/kube-system/pods").await) {
        assert_eq!(is_ready(&pod), text(&pod, "/spec/nodeName") == "n1");
    }
    visit.world.set_node_ready("n1", false).expect("a node");
    visit.delete_pod(&visit.pod("apps", "wiki").await).await;
    let pending = visit.pod("apps", "wiki").await;
    assert_eq!(text(&pending, "/status/conditions/0/reason"), "Unschedulable");
    assert!(visit.event_reasons("wiki").await.contains(&"Warning FailedScheduling".to_owned()));
    visit.world.set_node_ready("n1", true).expect("a node");
    visit.until_ready("apps", "wiki").await;
    assert!(matches!(visit.world.set_node_ready("n3", true), Err(WorldError::Unknown(_))));
}

#[tokio::test]
async fn a_pod_waits_for_its_claim() {
    let visit = Visit::to(&TOWN.replace("name = \"db-data\"\n", "name = \"db-data\"\n    status = \"Pending\"\n"));
    let pod = visit.pod("data", "db").await;
    assert!(text(&pod, "/status/conditions/0/message").contains("unbound immediate PersistentVolumeClaims"));
    assert_eq!(text(&pod, "/spec/volumes/0/persistentVolumeClaim/claimName"), "db-data");
    let claim = visit.get("/api/v1/namespaces/data/persistentvolumeclaims/db-data").await;
    assert_eq!(text(&claim, "/status/phase"), "Pending");
    assert!(visit.event_reasons("db-data").await.contains(&"Warning ProvisioningFailed".to_owned()));
}

#[tokio::test]
async fn a_job_leaves_a_pod_behind() {
    let visit = Visit::to(TOWN);
    let job = visit.get("/apis/batch/v1/namespaces/data/jobs/backup").await;
    assert_eq!((text(&job, "/status/conditions/0/type"), number(&job, "/status/failed")), ("Failed", 1));
    let pods = items(&visit.get("/api/v1/pods?labelSelector=batch.kubernetes.io%2Fjob-name%3Dbackup").await);
    assert_eq!(text(&pods[0], "/status/phase"), "Failed");
    assert!(visit.log(&pods[0], "").await.body.as_str().expect("text").contains("no space left on device"));
    assert_eq!(visit.delete_pod(&pods[0]).await.code, 200);
    assert_eq!(visit.delete_pod(&pods[0]).await.code, 404, "nothing makes it anew");
}

#[tokio::test]
async fn the_view_from_outside_is_that_of_the_endpoints() {
    let visit = Visit::to(TOWN);
    for (namespace, service, code) in
        [("data", "db", 200), ("apps", "wiki", 503), ("kube-system", "proxy", 502), ("apps", "nope", 502)]
    {
        assert_eq!(visit.probe(namespace, service).await, code, "{namespace}/{service}");
    }
}
