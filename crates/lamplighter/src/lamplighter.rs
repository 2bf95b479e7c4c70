use std::sync::Arc;

use lamplighter_core::cluster::ClusterState;
use lamplighter_core::ports::{AuditEntry, AuditLog, AuditQuery, ClusterReader, Journal, Monitors, Scope};
use lamplighter_core::words::{HealthReport, IssueNumber, Report, Triage, TriageInput};
use lamplighter_core::{Agent, BoxAgent, Budget, CancellationToken, Clock, Context, Result, RunKey};
use lamplighter_issue_responder::{IssueResponder, Outcome};

use crate::{Builder, Options};

/// Lamplighter, put together: give it an issue.
pub struct Lamplighter {
    pub(crate) responder: IssueResponder,
    pub(crate) health: BoxAgent<Arc<ClusterState>, HealthReport>,
    pub(crate) triage: BoxAgent<TriageInput, Triage>,
    pub(crate) cluster: Arc<dyn ClusterReader>,
    pub(crate) monitors: Option<Arc<dyn Monitors>>,
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
        let run = run_key(issue);
        let _lease = self.journal.lease(&run).await?;
        let cx = self.context(run);
        cx.count_past_spends().await?;
        self.responder.run(&cx, issue).await
    }

    /// Scans the cluster; changes nothing.
    ///
    /// # Errors
    /// When the cluster cannot be read at all.
    pub async fn health(&self, scope: &Scope) -> Result<HealthReport> {
        let state = Arc::new(self.cluster.state(scope).await?);
        self.health.run(&self.context(RunKey::new("health")), state).await
    }

    /// Triages what can be seen now, with a report or without; changes nothing.
    ///
    /// # Errors
    /// When the cluster cannot be read at all.
    pub async fn triage(&self, report: Option<Report>, scope: &Scope) -> Result<Triage> {
        let cx = self.context(RunKey::new("triage"));
        let state = Arc::new(self.cluster.state(scope).await?);
        let health = self.health.run(&cx, Arc::clone(&state)).await?;
        let monitors = match &self.monitors {
            Some(monitors) => monitors.statuses().await.ok(),
            None => None,
        };
        self.triage.run(&cx, TriageInput { report, state, health, monitors }).await
    }

    /// What was decided and done for an issue, oldest first.
    ///
    /// # Errors
    /// When the audit log cannot be read, or is not what was written.
    pub async fn audit(&self, issue: IssueNumber) -> Result<Vec<AuditEntry>> {
        self.audit.entries(&AuditQuery { run: Some(run_key(issue)), since: None }).await
    }

    /// The names of the stages that an outage report goes through, in order.
    pub fn stages(&self) -> impl Iterator<Item = &str> {
        self.responder.stages()
    }

    fn context(&self, run: RunKey) -> Context {
        Context::new(run, Arc::clone(&self.clock), Arc::clone(&self.journal), Arc::clone(&self.audit))
            .with_mode(self.options.mode)
            .with_budget(Budget::new(self.options.budget_per_issue))
            .with_cancellation(self.cancellation.clone())
    }
}

fn run_key(issue: IssueNumber) -> RunKey {
    RunKey::new(format!("issue/{}", issue.0))
}
