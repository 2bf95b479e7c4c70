use lamplighter_core::cluster::ClusterState;
use lamplighter_core::words::Severity;
use serde_json::{Value, json};

use super::cluster::{
    JUST_NOW, MINUTES_AGO, NOW, YESTERDAY, cluster, deployment, event, pod, pod_with_container, with,
};
use super::{evidence, fails, passes, warns};

const CHECKS: [&str; 6] = [
    "pods-not-running",
    "pods-crash-looping",
    "pods-image-pull",
    "pods-not-ready",
    "pods-oom-killed",
    "pods-failed-or-evicted",
];

/// The only pod of a deployment that has none ready.
fn alone(pod: Value) -> ClusterState {
    cluster(&[("pods", vec![pod]), ("deployments", vec![deployment(1, 0)])])
}

fn young(pod: Value) -> Value {
    with(pod, json!({ "metadata": { "creationTimestamp": JUST_NOW } }))
}

fn pending(reason: &str) -> Value {
    with(
        pod_with_container(json!({ "state": { "waiting": { "reason": reason, "message": "says the kubelet" } } })),
        json!({ "status": { "phase": "Pending" } }),
    )
}

fn crashed(restarts: u32) -> Value {
    json!({ "restartCount": restarts,
        "lastState": { "terminated": { "exitCode": 3, "reason": "Error", "finishedAt": MINUTES_AGO } } })
}

fn only(check: &str, state: &ClusterState) {
    for other in CHECKS.into_iter().filter(|other| *other != check) {
        passes(other, state);
    }
}

#[test]
fn a_pod_that_is_ready_passes_everything() {
    only("", &cluster(&[("pods", vec![pod()])]));
}

#[test]
fn a_pod_that_ran_to_its_end_counts_for_nothing() {
    let done = with(pod_with_container(crashed(9)), json!({ "status": { "phase": "Succeeded" } }));
    only("", &alone(done));
}

#[test]
fn a_pod_that_finds_no_node_fails() {
    let unschedulable = with(
        pod(),
        json!({ "status": { "phase": "Pending", "containerStatuses": null, "conditions": [
        { "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "lastTransitionTime": MINUTES_AGO,
          "message": "0/3 nodes are available: insufficient memory" } ] } }),
    );
    let result = fails("pods-not-running", &alone(unschedulable.clone()), Severity::Sev2);
    assert!(evidence(&result).contains("insufficient memory"), "{result:#?}");
    only("pods-not-running", &alone(unschedulable.clone()));
    only("", &alone(young(unschedulable)));
}

#[test]
fn a_pod_that_does_not_start_fails_with_its_events() {
    let mut state = alone(pending("ContainerCreating"));
    state.events = cluster(&[("events", vec![event("Pod", "wiki-5d4-abc", "FailedMount", "no such claim")])]).events;
    let result = fails("pods-not-running", &state, Severity::Sev2);
    assert!(evidence(&result).contains("FailedMount: no such claim (×3)"), "{result:#?}");
    assert!(evidence(&result).contains("ContainerCreating"), "{result:#?}");
}

#[test]
fn phases_that_are_not_running_are_told_apart() {
    let in_phase = |phase: &str| with(pod(), json!({ "status": { "phase": phase } }));
    fails("pods-not-running", &alone(in_phase("Unknown")), Severity::Sev2);
    warns("pods-not-running", &alone(in_phase("")));
    // A failed pod is replaced by its controller; one without a controller is not.
    warns("pods-failed-or-evicted", &alone(in_phase("Failed")));
    only("pods-failed-or-evicted", &alone(in_phase("Failed")));
    let orphan = with(in_phase("Failed"), json!({ "metadata": { "ownerReferences": null } }));
    fails("pods-not-running", &alone(orphan.clone()), Severity::Sev3);
    only("pods-not-running", &alone(orphan));
    let of_job = with(
        in_phase("Failed"),
        json!({ "metadata": { "ownerReferences": [
        { "kind": "Job", "name": "backup", "uid": "u", "controller": true }] } }),
    );
    only("", &alone(of_job));
}

#[test]
fn an_evicted_pod_says_why() {
    let evicted = with(
        pod(),
        json!({ "status": { "phase": "Failed", "reason": "Evicted", "containerStatuses": null,
        "message": "The node was low on resource: memory." } }),
    );
    let result = warns("pods-failed-or-evicted", &alone(evicted));
    assert!(result.summary.contains("was evicted"), "{}", result.summary);
    assert!(evidence(&result).contains("low on resource"), "{result:#?}");
}

#[test]
fn a_pod_that_does_not_go_fails_after_its_deadline() {
    let deleted = |at: &str| alone(with(pod(), json!({ "metadata": { "deletionTimestamp": at } })));
    fails("pods-not-running", &deleted(MINUTES_AGO), Severity::Sev2);
    let mut replaced = deleted(MINUTES_AGO);
    replaced.deployments = cluster(&[("deployments", vec![deployment(1, 1)])]).deployments;
    warns("pods-not-running", &replaced);
    passes("pods-not-running", &deleted(JUST_NOW));
    passes("pods-not-running", &deleted("2026-03-01T12:00:30Z"));
}

#[test]
fn what_a_pod_does_on_its_way_out_is_no_news() {
    let looping =
        pod_with_container(with(crashed(7), json!({ "state": { "waiting": { "reason": "CrashLoopBackOff" } } })));
    only("", &alone(with(looping, json!({ "metadata": { "deletionTimestamp": JUST_NOW } }))));
}

