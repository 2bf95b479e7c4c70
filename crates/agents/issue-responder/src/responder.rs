use std::sync::Arc;

use lamplighter_core::trust::{Admission, AdmittedIssue, admit};
use lamplighter_core::words::{IssueNumber, IssueState, labels};
use lamplighter_core::{Agent, Classifier, Context, ErrorKind, Pipeline, Result, async_trait};

use crate::case::{Case, Outcome, Resolution};
use crate::comments;
use crate::desk::{Desk, Handover};
use crate::feature;
use crate::intake::{self, Route, Router};
use crate::ports::{Ports, Settings};
use crate::stages::{Classify, Investigate, Remedy, Verify};

/// Reads an issue, routes it, answers it.
///
/// One run answers one issue; the run's key in the [`Context`] names it, and running it again with the same
/// journal goes on where it was or gives the same answer.
///
/// # Errors
/// A system that cannot be reached is an error that says so; run it again later with the same journal. What
/// cannot get better by itself (a missing permission, a budget or a time limit that is used up) is handed
/// over on the issue and is an [`Outcome`].
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

    async fn answer(&self, cx: &Context, number: IssueNumber) -> Result<Outcome> {
        match admit(cx, self.desk.ports.tracker.reader.as_ref(), number).await? {
            Admission::Queued { .. } => self.queue(cx, number).await,
            Admission::Admitted(issue) if issue.state == IssueState::Closed => Ok(already_closed()),
            Admission::Admitted(issue) => self.route(cx, issue).await,
        }
    }

    async fn queue(&self, cx: &Context, number: IssueNumber) -> Result<Outcome> {
        self.desk.say(cx, number, "queued", &comments::queued()).await?;
        self.desk.relabel(cx, number, &[labels::NEEDS_HUMAN], &[]).await?;
        let summary = "the author is not a collaborator; nothing was read".to_owned();
        self.desk.note(cx, "queued", &summary).await?;
        Ok(Outcome { resolution: Resolution::Queued, severity: None, summary, actions: Vec::new() })
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
                    labels: issue.labels,
                    survey: None,
                    suspects: Vec::new(),
                    cut_short: None,
                };
                self.incident.run(&cx.scoped("incident"), case).await
            }
        }
    }

    async fn give_up(&self, cx: &Context, number: IssueNumber, why: &str) -> Result<Outcome> {
        let handover =
            Handover { issue: number, name: "gave-up", severity: None, why, found: Vec::new(), actions: &[] };
        self.desk.escalate(cx, &handover).await
    }
}

#[async_trait]
impl Agent for IssueResponder {
    type Input = IssueNumber;
    type Output = Outcome;

    fn name(&self) -> &'static str {
        "issue-responder"
    }

    async fn run(&self, cx: &Context, number: IssueNumber) -> Result<Outcome> {
        cx.step("outcome", || async {
            match self.answer(cx, number).await {
                Err(error) if needs_a_person(error.kind()) => {
                    tracing::error!(parent: cx.span(), error = error.chain(), "giving up");
                    let why = format!("it could not be answered automatically: {}", error.public_message());
                    self.give_up(cx, number, &why).await
                }
                outcome => outcome,
            }
        })
        .await
    }
}

/// Whether an error will not get better by waiting, on an issue that is there to be commented on.
fn needs_a_person(kind: ErrorKind) -> bool {
    match kind {
        ErrorKind::Permission
        | ErrorKind::BudgetExceeded
        | ErrorKind::Timeout
        | ErrorKind::Refused
        | ErrorKind::InvalidInput
        | ErrorKind::Corrupt
        | ErrorKind::Internal => true,
        // Not found: the issue itself. Conflict: another worker has the run. The others may pass.
        _ => false,
    }
}

fn already_closed() -> Outcome {
    let summary = "the issue was closed already".to_owned();
    Outcome { resolution: Resolution::AlreadyClosed, severity: None, summary, actions: Vec::new() }
}
