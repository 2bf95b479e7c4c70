use async_trait::async_trait;

use super::Agent;
use crate::{Context, Result};

/// See [`AgentExt::then`](super::AgentExt::then).
#[derive(Debug, Clone)]
pub struct Then<A, B> {
    name: String,
    first: A,
    second: B,
}

impl<A: Agent, B: Agent> Then<A, B> {
    pub(super) fn new(first: A, second: B) -> Self {
        Self { name: format!("{}, then {}", first.name(), second.name()), first, second }
    }
}

#[async_trait]
impl<A: Agent, B: Agent<Input = A::Output>> Agent for Then<A, B> {
    type Input = A::Input;
    type Output = B::Output;

    fn name(&self) -> &str {
        &self.name
    }

    async fn run(&self, cx: &Context, input: Self::Input) -> Result<Self::Output> {
        let between = self.first.run(cx, input).await?;
        self.second.run(cx, between).await
    }
}
