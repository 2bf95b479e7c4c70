use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::MonitorState;
use crate::Result;
use crate::words::Source;

/// From when on a monitor saw something, until its next change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateChange {
    /// From when (UTC), in whole milliseconds.
    pub at: Timestamp,
    /// What it saw. [`Unknown`](MonitorState::Unknown): nobody looked, or it did not say.
    pub state: MonitorState,
}

/// A monitor that a source told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownMonitor {
    /// What its history is remembered under; another for each monitor of its source.
    pub key: String,
    /// What its system tells it apart by, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The group that its system shows it in, where it has groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// What is remembered of the monitors of one source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceHistory {
    /// When it was looked at last, as far as was written down (UTC, whole milliseconds): the state of each monitor's last
    /// change was seen until then, and nobody knows about later.
    pub seen_until: Option<Timestamp>,
    /// The monitors that it told of last, in its order. Absent: that was never written down.
    pub monitors: Option<Vec<KnownMonitor>>,
    /// The changes of each monitor, oldest first, also of those that are gone.
    pub changes: BTreeMap<String, Vec<StateChange>>,
    /// By the begin of an hour (UTC), the median time of each monitor's answers in it, in milliseconds.
    pub latency: BTreeMap<Timestamp, BTreeMap<String, u32>>,
}

/// What is to be remembered of one source, all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryUpdate {
    /// The last look. An earlier one than is known changes nothing.
    pub seen_until: Option<Timestamp>,
    /// The monitors that it tells of now, in its order, instead of those before. Absent: they are the same.
    pub monitors: Option<Vec<KnownMonitor>>,
    /// For each monitor the time from which on its changes are replaced, and by what. Changes lie at that time or later, in
    /// their order.
    pub changes: BTreeMap<String, (Timestamp, Vec<StateChange>)>,
    /// The latencies of whole hours; what is known of such an hour is replaced.
    pub latency: BTreeMap<Timestamp, BTreeMap<String, u32>>,
    /// What ended before this is forgotten: changes that are followed by another one not after it, and monitors that have
    /// been unknown since before it. So a window that begins here can still be told.
    pub forget_before: Option<Timestamp>,
    /// The latency of hours that began before this is forgotten.
    pub forget_latency_before: Option<Timestamp>,
}

impl HistoryUpdate {
    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The memory of what monitors saw: changes and not looks, so that what does not change is not written.
///
/// # Contract
/// - What [`remember`](UptimeHistory::remember) returns from is durable.
/// - One process remembers at a time; any number may recall.
#[async_trait]
pub trait UptimeHistory: Send + Sync {
    /// Everything that is remembered, by its source.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn recall(&self) -> Result<BTreeMap<Source, SourceHistory>>;

    /// Takes in what is new. Nothing is written where the update [is empty](HistoryUpdate::is_empty).
    ///
    /// # Idempotency
    /// The same update again changes nothing.
    ///
    /// # Errors
    /// When it cannot be written; nothing of it was taken in then.
    async fn remember(&self, source: &Source, update: &HistoryUpdate) -> Result<()>;
}
