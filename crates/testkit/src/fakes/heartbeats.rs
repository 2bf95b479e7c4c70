use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use lamplighter_core::ports::{Beat, Heartbeat, Heartbeats, PlannedWork};
use lamplighter_core::words::Source;
use lamplighter_core::{Result, async_trait};

use super::{Calls, locked};

/// Heartbeats that are what the test wants, under the source `Uptime Kuma` where it names no other.
#[derive(Clone)]
pub struct FakeHeartbeats(Arc<Inner>);

struct Inner {
    source: Source,
    heartbeats: Mutex<Vec<Heartbeat>>,
    planned: Mutex<Vec<PlannedWork>>,
    looks_again: AtomicBool,
    calls: Calls,
}

impl FakeHeartbeats {
    /// No monitors.
    #[must_use]
    pub fn new() -> Self {
        Self::of("Uptime Kuma")
    }

    /// No monitors, from a source of this name.
    #[must_use]
    pub fn of(source: &str) -> Self {
        Self(Arc::new(Inner {
            source: Source::new(source),
            heartbeats: Mutex::default(),
            planned: Mutex::default(),
            looks_again: AtomicBool::default(),
            calls: Calls::default(),
        }))
    }

    /// What a monitor says from now on, oldest first. A new name is a new monitor.
    pub fn set(&self, name: &str, beats: Vec<Beat>) {
        let mut all = locked(&self.0.heartbeats);
        match all.iter_mut().find(|heartbeat| heartbeat.name == name) {
            Some(heartbeat) => heartbeat.beats = beats,
            None => all.push(Heartbeat { id: None, name: name.to_owned(), group: None, beats, day: None }),
        }
    }

    /// What all monitors say from now on.
    pub fn set_all(&self, heartbeats: Vec<Heartbeat>) {
        *locked(&self.0.heartbeats) = heartbeats;
    }

    /// The same, as a system that looks again itself before it calls something down.
    #[must_use]
    pub fn looking_again(self) -> Self {
        self.0.looks_again.store(true, Ordering::Relaxed);
        self
    }

    /// The maintenance that is planned from now on.
    pub fn plan(&self, planned: Vec<PlannedWork>) {
        *locked(&self.0.planned) = planned;
    }

    /// What it was asked, and what it is to fail at.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }
}

impl Default for FakeHeartbeats {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Heartbeats for FakeHeartbeats {
    async fn heartbeats(&self) -> Result<Vec<Heartbeat>> {
        self.0.calls.begin("heartbeats", "")?;
        Ok(locked(&self.0.heartbeats).clone())
    }

    async fn planned_work(&self) -> Result<Vec<PlannedWork>> {
        self.0.calls.begin("planned_work", "")?;
        Ok(locked(&self.0.planned).clone())
    }

    fn looks_again(&self) -> bool {
        self.0.looks_again.load(Ordering::Relaxed)
    }

    fn source(&self) -> Source {
        self.0.source.clone()
    }
}
