use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::diagnosis::Scene;
use lamplighter_core::words::{CheckResult, CheckStatus, Finding, HealthReport, KnownFinding, KnownIssue};
use lamplighter_core::{Agent, Context, Result};

use crate::{Check, ClusterView, HealthSettings, Observation, Outcome, Unreadable, checks};

/// The agent: runs every check over one scene.
///
/// It is a function of its input: it reads no clock and no port, spends nothing, and the same scene gives
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

    /// The names of the checks, in the order of the report.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.checks.iter().map(|check| check.name())
    }

    /// The scan itself, for those who need no agent. Of a bare state, `Scene::new(state)` is the scene.
    #[must_use]
    pub fn scan(&self, scene: &Scene) -> HealthReport {
        let view = ClusterView::new(scene, &self.settings);
        let known: Vec<_> = self.settings.known_issues.iter().filter(|known| !known.is_over(view.taken_at())).collect();
        let checks = self.checks.iter().map(|check| result(check.name(), check.run(&view), view, &known));
        HealthReport { taken_at: view.taken_at(), cluster: scene.source().to_string(), checks: checks.collect() }
    }
}

fn result(
    check: &str,
    outcome: Result<Outcome, Unreadable>,
    view: ClusterView<'_>,
    known_issues: &[&KnownIssue],
) -> CheckResult {
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(Unreadable { reason, absent }) => {
            let summary = if absent { reason } else { format!("could not look: {reason}") };
            return CheckResult { absent, ..CheckResult::new(check, CheckStatus::Unknown, summary) };
        }
    };
    let (mut known, mut counted) = (Vec::new(), Vec::new());
    for mut observation in outcome.observations {
        let finding = &mut observation.finding;
        finding.part_of = view.workload_of(&finding.object).map(|workload| workload.object());
        match note_on(finding, known_issues) {
            Some(note) => known.push(KnownFinding { finding: graded(observation), note }),
            None => counted.push(observation),
        }
    }
    counted.sort_by(|a, b| {
        b.status.cmp(&a.status).then(b.severity.cmp(&a.severity)).then(a.finding.object.cmp(&b.finding.object))
    });
    let status = counted.iter().map(|observation| observation.status).max().unwrap_or(CheckStatus::Pass);
    let summary = summary(outcome.what, outcome.looked_at, &counted, known.len());
    CheckResult {
        severity: counted.iter().map(|observation| observation.severity).max(),
        findings: counted.into_iter().map(graded).collect(),
        known,
        workloads: outcome.workloads,
        ..CheckResult::new(check, status, summary)
    }
}

/// What is known of an object is known of its parts.
fn note_on(finding: &Finding, known_issues: &[&KnownIssue]) -> Option<String> {
    let covers = |known: &&&KnownIssue| known.covers(&finding.object) || known.covers(finding.subject());
    known_issues.iter().find(covers).map(|known| known.note.clone())
}

/// The finding with its severity, and with evidence that has no secrets whichever way a check has written it.
fn graded(observation: Observation) -> Finding {
    let Observation { severity, mut finding, .. } = observation;
    finding.severity = Some(severity);
    let evidence = std::mem::take(&mut finding.evidence);
    evidence.into_iter().fold(finding, Finding::with_evidence)
}

impl Default for ClusterHealth {
    fn default() -> Self {
        Self::new(HealthSettings::default())
    }
}

#[async_trait]
impl Agent for ClusterHealth {
    type Input = Arc<Scene>;
    type Output = HealthReport;

    fn name(&self) -> &'static str {
        "cluster-health"
    }

    async fn run(&self, _cx: &Context, scene: Arc<Scene>) -> Result<HealthReport> {
        Ok(self.scan(&scene))
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
