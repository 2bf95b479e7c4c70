//! Status pages (`server/routers/status-page-router.js`).

use serde_json::{Map, Value, json};

use super::state::State;

/// `/api/status-page/<slug>`.
pub(super) fn page(state: &State, slug: &str) -> Option<Value> {
    let ids = state.pages.get(slug)?;
    let monitor = |id: &u64| {
        let name = state.monitors.get(id).map_or(&Value::Null, |monitor| monitor.field("name"));
        json!({"id": id, "name": name, "sendUrl": 0, "type": "http"})
    };
    let all: Vec<Value> = ids.iter().map(monitor).collect();
    let first: Vec<Value> = ids.iter().take(1).map(monitor).collect();
    Some(json!({
        "config": {"slug": slug, "title": slug, "published": true, "showTags": false},
        "incident": null,
        "publicGroupList": [
            {"id": 1, "name": "Services", "weight": 1, "monitorList": all},
            {"id": 2, "name": "Important", "weight": 2, "monitorList": first},
        ],
        "maintenanceList": [],
    }))
}

/// `/api/status-page/heartbeat/<slug>`. Public heartbeats have no message.
pub(super) fn heartbeats(state: &State, slug: &str) -> Option<Value> {
    let ids = state.pages.get(slug)?;
    let (mut beats, mut uptimes) = (Map::new(), Map::new());
    for (id, monitor) in ids.iter().filter_map(|id| Some((id, state.monitors.get(id)?))) {
        let public = monitor
            .beats
            .iter()
            .map(|beat| json!({"status": beat.status, "time": beat.time(), "msg": "", "ping": beat.ping()}));
        beats.insert(id.to_string(), public.collect());
        uptimes.insert(format!("{id}_24"), json!(0.9987));
    }
    Some(json!({"heartbeatList": beats, "uptimeList": uptimes}))
}
