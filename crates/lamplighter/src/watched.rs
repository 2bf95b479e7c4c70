use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::ports::{Journal, RunLease, StepRecord};
use lamplighter_core::{Result, RunKey};
use serde_json::Value;

/// Told of every step that is recorded: the run, the step, its output.
pub type StepWatcher = Arc<dyn Fn(&RunKey, &str, &Value) + Send + Sync>;

/// A journal that tells somebody what is recorded in it, for progress on a screen.
pub(crate) struct WatchedJournal {
    journal: Arc<dyn Journal>,
    watcher: StepWatcher,
}

impl WatchedJournal {
    pub(crate) fn new(journal: Arc<dyn Journal>, watcher: StepWatcher) -> Self {
        Self { journal, watcher }
    }
}

#[async_trait]
impl Journal for WatchedJournal {
    async fn lease(&self, run: &RunKey) -> Result<RunLease> {
        self.journal.lease(run).await
    }

    async fn recorded(&self, run: &RunKey, step: &str) -> Result<Option<Value>> {
        self.journal.recorded(run, step).await
    }

    async fn record(&self, run: &RunKey, step: &str, output: Value) -> Result<Value> {
        let standing = self.journal.record(run, step, output).await?;
        (self.watcher)(run, step, &standing);
        Ok(standing)
    }

    async fn steps(&self, run: &RunKey) -> Result<Vec<StepRecord>> {
        self.journal.steps(run).await
    }

    async fn runs(&self) -> Result<Vec<RunKey>> {
        self.journal.runs().await
    }

    async fn signal(&self, run: &RunKey, name: &str, value: Value) -> Result<Value> {
        self.journal.signal(run, name, value).await
    }

    async fn signalled(&self, run: &RunKey, name: &str) -> Result<Option<Value>> {
        self.journal.signalled(run, name).await
    }
}
