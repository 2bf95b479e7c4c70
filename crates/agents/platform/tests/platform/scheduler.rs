use lamplighter_core::cluster::Observed;
use lamplighter_core::diagnosis::{Likelihood, UnitState, UnitStatus};
use lamplighter_platform::Platform;
use lamplighter_testkit::scene::{SceneBuilder, scene_of};
use serde_json::{Value, json};

use crate::fixture::*;

fn cluster() -> Vec<Value> {
    vec![control_plane("cp"), node("a"), running("shop", "a", &json!({}))]
}

fn waiting_unseen() -> SceneBuilder {
    scene_of(cluster().into_iter().chain([unseen("cart", &json!({}))]))
}

fn scheduler(node: &str, ready: &str) -> Value {
    json!({
        "kind": "Pod",
        "metadata": {"namespace": "kube-system", "name": format!("kube-scheduler-{node}"), "labels": {"component": "kube-scheduler"}},
        "spec": {"nodeName": node, "containers": [{"name": "kube-scheduler"}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": ready}]},
    })
}

#[test]
fn a_stopped_scheduler_and_a_pod_that_nobody_looks_at_are_cause_and_effect() {
    let report = report(waiting_unseen().unit("cp", "kube-scheduler", UnitState::Inactive, &["Stopped"]));
    is_cause(&report, "kube_scheduler_unavailable node/cp");
    assert_eq!(first(&report).confidence, Likelihood::STATED);
    assert_eq!(first(&report).affects[0].to_string(), "app/cart");
    assert!(grounds(first(&report)).contains("no FailedScheduling"));
}

#[test]
fn a_stopped_scheduler_is_likely_before_a_pod_waits() {
    let report = report(scene_of(cluster()).unit("cp", "kube-scheduler", UnitState::Failed, &[]));
    is_cause(&report, "kube_scheduler_unavailable node/cp");
    assert_eq!(first(&report).confidence, Likelihood::LIKELY);
}

#[test]
fn the_scheduler_of_a_static_pod_is_known_by_it() {
    is_cause(&report(waiting_unseen().object(scheduler("cp", "False"))), "kube_scheduler_unavailable node/cp");
    is_well(&report(waiting_unseen().object(scheduler("cp", "True"))));
}

#[test]
fn another_scheduler_takes_over() {
    let scene = waiting_unseen().unit("cp", "kube-scheduler", UnitState::Inactive, &[]);
    let report = report(scene.unit("cp2", "kube-scheduler", UnitState::Active, &[]));
    is_well(&report);
    assert_eq!(report.findings.len(), 1);
}

#[test]
fn silence_alone_makes_it_likely() {
    let report = report(waiting_unseen());
    is_cause(&report, "kube_scheduler_unavailable node/cp");
    assert_eq!(first(&report).confidence, Likelihood::LIKELY);
}

#[test]
fn silence_means_nothing_where_others_were_placed_or_nothing_was_recorded() {
    let mut placed = warning("Pod", "shop-7d9f-a", "Scheduled", "Successfully assigned apps/shop-7d9f-a to a");
    placed["type"] = json!("Normal");
    is_well(&report(waiting_unseen().object(placed)));
    let bare = with(running("shop", "a", &json!({})), "/status/conditions", json!([]));
    is_well(&examine([node("a"), bare, unseen("cart", &json!({}))]));
}

#[test]
fn a_young_pod_and_one_for_another_scheduler_are_waited_for() {
    let young = with(unseen("cart", &json!({})), "/metadata/creationTimestamp", json!("2026-03-01T11:59:50Z"));
    is_well(&examine(cluster().into_iter().chain([young])));
    let other = unseen("cart", &json!({"schedulerName": "batch"}));
    is_well(&examine(cluster().into_iter().chain([other])));
}

#[test]
fn a_pod_that_could_not_be_placed_anyway_tells_nothing_of_the_scheduler() {
    let report = examine(cluster().into_iter().chain([unseen("cart", &json!({"nodeSelector": {"disk": "nvme"}}))]));
    is_cause(&report, "node_selector_mismatch app/cart");
    assert_eq!(named(&report).len(), 1);
}

#[test]
fn what_was_said_of_a_former_pod_of_the_name_or_by_others_is_not_the_schedulers_word() {
    let said = "0/1 nodes are available: 1 node(s) were unschedulable.";
    let former = with(warning("Pod", "cart-7d9f-u", "FailedScheduling", said), "/involvedObject/uid", json!("former"));
    is_cause(&report(waiting_unseen().object(former)), "kube_scheduler_unavailable node/cp");
    let other = warning("Pod", "cart-7d9f-u", "NotTriggerScaleUp", "pod didn't trigger scale-up");
    is_cause(&report(waiting_unseen().object(other)), "kube_scheduler_unavailable node/cp");
}

#[test]
fn a_scheduler_that_places_pods_runs_in_some_other_way() {
    let placed = |at: &str| {
        let event = warning("Pod", "shop-7d9f-a", "Scheduled", "Successfully assigned apps/shop-7d9f-a to a");
        let scene = scene_of(cluster()).object(with(event, "/lastTimestamp", json!(at))).build();
        let unit = UnitStatus {
            node: "cp".to_owned(),
            unit: "kube-scheduler".to_owned(),
            state: UnitState::Inactive,
            detail: "Active: inactive (dead)".to_owned(),
            since: Some("2026-03-01T11:30:00Z".parse().unwrap()),
            lines: Vec::new(),
        };
        Platform::new().examine(&scene.with_units(Observed::Seen(vec![unit])))
    };
    is_well(&placed("2026-03-01T11:40:00Z"));
    is_cause(&placed("2026-03-01T11:20:00Z"), "kube_scheduler_unavailable node/cp");
}

#[test]
fn a_unit_that_is_not_installed_is_not_stopped() {
    for line in ["Unit kube-scheduler.service could not be found.", "     Loaded: masked (Reason: Unit is masked.)"] {
        is_well(&report(scene_of(cluster()).unit("cp", "kube-scheduler", UnitState::Inactive, &[line])));
    }
}
