//! Planned maintenance: that of the configuration, and that of the monitoring systems.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lamplighter_core::markdown::line;
use lamplighter_core::ports::PlannedWork;
use lamplighter_core::words::Source;
use lamplighter_core::words::status::PlannedMaintenance;

use crate::MaintenanceWindow;

const LONGEST_TITLE: usize = 120;
/// How many there are at most: a system may have planned every night of a year.
const MOST: usize = 50;

/// What is not over, the next first.
pub(crate) fn planned<'a>(
    windows: &[MaintenanceWindow],
    told: impl Iterator<Item = (&'a Source, &'a [PlannedWork])>,
    shown: &BTreeMap<String, String>,
    now: Timestamp,
) -> Vec<PlannedMaintenance> {
    let ours = windows.iter().filter(|window| window.to > now && window.from < window.to);
    let ours = ours.map(|window| PlannedMaintenance {
        title: line(&window.title, LONGEST_TITLE),
        from: window.from,
        to: window.to,
        is_under_way: window.is_under_way(now),
        services: window.services.iter().filter_map(|name| shown.get(name).cloned()).collect(),
        source: None,
    });
    let theirs = told.flat_map(|(source, planned)| planned.iter().map(move |work| (source, work)));
    let theirs = theirs.filter(|(_, work)| work.to > now && work.from < work.to);
    let theirs = theirs.map(|(source, work)| PlannedMaintenance {
        title: line(&work.title, LONGEST_TITLE),
        from: work.from,
        to: work.to,
        is_under_way: work.from <= now,
        services: Vec::new(),
        source: Some(source.to_string()),
    });
    let mut planned: Vec<_> = ours.chain(theirs).collect();
    planned.sort_by(|one, other| (one.from, &one.title, &one.source).cmp(&(other.from, &other.title, &other.source)));
    planned.dedup();
    planned.truncate(MOST);
    planned
}
