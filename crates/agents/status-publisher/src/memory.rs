//! What a publisher keeps from one refresh to the next, and what of it is written down.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lamplighter_core::ports::{Beat, HistoryUpdate, KnownMonitor, PlannedWork, SourceHistory};
use lamplighter_core::words::Source;
use lamplighter_core::words::status::IssuesRead;

use crate::figures::{DAY, DAYS, HOUR};
use crate::past::Past;
use crate::timeline::timestamp;

/// How long latencies are kept: what is shown and an hour.
const LATENCY_KEPT: i64 = DAY + HOUR;

/// What is kept in the process alone.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) sources: BTreeMap<Source, SourceMemory>,
    /// What the tracker told when it could be read last.
    pub(crate) issues: Option<IssuesRead>,
    /// When the cluster could be read last.
    pub(crate) cluster: Option<Timestamp>,
    /// When it was known last how the cluster sees each service.
    pub(crate) inside: BTreeMap<String, Timestamp>,
    /// What the operator should know of the last look.
    pub(crate) remarks: Vec<String>,
    /// The incidents that are over.
    pub(crate) past: Past,
}

/// What is kept of one source.
#[derive(Debug, Default)]
pub(crate) struct SourceMemory {
    /// The last look, which is not written down each time.
    pub(crate) seen_until: Option<i64>,
    /// The monitors that it told of last, in its order.
    pub(crate) told: Option<Vec<KnownMonitor>>,
    /// The maintenance that it told of last.
    pub(crate) planned: Vec<PlannedWork>,
    /// The latencies of hours that are not written down yet, by monitor: when, and how long.
    samples: BTreeMap<String, Vec<(i64, u32)>>,
}

impl SourceMemory {
    /// Takes the latencies in that are new, of the time from `floor` on.
    pub(crate) fn take(&mut self, monitor: &str, beats: &[Beat], floor: i64) {
        let after = self.samples.get(monitor).and_then(|samples| samples.last()).map_or(floor, |(at, _)| at + 1);
        let new = beats.iter().filter_map(|beat| Some((beat.at.as_millisecond(), beat.millis?)));
        let mut new = new.filter(|(at, _)| *at >= after).peekable();
        if new.peek().is_some() {
            self.samples.entry(monitor.to_owned()).or_default().extend(new);
        }
    }

    /// The medians of the hours that are over at `now`.
    pub(crate) fn whole_hours(&self, now: i64) -> BTreeMap<Timestamp, BTreeMap<String, u32>> {
        let current = now.div_euclid(HOUR);
        let mut hours: BTreeMap<Timestamp, BTreeMap<String, u32>> = BTreeMap::new();
        for (monitor, samples) in &self.samples {
            let mut by_hour: BTreeMap<i64, Vec<u32>> = BTreeMap::new();
            for (at, millis) in samples.iter().filter(|(at, _)| at.div_euclid(HOUR) < current) {
                by_hour.entry(at.div_euclid(HOUR)).or_default().push(*millis);
            }
            for (hour, mut all) in by_hour {
                let middle = all.len() / 2;
                let median = *all.select_nth_unstable(middle).1;
                if let Some(hour) = timestamp(hour * HOUR) {
                    hours.entry(hour).or_default().insert(monitor.clone(), median);
                }
            }
        }
        hours
    }

    /// Forgets what was written down: everything before the hour that `now` is in.
    pub(crate) fn written(&mut self, now: i64) {
        let current = now.div_euclid(HOUR) * HOUR;
        for samples in self.samples.values_mut() {
            samples.retain(|(at, _)| *at >= current);
        }
        self.samples.retain(|_, samples| !samples.is_empty());
    }
}

/// From when on latencies are taken in: what was written down, or is too old, is not.
pub(crate) fn latency_floor(known: &SourceHistory, now: i64) -> i64 {
    let written = known.latency.keys().next_back().map(|hour| hour.as_millisecond() + HOUR);
    written.unwrap_or(i64::MIN).max(now.div_euclid(HOUR) * HOUR - DAY)
}

/// Adds to what is new how far everything was seen, where that is worth a write, and what is to be forgotten, once a day.
pub(crate) fn complete(mut update: HistoryUpdate, known: &SourceHistory, now: i64, write_every: i64) -> HistoryUpdate {
    let written = known.seen_until.map(Timestamp::as_millisecond);
    let is_due = written.is_none_or(|written| now - written >= write_every);
    if update.is_empty() && !is_due {
        return update;
    }
    update.seen_until = timestamp(now);
    if written.is_none_or(|written| written.div_euclid(DAY) != now.div_euclid(DAY)) {
        let days = i64::try_from(DAYS).unwrap_or_default() + 1;
        update.forget_before = timestamp(now - days * DAY);
        update.forget_latency_before = timestamp(now - LATENCY_KEPT);
    }
    update
}
