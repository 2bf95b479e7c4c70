use std::sync::{Arc, Mutex};

use lamplighter_core::ports::{AuditEntry, AuditEvent, AuditLog, AuditQuery};
use lamplighter_core::{Result, async_trait};

use super::{Calls, locked};

/// An audit log in memory.
#[derive(Clone, Default)]
pub struct FakeAuditLog(Arc<Inner>);

#[derive(Default)]
struct Inner {
    entries: Mutex<Vec<AuditEntry>>,
    calls: Calls,
}

impl FakeAuditLog {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What it was asked, and what it is to fail at.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }

    /// What was written down, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<AuditEvent> {
        locked(&self.0.entries).iter().map(|entry| entry.event.clone()).collect()
    }
}

#[async_trait]
impl AuditLog for FakeAuditLog {
    async fn append(&self, entry: AuditEntry) -> Result<()> {
        self.0.calls.begin("append", &entry.run)?;
        locked(&self.0.entries).push(entry);
        self.0.calls.end("append")
    }

    async fn entries(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        self.0.calls.begin("entries", "")?;
        let is_wanted = |entry: &&AuditEntry| {
            query.run.as_ref().is_none_or(|run| entry.run == *run) && query.since.is_none_or(|since| entry.at >= since)
        };
        Ok(locked(&self.0.entries).iter().filter(is_wanted).cloned().collect())
    }
}
