use lamplighter_core::diagnosis::{Cause, RootCause};
use lamplighter_testkit::scene::{SceneBuilder, scene_of};
use serde_json::{Value, json};

use crate::Sre;

/// When the fixtures' scenes are read: [`FakeClock::START`](lamplighter_testkit::fakes::FakeClock::START).
pub(super) const NOW: &str = "2026-03-01T12:00:00Z";

/// A stateful set `vault/ledger` of one pod with this container and this status of it, and its service.
pub(super) fn ledger(container: &Value, status: &Value) -> SceneBuilder {
    let (mut container, mut status) = (container.clone(), status.clone());
    container["name"] = json!("main");
    status["name"] = json!("main");
    let labels = json!({"unit": "ledger"});
    let ready = if status["ready"] == json!(true) { "True" } else { "False" };
    scene_of([
        json!({"kind": "StatefulSet", "metadata": {"namespace": "vault", "name": "ledger"},
            "spec": {"replicas": 1, "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}}},
            "status": {"replicas": 1}}),
        json!({"kind": "Pod",
            "metadata": {"namespace": "vault", "name": "ledger-0", "uid": "u1", "labels": labels,
                "ownerReferences": [{"kind": "StatefulSet", "name": "ledger", "uid": "s1", "controller": true}]},
            "spec": {"nodeName": "n1", "containers": [container]},
            "status": {"phase": "Running", "containerStatuses": [status],
                "conditions": [{"type": "Ready", "status": ready}]}}),
        json!({"kind": "Service", "metadata": {"namespace": "vault", "name": "ledger"},
            "spec": {"selector": labels, "ports": [{"name": "main", "port": 80, "targetPort": 9443}]}}),
    ])
}

/// An event about pod `ledger-0`, seen this often until half a minute ago.
pub(super) fn event(reason: &str, message: &str, count: u32) -> Value {
    let kind = if reason == "Killing" { "Normal" } else { "Warning" };
    json!({"kind": "Event", "metadata": {"namespace": "vault", "name": format!("{reason}{}", message.len())},
        "involvedObject": {"kind": "Pod", "namespace": "vault", "name": "ledger-0", "uid": "u1",
            "fieldPath": "spec.containers{main}"},
        "reason": reason, "message": message, "type": kind, "count": count,
        "firstTimestamp": "2026-03-01T11:55:00Z", "lastTimestamp": "2026-03-01T11:59:30Z"})
}

/// A container that runs since five minutes and is not ready.
pub(super) fn unready() -> Value {
    json!({"ready": false, "restartCount": 0, "state": {"running": {"startedAt": "2026-03-01T11:55:00Z"}}})
}

/// A container that runs since half a minute after this many restarts, and ended like this before.
pub(super) fn restarted(times: u32, exit_code: i32, reason: &str) -> Value {
    json!({"ready": false, "restartCount": times,
        "state": {"running": {"startedAt": "2026-03-01T11:59:30Z"}},
        "lastState": {"terminated": {"exitCode": exit_code, "reason": reason, "finishedAt": "2026-03-01T11:59:30Z"}}})
}

/// The causes that all rules name.
pub(super) fn causes(scene: SceneBuilder) -> Vec<RootCause> {
    Sre::new().examine(&scene.build()).causes
}

/// The codes of the causes that all rules name, the likeliest first.
pub(super) fn codes(scene: SceneBuilder) -> Vec<&'static str> {
    causes(scene).iter().map(|cause| cause.cause.code()).collect()
}

/// That one cause is named, of `app/ledger`, with evidence and a chain.
#[track_caller]
pub(super) fn check(scene: SceneBuilder, cause: Cause) -> RootCause {
    let mut causes = causes(scene);
    assert_eq!(causes.iter().map(|it| it.cause).collect::<Vec<_>>(), [cause]);
    let named = causes.remove(0);
    assert_eq!(named.culprit.to_string(), "app/ledger");
    assert!(named.chain.len() >= 2 && !named.evidence[0].evidence.is_empty(), "{named:?}");
    named
}
