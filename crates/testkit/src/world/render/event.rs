use serde_json::{Value, json};

use super::super::cluster::Cluster;
use super::super::events::{self, Event};
use super::super::json::put;
use super::super::spec::ClaimStatus;
use super::time;
use crate::world::controllers::EVENT_LIFE;

/// The events of the last hour.
pub(super) fn events(cluster: &Cluster) -> Vec<Value> {
    let now = cluster.now;
    let mut all: Vec<Event> = cluster.events.iter().cloned().collect();
    for (pod, standing) in cluster.standings() {
        all.extend(events::of_pod(pod, &standing, now));
    }
    all.extend(cluster.jobs.values().map(events::of_job));
    let pending = cluster.claims.values().filter(|claim| claim.spec.status == ClaimStatus::Pending);
    all.extend(pending.map(|claim| events::of_pending_claim(claim, cluster.born_at, now)));
    all.retain(|event| event.last >= now - EVENT_LIFE);
    let mut rendered: Vec<(String, Value)> =
        all.iter().map(|event| (format!("{}/{}", event.about.key.namespace, event.name()), render(event))).collect();
    rendered.sort_by(|(one, _), (other, _)| one.cmp(other));
    rendered.dedup_by(|(one, _), (other, _)| one == other);
    rendered.into_iter().map(|(_, event)| event).collect()
}

fn render(event: &Event) -> Value {
    let about = &event.about;
    let mut involved = json!({
        "apiVersion": about.api_version,
        "kind": about.kind,
        "name": about.key.name,
        "uid": about.uid,
    });
    if about.kind != "Node" {
        put(&mut involved, &["namespace"], about.key.namespace.as_str().into());
    }
    if let Some(path) = &about.field_path {
        put(&mut involved, &["fieldPath"], path.as_str().into());
    }
    json!({
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": event.name(),
            "namespace": about.key.namespace,
            "uid": event.uid(),
            "creationTimestamp": time(event.first),
        },
        "involvedObject": involved,
        "type": if event.warning { "Warning" } else { "Normal" },
        "reason": event.reason,
        "message": event.message,
        "source": { "component": event.source },
        "reportingComponent": event.source,
        "reportingInstance": "",
        "count": event.count,
        "firstTimestamp": time(event.first),
        "lastTimestamp": time(event.last),
        "eventTime": null,
    })
}
