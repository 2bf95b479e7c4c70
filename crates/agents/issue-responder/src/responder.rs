use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lamplighter_core::markdown::code;
use lamplighter_core::ports::{AuditEvent, AuditQuery};
use lamplighter_core::runs::OUTCOME;
use lamplighter_core::trust::{Admission, AdmittedIssue, admit};
use lamplighter_core::words::{Incident, IssueNumber, IssueState, labels};
use lamplighter_core::{Agent, Classifier, Context, Error, ErrorKind, Pipeline, Result, async_trait, utc};

use crate::case::{Case, Outcome, Resolution, Survey};
use crate::comments;
use crate::desk::{Desk, Handover};
use crate::feature;
use crate::intake::{self, Route, Router};
use crate::ports::{Ports, Settings};
use crate::post_mortem;
use crate::stages::{Classify, Investigate, Remedy, Verify};

/// Reads an issue, routes it, answers it.
///
/// One run answers one issue; the run's key in the [`Context`] names it, and running it again with the same
/// journal goes on where it was or gives the same answer.
///
/// # Errors
/// When the run is stopped, when the issue does not exist, and when the tracker itself cannot be reached; run it
/// again later with the same journal. Everything else that goes wrong (a cluster that stays away, a missing
/// permission, a budget or a time limit that is used up) is handed over on the issue and is an [`Outcome`].
pub struct IssueResponder {
    desk: Desk,
    router: Router,
    incident: Pipeline<Case, Outcome>,
}

impl IssueResponder {
    /// A responder over these ports.
    #[must_use]
    pub fn new(ports: Ports, settings: Settings) -> Self {
        let desk = Desk { ports: Arc::new(ports), settings: Arc::new(settings) };
        let incident = Pipeline::new("incident")
            .stage(Verify(desk.clone()))
            .stage(Classify(desk.clone()))
            .stage(Investigate(desk.clone()))
            .stage(Remedy(desk.clone()));
        Self { desk, router: Router, incident }
    }

    /// The names of the stages of the incident path, in order.
    pub fn stages(&self) -> impl Iterator<Item = &str> {
        self.incident.stages()
    }

    /// The facts of an incident that the run of this context has answered, as its journal has them; `None` when it has
    /// confirmed none.
    ///
    /// # Errors
    /// Those of the journal and the audit log.
    pub async fn incident(&self, cx: &Context, number: IssueNumber) -> Result<Option<Incident>> {
        post_mortem::facts(&self.desk, cx, number).await
    }

    async fn answer(&self, cx: &Context, issue: AdmittedIssue) -> Result<Outcome> {
        // The time begins when there is an issue to answer, and goes on through restarts.
        let started: Timestamp = cx.step("started", || async { Ok(cx.now()) }).await?;
        // Time that people take to decide is not the run's.
        let limit = self.desk.settings.job_limit.saturating_add(cx.time_waited().await?.unsigned_abs());
        let deadline = started.saturating_add(limit).unwrap_or(Timestamp::MAX);
        self.patiently(&cx.clone().with_deadline(deadline), issue).await
    }

    async fn queue(&self, cx: &Context, number: IssueNumber) -> Result<Outcome> {
        self.desk.say(cx, number, "queued", &comments::queued()).await?;
        self.desk.relabel(cx, number, &[labels::NEEDS_HUMAN], &[]).await?;
        let summary = "the author is not a collaborator; nothing was read".to_owned();
        self.desk.note(cx, "queued", &summary).await?;
        Ok(Outcome { resolution: Resolution::Queued, severity: None, summary, actions: Vec::new(), post_mortem: None })
    }

    async fn route(&self, cx: &Context, issue: AdmittedIssue) -> Result<Outcome> {
        let route = cx.step("route", || self.router.classify(cx, &issue)).await?;
        let label = match route.label {
            Route::Incident => labels::USER_REPORT,
            Route::Feature => labels::FEATURE_REQUEST,
        };
        if !issue.labels.contains(label) && !issue.labels.contains(labels::INCIDENT) {
            self.desk.relabel(cx, issue.number, &[label], &[]).await?;
        }
        self.desk.note(cx, &format!("routed as {label}"), &route.reasons.join("; ")).await?;
        match route.label {
            Route::Feature => {
                let request = intake::feature_request(&issue.text);
                feature::answer(&self.desk, &cx.scoped("feature"), &issue, request).await
            }
            Route::Incident => {
                let case = Case {
                    report: intake::report(&issue.text, &self.desk.settings.catalog),
                    issue: issue.number,
                    author: issue.author,
                    filed_at: issue.created_at,
                    survey: None,
                    suspects: Vec::new(),
                    causes: Vec::new(),
                    lost: Vec::new(),
                    gaps: Vec::new(),
                    cut_short: None,
                };
                self.incident.run(&cx.scoped("incident"), case).await
            }
        }
    }

