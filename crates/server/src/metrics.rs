//! What Prometheus is told. The counters belong to the service: there is no global recorder.

use std::time::Duration;

use lamplighter::core::ports::{Job, JobCounts, JobState};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::execute::status;

const METADATA: Metadata<'static> = Metadata::new("lamplighter", Level::INFO, None);

/// In seconds. Answers take from a moment to half an hour.
const BUCKETS: [f64; 10] = [0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 1800.0, 7200.0];

pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    pub(crate) accepted: Counter,
    pub(crate) repeated: Counter,
    pub(crate) ignored: Counter,
    pub(crate) forged: Counter,
    pub(crate) refused: Counter,
    pub(crate) limited: Counter,
    pub(crate) orders: Counter,
    queued: Gauge,
    running: Gauge,
    waiting: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let matcher = Matcher::Full("lamplighter_job_duration_seconds".to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(matcher, &BUCKETS);
        // The buckets are a constant, and not empty.
        let recorder = builder.unwrap_or_else(|_empty| PrometheusBuilder::new()).build_recorder();
        for (name, unit, about) in [
            ("lamplighter_deliveries_total", Unit::Count, "Webhook deliveries, by what became of them"),
            ("lamplighter_requests_limited_total", Unit::Count, "Requests that were told to come back later"),
            ("lamplighter_orders_total", Unit::Count, "Jobs that were asked for through /execute"),
            ("lamplighter_jobs_finished_total", Unit::Count, "Jobs that have come to a halt, by how"),
        ] {
            recorder.describe_counter(KeyName::from(name), Some(unit), SharedString::const_str(about));
        }
        let about = SharedString::const_str("Jobs that are not over, by how far they are");
        recorder.describe_gauge(KeyName::from("lamplighter_jobs"), None, about);
        let about = SharedString::const_str("How long jobs were worked on, a wait for a person not included");
        recorder.describe_histogram(KeyName::from("lamplighter_job_duration_seconds"), Some(Unit::Seconds), about);
        let deliveries = |outcome| counter(&recorder, "lamplighter_deliveries_total", &[("outcome", outcome)]);
        let jobs = |state| {
            let key = Key::from_parts("lamplighter_jobs", vec![Label::from_static_parts("state", state)]);
            recorder.register_gauge(&key, &METADATA)
        };
        Self {
            accepted: deliveries("accepted"),
            repeated: deliveries("repeated"),
            ignored: deliveries("ignored"),
            forged: deliveries("forged"),
            refused: deliveries("refused"),
            limited: counter(&recorder, "lamplighter_requests_limited_total", &[]),
            orders: counter(&recorder, "lamplighter_orders_total", &[]),
            queued: jobs("queued"),
            running: jobs("running"),
            waiting: jobs("waiting"),
            handle: recorder.handle(),
            recorder,
        }
    }

    /// A job has come to a halt.
    pub(crate) fn job(&self, job: &Job, state: &JobState, worked: Duration) {
        let work = job.work.kind().as_str();
        let status = if matches!(state, JobState::Waiting { .. }) { "waiting" } else { status(state) };
        counter(&self.recorder, "lamplighter_jobs_finished_total", &[("work", work), ("status", status)]).increment(1);
        self.duration(work).record(worked.as_secs_f64());
    }

    fn duration(&self, work: &'static str) -> Histogram {
        let labels = vec![Label::from_static_parts("work", work)];
        self.recorder.register_histogram(&Key::from_parts("lamplighter_job_duration_seconds", labels), &METADATA)
    }

    /// Everything, in Prometheus' text format.
    #[expect(clippy::cast_precision_loss, reason = "there are less jobs than that")]
    pub(crate) fn render(&self, counts: Option<JobCounts>) -> String {
        if let Some(counts) = counts {
            self.queued.set(counts.queued as f64);
            self.running.set(counts.running as f64);
            self.waiting.set(counts.waiting as f64);
        }
        self.handle.render()
    }
}

fn counter(recorder: &PrometheusRecorder, name: &'static str, labels: &[(&'static str, &'static str)]) -> Counter {
    let labels: Vec<Label> = labels.iter().map(|(name, value)| Label::from_static_parts(name, value)).collect();
    recorder.register_counter(&Key::from_parts(name, labels), &METADATA)
}
