//! What Prometheus has scraped: series as exporters write them, every quarter of a minute of the last half hour.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use lamplighter::core::ports::{Sample, Series};
use lamplighter_testkit::servers::openmetrics;

/// Seconds between two scrapes.
const EVERY: i64 = 15;

/// How long before now the first scrape was, in seconds.
const BEFORE: i64 = 35 * 60;

/// How long after now the last one will be, in seconds: servers take a while to start, and time is real.
const AFTER: i64 = 5 * 60;

/// When the trouble began, in seconds before now.
const ONSET: i64 = 10 * 60;

/// The upper bounds of the buckets of Istio's histogram, in milliseconds.
const BUCKETS: [f64; 8] = [5.0, 25.0, 50.0, 100.0, 500.0, 1000.0, 5000.0, f64::INFINITY];

/// A level before the trouble began and one after.
pub(crate) type Levels = (f64, f64);

/// Series to be loaded.
pub(crate) struct History {
    now: Timestamp,
    series: BTreeMap<BTreeMap<String, String>, Vec<Sample>>,
}

impl History {
    pub(crate) fn new() -> Self {
        Self { now: Timestamp::now(), series: BTreeMap::new() }
    }

    /// A gauge. One of the same labels is replaced.
    pub(crate) fn gauge(&mut self, name: &str, labels: &[(&str, &str)], (before, after): Levels) {
        self.put(name, labels, |second| if second < -ONSET { before } else { after });
    }

    /// A counter that grows by so much a second.
    pub(crate) fn counter(&mut self, name: &str, labels: &[(&str, &str)], (before, after): Levels) {
        self.put(name, labels, |second| {
            let (calm, trouble) = ((second.min(-ONSET) + BEFORE).max(0), (second + ONSET).max(0));
            1000.0 + before * float(calm) + after * float(trouble)
        });
    }

    /// Takes out what is called so, as where nobody scrapes it.
    pub(crate) fn forget(&mut self, name: &str) {
        self.series.retain(|labels, _| labels.get("__name__").is_none_or(|known| known != name));
    }

    /// Istio's metrics of the requests to an app: how many a second, how many of them fail, and how long they take.
    pub(crate) fn requests(&mut self, app: (&str, &str), rate: Levels, failing: Levels, milliseconds: Levels) {
        let (namespace, name) = app;
        let to = [
            ("reporter", "destination"),
            ("destination_service_name", name),
            ("destination_service_namespace", namespace),
        ];
        let fine = (rate.0 - failing.0, rate.1 - failing.1);
        self.counter("istio_requests_total", &[&to[..], &[("response_code", "200")]].concat(), fine);
        self.counter("istio_requests_total", &[&to[..], &[("response_code", "503")]].concat(), failing);
        for bound in BUCKETS {
            let le = if bound.is_finite() { bound.to_string() } else { "+Inf".to_owned() };
            let within = |time: f64, rate: f64| if time <= bound { rate } else { 0.0 };
            let levels = (within(milliseconds.0, rate.0), within(milliseconds.1, rate.1));
            self.counter("istio_request_duration_milliseconds_bucket", &[&to[..], &[("le", &le)]].concat(), levels);
        }
    }

    /// The five states of a unit, of which it is in one, as the node exporter writes them.
    pub(crate) fn unit(&mut self, instance: &str, unit: &str, before: &str, after: &str) {
        for state in ["activating", "active", "deactivating", "failed", "inactive"] {
            let labels = [("instance", instance), ("job", "node-exporter"), ("name", unit), ("state", state)];
            let is = |it: &str| if it == state { 1.0 } else { 0.0 };
            self.gauge("node_systemd_unit_state", &labels, (is(before), is(after)));
        }
    }

    /// As the text that `promtool` reads.
    pub(crate) fn text(&self) -> String {
        let series = self.series.iter();
        let series = series.map(|(labels, samples)| Series { labels: labels.clone(), samples: samples.clone() });
        openmetrics(&series.collect::<Vec<_>>())
    }

    fn put(&mut self, name: &str, labels: &[(&str, &str)], value: impl Fn(i64) -> f64) {
        let mut all: BTreeMap<String, String> =
            labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        all.insert("__name__".to_owned(), name.to_owned());
        let seconds = (0..).map(|nth| nth * EVERY - BEFORE).take_while(|second| *second <= AFTER);
        let sample = |second| Sample { at: self.now + SignedDuration::from_secs(second), value: value(second) };
        self.series.insert(all, seconds.map(sample).collect());
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds of an hour")]
fn float(seconds: i64) -> f64 {
    seconds as f64
}
