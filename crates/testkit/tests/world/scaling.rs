//! Replica counts and roll-outs.

use k8s_openapi::api::apps::v1::StatefulSet;
use kube::api::{Api, Patch, PatchParams};
use lamplighter_core::words::{WorkloadKind, WorkloadRef};
use reqwest::Method;
use serde_json::{Value, json};

use crate::visit::{TOWN, Visit, is_ready, names, number, text};

#[tokio::test]
async fn a_scale_is_read_set_and_patched() {
    let visit = Visit::to_workload("name = \"wiki\"\nreplicas = 0\nscaled_from = 2");
    let path = "/apis/apps/v1/namespaces/apps/deployments/wiki/scale";
    let mut scale = visit.get(path).await;
    assert_eq!((text(&scale, "/kind"), number(&scale, "/spec/replicas")), ("Scale", 0));
    assert_eq!(visit.probe("apps", "wiki").await, 503);
    assert_eq!(visit.event_reasons("wiki").await, ["Normal ScalingReplicaSet"]);
    scale["spec"]["replicas"] = 2.into();
    assert_eq!(visit.send(Method::PUT, path, "application/json", &scale).await.code, 200);
    let late = visit.send(Method::PUT, path, "application/json", &scale).await;
    assert_eq!((late.code, text(&late.body, "/reason")), (409, "Conflict"), "the version has moved");
    visit.until_ready("apps", "wiki").await;
    let answer = visit.patch(path, &json!({ "spec": { "replicas": 1 } })).await;
    assert_eq!((answer.code, number(&answer.body, "/spec/replicas")), (200, 1));
    assert_eq!(visit.pods("apps", "wiki").await.len(), 1);
    let workload = WorkloadRef::new(WorkloadKind::Deployment, "apps", "wiki");
    let scales: Vec<_> =
        visit.world.scales().into_iter().map(|scaled| (scaled.workload, scaled.from, scaled.to)).collect();
    assert_eq!(scales, [(workload.clone(), 0, 2), (workload, 2, 1)]);
}

#[tokio::test]
async fn kube_scales() {
    let visit = Visit::to(TOWN);
    let sets = Api::<StatefulSet>::namespaced(visit.kube().await, "data");
    let patch = Patch::Merge(json!({ "spec": { "replicas": 3 } }));
    let scale = sets.patch_scale("db", &PatchParams::default(), &patch).await.expect("a scale");
    assert_eq!(scale.spec.expect("a spec").replicas, Some(3));
    visit.until_ready("data", "db").await;
    assert_eq!(names(&visit.pods("data", "db").await), ["db-0", "db-1", "db-2"]);
}

#[tokio::test]
async fn a_replica_count_that_is_none_is_refused() {
    let visit = Visit::to_workload("name = \"wiki\"");
    let path = "/apis/apps/v1/namespaces/apps/deployments/wiki";
    for (suffix, patch, code) in [
        ("/scale", json!({ "spec": { "replicas": -1 } }), 422),
        ("", json!({ "spec": { "replicas": -1 } }), 422),
        ("", json!({ "spec": { "replicas": "two" } }), 400),
        ("", json!({ "metadata": { "name": "other" } }), 400),
        ("", json!([]), 400),
        ("/scale", json!({ "metadata": { "resourceVersion": "1" }, "spec": { "replicas": 5 } }), 409),
    ] {
        let answer = visit.patch(&format!("{path}{suffix}"), &patch).await;
        assert_eq!(answer.code, code, "{patch}: {}", answer.body);
    }
    for media in ["application/json-patch+json", "application/apply-patch+yaml", "text/plain", ""] {
        let answer = visit.send(Method::PATCH, path, media, &json!([])).await;
        assert_eq!((answer.code, text(&answer.body, "/reason")), (415, "UnsupportedMediaType"), "{media}");
    }
    let dry = visit.patch(&format!("{path}?dryRun=All"), &json!({ "spec": { "replicas": 4 } })).await;
    assert_eq!(dry.code, 200);
    assert_eq!((visit.world.scales(), visit.pods("apps", "wiki").await.len()), (Vec::new(), 1));
}

#[tokio::test]
async fn a_roll_out_never_takes_all_pods_away() {
    let visit = Visit::to_workload("name = \"wiki\"\nreplicas = 4");
    let patch = json!({ "spec": { "template": { "metadata": { "annotations": { "restartedAt": "now" } } } } });
    visit.patch("/apis/apps/v1/namespaces/apps/deployments/wiki", &patch).await;
    let mut least = 4;
    while !visit.world.is_ready("apps", "wiki") {
        let pods = visit.pods("apps", "wiki").await;
        least = least.min(pods.iter().filter(|pod| is_ready(pod)).count());
        assert!(pods.len() <= 5, "no more than a quarter on top");
    }
    assert!(least >= 3, "no more than a quarter away, but {least} were left");
}

#[tokio::test]
async fn a_stateful_set_rolls_out_one_pod_at_a_time_from_the_last_one() {
    let visit = Visit::to_workload("name = \"db\"\nkind = \"StatefulSet\"\nreplicas = 3");
    let path = "/apis/apps/v1/namespaces/apps/statefulsets/db";
    let old = text(&visit.get(path).await, "/status/updateRevision").to_owned();
    let restart = json!({ "spec": { "template": { "metadata": { "annotations": { "restartedAt": "now" } } } } });
    let rolling = visit.patch(path, &restart).await.body;
    assert_eq!(text(&rolling, "/status/currentRevision"), old);
    assert_ne!(text(&rolling, "/status/updateRevision"), old);
    while !visit.world.is_ready("apps", "db") {
        let pods = visit.pods("apps", "db").await;
        let is_old = |pod: &&Value| text(pod, "/metadata/labels/controller-revision-hash") == old;
        assert!(pods.iter().skip_while(is_old).all(|pod| !is_old(&pod)), "the last ones first: {pods:?}");
        assert!(pods.len() == 3 && pods.iter().filter(|pod| !is_ready(pod)).count() <= 1, "one at a time");
    }
    let done = visit.get(path).await;
    assert_eq!(text(&done, "/status/currentRevision"), text(&done, "/status/updateRevision"));
}
