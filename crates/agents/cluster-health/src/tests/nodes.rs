use lamplighter_core::words::Severity;
use serde_json::{Value, json};

use super::cluster::{JUST_NOW, MINUTES_AGO, cluster, node, with};
use super::{evidence, fails, passes, warns};

fn nodes(nodes: Vec<Value>) -> lamplighter_core::cluster::ClusterState {
    cluster(&[("nodes", nodes)])
}

fn condition(r#type: &str, status: &str) -> Value {
    json!({ "status": { "conditions": [
        { "type": r#type, "status": status, "lastTransitionTime": MINUTES_AGO, "reason": "Because", "message": "it is so" },
        { "type": "Ready", "status": if r#type == "Ready" { status } else { "True" } },
    ] } })
}

#[test]
fn a_ready_node_passes() {
    passes("nodes-ready", &nodes(vec![node()]));
    passes("node-pressure", &nodes(vec![node()]));
}

#[test]
fn a_node_that_is_not_ready_or_not_heard_of_is_sev1() {
    for status in ["False", "Unknown"] {
        let result =
            fails("nodes-ready", &nodes(vec![node(), with(node(), condition("Ready", status))]), Severity::Sev1);
        assert!(evidence(&result).contains("Because: it is so"), "{result:#?}");
        assert_eq!(result.findings[0].at.to_string(), MINUTES_AGO);
    }
    fails("nodes-ready", &nodes(vec![with(node(), json!({ "status": { "conditions": null } }))]), Severity::Sev1);
}

#[test]
fn a_node_that_just_joined_is_only_a_warning() {
    let joining =
        with(with(node(), condition("Ready", "False")), json!({ "metadata": { "creationTimestamp": JUST_NOW } }));
    warns("nodes-ready", &nodes(vec![joining]));
}

#[test]
fn a_node_without_network_is_sev2() {
    fails("nodes-ready", &nodes(vec![with(node(), condition("NetworkUnavailable", "True"))]), Severity::Sev2);
}

#[test]
fn pressure_fails_and_a_cordon_warns() {
    for pressure in ["MemoryPressure", "DiskPressure", "PIDPressure"] {
        let result = fails("node-pressure", &nodes(vec![with(node(), condition(pressure, "True"))]), Severity::Sev2);
        assert!(result.summary.contains(pressure), "{}", result.summary);
    }
    // Not heard of: that is for `nodes-ready`.
    passes("node-pressure", &nodes(vec![with(node(), condition("DiskPressure", "Unknown"))]));
    warns("node-pressure", &nodes(vec![with(node(), json!({ "spec": { "unschedulable": true } }))]));
}
