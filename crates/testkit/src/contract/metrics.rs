use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::ports::{Alert, Metrics, Sample, Series};
use lamplighter_core::words::Window;
use lamplighter_core::{ErrorKind, async_trait};

use super::assert_fails;
use crate::fakes::FakeClock;

/// Metrics to be tested, that hold [`metrics_fixture`] and of which [`alerts_fixture`] fires.
#[async_trait]
pub trait MetricsHarness: Send + Sync {
    /// The port under test.
    fn port(&self) -> &dyn Metrics;
}

/// The series that the suite expects: `contract_up` of `wiki` and of `files`, a sample a minute for ten minutes
/// from [`FakeClock::START`].
#[must_use]
pub fn metrics_fixture() -> Vec<Series> {
    let series = |service: &str, value: f64| Series {
        labels: labels(&[("__name__", "contract_up"), ("service", service)]),
        samples: (0..10).map(|index| Sample { at: minute(index), value }).collect(),
    };
    vec![series("wiki", 0.0), series("files", 1.0)]
}

/// The alerts that the suite expects.
#[must_use]
pub fn alerts_fixture() -> Vec<Alert> {
    vec![Alert {
        labels: labels(&[("alertname", "WikiDown"), ("severity", "critical")]),
        annotations: labels(&[("summary", "the wiki does not answer")]),
        since: minute(2),
    }]
}

/// Checks everything that [`Metrics`] promises.
pub async fn metrics(harness: &dyn MetricsHarness) {
    let whole = Window { from: minute(0), to: Some(minute(9)) };
    check(harness, "contract_up", whole, &["files", "wiki"], 10).await;
    check(harness, "contract_up{service=\"wiki\"}", whole, &["wiki"], 10).await;
    check(harness, "contract_up", Window { from: minute(3), to: Some(minute(5)) }, &["files", "wiki"], 3).await;
    check(harness, "contract_nothing", whole, &[], 0).await;
    let outcome = harness.port().range("contract_up{", whole, 60).await;
    assert_fails(outcome, ErrorKind::InvalidInput, "an expression that cannot be read");
    assert_eq!(harness.port().alerts().await.expect("asking works"), alerts_fixture());
}

async fn check(harness: &dyn MetricsHarness, query: &str, window: Window, services: &[&str], samples: usize) {
    let mut found = harness.port().range(query, window, 60).await.expect("asking works");
    found.sort_by(|a, b| a.labels.cmp(&b.labels));
    let names: Vec<_> = found.iter().filter_map(|series| series.labels.get("service").map(String::as_str)).collect();
    assert_eq!(names, services, "the series of {query}");
    for series in found {
        assert_eq!(series.samples.len(), samples, "the samples of {query}");
        assert!(series.samples.is_sorted_by_key(|sample| sample.at), "samples are oldest first");
        let inside = |sample: &Sample| sample.at >= window.from && window.to.is_none_or(|to| sample.at <= to);
        assert!(series.samples.iter().all(inside), "samples are of the window");
    }
}

fn minute(index: i64) -> Timestamp {
    FakeClock::START + SignedDuration::from_mins(index)
}

fn labels(labels: &[(&str, &str)]) -> BTreeMap<String, String> {
    labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
