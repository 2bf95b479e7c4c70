//! The status page as data: the one value from which every file of it is made.

mod incident;
mod ratio;
mod service;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use incident::{
    ActiveIncident, IssuesRead, OpenReport, OpenReports, Outage, PlannedMaintenance, ResolvedIncident, SelfCheck,
    TimelineEntry, TimelineWord,
};
pub use ratio::Ratio;
pub use service::{Contrast, DayCell, LatencyPoint, ServiceGroup, ServiceState, ServiceStatus, UptimeFigure, Uptimes};

/// The version of [`Status`] as JSON. It grows when a reader of the one before would misread it; fields that are only
/// added leave it as it is.
pub const STATUS_VERSION: u32 = 1;

/// How everything stands, at one time.
///
/// As JSON it is the `status.json` of the page. All times are UTC in RFC 3339, ratios are numbers from 0 to 1. A field that
/// is not there says that something is not known, each says what; it never says that all is well.
///
/// What outsiders wrote is not in it: see [`IssuesRead`]. Text is plain: it is neither Markdown nor HTML, and whoever
/// writes it into either has to escape it. Only [`SelfCheck::check`] is Markdown, by the operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// [`STATUS_VERSION`] of who made it.
    pub version: u32,
    /// What the page is called.
    pub title: String,
    /// When it was made. What is said here was so then; a page that is much older says nothing about now.
    pub generated_at: Timestamp,
    /// Everything in one word.
    pub state: OverallState,
    /// Where this comes from: monitors, cluster, tracker.
    pub sources: Vec<SourceStatus>,
    /// The services, in the order of the configuration.
    pub groups: Vec<ServiceGroup>,
    /// The services that are down as monitors see it, one entry for each, with the incident that tells of it where one
    /// does. The longest first.
    pub outages: Vec<Outage>,
    /// What the tracker tells. Absent: it has not been readable yet, and nobody knows whether there are incidents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issues: Option<IssuesRead>,
    /// Maintenance that is planned or going on, the next first. Empty: none is planned.
    pub maintenance: Vec<PlannedMaintenance>,
    /// What people can check themselves. Empty: nothing is configured.
    pub self_service: Vec<SelfCheck>,
}

impl Status {
    /// All services, in their order.
    pub fn services(&self) -> impl Iterator<Item = &ServiceStatus> {
        self.groups.iter().flat_map(|group| &group.services)
    }

    /// Whether it says the same as another one but for the time at which it was made. Nothing has to be written where
    /// it does.
    #[must_use]
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        self.timeless() == other.timeless()
    }

    /// The same without the time of making, and without the looks that are as new as that.
    fn timeless(&self) -> Self {
        let mut timeless = self.clone();
        let made = timeless.generated_at;
        timeless.generated_at = Timestamp::UNIX_EPOCH;
        for source in &mut timeless.sources {
            source.last_look = source.last_look.filter(|look| source.state != SourceState::Reached || *look != made);
        }
        if let Some(issues) = timeless.issues.as_mut().filter(|issues| issues.read_at == made) {
            issues.read_at = Timestamp::UNIX_EPOCH;
        }
        timeless
    }
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
    /// Its name: `uptime kuma`, `cluster`, `tracker`.
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
