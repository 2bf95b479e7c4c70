//! Small clusters, written as the JSON that the API server sends.

use lamplighter_core::cluster::{ClusterState, Observed};
use lamplighter_core::words::Source;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub(super) const NOW: &str = "2026-03-01T12:00:00Z";
/// Longer ago than any grace period.
pub(super) const YESTERDAY: &str = "2026-02-28T12:00:00Z";
pub(super) const MINUTES_AGO: &str = "2026-03-01T11:50:00Z";
pub(super) const JUST_NOW: &str = "2026-03-01T11:59:30Z";

/// Lists by the name of the field of [`ClusterState`]; those that are not named were seen and are empty.
pub(super) fn cluster(lists: &[(&str, Vec<Value>)]) -> ClusterState {
    let mut state = ClusterState::unread(NOW.parse().unwrap(), Source::new("test cluster")).all_seen();
    let list = |name: &str| {
        let items = lists.iter().filter(|(list, _)| *list == name).flat_map(|(_, items)| items.clone()).collect();
        Value::Array(items)
    };
    state.nodes = seen(list("nodes"));
    state.pods = seen(list("pods"));
    state.deployments = seen(list("deployments"));
    state.replica_sets = seen(list("replica_sets"));
    state.stateful_sets = seen(list("stateful_sets"));
    state.daemon_sets = seen(list("daemon_sets"));
    state.jobs = seen(list("jobs"));
    state.claims = seen(list("claims"));
    state.events = seen(list("events"));
    state.services = seen(list("services"));
    state.endpoints = seen(list("endpoints"));
    state.namespaces = seen(list("namespaces"));
    state.quotas = seen(list("quotas"));
    state.ingresses = seen(list("ingresses"));
    state.autoscalers = seen(list("autoscalers"));
    state.cron_jobs = seen(list("cron_jobs"));
    state
}

fn seen<T: DeserializeOwned>(items: Value) -> Observed<Vec<T>> {
    Observed::Seen(serde_json::from_value(items).unwrap())
}

/// A JSON merge patch (RFC 7396) on an object.
pub(super) fn with(mut base: Value, patch: Value) -> Value {
    merge(&mut base, patch);
    base
}

fn merge(base: &mut Value, patch: Value) {
    match (base, patch) {
        (Value::Object(base), Value::Object(patch)) => {
            for (key, value) in patch {
                merge(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, patch) => *base = patch,
    }
}

pub(super) fn node() -> Value {
    json!({
        "metadata": { "name": "n1", "uid": "u-n1", "creationTimestamp": YESTERDAY },
        "status": { "conditions": [
            { "type": "MemoryPressure", "status": "False", "lastTransitionTime": YESTERDAY },
            { "type": "Ready", "status": "True", "lastTransitionTime": YESTERDAY },
        ] },
    })
}

pub(super) fn pod() -> Value {
    json!({
        "metadata": {
            "name": "wiki-5d4-abc", "namespace": "apps", "uid": "u-p1", "creationTimestamp": YESTERDAY,
            "labels": { "app": "wiki", "pod-template-hash": "5d4" },
            "ownerReferences": [{ "kind": "ReplicaSet", "name": "wiki-5d4", "uid": "u-rs", "controller": true }],
        },
        "spec": { "nodeName": "n1", "containers": [
            { "name": "app", "image": "registry.example/wiki:1", "resources": { "limits": { "memory": "64Mi" } } },
        ] },
        "status": {
            "phase": "Running", "startTime": YESTERDAY,
            "conditions": [{ "type": "Ready", "status": "True", "lastTransitionTime": YESTERDAY }],
            "containerStatuses": [{ "name": "app", "ready": true, "restartCount": 0,
                "state": { "running": { "startedAt": YESTERDAY } } }],
        },
    })
}

/// The pod with one container in this state and `Ready` false.
pub(super) fn pod_with_container(container: Value) -> Value {
    let base = json!({ "name": "app", "ready": false, "restartCount": 0 });
    with(
        pod(),
        json!({ "status": {
            "conditions": [{ "type": "Ready", "status": "False", "lastTransitionTime": MINUTES_AGO,
                "reason": "ContainersNotReady", "message": "containers with unready status: [app]" }],
            "containerStatuses": [with(base, container)],
        } }),
    )
}

pub(super) fn deployment(desired: u32, ready: u32) -> Value {
    json!({
        "metadata": { "name": "wiki", "namespace": "apps", "creationTimestamp": YESTERDAY, "generation": 1 },
        "spec": { "replicas": desired, "selector": { "matchLabels": { "app": "wiki" } },
            "template": { "metadata": { "labels": { "app": "wiki" } } } },
        "status": { "replicas": desired, "readyReplicas": ready, "availableReplicas": ready,
            "updatedReplicas": desired, "observedGeneration": 1 },
    })
}

pub(super) fn stateful_set(desired: u32, ready: u32) -> Value {
    let mut set = deployment(desired, ready);
    set["metadata"]["name"] = json!("db");
    set
}

pub(super) fn daemon_set(desired: u32, ready: u32) -> Value {
    json!({
        "metadata": { "name": "agent", "namespace": "apps", "creationTimestamp": YESTERDAY },
        "spec": { "template": { "metadata": { "labels": { "app": "agent" } } } },
        "status": { "desiredNumberScheduled": desired, "numberReady": ready, "numberAvailable": ready,
            "updatedNumberScheduled": desired },
    })
}

pub(super) fn claim(phase: &str) -> Value {
    json!({
        "metadata": { "name": "data", "namespace": "apps", "creationTimestamp": YESTERDAY },
        "spec": { "storageClassName": "fast" },
        "status": { "phase": phase },
    })
}

pub(super) fn pod_with_claim() -> Value {
    with(
        pod(),
        json!({ "spec": { "volumes": [{ "name": "data", "persistentVolumeClaim": { "claimName": "data" } }] } }),
    )
}

pub(super) fn job(status: &Value) -> Value {
    json!({
        "metadata": { "name": "backup-1", "namespace": "apps", "creationTimestamp": MINUTES_AGO,
            "ownerReferences": [{ "kind": "CronJob", "name": "backup", "uid": "u-cj", "controller": true }] },
        "spec": {},
        "status": status,
    })
}

pub(super) fn event(kind: &str, name: &str, reason: &str, message: &str) -> Value {
    json!({
        "metadata": { "name": format!("{name}.1"), "namespace": "apps" },
        "involvedObject": { "kind": kind, "namespace": "apps", "name": name },
        "type": "Warning", "reason": reason, "message": message, "count": 3,
        "firstTimestamp": MINUTES_AGO, "lastTimestamp": MINUTES_AGO,
    })
}

pub(super) fn service() -> Value {
    json!({
        "metadata": { "name": "wiki", "namespace": "apps", "creationTimestamp": YESTERDAY },
        "spec": { "selector": { "app": "wiki" }, "ports": [{ "port": 80 }] },
    })
}

pub(super) fn endpoints(ready: usize) -> Value {
    let addresses: Vec<_> = (0..ready).map(|n| json!({ "ip": format!("10.0.0.{n}") })).collect();
    json!({
        "metadata": { "name": "wiki", "namespace": "apps" },
        "subsets": [{ "addresses": addresses }],
    })
}
