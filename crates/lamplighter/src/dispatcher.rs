use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use lamplighter_commander::{Comment, Effect};
use lamplighter_core::ports::{Inbox, Job, JobId, JobLimits, JobState, Message, Receipt, RunLease, Work, WorkKind};
use lamplighter_core::words::IssueNumber;
use lamplighter_core::{CancellationToken, Clock, Error, ErrorKind, Result, RunKey};
use lamplighter_todo_resolver::TodoRequest;
use serde_json::json;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::Lamplighter;
use crate::failures::{FIRST_WAIT, Failures, LONGEST_WAIT};

/// How often a full stop for news is taken though nobody has nudged.
const IDLE: Duration = Duration::from_mins(1);

/// Told of every job that has come to a halt: how far it is, and how long it was worked on.
pub type JobWatcher = Arc<dyn Fn(&Job, &JobState, Duration) + Send + Sync>;

/// How jobs are done.
#[derive(Debug, Clone, Copy)]
pub struct DispatchSettings {
    /// How many answers at once, and how many commands beside them. Of the jobs that are about no issue one is done at a time.
    pub concurrency: usize,
    /// How long a job is tried again for the outside's sake, from its first failure on, before it has failed.
    pub retry_for: Duration,
}

impl Default for DispatchSettings {
    /// Four at once, tried again for a day.
    fn default() -> Self {
        Self { concurrency: 4, retry_for: Duration::from_hours(24) }
    }
}

/// Takes messages in and does the jobs that they ask for: first in, first out, one answer to an issue at a time, so many at
/// once as is set. Commands are carried out beside the answers, so that what somebody wants to stop or to know of does not
/// have to be over first.
///
/// What it is in the middle of when it is stopped or killed goes on where it was when it is started again.
pub struct Dispatcher {
    lamplighter: Lamplighter,
    inbox: Arc<dyn Inbox>,
    settings: DispatchSettings,
    failures: Failures,
    nudge: Notify,
    watcher: Option<JobWatcher>,
}

/// The jobs of a kind that are being done.
type Lane = (WorkKind, JoinSet<()>);

