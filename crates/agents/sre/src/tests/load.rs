use lamplighter_core::diagnosis::{Cause, Likelihood, Signal};
use lamplighter_testkit::scene::SceneBuilder;
use serde_json::json;

use super::fixtures::{causes, check, codes, ledger};

type Step = (Signal, f64, f64);

/// A series that goes from one level to another in the middle.
fn step(before: f64, after: f64) -> Vec<f64> {
    (0..40).map(|at| if at < 20 { before } else { after }).collect()
}

fn running() -> SceneBuilder {
    let limits = json!({"resources": {"limits": {"cpu": "200m"}}});
    ledger(&limits, &json!({"ready": true, "state": {"running": {"startedAt": "2026-03-01T10:00:00Z"}}}))
}

fn with(scene: SceneBuilder, app: &str, series: &[Step]) -> SceneBuilder {
    series
        .iter()
        .fold(scene, |scene, (signal, before, after)| scene.app_series(*signal, "vault", app, &step(*before, *after)))
}

#[test]
fn an_app_that_is_held_back_and_slow_is_overloaded() {
    let series = [(Signal::CpuUsage, 0.03, 0.19), (Signal::CpuThrottled, 0.0, 0.7), (Signal::Latency, 0.01, 0.2)];
    let scene = with(running(), "ledger", &series).call("till", "ledger");
    let named = check(with(scene, "till", &[(Signal::Latency, 0.02, 0.3)]), Cause::PodCpuOverload);
    assert!(named.confidence > Likelihood::SHOWN);
    assert_eq!(named.affects[0].to_string(), "app/till");
}

#[test]
fn less_evidence_is_less_likely() {
    let cases: [(&[Step], f64); 4] = [
        (&[(Signal::CpuUsage, 0.03, 0.19), (Signal::CpuThrottled, 0.0, 0.7)], 0.65),
        (&[(Signal::CpuThrottled, 0.0, 0.7), (Signal::Latency, 0.01, 0.2)], 0.75),
        (&[(Signal::CpuUsage, 0.03, 0.19), (Signal::Latency, 0.01, 0.2)], 0.75),
        (&[(Signal::CpuUsage, 0.03, 0.10), (Signal::Latency, 0.01, 0.2)], 0.55),
    ];
    for (series, confidence) in cases {
        let named = check(with(running(), "ledger", series), Cause::PodCpuOverload);
        assert!((named.confidence.get() - confidence).abs() < 1e-9, "{series:?}: {}", named.confidence);
    }
}

#[test]
fn more_work_that_nobody_waits_for_is_none() {
    let quiet: [&[Step]; 4] = [
        &[(Signal::CpuUsage, 0.03, 0.1)],
        &[(Signal::CpuUsage, 0.1, 0.1), (Signal::CpuThrottled, 0.3, 0.3), (Signal::Latency, 0.01, 0.01)],
        &[(Signal::CpuUsage, 0.1, 0.03), (Signal::Latency, 0.01, 3.0)],
        &[(Signal::CpuUsage, 0.03, 0.1), (Signal::Latency, 0.01, 0.2), (Signal::RequestRate, 3.0, 10.0)],
    ];
    for series in quiet {
        assert!(codes(with(running(), "ledger", series)).is_empty(), "{series:?}");
    }
}

#[test]
fn what_waits_for_an_overloaded_service_comes_after_it() {
    let series = [(Signal::CpuUsage, 0.03, 0.19), (Signal::CpuThrottled, 0.0, 0.7), (Signal::Latency, 0.01, 0.2)];
    let scene = with(with(running(), "ledger", &series), "abacus", &series).call("abacus", "ledger");
    let named: Vec<_> = causes(scene).iter().map(|cause| cause.culprit.to_string()).collect();
    assert_eq!(named, ["app/ledger", "app/abacus"]);
}

#[test]
fn a_stranger_on_a_full_node_takes_the_cpu_of_others() {
    let full: Vec<f64> = step(0.2, 0.98);
    let scene = with(running(), "ledger", &[(Signal::CpuUsage, 0.1, 3.5)]).node_series(Signal::NodeCpu, "n1", &full);
    check(scene, Cause::PodCpuOverload);
}

#[test]
fn errors_begin_at_the_bottom_of_the_calls() {
    let failing = [(Signal::SuccessRatio, 1.0, 0.6)];
    let scene = with(with(running(), "ledger", &failing), "till", &failing).call("till", "ledger");
    let named = check(scene, Cause::ServerErrors);
    assert_eq!(named.confidence, Likelihood::POSSIBLE);
    assert_eq!(named.affects[0].to_string(), "app/till");
}

#[test]
fn a_ratio_without_requests_means_nothing() {
    assert!(codes(with(running(), "ledger", &[(Signal::SuccessRatio, 0.0, 0.0)])).is_empty());
    let asked = [(Signal::SuccessRatio, 0.4, 0.4), (Signal::RequestRate, 5.0, 5.0)];
    check(with(running(), "ledger", &asked), Cause::ServerErrors);
    assert!(codes(with(running(), "ledger", &[(Signal::SuccessRatio, 0.6, 1.0)])).is_empty());
}

#[test]
fn errors_of_what_has_a_pod_that_is_not_ready_have_a_better_explanation() {
    let unready = json!({"ready": false, "state": {"running": {"startedAt": "2026-03-01T10:00:00Z"}}});
    let scene = with(ledger(&json!({}), &unready), "ledger", &[(Signal::SuccessRatio, 1.0, 0.6)]);
    assert!(codes(scene).is_empty());
}
