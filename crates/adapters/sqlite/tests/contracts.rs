//! The contract suites over a real file.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::sync::Arc;

use lamplighter_core::async_trait;
use lamplighter_core::ports::{AuditLog, Inbox, Journal, UptimeHistory};
use lamplighter_sqlite::SqliteStore;
use lamplighter_testkit::contract::{self, AuditLogHarness, InboxHarness, JournalHarness, UptimeHistoryHarness};
use lamplighter_testkit::fakes::FakeClock;
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
