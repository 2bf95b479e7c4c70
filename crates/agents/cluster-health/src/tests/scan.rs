use std::sync::Arc;

use lamplighter_core::Agent;
use lamplighter_core::cluster::{ClusterState, Observed};
use lamplighter_core::words::{CheckStatus, HealthReport, KnownIssue, Source};
use lamplighter_testkit::context;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::cluster::{
    MINUTES_AGO, NOW, claim, cluster, daemon_set, deployment, endpoints, event, job, node, pod, pod_with_claim,
    pod_with_container, service, stateful_set, with,
};
use crate::{ClusterHealth, HealthSettings};

fn healthy() -> ClusterState {
    cluster(&[
        ("nodes", vec![node()]),
        ("pods", vec![pod()]),
        ("deployments", vec![deployment(1, 1)]),
        ("stateful_sets", vec![stateful_set(1, 1)]),
        ("daemon_sets", vec![daemon_set(1, 1)]),
        ("claims", vec![claim("Bound")]),
        ("jobs", vec![job(&json!({ "succeeded": 1 }))]),
        ("services", vec![service()]),
        ("endpoints", vec![endpoints(1)]),
    ])
}

fn broken() -> ClusterState {
    let crashing = json!({ "restartCount": 7, "state": { "waiting": { "reason": "CrashLoopBackOff",
        "message": "back-off 5m0s restarting failed container" } },
        "lastState": { "terminated": { "exitCode": 137, "reason": "OOMKilled", "finishedAt": MINUTES_AGO } } });
    let mut pod = pod_with_container(crashing);
    pod["spec"]["volumes"] = pod_with_claim()["spec"]["volumes"].clone();
    let mut state = cluster(&[
        (
            "nodes",
            vec![node(), with(node(), json!({ "metadata": { "name": "n2" }, "spec": { "unschedulable": true } }))],
        ),
        ("pods", vec![pod]),
        ("deployments", vec![deployment(1, 0)]),
        ("claims", vec![claim("Bound")]),
        ("events", vec![event("Pod", "wiki-5d4-abc", "BackOff", "Back-off restarting failed container")]),
        ("services", vec![service()]),
        ("endpoints", vec![endpoints(0)]),
    ]);
    state.jobs = Observed::Unknown("jobs.batch is forbidden: get list in batch/v1".to_owned());
    state
}

#[tokio::test]
async fn a_healthy_cluster_passes() {
    let report = ClusterHealth::default().run(&context("scan"), Arc::new(healthy())).await.unwrap();
    assert_eq!(report.status(), CheckStatus::Pass, "{report:#?}");
    assert_eq!(report.taken_at.to_string(), NOW);
    assert_eq!(report.cluster, "test cluster");
}

#[test]
fn a_report_reads_well_and_back() {
    let report = ClusterHealth::default().scan(&broken());
    insta::assert_json_snapshot!(report);
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<HealthReport>(&json).unwrap(), report);
}

#[test]
fn what_was_not_read_is_unknown_with_the_reason_and_never_passed() {
    let unread = ClusterState::unread(NOW.parse().unwrap(), Source::new("test cluster"));
    for result in ClusterHealth::default().scan(&unread).checks {
        assert_eq!(result.status, CheckStatus::Unknown, "{result:#?}");
        assert!(result.summary.contains("was not read"), "{result:#?}");
    }
}

#[test]
fn each_kind_that_is_hidden_makes_its_checks_unknown() {
    let hidden = |hide: fn(&mut ClusterState)| {
        let mut state = healthy();
        hide(&mut state);
        let report = ClusterHealth::default().scan(&state);
        let unknown = report.checks.into_iter().filter(|result| result.status == CheckStatus::Unknown);
        unknown.map(|result| result.check).collect::<Vec<_>>()
    };
    let pods = ["not-running", "crash-looping", "image-pull", "not-ready", "oom-killed", "failed-or-evicted"];
    assert_eq!(hidden(|state| state.nodes = Observed::default()), ["nodes-ready", "node-pressure"]);
    assert_eq!(hidden(|state| state.pods = Observed::default()), pods.map(|name| format!("pods-{name}")));
    assert_eq!(hidden(|state| state.deployments = Observed::default()), ["deployments"]);
    assert_eq!(hidden(|state| state.stateful_sets = Observed::default()), ["stateful-sets"]);
    assert_eq!(hidden(|state| state.daemon_sets = Observed::default()), ["daemon-sets"]);
    assert_eq!(hidden(|state| state.claims = Observed::default()), ["claims-bound"]);
    assert_eq!(hidden(|state| state.jobs = Observed::default()), ["jobs-failed"]);
    assert_eq!(hidden(|state| state.events = Observed::default()), ["events-warning"]);
    assert_eq!(hidden(|state| state.services = Observed::default()), ["services-without-endpoints"]);
    assert_eq!(hidden(|state| state.endpoints = Observed::default()), ["services-without-endpoints"]);
    assert!(hidden(|state| state.replica_sets = Observed::default()).is_empty());
}

