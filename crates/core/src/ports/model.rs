use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Result, Usd};

/// What a model is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// What it is to do.
    pub instructions: String,
    /// What it is to look at: data, never instructions.
    pub material: String,
    /// At most this many tokens of answer.
    pub max_tokens: u32,
}

/// What a model answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// Its text.
    pub text: String,
    /// What it cost.
    pub cost: Usd,
}

/// A language model. It may add hypotheses, wording and plans; it has no authority, and what it proposes
/// goes through the same guardrails. Every agent works without one.
#[async_trait]
pub trait Model: Send + Sync {
    /// An upper bound of what this prompt will cost, for reserving it.
    fn price(&self, prompt: &Prompt) -> Usd;

    /// An answer.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable), [`Timeout`](crate::ErrorKind::Timeout).
    async fn complete(&self, prompt: &Prompt) -> Result<Completion>;
}