    /// Routes, and tries again for a while when a system cannot be reached.
    async fn patiently(&self, cx: &Context, issue: AdmittedIssue) -> Result<Outcome> {
        let until = cx.now() + self.desk.settings.patience;
        let mut wait = FIRST_WAIT;
        loop {
            match self.route(cx, issue.clone()).await {
                Err(error) if error.is_retryable() && cx.now() < until => {
                    tracing::warn!(parent: cx.span(), error = error.chain(), ?wait, "trying again");
                    cx.go_on()?;
                    cx.clock().sleep(wait).await;
                    wait = wait.saturating_mul(2);
                }
                outcome => return outcome,
            }
        }
    }

    /// Hands over what cannot be answered, with what was seen and done before.
    async fn give_up(&self, cx: &Context, number: IssueNumber, why: &str) -> Result<Outcome> {
        let seen: Option<Survey> = cx.scoped("incident").scoped("verify").recall("survey").await?;
        let severity = seen.as_ref().and_then(|survey| survey.triage.severity);
        let found = seen.iter().flat_map(|survey| &survey.triage.critical_findings).map(comments::bullet).collect();
        let actions = self.executed(cx).await?;
        let handover = Handover { issue: number, name: "gave-up", severity, why, found, actions: &actions };
        self.desk.escalate(cx, &handover).await
    }

    /// What this run has changed, as the audit log says; what was begun and has no end too.
    async fn executed(&self, cx: &Context) -> Result<Vec<String>> {
        let of_this_run = AuditQuery { run: Some(cx.run().clone()), since: None };
        let entries = cx.audit().entries(&of_this_run).await?;
        Ok(entries
            .iter()
            .filter_map(|entry| match &entry.event {
                AuditEvent::Attempted { action, object, .. } => {
                    Some(format!("began {action} on {} ({})", code(&object.to_string()), utc(entry.at)))
                }
                AuditEvent::Executed { outcome, .. } => Some(format!("{outcome} ({})", utc(entry.at))),
                AuditEvent::Failed { error, .. } => Some(format!("that failed: {error} ({})", utc(entry.at))),
                _ => None,
            })
            .collect())
    }
}

/// The wait before the second try; doubled before each further one.
const FIRST_WAIT: Duration = Duration::from_secs(1);

#[async_trait]
impl Agent for IssueResponder {
    type Input = IssueNumber;
    type Output = Outcome;

    fn name(&self) -> &'static str {
        "issue-responder"
    }

    async fn run(&self, cx: &Context, number: IssueNumber) -> Result<Outcome> {
        cx.step(OUTCOME, || async {
            // A tracker that does not let us read the issue or queue it is the caller's to try again: nobody could be told.
            let issue = match admit(cx, self.desk.ports.tracker.reader.as_ref(), number).await? {
                Admission::Queued { .. } => return self.queue(cx, number).await,
                Admission::Admitted(issue) if issue.state == IssueState::Closed => return Ok(already_closed()),
                Admission::Admitted(issue) => issue,
            };
            let outcome = match self.answer(cx, issue.clone()).await {
                Err(error) if needs_a_person(&error) => {
                    tracing::error!(parent: cx.span(), error = error.chain(), "giving up");
                    let why = format!("it could not be answered automatically: {}", error.public_message());
                    self.give_up(&cx.without_deadline(), number, &why).await
                }
                outcome => outcome,
            }?;
            post_mortem::conclude(&self.desk, cx, &issue, outcome).await
        })
        .await
    }
}

/// Whether a person is needed: for whatever the waiting did not cure, on an issue that is there to be commented on.
fn needs_a_person(error: &Error) -> bool {
    // Not found: the issue itself. Conflict: another worker has the run. Cancelled and waiting: it goes on later.
    !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Conflict | ErrorKind::Cancelled | ErrorKind::Waiting)
}

fn already_closed() -> Outcome {
    let summary = "the issue was closed already".to_owned();
    Outcome { resolution: Resolution::AlreadyClosed, severity: None, summary, actions: Vec::new(), post_mortem: None }
}
