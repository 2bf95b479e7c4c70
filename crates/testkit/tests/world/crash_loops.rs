//! Containers that do not stay up, and their logs.

use reqwest::Method;
use serde_json::json;

use crate::visit::{Visit, is_ready, items, name, number, text};

#[tokio::test]
async fn too_little_memory_is_a_crash_loop_of_oom_kills() {
    let visit = Visit::to_workload(
        "name = \"search\"\nfault = { kind = \"needs-memory\", at_least = \"200Mi\" }\nsince_minutes = 30\nrestarts = 9",
    );
    let pod = visit.pod("apps", "search").await;
    let status = &pod["status"]["containerStatuses"][0];
    assert_eq!(text(status, "/state/waiting/reason"), "CrashLoopBackOff");
    assert_eq!(text(status, "/lastState/terminated/reason"), "OOMKilled");
    assert_eq!((number(status, "/lastState/terminated/exitCode"), number(status, "/restartCount")), (137, 9));
    assert!(visit.event_reasons("search").await.contains(&"Warning BackOff".to_owned()));
    assert_eq!(visit.log(&pod, "previous=true").await.code, 200);
    visit.delete_pod(&pod).await;
    let successor = loop {
        let pod = visit.pod("apps", "search").await;
        if text(&pod, "/status/containerStatuses/0/state/waiting/reason") == "CrashLoopBackOff" {
            break pod;
        }
    };
    assert_eq!(number(&successor, "/status/containerStatuses/0/restartCount"), 1);
}

#[tokio::test]
async fn more_memory_rolls_out_and_cures() {
    let visit = Visit::to_workload("name = \"search\"\nfault = { kind = \"needs-memory\", at_least = \"200Mi\" }");
    let path = "/apis/apps/v1/namespaces/apps/deployments/search";
    let limit = |memory: &str| {
        let container = json!({ "name": "search", "resources": { "limits": { "memory": memory } } });
        json!({ "spec": { "template": { "spec": { "containers": [container] } } } })
    };
    let strategic = "application/strategic-merge-patch+json";
    assert_eq!(visit.send(Method::PATCH, path, strategic, &limit("199Mi")).await.code, 200);
    let two = visit.pods("apps", "search").await;
    assert_eq!(two.len(), 2, "the old pod stays until the new one is ready, which it never is");
    assert_eq!(visit.send(Method::PATCH, path, strategic, &limit("200Mi")).await.code, 200);
    visit.until_ready("apps", "search").await;
    let pods = visit.pods("apps", "search").await;
    assert_eq!(pods.len(), 1);
    assert_eq!(text(&pods[0], "/spec/containers/0/resources/limits/memory"), "200Mi");
    let sets = items(&visit.get("/apis/apps/v1/replicasets").await);
    assert_eq!(sets.len(), 3);
    assert_eq!(sets.iter().map(|set| number(set, "/spec/replicas")).sum::<u64>(), 1);
    assert_eq!(text(&pods[0], "/metadata/ownerReferences/0/kind"), "ReplicaSet");
}

#[tokio::test]
async fn a_crash_says_why_in_its_log_and_nothing_cures_it() {
    let visit =
        Visit::to_workload("name = \"api\"\nfault = { kind = \"crash\", message = \"no \\\"key\\\" in config\" }");
    let pod = visit.pod("apps", "api").await;
    let status = &pod["status"]["containerStatuses"][0];
    assert_eq!(
        (text(status, "/lastState/terminated/reason"), number(status, "/lastState/terminated/exitCode")),
        ("Error", 1)
    );
    for query in ["", "previous=true", "container=api"] {
        let log = visit.log(&pod, query).await.body;
        assert!(log.as_str().expect("text").contains("no \\\"key\\\" in config"), "{query}: {log}");
    }
    visit.delete_pod(&pod).await;
    visit.patch("/apis/apps/v1/namespaces/apps/deployments/api", &json!({ "spec": { "replicas": 2 } })).await;
    assert!(visit.pods("apps", "api").await.iter().all(|pod| !is_ready(pod)));
}

#[tokio::test]
async fn an_image_that_cannot_be_pulled_keeps_a_pod_pending() {
    let visit = Visit::to_workload("name = \"api\"\nimage = \"api:typo\"\nfault = { kind = \"image-pull\" }");
    let pod = visit.pod("apps", "api").await;
    assert_eq!(text(&pod, "/status/phase"), "Pending");
    assert_eq!(text(&pod, "/status/containerStatuses/0/state/waiting/reason"), "ImagePullBackOff");
    assert!(visit.event_reasons("api").await.contains(&"Warning Failed".to_owned()));
    let log = visit.log(&pod, "").await;
    assert_eq!(log.code, 400);
    assert!(text(&log.body, "/message").contains("is waiting to start: trying and failing to pull image"));
    let containers = json!({ "containers": [{ "name": "api", "image": "api:1.1" }] });
    let patch = json!({ "spec": { "template": { "spec": containers } } });
    visit.patch("/apis/apps/v1/namespaces/apps/deployments/api", &patch).await;
    visit.until_ready("apps", "api").await;
}

#[tokio::test]
async fn a_log_can_be_asked_for_in_part() {
    let visit = Visit::to_workload("name = \"wiki\"\nlogs = [\"one\", \"two: zwölf\", \"three\"]");
    let pod = visit.pod("apps", "wiki").await;
    let lines = async |query: &str| {
        let body = visit.log(&pod, query).await.body;
        body.as_str().expect("text").lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(lines("tailLines=2").await, ["two: zwölf", "three"]);
    assert_eq!(lines("tailLines=0").await, Vec::<String>::new());
    assert_eq!(lines("sinceSeconds=1000").await, ["one", "two: zwölf", "three"]);
    assert!(lines("timestamps=true&tailLines=1").await[0].ends_with("Z three"));
    for (query, message) in [
        ("container=sidecar", "container sidecar is not valid for pod"),
        ("previous=true", "previous terminated container \"wiki\" in pod"),
        ("tailLines=-1", "tailLines"),
    ] {
        let refused = visit.log(&pod, query).await;
        assert_eq!(refused.code, 400);
        assert!(text(&refused.body, "/message").contains(message), "{}", refused.body);
    }
}

#[tokio::test]
async fn a_crash_loop_that_heals_starts_once_more_and_stays_up() {
    let visit = Visit::to_workload("name = \"api\"\nfault = { kind = \"crash\", message = \"no\" }\nrestarts = 6");
    let before = visit.pod("apps", "api").await;
    visit.world.heal_workload("apps", "api").expect("a workload");
    visit.until_ready("apps", "api").await;
    let after = visit.pod("apps", "api").await;
    assert_eq!(name(&after), name(&before));
    let status = &after["status"]["containerStatuses"][0];
    assert_eq!((number(status, "/restartCount"), text(status, "/lastState/terminated/reason")), (7, "Error"));
    assert!(text(status, "/state/running/startedAt") >= text(status, "/lastState/terminated/finishedAt"));
    let unknown = visit.world.heal_workload("apps", "nope").expect_err("nothing to heal");
    assert_eq!(unknown.to_string(), "there is no workload apps/nope in this world");
}
