use std::panic::AssertUnwindSafe;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{FutureExt, StreamExt, stream};

use super::{Agent, BoxAgent, distinct};
use crate::{Context, Error, Result};

/// Several agents with the same input, at once. It always succeeds: a member that fails, panics or does
/// not end in its time is reported as such, and the others go on.
pub struct FanOut<I, O> {
    name: String,
    members: Vec<BoxAgent<I, O>>,
    at_once: usize,
    each_within: Duration,
}

/// What came of one member.
#[derive(Debug)]
pub struct MemberOutcome<O> {
    /// The member's name.
    pub member: String,
    /// Its output, or why there is none.
    pub outcome: Result<O>,
}

impl<I: Send + 'static, O: Send + 'static> FanOut<I, O> {
    /// These members, at most `at_once` (at least one) at a time, each for at most `each_within`.
    pub fn new(name: impl Into<String>, members: Vec<BoxAgent<I, O>>, at_once: usize, each_within: Duration) -> Self {
        Self { name: name.into(), members, at_once: at_once.max(1), each_within }
    }
}

#[async_trait]
impl<I, O> Agent for FanOut<I, O>
where
    I: Clone + Send + Sync + 'static,
    O: Send + 'static,
{
    type Input = I;
    /// In the order of the members, whoever was first.
    type Output = Vec<MemberOutcome<O>>;

    fn name(&self) -> &str {
        &self.name
    }

    async fn run(&self, cx: &Context, input: I) -> Result<Self::Output> {
        let scopes = distinct(self.members.iter().map(Agent::name));
        let runs = self.members.iter().zip(scopes).map(|(member, scope)| {
            let (cx, input) = (cx.scoped(&scope), input.clone());
            async move {
                let work = AssertUnwindSafe(cx.within(self.each_within, member.run(&cx, input))).catch_unwind();
                let outcome = work.await.unwrap_or_else(|_| Err(Error::internal("panicked")));
                if let Err(error) = &outcome {
                    tracing::warn!(parent: cx.span(), member = member.name(), %error, "member failed");
                }
                MemberOutcome { member: member.name().to_owned(), outcome }
            }
        });
        Ok(stream::iter(runs.collect::<Vec<_>>()).buffered(self.at_once).collect().await)
    }
}
