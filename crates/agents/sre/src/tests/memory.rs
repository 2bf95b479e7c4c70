use lamplighter_core::diagnosis::{Cause, Likelihood, Signal};
use serde_json::{Value, json};

use super::fixtures::{check, codes, event, ledger, restarted, unready};

fn limited(limit: &str) -> Value {
    json!({"image": "registry.example.org/ledger:3", "resources": {"limits": {"memory": limit}}})
}

#[test]
fn a_container_that_the_kernel_killed_for_memory_needs_more_of_it() {
    let named = check(ledger(&limited("64Mi"), &restarted(4, 137, "OOMKilled")), Cause::OomKilled);
    assert_eq!(named.confidence, Likelihood::STATED);
    assert!(named.chain[0].contains("64Mi"), "{:?}", named.chain);
    let waiting = json!({"ready": false, "restartCount": 4, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}});
    check(ledger(&limited("64Mi"), &waiting), Cause::OomKilled);
    let now =
        json!({"ready": false, "restartCount": 0, "state": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}});
    check(ledger(&limited("64Mi"), &now), Cause::OomKilled);
}

#[test]
fn without_a_limit_it_may_be_the_node_that_had_no_memory() {
    let scene = ledger(&json!({}), &restarted(4, 137, "OOMKilled"));
    assert_eq!(codes(scene), ["oom_killed"]);
}

#[test]
fn a_killed_container_near_its_limit_was_likely_out_of_memory() {
    let near = ledger(&limited("64Mi"), &restarted(4, 137, "Error"));
    let near = near.app_series(Signal::MemoryWorkingSet, "vault", "ledger", &[5e7, 6.2e7, 6.5e7, 1e7]);
    assert_eq!(check(near, Cause::OomKilled).confidence, Likelihood::LIKELY);
    let far = ledger(&limited("64Mi"), &restarted(4, 137, "Error"));
    let far = far.app_series(Signal::MemoryWorkingSet, "vault", "ledger", &[1e7, 1.1e7, 1e7, 1e7]);
    assert!(codes(far).is_empty());
    let told = ledger(&limited("64Mi"), &restarted(4, 137, "Error")).object(event(
        "OOMKilling",
        "Killed process 7 (ledger)",
        1,
    ));
    check(told, Cause::OomKilled);
}

#[test]
fn a_tiny_limit_is_likely_why_nothing_is_made_where_no_event_is_left() {
    let creating = json!({"ready": false, "state": {"waiting": {"reason": "ContainerCreating"}}});
    let made_at = |limit: &str, at: &str| {
        ledger(&limited(limit), &creating).change(|state| {
            let mut pods = state.pods.items().to_vec();
            pods[0].metadata.creation_timestamp = at.parse().ok();
            state.pods = lamplighter_core::cluster::Observed::Seen(pods);
        })
    };
    let named = codes(made_at("4Mi", "2026-03-01T11:50:00Z"));
    assert_eq!(named, ["oom_killed"]);
    assert!(codes(made_at("4Mi", "2026-03-01T11:59:40Z")).is_empty(), "it has just begun");
    assert!(codes(made_at("64Mi", "2026-03-01T11:50:00Z")).is_empty());
    let told = made_at("4Mi", "2026-03-01T11:50:00Z").object(event("FailedMount", "secret \"ledger\" not found", 3));
    assert!(codes(told).is_empty(), "an event says why");
}

#[test]
fn who_is_killed_again_and_again_without_a_probe_was_out_of_memory() {
    let looping = json!({"ready": false, "restartCount": 4, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"exitCode": 137, "reason": "Error"}}});
    assert_eq!(check(ledger(&limited("64Mi"), &looping), Cause::OomKilled).confidence, Likelihood::new(0.6));
    assert!(codes(ledger(&json!({}), &looping)).is_empty(), "without a limit");
    let mut probed = limited("64Mi");
    probed["livenessProbe"] = json!({"tcpSocket": {"port": 9443}, "initialDelaySeconds": 60});
    assert!(!codes(ledger(&probed, &looping)).contains(&"oom_killed"), "a probe may have done it");
}

#[test]
fn a_limit_too_low_to_make_the_container_is_said_by_the_runtime() {
    let creating = json!({"ready": false, "state": {"waiting": {"reason": "ContainerCreating"}}});
    let message = "Failed to create pod sandbox: OCI runtime create failed: container init was OOM-killed (memory limit too low?)";
    let told = ledger(&limited("4Mi"), &creating).object(event("FailedCreatePodSandBox", message, 3));
    assert_eq!(check(told, Cause::OomKilled).confidence, Likelihood::STATED);
    let refused = json!({"ready": false, "restartCount": 2, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"exitCode": 128, "reason": "StartError", "message": message}}});
    check(ledger(&limited("4Mi"), &refused), Cause::OomKilled);
    let vague = "Error: failed to start container: OCI runtime create failed: write init-p: broken pipe";
    let tiny = || ledger(&limited("4Mi"), &creating).object(event("Failed", vague, 3));
    assert_eq!(check(tiny(), Cause::OomKilled).confidence, Likelihood::LIKELY);
    let ample = ledger(&limited("512Mi"), &creating).object(event("Failed", vague, 3));
    assert!(codes(ample).is_empty());
}

#[test]
fn what_was_killed_long_ago_and_is_well_since_is_past() {
    let well = json!({"ready": true, "restartCount": 1, "state": {"running": {"startedAt": "2026-02-20T00:00:00Z"}},
        "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-02-20T00:00:00Z"}}});
    assert!(codes(ledger(&limited("64Mi"), &well)).is_empty());
}

#[test]
fn memory_that_only_grows_is_lost() {
    let growth: Vec<f64> = (0..40).map(|at| 2e7 + 1e6 * f64::from(at)).collect();
    let scene = || ledger(&limited("64Mi"), &restarted(1, 137, "OOMKilled"));
    let grown = scene().app_series(Signal::MemoryWorkingSet, "vault", "ledger", &growth);
    assert_eq!(codes(grown), ["oom_killed", "memory_leak"]);
    let step: Vec<f64> = (0..40).map(|at| if at < 10 { 2e7 } else { 6e7 + f64::from(at) }).collect();
    let warm = scene().app_series(Signal::MemoryWorkingSet, "vault", "ledger", &step);
    assert_eq!(codes(warm), ["oom_killed"]);
    let far: Vec<f64> = (0..40).map(|at| 1e6 + 1e5 * f64::from(at)).collect();
    let ample = ledger(&limited("64Mi"), &unready()).app_series(Signal::MemoryWorkingSet, "vault", "ledger", &far);
    assert!(codes(ample).is_empty());
}
