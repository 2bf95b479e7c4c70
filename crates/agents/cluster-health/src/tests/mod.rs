//! Behaviour of the checks and of the scan, over small clusters.

mod autoscalers_quotas_namespaces;
mod cluster;
mod cron_jobs;
mod daemon_and_stateful_sets;
mod deployments;
mod jobs_claims_services;
mod measured;
mod nodes;
mod outside;
mod pods;
mod register;
mod repairs;
mod scan;

use std::sync::Arc;

use lamplighter_core::cluster::ClusterState;
use lamplighter_core::diagnosis::Scene;
use lamplighter_core::words::{CheckResult, CheckStatus, HealthReport, Severity};
use lamplighter_testkit::scene::SceneBuilder;

use crate::{ClusterHealth, HealthSettings};

/// What tests look at: a state, or a scene in the making.
trait Seen {
    fn scene(&self) -> Scene;
}

impl Seen for ClusterState {
    fn scene(&self) -> Scene {
        Scene::new(Arc::new(self.clone()))
    }
}

/// A scene is made anew each time, since it cannot be copied.
impl<F: Fn() -> SceneBuilder> Seen for F {
    fn scene(&self) -> Scene {
        self().build()
    }
}

fn scan(state: &ClusterState, settings: HealthSettings) -> HealthReport {
    ClusterHealth::new(settings).scan(&state.scene())
}

/// What one check says about what was seen.
fn result_of(check: &str, seen: &impl Seen) -> CheckResult {
    let report = ClusterHealth::default().scan(&seen.scene());
    report.checks.into_iter().find(|result| result.check == check).unwrap()
}

#[track_caller]
fn check(name: &str, seen: &impl Seen, status: CheckStatus, severity: Option<Severity>) -> CheckResult {
    let result = result_of(name, seen);
    assert_eq!((result.status, result.severity), (status, severity), "{name}: {result:#?}");
    assert_eq!(result.findings.is_empty(), matches!(status, CheckStatus::Pass | CheckStatus::Unknown), "{result:#?}");
    result
}

#[track_caller]
fn passes(name: &str, seen: &impl Seen) {
    check(name, seen, CheckStatus::Pass, None);
}

#[track_caller]
fn warns(name: &str, seen: &impl Seen) -> CheckResult {
    check(name, seen, CheckStatus::Warn, Some(Severity::Sev3))
}

#[track_caller]
fn fails(name: &str, seen: &impl Seen, severity: Severity) -> CheckResult {
    check(name, seen, CheckStatus::Fail, Some(severity))
}

/// Unknown, for a reason that counts.
#[track_caller]
fn cannot_say(name: &str, seen: &impl Seen) -> CheckResult {
    let result = check(name, seen, CheckStatus::Unknown, None);
    assert!(result.counts(), "{result:#?}");
    result
}

/// Unknown, because there is nothing to look at.
#[track_caller]
fn is_absent(name: &str, seen: &impl Seen) -> CheckResult {
    let result = check(name, seen, CheckStatus::Unknown, None);
    assert!(!result.counts(), "{result:#?}");
    result
}

/// The evidence of all findings, as one text.
fn evidence(result: &CheckResult) -> String {
    result.findings.iter().flat_map(|finding| finding.evidence.clone()).collect::<Vec<_>>().join("\n")
}
