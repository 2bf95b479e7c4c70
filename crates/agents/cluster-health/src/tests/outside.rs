//! The checks on alerts, monitors and the units of nodes.

use std::collections::BTreeMap;

use lamplighter_core::cluster::Observed;
use lamplighter_core::diagnosis::{Signal, Subject, UnitState};
use lamplighter_core::ports::{Alert, MonitorState};
use lamplighter_core::words::{CheckStatus, Severity};
use lamplighter_testkit::scene::{SceneBuilder, scene_of};

use super::{Seen, cannot_say, evidence, fails, is_absent, passes, warns};
use crate::ClusterHealth;

#[test]
fn what_is_not_installed_does_not_count_and_what_does_not_answer_does() {
    for check in ["alerts-firing", "monitors-down", "node-units"] {
        is_absent(check, &super::cluster::cluster(&[]));
        let refused = || "connection refused".to_owned();
        let scene = scene_of([]).build().with_signals(Observed::Unknown(refused()));
        let scene = scene.with_alerts(Observed::Unknown(refused())).with_monitors(Observed::Unknown(refused()));
        let report = ClusterHealth::default().scan(&scene.with_units(Observed::Unknown(refused())));
        let result = report.checks.into_iter().find(|result| result.check == check).unwrap();
        assert_eq!(result.status, CheckStatus::Unknown);
        assert!(result.counts(), "{result:#?}");
    }
}

#[test]
fn an_alert_is_as_bad_as_it_says() {
    let alert = |severity: &'static str| {
        move || {
            scene_of([]).alert("ShopSlow", &[("severity", severity), ("namespace", "apps"), ("pod", "p")], "it is slow")
        }
    };
    passes("alerts-firing", &|| scene_of([]));
    for severity in ["critical", "page"] {
        let result = fails("alerts-firing", &alert(severity), Severity::Sev2);
        assert!(result.summary.contains("alert apps/ShopSlow fires"), "{result:#?}");
        assert_eq!(evidence(&result), "p: it is slow");
        assert_eq!(result.findings[0].at.to_string(), "2026-03-01T11:55:00Z");
    }
    warns("alerts-firing", &alert("warning"));
    warns("alerts-firing", &|| scene_of([]).alert("Odd", &[], "no severity"));
    for asks_for_nobody in ["none", "info"] {
        passes("alerts-firing", &alert(asks_for_nobody));
    }
}

#[test]
fn alerts_of_one_name_are_one_finding() {
    let scene = || {
        let pods = ["a", "b"];
        pods.iter()
            .fold(scene_of([]), |scene, pod| scene.alert("Slow", &[("severity", "critical"), ("pod", pod)], "slow"))
    };
    let result = fails("alerts-firing", &scene, Severity::Sev2);
    assert_eq!(result.findings.len(), 1);
    assert!(result.summary.contains("fires 2 times"), "{result:#?}");
}

fn monitor(state: MonitorState) -> impl Fn() -> SceneBuilder {
    move || scene_of([]).monitor("wiki", state, "HTTP 502")
}

#[test]
fn a_monitor_that_is_down_fails() {
    let result = fails("monitors-down", &monitor(MonitorState::Down), Severity::Sev2);
    assert_eq!(result.findings[0].evidence, ["HTTP 502"]);
    assert!(!result.summary.contains("2026"), "the time is said once, with the finding: {result:#?}");
    warns("monitors-down", &monitor(MonitorState::Pending));
    passes("monitors-down", &monitor(MonitorState::Up));
    passes("monitors-down", &monitor(MonitorState::Maintenance));
}

#[test]
fn monitors_that_cannot_say_are_no_good_news() {
    cannot_say("monitors-down", &monitor(MonitorState::Unknown));
    let mixed = || monitor(MonitorState::Unknown)().monitor("shop", MonitorState::Up, "HTTP 200");
    warns("monitors-down", &mixed);
    is_absent("monitors-down", &|| scene_of([]));
    let old = || monitor(MonitorState::Up)().change(|state| state.taken_at += jiff::SignedDuration::from_hours(2));
    warns("monitors-down", &old);
}

fn unit(name: &'static str, state: UnitState) -> impl Seen {
    move || scene_of([]).unit("n1", name, state, &["Main process exited"])
}

#[test]
fn a_node_needs_its_kubelet_and_its_runtime() {
    passes("node-units", &unit("kubelet", UnitState::Active));
    for state in [UnitState::Failed, UnitState::Inactive] {
        let result = fails("node-units", &unit("kubelet", state), Severity::Sev2);
        assert!(evidence(&result).contains("Main process exited"), "{result:#?}");
    }
    fails("node-units", &unit("containerd", UnitState::Failed), Severity::Sev2);
    // Another runtime may be in use.
    passes("node-units", &unit("docker", UnitState::Inactive));
    warns("node-units", &unit("chrony", UnitState::Failed));
    is_absent("node-units", &|| scene_of([]));
}

#[test]
fn units_may_be_measured() {
    let state = |state: &'static str| {
        move || {
            let labels = [("name", "kubelet.service"), ("state", state)];
            let scene = scene_of([]).series(Signal::UnitState, Subject::Node("n1".to_owned()), &labels, &[1.0]);
            let other = [("name", "kubelet.service"), ("state", "activating")];
            scene.series(Signal::UnitState, Subject::Node("n1".to_owned()), &other, &[0.0])
        }
    };
    passes("node-units", &state("active"));
    fails("node-units", &state("failed"), Severity::Sev2);
}

#[test]
fn an_alert_without_labels_is_survived() {
    let bare =
        Alert { labels: BTreeMap::default(), annotations: BTreeMap::default(), since: jiff::Timestamp::UNIX_EPOCH };
    let scene = scene_of([]).build().with_alerts(Observed::Seen(vec![bare]));
    let report = ClusterHealth::default().scan(&scene);
    let result = report.checks.iter().find(|result| result.check == "alerts-firing").unwrap();
    assert_eq!(result.status, CheckStatus::Warn);
}
