use async_trait::async_trait;

use super::Agent;
use crate::guardrail::{Approved, Proposal, Refusal};
use crate::{Context, Guardrails, Result};

/// See [`AgentExt::guarded`](super::AgentExt::guarded). A refusal is an output, not an error: somebody has to
/// be told.
pub struct Guarded<A: Agent> {
    agent: A,
    guardrails: Guardrails<A::Output>,
}

impl<A: Agent> Guarded<A> {
    pub(super) fn new(agent: A, guardrails: Guardrails<A::Output>) -> Self {
        Self { agent, guardrails }
    }
}

#[async_trait]
impl<A: Agent> Agent for Guarded<A>
where
    A::Output: Proposal,
{
    type Input = A::Input;
    type Output = Result<Approved<A::Output>, Box<Refusal<A::Output>>>;

    fn name(&self) -> &str {
        self.agent.name()
    }

    async fn run(&self, cx: &Context, input: Self::Input) -> Result<Self::Output> {
        let change = self.agent.run(cx, input).await?;
        Ok(self.guardrails.review(cx, change).await)
    }
}
