use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use lamplighter_core::cluster::NodeAddress;
use lamplighter_core::diagnosis::{DiagnosisRequest, Scene, Signal};
use lamplighter_core::ports::{Sample, Series};
use lamplighter_core::words::ObjectRef;
use lamplighter_core::{Agent, Error, ErrorKind};
use lamplighter_diagnostician::{Sources, SurveySettings, Surveyor};
use lamplighter_testkit::context;
use lamplighter_testkit::fakes::{FakeClock, FakeCluster, FakeLogs, FakeMetrics, FakeMonitors};
use lamplighter_testkit::objects::{cluster, deployment, event, node};

async fn survey(sources: Sources) -> Arc<Scene> {
    Surveyor::new(sources).run(&context("survey"), DiagnosisRequest::default()).await.unwrap()
}

fn town() -> FakeCluster {
    let wiki = deployment("apps", "wiki").replicas(2).pod(0, |pod| pod.crash_looping(3));
    FakeCluster::new(cluster().node(node("n1")).workload(wiki).workload(deployment("apps", "page")))
}

fn series(name: &str, labels: &[(&str, &str)], value: f64) -> Series {
    let mut all: BTreeMap<String, String> = [("__name__".to_owned(), name.to_owned())].into();
    all.extend(labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    Series { labels: all, samples: vec![Sample { at: FakeClock::START, value }] }
}

#[tokio::test]
async fn what_there_is_no_source_for_is_unknown_and_the_cluster_is_read() {
    let scene = survey(Sources::new(Arc::new(town()))).await;
    assert_eq!(scene.graph.workloads().count(), 2);
    for reason in [
        scene.signals.as_result().err(),
        scene.alerts.as_result().err(),
        scene.monitors.as_result().err(),
        scene.logs.as_result().err(),
        scene.units.as_result().err(),
        scene.manifests.as_result().err(),
    ] {
        assert!(reason.is_some_and(|reason| reason.starts_with("no source of ")), "{reason:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_asked_is_unknown_with_the_reason_and_the_rest_is_read() {
    let metrics = FakeMetrics::new();
    for question in ["alerts", "range"] {
        metrics.calls().fail_always(question, || Error::new(ErrorKind::Unavailable, "it does not answer"));
    }
    let monitors = FakeMonitors::new().up("wiki");
    let sources =
        Sources::new(Arc::new(town())).with_metrics(Arc::new(metrics.clone())).with_monitors(Arc::new(monitors));
    let scene = survey(sources).await;
    let asked = metrics.calls().of("range").len();
    assert!(asked <= SurveySettings::default().at_once, "whoever does not answer is not asked {asked} times");
    assert!(scene.alerts.as_result().is_err_and(|reason| reason.starts_with("alerts: ")));
    assert!(scene.signals.as_result().is_err_and(|reason| reason.starts_with("metrics: ")));
    assert_eq!(scene.monitors.items().len(), 1);
}

#[tokio::test]
async fn series_are_of_the_app_and_the_node_that_they_are_about() {
    let mut machine = node("n1").build();
    machine.status.addresses = vec![NodeAddress { r#type: "InternalIP".to_owned(), address: "10.0.0.5".to_owned() }];
    let state = cluster().node(machine).workload(deployment("apps", "wiki")).build();
    let pod = state.pods.items()[0].metadata.name.clone();
    let usage = Signal::CpuUsage.queries()[1];
    let metrics = FakeMetrics::new()
        .series(series("service:success_ratio", &[("service", "wiki"), ("namespace", "apps")], 0.5))
        .series(series("node:cpu_utilization_ratio", &[("instance", "10.0.0.5:9100")], 0.9))
        .answer(usage, vec![series("", &[("namespace", "apps"), ("pod", &pod)], 0.2)]);
    let scene = survey(Sources::new(Arc::new(FakeCluster::new(state))).with_metrics(Arc::new(metrics))).await;
    let signals = scene.signals.seen().unwrap();
    assert_eq!(signals.of_app(Signal::SuccessRatio, "apps", "wiki").count(), 1);
    assert_eq!(signals.of_app(Signal::CpuUsage, "apps", "wiki").count(), 1, "through its pod");
    assert_eq!(signals.of_node(Signal::NodeCpu, "n1").count(), 1, "through its address");
    assert_eq!(signals.of(Signal::Latency).count(), 0);
}

#[tokio::test]
async fn the_pods_that_fail_are_heard_first_and_no_more_than_is_allowed() {
    let cluster = town();
    let mut logs = FakeLogs::new();
    for pod in cluster.now().pods.items() {
        let container = &pod.spec.containers[0].name;
        logs = logs.with("apps", &pod.metadata.name, container, &["all is well"]);
        logs = logs.with_previous("apps", &pod.metadata.name, container, &["panic: no store"]);
    }
    let sources = Sources::new(Arc::new(cluster)).with_logs(Arc::new(logs));
    let mut settings = SurveySettings::default();
    settings.log_pods = 1;
    let surveyor = Surveyor::new(sources.clone()).with_settings(settings);
    let scene = surveyor.run(&context("survey"), DiagnosisRequest::default()).await.unwrap();
    let book = scene.logs.seen().unwrap();
    assert_eq!(book.pods().len(), 1);
    let said: Vec<_> = book.of_app("apps", "wiki").map(|said| (said.previous, said.text)).collect();
    assert_eq!(said, [(false, "all is well"), (true, "panic: no store")], "the one that was restarted, both lives");
    assert_eq!(survey(sources).await.logs.seen().unwrap().pods().len(), 3, "all of a small cluster");
}

#[tokio::test]
async fn what_happened_after_the_time_that_is_asked_about_is_left_out() {
    let wiki = ObjectRef::pod("apps", "wiki");
    let state = cluster()
        .event(event(&wiki, "BackOff", "early").at(FakeClock::START - SignedDuration::from_hours(2)))
        .event(event(&wiki, "BackOff", "late").at(FakeClock::START));
    let surveyor = Surveyor::new(Sources::new(Arc::new(FakeCluster::new(state))));
    let at = Some(FakeClock::START - SignedDuration::from_hours(1));
    let request = DiagnosisRequest { at, ..DiagnosisRequest::default() };
    let scene = surveyor.run(&context("survey"), request).await.unwrap();
    let messages: Vec<_> = scene.state().events.items().iter().map(|event| event.message.as_str()).collect();
    assert_eq!(messages, ["early"]);
}

#[tokio::test]
async fn a_namespace_that_is_not_there_is_no_namespace_in_which_all_is_well() {
    let surveyor = Surveyor::new(Sources::new(Arc::new(town())));
    let ask = async |namespace: &str| {
        let request = DiagnosisRequest { namespaces: vec![namespace.to_owned()], ..DiagnosisRequest::default() };
        surveyor.run(&context("survey"), request).await
    };
    assert!(ask("apps").await.is_ok());
    assert_eq!(ask("app").await.unwrap_err().kind(), ErrorKind::NotFound);
}
