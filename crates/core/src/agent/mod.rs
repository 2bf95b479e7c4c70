//! Agents, and how they are put together.

mod boxed;
mod budgeted;
mod fan_out;
mod guarded;
mod journalled;
mod map;
mod pipeline;
mod retry;
mod route;
mod service;
mod then;
mod timeout;

use std::time::Duration;

use async_trait::async_trait;

pub use boxed::BoxAgent;
pub use budgeted::Budgeted;
pub use fan_out::{FanOut, MemberOutcome};
pub use guarded::Guarded;
pub use journalled::Journalled;
pub use map::Map;
pub use pipeline::{Flow, Pipeline};
pub use retry::{Retry, RetryPolicy};
pub use route::{Classification, Classifier, Route};
pub use service::{AgentService, ServiceAgent};
pub use then::Then;
pub use timeout::TimeLimit;

use crate::{Context, Guardrails, Proposal, Result, Usd};

/// A decision-maker: it is given an input, asks ports, and says what it found or what should be done.
///
/// # Contract
/// - An agent holds its ports and its settings and nothing that changes: `run` takes `&self` and may be
///   called many times at once. What it must remember goes into the journal.
/// - Time, money, mode and cancellation come from the [`Context`]; there is no other clock and no hidden
///   environment. Given the same answers from its ports, the same clock and the same journal, it gives
///   the same output.
/// - The future may be dropped at any `await` (a timeout, a cancellation, a stop). Effects that must happen
///   exactly once are journalled steps with idempotent ports, see [`Context::step`].
/// - An agent that has no evidence says so in its output. An error means that it could not do its work:
///   [`ErrorKind`](crate::ErrorKind) says why and whether again later may help.
/// - It never executes a change of infrastructure: it proposes a
///   [`Change`](crate::words::Change). Ports that execute take an [`Approved`](crate::Approved) one.
///
/// # The wrong way
/// An agent that keeps "the current issue" in a field mixes two runs up as soon as two run at once; one that
/// calls `Timestamp::now()` cannot be replayed; one that catches a port's error and reports "healthy" lies.
///
/// # Example
/// ```
/// use lamplighter_core::agent::{Agent, AgentExt};
/// use lamplighter_core::{Context, Result};
///
/// struct Shout;
///
/// #[lamplighter_core::async_trait]
/// impl Agent for Shout {
///     type Input = String;
///     type Output = String;
///
///     fn name(&self) -> &str {
///         "shout"
///     }
///
///     async fn run(&self, _cx: &Context, input: String) -> Result<String> {
///         Ok(input.to_uppercase())
///     }
/// }
///
/// let twice = Shout.then(Shout).boxed();
/// assert_eq!(twice.name(), "shout, then shout");
/// ```
#[async_trait]
pub trait Agent: Send + Sync {
    /// What it is given.
    type Input: Send + 'static;
    /// What it says.
    type Output: Send + 'static;

    /// Its name: a role noun in kebab-case, such as `sev-triage`.
    fn name(&self) -> &str;

    /// Does its work.
    ///
    /// # Errors
    /// When it could not; see the contract above.
    async fn run(&self, cx: &Context, input: Self::Input) -> Result<Self::Output>;
}

/// Combinators. Each makes a named struct that is an [`Agent`] again.
pub trait AgentExt: Agent + Sized {
    /// This one, then another with its output.
    fn then<B: Agent<Input = Self::Output>>(self, next: B) -> Then<Self, B> {
        Then::new(self, next)
    }

    /// The output made into something else.
    fn map<F, O>(self, convert: F) -> Map<Self, F>
    where
        F: Fn(Self::Output) -> O + Send + Sync,
        O: Send + 'static,
    {
        Map::new(self, convert)
    }

    /// At most `limit`, by the context's clock.
    fn timeout(self, limit: Duration) -> TimeLimit<Self> {
        TimeLimit::new(self, limit)
    }

    /// At most this much money, drawn on the context's budget.
    fn budget(self, limit: Usd) -> Budgeted<Self> {
        Budgeted::new(self, limit)
    }

    /// Again after a retryable error.
    fn retry(self, policy: RetryPolicy) -> Retry<Self>
    where
        Self::Input: Clone + Sync,
    {
        Retry::new(self, policy)
    }

    /// Once in the life of the run: its output is recorded under `step` and replayed.
    fn journalled(self, step: impl Into<String>) -> Journalled<Self> {
        Journalled::new(self, step)
    }

    /// Its output, a proposed change, reviewed by guardrails.
    fn guarded(self, guardrails: Guardrails<Self::Output>) -> Guarded<Self>
    where
        Self::Output: Proposal,
    {
        Guarded::new(self, guardrails)
    }

    /// Its type erased, for storing and for crate boundaries.
    fn boxed(self) -> BoxAgent<Self::Input, Self::Output>
    where
        Self: 'static,
    {
        BoxAgent::new(self)
    }

    /// This agent as a `tower::Service`.
    fn into_service(self) -> AgentService<Self>
    where
        Self: 'static,
    {
        AgentService::new(self)
    }
}

/// The names, each made another where it was there before: journalled steps under one name are one step.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    for name in names {
        let numbered = (2..).map(|number: u32| format!("{name}#{number}"));
        let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken.contains(name));
        taken.extend(free);
    }
    taken
}

impl<A: Agent> AgentExt for A {}

#[async_trait]
impl<A: Agent + ?Sized> Agent for std::sync::Arc<A> {
    type Input = A::Input;
    type Output = A::Output;

    fn name(&self) -> &str {
        (**self).name()
    }

    async fn run(&self, cx: &Context, input: Self::Input) -> Result<Self::Output> {
        (**self).run(cx, input).await
    }
}
