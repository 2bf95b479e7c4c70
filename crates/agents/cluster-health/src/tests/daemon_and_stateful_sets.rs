use lamplighter_core::words::Severity;
use serde_json::json;

use super::cluster::{cluster, daemon_set, event, service, stateful_set, with};
use super::{fails, passes, warns};

#[test]
fn a_stateful_set_needs_its_pods() {
    let sets = |set| cluster(&[("stateful_sets", vec![set])]);
    passes("stateful-sets", &sets(stateful_set(3, 3)));
    fails("stateful-sets", &sets(stateful_set(3, 2)), Severity::Sev3);
    fails("stateful-sets", &sets(stateful_set(1, 0)), Severity::Sev2);
    warns("stateful-sets", &sets(with(stateful_set(3, 3), json!({ "status": { "updatedReplicas": 2 } }))));
}

#[test]
fn a_stateful_set_that_was_scaled_to_zero_is_a_warning() {
    passes("stateful-sets", &cluster(&[("stateful_sets", vec![stateful_set(0, 0)])]));
    let deleted = event("StatefulSet", "db", "SuccessfulDelete", "delete Pod db-0 in StatefulSet db successful");
    let deleted = with(deleted, json!({ "type": "Normal" }));
    warns("stateful-sets", &cluster(&[("stateful_sets", vec![stateful_set(0, 0)]), ("events", vec![deleted])]));
    warns("stateful-sets", &cluster(&[("stateful_sets", vec![stateful_set(0, 0)]), ("services", vec![service()])]));
}

#[test]
fn a_daemon_set_needs_a_pod_on_each_of_its_nodes() {
    let sets = |set| cluster(&[("daemon_sets", vec![set])]);
    passes("daemon-sets", &sets(daemon_set(3, 3)));
    passes("daemon-sets", &sets(daemon_set(0, 0)));
    fails("daemon-sets", &sets(daemon_set(3, 2)), Severity::Sev3);
    fails("daemon-sets", &sets(daemon_set(3, 0)), Severity::Sev2);
    warns("daemon-sets", &sets(with(daemon_set(3, 3), json!({ "status": { "numberMisscheduled": 1 } }))));
    warns("daemon-sets", &sets(with(daemon_set(3, 3), json!({ "status": { "updatedNumberScheduled": 2 } }))));
}
