use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use lamplighter_core::ports::{HistoryUpdate, MonitorState, SourceHistory, UptimeHistory};
use lamplighter_core::words::Source;
use lamplighter_core::{Result, async_trait};

use super::{Calls, locked};

/// A memory of what monitors saw, in memory. Clones share it.
#[derive(Clone, Default)]
pub struct FakeUptimeHistory(Arc<Inner>);

#[derive(Default)]
struct Inner {
    sources: Mutex<BTreeMap<Source, SourceHistory>>,
    calls: Calls,
}

impl FakeUptimeHistory {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What it was asked, and what it is to fail at. A `remember` is one that wrote something.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }
}

#[async_trait]
impl UptimeHistory for FakeUptimeHistory {
    async fn recall(&self) -> Result<BTreeMap<Source, SourceHistory>> {
        self.0.calls.begin("recall", "")?;
        Ok(locked(&self.0.sources).clone())
    }

    async fn remember(&self, source: &Source, update: &HistoryUpdate) -> Result<()> {
        if update.is_empty() {
            return Ok(());
        }
        self.0.calls.begin("remember", source)?;
        {
            let mut sources = locked(&self.0.sources);
            let known = sources.entry(source.clone()).or_default();
            known.seen_until = known.seen_until.max(update.seen_until);
            if let Some(monitors) = &update.monitors {
                known.monitors = Some(monitors.clone());
            }
            for (monitor, (from, changes)) in &update.changes {
                let kept = known.changes.entry(monitor.clone()).or_default();
                kept.retain(|change| change.at < *from);
                kept.extend(changes.iter().copied());
            }
            known.latency.extend(update.latency.iter().map(|(hour, all)| (*hour, all.clone())));
            if let Some(before) = update.forget_latency_before {
                known.latency.retain(|hour, _| *hour >= before);
            }
            if let Some(before) = update.forget_before {
                for changes in known.changes.values_mut() {
                    let current = changes.iter().rposition(|change| change.at <= before).unwrap_or(0);
                    changes.drain(..current);
                }
                known.changes.retain(|_, changes| {
                    let only = changes.first().filter(|_| changes.len() == 1);
                    !only.is_some_and(|only| only.state == MonitorState::Unknown && only.at <= before)
                });
            }
            known.changes.retain(|_, changes| !changes.is_empty());
        }
        self.0.calls.end("remember")
    }
}
