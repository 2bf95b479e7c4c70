//! The contract suites over a real file.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::sync::Arc;
use std::time::Duration;

use lamplighter_core::async_trait;
use lamplighter_core::ports::{
    AuditLog, Inbox, JobId, JobLimits, JobState, Journal, Message, Receipt, UptimeHistory, Work, WorkKind,
};
use lamplighter_core::words::IssueNumber;
use lamplighter_sqlite::SqliteStore;
use lamplighter_testkit::contract::{self, AuditLogHarness, InboxHarness, JournalHarness, UptimeHistoryHarness};
use lamplighter_testkit::fakes::FakeClock;
use serde_json::json;
use tempfile::TempDir;

struct Database {
    folder: TempDir,
    clock: FakeClock,
}

impl Database {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), clock: FakeClock::new() }
    }

    async fn store(&self) -> SqliteStore {
        self.store_called("lamplighter").await
    }

    async fn store_called(&self, name: &str) -> SqliteStore {
        let file = self.folder.path().join(name).with_extension("db");
        SqliteStore::open(&file, Arc::new(self.clock.clone())).await.unwrap()
    }
}

#[async_trait]
impl InboxHarness for Database {
    async fn open(&self, name: &str) -> Arc<dyn Inbox> {
        Arc::new(self.store_called(name).await)
    }

    fn clock(&self) -> &FakeClock {
        &self.clock
    }
}

#[async_trait]
impl JournalHarness for Database {
    async fn open(&self) -> Arc<dyn Journal> {
        Arc::new(self.store().await)
    }
}

#[async_trait]
impl AuditLogHarness for Database {
    async fn open(&self) -> Arc<dyn AuditLog> {
        Arc::new(self.store().await)
    }
}

#[async_trait]
impl UptimeHistoryHarness for Database {
    async fn open(&self, name: &str) -> Arc<dyn UptimeHistory> {
        Arc::new(self.store_called(name).await)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_a_journal() {
    contract::journal(&Database::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_an_audit_log() {
    contract::audit_log(&Database::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_an_inbox() {
    contract::inbox(&Database::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_remembers_what_monitors_saw() {
    contract::uptime_history(&Database::new()).await;
}

#[tokio::test]
async fn what_is_long_over_is_forgotten_at_a_start_and_what_waits_is_not() {
    let database = Database::new();
    let inbox = database.store().await;
    let asking = |n: u64| {
        let work = Work::Answer { issue: IssueNumber(n), again: false, limits: JobLimits::default() };
        let job = Some((JobId::new(n.to_string()), work));
        Message { id: n.to_string(), at: FakeClock::START, words: None, job, wake: None }
    };
    let ends = [
        JobState::Completed { outcome: json!(null) },
        JobState::Waiting { until: FakeClock::START + Duration::from_hours(24 * 365) },
        JobState::Queued { due: FakeClock::START },
    ];
    for (n, end) in (1..).zip(ends) {
        inbox.accept(asking(n)).await.unwrap();
        let job = inbox.take(WorkKind::Answer).await.unwrap().unwrap();
        inbox.settle(&job.id, end).await.unwrap();
    }
    let days = |days: u64| Duration::from_hours(24 * days);
    for (later, kept) in [(days(30), vec!["1", "2", "3"]), (Duration::from_secs(1), vec!["2", "3"])] {
        database.clock.advance(later);
        inbox.recover().await.unwrap();
        let mut found = Vec::new();
        for id in ["1", "2", "3"] {
            found.extend(inbox.job(&JobId::new(id)).await.unwrap().map(|_| id));
        }
        assert_eq!(found, kept);
    }
    assert_eq!(inbox.accept(asking(1)).await.unwrap(), Receipt::Accepted, "its message is forgotten, too");
}
