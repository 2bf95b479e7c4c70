//! The way through a public status page.

use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::ports::{Heartbeat, MonitorState, MonitorStatus, PlannedWork};
use lamplighter_core::words::status::Ratio;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::UptimeKumaError;
use crate::api::Api;
use crate::beat::Beat;
use crate::maintenance::Maintenance;

/// What a page says of its monitors, in their order there, each once.
pub(crate) async fn statuses(api: &Api, slug: &str) -> Result<Vec<MonitorStatus>, UptimeKumaError> {
    let page = Shown::read(api, slug).await?;
    let now = api.clock.now();
    let status = |Listed { id, name }: Listed| {
        let Some(beat) = Beat::newest(page.of(id)) else {
            let detail = "it has not looked yet".to_owned();
            return MonitorStatus { name, state: MonitorState::Unknown, at: now, detail };
        };
        let mut status = beat.status(name, now);
        if let Some(uptime) = page.day(id) {
            status.detail = format!("{}; up {:.2} % of 24 h", status.detail, uptime * 100.0);
        }
        status
    };
    Ok(page.monitors.iter().map(|(_, listed)| status(listed.clone())).collect())
}

/// The looks of a page's monitors, in their order there, each once.
pub(crate) async fn heartbeats(api: &Api, slug: &str) -> Result<Vec<Heartbeat>, UptimeKumaError> {
    let page = Shown::read(api, slug).await?;
    let now = api.clock.now();
    let heartbeat = |(group, Listed { id, name }): &(Option<String>, Listed)| {
        let day = page.day(*id).and_then(Ratio::from_f64);
        Heartbeat {
            id: Some(id.to_string()),
            name: name.clone(),
            group: group.clone(),
            beats: Beat::looks(page.of(*id), now),
            day,
        }
    };
    Ok(page.monitors.iter().map(heartbeat).collect())
}

/// The maintenance that a page shows, with its times.
pub(crate) async fn planned_work(api: &Api, slug: &str) -> Result<Vec<PlannedWork>, UptimeKumaError> {
    let page: Page = read(api, slug, &format!("api/status-page/{slug}")).await?;
    let mut planned = Vec::new();
    let mut malformed = 0;
    for entry in page.maintenance_list.as_array().map(Vec::as_slice).unwrap_or_default() {
        match Maintenance::deserialize(entry) {
            Ok(one) => planned.extend(one.planned()),
            Err(_) => malformed += 1,
        }
    }
    api.left_out("entries of its maintenance", malformed);
    Ok(planned)
}

/// A page: its monitors with their groups, and their looks.
struct Shown {
    monitors: Vec<(Option<String>, Listed)>,
    /// Their looks by their numbers, as the list before has them.
    looks: BTreeMap<String, Vec<Beat>>,
    /// The share of the last 24 hours by `<id>_24`.
    uptimes: BTreeMap<String, Value>,
}

impl Shown {
    async fn read(api: &Api, slug: &str) -> Result<Self, UptimeKumaError> {
        let page: Page = read(api, slug, &format!("api/status-page/{slug}")).await?;
        let beats: Beats = read(api, slug, &format!("api/status-page/heartbeat/{slug}")).await?;
        let mut seen = BTreeSet::new();
        let mut monitors = Vec::new();
        for Group { name, monitor_list } in page.public_group_list {
            let new = monitor_list.into_iter().filter(|listed| seen.insert(listed.id));
            monitors.extend(new.map(|listed| (name.clone(), listed)));
        }
        let mut malformed = 0;
        let read = |(id, list): (String, Value)| {
            let (beats, of_it) = Beat::list(&list);
            malformed += of_it;
            (id, beats)
        };
        let looks = beats.heartbeat_list.into_iter().map(read).collect();
        api.left_out("heartbeats", malformed);
        Ok(Self { monitors, looks, uptimes: beats.uptime_list })
    }

    /// The looks of a monitor.
    fn of(&self, id: u64) -> &[Beat] {
        self.looks.get(&id.to_string()).map(Vec::as_slice).unwrap_or_default()
    }

    /// The share of the last 24 hours.
    fn day(&self, id: u64) -> Option<f64> {
        self.uptimes.get(&format!("{id}_24")).and_then(Value::as_f64).filter(|uptime| uptime.is_finite())
    }
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
    #[serde(default)]
    maintenance_list: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    name: Option<String>,
    #[serde(default)]
    monitor_list: Vec<Listed>,
}

#[derive(Clone, Deserialize)]
struct Listed {
    id: u64,
    #[serde(default, deserialize_with = "or_blank")]
    name: String,
}

/// A name that is not there is one that nobody has given.
fn or_blank<'de, D: Deserializer<'de>>(name: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(name)?.unwrap_or_default())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Beats {
    heartbeat_list: BTreeMap<String, Value>,
    #[serde(default)]
    uptime_list: BTreeMap<String, Value>,
}
