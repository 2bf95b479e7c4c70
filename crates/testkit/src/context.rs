//! Contexts for tests.

use std::sync::Arc;

use jiff::Timestamp;
use lamplighter_core::ports::{AuditLog, Journal};
use lamplighter_core::{Budget, CancellationToken, Clock, Context, Mode, RunKey, Usd};

use crate::fakes::{FakeAuditLog, FakeClock, FakeJournal};

/// A context for a test: a clock on which waits take no time, a journal and an audit log in memory, ten
/// dollars, dry-run mode.
#[must_use]
pub fn context(run: &str) -> Context {
    ContextBuilder::new(run).build()
}

/// Makes a [`Context`] of chosen parts; what is not chosen is as in [`context`].
///
/// ```
/// use lamplighter_core::{Mode, Usd};
/// use lamplighter_testkit::ContextBuilder;
/// use lamplighter_testkit::fakes::{FakeClock, FakeJournal};
///
/// let (clock, journal) = (FakeClock::new(), FakeJournal::new());
/// let first = ContextBuilder::new("issue/42").clock(clock.clone()).journal(journal.clone()).build();
/// let restarted = ContextBuilder::new("issue/42").clock(clock).journal(journal).apply().budget(Usd::ZERO).build();
/// assert_eq!((first.mode(), restarted.mode()), (Mode::DryRun, Mode::Apply));
/// ```
#[must_use = "a builder makes nothing until it is built"]
pub struct ContextBuilder {
    run: RunKey,
    mode: Mode,
    budget: Budget,
    deadline: Option<Timestamp>,
    clock: Arc<dyn Clock>,
    journal: Option<Arc<dyn Journal>>,
    audit: Arc<dyn AuditLog>,
    cancellation: CancellationToken,
}

impl ContextBuilder {
    /// A builder with the parts of [`context`].
    pub fn new(run: &str) -> Self {
        Self {
            run: RunKey::new(run),
            mode: Mode::DryRun,
            budget: Budget::new(Usd::dollars(10)),
            deadline: None,
            clock: Arc::new(FakeClock::auto()),
            journal: None,
            audit: Arc::new(FakeAuditLog::new()),
            cancellation: CancellationToken::new(),
        }
    }

    /// In apply mode: approved changes are carried out.
    pub fn apply(self) -> Self {
        self.mode(Mode::Apply)
    }

    /// In this mode.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// With a budget of its own of this much.
    pub fn budget(self, limit: Usd) -> Self {
        self.shared_budget(Budget::new(limit))
    }

    /// With this budget, which the test keeps a clone of.
    pub fn shared_budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// To be done by this time (UTC).
    pub fn deadline(mut self, deadline: Timestamp) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// By this clock.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// With this journal. A second context with the same one is the run after a restart.
    pub fn journal(mut self, journal: impl Journal + 'static) -> Self {
        self.journal = Some(Arc::new(journal));
        self
    }

    /// With this audit log.
    pub fn audit(mut self, audit: impl AuditLog + 'static) -> Self {
        self.audit = Arc::new(audit);
        self
    }

    /// Stopped when this is.
    pub fn cancellation(mut self, cancellation: CancellationToken) -> Self {
        self.cancellation = cancellation;
        self
    }

    /// The context.
    #[must_use]
    pub fn build(self) -> Context {
        let journal = self.journal.unwrap_or_else(|| Arc::new(FakeJournal::with_clock(Arc::clone(&self.clock))));
        let cx = Context::new(self.run, self.clock, journal, self.audit)
            .with_mode(self.mode)
            .with_budget(self.budget)
            .with_cancellation(self.cancellation);
        match self.deadline {
            Some(deadline) => cx.with_deadline(deadline),
            None => cx,
        }
    }
}
