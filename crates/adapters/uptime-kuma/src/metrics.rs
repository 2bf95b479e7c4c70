//! The way through `/metrics`.

use std::collections::BTreeMap;

use lamplighter_core::ports::{MonitorState, MonitorStatus};
use secrecy::SecretString;

use crate::UptimeKumaError;
use crate::api::Api;
use crate::beat::{described, state};
use crate::exposition::{Line, knows, lines};

/// What the metrics say of every monitor. They do not say when it looked, so the time is that of asking.
pub(crate) async fn statuses(
    api: &Api,
    user: &str,
    password: &SecretString,
) -> Result<Vec<MonitorStatus>, UptimeKumaError> {
    let body = api.get("metrics", Some((user, password))).await?;
    let text = String::from_utf8(body).map_err(|_| api.unreadable("the metrics are not text"))?;
    if !knows(&text, "monitor_status") {
        return Err(api.not_the_api("there is no monitor_status among its metrics"));
    }
    let read = |metric| {
        lines(&text, metric).map_err(|number| api.unreadable(format!("line {number} of the metrics, a {metric}")))
    };
    let times = read("monitor_response_time")?;
    let times: BTreeMap<_, _> = times.into_iter().map(|Line { labels, value }| (labels, value)).collect();
    let at = api.clock.now();
    let status = |Line { labels, value }: Line| {
        let state = state(Some(value));
        let detail = match times.get(&labels) {
            Some(time) if state == MonitorState::Up && *time >= 0.0 => format!("up in {time:.0} ms"),
            _ => described(state).to_owned(),
        };
        let name = labels.get("monitor_name").cloned();
        name.map(|name| MonitorStatus { name, state, at, detail })
            .ok_or_else(|| api.unreadable("a monitor_status has no monitor_name"))
    };
    read("monitor_status")?.into_iter().map(status).collect()
}
