use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use lamplighter_core::ports::{Completion, Model, Prompt};
use lamplighter_core::{Error, ErrorKind, Result, Usd, async_trait};

use super::{Calls, locked};

/// A model that answers from a script, each answer once.
#[derive(Clone, Default)]
pub struct FakeModel(Arc<Inner>);

#[derive(Default)]
struct Inner {
    script: Mutex<VecDeque<String>>,
    prompts: Mutex<Vec<Prompt>>,
    bill: Mutex<Bill>,
    calls: Calls,
}

#[derive(Default, Clone, Copy)]
struct Bill {
    price: Usd,
    cost: Usd,
}

impl FakeModel {
    /// A model that will give these answers, free of charge, and none after them.
    #[must_use]
    pub fn scripted<'a>(answers: impl IntoIterator<Item = &'a str>) -> Self {
        let model = Self::default();
        locked(&model.0.script).extend(answers.into_iter().map(str::to_owned));
        model
    }

    /// The same, where an answer is said to cost at most `price` and then does cost `cost`.
    #[must_use]
    pub fn priced(self, price: Usd, cost: Usd) -> Self {
        *locked(&self.0.bill) = Bill { price, cost };
        self
    }

    /// What it was asked, and what it is to fail at.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }

    /// The prompts that it was given.
    #[must_use]
    pub fn prompts(&self) -> Vec<Prompt> {
        locked(&self.0.prompts).clone()
    }
}

#[async_trait]
impl Model for FakeModel {
    fn price(&self, _prompt: &Prompt) -> Usd {
        locked(&self.0.bill).price
    }

    async fn complete(&self, prompt: &Prompt) -> Result<Completion> {
        self.0.calls.begin("complete", prompt.max_tokens)?;
        locked(&self.0.prompts).push(prompt.clone());
        let text = locked(&self.0.script).pop_front();
        let text =
            text.ok_or_else(|| Error::new(ErrorKind::Unavailable, "the script of the fake model is at its end"))?;
        let cost = locked(&self.0.bill).cost;
        self.0.calls.end("complete").map(|()| Completion { text, cost })
    }
}
