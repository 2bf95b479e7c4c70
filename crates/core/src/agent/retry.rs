use std::time::Duration;

use async_trait::async_trait;

use super::Agent;
use crate::{Context, Result};

/// How often and after how long something is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often at the most, the first time included; at least 1.
    pub attempts: u32,
    /// The wait before the second attempt; doubled before each further one.
    pub first_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
}

/// See [`AgentExt::retry`](super::AgentExt::retry). Only errors that say that they are
/// [retryable](crate::Error::is_retryable) are tried again, and never past the context's deadline.
#[derive(Debug, Clone)]
pub struct Retry<A> {
    agent: A,
    policy: RetryPolicy,
}

impl<A> Retry<A> {
    pub(super) fn new(agent: A, policy: RetryPolicy) -> Self {
        Self { agent, policy }
    }
}

#[async_trait]
impl<A: Agent> Agent for Retry<A>
where
    A::Input: Clone + Sync,
{
    type Input = A::Input;
    type Output = A::Output;

    fn name(&self) -> &str {
        self.agent.name()
    }

    async fn run(&self, cx: &Context, input: Self::Input) -> Result<Self::Output> {
        let mut wait = self.policy.first_wait;
        for _ in 1..self.policy.attempts {
            match self.agent.run(cx, input.clone()).await {
                Err(error) if error.is_retryable() => {
                    tracing::warn!(parent: cx.span(), agent = self.agent.name(), %error, ?wait, "trying again");
                }
                outcome => return outcome,
            }
            let pause = async {
                cx.clock().sleep(wait).await;
                Ok(())
            };
            // A little more than the wait, so that the wait ends first unless the run has to.
            cx.within(wait.saturating_add(Duration::from_secs(1)), pause).await?;
            wait = wait.saturating_mul(2).min(self.policy.longest_wait);
        }
        self.agent.run(cx, input).await
    }
}
