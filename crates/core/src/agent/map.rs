use async_trait::async_trait;

use super::Agent;
use crate::{Context, Result};

/// See [`AgentExt::map`](super::AgentExt::map).
#[derive(Debug, Clone)]
pub struct Map<A, F> {
    agent: A,
    convert: F,
}

impl<A, F> Map<A, F> {
    pub(super) fn new(agent: A, convert: F) -> Self {
        Self { agent, convert }
    }
}

#[async_trait]
impl<A, F, O> Agent for Map<A, F>
where
    A: Agent,
    F: Fn(A::Output) -> O + Send + Sync,
    O: Send + 'static,
{
    type Input = A::Input;
    type Output = O;

    fn name(&self) -> &str {
        self.agent.name()
    }

    async fn run(&self, cx: &Context, input: Self::Input) -> Result<O> {
        self.agent.run(cx, input).await.map(&self.convert)
    }
}
