use lamplighter_core::cluster::ClusterState;
use lamplighter_core::words::Severity;
use serde_json::{Value, json};

use super::cluster::{JUST_NOW, MINUTES_AGO, YESTERDAY, cluster, event, with};
use super::{evidence, fails, passes, warns};

fn autoscaler(current: u32, most: u32, conditions: &Value) -> ClusterState {
    cluster(&[(
        "autoscalers",
        vec![json!({
            "metadata": { "name": "shop", "namespace": "apps", "creationTimestamp": YESTERDAY },
            "spec": { "minReplicas": 2, "maxReplicas": most, "scaleTargetRef": { "kind": "Deployment", "name": "shop" } },
            "status": { "currentReplicas": current, "desiredReplicas": current, "conditions": conditions },
        })],
    )])
}

fn condition(r#type: &str, status: &str, reason: &str, since: &str) -> Value {
    json!([{ "type": r#type, "status": status, "reason": reason, "message": "so it is", "lastTransitionTime": since }])
}

#[test]
fn an_autoscaler_with_room_passes() {
    passes("autoscalers", &autoscaler(3, 5, &condition("ScalingActive", "True", "ValidMetricFound", YESTERDAY)));
    passes("autoscalers", &autoscaler(3, 5, &Value::Null));
    passes("autoscalers", &autoscaler(2, 5, &condition("ScalingLimited", "True", "TooFewReplicas", YESTERDAY)));
}

#[test]
fn an_autoscaler_that_cannot_scale_fails() {
    for (r#type, reason) in [("ScalingActive", "FailedGetResourceMetric"), ("AbleToScale", "FailedGetScale")] {
        let result =
            fails("autoscalers", &autoscaler(2, 5, &condition(r#type, "False", reason, MINUTES_AGO)), Severity::Sev3);
        assert!(evidence(&result).contains(&format!("{reason}: so it is")), "{result:#?}");
    }
    passes("autoscalers", &autoscaler(0, 5, &condition("ScalingActive", "False", "ScalingDisabled", YESTERDAY)));
}

#[test]
fn an_autoscaler_at_its_most_for_long_is_a_warning() {
    let limited = |since| condition("ScalingLimited", "True", "TooManyReplicas", since);
    let result = warns("autoscalers", &autoscaler(5, 5, &limited(YESTERDAY)));
    assert!(evidence(&result).contains("5 replicas of at most 5"), "{result:#?}");
    passes("autoscalers", &autoscaler(5, 5, &limited(MINUTES_AGO)));
    warns("autoscalers", &autoscaler(5, 5, &Value::Null));
    // There is nothing to scale between.
    passes("autoscalers", &autoscaler(2, 2, &limited(YESTERDAY)));
}

fn quota(used: &str) -> Value {
    json!({
        "metadata": { "name": "compute", "namespace": "apps" },
        "status": { "hard": { "limits.memory": "4Gi", "pods": "10", "count/secrets": "0" },
            "used": { "limits.memory": used, "pods": "3", "count/secrets": "0" } },
    })
}

#[test]
fn a_quota_with_room_passes() {
    passes("quotas", &cluster(&[("quotas", vec![quota("3Gi")])]));
    passes("quotas", &cluster(&[("quotas", vec![with(quota("4Gi"), json!({ "status": { "used": null } }))])]));
}

#[test]
fn a_tight_quota_is_a_warning_until_it_refuses_something() {
    let result = warns("quotas", &cluster(&[("quotas", vec![quota("3900Mi")])]));
    assert!(evidence(&result).contains("limits.memory: 3900Mi of 4Gi used, 95 %"), "{result:#?}");
    warns("quotas", &cluster(&[("quotas", vec![quota("4Gi")])]));

    let refused = |message: &str| {
        let refused = event("ReplicaSet", "shop-1", "FailedCreate", message);
        cluster(&[("quotas", vec![quota("4Gi")]), ("events", vec![refused])])
    };
    let message =
        "Error creating: pods \"shop-1-x\" is forbidden: exceeded quota: compute, requested: limits.memory=1Gi";
    let result = fails("quotas", &refused(message), Severity::Sev3);
    assert!(evidence(&result).contains("exceeded quota: compute"), "{result:#?}");
    warns("quotas", &refused(&message.replace("compute", "objects")));
}

#[test]
fn a_namespace_that_does_not_go_fails_after_an_hour() {
    let deleted = |at: &str| {
        let metadata = json!({ "name": "old", "deletionTimestamp": at });
        cluster(&[("namespaces", vec![json!({ "metadata": metadata, "status": { "phase": "Terminating" } })])])
    };
    fails("namespaces-terminating", &deleted(YESTERDAY), Severity::Sev3);
    warns("namespaces-terminating", &deleted("2026-03-01T11:45:00Z"));
    passes("namespaces-terminating", &deleted(JUST_NOW));
    passes(
        "namespaces-terminating",
        &cluster(&[(
            "namespaces",
            vec![json!({ "metadata": { "name": "apps" },
        "status": { "phase": "Active" } })],
        )]),
    );
}

fn ingress(name: &str, class: &str, address: bool) -> Value {
    let addresses = if address { json!([{ "ip": "192.0.2.7" }]) } else { Value::Null };
    json!({
        "metadata": { "name": name, "namespace": "apps", "creationTimestamp": YESTERDAY },
        "spec": { "ingressClassName": class, "rules": [{ "host": format!("{name}.example.org") }] },
        "status": { "loadBalancer": { "ingress": addresses } },
    })
}

#[test]
fn an_ingress_without_an_address_fails_where_its_neighbours_have_one() {
    let ingresses = |ingresses: Vec<Value>| cluster(&[("ingresses", ingresses)]);
    passes("ingresses-without-address", &ingresses(vec![ingress("wiki", "public", true)]));
    let result = fails(
        "ingresses-without-address",
        &ingresses(vec![ingress("wiki", "public", true), ingress("shop", "public", false)]),
        Severity::Sev3,
    );
    assert!(evidence(&result).contains("shop.example.org"), "{result:#?}");
    // The controller of this class may never say.
    warns(
        "ingresses-without-address",
        &ingresses(vec![ingress("wiki", "public", true), ingress("shop", "other", false)]),
    );
    let new = with(ingress("shop", "public", false), json!({ "metadata": { "creationTimestamp": JUST_NOW } }));
    passes("ingresses-without-address", &ingresses(vec![new]));
}
