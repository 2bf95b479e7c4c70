//! The facts of an incident, from what the run has recorded.

use jiff::Timestamp;
use lamplighter_core::diagnosis::{Cause, Culprit, Likelihood, RootCause};
use lamplighter_core::ports::{AuditEvent, AuditQuery};
use lamplighter_core::trust::{AdmittedIssue, Provenance};
use lamplighter_core::words::{
    CheckStatus, Confidence, Detection, Finding, HealthReport, Incident, IncidentEvent, IssueNumber, Noticer, Severity,
    Source, Window, WorkloadRef,
};
use lamplighter_core::{Context, Flow, Result};

use super::places;
use crate::case::{Case, Outcome, Resolution, Survey};
use crate::desk::Desk;
use crate::diagnosis::{Cause as Suspicion, Suspect};
use crate::recovery::Recovery;

/// The stages that leave a case behind, the last one first.
const STAGES: [&str; 3] = ["investigate", "classify", "verify"];

/// How often a recovery is waited for at most; see the remedies.
const ATTEMPTS: u32 = 2;

/// The check of a scan that asks for alerts.
const ALERTS: &str = "alerts-firing";

/// The facts for the post-mortem that ends the run. `None` when nothing was ever confirmed to be broken.
pub(super) async fn gather(
    desk: &Desk,
    cx: &Context,
    issue: &AdmittedIssue,
    severity: Option<Severity>,
    outcome: &Outcome,
) -> Result<Option<Incident>> {
    let Some((case, survey)) = case(cx).await? else { return Ok(None) };
    let mut incident = from_case(desk, cx, &case, &survey).await?;
    incident.title.clone_from(&issue.text.get().title);
    incident.severity = severity.or(incident.severity);
    incident.actions.clone_from(&outcome.actions);
    if outcome.resolution == Resolution::Escalated {
        incident.handed_over = Some(outcome.summary.clone());
    }
    incident.detection.by = match issue.text.provenance() {
        Provenance::Ourselves => Noticer::Scan,
        Provenance::Collaborator(_) | Provenance::Operator => Noticer::Person(issue.author.as_str().to_owned()),
    };
    incident.places = places::of(desk, cx, &incident, &case).await;
    Ok(Some(incident))
}

/// The facts that a run has recorded, for a post-mortem that is asked for by hand.
pub(super) async fn recorded(desk: &Desk, cx: &Context, number: IssueNumber) -> Result<Option<Incident>> {
    if let Some(incident) = cx.scoped("post-mortem").recall::<Option<Incident>>("facts").await?.flatten() {
        return Ok(Some(incident));
    }
    let Some((case, survey)) = case(cx).await? else { return Ok(None) };
    let mut incident = from_case(desk, cx, &case, &survey).await?;
    incident.title = format!("issue {number}");
    incident.detection.by = Noticer::Person(case.author.as_str().to_owned());
    if let Some(outcome) = cx.recall::<Outcome>(lamplighter_core::runs::OUTCOME).await? {
        incident.actions = outcome.actions;
        incident.severity = outcome.severity.or(incident.severity);
        if outcome.resolution == Resolution::Escalated {
            incident.handed_over = Some(outcome.summary);
        }
    }
    Ok(Some(incident))
}

/// The case as the last stage has left it, once it was confirmed.
async fn case(cx: &Context) -> Result<Option<(Case, Survey)>> {
    let path = cx.scoped("incident");
    for stage in STAGES {
        if let Some(Flow::Next(mut case)) = path.recall::<Flow<Case, Outcome>>(stage).await?
            && let Some(survey) = case.survey.take()
        {
            return Ok(Some((case, survey)));
        }
    }
    Ok(None)
}

async fn from_case(desk: &Desk, cx: &Context, case: &Case, survey: &Survey) -> Result<Incident> {
    let causes = if case.causes.is_empty() {
        case.suspects.iter().filter_map(|suspect| as_root_cause(suspect, survey.at)).collect()
    } else {
        case.causes.clone()
    };
    let recovery = recovery(cx).await?;
    let noticed = case.filed_at;
    let began = begin(&causes, survey, noticed);
    let to = recovery.as_ref().and_then(|recovery| recovery.seen.iter().map(|finding| finding.at).max());
    Ok(Incident {
        issue: Some(case.issue),
        report: Some(case.report.clone()),
        written_at: cx.now(),
        window: Some(Window { from: began, to: to.map(|to| to.max(began)) }),
        severity: case.severity(),
        triage: Some(survey.triage.clone()),
        causes,
        findings: findings(case, &survey.health),
        detection: Detection {
            at: noticed,
            monitors: survey.monitors.as_ref().ok().cloned(),
            alerts: alerts(&survey.health),
            ..Detection::default()
        },
        events: events(cx).await?,
        recovery: recovery.map(|recovery| recovery.seen).unwrap_or_default(),
        owner: Some(desk.settings.owner.as_str().to_owned()),
        lost: case.lost.clone(),
        gaps: case.gaps.iter().cloned().chain(case.cut_short.clone()).collect(),
        catalog: desk.settings.catalog.clone(),
        ..Incident::default()
    })
}