#[test]
fn a_crash_loop_fails_with_exit_code_and_restarts() {
    let looping =
        pod_with_container(with(crashed(7), json!({ "state": { "waiting": { "reason": "CrashLoopBackOff" } } })));
    let result = fails("pods-crash-looping", &alone(looping.clone()), Severity::Sev2);
    let evidence = evidence(&result);
    assert!(evidence.contains("exited with code 3 (Error) at 2026-03-01 11:50:00 UTC"), "{evidence}");
    assert!(evidence.contains("7 restarts, waits: CrashLoopBackOff"), "{evidence}");
    only("pods-crash-looping", &alone(looping.clone()));
    warns("pods-crash-looping", &alone(young(looping.clone())));
    // Another pod of the deployment is ready, so people hardly notice.
    let redundant = cluster(&[("pods", vec![looping]), ("deployments", vec![deployment(2, 1)])]);
    fails("pods-crash-looping", &redundant, Severity::Sev3);
}

#[test]
fn a_crash_loop_is_seen_between_the_back_offs_and_in_init_containers() {
    let ended = json!({ "state": { "terminated": { "exitCode": 1, "finishedAt": JUST_NOW } }, "restartCount": 2 });
    fails("pods-crash-looping", &alone(pod_with_container(ended.clone())), Severity::Sev2);
    let running = with(crashed(5), json!({ "state": { "running": { "startedAt": JUST_NOW } } }));
    fails("pods-crash-looping", &alone(pod_with_container(running)), Severity::Sev2);
    let init = with(
        pending("PodInitializing"),
        json!({ "status": { "initContainerStatuses": [
        { "name": "init", "restartCount": 4, "state": { "waiting": { "reason": "CrashLoopBackOff" } } }] } }),
    );
    fails("pods-crash-looping", &alone(init.clone()), Severity::Sev2);
    only("pods-crash-looping", &alone(init));
    // It is not restarted by design.
    let never = with(pod_with_container(ended), json!({ "spec": { "restartPolicy": "Never" } }));
    passes("pods-crash-looping", &alone(never));
}

#[test]
fn many_restarts_of_late_are_a_warning_and_old_ones_history() {
    let restarted = |restarts, at: &str| {
        let ready = json!({ "ready": true, "restartCount": restarts, "state": { "running": {} },
            "lastState": { "terminated": { "exitCode": 1, "finishedAt": at } } });
        let conditions = json!({ "status": { "conditions": [{ "type": "Ready", "status": "True" }] } });
        cluster(&[("pods", vec![with(pod_with_container(ready), conditions)])])
    };
    warns("pods-crash-looping", &restarted(5, MINUTES_AGO));
    passes("pods-crash-looping", &restarted(4, MINUTES_AGO));
    passes("pods-crash-looping", &restarted(400, YESTERDAY));
}

#[test]
fn an_image_that_cannot_be_had_fails_with_its_name() {
    for reason in ["ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull"] {
        let result = fails("pods-image-pull", &alone(pending(reason)), Severity::Sev2);
        assert!(evidence(&result).contains("registry.example/wiki:1"), "{result:#?}");
        assert!(evidence(&result).contains("says the kubelet"), "{result:#?}");
        only("pods-image-pull", &alone(pending(reason)));
        warns("pods-image-pull", &alone(young(pending(reason))));
    }
}

#[test]
fn a_running_pod_that_is_not_ready_fails_unless_it_just_started() {
    let unready = pod_with_container(json!({ "state": { "running": { "startedAt": YESTERDAY } } }));
    let result = fails("pods-not-ready", &alone(unready.clone()), Severity::Sev2);
    assert_eq!(result.findings[0].at.to_string(), MINUTES_AGO);
    assert!(evidence(&result).contains("ContainersNotReady"), "{result:#?}");
    only("pods-not-ready", &alone(unready.clone()));
    only("", &alone(young(unready)));
}

#[test]
fn a_pod_from_the_future_is_new() {
    let unready = pod_with_container(json!({ "state": { "running": {} } }));
    let ahead = with(unready, json!({ "metadata": { "creationTimestamp": "2026-03-01T12:05:00Z" } }));
    only("", &alone(ahead));
}

#[test]
fn a_kill_for_memory_counts_by_how_things_are_now() {
    let killed = |ready: bool, at: &str| {
        let container = json!({ "ready": ready, "restartCount": 1, "state": { "running": { "startedAt": at } },
            "lastState": { "terminated": { "exitCode": 137, "reason": "OOMKilled", "finishedAt": at } } });
        let status = if ready { "True" } else { "False" };
        let conditions = json!({ "status": { "conditions": [{ "type": "Ready", "status": status }] } });
        alone(with(pod_with_container(container), conditions))
    };
    let result = fails("pods-oom-killed", &killed(false, MINUTES_AGO), Severity::Sev2);
    assert!(evidence(&result).contains("memory limit 64Mi"), "{result:#?}");
    fails("pods-oom-killed", &killed(false, YESTERDAY), Severity::Sev2);
    warns("pods-oom-killed", &killed(true, MINUTES_AGO));
    passes("pods-oom-killed", &killed(true, YESTERDAY));
}

#[test]
fn exit_code_137_alone_is_not_a_kill_for_memory() {
    let ended = json!({ "restartCount": 1,
        "lastState": { "terminated": { "exitCode": 137, "reason": "Error", "finishedAt": NOW } } });
    passes("pods-oom-killed", &alone(pod_with_container(ended)));
}
