//! The contract suites over a real file.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::sync::Arc;

use lamplighter_core::async_trait;
use lamplighter_core::ports::{AuditLog, Journal};
use lamplighter_sqlite::SqliteStore;
use lamplighter_testkit::contract::{self, AuditLogHarness, JournalHarness};
use lamplighter_testkit::fakes::FakeClock;
use tempfile::TempDir;

struct Database(TempDir);

impl Database {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    async fn store(&self) -> SqliteStore {
        SqliteStore::open(&self.0.path().join("lamplighter.db"), Arc::new(FakeClock::new())).await.unwrap()
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

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_a_journal() {
    contract::journal(&Database::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_an_audit_log() {
    contract::audit_log(&Database::new()).await;
}
