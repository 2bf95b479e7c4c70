//! Planned maintenance: that of the configuration, and that of the monitoring systems.

use jiff::Timestamp;
use lamplighter_core::markdown::line;
use lamplighter_core::ports::PlannedWork;
use lamplighter_core::words::Source;
use lamplighter_core::words::status::PlannedMaintenance;

use crate::MaintenanceWindow;
use crate::layout::Group;

const LONGEST_TITLE: usize = 120;
/// How many there are at most: a system may have planned every night of a year.
const MOST: usize = 50;

/// What is said where a window is of something that is not on the page. It is not of all then, and names may be inner ones.
const ELSEWHERE: &str = "a service that is not on this page";

/// The services of each window, by what the page calls them.
pub(crate) fn concerned(windows: &[MaintenanceWindow], groups: &[Group<'_>]) -> Vec<Vec<String>> {
    let entries = || groups.iter().flat_map(|group| &group.entries);
    let of = |window: &MaintenanceWindow| {
        let mut services: Vec<String> = Vec::new();
        for name in &window.services {
            let mut shown: Vec<String> =
                entries().filter(|entry| entry.is_called(name)).map(|entry| entry.shown.clone()).collect();
            if shown.is_empty() {
                shown.push(ELSEWHERE.to_owned());
            }
            shown.retain(|name| !services.contains(name));
            services.extend(shown);
        }
        services
    };
    windows.iter().map(of).collect()
}

/// What is not over, the next first.
pub(crate) fn planned<'a>(
    windows: &[MaintenanceWindow],
    concerned: Vec<Vec<String>>,
    told: impl Iterator<Item = (&'a Source, &'a [PlannedWork])>,
    now: Timestamp,
) -> Vec<PlannedMaintenance> {
    let ours = windows.iter().zip(concerned).filter(|(window, _)| window.to > now && window.from < window.to);
    let ours = ours.map(|(window, services)| PlannedMaintenance {
        title: line(&window.title, LONGEST_TITLE),
        from: window.from,
        to: window.to,
        is_under_way: window.is_under_way(now),
        services,
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
