//! What a run knows of itself: its key, its mode, its time, its money, its journal.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use tracing::Span;

use crate::ports::{AuditLog, Journal, StepRecord};
use crate::words::IssueNumber;
use crate::{Budget, Clock, Error, ErrorKind, Result, Usd};

/// What the record of a begun spend has after the name of its step.
const ATTEMPT: &str = "#attempt-";

/// The name of a run. One issue has one run, so one key: `issue/42`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunKey(Arc<str>);

impl RunKey {
    /// A key from its text.
    pub fn new(key: impl Into<Arc<str>>) -> Self {
        Self(key.into())
    }

    /// The key of an answer to an issue. The first is the first generation; each time that it is answered anew there is
    /// another one.
    #[must_use]
    pub fn of_issue(issue: IssueNumber, generation: u32) -> Self {
        match generation {
            0 | 1 => Self::new(format!("issue/{}", issue.0)),
            generation => Self::new(format!("issue/{}/{generation}", issue.0)),
        }
    }

    /// The key's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether changes are carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Everything is read and judged and the issue is answered; no infrastructure is changed. The default until
    /// it is turned off.
    #[default]
    DryRun,
    /// Approved changes are carried out.
    Apply,
}

/// What every agent is given beside its input.
///
/// Cheap to clone; clones share the journal, the budget and the cancellation. There is nothing else: no
/// globals, no task-locals, no hidden clock or environment, so that a test that makes a `Context` has
/// made the whole world that an agent can see beside its ports.
///
/// # Cancellation
/// [`Context::within`] is how work is bounded: by a duration, by the run's deadline and by the
/// cancellation, whichever comes first. The work's future is dropped then, so it must be safe to drop at
/// any `await`; an effect that must not be lost is journalled (see [`Context::step`]).
#[derive(Clone)]
pub struct Context {
    run: RunKey,
    scope: Arc<str>,
    mode: Mode,
    deadline: Option<Timestamp>,
    cancellation: CancellationToken,
    clock: Arc<dyn Clock>,
    budget: Budget,
    journal: Arc<dyn Journal>,
    audit: Arc<dyn AuditLog>,
    span: Span,
}

impl Context {
    /// A context in dry-run mode, without a deadline and without money.
    pub fn new(run: RunKey, clock: Arc<dyn Clock>, journal: Arc<dyn Journal>, audit: Arc<dyn AuditLog>) -> Self {
        let span = tracing::info_span!("run", run = %run);
        Self {
            run,
            scope: Arc::from(""),
            mode: Mode::DryRun,
            deadline: None,
            cancellation: CancellationToken::new(),
            clock,
            budget: Budget::new(Usd::ZERO),
            journal,
            audit,
            span,
        }
    }

