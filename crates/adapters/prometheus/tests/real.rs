//! The adapter against real servers.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::ports::{Alert, Metrics, Sample, Series};
use lamplighter_core::words::Window;
use lamplighter_core::{ErrorKind, async_trait};
use lamplighter_prometheus::{Endpoint, PrometheusMetrics, PrometheusSettings};
use lamplighter_testkit::contract::{self, MetricsHarness, alerts_fixture, metrics_fixture};
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::servers::{Alertmanager, Prometheus, openmetrics};
use secrecy::SecretString;

fn metrics(settings: PrometheusSettings) -> PrometheusMetrics {
    PrometheusMetrics::new(settings, Arc::new(FakeClock::auto())).unwrap()
}

fn of(prometheus: &Prometheus) -> PrometheusMetrics {
    metrics(PrometheusSettings::new(Endpoint::new(prometheus.url())))
}

fn second(index: i64) -> Timestamp {
    FakeClock::START + SignedDuration::from_secs(index)
}

fn labels<const N: usize>(labels: [(&str, &str); N]) -> BTreeMap<String, String> {
    labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

struct Real {
    metrics: PrometheusMetrics,
    _servers: (Prometheus, Alertmanager),
}

#[async_trait]
impl MetricsHarness for Real {
    fn port(&self) -> &dyn Metrics {
        &self.metrics
    }
}

#[tokio::test]
async fn a_real_prometheus_with_an_alertmanager_is_metrics() {
    let Some(prometheus) = Prometheus::start(&openmetrics(&metrics_fixture())) else { return };
    let Some(alertmanager) = Alertmanager::start() else { return };
    alertmanager.post(&alerts_fixture());
    let settings = PrometheusSettings::new(Endpoint::new(prometheus.url()))
        .with_alertmanager(Endpoint::new(alertmanager.url() + "/"));
    contract::metrics(&Real { metrics: metrics(settings), _servers: (prometheus, alertmanager) }).await;
}

#[tokio::test]
async fn a_range_longer_than_one_answer_has_every_point_once() {
    let series = Series {
        labels: labels([("__name__", "oil_litres"), ("lamp", "a")]),
        samples: (0..400).map(|index| Sample { at: second(i64::from(index) * 60), value: f64::from(index) }).collect(),
    };
    let Some(prometheus) = Prometheus::start(&openmetrics(&[series])) else { return };
    let window = Window { from: FakeClock::START, to: Some(second(399 * 60)) };
    let found = of(&prometheus).range("oil_litres", window, 1).await.unwrap();
    assert_eq!(found.len(), 1);
    let samples = &found[0].samples;
    assert_eq!(samples.len(), 399 * 60 + 1);
    for (index, sample) in (0..).zip(samples) {
        assert_eq!(*sample, Sample { at: second(i64::from(index)), value: f64::from(index / 60) });
    }
}

#[tokio::test]
async fn a_window_that_is_open_ends_now() {
    let history = format!("oil_litres 5 {}\n", FakeClock::START.as_second());
    let Some(prometheus) = Prometheus::start(&history) else { return };
    let clock = FakeClock::new();
    clock.set(second(120));
    let settings = PrometheusSettings::new(Endpoint::new(prometheus.url()));
    let metrics = PrometheusMetrics::new(settings, Arc::new(clock)).unwrap();
    let found = metrics.range("oil_litres", Window { from: FakeClock::START, to: None }, 60).await.unwrap();
    assert_eq!(
        found[0].samples.iter().map(|sample| sample.at).collect::<Vec<_>>(),
        [second(0), second(60), second(120)]
    );
}

#[tokio::test]
async fn what_is_no_number_is_left_out() {
    let at = FakeClock::START.as_second();
    let history = format!("flame{{lamp=\"a\"}} NaN {at}\nflame{{lamp=\"b\"}} +Inf {at}\nflame{{lamp=\"c\"}} 2 {at}\n");
    let Some(prometheus) = Prometheus::start(&history) else { return };
    let now = Window { from: FakeClock::START, to: Some(FakeClock::START) };
    let found = of(&prometheus).range("flame", now, 60).await.unwrap();
    assert_eq!(found.iter().map(|series| series.labels["lamp"].as_str()).collect::<Vec<_>>(), ["c"]);
    assert_eq!(of(&prometheus).range("flame / 0 * 0", now, 60).await.unwrap(), []);
}

#[tokio::test]
async fn expressions_that_cannot_be_read_or_evaluated_are_invalid_input_with_the_servers_words() {
    let at = FakeClock::START.as_second();
    let Some(prometheus) = Prometheus::start(&format!("a{{x=\"1\"}} 1 {at}\na{{x=\"2\"}} 1 {at}\n")) else { return };
    let now = Window { from: FakeClock::START, to: Some(FakeClock::START) };
    for (query, says) in [
        ("up{", "parse error"),
        ("", "no expression found"),
        ("rate(up)", "expected type range vector"),
        ("a * on() a", "many-to-many"),
    ] {
        let error = of(&prometheus).range(query, now, 60).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{query}");
        assert!(!error.is_retryable() && error.to_string().contains(says), "{query}: {error}");
        assert_eq!(error.public_message(), "the input could not be used");
    }
}

#[tokio::test]
async fn a_query_that_no_url_could_hold_is_answered() {
    let Some(prometheus) = Prometheus::start(&format!("up 1 {}\n", FakeClock::START.as_second())) else { return };
    let query = format!("up{{job!~\"{}x\"}}", "very-long|".repeat(50_000));
    let now = Window { from: FakeClock::START, to: Some(FakeClock::START) };
    assert_eq!(of(&prometheus).range(&query, now, 60).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_alerts_of_prometheus_alone_are_those_that_fire_below_its_path_and_behind_its_login() {
    let rules = "
groups:
- name: lamps
  rules:
  - {alert: LampOut, expr: vector(1), labels: {severity: critical}, annotations: {summary: 'it is dark'}}
  - {alert: OilLow, expr: vector(1), for: 1h}
";
    let Some(prometheus) = Prometheus::setup().rules(rules).path("/a/prometheus").login().start() else { return };
    prometheus.until_fires("LampOut");
    let (user, password) = Prometheus::LOGIN;
    let endpoint = || Endpoint::new(prometheus.url());
    let login = endpoint().with_login(user, SecretString::from(password));
    let alerts = metrics(PrometheusSettings::new(login)).alerts().await.unwrap();
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    let Alert { labels: found, annotations, since } = &alerts[0];
    assert_eq!(*found, labels([("alertname", "LampOut"), ("severity", "critical")]));
    assert_eq!(*annotations, labels([("summary", "it is dark")]));
    let age = Timestamp::now().duration_since(*since);
    assert!(age.is_positive() && age < SignedDuration::from_mins(2), "{since}");

    let wrong = endpoint().with_login(user, SecretString::from("hunter2"));
    for refused in [wrong, endpoint(), endpoint().with_token(SecretString::from("hunter2"))] {
        let error = metrics(PrometheusSettings::new(refused)).alerts().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Permission);
        assert!(!error.is_retryable() && !error.chain().contains("hunter2"), "{}", error.chain());
    }
}

#[tokio::test]
async fn alerts_that_are_silenced_or_inhibited_are_left_out() {
    let inhibit = "inhibit_rules: [{source_matchers: ['alertname=GasOut'], target_matchers: ['alertname=LampOut']}]";
    let Some(alertmanager) = Alertmanager::start_with(inhibit) else { return };
    let alert = |name: &str| Alert {
        labels: labels([("alertname", name)]),
        annotations: BTreeMap::new(),
        since: FakeClock::START,
    };
    let posted = ["LampOut", "OilLow", "WickShort", "GasOut"].map(alert);
    alertmanager.post(&posted);
    alertmanager.silence("alertname", "OilLow");
    // Nothing listens there: with an Alertmanager, Prometheus is not asked.
    let settings = PrometheusSettings::new(Endpoint::new("http://127.0.0.1:1"))
        .with_alertmanager(Endpoint::new(alertmanager.url()));
    let metrics = metrics(settings);
    // Inhibition is known once Alertmanager has looked at its own alerts.
    let mut found = Vec::new();
    for _ in 0..100 {
        found = metrics.alerts().await.unwrap();
        if found.len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(found, [alert("GasOut"), alert("WickShort")]);
    alertmanager.resolve(&posted);
    assert_eq!(metrics.alerts().await.unwrap(), []);
}
