use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::cluster::ClusterState;
use lamplighter_core::words::{CheckResult, CheckStatus, HealthReport};
use lamplighter_core::{Agent, Context, Result};

use crate::{Check, ClusterView, HealthSettings, Observation, Outcome, Unreadable, checks};

/// The agent: runs every check over one state.
///
/// It is a function of its input: it reads no clock and no port, spends nothing, and the same state gives
/// the same report. It never fails; what it could not look at is `UNKNOWN` in the report.
pub struct ClusterHealth {
    settings: HealthSettings,
    checks: Vec<Box<dyn Check>>,
}

impl ClusterHealth {
    /// All the checks of this crate, with these settings.
    #[must_use]
    pub fn new(settings: HealthSettings) -> Self {
        Self { settings, checks: checks::all() }
    }

    /// The same with one more check, run last.
    #[must_use]
    pub fn with_check(mut self, check: impl Check + 'static) -> Self {
        self.checks.push(Box::new(check));
        self
    }

    /// The scan itself, for those who need no agent.
    #[must_use]
    pub fn scan(&self, state: &ClusterState) -> HealthReport {
        let view = ClusterView::new(state, &self.settings);
        let checks = self.checks.iter().map(|check| self.result(check.name(), check.run(&view)));
        HealthReport { taken_at: state.taken_at, cluster: state.source.as_str().to_owned(), checks: checks.collect() }
    }

    fn result(&self, check: &str, outcome: Result<Outcome, Unreadable>) -> CheckResult {
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(Unreadable(reason)) => {
                return CheckResult {
                    check: check.to_owned(),
                    status: CheckStatus::Unknown,
                    summary: format!("could not look: {reason}"),
                    findings: Vec::new(),
                    severity: None,
                };
            }
        };
        let is_known = |observation: &Observation| {
            self.settings.known_issues.iter().any(|known| known.covers(&observation.finding.object))
        };
        let (known, mut counted): (Vec<_>, Vec<_>) = outcome.observations.into_iter().partition(is_known);
        counted.sort_by(|a, b| {
            b.status.cmp(&a.status).then(b.severity.cmp(&a.severity)).then(a.finding.object.cmp(&b.finding.object))
        });
        CheckResult {
            check: check.to_owned(),
            status: counted.iter().map(|observation| observation.status).max().unwrap_or(CheckStatus::Pass),
            summary: summary(outcome.what, outcome.looked_at, &counted, known.len()),
            severity: counted.iter().map(|observation| observation.severity).max(),
            findings: counted.into_iter().map(|observation| observation.finding).collect(),
        }
    }
}

impl Default for ClusterHealth {
    fn default() -> Self {
        Self::new(HealthSettings::default())
    }
}

#[async_trait]
impl Agent for ClusterHealth {
    type Input = Arc<ClusterState>;
    type Output = HealthReport;

    fn name(&self) -> &'static str {
        "cluster-health"
    }

    async fn run(&self, _cx: &Context, state: Arc<ClusterState>) -> Result<HealthReport> {
        Ok(self.scan(&state))
    }
}

fn summary(what: &str, looked_at: usize, counted: &[Observation], known: usize) -> String {
    let number = |status| counted.iter().filter(|observation| observation.status == status).count();
    let what = if looked_at == 1 { what.trim_end_matches('s') } else { what };
    let mut parts = Vec::new();
    match counted {
        [] => parts.push(format!("{looked_at} {what}, nothing wrong")),
        [only] => parts.push(format!("{looked_at} {what}: {}", only.finding.summary)),
        [first, ..] => {
            let numbers = [(number(CheckStatus::Fail), "failing"), (number(CheckStatus::Warn), "to look at")];
            let numbers: Vec<_> =
                numbers.into_iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
            parts.push(format!("{looked_at} {what}: {}; the worst: {}", numbers.join(", "), first.finding.summary));
        }
    }
    if known > 0 {
        parts.push(format!("known and not counted: {known}"));
    }
    parts.join("; ")
}
