//! The way through `/metrics`.

use std::collections::BTreeMap;

use lamplighter_core::ports::{Beat, Heartbeat, MonitorState, MonitorStatus};
use lamplighter_core::words::status::Ratio;
use secrecy::SecretString;

use crate::UptimeKumaError;
use crate::api::Api;
use crate::beat::{described, millis, state};
use crate::exposition::{Line, knows, lines};

/// The share of the last day is in a metric of its own, in later releases of version 2.
const DAY: (&str, &str) = ("window", "1d");

/// What the metrics say of every monitor. They do not say when it looked, so the time is that of asking.
pub(crate) async fn statuses(
    api: &Api,
    user: &str,
    password: &SecretString,
) -> Result<Vec<MonitorStatus>, UptimeKumaError> {
    let at = api.clock.now();
    let status = |Told { name, state, millis, .. }: Told| {
        let detail = match millis {
            Some(millis) if state == MonitorState::Up => format!("up in {millis} ms"),
            _ => described(state).to_owned(),
        };
        MonitorStatus { name, state, at, detail }
    };
    Ok(read(api, user, password).await?.into_iter().map(status).collect())
}

/// The same as looks.
pub(crate) async fn heartbeats(
    api: &Api,
    user: &str,
    password: &SecretString,
) -> Result<Vec<Heartbeat>, UptimeKumaError> {
    let told = read(api, user, password).await?;
    let at = api.clock.now();
    let heartbeat = |Told { id, name, state, millis, day }: Told| {
        let beats = vec![Beat { at, state, millis: millis.filter(|_| state == MonitorState::Up) }];
        Heartbeat { id, name, group: None, beats, day }
    };
    Ok(told.into_iter().map(heartbeat).collect())
}

/// What they say of one.
struct Told {
    /// The later releases of version 2 have it.
    id: Option<String>,
    name: String,
    state: MonitorState,
    millis: Option<u32>,
    day: Option<Ratio>,
}

async fn read(api: &Api, user: &str, password: &SecretString) -> Result<Vec<Told>, UptimeKumaError> {
    let body = api.get("metrics", Some((user, password))).await?;
    let text = String::from_utf8(body).map_err(|_| api.unreadable("the metrics are not text"))?;
    if !knows(&text, "monitor_status") {
        return Err(api.not_the_api("there is no monitor_status among its metrics"));
    }
    // What is told beside the state may be missing; a state may not.
    let beside = |metric| {
        let (read, malformed) = lines(&text, metric);
        api.left_out(metric, malformed.len());
        read
    };
    let times = beside("monitor_response_time");
    let times: BTreeMap<_, _> = times.into_iter().map(|Line { labels, value }| (labels, value)).collect();
    let days = beside("monitor_uptime_ratio").into_iter().filter_map(|Line { mut labels, value }| {
        let window = labels.remove(DAY.0)?;
        (window == DAY.1).then_some((labels, value))
    });
    let days: BTreeMap<_, _> = days.collect();
    let told = |Line { labels, value }: Line| {
        let name = labels.get("monitor_name").cloned();
        let name = name.ok_or_else(|| api.unreadable("a monitor_status has no monitor_name"))?;
        let day = days.get(&labels).copied().and_then(Ratio::from_f64);
        let id = labels.get("monitor_id").cloned();
        Ok(Told { id, name, state: state(Some(value)), millis: millis(times.get(&labels).copied()), day })
    };
    let (states, malformed) = lines(&text, "monitor_status");
    if let Some(number) = malformed.first() {
        return Err(api.unreadable(format!("line {number} of the metrics, a monitor_status")));
    }
    states.into_iter().map(told).collect()
}
