use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use lamplighter_core::words::LostMember;
use lamplighter_core::{Agent, BoxAgent, Context, Error, ErrorKind, Result};

use crate::settings::StageLimits;

/// How far a stage is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StageState {
    /// It has begun.
    Began,
    /// It has said what it has to say.
    Done,
    /// What it is for is known already.
    Skipped,
    /// It could not, and this is why.
    Lost(String),
}

/// Where a post-mortem is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The stage: `triage`, `specialists`, `historian`, `writer`.
    pub stage: &'static str,
    /// How far it is.
    pub state: StageState,
}

/// Told of each stage that begins and ends. A stage that is replayed from the journal is not told of.
pub type StageWatcher = Arc<dyn Fn(Progress) + Send + Sync>;

/// An agent with what it may take.
pub(crate) struct Member<I, O> {
    pub(crate) stage: &'static str,
    pub(crate) agent: BoxAgent<I, O>,
    pub(crate) limits: StageLimits,
    pub(crate) watcher: Option<StageWatcher>,
}

impl<I: Send + 'static, O: Send + 'static> Member<I, O> {
    /// Asks it. A failure of any kind is an answer, so that the others are heard.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`] alone: a run that is stopped goes on here when it is started again.
    pub(crate) async fn ask(&self, cx: &Context, input: I) -> Result<Result<O, LostMember>> {
        match self.try_ask(cx, input).await {
            Ok(output) => Ok(Ok(output)),
            Err(error) if error.kind() == ErrorKind::Cancelled => Err(error),
            Err(error) => {
                tracing::warn!(parent: cx.span(), stage = self.stage, error = error.chain(), "a stage is lost");
                let why = error.public_message().to_owned();
                self.tell(StageState::Lost(why.clone()));
                Ok(Err(LostMember { member: self.agent.name().to_owned(), why }))
            }
        }
    }

    /// The same for a stage that is needed.
    pub(crate) async fn try_ask(&self, cx: &Context, input: I) -> Result<O> {
        self.tell(StageState::Began);
        let purse = cx.budget().child(self.limits.money);
        let cx = cx.clone().with_budget(purse);
        let work = AssertUnwindSafe(cx.within(self.limits.time, self.agent.run(&cx, input))).catch_unwind();
        let output =
            work.await.unwrap_or_else(|_| Err(Error::internal("panicked").with_public("it failed unexpectedly")))?;
        self.tell(StageState::Done);
        Ok(output)
    }

    pub(crate) fn tell(&self, state: StageState) {
        tracing::info!(stage = self.stage, ?state, "post-mortem");
        if let Some(watcher) = &self.watcher {
            watcher(Progress { stage: self.stage, state });
        }
    }
}
