//! The way through a public status page.

use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::ports::{MonitorState, MonitorStatus};
use serde::Deserialize;

use crate::UptimeKumaError;
use crate::api::Api;
use crate::beat::Beat;

/// What a page says of its monitors, in their order there, each once.
pub(crate) async fn statuses(api: &Api, slug: &str) -> Result<Vec<MonitorStatus>, UptimeKumaError> {
    let page: Page = read(api, slug, &format!("api/status-page/{slug}")).await?;
    let mut beats: Beats = read(api, slug, &format!("api/status-page/heartbeat/{slug}")).await?;
    let now = api.clock.now();
    let mut seen = BTreeSet::new();
    let listed = page.public_group_list.into_iter().flat_map(|group| group.monitor_list);
    let status = |Listed { id, name }: Listed| {
        let newest = Beat::newest(beats.heartbeat_list.remove(&id.to_string()).unwrap_or_default());
        let Some(beat) = newest else {
            let detail = "it has not looked yet".to_owned();
            return MonitorStatus { name, state: MonitorState::Unknown, at: now, detail };
        };
        let mut status = beat.status(name, now);
        if let Some(uptime) = beats.uptime_list.get(&format!("{id}_24")).filter(|uptime| uptime.is_finite()) {
            status.detail = format!("{}; up {:.2} % of 24 h", status.detail, uptime * 100.0);
        }
        status
    };
    Ok(listed.filter(|listed| seen.insert(listed.id)).map(status).collect())
}

async fn read<T: for<'de> Deserialize<'de>>(api: &Api, slug: &str, path: &str) -> Result<T, UptimeKumaError> {
    let body = match api.get(path, None).await {
        Err(UptimeKumaError::NotTheApi { server, what }) if what.starts_with("404") => {
            return Err(UptimeKumaError::NoPage { server, slug: slug.to_owned() });
        }
        body => body?,
    };
    serde_json::from_slice(&body).map_err(|error| api.unreadable(error.to_string()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    public_group_list: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    #[serde(default)]
    monitor_list: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    id: u64,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Beats {
    heartbeat_list: BTreeMap<String, Vec<Beat>>,
    /// The share of the last 24 hours by `<id>_24`.
    #[serde(default)]
    uptime_list: BTreeMap<String, f64>,
}