/// The right to do the jobs of an inbox.
#[must_use = "the right is given back when this is dropped"]
pub struct DispatchLease(#[expect(dead_code, reason = "held for its Drop")] RunLease);

impl Dispatcher {
    pub(crate) fn new(lamplighter: Lamplighter, inbox: Arc<dyn Inbox>, settings: DispatchSettings) -> Self {
        Self { lamplighter, inbox, settings, failures: Failures::default(), nudge: Notify::new(), watcher: None }
    }

    /// Told of every job that comes to a halt.
    #[must_use]
    pub fn on_job(mut self, watcher: JobWatcher) -> Self {
        self.watcher = Some(watcher);
        self
    }

    /// What does the work.
    #[must_use]
    pub fn lamplighter(&self) -> &Lamplighter {
        &self.lamplighter
    }

    /// Where messages and jobs are kept.
    #[must_use]
    pub fn inbox(&self) -> &Arc<dyn Inbox> {
        &self.inbox
    }

    /// The time now (UTC).
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock().now()
    }

    /// Takes a message in, durably, and has its job done.
    ///
    /// # Errors
    /// Those of the [`Inbox`].
    pub async fn submit(&self, message: Message) -> Result<Receipt> {
        let receipt = self.inbox.accept(message).await?;
        self.nudge.notify_one();
        Ok(receipt)
    }

    /// Takes the right to do the jobs; what ran when the last process ended is queued again.
    ///
    /// # Errors
    /// [`Conflict`](ErrorKind::Conflict) while another process has it, and those of the inbox.
    pub async fn begin(&self) -> Result<DispatchLease> {
        let lease = self.lamplighter.journal.lease(&RunKey::new("inbox")).await.map_err(|error| {
            error.context("another Lamplighter does the jobs of this data folder; stop it, or name another folder")
        })?;
        let recovered = self.inbox.recover().await?;
        tracing::info!(recovered, "jobs that were broken off are queued again");
        Ok(DispatchLease(lease))
    }

    /// Does one job here and now, and what it leads to, whoever does the others. One that is over stays as it is.
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound) when there is no such job, and those of the inbox.
    pub async fn perform(&self, id: &JobId) -> Result<JobState> {
        let job = self.inbox.job(id).await?;
        let job = job.ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no job {id}")))?;
        if job.state.is_over() {
            return Ok(job.state);
        }
        let state = self.attempt(&job).await;
        self.inbox.settle(id, state.clone()).await?;
        let JobState::Completed { outcome } = &state else { return Ok(state) };
        let (Work::Command { issue, comment, .. }, Some(name)) = (&job.work, follow_up(outcome)) else {
            return Ok(state);
        };
        Box::pin(self.perform(&follow_up_id(*issue, name, comment))).await
    }

    /// Does jobs until it is stopped; then those that are being done end before their next step and are queued again.
    ///
    /// # Errors
    /// Those of the inbox, when it cannot be read for longer than a job is tried.
    pub async fn run(self: &Arc<Self>, lease: &DispatchLease, stop: &CancellationToken) -> Result<()> {
        self.work(lease, stop, false).await
    }

    /// Does jobs until none is due.
    ///
    /// # Errors
    /// As [`Dispatcher::run`].
    pub async fn run_until_idle(self: &Arc<Self>, lease: &DispatchLease, stop: &CancellationToken) -> Result<()> {
        self.work(lease, stop, true).await
    }

    async fn work(self: &Arc<Self>, _lease: &DispatchLease, stop: &CancellationToken, until_idle: bool) -> Result<()> {
        let mut lanes = WorkKind::ALL.map(|kind| (kind, JoinSet::new()));
        let mut failing_since: Option<Timestamp> = None;
        loop {
            if stop.is_cancelled() {
                self.lamplighter.cancellation.cancel();
                for (_, lane) in &mut lanes {
                    while lane.join_next().await.is_some() {}
                }
                return Ok(());
            }
            match self.take_up_all(&mut lanes).await {
                Ok(()) if until_idle && lanes.iter().all(|(_, lane)| lane.is_empty()) => return Ok(()),
                Ok(()) => failing_since = None,
                Err(error) => {
                    let now = self.clock().now();
                    let since = *failing_since.get_or_insert(now);
                    if now.duration_since(since).unsigned_abs() > self.settings.retry_for {
                        return Err(error);
                    }
                    tracing::error!(error = error.chain(), "the inbox cannot be read; trying again");
                }
            }
            // While all places are taken, no news makes a difference, however many there are.
            let has_place = lanes.iter().any(|(_, lane)| lane.len() < self.settings.concurrency);
            let news = async {
                if !has_place {
                    return std::future::pending().await;
                }
                let nap = self.nap(failing_since.is_some()).await;
                tokio::select! {
                    () = self.nudge.notified() => {}
                    () = self.clock().sleep(nap) => {}
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = one_has_ended(&mut lanes) => {}
                () = news => {}
            }
        }
    }

    async fn take_up_all(self: &Arc<Self>, lanes: &mut [Lane]) -> Result<()> {
        for (kind, running) in lanes {
            self.take_up(*kind, running).await?;
        }
        Ok(())
    }

    /// Begins jobs of a kind until none is due or there are as many as may be.
    async fn take_up(self: &Arc<Self>, kind: WorkKind, running: &mut JoinSet<()>) -> Result<()> {
        while running.len() < self.settings.concurrency {
            let Some(job) = self.inbox.take(kind).await? else { break };
            let this = Arc::clone(self);
            running.spawn(async move { this.do_job(job).await });
        }
        Ok(())
    }

    /// How long nothing is due.
    async fn nap(&self, is_failing: bool) -> Duration {
        if is_failing {
            return FIRST_WAIT;
        }
        let due = self.inbox.next_due().await.ok().flatten();
        let left = due.map(|due| due.duration_since(self.clock().now()).max(SignedDuration::ZERO).unsigned_abs());
        // What is due and was not taken waits for another one of its issue, whose end wakes us.
        left.filter(|left| !left.is_zero()).map_or(IDLE, |left| left.min(IDLE))
    }

    async fn do_job(&self, job: Job) {
        let begun = self.clock().now();
        // A defect of one job is not the end of the others.
        let attempt = AssertUnwindSafe(self.attempt(&job)).catch_unwind().await;
        let state = attempt.unwrap_or_else(|_panic| JobState::Failed { reason: "an internal error".to_owned() });
        let mut wait = FIRST_WAIT;
        while let Err(error) = self.inbox.settle(&job.id, state.clone()).await {
            tracing::error!(job = %job.id, error = error.chain(), "what came of a job could not be recorded; trying again");
            // At the end it is left to the next process, which finds it running and begins it again.
            if !error.is_retryable() || self.is_stopping() {
                break;
            }
            self.clock().sleep(wait).await;
            wait = wait.saturating_mul(2).min(LONGEST_WAIT);
        }
        if let Some(watcher) = &self.watcher {
            watcher(&job, &state, self.clock().now().duration_since(begun).unsigned_abs());
        }
    }

    async fn attempt(&self, job: &Job) -> JobState {
        let outcome = match job.work.clone() {
            Work::Answer { issue, again, limits } => self.answer(&job.id, issue, again, limits).await,
            Work::Command { issue, comment, author, at, body } => {
                self.command(&comment, Comment { issue, author, at, body }).await
            }
            Work::Todos { documents } => self.todos(documents).await,
            _ => Err(Error::internal("this version does not know how to do this job")),
        };
        match outcome {
            Ok(state) => {
                self.failures.forget(&job.id);
                state
            }
            Err(error) => self.halt(job, &error),
        }
    }

    async fn answer(&self, job: &JobId, issue: IssueNumber, again: bool, limits: JobLimits) -> Result<JobState> {
        let lamplighter = &self.lamplighter;
        let run = if again { lamplighter.run_of(job, issue).await? } else { lamplighter.newest_run(issue).await? };
        let seconds = limits.seconds.map(Duration::from_secs);
        let until = seconds.and_then(|limit| self.clock().now().checked_add(limit).ok());
        let outcome = lamplighter.answer_in(run, issue, limits.budget, until).await?;
        if until.is_some_and(|until| self.clock().now() >= until) {
            return Ok(JobState::TimedOut { reason: outcome.summary });
        }
        Ok(JobState::Completed { outcome: encode(&outcome)? })
    }

    async fn command(&self, id: &str, comment: Comment) -> Result<JobState> {
        let issue = comment.issue;
        let effect = self.lamplighter.command(id, comment).await?;
        if let Some(name) = name_of(effect) {
            let again = matches!(effect, Effect::Answer { again: true });
            let work = Work::Answer { issue, again, limits: JobLimits::default() };
            let job = (follow_up_id(issue, name, id), work);
            let wake = (effect == Effect::Wake).then_some(issue);
            let id = format!("command/{id}/{name}");
            self.submit(Message { id, at: self.clock().now(), words: None, job: Some(job), wake }).await?;
        }
        Ok(JobState::Completed { outcome: encode(&effect)? })
    }

    /// One document after the other. One that is not there any more, or is none, keeps nothing from the others.
    async fn todos(&self, documents: Vec<String>) -> Result<JobState> {
        let mut ends = Vec::with_capacity(documents.len());
        for document in documents {
            let request = TodoRequest { path: document.clone(), requested_by: None };
            ends.push(match self.lamplighter.resolve_todos(request).await {
                Ok(outcome) => json!({ "document": document, "outcome": outcome }),
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidInput) => {
                    tracing::warn!(
                        document,
                        error = error.chain(),
                        "the action items of a document are left as they are"
                    );
                    json!({ "document": document, "error": error.public_message() })
                }
                Err(error) => return Err(error),
            });
        }
        Ok(JobState::Completed { outcome: ends.into() })
    }

    /// How far a job is that has ended with an error.
    fn halt(&self, job: &Job, error: &Error) -> JobState {
        let now = self.clock().now();
        let state = match error.kind() {
            ErrorKind::Waiting => JobState::Waiting { until: error.waits_until().unwrap_or(now) },
            ErrorKind::Cancelled if self.is_stopping() => JobState::Queued { due: now },
            ErrorKind::Timeout if !error.is_retryable() => {
                JobState::TimedOut { reason: error.public_message().to_owned() }
            }
            // Conflict: somebody answers the issue by hand. Permission: a token that has expired is replaced sooner or later,
            // and nobody tells of the issue again.
            kind if error.is_retryable()
                || matches!(kind, ErrorKind::Conflict | ErrorKind::Cancelled | ErrorKind::Permission) =>
            {
                if let Some(due) = self.failures.note(&job.id, now, self.settings.retry_for) {
                    tracing::warn!(job = %job.id, error = error.chain(), %due, "a job failed; it is tried again");
                    return JobState::Queued { due };
                }
                failed(job, error)
            }
            _ => failed(job, error),
        };
        self.failures.forget(&job.id);
        state
    }

    fn is_stopping(&self) -> bool {
        self.lamplighter.cancellation.is_cancelled()
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        &self.lamplighter.clock
    }
}

