use lamplighter_core::words::Severity;
use serde_json::{Value, json};

use super::cluster::{JUST_NOW, MINUTES_AGO, cluster, deployment, event, pod, pod_with_container, service, with};
use super::{evidence, fails, passes, result_of, warns};

fn deployments(deployment: Value) -> lamplighter_core::cluster::ClusterState {
    cluster(&[("deployments", vec![deployment])])
}

fn condition(r#type: &str, status: &str, reason: &str) -> Value {
    json!({ "status": { "conditions": [{ "type": r#type, "status": status, "reason": reason, "message": "it is so",
        "lastTransitionTime": MINUTES_AGO }] } })
}

#[test]
fn the_fewer_pods_are_ready_the_worse_it_is() {
    for (desired, ready, severity) in
        [(1, 0, Severity::Sev2), (2, 1, Severity::Sev2), (4, 2, Severity::Sev2), (4, 3, Severity::Sev3)]
    {
        let result = fails("deployments", &deployments(deployment(desired, ready)), severity);
        assert!(evidence(&result).contains(&format!("desired {desired}, ready {ready}")), "{result:#?}");
    }
    passes("deployments", &deployments(deployment(3, 3)));
    // More than desired while a rollout surges.
    passes("deployments", &deployments(deployment(3, 4)));
}

#[test]
fn it_says_which_workloads_it_looked_at_that_are_to_run() {
    let names = |state: &lamplighter_core::cluster::ClusterState| -> Vec<String> {
        result_of("deployments", state).workloads.iter().map(ToString::to_string).collect()
    };
    assert_eq!(names(&deployments(deployment(2, 0))), ["deployment apps/wiki"]);
    assert!(names(&deployments(deployment(0, 0))).is_empty(), "nothing of it is to run");
}

#[test]
fn an_absent_replica_count_is_one() {
    fails("deployments", &deployments(with(deployment(1, 0), json!({ "spec": { "replicas": null } }))), Severity::Sev2);
}

#[test]
fn a_new_deployment_and_a_rollout_may_take_their_time() {
    warns(
        "deployments",
        &deployments(with(deployment(2, 0), json!({ "metadata": { "creationTimestamp": JUST_NOW } }))),
    );
    let refused = with(deployment(2, 0), condition("ReplicaFailure", "True", "FailedCreate"));
    let refused = with(refused, json!({ "metadata": { "creationTimestamp": JUST_NOW } }));
    fails("deployments", &deployments(refused), Severity::Sev2);
    let starting = with(pod_with_container(json!({})), json!({ "metadata": { "creationTimestamp": JUST_NOW } }));
    let rolling = |desired, ready| {
        cluster(&[("deployments", vec![deployment(desired, ready)]), ("pods", vec![pod(), starting.clone()])])
    };
    warns("deployments", &rolling(2, 1));
    fails("deployments", &rolling(1, 0), Severity::Sev2);
    fails("deployments", &rolling(4, 2), Severity::Sev2);
}

#[test]
fn a_rollout_that_is_stuck_fails_though_the_old_pods_serve() {
    for (r#type, status, reason) in
        [("Progressing", "False", "ProgressDeadlineExceeded"), ("ReplicaFailure", "True", "FailedCreate")]
    {
        let stuck = with(deployment(1, 1), condition(r#type, status, reason));
        let result = fails("deployments", &deployments(stuck), Severity::Sev3);
        assert!(evidence(&result).contains(&format!("{reason}: it is so")), "{result:#?}");
        assert_eq!(result.findings[0].at.to_string(), MINUTES_AGO);
    }
    passes(
        "deployments",
        &deployments(with(deployment(1, 1), condition("Progressing", "True", "NewReplicaSetAvailable"))),
    );
}

#[test]
fn pods_of_an_old_version_are_a_warning() {
    warns("deployments", &deployments(with(deployment(2, 2), json!({ "status": { "updatedReplicas": 1 } }))));
    let unseen = with(deployment(2, 2), json!({ "metadata": { "generation": 2 } }));
    warns("deployments", &deployments(unseen));
    // A recording without the count.
    passes("deployments", &deployments(with(deployment(2, 2), json!({ "status": { "updatedReplicas": null } }))));
}

#[test]
fn scaled_to_zero_passes_unless_something_says_that_it_should_serve() {
    let off = deployment(0, 0);
    passes("deployments", &deployments(off.clone()));

    let served = cluster(&[("deployments", vec![off.clone()]), ("services", vec![service()])]);
    assert!(evidence(&warns("deployments", &served)).contains("a service selects its pods"));

    for message in ["Scaled down replica set wiki-5d4 to 0", "Scaled down replica set wiki-5d4 to 0 from 2"] {
        let scaled = with(event("Deployment", "wiki", "ScalingReplicaSet", message), json!({ "type": "Normal" }));
        let result = warns("deployments", &cluster(&[("deployments", vec![off.clone()]), ("events", vec![scaled])]));
        assert!(evidence(&result).contains(message), "{result:#?}");
        assert_eq!(result.findings[0].at.to_string(), MINUTES_AGO);
    }
    let up = with(event("Deployment", "wiki", "ScalingReplicaSet", "Scaled up replica set wiki-5d4 to 10"), json!({}));
    passes("deployments", &cluster(&[("deployments", vec![off.clone()]), ("events", vec![up])]));

    let applied = |applied: &str| {
        let annotations = json!({ "kubectl.kubernetes.io/last-applied-configuration": applied });
        deployments(with(off.clone(), json!({ "metadata": { "annotations": annotations } })))
    };
    assert!(evidence(&warns("deployments", &applied(r#"{"spec":{"replicas":2}}"#))).contains("with 2 replicas"));
    passes("deployments", &applied(r#"{"spec":{"replicas":0}}"#));
    passes("deployments", &applied("{ not json"));
}

#[test]
fn an_app_that_was_taken_away_from_others_that_call_it_fails() {
    let caller = |ready: u32| {
        let template = json!({ "spec": { "containers": [{ "name": "app",
            "env": [{ "name": "WIKI", "value": "http://wiki:80" }] }] } });
        with(
            deployment(1, ready),
            json!({ "metadata": { "name": "portal" },
            "spec": { "selector": { "matchLabels": { "app": "portal" } },
                "template": with(template, json!({ "metadata": { "labels": { "app": "portal" } } })) } }),
        )
    };
    let taken_away = |caller: Value, events: Vec<Value>| {
        cluster(&[("deployments", vec![deployment(0, 0), caller]), ("services", vec![service()]), ("events", events)])
    };
    let scaled = event("Deployment", "wiki", "ScalingReplicaSet", "Scaled down replica set wiki-5d4 to 0 from 2");
    let result = fails("deployments", &taken_away(caller(1), vec![scaled.clone()]), Severity::Sev2);
    assert!(evidence(&result).contains("called by portal"), "{result:#?}");
    // Nothing says that it should serve.
    warns("deployments", &taken_away(caller(1), Vec::new()));
    let nobody_runs = taken_away(with(caller(0), json!({ "spec": { "replicas": 0 } })), vec![scaled]);
    warns("deployments", &nobody_runs);
}
