use lamplighter_core::diagnosis::Likelihood;
use serde_json::{Value, json};

use crate::fixture::*;

fn pressed(kind: &str) -> Value {
    let conditions = json!([
        {"type": kind, "status": "True", "reason": "KubeletHasPressure", "message": "kubelet has pressure"},
        {"type": "Ready", "status": "True"},
    ]);
    with(node("a"), "/status/conditions", conditions)
}

fn evicted(message: &str, at: &str) -> Value {
    let pod = running("shop", "a", &json!({}));
    with(pod, "/status", json!({"phase": "Failed", "reason": "Evicted", "message": message, "startTime": at}))
}

const NOW: &str = "2026-03-01T11:50:00Z";

#[test]
fn a_node_under_pressure_is_the_cause() {
    for kind in ["MemoryPressure", "DiskPressure", "PIDPressure"] {
        let report = examine([pressed(kind), node("b")]);
        is_cause(&report, "node_pressure node/a");
        let report = examine([
            pressed(kind),
            evicted("The node was low on resource: memory. Container main was using 3Gi.", NOW),
        ]);
        is_cause(&report, "node_pressure node/a");
        assert_eq!(first(&report).confidence, Likelihood::STATED);
        assert_eq!(first(&report).affects[0].to_string(), "app/shop");
    }
}

#[test]
fn evictions_tell_of_a_pressure_that_has_passed_for_a_while() {
    for message in ["The node was low on resource: ephemeral-storage.", "The node had condition: [DiskPressure]. "] {
        is_cause(&examine([node("a"), evicted(message, NOW)]), "node_pressure node/a");
        is_well(&examine([node("a"), evicted(message, LONG_AGO)]));
    }
}

#[test]
fn a_pod_that_went_beyond_its_own_limit_is_no_matter_of_the_node() {
    for message in [
        "Pod ephemeral local storage usage exceeds the total limit of containers 1Gi.",
        "Usage of EmptyDir volume \"tmp\" exceeds the limit \"1Gi\".",
    ] {
        is_well(&examine([node("a"), evicted(message, NOW)]));
    }
}

#[test]
fn a_node_whose_network_is_not_set_up_is_unavailable() {
    let said = "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized";
    let report = examine([unready(node("a"), "False", "KubeletNotReady", said), stuck("shop", "a")]);
    assert_eq!(named(&report), ["node_unavailable node/a"]);
    assert_eq!(first(&report).affects[0].to_string(), "app/shop");
    let said = "[container runtime status check may not have completed yet]";
    let report = examine([unready(node("a"), "False", "KubeletNotReady", said), stuck("shop", "a")]);
    assert_eq!(named(&report), ["node_unavailable node/a"]);
}

#[test]
fn a_node_that_nobody_needs_or_that_is_just_joining_is_no_cause() {
    let gone = |node: Value| unready(node, "False", "KubeletNotReady", "node is shutting down");
    is_well(&examine([gone(cordoned(node("a"))), node("b"), running("shop", "b", &json!({}))]));
    is_well(&examine([with(gone(node("a")), "/metadata/creationTimestamp", json!("2026-03-01T11:58:00Z")), node("b")]));
    is_cause(&examine([gone(cordoned(node("a"))), stuck("shop", "a")]), "node_unavailable node/a");
}

#[test]
fn a_healthy_cluster_names_nothing() {
    let pods = [running("shop", "a", &json!({})), running("cart", "b", &json!({}))];
    let report = examine([control_plane("cp"), node("a"), node("b")].into_iter().chain(pods));
    is_well(&report);
    assert!(report.findings.is_empty() && report.gaps.is_empty(), "{report:?}");
}

#[test]
fn a_node_that_counts_as_ready_may_not_be_sound() {
    let conditions = json!([{"type": "NetworkUnavailable", "status": "True", "reason": "NoRouteCreated"}, {"type": "Ready", "status": "True"}]);
    let broken = || with(node("a"), "/status/conditions", conditions.clone());
    is_cause(&examine([broken(), stuck("shop", "a")]), "node_unavailable node/a");
    is_well(&examine([broken(), running("shop", "a", &json!({}))]));
    is_well(&examine([node("a"), stuck("shop", "a")]));
}
