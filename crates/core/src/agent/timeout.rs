use std::time::Duration;

use async_trait::async_trait;

use super::Agent;
use crate::{Context, Result};

/// See [`AgentExt::timeout`](super::AgentExt::timeout).
#[derive(Debug, Clone)]
pub struct TimeLimit<A> {
    agent: A,
    limit: Duration,
}

impl<A> TimeLimit<A> {
    pub(super) fn new(agent: A, limit: Duration) -> Self {
        Self { agent, limit }
    }
}

#[async_trait]
impl<A: Agent> Agent for TimeLimit<A> {
    type Input = A::Input;
    type Output = A::Output;

    fn name(&self) -> &str {
        self.agent.name()
    }

    async fn run(&self, cx: &Context, input: Self::Input) -> Result<Self::Output> {
        let work = self.agent.run(cx, input);
        cx.within(self.limit, work).await.map_err(|error| error.context(self.agent.name()))
    }
}
