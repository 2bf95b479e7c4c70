use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::Agent;
use crate::{Context, Result};

/// An agent of any type with this input and output. Cheap to clone; clones share the agent.
pub struct BoxAgent<I, O>(Arc<dyn Agent<Input = I, Output = O>>);

impl<I: Send + 'static, O: Send + 'static> BoxAgent<I, O> {
    /// Erases the type of an agent.
    pub fn new(agent: impl Agent<Input = I, Output = O> + 'static) -> Self {
        Self(Arc::new(agent))
    }
}

impl<I, O> Clone for BoxAgent<I, O> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<I: Send + 'static, O: Send + 'static> fmt::Debug for BoxAgent<I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BoxAgent").field(&self.0.name()).finish()
    }
}

#[async_trait]
impl<I: Send + 'static, O: Send + 'static> Agent for BoxAgent<I, O> {
    type Input = I;
    type Output = O;

    fn name(&self) -> &str {
        self.0.name()
    }

    async fn run(&self, cx: &Context, input: I) -> Result<O> {
        self.0.run(cx, input).await
    }
}
