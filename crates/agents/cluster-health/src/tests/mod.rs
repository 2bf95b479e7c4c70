//! Behaviour of the checks and of the scan, over small clusters.

mod cluster;
mod daemon_and_stateful_sets;
mod deployments;
mod jobs_claims_services;
mod nodes;
mod pods;
mod scan;

use lamplighter_core::cluster::ClusterState;
use lamplighter_core::words::{CheckResult, CheckStatus, Severity};

use crate::ClusterHealth;

/// What one check says about a cluster.
fn result_of(check: &str, state: &ClusterState) -> CheckResult {
    let report = ClusterHealth::default().scan(state);
    report.checks.into_iter().find(|result| result.check == check).unwrap()
}

#[track_caller]
fn check(name: &str, state: &ClusterState, status: CheckStatus, severity: Option<Severity>) -> CheckResult {
    let result = result_of(name, state);
    assert_eq!((result.status, result.severity), (status, severity), "{name}: {result:#?}");
    assert_eq!(result.findings.is_empty(), matches!(status, CheckStatus::Pass | CheckStatus::Unknown), "{result:#?}");
    result
}

#[track_caller]
fn passes(name: &str, state: &ClusterState) {
    check(name, state, CheckStatus::Pass, None);
}

#[track_caller]
fn warns(name: &str, state: &ClusterState) -> CheckResult {
    check(name, state, CheckStatus::Warn, Some(Severity::Sev3))
}

#[track_caller]
fn fails(name: &str, state: &ClusterState, severity: Severity) -> CheckResult {
    check(name, state, CheckStatus::Fail, Some(severity))
}

/// The evidence of all findings, as one text.
fn evidence(result: &CheckResult) -> String {
    result.findings.iter().flat_map(|finding| finding.evidence.clone()).collect::<Vec<_>>().join("\n")
}
