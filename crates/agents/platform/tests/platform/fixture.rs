//! Objects as the API writes them, and short ways to say what is expected.

use lamplighter_core::diagnosis::{RootCause, SpecialistReport};
use lamplighter_platform::Platform;
use lamplighter_testkit::scene::{SceneBuilder, scene_of};
use serde_json::{Value, json};

/// When the pods of the fixtures were made; scenes are read at 2026-03-01T12:00:00Z.
pub(crate) const LONG_AGO: &str = "2020-05-06T07:08:09Z";

/// What a cluster of these objects comes to.
pub(crate) fn examine(objects: impl IntoIterator<Item = Value>) -> SpecialistReport {
    report(scene_of(objects))
}

pub(crate) fn report(scene: SceneBuilder) -> SpecialistReport {
    Platform::new().examine(&scene.build())
}

/// The causes, as `code object`.
pub(crate) fn named(report: &SpecialistReport) -> Vec<String> {
    report.causes.iter().map(|cause| format!("{} {}", cause.cause, cause.culprit)).collect()
}

/// Its first cause.
#[track_caller]
pub(crate) fn first(report: &SpecialistReport) -> &RootCause {
    report.causes.first().expect("a cause")
}

/// Everything that a cause rests on, in one text.
pub(crate) fn grounds(cause: &RootCause) -> String {
    let lines = cause.evidence.iter().flat_map(|finding| std::iter::once(&finding.summary).chain(&finding.evidence));
    lines.map(String::as_str).collect::<Vec<_>>().join("\n")
}

/// The first cause is this and likely, and nothing else is.
#[track_caller]
pub(crate) fn is_cause(report: &SpecialistReport, expected: &str) {
    let names = named(report);
    assert_eq!(names.first().map(String::as_str), Some(expected), "{names:?}");
    assert!(first(report).confidence.get() > 0.6, "{:?}", first(report).confidence);
    let rival = report.causes.get(1).map_or(0.0, |cause| cause.confidence.get());
    assert!(rival < first(report).confidence.get(), "{names:?}");
    assert!(!first(report).evidence.is_empty() && first(report).chain.len() >= 2);
}

/// No cause is named.
#[track_caller]
pub(crate) fn is_well(report: &SpecialistReport) {
    assert_eq!(named(report), [""; 0]);
}

/// A node of 4 cores and 8Gi that is ready.
pub(crate) fn node(name: &str) -> Value {
    json!({
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}, "creationTimestamp": LONG_AGO},
        "status": {
            "allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"},
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
        },
    })
}

/// The same with this value at a JSON pointer, whose parent is made where it is absent.
pub(crate) fn with(mut object: Value, pointer: &str, value: Value) -> Value {
    let mut at = &mut object;
    for key in pointer.trim_start_matches('/').split('/') {
        let key = key.replace("~1", "/");
        if at.is_null() {
            *at = json!({});
        }
        at = match at {
            Value::Array(items) => &mut items[key.parse::<usize>().unwrap()],
            other => &mut other[key.as_str()],
        };
    }
    *at = value;
    object
}

/// The node with a label.
pub(crate) fn labelled(node: Value, key: &str, value: &str) -> Value {
    with(node, &format!("/metadata/labels/{}", key.replace('/', "~1")), json!(value))
}

/// The node with a taint.
pub(crate) fn tainted(node: Value, key: &str, value: &str, effect: &str) -> Value {
    with(node, "/spec/taints", json!([{"key": key, "value": value, "effect": effect}]))
}

/// The node, cordoned.
pub(crate) fn cordoned(node: Value) -> Value {
    with(
        with(node, "/spec/unschedulable", json!(true)),
        "/spec/taints",
        json!([{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}]),
    )
}

/// A node of the control plane, which takes no ordinary pods.
pub(crate) fn control_plane(name: &str) -> Value {
    let node = labelled(node(name), "node-role.kubernetes.io/control-plane", "");
    tainted(node, "node-role.kubernetes.io/control-plane", "", "NoSchedule")
}

/// The node with this as its condition `Ready`.
pub(crate) fn unready(node: Value, status: &str, reason: &str, message: &str) -> Value {
    let ready = json!({"type": "Ready", "status": status, "reason": reason, "message": message, "lastTransitionTime": LONG_AGO});
    with(node, "/status/conditions", json!([ready]))
}

/// A pod of a deployment.
fn pod(app: &str, suffix: &str, spec: &Value, status: &Value) -> Value {
    let mut spec = spec.clone();
    if spec["containers"].is_null() {
        spec["containers"] = json!([{"name": "main", "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}}]);
    }
    json!({
        "kind": "Pod",
        "metadata": {
            "namespace": "apps",
            "name": format!("{app}-7d9f-{suffix}"),
            "uid": format!("{app}-{suffix}"),
            "creationTimestamp": LONG_AGO,
            "labels": {"app.kubernetes.io/name": app, "pod-template-hash": "7d9f"},
            "ownerReferences": [{"kind": "ReplicaSet", "name": format!("{app}-7d9f"), "controller": true}],
        },
        "spec": spec,
        "status": status,
    })
}

/// A pod that the scheduler has failed to place, with what it said.
pub(crate) fn waiting(app: &str, spec: &Value, said: &str) -> Value {
    let condition = json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": said});
    pod(app, "w", spec, &json!({"phase": "Pending", "conditions": [condition]}))
}

/// A pod on no node at which nobody has looked.
pub(crate) fn unseen(app: &str, spec: &Value) -> Value {
    pod(app, "u", spec, &json!({"phase": "Pending"}))
}

/// A pod that runs on a node and is ready.
pub(crate) fn running(app: &str, node: &str, spec: &Value) -> Value {
    let status = json!({
        "phase": "Running",
        "conditions": [{"type": "PodScheduled", "status": "True"}, {"type": "Ready", "status": "True"}],
        "containerStatuses": [{"name": "main", "ready": true, "state": {"running": {}}}],
    });
    pod(app, node, &with(spec.clone(), "/nodeName", json!(node)), &status)
}

/// A pod on a node whose container does not start.
pub(crate) fn stuck(app: &str, node: &str) -> Value {
    let status = json!({
        "phase": "Pending",
        "conditions": [{"type": "PodScheduled", "status": "True"}, {"type": "Ready", "status": "False"}],
        "containerStatuses": [{"name": "main", "ready": false, "state": {"waiting": {"reason": "ContainerCreating"}}}],
    });
    pod(app, "s", &json!({"nodeName": node}), &status)
}

/// A pod whose container ends again and again.
pub(crate) fn crashing(app: &str, node: &str, spec: &Value) -> Value {
    let status = json!({
        "phase": "Running",
        "conditions": [{"type": "PodScheduled", "status": "True"}, {"type": "Ready", "status": "False"}],
        "containerStatuses": [{
            "name": "main", "ready": false, "restartCount": 6,
            "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": {"terminated": {"exitCode": 1, "reason": "Error"}},
        }],
    });
    pod(app, "c", &with(spec.clone(), "/nodeName", json!(node)), &status)
}

/// A warning about an object, at the time at which scenes are read.
pub(crate) fn warning(kind: &str, name: &str, reason: &str, message: &str) -> Value {
    json!({
        "kind": "Event",
        "metadata": {"namespace": "apps", "name": format!("{name}.{reason}")},
        "involvedObject": {"kind": kind, "namespace": "apps", "name": name},
        "reason": reason, "message": message, "type": "Warning", "count": 3,
        "lastTimestamp": "2026-03-01T11:59:00Z",
    })
}
