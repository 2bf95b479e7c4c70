//! Journals and audit logs that break a promise.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use lamplighter_core::ports::{AuditEntry, AuditLog, AuditQuery, Journal, RunLease, StepRecord};
use lamplighter_core::{Result, RunKey, async_trait};
use lamplighter_testkit::contract::{self, AuditLogHarness, JournalHarness};
use lamplighter_testkit::fakes::{FakeAuditLog, FakeJournal};
use serde_json::Value;

use crate::check;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    LastWriterWins,
    NullIsNothing,
    ForgetsOnRestart,
    FoldsCase,
    SortsSteps,
    OldestRunFirst,
    LastSignalStands,
    LeasesTwice,
    NeverGivesBack,
}

#[derive(Clone)]
struct Broken {
    journal: FakeJournal,
    fault: Fault,
    /// Makes names that have not been used before.
    versions: Arc<AtomicU64>,
}

impl Broken {
    fn new(fault: Fault) -> Self {
        Self { journal: FakeJournal::new(), fault, versions: Arc::default() }
    }

    fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn step(&self, step: &str) -> String {
        if self.is(Fault::FoldsCase) { step.to_lowercase() } else { step.to_owned() }
    }
}

#[async_trait]
impl Journal for Broken {
    async fn lease(&self, run: &RunKey) -> Result<RunLease> {
        let run = if self.is(Fault::LeasesTwice) {
            RunKey::new(format!("{run} {}", self.versions.fetch_add(1, Ordering::Relaxed)))
        } else {
            run.clone()
        };
        let lease = self.journal.lease(&run).await?;
        if self.is(Fault::NeverGivesBack) {
            std::mem::forget(lease);
            return Ok(RunLease::new(()));
        }
        Ok(lease)
    }

    async fn recorded(&self, run: &RunKey, step: &str) -> Result<Option<Value>> {
        let recorded = self.journal.recorded(run, &self.step(step)).await?;
        Ok(recorded.filter(|value| !(self.is(Fault::NullIsNothing) && value.is_null())))
    }

    async fn record(&self, run: &RunKey, step: &str, output: Value) -> Result<Value> {
        if self.is(Fault::LastWriterWins) {
            self.journal.forget(run, step);
        }
        self.journal.record(run, &self.step(step), output).await
    }

    async fn steps(&self, run: &RunKey) -> Result<Vec<StepRecord>> {
        let mut steps = self.journal.steps(run).await?;
        if self.is(Fault::SortsSteps) {
            steps.sort_by(|a, b| a.step.cmp(&b.step));
        }
        Ok(steps)
    }

    async fn runs(&self) -> Result<Vec<RunKey>> {
        let mut runs = self.journal.runs().await?;
        if self.is(Fault::OldestRunFirst) {
            runs.reverse();
        }
        Ok(runs)
    }

    async fn signal(&self, run: &RunKey, name: &str, value: Value) -> Result<Value> {
        let stands = self.journal.signal(run, name, value.clone()).await?;
        Ok(if self.is(Fault::LastSignalStands) { value } else { stands })
    }

    async fn signalled(&self, run: &RunKey, name: &str) -> Result<Option<Value>> {
        self.journal.signalled(run, name).await
    }
}

#[async_trait]
impl JournalHarness for Broken {
    async fn open(&self) -> Arc<dyn Journal> {
        if self.is(Fault::ForgetsOnRestart) {
            return Arc::new(FakeJournal::new());
        }
        Arc::new(self.clone())
    }
}

#[tokio::test]
async fn a_journal_that_breaks_a_promise_is_found_out() {
    for (fault, words) in [
        (Fault::LastWriterWins, "a second writer is given what stands"),
        (Fault::NullIsNothing, "output 0 reads back"),
        (Fault::ForgetsOnRestart, "a second writer is given what stands"),
        (Fault::FoldsCase, "is its own"),
        (Fault::SortsSteps, "in the order in which they were recorded"),
        (Fault::OldestRunFirst, "the newest run is the first"),
        (Fault::LastSignalStands, "a later one of the name is told so"),
        (Fault::LeasesTwice, "another task of the process does not get the run"),
        (Fault::NeverGivesBack, "a run that was given back is free"),
    ] {
        check(words, async move { contract::journal(&Broken::new(fault)).await }).await;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LogFault {
    DropsRepetitions,
    NewestFirst,
    RoundsTimes,
    SinceIsExclusive,
}

#[derive(Clone)]
struct BrokenLog(FakeAuditLog, LogFault);

#[async_trait]
impl AuditLog for BrokenLog {
    async fn append(&self, mut entry: AuditEntry) -> Result<()> {
        if self.1 == LogFault::RoundsTimes {
            entry.at = jiff::Timestamp::from_microsecond(entry.at.as_microsecond()).unwrap_or(entry.at);
        }
        if self.1 == LogFault::DropsRepetitions && self.0.events().last() == Some(&entry.event) {
            return Ok(());
        }
        self.0.append(entry).await
    }

    async fn entries(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        let mut entries = self.0.entries(query).await?;
        match self.1 {
            LogFault::NewestFirst => entries.reverse(),
            LogFault::SinceIsExclusive => entries.retain(|entry| query.since != Some(entry.at)),
            LogFault::DropsRepetitions | LogFault::RoundsTimes => {}
        }
        Ok(entries)
    }
}

#[async_trait]
impl AuditLogHarness for BrokenLog {
    async fn open(&self) -> Arc<dyn AuditLog> {
        Arc::new(self.clone())
    }
}

#[tokio::test]
async fn an_audit_log_that_breaks_a_promise_is_found_out() {
    for (fault, words) in [
        (LogFault::DropsRepetitions, "entries read back as they were"),
        (LogFault::NewestFirst, "entries read back as they were"),
        (LogFault::RoundsTimes, "to the nanosecond"),
        (LogFault::SinceIsExclusive, "entries for"),
    ] {
        check(words, async move { contract::audit_log(&BrokenLog(FakeAuditLog::new(), fault)).await }).await;
    }
}