    /// The same in another mode.
    #[must_use]
    pub fn with_mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// The same with this budget.
    #[must_use]
    pub fn with_budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// The same with a deadline (UTC). A later one than there already is changes nothing.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Timestamp) -> Self {
        self.deadline = Some(self.deadline.map_or(deadline, |earlier| earlier.min(deadline)));
        self
    }

    /// The same, stopped when `cancellation` is.
    #[must_use]
    pub fn with_cancellation(mut self, cancellation: CancellationToken) -> Self {
        self.cancellation = cancellation;
        self
    }

    /// The same with `name/` before the names of its journalled steps, so that two members that use one
    /// agent do not share its steps.
    #[must_use]
    pub fn scoped(&self, name: &str) -> Self {
        let mut cx = self.clone();
        cx.scope = format!("{}{name}/", self.scope).into();
        cx.span = tracing::info_span!(parent: &self.span, "scope", name);
        cx
    }

    /// The key of the run.
    #[must_use]
    pub fn run(&self) -> &RunKey {
        &self.run
    }

    /// Whether changes are carried out.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// When the run has to be done (UTC).
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        self.deadline
    }

    /// The switch that stops this run.
    #[must_use]
    pub fn cancellation(&self) -> &CancellationToken {
        &self.cancellation
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The time now (UTC).
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The money.
    #[must_use]
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> &Arc<dyn Journal> {
        &self.journal
    }

    /// The audit log.
    #[must_use]
    pub fn audit(&self) -> &Arc<dyn AuditLog> {
        &self.audit
    }

    /// The span that everything of this run is traced under.
    #[must_use]
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// The full name of a step here: the scope and the name.
    #[must_use]
    pub fn step_name(&self, name: &str) -> String {
        format!("{}{name}", self.scope)
    }

    /// Does `work` once in the life of the run: the first time its output is recorded, ever after the
    /// recorded output is the answer and `work` is not called.
    ///
    /// # Idempotency
    /// A crash between the end of `work` and the record makes it run again. Work that changes the
    /// outside world must therefore be idempotent by a key (a marker in a comment, the digest of a plan, a
    /// pod's UID), and every write port says by which.
    ///
    /// # Errors
    /// Those of `work`, which are not recorded (a later attempt runs it again), those of the journal, and
    /// [`ErrorKind::Corrupt`] when the record does not read back as a `T`.
    pub async fn step<T, F, Fut>(&self, name: &str, work: F) -> Result<T>
    where
        T: Serialize + DeserializeOwned + Send,
        F: FnOnce() -> Fut + Send,
        Fut: Future<Output = Result<T>> + Send,
    {
        if let Some(recorded) = self.recall(name).await? {
            return Ok(recorded);
        }
        self.go_on()?;
        let output = work().await?;
        self.remember(name, output).await
    }

    /// What a step of this name recorded, if it has.
    ///
    /// # Errors
    /// Those of the journal, and [`ErrorKind::Corrupt`] when the record does not read back as a `T`.
    pub async fn recall<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let step = self.step_name(name);
        match self.journal.recorded(&self.run, &step).await? {
            Some(value) => decode(&self.run, &step, value).map(Some),
            None => Ok(None),
        }
    }

    /// Records the output of a step. If another process has recorded it first, its output stands and is
    /// the answer.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn remember<T: Serialize + DeserializeOwned + Send>(&self, name: &str, output: T) -> Result<T> {
        let step = self.step_name(name);
        let value = serde_json::to_value(&output).map_err(|error| {
            Error::internal(format!("step {step} has an output that JSON cannot hold")).with_source(error)
        })?;
        drop(output);
        let standing = self.journal.record(&self.run, &step, value).await?;
        tracing::debug!(parent: &self.span, step, "recorded");
        decode(&self.run, &step, standing)
    }

    /// Does paid work once: reserves `price`, works, settles what it cost, and records both, so that a
    /// restart neither pays again nor forgets what was paid. An attempt that failed or died after it had begun
    /// may have been billed: it counts with its whole price, in this process and in the ones after it.
    ///
    /// # Errors
    /// [`ErrorKind::BudgetExceeded`] before any work when `price` is not left; otherwise as
    /// [`Context::step`].
    pub async fn spend<T, F, Fut>(&self, name: &str, price: Usd, work: F) -> Result<T>
    where
        T: Serialize + DeserializeOwned + Send,
        F: FnOnce() -> Fut + Send,
        Fut: Future<Output = Result<(T, Usd)>> + Send,
    {
        #[derive(Serialize, Deserialize)]
        struct Paid<T> {
            attempt: String,
            cost: Usd,
            output: T,
        }
        let paid = self.recall::<Paid<T>>(name).await?;
        let mut attempts = 0_u32;
        let attempt = loop {
            let attempt = format!("{name}{ATTEMPT}{attempts}");
            let Some(price) = self.recall::<Usd>(&attempt).await? else { break attempt };
            let cost = paid.as_ref().filter(|paid| paid.attempt == attempt).map_or(price, |paid| paid.cost);
            self.budget.count_past_spend(&self.spend_name(&attempt), cost);
            attempts += 1;
        };
        if let Some(paid) = paid {
            return Ok(paid.output);
        }
        self.go_on()?;
        let reservation = self.budget.reserve(price)?;
        if let Err(error) = self.remember(&attempt, price).await {
            reservation.release();
            return Err(error);
        }
        self.budget.counts_itself(&self.spend_name(&attempt));
        let (output, cost) = work().await?;
        reservation.settle(cost);
        Ok(self.remember(name, Paid { attempt, cost, output }).await?.output)
    }

    fn spend_name(&self, attempt: &str) -> String {
        format!("{}/{}", self.run, self.step_name(attempt))
    }

    /// Whether the run may go on: every step asks before it begins, so that a run that is stopped or whose time is
    /// over ends between two steps and never inside an effect.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`] or [`ErrorKind::Timeout`].
    pub fn go_on(&self) -> Result<()> {
        if self.cancellation.is_cancelled() {
            return Err(Error::new(ErrorKind::Cancelled, "stopped; it goes on where it was when it is started again"));
        }
        if self.deadline.is_some_and(|deadline| deadline <= self.now()) {
            return Err(Error::new(ErrorKind::Timeout, "the time of the run is over").with_retryable(false));
        }
        Ok(())
    }

    /// The same without a deadline, for handing over what a run whose time is over has found.
    #[must_use]
    pub fn without_deadline(&self) -> Self {
        Self { deadline: None, ..self.clone() }
    }

    /// Counts all money that earlier processes of this run spent, as the journal says, whether or not the steps
    /// that spent it are met again: what an attempt cost where that is known, its whole price where it is not.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn count_past_spends(&self) -> Result<()> {
        let steps = self.journal.steps(&self.run).await?;
        let costs: BTreeMap<String, Usd> = steps.iter().filter_map(cost_of_attempt).collect();
        for record in &steps {
            if record.step.contains(ATTEMPT)
                && let Ok(price) = Usd::deserialize(&record.output)
            {
                let cost = costs.get(&record.step).copied().unwrap_or(price);
                self.budget.count_past_spend(&format!("{}/{}", self.run, record.step), cost);
            }
        }
        Ok(())
    }

    /// Runs `work` for at most `limit`, and never past the deadline or the cancellation: it is not even begun
    /// after them.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`] or [`ErrorKind::Cancelled`]; the work is dropped where it stood.
    pub async fn within<T>(&self, limit: Duration, work: impl Future<Output = Result<T>> + Send) -> Result<T> {
        self.go_on()?;
        let limit = self.deadline.map_or(limit, |deadline| {
            let left = deadline.duration_since(self.now()).max(SignedDuration::ZERO);
            limit.min(left.unsigned_abs())
        });
        let expiry = async {
            let timer = std::pin::pin!(self.clock.expire(limit));
            let stop = std::pin::pin!(self.cancellation.cancelled());
            match select(stop, timer).await {
                Either::Left(_) => Error::new(ErrorKind::Cancelled, "stopped"),
                Either::Right(_) => Error::new(ErrorKind::Timeout, format!("not done within {limit:?}")),
            }
        };
        match select(std::pin::pin!(work), std::pin::pin!(expiry)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right((error, _)) => Err(error),
        }
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("run", &self.run)
            .field("scope", &self.scope)
            .field("mode", &self.mode)
            .field("deadline", &self.deadline)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}

/// The attempt that succeeded, by the full name of its step, and what it cost; where this is the record of paid
/// work (see [`Context::spend`]).
fn cost_of_attempt(record: &StepRecord) -> Option<(String, Usd)> {
    let (_, number) = record.output.get("attempt")?.as_str()?.rsplit_once(ATTEMPT)?;
    let cost = Usd::deserialize(record.output.get("cost")?).ok()?;
    Some((format!("{}{ATTEMPT}{number}", record.step), cost))
}

fn decode<T: DeserializeOwned>(run: &RunKey, step: &str, value: serde_json::Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| {
        Error::new(
            ErrorKind::Corrupt,
            format!("step {step} of run {run} was recorded in a form that this version cannot read"),
        )
        .with_source(error)
    })
}
