use std::any::Any;
use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Result, RunKey};

/// A recorded step of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// Its name.
    pub step: String,
    /// Its output.
    pub output: Value,
    /// When it was recorded (UTC).
    pub at: Timestamp,
}

/// The right to work on a run, held as long as this value lives. A process that dies loses it at once.
#[must_use = "the run is given back when this is dropped"]
pub struct RunLease(#[expect(dead_code, reason = "held for its Drop")] Box<dyn Any + Send + Sync>);

impl RunLease {
    /// Wraps what has to be held.
    pub fn new(guard: impl Any + Send + Sync) -> Self {
        Self(Box::new(guard))
    }
}

impl fmt::Debug for RunLease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RunLease")
    }
}

/// The memory of runs: what has been done, and signals from outside.
///
/// # Contract
/// - What [`record`](Journal::record) and [`signal`](Journal::signal) return has been written durably: it
///   survives a kill and a power cut.
/// - The first writer of a step wins. Whoever comes later is given what stands.
/// - Any number of processes may use one journal at the same time.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Takes the right to work on a run.
    ///
    /// # Errors
    /// [`Conflict`](crate::ErrorKind::Conflict) when another process, or another task of this one, has it.
    async fn lease(&self, run: &RunKey) -> Result<RunLease>;

    /// The output of a step, if it is recorded.
    ///
    /// # Errors
    /// When the journal cannot be read.
    async fn recorded(&self, run: &RunKey, step: &str) -> Result<Option<Value>>;

    /// Records the output of a step and returns the output that stands: this one, or the one that was
    /// recorded before.
    ///
    /// # Errors
    /// When the journal cannot be written; nothing was recorded then.
    async fn record(&self, run: &RunKey, step: &str, output: Value) -> Result<Value>;

    /// All steps of a run, in the order in which they were recorded.
    ///
    /// # Errors
    /// When the journal cannot be read.
    async fn steps(&self, run: &RunKey) -> Result<Vec<StepRecord>>;

    /// All runs, the newest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    async fn runs(&self) -> Result<Vec<RunKey>>;

    /// Gives a signal to a run, such as an approval. The first of a name stands; returns the one that does.
    ///
    /// # Errors
    /// When the journal cannot be written.
    async fn signal(&self, run: &RunKey, name: &str, value: Value) -> Result<Value>;

    /// The signal of this name, if it has been given.
    ///
    /// # Errors
    /// When the journal cannot be read.
    async fn signalled(&self, run: &RunKey, name: &str) -> Result<Option<Value>>;
}
