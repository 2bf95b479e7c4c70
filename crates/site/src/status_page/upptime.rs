//! `history/summary.json` as readers of Upptime expect it (`SiteStatus` in its `interfaces.ts`).
//!
//! What they expect and we do not know is `null` where it is a number and the word `unknown` where it is a text. Their three
//! states are `up`, `degraded` and `down`: whatever is neither up nor down is `degraded`, and `state` beside it has our own
//! word. `uptime`, which is of all time there, is that of the longest window that we have: 30 days.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lamplighter_core::words::status::{Ratio, ServiceState, ServiceStatus, Status, UptimeFigure};
use serde::Serialize;

use super::StatusPageSettings;

/// A service, as Upptime tells it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SiteStatus<'a> {
    name: &'a str,
    url: String,
    icon: String,
    slug: &'a str,
    status: &'static str,
    state: &'static str,
    uptime: String,
    uptime_day: String,
    uptime_week: String,
    uptime_month: String,
    uptime_year: String,
    time: Option<u32>,
    time_day: Option<u32>,
    time_week: Option<u32>,
    time_month: Option<u32>,
    time_year: Option<u32>,
    daily_minutes_down: BTreeMap<String, u32>,
}

/// All services.
pub(super) fn summary<'a>(status: &'a Status, settings: &StatusPageSettings) -> Vec<SiteStatus<'a>> {
    status.services().map(|service| of(service, status.generated_at, settings)).collect()
}

fn of<'a>(service: &'a ServiceStatus, now: Timestamp, settings: &StatusPageSettings) -> SiteStatus<'a> {
    let uptime = &service.uptime;
    SiteStatus {
        name: &service.name,
        url: settings.address(&format!("#{}", super::services::anchor(service))),
        icon: settings.address(&format!("badges/{}.svg", service.id)),
        slug: &service.id,
        status: match service.state {
            ServiceState::Up => "up",
            ServiceState::Down => "down",
            _ => "degraded",
        },
        state: service.state.as_str(),
        uptime: share(&uptime.month),
        uptime_day: share(&uptime.day),
        uptime_week: share(&uptime.week),
        uptime_month: share(&uptime.month),
        uptime_year: UNKNOWN.to_owned(),
        time: service.latency.last().and_then(|point| point.millis),
        time_day: mean(service),
        time_week: None,
        time_month: None,
        time_year: None,
        daily_minutes_down: minutes_down(service, now),
    }
}

const UNKNOWN: &str = "unknown";

/// `99.98%`
fn share(figure: &UptimeFigure) -> String {
    figure.ratio.map_or_else(|| UNKNOWN.to_owned(), |ratio| ratio.percent().replace(' ', ""))
}

fn mean(service: &ServiceStatus) -> Option<u32> {
    let (mut sum, mut count) = (0_u64, 0_u64);
    for millis in service.latency.iter().filter_map(|point| point.millis) {
        sum += u64::from(millis);
        count += 1;
    }
    u32::try_from(sum.checked_div(count)?).ok()
}

/// The minutes of each day on which it was seen to fail, rounded up. A day of which nothing is known is not there, as is one
/// without a failure: that shape has no word for the difference.
fn minutes_down(service: &ServiceStatus, now: Timestamp) -> BTreeMap<String, u32> {
    const DAY: u64 = 24 * 60;
    let now = TimeZone::UTC.to_datetime(now);
    let so_far = u64::try_from(i64::from(now.hour()) * 60 + i64::from(now.minute()) + 1).unwrap_or(DAY);
    let failed =
        service.days.iter().filter_map(|day| Some((day.date, day.uptime.filter(|ratio| *ratio != Ratio::ALL)?)));
    let minutes = |(date, ratio): (jiff::civil::Date, Ratio)| {
        let length = if date == now.date() { so_far } else { DAY };
        let down = u64::from(1_000_000 - ratio.millionths()) * length;
        (date.to_string(), u32::try_from(down.div_ceil(1_000_000)).unwrap_or(u32::MAX))
    };
    failed.map(minutes).collect()
}
