use std::sync::Arc;

use jiff::Timestamp;
use lamplighter_cluster_health::Repairer;
use lamplighter_commander::{Commander, Comment, Effect};
use lamplighter_core::diagnosis::{Diagnosis, DiagnosisRequest, Scene};
use lamplighter_core::ports::{
    AuditEntry, AuditLog, AuditQuery, ClusterReader, Inbox, IssueReader, JobId, Journal, Scope,
};
use lamplighter_core::runs::{answer_of, newest_answer, next_answer};
use lamplighter_core::words::{History, HistoryQuestion, IssueNumber, Login, Report, Triage, labels};
use lamplighter_core::{Agent, BoxAgent, Budget, CancellationToken, Clock, Context, Error, Result, RunKey, Usd};
use lamplighter_health_filer::HealthFiler;
use lamplighter_issue_responder::{IssueResponder, Outcome};
use lamplighter_todo_resolver::TodoResolver;

use crate::status::StatusLook;
use crate::{Builder, Diagnostics, DispatchSettings, Dispatcher, Options};

/// Lamplighter, put together: give it an issue.
pub struct Lamplighter {
    pub(crate) responder: IssueResponder,
    pub(crate) commander: Commander,
    pub(crate) inbox: Option<Arc<dyn Inbox>>,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) historian: Option<BoxAgent<HistoryQuestion, History>>,
    pub(crate) resolver: Option<TodoResolver>,
    pub(crate) repairer: Repairer,
    pub(crate) filer: HealthFiler,
    pub(crate) status: Option<StatusLook>,
    pub(crate) tracker: Arc<dyn IssueReader>,
    pub(crate) cluster: Arc<dyn ClusterReader>,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) audit: Arc<dyn AuditLog>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) cancellation: CancellationToken,
    pub(crate) options: Options,
}

impl Lamplighter {
    /// Puts one together.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Answers an issue.
    ///
    /// # Idempotency
    /// By the issue's number and the journal: an issue is answered once. Called again, a run that was
    /// interrupted goes on where it was, and one that was finished gives the same outcome.
    ///
    /// # Errors
    /// [`Conflict`](lamplighter_core::ErrorKind::Conflict) when another process answers this issue now;
    /// otherwise as [`IssueResponder`].
    pub async fn respond(&self, issue: IssueNumber) -> Result<Outcome> {
        let run = self.newest_run(issue).await?;
        self.answer_in(run, issue, None, None).await
    }

    /// Answers an issue anew, as if it had just been filed: for one that was reopened, whose text or author has
    /// been vouched for meanwhile, or that a dry run answered. An answer that is not finished is finished instead.
    ///
    /// # Errors
    /// As [`Lamplighter::respond`].
    pub async fn respond_again(&self, issue: IssueNumber) -> Result<Outcome> {
        let run = next_answer(&*self.journal, issue).await?;
        self.answer_in(run, issue, None, None).await
    }

    /// The run to go on with, finished or not; the first one where there is none.
    pub(crate) async fn newest_run(&self, issue: IssueNumber) -> Result<RunKey> {
        Ok(newest_answer(&*self.journal, issue).await?.unwrap_or_else(|| RunKey::of_issue(issue, 1)))
    }

    /// The run by which a job answers an issue anew.
    pub(crate) async fn run_of(&self, job: &JobId, issue: IssueNumber) -> Result<RunKey> {
        answer_of(&self.context(RunKey::new(format!("job/{job}"))), issue).await
    }

    /// Answers an issue in this run, with no more money than this, and until this time (UTC).
    pub(crate) async fn answer_in(
        &self,
        run: RunKey,
        issue: IssueNumber,
        budget: Option<Usd>,
        until: Option<Timestamp>,
    ) -> Result<Outcome> {
        let _lease = self.journal.lease(&run).await?;
        let mut cx = self.context(run);
        if let Some(budget) = budget {
            cx = cx.with_budget(Budget::new(budget.min(self.options.budget_per_issue)));
        }
        if let Some(until) = until {
            cx = cx.with_deadline(until);
        }
        cx.count_past_spends().await?;
        self.responder.run(&cx, issue).await
    }

