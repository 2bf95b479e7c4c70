//! One service of the page, put together.

use jiff::Timestamp;
use jiff::civil::Date;
use lamplighter_core::ports::MonitorState;
use lamplighter_core::words::status::{
    Contrast, LatencyPoint, OverallState, Ratio, ServiceGroup, ServiceState, ServiceStatus, UptimeFigure, Uptimes,
};
use lamplighter_core::words::{Severity, status::IssuesRead};

use crate::figures::{DAY, Exempt, days, figure, worst_of};
use crate::layout::Entry;
use crate::timeline::{Change, Doubt, Present, Timeline, timestamp};

/// Below this the source's own figure of a day is better than ours.
const ENOUGH: u32 = 990_000;

/// A monitor of a service.
pub(crate) struct Watched {
    pub(crate) timeline: Timeline,
    /// What its system says of the last 24 hours.
    pub(crate) day: Option<Ratio>,
    /// The medians of whole hours, by their begin.
    pub(crate) latency: Vec<(i64, u32)>,
}

/// What is the same for all services.
pub(crate) struct Frame<'a> {
    pub(crate) now: Timestamp,
    pub(crate) dates: &'a [Date],
    /// The begins of the hours that latency is told of.
    pub(crate) hours: &'a [i64],
}

/// A service with its monitors, and how the cluster sees it.
pub(crate) fn service(
    entry: &Entry<'_>,
    monitors: &[&Watched],
    (inside, inside_last_look): (Option<ServiceState>, Option<Timestamp>),
    in_maintenance: bool,
    exempt: &Exempt,
    frame: &Frame<'_>,
) -> ServiceStatus {
    let presents: Vec<Present> = if monitors.is_empty() && !entry.monitors.is_empty() {
        vec![missing()]
    } else {
        monitors.iter().map(|watched| watched.timeline.present).collect()
    };
    let outside = outside(&presents);
    let contrast = match (outside, inside) {
        (Some(ServiceState::Down), Some(ServiceState::Up)) => Some(Contrast::DownOutsideUpInside),
        (Some(ServiceState::Up), Some(ServiceState::Down)) => Some(Contrast::UpOutsideDownInside),
        _ => None,
    };
    let state = state(outside, inside, in_maintenance);
    let is_unconfirmed = state == ServiceState::Down && presents.iter().any(|present| present.is_unconfirmed);
    let doubt = presents.iter().find_map(|present| present.doubt);
    let is_unknown = state == ServiceState::Unknown;
    let seen = presents.iter().filter(|present| present.doubt.is_some()).map(|present| present.last_look);
    let last_look = seen.min().flatten().filter(|_| is_unknown && outside == Some(ServiceState::Unknown));
    // What the cluster adds to the monitors began at a time that nobody has written down.
    let is_told_outside = outside == Some(state);
    let since = presents.iter().map(|present| present.since).max().flatten().filter(|_| is_told_outside && !is_unknown);
    let changes: Vec<&[Change]> = monitors.iter().map(|watched| &*watched.timeline.changes).collect();
    let worst = if changes.is_empty() { Vec::new() } else { worst_of(&changes) };
    let now = frame.now.as_millisecond();
    let share = |length: i64| figure(&worst, now, now, length, exempt);
    let day = match monitors {
        [only] => told(share(DAY), only.day.filter(|_| doubt.is_none())),
        _ => share(DAY),
    };
    ServiceStatus {
        id: entry.id.clone(),
        name: entry.shown.clone(),
        state,
        since: since.and_then(timestamp),
        is_unconfirmed,
        last_look: last_look.and_then(timestamp),
        note: note(state, outside, inside, doubt, is_unconfirmed),
        outside,
        inside,
        inside_last_look: inside_last_look.filter(|_| inside == Some(ServiceState::Unknown)),
        contrast,
        uptime: Uptimes { day, week: share(7 * DAY), month: share(30 * DAY) },
        latency: latency(monitors, frame.hours),
        days: if worst.is_empty() { Vec::new() } else { days(&worst, now, now, frame.dates, exempt) },
    }
}

/// A monitor that is configured and that nobody tells of.
const fn missing() -> Present {
    Present {
        state: MonitorState::Unknown,
        since: None,
        is_unconfirmed: false,
        looks_again: false,
        last_look: None,
        doubt: Some(Doubt::NotToldAnyMore),
    }
}

