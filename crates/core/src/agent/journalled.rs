use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Agent;
use crate::{Context, Result};

/// See [`AgentExt::journalled`](super::AgentExt::journalled) and [`Context::step`].
#[derive(Debug, Clone)]
pub struct Journalled<A> {
    agent: A,
    step: String,
}

impl<A> Journalled<A> {
    pub(super) fn new(agent: A, step: impl Into<String>) -> Self {
        Self { agent, step: step.into() }
    }
}

#[async_trait]
impl<A: Agent> Agent for Journalled<A>
where
    A::Output: Serialize + DeserializeOwned,
{
    type Input = A::Input;
    type Output = A::Output;

    fn name(&self) -> &str {
        self.agent.name()
    }

    async fn run(&self, cx: &Context, input: Self::Input) -> Result<Self::Output> {
        let inner = cx.scoped(&self.step);
        cx.step(&self.step, || self.agent.run(&inner, input)).await
    }
}