/// Returns when a job has ended, and never where none is being done.
async fn one_has_ended(lanes: &mut [Lane]) {
    poll_fn(|cx| {
        let has_one = lanes.iter_mut().any(|(_, lane)| matches!(lane.poll_join_next(cx), Poll::Ready(Some(_))));
        if has_one { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// What the job is called that a command leads to. A run that waits and was begun elsewhere has no job that could be woken,
/// so that a wake leads to one as well.
const fn name_of(effect: Effect) -> Option<&'static str> {
    match effect {
        Effect::Nothing => None,
        Effect::Wake => Some("wake"),
        Effect::Answer { .. } => Some("answer"),
    }
}

fn follow_up(outcome: &serde_json::Value) -> Option<&'static str> {
    serde_json::from_value(outcome.clone()).ok().and_then(name_of)
}

fn follow_up_id(issue: IssueNumber, name: &str, comment: &str) -> JobId {
    JobId::new(format!("answer/{}/{name}/{comment}", issue.0))
}

fn failed(job: &Job, error: &Error) -> JobState {
    tracing::error!(job = %job.id, error = error.chain(), "a job failed");
    JobState::Failed { reason: error.public_message().to_owned() }
}

fn encode(value: &impl serde::Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(value).map_err(|error| Error::internal("an outcome that JSON cannot hold").with_source(error))
}
