//! What the rules say of alerts, metrics and monitors.

use std::sync::Arc;

use lamplighter_core::Agent;
use lamplighter_core::diagnosis::{Cause, Likelihood, Scene, Signal, SpecialistReport, Subject};
use lamplighter_core::ports::MonitorState;
use lamplighter_testkit::context;
use lamplighter_testkit::objects::{cluster, deployment, node};
use lamplighter_testkit::scene::{SceneBuilder, scene};

use crate::Observability;

/// `till` calls `ledger`, both well.
fn shop() -> SceneBuilder {
    let cluster =
        cluster().node(node("n1")).workload(deployment("shop", "till")).workload(deployment("shop", "ledger"));
    scene(cluster).call("till", "ledger")
}

/// The same with `ledger` down.
fn half_down() -> SceneBuilder {
    let ledger = deployment("shop", "ledger").pods(|pod| pod.crash_looping(9));
    scene(cluster().node(node("n1")).workload(deployment("shop", "till")).workload(ledger)).call("till", "ledger")
}

fn step(before: f64, after: f64) -> Vec<f64> {
    (0..30).map(|at| if at < 15 { before } else { after }).collect()
}

fn report(scene: SceneBuilder) -> SpecialistReport {
    Observability::new().examine(&scene.build())
}

#[track_caller]
fn finds(scene: SceneBuilder, words: &str) {
    let report = report(scene);
    assert!(report.findings.iter().any(|finding| finding.summary.contains(words)), "{words}: {:?}", report.findings);
}

#[track_caller]
fn finds_nothing_of(scene: SceneBuilder, words: &str) {
    let report = report(scene);
    assert!(report.findings.iter().all(|finding| !finding.summary.contains(words)), "{words}: {:?}", report.findings);
}

#[test]
fn a_healthy_cluster_has_neither_causes_nor_findings() {
    let steady = shop()
        .app_series(Signal::Latency, "shop", "till", &step(0.1, 0.11))
        .app_series(Signal::SuccessRatio, "shop", "till", &step(1.0, 0.999))
        .series(Signal::Reachable, Subject::Target("till".to_owned()), &[], &[1.0, 1.0])
        .monitor("till", MonitorState::Up, "200 OK")
        .alert("Watchdog", &[("severity", "none")], "");
    assert_eq!(report(steady), SpecialistReport { specialist: "observability".to_owned(), ..Default::default() });
}

#[test]
fn alerts_are_found_on_what_they_are_about() {
    let pod = half_down().build().state().pods.items()[0].metadata.name.clone();
    let cases: [(&[(&str, &str)], &str); 6] = [
        (&[("namespace", "shop"), ("deployment", "ledger")], "app shop/ledger"),
        (&[("namespace", "shop"), ("service", "ledger")], "app shop/ledger"),
        (&[("namespace", "shop"), ("pod", &pod)], &format!("pod shop/{pod}")),
        (&[("instance", "n1:9100")], "node n1"),
        (&[("node", "n1")], "node n1"),
        (&[("instance", "elsewhere:9100")], "alert SomethingIsWrong"),
    ];
    for (labels, object) in cases {
        let report = report(half_down().alert("SomethingIsWrong", labels, "it is wrong"));
        let finding = report.findings.iter().find(|finding| finding.summary.contains("SomethingIsWrong")).unwrap();
        assert_eq!(finding.object.to_string(), object);
        assert_eq!(finding.evidence, ["it is wrong"]);
    }
}

#[test]
fn an_alert_that_says_nothing_helps_nobody() {
    finds(shop().alert("Xyz", &[("namespace", "shop")], ""), "says neither what is wrong");
    finds_nothing_of(shop().alert("Xyz", &[("namespace", "shop")], "the till is slow"), "says neither");
}

#[test]
fn series_that_leave_their_level_are_found() {
    let cases = [
        (Signal::Latency, 0.1, 0.4, "latency of till rises"),
        (Signal::CpuUsage, 0.1, 0.4, "CPU use of till rises"),
        (Signal::MemoryWorkingSet, 1e6, 3e6, "memory use of till rises"),
        (Signal::RequestRate, 10.0, 2.0, "the rate of requests of till falls"),
        (Signal::SuccessRatio, 1.0, 0.8, "the part of requests that succeed of till falls"),
        (Signal::PacketsReceived, 90.0, 30.0, "the rate of packets in of till falls"),
    ];
    for (signal, before, after, words) in cases {
        finds(shop().app_series(signal, "shop", "till", &step(before, after)), words);
        finds_nothing_of(shop().app_series(signal, "shop", "till", &step(before, before)), "of till");
    }
    finds(shop().node_series(Signal::NodeRetransmits, "n1", &step(0.1, 40.0)), "sent again of n1 rises");
    finds(
        shop().series(Signal::Reachable, Subject::Target("till".to_owned()), &[], &[1.0, 0.0]),
        "till does not answer",
    );
}

