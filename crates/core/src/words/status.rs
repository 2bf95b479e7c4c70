//! The status page as data: the one value from which every file of it is made.

mod incident;
mod ratio;
mod service;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use incident::{
    ActiveIncident, IssuesRead, OpenReport, OpenReports, Outage, PastIncidents, PlannedMaintenance, ResolvedIncident,
    SelfCheck, TimelineEntry, TimelineWord,
};
pub use ratio::Ratio;
pub use service::{Contrast, DayCell, LatencyPoint, ServiceGroup, ServiceState, ServiceStatus, UptimeFigure, Uptimes};

/// The version of [`Status`] as JSON. It grows when a reader of the one before would misread it; fields that are only
/// added leave it as it is.
pub const STATUS_VERSION: u32 = 1;

/// How old the last look may be before what is said of it says nothing about now.
pub const STALE_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// How everything stands, at one time.
///
/// As JSON it is the `status.json` of the page. All times are UTC in RFC 3339, ratios are numbers from 0 to 1. A field that
/// is not there says that something is not known, each says what; it never says that all is well.
///
/// What outsiders wrote is not in it: see [`IssuesRead`]. Text is plain: it is neither Markdown nor HTML, and whoever
/// writes it into either has to escape it. Only [`SelfCheck::check`] is Markdown, by the operator.
///
/// # How old it is
/// A look that finds nothing new must write nothing, and a reader must notice within [`STALE_AFTER`] that nobody looks any
/// more. A copy alone cannot do both, so each says in `renewal` how its reader learns of the last look:
///
/// | `renewal` | where | the last look is | after [`STALE_AFTER`] without one |
/// |---|---|---|---|
/// | [`every_look`](Renewal::EveryLook) | `lamplighter serve`, which makes it anew in memory | `generated_at` | "out of date since": all states are grey |
/// | [`modified`](Renewal::Modified) | a folder | `generated_at`, or the `Last-Modified` of `status.json` where that is later | the same |
/// | [`on_change`](Renewal::OnChange) | a branch | `generated_at`, and nobody can tell of later ones | "as it was at": all states are grey, and it says why |
///
/// What a script does with it: `every_look` compares `generated_at` with the clock. `modified` asks for `HEAD status.json`
/// (same origin, `cache: "no-store"`) before it says so, and each minute; it believes a `Last-Modified` that is not after
/// the `Date` of the same answer, and measures age against that `Date`. `on_change` compares as `every_look` does and says
/// it in other words: the copy is not known to be wrong, it is not known to be right. An answer that fails is no look.
///
/// Without a script there is the absolute time of the copy and the one from which it is old, [`STALE_AFTER`] later, whatever
/// the `renewal`. Copies that are not made with every look are made when something changes and once in each day (UTC), so
/// that nobody keeps one of the day before yesterday any more.
///
/// What a later look vouches for is what a copy says of states, incidents, reports and maintenance. Its figures, notes and
/// since when something is so are those of its making, which is an hour ago at the most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// [`STATUS_VERSION`] of who made it.
    pub version: u32,
    /// What the page is called.
    pub title: String,
    /// When it was made. What is said here was so then; see above for whether it was looked at since.
    pub generated_at: Timestamp,
    /// How a reader learns of later looks. Absent: not at all but by a new copy.
    #[serde(default)]
    pub renewal: Renewal,
    /// Everything in one word.
    pub state: OverallState,
    /// Where this comes from: monitors, cluster, tracker.
    pub sources: Vec<SourceStatus>,
    /// The services, in the order of the configuration.
    pub groups: Vec<ServiceGroup>,
    /// The services that are down as monitors see it, seen at least twice, one entry for each, with the incident that tells of
    /// it where one does. The longest first.
    pub outages: Vec<Outage>,
    /// What the tracker tells. Absent: it has not been readable yet, and nobody knows whether there are incidents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issues: Option<IssuesRead>,
    /// Maintenance that is planned or going on, the next first. Empty: none is planned.
    pub maintenance: Vec<PlannedMaintenance>,
    /// What people can check themselves. Empty: nothing is configured.
    pub self_service: Vec<SelfCheck>,
    /// All incidents that are over, for pages of their own. Absent: the tracker has not told of them yet. It is not in the
    /// JSON, which would grow with the years and be written anew with each change of now.
    #[serde(skip)]
    pub past: Option<PastIncidents>,
}

