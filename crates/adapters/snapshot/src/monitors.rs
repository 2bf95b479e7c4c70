use async_trait::async_trait;
use lamplighter_core::Result;
use lamplighter_core::ports::{MonitorStatus, Monitors};
use lamplighter_core::words::Source;

use crate::Snapshot;

#[async_trait]
impl Monitors for Snapshot {
    async fn statuses(&self) -> Result<Vec<MonitorStatus>> {
        self.read(|folder| folder.json("monitors.json")).await
    }

    fn source(&self) -> Source {
        Source::new(format!("monitors of {}", Snapshot::source(self)))
    }
}
