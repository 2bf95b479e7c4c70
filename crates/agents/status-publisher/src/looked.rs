//! What was seen of one source.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lamplighter_core::ports::{KnownMonitor, SourceHistory};
use lamplighter_core::words::Source;
use lamplighter_core::words::status::{SourceState, SourceStatus};

use crate::memory::SourceMemory;
use crate::service::Watched;
use crate::timeline::{Doubt, Known, Timeline, timestamp};

/// The monitors of one source, as of now.
pub(crate) struct Looked {
    pub(crate) status: SourceStatus,
    /// In the order of the source.
    pub(crate) watched: Vec<(KnownMonitor, Watched)>,
}

/// A source that cannot be asked: of the monitors that it told of last there is what is remembered, and nobody can tell how
/// they are.
pub(crate) fn away(source: &Source, reason: String, known: &SourceHistory, kept: &SourceMemory, now: i64) -> Looked {
    let seen_until = known.seen_until.map(Timestamp::as_millisecond).max(kept.seen_until);
    let told = kept.told.as_ref().or(known.monitors.as_ref()).cloned();
    // Of earlier releases there is only what was seen at any time.
    let any = |key: &String| KnownMonitor { key: key.clone(), id: None, group: None };
    let told = told.unwrap_or_else(|| known.changes.keys().map(any).collect());
    let latency = hours_of(&known.latency);
    let watched = |monitor: KnownMonitor| {
        let changes = known.changes.get(&monitor.key).map(Vec::as_slice).unwrap_or_default();
        let timeline = Timeline::unseen(Known { changes, seen_until }, now, Doubt::SourceAway);
        let latency = latency.iter().filter_map(|(hour, all)| Some((*hour, *all.get(&monitor.key)?))).collect();
        (monitor, Watched { timeline, day: None, latency })
    };
    let status = SourceStatus {
        name: source.to_string(),
        state: SourceState::Unreachable,
        last_look: seen_until.and_then(timestamp),
        reason: Some(reason),
    };
    Looked { status, watched: told.into_iter().map(watched).collect() }
}

pub(crate) fn hours_of(latency: &BTreeMap<Timestamp, BTreeMap<String, u32>>) -> Vec<(i64, &BTreeMap<String, u32>)> {
    latency.iter().map(|(hour, all)| (hour.as_millisecond(), all)).collect()
}
