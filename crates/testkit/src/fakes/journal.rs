use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use lamplighter_core::ports::{Journal, RunLease, StepRecord};
use lamplighter_core::{Clock, Error, ErrorKind, Result, RunKey, async_trait};
use serde_json::Value;

use super::{Calls, FakeClock, locked};

/// A journal in memory. A clone handed to a second context is the journal that a restarted process finds.
#[derive(Clone)]
pub struct FakeJournal(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    runs: Mutex<Vec<Run>>,
    leased: Arc<Mutex<Vec<RunKey>>>,
    calls: Calls,
}

struct Run {
    key: RunKey,
    steps: Vec<StepRecord>,
    signals: BTreeMap<String, Value>,
}

impl FakeJournal {
    /// An empty one; everything is recorded at [`FakeClock::START`].
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(Arc::new(FakeClock::new()))
    }

    /// An empty one with this clock.
    #[must_use]
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner { clock, runs: Mutex::default(), leased: Arc::default(), calls: Calls::default() }))
    }

    /// What it was asked, and what it is to fail at.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }

    /// Forgets a step, as if the process had been killed between doing it and recording it.
    pub fn forget(&self, run: &RunKey, step: &str) {
        self.change(run, |run| run.steps.retain(|record| record.step != step));
    }

    fn read<T>(&self, run: &RunKey, look: impl FnOnce(&Run) -> Option<T>) -> Option<T> {
        locked(&self.0.runs).iter().find(|known| known.key == *run).and_then(look)
    }

    fn change<T>(&self, run: &RunKey, change: impl FnOnce(&mut Run) -> T) -> T {
        let mut runs = locked(&self.0.runs);
        if let Some(known) = runs.iter_mut().find(|known| known.key == *run) {
            return change(known);
        }
        let mut fresh = Run { key: run.clone(), steps: Vec::new(), signals: BTreeMap::new() };
        let outcome = change(&mut fresh);
        runs.push(fresh);
        outcome
    }
}

impl Default for FakeJournal {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Journal for FakeJournal {
    async fn lease(&self, run: &RunKey) -> Result<RunLease> {
        self.0.calls.begin("lease", run)?;
        let mut leased = locked(&self.0.leased);
        if leased.contains(run) {
            return Err(Error::new(ErrorKind::Conflict, format!("run {run} is being worked on")));
        }
        leased.push(run.clone());
        Ok(RunLease::new(Held { run: run.clone(), leased: Arc::clone(&self.0.leased) }))
    }

    async fn recorded(&self, run: &RunKey, step: &str) -> Result<Option<Value>> {
        self.0.calls.begin("recorded", format_args!("{run} {step}"))?;
        Ok(self
            .read(run, |run| run.steps.iter().find(|record| record.step == step).map(|record| record.output.clone())))
    }

    async fn record(&self, run: &RunKey, step: &str, output: Value) -> Result<Value> {
        self.0.calls.begin("record", format_args!("{run} {step}"))?;
        let at = self.0.clock.now();
        let standing = self.change(run, |run| {
            if let Some(record) = run.steps.iter().find(|record| record.step == step) {
                return record.output.clone();
            }
            run.steps.push(StepRecord { step: step.to_owned(), output: output.clone(), at });
            output
        });
        self.0.calls.end("record").map(|()| standing)
    }

    async fn steps(&self, run: &RunKey) -> Result<Vec<StepRecord>> {
        self.0.calls.begin("steps", run)?;
        Ok(self.read(run, |run| Some(run.steps.clone())).unwrap_or_default())
    }

    async fn runs(&self) -> Result<Vec<RunKey>> {
        self.0.calls.begin("runs", "")?;
        Ok(locked(&self.0.runs).iter().rev().map(|run| run.key.clone()).collect())
    }

    async fn signal(&self, run: &RunKey, name: &str, value: Value) -> Result<Value> {
        self.0.calls.begin("signal", format_args!("{run} {name}"))?;
        let standing = self.change(run, |run| run.signals.entry(name.to_owned()).or_insert(value).clone());
        self.0.calls.end("signal").map(|()| standing)
    }

    async fn signalled(&self, run: &RunKey, name: &str) -> Result<Option<Value>> {
        self.0.calls.begin("signalled", format_args!("{run} {name}"))?;
        Ok(self.read(run, |run| run.signals.get(name).cloned()))
    }
}

struct Held {
    run: RunKey,
    leased: Arc<Mutex<Vec<RunKey>>>,
}

impl Drop for Held {
    fn drop(&mut self) {
        locked(&self.leased).retain(|run| *run != self.run);
    }
}