/// How the monitors see it.
fn outside(presents: &[Present]) -> Option<ServiceState> {
    use ServiceState::{Degraded, Down, Maintenance, Pending, Unknown, Up};
    let states = presents.iter().map(|present| match present.state {
        MonitorState::Up => Up,
        MonitorState::Maintenance => Maintenance,
        MonitorState::Unknown => Unknown,
        MonitorState::Pending => Pending,
        MonitorState::Down if present.is_unconfirmed && !present.looks_again => Pending,
        MonitorState::Down => Down,
    });
    let states: Vec<ServiceState> = states.collect();
    if states.is_empty() {
        return None;
    }
    if states.iter().all(|state| *state == Down) {
        return Some(Down);
    }
    states.contains(&Down).then_some(Degraded).or_else(|| states.iter().copied().max())
}

fn state(outside: Option<ServiceState>, inside: Option<ServiceState>, in_maintenance: bool) -> ServiceState {
    use ServiceState::{Degraded, Down, Maintenance, Unknown, Up};
    let is_broken = matches!(inside, Some(Down | Degraded));
    let seen = match outside {
        None => inside.unwrap_or(Unknown),
        Some(Up) if is_broken => Degraded,
        Some(outside) => outside,
    };
    if in_maintenance && seen != Unknown { Maintenance } else { seen }
}

/// Ours, or the source's where ours is not long enough.
fn told(ours: UptimeFigure, theirs: Option<Ratio>) -> UptimeFigure {
    match theirs {
        Some(ratio) if ours.observed.millionths() < ENOUGH => {
            UptimeFigure { ratio: Some(ratio), told_by_source: true, ..ours }
        }
        _ => ours,
    }
}

fn note(
    state: ServiceState,
    outside: Option<ServiceState>,
    inside: Option<ServiceState>,
    doubt: Option<Doubt>,
    is_unconfirmed: bool,
) -> Option<String> {
    let said = match (state, doubt) {
        (ServiceState::Unknown, Some(doubt)) => match doubt {
            Doubt::NeverLooked => "its monitor has not looked yet",
            Doubt::NotToldAnyMore => "its monitor is not there",
            Doubt::SourceAway => "its monitors cannot be reached",
            Doubt::Stale => "its monitor has not looked for too long",
            Doubt::ClockAhead => "the clock of its monitors is ahead",
            Doubt::CannotSay => "its monitor cannot say",
        },
        (ServiceState::Unknown, None) if inside.is_some() => "the cluster cannot be read",
        (ServiceState::Unknown, None) => "nothing looks at it",
        (ServiceState::Pending, _) => "it failed and is being looked at again",
        (ServiceState::Degraded, _) if outside == Some(ServiceState::Up) => {
            "it answers, and is not well in the cluster"
        }
        (ServiceState::Degraded, _) if outside.is_some() => "some of its monitors fail",
        (ServiceState::Down, _) if is_unconfirmed => {
            "its monitor calls it down; the next look will confirm that or not"
        }
        (ServiceState::Down, _) if inside == Some(ServiceState::Up) => "it runs, and cannot be reached from outside",
        _ => return None,
    };
    Some(said.to_owned())
}

fn latency(monitors: &[&Watched], hours: &[i64]) -> Vec<LatencyPoint> {
    let Some(measured) = monitors.iter().find(|watched| !watched.latency.is_empty()) else { return Vec::new() };
    let millis = |hour: i64| measured.latency.iter().find(|(at, _)| *at == hour).map(|(_, millis)| *millis);
    hours.iter().filter_map(|hour| Some(LatencyPoint { at: timestamp(*hour)?, millis: millis(*hour) })).collect()
}

/// A group with the worst state of its services.
pub(crate) fn group(name: String, services: Vec<ServiceStatus>) -> ServiceGroup {
    let state = services.iter().map(|service| service.state).max().unwrap_or(ServiceState::Unknown);
    ServiceGroup { name, state, services }
}

/// Everything in one word.
pub(crate) fn overall(groups: &[ServiceGroup], issues: Option<&IssuesRead>) -> OverallState {
    let states = || groups.iter().flat_map(|group| &group.services).map(|service| service.state);
    let count = |wanted: ServiceState| states().filter(|state| *state == wanted).count();
    let incidents = issues.map(|issues| &*issues.incidents).unwrap_or_default();
    let is_critical = incidents.iter().any(|incident| incident.severity == Some(Severity::Sev1));
    let (down, unknown, all) = (count(ServiceState::Down), count(ServiceState::Unknown), states().count());
    if is_critical || (down > 0 && down * 2 > all - unknown) {
        OverallState::MajorOutage
    } else if down > 0 {
        OverallState::PartialOutage
    } else if count(ServiceState::Degraded) + count(ServiceState::Pending) > 0 || !incidents.is_empty() {
        OverallState::Degraded
    } else if unknown > 0 || all == 0 {
        OverallState::Unknown
    } else if count(ServiceState::Maintenance) > 0 {
        OverallState::Maintenance
    } else {
        OverallState::Operational
    }
}