#[test]
fn a_cluster_without_any_node_is_not_a_healthy_one() {
    let report = ClusterHealth::default().scan(&cluster(&[]));
    assert_eq!(report.status(), CheckStatus::Unknown);
}

#[test]
fn ignored_namespaces_and_known_issues_do_not_count() {
    let statuses = |settings: HealthSettings| {
        let report = ClusterHealth::new(settings).scan(&broken());
        let failing = report.checks.into_iter().filter(|result| result.status == CheckStatus::Fail);
        failing.map(|result| result.check).collect::<Vec<_>>()
    };
    let all = ["pods-crash-looping", "pods-oom-killed", "deployments", "services-without-endpoints"];
    assert_eq!(statuses(HealthSettings::default()), all);
    let ignored = HealthSettings { ignored_namespaces: vec!["apps".to_owned()], ..Default::default() };
    assert!(statuses(ignored).is_empty());
    let known = HealthSettings { known_issues: vec![KnownIssue::new("wiki-5d4-*", "leaks")], ..Default::default() };
    assert_eq!(statuses(known.clone()), ["deployments", "services-without-endpoints"]);
    let report = ClusterHealth::new(known).scan(&broken());
    let looping = report.checks.iter().find(|result| result.check == "pods-crash-looping").unwrap();
    assert_eq!(looping.summary, "1 pod, nothing wrong; known and not counted: 1");
}

#[test]
fn hostile_text_is_one_short_line() {
    let text = format!("evil\r\n\u{1b}[31m  {}ünï\u{202e}", "x".repeat(10_000));
    let mut pod: Value =
        pod_with_container(json!({ "state": { "waiting": { "reason": "ErrImagePull", "message": text } } }));
    pod["status"]["phase"] = json!("Pending");
    let report = ClusterHealth::default().scan(&cluster(&[("pods", vec![pod])]));
    for line in report.findings().flat_map(|finding| &finding.evidence) {
        assert!(line.chars().count() < 400 && !line.contains(['\r', '\n', '\u{1b}']), "{line}");
    }
}

#[test]
fn ten_thousand_pods_are_looked_at() {
    let mut state = broken();
    let Observed::Seen(pods) = &mut state.pods else { panic!("pods were seen") };
    let template = pods[0].clone();
    *pods = (0..10_000)
        .map(|n| {
            let mut pod = template.clone();
            pod.metadata.name = format!("wiki-5d4-{n}");
            pod
        })
        .collect();
    let report = ClusterHealth::default().scan(&state);
    let looping = report.checks.iter().find(|result| result.check == "pods-crash-looping").unwrap();
    assert_eq!(looping.findings.len(), 10_000);
}

proptest! {
    /// Whatever a pod says, a scan ends, and hiding a kind never turns a check into a pass.
    #[test]
    fn a_hidden_kind_never_passes(phase in "(Running|Pending|Failed|Succeeded|Unknown|)", ready: bool, restarts in 0_u32..9,
                                  reason in "(CrashLoopBackOff|ErrImagePull|ContainerCreating|)") {
        let container = json!({ "ready": ready, "restartCount": restarts, "state": { "waiting": { "reason": reason } } });
        let pod = with(pod_with_container(container), json!({ "status": { "phase": phase } }));
        let mut state = cluster(&[("nodes", vec![node()]), ("pods", vec![pod])]);
        let _ = ClusterHealth::default().scan(&state);
        state.pods = Observed::default();
        let report = ClusterHealth::default().scan(&state);
        for result in report.checks.iter().filter(|result| result.check.starts_with("pods-")) {
            prop_assert_eq!(result.status, CheckStatus::Unknown);
        }
    }
}
