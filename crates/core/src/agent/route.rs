use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Agent, BoxAgent};
use crate::words::Confidence;
use crate::{Context, Error, Result};

/// A label with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classification<L> {
    /// The label.
    pub label: L,
    /// How sure.
    pub confidence: Confidence,
    /// Why, one sentence each.
    pub reasons: Vec<String>,
}

/// Gives a subject one label.
///
/// # Contract
/// It reads the subject and changes nothing. It always has an answer; one that it is not sure of says so by
/// its confidence. The reasons are for a person and are never empty.
#[async_trait]
pub trait Classifier<T: ?Sized + Sync>: Send + Sync {
    /// The labels.
    type Label: Send;

    /// Classifies `subject`.
    ///
    /// # Errors
    /// When something that it has to ask cannot be asked.
    async fn classify(&self, cx: &Context, subject: &T) -> Result<Classification<Self::Label>>;
}

/// A classifier chooses which agent is given the input.
pub struct Route<I, L, O> {
    name: String,
    classifier: Arc<dyn Classifier<I, Label = L>>,
    branches: BTreeMap<L, BoxAgent<I, O>>,
}

impl<I, L, O> Route<I, L, O>
where
    I: Send + Sync + 'static,
    L: Ord,
    O: Send + 'static,
{
    /// A route without branches.
    pub fn new(name: impl Into<String>, classifier: impl Classifier<I, Label = L> + 'static) -> Self {
        Self { name: name.into(), classifier: Arc::new(classifier), branches: BTreeMap::new() }
    }

    /// The same with the agent for a label.
    #[must_use]
    pub fn branch(mut self, label: L, agent: BoxAgent<I, O>) -> Self {
        self.branches.insert(label, agent);
        self
    }
}

#[async_trait]
impl<I, L, O> Agent for Route<I, L, O>
where
    I: Send + Sync + 'static,
    L: Ord + Send + Sync + std::fmt::Debug + 'static,
    O: Send + 'static,
{
    type Input = I;
    type Output = O;

    fn name(&self) -> &str {
        &self.name
    }

    async fn run(&self, cx: &Context, input: I) -> Result<O> {
        let label = self.classifier.classify(cx, &input).await?.label;
        let branch = self.branches.get(&label);
        let agent = branch.ok_or_else(|| Error::internal(format!("{} has no branch for {label:?}", self.name)))?;
        agent.run(cx, input).await
    }
}
