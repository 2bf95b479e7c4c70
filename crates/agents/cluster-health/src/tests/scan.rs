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
use super::{Seen, scan};
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
    let report = ClusterHealth::default().run(&context("scan"), Arc::new(healthy().scene())).await.unwrap();
    assert_eq!(report.status(), CheckStatus::Pass, "{report:#?}");
    assert_eq!(report.taken_at.to_string(), NOW);
    assert_eq!(report.cluster, "test cluster");
}

#[test]
fn a_report_reads_well_and_back() {
    let report = scan(&broken(), HealthSettings::default());
    insta::assert_json_snapshot!(report);
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<HealthReport>(&json).unwrap(), report);
}

#[test]
fn what_was_not_read_is_unknown_with_the_reason_and_never_passed() {
    let unread = ClusterState::unread(NOW.parse().unwrap(), Source::new("test cluster"));
    for result in scan(&unread, HealthSettings::default()).checks {
        assert_eq!(result.status, CheckStatus::Unknown, "{result:#?}");
        assert!(result.absent || result.summary.contains("was not read"), "{result:#?}");
    }
}

#[test]
fn each_kind_that_is_hidden_makes_its_checks_unknown() {
    let hidden = |hide: fn(&mut ClusterState)| {
        let mut state = healthy();
        hide(&mut state);
        let report = scan(&state, HealthSettings::default());
        let unknown =
            report.checks.into_iter().filter(|result| result.status == CheckStatus::Unknown && result.counts());
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
    assert_eq!(hidden(|state| state.autoscalers = Observed::default()), ["autoscalers"]);
    assert_eq!(hidden(|state| state.cron_jobs = Observed::default()), ["cron-jobs"]);
    assert_eq!(hidden(|state| state.quotas = Observed::default()), ["quotas"]);
    assert_eq!(hidden(|state| state.namespaces = Observed::default()), ["namespaces-terminating"]);
    assert_eq!(hidden(|state| state.ingresses = Observed::default()), ["ingresses-without-address"]);
    assert!(hidden(|state| state.replica_sets = Observed::default()).is_empty());
}

#[test]
fn a_recording_may_leave_out_what_a_cluster_can_do_without() {
    let absent = || "was not recorded".to_owned();
    let mut state = healthy();
    state.autoscalers = Observed::Absent(absent());
    state.cron_jobs = Observed::Absent(absent());
    state.quotas = Observed::Absent(absent());
    state.ingresses = Observed::Absent(absent());
    state.namespaces = Observed::Absent(absent());
    assert_eq!(scan(&state, HealthSettings::default()).status(), CheckStatus::Pass);
    state.pods = Observed::Absent(absent());
    assert_eq!(scan(&state, HealthSettings::default()).status(), CheckStatus::Unknown);
}

#[test]
fn a_cluster_without_any_node_is_not_a_healthy_one() {
    let report = scan(&cluster(&[]), HealthSettings::default());
    assert_eq!(report.status(), CheckStatus::Unknown);
}

#[test]
fn ignored_namespaces_and_known_issues_do_not_count() {
    let statuses = |settings: HealthSettings| {
        let report = scan(&broken(), settings);
        let failing = report.checks.into_iter().filter(|result| result.status == CheckStatus::Fail);
        failing.map(|result| result.check).collect::<Vec<_>>()
    };
    let all = ["pods-crash-looping", "pods-oom-killed", "deployments", "services-without-endpoints"];
    assert_eq!(statuses(HealthSettings::default()), all);
    let ignored = HealthSettings { ignored_namespaces: vec!["apps".to_owned()], ..Default::default() };
    assert!(statuses(ignored).is_empty());
    let known = HealthSettings { known_issues: vec![KnownIssue::new("wiki-5d4-*", "leaks")], ..Default::default() };
    assert_eq!(statuses(known.clone()), ["deployments", "services-without-endpoints"]);
    let report = scan(&broken(), known);
    let looping = report.checks.iter().find(|result| result.check == "pods-crash-looping").unwrap();
    assert_eq!(looping.summary, "1 pod, nothing wrong; known and not counted: 1");
    assert_eq!(looping.known.len(), 1);
    assert_eq!(looping.known[0].note, "leaks");
}

#[test]
fn the_trouble_of_a_pod_is_that_of_its_workload() {
    let report = scan(&broken(), HealthSettings::default());
    let subject = |name: &str| {
        let found = report.checks.iter().find(|result| result.check == name).unwrap();
        found.findings[0].subject().to_string()
    };
    for check in ["pods-crash-looping", "services-without-endpoints", "deployments"] {
        assert_eq!(subject(check), "deployment apps/wiki", "{check}");
    }
    let known = KnownIssue { kind: Some("deployment".to_owned()), ..KnownIssue::new("wiki", "is being moved") };
    let report = scan(&broken(), HealthSettings { known_issues: vec![known], ..Default::default() });
    assert!(report.checks.iter().all(|result| result.status != CheckStatus::Fail), "{report:#?}");
}

#[test]
fn a_known_issue_counts_again_after_its_last_day() {
    let until = |day: &str| {
        let known = KnownIssue { until: Some(day.parse().unwrap()), ..KnownIssue::new("wiki-5d4-*", "leaks") };
        let report = scan(&broken(), HealthSettings { known_issues: vec![known], ..Default::default() });
        let status = |name: &str| report.checks.iter().find(|result| result.check == name).unwrap().status;
        (status("pods-crash-looping"), status("known-issues"))
    };
    assert_eq!(until("2026-03-01"), (CheckStatus::Pass, CheckStatus::Pass));
    assert_eq!(until("2026-02-28"), (CheckStatus::Fail, CheckStatus::Warn));
}

#[test]
fn a_known_issue_that_cannot_be_read_is_a_warning() {
    let settings =
        HealthSettings { known_issue_problems: vec!["known-issues.md:7: no name".to_owned()], ..Default::default() };
    let report = scan(&healthy(), settings);
    let known = report.checks.iter().find(|result| result.check == "known-issues").unwrap();
    assert_eq!(known.status, CheckStatus::Warn);
    assert_eq!(known.findings[0].summary, "known-issues.md:7: no name");
    let without = scan(&healthy(), HealthSettings::default());
    assert!(without.checks.iter().any(|result| result.check == "known-issues" && result.absent));
}

#[test]
fn secrets_that_programs_print_are_not_evidence() {
    let message = format!("{} login failed, password=hunter2", "x ".repeat(130));
    let crashed = json!({ "restartCount": 3, "state": { "waiting": { "reason": "CrashLoopBackOff" } },
        "lastState": { "terminated": { "exitCode": 1, "finishedAt": MINUTES_AGO, "message": message } } });
    let report = scan(&cluster(&[("pods", vec![pod_with_container(crashed)])]), HealthSettings::default());
    let said = serde_json::to_string(&report).unwrap();
    assert!(said.contains("login failed") && !said.contains("hunter2"), "{said}");
}

#[test]
fn each_finding_has_its_own_severity() {
    let big = with(deployment(4, 3), json!({ "metadata": { "name": "shop" } }));
    let report = scan(&cluster(&[("deployments", vec![deployment(1, 0), big])]), HealthSettings::default());
    let found = report.checks.iter().find(|result| result.check == "deployments").unwrap();
    let severities: Vec<_> = found.findings.iter().map(|finding| finding.severity.unwrap().label()).collect();
    assert_eq!(severities, ["sev2", "sev3"]);
}

#[test]
fn hostile_text_is_one_short_line() {
    let text = format!("evil\r\n\u{1b}[31m  {}ünï\u{202e}", "x".repeat(10_000));
    let mut pod: Value =
        pod_with_container(json!({ "state": { "waiting": { "reason": "ErrImagePull", "message": text } } }));
    pod["status"]["phase"] = json!("Pending");
    let report = scan(&cluster(&[("pods", vec![pod])]), HealthSettings::default());
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
    let report = scan(&state, HealthSettings::default());
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
        let _ = scan(&state, HealthSettings::default());
        state.pods = Observed::default();
        let report = scan(&state, HealthSettings::default());
        for result in report.checks.iter().filter(|result| result.check.starts_with("pods-")) {
            prop_assert_eq!(result.status, CheckStatus::Unknown);
        }
    }
}