impl Status {
    /// All services, in their order.
    pub fn services(&self) -> impl Iterator<Item = &ServiceStatus> {
        self.groups.iter().flat_map(|group| &group.services)
    }

    /// Whether it says the same as another one to a reader, so that nothing has to be written: all of it but when it was
    /// made and looked at, the way of its renewal, past incidents, and digits of uptime that nobody is shown. What is of another day (UTC)
    /// is not the same.
    #[must_use]
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        let day = |status: &Self| TimeZone::UTC.to_datetime(status.generated_at).date();
        day(self) == day(other) && self.timeless() == other.timeless()
    }

    /// The same without the time of making, without the looks that are as new as that, and as exact as it is shown.
    fn timeless(&self) -> Self {
        let mut timeless = Self { past: None, renewal: Renewal::default(), ..self.clone() };
        let made = timeless.generated_at;
        timeless.generated_at = Timestamp::UNIX_EPOCH;
        for source in &mut timeless.sources {
            source.last_look = source.last_look.filter(|look| source.state != SourceState::Reached || *look != made);
        }
        if let Some(issues) = timeless.issues.as_mut().filter(|issues| issues.read_at == made) {
            issues.read_at = Timestamp::UNIX_EPOCH;
        }
        for service in timeless.groups.iter_mut().flat_map(|group| &mut group.services) {
            let Uptimes { day, week, month } = &mut service.uptime;
            for figure in [day, week, month] {
                figure.ratio = figure.ratio.map(Ratio::as_shown);
            }
        }
        timeless
    }
}

/// How a reader of a copy learns that somebody has looked since it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Renewal {
    /// Every look makes a new copy.
    #[default]
    EveryLook,
    /// A look that finds nothing new leaves the copy as it is and sets the time of modification of `status.json`.
    Modified,
    /// A look that finds nothing new leaves no trace.
    OnChange,
}

/// Everything in one word, the calmest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverallState {
    /// Every service is up, seen just now.
    Operational,
    /// Some are in planned maintenance, the others are up.
    Maintenance,
    /// Of some nobody can tell, nothing is known to be wrong. Also where there are no services at all.
    Unknown,
    /// Some are degraded or failing, or there is an incident, and none is down.
    Degraded,
    /// Some are down.
    PartialOutage,
    /// More than half of those that can be seen are down, or there is an incident of SEV1.
    MajorOutage,
}

/// Where a part of the page comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceStatus {
    /// Its name: `Uptime Kuma`, `cluster`, `tracker`.
    pub name: String,
    /// Whether it answered this time.
    pub state: SourceState,
    /// When it answered last: when the page was made where it was reached. Absent: never, as far as is remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_look: Option<Timestamp>,
    /// Why it could not be looked at, safe in public. Absent: it was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl SourceStatus {
    /// Whether it looks at services: the tracker and the history of uptime tell of none.
    #[must_use]
    pub fn is_watching(&self) -> bool {
        !matches!(self.name.as_str(), "tracker" | "history")
    }

    /// Whether it tells which services there are, as monitors do: the cluster is asked about those of the configuration.
    #[must_use]
    pub fn tells_services(&self) -> bool {
        self.is_watching() && self.name != "cluster"
    }
}

/// The name of a source for people, with a capital letter at the begin.
///
/// ```
/// use lamplighter_core::words::status::source_title;
///
/// assert_eq!((source_title("Uptime Kuma"), source_title("cluster")), ("Uptime Kuma".into(), "Cluster".into()));
/// ```
#[must_use]
pub fn source_title(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Whether a source answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// It did.
    Reached,
    /// It did not. What it would have told is unknown.
    Unreachable,
    /// It answered, and from the future by its clock, so that it is not believed.
    ClockSkewed,
}

#[cfg(test)]
mod tests;