/// The first sign of it: what triage says, or the earliest evidence, or the report.
fn begin(causes: &[RootCause], survey: &Survey, noticed: Option<Timestamp>) -> Timestamp {
    let seen = causes.first().into_iter().flat_map(|cause| &cause.evidence).map(|finding| finding.at).min();
    let triaged = survey.triage.window.map(|window| window.from);
    let sign = triaged.or(seen).unwrap_or(survey.at);
    // It cannot have begun after somebody told of it.
    noticed.map_or(sign, |noticed| sign.min(noticed))
}

/// What two sources said when they agreed that it was over.
async fn recovery(cx: &Context) -> Result<Option<Recovery>> {
    let remedy = cx.scoped("incident").scoped("remedy");
    for attempt in (1..=ATTEMPTS).rev() {
        let recovery: Option<Recovery> = remedy.recall(&format!("recovery:{attempt}")).await?;
        if let Some(recovery) = recovery.filter(|recovery| recovery.confirmed) {
            return Ok(Some(recovery));
        }
    }
    Ok(None)
}

fn findings(case: &Case, health: &HealthReport) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for finding in case.suspects.iter().flat_map(|suspect| &suspect.evidence).chain(health.findings()) {
        if !findings.contains(finding) {
            findings.push(finding.clone());
        }
    }
    findings
}

fn alerts(health: &HealthReport) -> Option<Vec<Finding>> {
    let check = health.checks.iter().find(|check| check.check == ALERTS)?;
    (check.status != CheckStatus::Unknown).then(|| check.findings.clone())
}

/// What the audit log says was decided and done.
async fn events(cx: &Context) -> Result<Vec<IncidentEvent>> {
    let of_this_run = AuditQuery { run: Some(cx.run().clone()), since: None };
    let entries = cx.audit().entries(&of_this_run).await?;
    let told = entries.into_iter().filter_map(|entry| {
        let what = match entry.event {
            AuditEvent::Attempted { action, object, reason, .. } => format!("began {action} on {object}: {reason}"),
            AuditEvent::Executed { outcome, .. } => outcome,
            AuditEvent::Failed { error, .. } => format!("that failed: {error}"),
            AuditEvent::Decided { decision, .. } if decision.starts_with("routed") => return None,
            // Its reasons are those of triage, which the report has.
            AuditEvent::Decided { decision, .. } if decision.starts_with("classified") => decision,
            AuditEvent::Decided { decision, reason } => format!("{decision}: {reason}"),
            _ => return None,
        };
        Some(IncidentEvent { at: entry.at, what, source: Source::new("audit log") })
    });
    Ok(told.collect())
}

/// What the states of pods say, where no specialist has named a cause.
fn as_root_cause(suspect: &Suspect, seen_at: Timestamp) -> Option<RootCause> {
    let cause = match suspect.cause {
        Suspicion::OutOfMemory { .. } => Cause::OomKilled,
        Suspicion::ScaledToZero => Cause::DeploymentZeroReplicas,
        Suspicion::CrashLoop => Cause::ApplicationCrash,
        Suspicion::ImagePull => Cause::IncorrectImageReference,
        Suspicion::NotScheduled | Suspicion::NotReady | Suspicion::Unknown => return None,
    };
    let likely = match suspect.confidence {
        Confidence::High => Likelihood::SHOWN,
        Confidence::Medium => Likelihood::LIKELY,
        Confidence::Low => Likelihood::POSSIBLE,
    };
    let WorkloadRef { namespace, name, .. } = &suspect.workload;
    let stated = suspect.cause.sentence(&suspect.workload);
    let finding = Finding::new(stated, suspect.workload.object(), Source::new("states of pods"), seen_at);
    let named = RootCause::new(cause, Culprit::app(namespace, name), likely, finding);
    Some(suspect.evidence.iter().cloned().fold(named, RootCause::and))
}
