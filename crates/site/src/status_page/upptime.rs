//! `history/summary.json` as readers of Upptime expect it (`SiteStatus` in its `interfaces.ts`).
//!
//! What they expect and we do not know is `null` where it is a number and the word `unknown` where it is a text. Their three
//! states are `up`, `degraded` and `down`: whatever is neither up nor down is `degraded`, and `state` beside it has our own
//! word. `uptime`, which is of all time there, is that of the longest window that we have: 30 days. A share is of what was
//! seen; `observedDay`, `observedWeek` and `observedMonth` beside them say how much of the window that is.

use std::collections::BTreeMap;

use lamplighter_core::words::status::{ServiceState, ServiceStatus, Status, UptimeFigure};
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
    observed_day: String,
    observed_week: String,
    observed_month: String,
}

/// All services.
pub(super) fn summary<'a>(status: &'a Status, settings: &StatusPageSettings) -> Vec<SiteStatus<'a>> {
    status.services().map(|service| of(service, settings)).collect()
}

fn of<'a>(service: &'a ServiceStatus, settings: &StatusPageSettings) -> SiteStatus<'a> {
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
        daily_minutes_down: minutes_down(service),
        observed_day: uptime.day.observed.percent().replace(' ', ""),
        observed_week: uptime.week.observed.percent().replace(' ', ""),
        observed_month: uptime.month.observed.percent().replace(' ', ""),
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

/// The minutes of each day in which it was seen to fail. A day of which nothing is known is not there, as is one without a
/// failure: that shape has no word for the difference.
fn minutes_down(service: &ServiceStatus) -> BTreeMap<String, u32> {
    let failed = service.days.iter().filter(|day| day.minutes_down > 0);
    failed.map(|day| (day.date.to_string(), day.minutes_down)).collect()
}
