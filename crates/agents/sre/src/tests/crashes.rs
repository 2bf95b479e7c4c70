use lamplighter_core::diagnosis::{Cause, Likelihood};
use serde_json::{Value, json};

use super::fixtures::{check, codes, event, ledger, restarted};

#[test]
fn a_program_that_ends_with_an_error_has_crashed() {
    let lines = [
        "panic: runtime error: index out of range [3] with length 3",
        "thread 'main' panicked at src/main.rs:4:5",
        "Exception in thread \"main\" java.lang.IllegalStateException: no plan",
        "Traceback (most recent call last):",
        "Unhandled exception. System.InvalidOperationException: no plan",
        "2026-03-01 12:00:00 FATAL no plan",
        "Uncaught TypeError: plan is undefined",
    ];
    for line in lines {
        let scene = ledger(&json!({}), &restarted(5, 1, "Error")).said_before("vault", "ledger", &["starting", line]);
        let named = check(scene, Cause::ApplicationCrash);
        assert_eq!(named.confidence, Likelihood::LIKELY, "{line}");
        assert_eq!(named.evidence[0].evidence, [line]);
    }
}

#[test]
fn a_crash_loop_of_which_only_the_back_off_is_known_is_one() {
    let waiting = json!({"ready": false, "restartCount": 6, "state": {"waiting": {"reason": "CrashLoopBackOff"}}});
    assert_eq!(codes(ledger(&json!({}), &waiting)), ["application_crash"]);
}

#[test]
fn last_words_about_another_service_are_weak() {
    let line = "panic: dial tcp: lookup store on 10.96.0.10:53: no such host";
    let scene = ledger(&json!({}), &restarted(5, 2, "Error")).said_before("vault", "ledger", &[line]);
    assert_eq!(check(scene, Cause::ApplicationCrash).confidence, Likelihood::POSSIBLE);
}

#[test]
fn an_end_that_others_brought_about_is_no_crash() {
    let ends = [(0, "Completed"), (137, "Error"), (143, "Error"), (127, "StartError"), (128, "ContainerCannotRun")];
    for (code, reason) in ends {
        assert!(codes(ledger(&json!({}), &restarted(5, code, reason))).is_empty(), "{code}");
    }
    let probed = ledger(&json!({}), &restarted(5, 2, "Error")).object(event(
        "Killing",
        "Container main failed liveness probe, will be restarted",
        5,
    ));
    assert!(!codes(probed).contains(&"application_crash"));
}

#[test]
fn a_pod_that_is_being_deleted_is_of_no_account() {
    let scene = ledger(&json!({}), &restarted(5, 1, "Error")).change(|state| {
        let pods = state.pods.items().to_vec().into_iter().map(|mut pod| {
            pod.metadata.deletion_timestamp = Some(super::fixtures::NOW.parse().unwrap());
            pod
        });
        state.pods = lamplighter_core::cluster::Observed::Seen(pods.collect());
    });
    assert!(codes(scene).is_empty());
}

#[test]
fn a_healthy_container_has_no_causes() {
    let well = json!({"ready": true, "restartCount": 0, "state": {"running": {"startedAt": "2026-03-01T11:00:00Z"}}});
    let spec: Value = json!({"livenessProbe": {"tcpSocket": {"port": 1}}, "readinessProbe": {"grpc": {"port": 2}}});
    assert!(codes(ledger(&spec, &well)).is_empty());
}

#[test]
fn a_pod_that_its_controller_has_replaced_is_only_a_record() {
    let scene = ledger(&json!({}), &restarted(5, 1, "Error")).change(|state| {
        let pods = state.pods.items().to_vec().into_iter().map(|mut pod| {
            pod.status.phase = "Failed".to_owned();
            pod
        });
        state.pods = lamplighter_core::cluster::Observed::Seen(pods.collect());
    });
    assert!(codes(scene).is_empty());
}
