use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Ratio;

/// Services that are shown together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceGroup {
    /// Its name.
    pub name: String,
    /// The worst state of its services.
    pub state: ServiceState,
    /// The services, in the order of the configuration.
    pub services: Vec<ServiceStatus>,
}

/// How a service is, as far as can be told; ordered, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ServiceState {
    /// Everything that looks at it says that it works, and looked just now.
    Up,
    /// Maintenance is going on, as planned.
    Maintenance,
    /// It failed a moment ago and is being looked at again: one failure says little.
    Pending,
    /// Nobody can tell. Never taken for up.
    Unknown,
    /// It works in part: some of its monitors fail, or it answers and the cluster says that it is not well.
    Degraded,
    /// It does not work: seen at least twice in a row, or said by a monitoring system that looks again itself.
    Down,
}

impl ServiceState {
    /// All of them, the worst last.
    pub const ALL: [Self; 6] = [Self::Up, Self::Maintenance, Self::Pending, Self::Unknown, Self::Degraded, Self::Down];

    /// Its word, as in JSON: `up`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Maintenance => "maintenance",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
            Self::Degraded => "degraded",
            Self::Down => "down",
        }
    }
}

/// A service on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceStatus {
    /// Its name for addresses of badges and anchors: lower-case letters, digits and dashes, another for each service.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// How it is.
    pub state: ServiceState,
    /// Since when it is so. Absent: for longer than is remembered, or it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Whether it is down by one look so far, that of a monitoring system which looks again itself. It is no
    /// [`Outage`](super::Outage) before the second.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_unconfirmed: bool,
    /// When it was last seen in any state. Absent: just now, or, where the state is `unknown`, never as far as is
    /// remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_look: Option<Timestamp>,
    /// Why it is in this state, in a few words that are safe in public. Absent: there is nothing to add.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How its monitors see it. Absent: it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<ServiceState>,
    /// How the cluster sees its workloads. Absent: it has none there, or no cluster is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside: Option<ServiceState>,
    /// When the cluster's word on it was known last, where `inside` is `unknown`. Absent: never, as far as is remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside_last_look: Option<Timestamp>,
    /// What outside and inside do not agree on. Absent: they agree, or one of them is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contrast: Option<Contrast>,
    /// How much of the time it was up.
    pub uptime: Uptimes,
    /// How long it took to answer, one point for each whole hour of the last day that is over, oldest first. Empty: that
    /// is not measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub latency: Vec<LatencyPoint>,
    /// One cell for each of the last 90 days, oldest first, today last. Empty: it has no monitor, so that there is no
    /// history.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<DayCell>,
}

/// What outside and inside do not agree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contrast {
    /// Down outside, up inside: it runs, and something between it and its users does not.
    DownOutsideUpInside,
    /// Up outside, down inside: it answers, and not for long or not everybody.
    UpOutsideDownInside,
}

/// How much of the time a service was up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Uptimes {
    /// The last 24 hours.
    pub day: UptimeFigure,
    /// The last 7 days.
    pub week: UptimeFigure,
    /// The last 30 days.
    pub month: UptimeFigure,
}

/// How much of a window a service was up.
///
/// Of the time in which it was seen up or failing, the share in which it was up. Planned maintenance and time in which
/// nobody looked count for neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UptimeFigure {
    /// The share. Absent: it was not seen up or failing at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<Ratio>,
    /// How much of the window it was seen in any state, to a percent, rounded down: a ratio of little says little.
    pub observed: Ratio,
    /// Whether the monitoring system says so and not our own history, which is not that long yet.
    #[serde(default, skip_serializing_if = "is_false")]
    pub told_by_source: bool,
}

impl Default for UptimeFigure {
    fn default() -> Self {
        Self { ratio: None, observed: Ratio::NONE, told_by_source: false }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// How long it took to answer, in the middle of an hour's looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatencyPoint {
    /// The begin of the hour.
    pub at: Timestamp,
    /// The median, in milliseconds. Absent: it did not answer in that hour, or nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub millis: Option<u32>,
}

/// A day (UTC) of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayCell {
    /// Which.
    pub date: Date,
    /// The share of the day in which it was up, as in [`UptimeFigure`], to a hundredth of a percent. Absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uptime: Option<Ratio>,
    /// How much of the day, of today as far as it has come, it was seen in any state, to a percent, rounded down, of
    /// today to five: the share of an hour says little of a day. All but a quarter of an hour is all of it. Absent: nothing.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub observed: Ratio,
    /// The minutes in which it was seen to fail, rounded up, planned maintenance apart. Absent: in none. Time in which nobody
    /// looked is not in it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub minutes_down: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_nothing(value: &Ratio) -> bool {
    *value == Ratio::NONE
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}
