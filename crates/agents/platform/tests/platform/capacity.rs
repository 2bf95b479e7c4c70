use lamplighter_core::diagnosis::Likelihood;
use serde_json::{Value, json};

use crate::fixture::*;

fn requesting(cpu: &str, memory: &str) -> Value {
    json!({"containers": [{"name": "main", "resources": {"requests": {"cpu": cpu, "memory": memory}}}]})
}

#[test]
fn a_request_that_no_node_can_meet_is_a_mismatch() {
    for (spec, said, cause) in [
        (requesting("9", "1Gi"), "0/2 nodes are available: 2 Insufficient cpu.", "cpu_capacity_mismatch"),
        (requesting("1", "9Gi"), "0/2 nodes are available: 2 Insufficient memory.", "memory_capacity_mismatch"),
        (requesting("1", "9Gi"), "", "memory_capacity_mismatch"),
    ] {
        let report = examine([node("a"), node("b"), control_plane("cp"), waiting("solver", &spec, said)]);
        is_cause(&report, &format!("{cause} app/solver"));
        assert_eq!(first(&report).confidence == Likelihood::STATED, !said.is_empty());
    }
}

#[test]
fn a_cordon_does_not_hide_that_a_request_is_too_large() {
    let report = examine([cordoned(node("a")), node("b"), waiting("solver", &requesting("9", "1Gi"), "")]);
    is_cause(&report, "cpu_capacity_mismatch app/solver");
}

#[test]
fn a_greedy_pod_among_modest_ones_is_to_blame_though_an_empty_node_would_take_it() {
    let modest = ["m1", "m2", "m3"].map(|app| running(app, "a", &requesting("100m", "100Mi")));
    let pod = waiting("solver", &requesting("3800m", "64Mi"), "0/1 nodes are available: 1 Insufficient cpu.");
    is_cause(&examine(modest.into_iter().chain([node("a"), pod])), "cpu_capacity_mismatch app/solver");
}

#[test]
fn an_ordinary_pod_on_full_nodes_is_a_matter_of_capacity() {
    let full = ["m1", "m2", "m3"].map(|app| running(app, "a", &requesting("1300m", "100Mi")));
    let pod = || waiting("solver", &requesting("1", "64Mi"), "");
    is_cause(&examine(full.clone().into_iter().chain([node("a"), pod()])), "node_capacity_exhausted app/solver");
    is_well(&examine(full.into_iter().chain([node("a"), node("b"), pod()])));
}

#[test]
fn what_is_left_may_be_used_to_the_last_bit() {
    let other = running("m1", "a", &requesting("3", "7Gi"));
    is_well(&examine([node("a"), other, waiting("solver", &requesting("1", "1Gi"), "")]));
}

#[test]
fn the_scheduler_is_believed_where_not_all_pods_are_recorded() {
    let pod = |cpu: &str| waiting("solver", &requesting(cpu, "64Mi"), "0/1 nodes are available: 1 Insufficient cpu.");
    let modest = || running("m1", "a", &requesting("100m", "64Mi"));
    is_cause(&examine([node("a"), modest(), pod("100m")]), "node_capacity_exhausted app/solver");
    is_cause(&examine([node("a"), modest(), pod("2")]), "cpu_capacity_mismatch app/solver");
}

#[test]
fn sidecars_count_and_init_containers_do_only_when_they_are_greedier() {
    let container = |cpu: &str| json!({"name": "c", "resources": {"requests": {"cpu": cpu}}});
    let mut sidecar = container("2");
    sidecar["restartPolicy"] = json!("Always");
    let spec = json!({"containers": [container("3")], "initContainers": [sidecar]});
    is_cause(&examine([node("a"), waiting("solver", &spec, "")]), "cpu_capacity_mismatch app/solver");
    let spec = json!({"containers": [container("3")], "initContainers": [container("2")]});
    is_well(&examine([node("a"), waiting("solver", &spec, "")]));
}

#[test]
fn gpus_and_places_for_pods_run_out_as_well() {
    let gpu = json!({"containers": [{"name": "c", "resources": {"limits": {"example.org/gpu": "2"}}}]});
    let said = "0/1 nodes are available: 1 Insufficient example.org/gpu.";
    is_cause(&examine([node("a"), waiting("solver", &gpu, said)]), "node_capacity_exhausted app/solver");
    let small = with(node("a"), "/status/allocatable/pods", json!("1"));
    let report = examine([small, running("m1", "a", &json!({})), waiting("solver", &json!({}), "")]);
    is_cause(&report, "node_capacity_exhausted app/solver");
}

#[test]
fn a_recording_without_sizes_names_nothing() {
    let bare = with(node("a"), "/status/allocatable", json!({}));
    is_well(&examine([bare, waiting("solver", &requesting("64", "1Ti"), "")]));
}

#[test]
fn storage_for_logs_is_no_limit_where_a_node_does_not_list_it() {
    let spec = json!({"containers": [{"name": "c", "resources": {"requests": {"ephemeral-storage": "1Gi"}}}]});
    is_well(&examine([node("a"), waiting("solver", &spec, "")]));
    let small = with(node("a"), "/status/allocatable/ephemeral-storage", json!("1Mi"));
    is_cause(&examine([small, waiting("solver", &spec, "")]), "node_capacity_exhausted app/solver");
}

#[test]
fn pods_that_have_ended_use_nothing() {
    let ended = |phase: &str| with(running("m1", "a", &requesting("4", "1Gi")), "/status", json!({"phase": phase}));
    for phase in ["Succeeded", "Failed"] {
        is_well(&examine([node("a"), ended(phase), waiting("solver", &requesting("1", "1Gi"), "")]));
    }
}
