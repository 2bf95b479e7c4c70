use async_trait::async_trait;

use super::Agent;
use crate::{Context, Result, Usd};

/// See [`AgentExt::budget`](super::AgentExt::budget).
#[derive(Debug, Clone)]
pub struct Budgeted<A> {
    agent: A,
    limit: Usd,
}

impl<A> Budgeted<A> {
    pub(super) fn new(agent: A, limit: Usd) -> Self {
        Self { agent, limit }
    }
}

#[async_trait]
impl<A: Agent> Agent for Budgeted<A> {
    type Input = A::Input;
    type Output = A::Output;

    fn name(&self) -> &str {
        self.agent.name()
    }

    async fn run(&self, cx: &Context, input: Self::Input) -> Result<Self::Output> {
        let purse = cx.budget().child(self.limit);
        self.agent.run(&cx.clone().with_budget(purse), input).await
    }
}