    /// Carries out what a comment says, if somebody wrote it who may. `id` is the comment's on the tracker.
    ///
    /// # Idempotency
    /// By the id.
    ///
    /// # Errors
    /// As [`Commander`].
    pub async fn command(&self, id: &str, comment: Comment) -> Result<Effect> {
        let run = RunKey::new(format!("command/{id}"));
        let _lease = self.journal.lease(&run).await?;
        self.commander.run(&self.context(run), comment).await
    }

    /// What takes messages in and does what they ask for.
    ///
    /// # Errors
    /// [`InvalidInput`](lamplighter_core::ErrorKind::InvalidInput) without an inbox.
    pub fn dispatcher(self, settings: DispatchSettings) -> Result<Dispatcher> {
        let inbox = self.inbox.clone();
        let inbox = inbox.ok_or_else(|| Error::invalid("a dispatcher needs an inbox: call Builder::inbox"))?;
        Ok(Dispatcher::new(self, inbox, settings))
    }

    /// Who we are on the tracker.
    ///
    /// # Errors
    /// When the tracker cannot say.
    pub async fn ourselves(&self) -> Result<Login> {
        self.tracker.ourselves().await
    }

    /// Whether the tracker lets us read its issues; who we are there.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn reach_tracker(&self) -> Result<Login> {
        let ourselves = self.tracker.ourselves().await?;
        self.tracker.open_issues(&[labels::STOP.to_owned()].into()).await.map_err(|error| {
            error.context(
                "the issues of the tracker cannot be read; check which repository is named, and what the token may see",
            )
        })?;
        Ok(ourselves)
    }

    /// Whether the cluster answers.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn reach_cluster(&self) -> Result<()> {
        self.cluster.pod("default", "lamplighter-looks-for-nothing").await.map(drop)
    }

    /// Triages what can be seen now, with a report or without; changes nothing.
    ///
    /// # Errors
    /// When the cluster cannot be read at all.
    pub async fn triage(&self, report: Option<Report>, scope: &Scope) -> Result<Triage> {
        let cx = self.context(RunKey::new("triage"));
        let scene = self.scene(scope).await?;
        self.diagnostics.triage(&cx, report, scene).await
    }

    /// Says what is down, how bad, why, and on what evidence; changes nothing.
    ///
    /// # Errors
    /// When the cluster cannot be read at all.
    pub async fn diagnose(&self, request: DiagnosisRequest) -> Result<Diagnosis> {
        self.diagnostics.diagnose(&self.context(RunKey::new("diagnose")), request).await
    }

    /// What only looks, for those who want its parts.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// Everything that can be seen now, but for logs.
    pub(crate) async fn scene(&self, scope: &Scope) -> Result<Arc<Scene>> {
        let request = DiagnosisRequest { namespaces: scope.namespaces.clone(), ..DiagnosisRequest::default() };
        self.diagnostics.glance(&self.context(RunKey::new("survey")), request).await
    }

    /// What was decided and done for an issue, oldest first.
    ///
    /// # Errors
    /// When the audit log cannot be read, or is not what was written.
    pub async fn audit(&self, issue: IssueNumber) -> Result<Vec<AuditEntry>> {
        let of_issue = format!("{}/", RunKey::of_issue(issue, 1));
        let mut entries = self.audit.entries(&AuditQuery::default()).await?;
        entries.retain(|entry| format!("{}/", entry.run).starts_with(&of_issue));
        Ok(entries)
    }

    /// The names of the stages that an outage report goes through, in order.
    pub fn stages(&self) -> impl Iterator<Item = &str> {
        self.responder.stages()
    }

    /// The clock that everything here goes by.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub(crate) fn context(&self, run: RunKey) -> Context {
        Context::new(run, Arc::clone(&self.clock), Arc::clone(&self.journal), Arc::clone(&self.audit))
            .with_mode(self.options.mode)
            .with_budget(Budget::new(self.options.budget_per_issue))
            .with_cancellation(self.cancellation.clone())
    }
}
