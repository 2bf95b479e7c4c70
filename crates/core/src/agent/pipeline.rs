use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Agent, BoxAgent, distinct};
use crate::{Context, Error, Result};

/// What a stage of a [`Pipeline`] says: go on with this, or it is decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flow<C, O> {
    /// On to the next stage.
    Next(C),
    /// The pipeline ends here.
    Done(O),
}

/// Stages in a row over one growing case, each journalled, each free to end it.
///
/// It reads top to bottom like the process that it is. A restart goes on with the stage that had not been
/// recorded; within that stage its own steps are replayed. Stages of one name have records of their own, told
/// apart by their order.
pub struct Pipeline<C, O> {
    name: String,
    stages: Vec<Stage<C, O>>,
}

type Stage<C, O> = BoxAgent<C, Flow<C, O>>;

impl<C: Send + 'static, O: Send + 'static> Pipeline<C, O> {
    /// A pipeline without stages.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), stages: Vec::new() }
    }

    /// The same with one more stage at its end.
    #[must_use]
    pub fn stage(mut self, agent: impl Agent<Input = C, Output = Flow<C, O>> + 'static) -> Self {
        self.stages.push(BoxAgent::new(agent));
        self
    }

    /// The names of the stages, in order.
    pub fn stages(&self) -> impl Iterator<Item = &str> {
        self.stages.iter().map(Agent::name)
    }
}

#[async_trait]
impl<C, O> Agent for Pipeline<C, O>
where
    C: Serialize + DeserializeOwned + Send + 'static,
    O: Serialize + DeserializeOwned + Send + 'static,
{
    type Input = C;
    type Output = O;

    fn name(&self) -> &str {
        &self.name
    }

    /// # Errors
    /// Those of the stages; and a defect when the last stage did not decide.
    async fn run(&self, cx: &Context, input: C) -> Result<O> {
        let mut case = input;
        for (stage, name) in self.stages.iter().zip(distinct(self.stages())) {
            let name = name.as_str();
            tracing::info!(parent: cx.span(), pipeline = self.name, stage = name, "stage");
            let inner = cx.scoped(name);
            match cx.step(name, || stage.run(&inner, case)).await? {
                Flow::Next(next) => case = next,
                Flow::Done(outcome) => return Ok(outcome),
            }
        }
        Err(Error::internal(format!("{} came to its end without a decision", self.name)))
    }
}
