//! What things are called on the page.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use lamplighter_core::words::status::{Ratio, ServiceState};
use lamplighter_core::words::{ErrorKindReported, ReportScope};
use serde::Serialize;

/// The state of a service for people.
pub(super) const fn state(state: ServiceState) -> &'static str {
    match state {
        ServiceState::Up => "Up",
        ServiceState::Maintenance => "Maintenance",
        ServiceState::Pending => "Checking",
        ServiceState::Unknown => "Unknown",
        ServiceState::Degraded => "Degraded",
        ServiceState::Down => "Down",
    }
}

/// A kind of error, as the form calls it.
pub(super) const fn error(error: ErrorKindReported) -> &'static str {
    match error {
        ErrorKindReported::PageWontLoad => "Page won’t load",
        ErrorKindReported::BadGateway => "502 Bad Gateway",
        ErrorKindReported::ServiceUnavailable => "503 Service Unavailable",
        ErrorKindReported::LoginBroken => "Cannot log in",
        ErrorKindReported::Slow => "Slow",
        ErrorKindReported::FeatureBroken => "A feature is broken",
        ErrorKindReported::DataMissing => "Data is missing",
        ErrorKindReported::NotSure => "Something else",
    }
}

/// Who is affected, as a reporter sees it.
pub(super) const fn scope(scope: ReportScope) -> &'static str {
    match scope {
        ReportScope::JustMe => "one person",
        ReportScope::Others => "several people",
        ReportScope::NotSure => "not sure how many people",
    }
}

/// A time for machines and for people. Absolute and UTC, always.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Moment {
    pub(super) iso: String,
    /// `14:02 UTC`, with the date where it is another day than that of the page.
    pub(super) short: String,
    /// `28 November 2026, 14:02 UTC`
    pub(super) long: String,
}

impl Moment {
    /// A time, as it is said on a page of that time.
    pub(super) fn of(at: Timestamp, page: Timestamp) -> Self {
        let (of_page, told) = (civil(page).date(), civil(at));
        let time = told.strftime("%H:%M UTC");
        let short = match told.date() {
            day if day == of_page => time.to_string(),
            day if day.year() == of_page.year() => told.strftime("%-d %b, %H:%M UTC").to_string(),
            _ => told.strftime("%-d %b %Y, %H:%M UTC").to_string(),
        };
        Self { iso: whole_seconds(at), short, long: told.strftime("%-d %B %Y, %H:%M UTC").to_string() }
    }
}

/// A time without the fraction of its second, in RFC 3339.
pub(super) fn whole_seconds(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

fn civil(at: Timestamp) -> DateTime {
    TimeZone::UTC.to_datetime(at)
}

/// How long something took: `3 h 12 min`. Nothing where it ended before it began.
pub(super) fn duration(from: Timestamp, to: Timestamp) -> Option<String> {
    let minutes = to.duration_since(from).as_secs().checked_div(60).filter(|minutes| *minutes >= 0)?;
    let (days, hours, rest) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    Some(match (days, hours, rest) {
        (0, 0, 0) => "less than a minute".to_owned(),
        (0, 0, rest) => format!("{rest} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, rest) => format!("{hours} h {rest} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    })
}

/// How long an answer took: `41 ms`, `1.2 s`.
pub(super) fn millis(millis: u32) -> String {
    if millis < 1_000 {
        return format!("{millis} ms");
    }
    let tenths = millis / 100;
    format!("{}.{} s", tenths / 10, tenths % 10)
}

/// `Wiki`, `Wiki and Mail`, `Wiki, Mail and Git`.
pub(super) fn list(names: &[&str]) -> String {
    let mut text = String::new();
    for (at, name) in names.iter().enumerate() {
        let joint = match at {
            0 => "",
            _ if at + 1 == names.len() => " and ",
            _ => ", ",
        };
        _ = write!(text, "{joint}{name}");
    }
    text
}

/// How much was watched of what a share is of.
pub(super) fn seen(observed: Ratio) -> String {
    match observed.millionths() / 10_000 {
        0 => "of under 1 % seen".to_owned(),
        percent => format!("of {percent} % seen"),
    }
}