#[test]
fn errors_begin_at_the_lowest_failing_service() {
    let failing = || {
        let scene = shop().app_series(Signal::SuccessRatio, "shop", "till", &step(1.0, 0.7));
        scene.app_series(Signal::SuccessRatio, "shop", "ledger", &step(1.0, 0.6))
    };
    let named = report(failing()).causes;
    assert_eq!((named.len(), named[0].cause, named[0].culprit.name()), (1, Cause::ServerErrors, "ledger"));
    assert_eq!((named[0].confidence, named[0].affects[0].name()), (Likelihood::LIKELY, "till"));
    let better = [
        failing().app_series(Signal::Latency, "shop", "ledger", &step(0.1, 2.0)),
        failing().app_series(Signal::CpuThrottled, "shop", "ledger", &step(0.0, 0.5)),
        failing().said("shop", "ledger", &["dial tcp 10.0.0.9:5432: connect: connection refused"]),
    ];
    for scene in better {
        assert_eq!(report(scene).causes[0].confidence, Likelihood::POSSIBLE);
    }
    let unready = half_down().app_series(Signal::SuccessRatio, "shop", "till", &step(1.0, 0.7));
    assert_eq!(report(unready).causes[0].confidence, Likelihood::POSSIBLE);
}

#[test]
fn slowness_begins_at_the_lowest_slow_service() {
    let slow = || shop().app_series(Signal::Latency, "shop", "till", &step(0.1, 2.0));
    finds(slow().app_series(Signal::Latency, "shop", "ledger", &step(0.1, 1.9)), "slowness begins at ledger");
    finds_nothing_of(slow(), "slowness begins");
}

#[test]
fn alerts_alone_can_name_an_overload_that_somebody_feels() {
    let busy = || shop().alert("CPUThrottlingHigh", &[("namespace", "shop"), ("service", "ledger")], "throttled");
    let slow =
        |scene: SceneBuilder| scene.alert("SlowTill", &[("namespace", "shop"), ("service", "till")], "latency is 3 s");
    let named = report(slow(busy())).causes;
    assert_eq!((named[0].cause, named[0].culprit.name()), (Cause::PodCpuOverload, "ledger"));
    assert_eq!(named[0].confidence, Likelihood::LIKELY);
    assert!(report(busy()).causes.is_empty(), "nobody waits");
    let measured = slow(busy()).app_series(Signal::CpuUsage, "shop", "ledger", &step(0.1, 0.1));
    assert!(report(measured).causes.is_empty(), "the series are for sre to judge");
}

#[test]
fn monitors_and_pods_may_disagree() {
    finds(shop().monitor("Till", MonitorState::Down, "HTTP 502"), "it is broken on the way");
    finds(half_down().monitor("ledger.example.org", MonitorState::Up, ""), "it asks too little");
    finds(half_down().monitor("ledger", MonitorState::Down, "timeout"), "and so is");
    finds(shop().monitor("somewhere else", MonitorState::Down, "timeout"), "monitor somewhere else is down");
    finds_nothing_of(shop().monitor("till", MonitorState::Maintenance, ""), "monitor");
}

#[test]
fn what_is_down_without_alert_or_monitor_is_a_gap() {
    finds(half_down(), "nobody was told: no alert fires for it, and no monitor watches it");
    finds(half_down().monitor("ledger", MonitorState::Up, ""), "its monitor is not down");
    let told = [
        half_down().monitor("ledger", MonitorState::Down, ""),
        half_down().alert("Down", &[("namespace", "shop"), ("deployment", "ledger")], "ledger is down"),
        shop(),
    ];
    for scene in told {
        finds_nothing_of(scene, "nobody was told");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn what_was_not_read_is_said() {
    let state = cluster().node(node("n1")).build();
    let report = Observability::new().run(&context("example"), Arc::new(Scene::new(Arc::new(state)))).await.unwrap();
    assert_eq!(report.gaps.len(), 3, "{:?}", report.gaps);
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<SpecialistReport>(&json).unwrap(), report);
}
