//! Waiting for people: questions that a run asks, and the answers that it goes on with.
//!
//! A run that has to wait ends with [`Waiting`](ErrorKind::Waiting) and holds nothing while it does:
//! no task, no lease, no memory. Whoever drives it starts it again when it is answered or its time is over, and it comes to
//! the same question again through its journal. So a wait may last days and survives restarts.

use std::future::Future;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::ports::Journal;
use crate::{Context, Error, ErrorKind, Result, RunKey};

/// What the record of a question has before its name.
const ASKED: &str = "asked:";

/// What the record has before its name of when the run went on after it.
const WENT_ON: &str = "went-on:";

/// A question of a run to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its name; the answer is a signal of this name.
    pub name: String,
    /// What is asked, one line for a person.
    pub text: String,
    /// When it was asked (UTC).
    pub asked_at: Timestamp,
    /// Until when it can be answered (UTC).
    pub until: Timestamp,
}

/// What became of a question. The first answer stands, and so does it that the time was over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer<T> {
    /// Somebody has answered.
    Given {
        /// What.
        value: T,
        /// When (UTC).
        at: Timestamp,
    },
    /// Nobody has, in time.
    Expired {
        /// When that was found (UTC).
        at: Timestamp,
    },
}

impl Context {
    /// Asks people once and waits for the answer for at most `patience`; `None` when nobody has answered in time.
    ///
    /// `ask` tells them and is given the question; it is called again after a crash, so it must be idempotent by a key, as a
    /// comment is. The question is recorded before it is told, so that no answer comes too early to be taken.
    ///
    /// # Errors
    /// [`ErrorKind::Waiting`] while there is no answer: end the run, and start it again then. Those of `ask` and of the
    /// journal.
    pub async fn wait_for<T, Fut>(
        &self,
        name: &str,
        text: &str,
        patience: Duration,
        ask: impl FnOnce(Question) -> Fut + Send,
    ) -> Result<Option<T>>
    where
        T: Serialize + DeserializeOwned + Send,
        Fut: Future<Output = Result<()>> + Send,
    {
        let question: Question = if let Some(recorded) = self.journal().recorded(self.run(), &asked(name)).await? {
            decode(recorded)?
        } else {
            self.go_on()?;
            let asked_at = self.now();
            let until = asked_at.saturating_add(patience).unwrap_or(Timestamp::MAX);
            let question = Question { name: name.to_owned(), text: text.to_owned(), asked_at, until };
            decode(self.journal().record(self.run(), &asked(name), encode(&question)?).await?)?
        };
        let until = question.until;
        ask(question).await?;
        let answer = match answer(&**self.journal(), self.run(), name).await? {
            Some(answer) => answer,
            None if self.now() < until => return Err(Error::waiting(until)),
            None => {
                let expired = Answer::<T>::Expired { at: self.now() };
                settle(&**self.journal(), self.run(), name, &expired).await?
            }
        };
        self.journal().record(self.run(), &format!("{WENT_ON}{name}"), encode(&self.now())?).await?;
        Ok(match answer {
            Answer::Given { value, .. } => Some(value),
            Answer::Expired { .. } => None,
        })
    }

    /// How long this run has waited so far, for people and then to be started again, which is no time of its own.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn time_waited(&self) -> Result<SignedDuration> {
        let mut waited = SignedDuration::ZERO;
        for question in questions(&**self.journal(), self.run()).await? {
            let went_on = self.journal().recorded(self.run(), &format!("{WENT_ON}{}", question.name)).await?;
            let end: Timestamp = went_on.map(decode).transpose()?.unwrap_or_else(|| self.now());
            waited += end.duration_since(question.asked_at).max(SignedDuration::ZERO);
        }
        Ok(waited)
    }
}

/// The questions of a run that have no answer yet, oldest first. One whose time is over is among them until the run has
/// found that out.
///
/// # Errors
/// Those of the journal.
pub async fn open_questions(journal: &dyn Journal, run: &RunKey) -> Result<Vec<Question>> {
    let mut open = Vec::new();
    for question in questions(journal, run).await? {
        if answer::<serde_json::Value>(journal, run, &question.name).await?.is_none() {
            open.push(question);
        }
    }
    Ok(open)
}

/// Answers a question of a run, and says which answer stands: this one, or the one that came first.
///
/// # Errors
/// Those of the journal, and [`ErrorKind::Corrupt`] when what stands does not read back as a `T`.
pub async fn give_answer<T: Serialize + DeserializeOwned>(
    journal: &dyn Journal,
    run: &RunKey,
    name: &str,
    value: T,
    at: Timestamp,
) -> Result<Answer<T>> {
    settle(journal, run, name, &Answer::Given { value, at }).await
}

/// The answer to a question of a run, where there is one.
///
/// # Errors
/// As [`give_answer`].
pub async fn answer<T: DeserializeOwned>(journal: &dyn Journal, run: &RunKey, name: &str) -> Result<Option<Answer<T>>> {
    journal.signalled(run, name).await?.map(decode).transpose()
}

async fn questions(journal: &dyn Journal, run: &RunKey) -> Result<Vec<Question>> {
    let steps = journal.steps(run).await?;
    steps.into_iter().filter(|record| record.step.starts_with(ASKED)).map(|record| decode(record.output)).collect()
}

async fn settle<T: Serialize + DeserializeOwned>(
    journal: &dyn Journal,
    run: &RunKey,
    name: &str,
    answer: &Answer<T>,
) -> Result<Answer<T>> {
    decode(journal.signal(run, name, encode(answer)?).await?)
}

fn asked(name: &str) -> String {
    format!("{ASKED}{name}")
}

fn encode(value: &impl Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(value)
        .map_err(|error| Error::internal("a question or an answer is not what JSON can hold").with_source(error))
}

fn decode<T: DeserializeOwned>(value: serde_json::Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| {
        Error::new(ErrorKind::Corrupt, "a question or an answer was recorded in a form that this version cannot read")
            .with_source(error)
    })
}
