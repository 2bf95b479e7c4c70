//! What Prometheus is told. The counters belong to the service: there is no global recorder.

use std::time::Duration;

use jiff::Timestamp;
use lamplighter::core::ports::{Job, JobCounts, JobState};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::execute::status;
use crate::status::StatusEvent;

const METADATA: Metadata<'static> = Metadata::new("lamplighter", Level::INFO, None);

const PAGE_MADE: &str = "lamplighter_status_page_timestamp_seconds";

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
    page_made: Gauge,
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
            ("lamplighter_status_looks_total", Unit::Count, "Looks for the status page, by what became of them"),
            (
                "lamplighter_status_published_total",
                Unit::Count,
                "Publications of the status page, by place and outcome",
            ),
        ] {
            recorder.describe_counter(KeyName::from(name), Some(unit), SharedString::const_str(about));
        }
        let about = SharedString::const_str("Jobs that are not over, by how far they are");
        recorder.describe_gauge(KeyName::from("lamplighter_jobs"), None, about);
        let about = SharedString::const_str("How long jobs were worked on, a wait for a person not included");
        recorder.describe_histogram(KeyName::from("lamplighter_job_duration_seconds"), Some(Unit::Seconds), about);
        let about = SharedString::const_str("When what the status page says was seen, in seconds since 1970; 0 before");
        recorder.describe_gauge(KeyName::from(PAGE_MADE), Some(Unit::Seconds), about);
        let page_made = recorder.register_gauge(&Key::from_static_name(PAGE_MADE), &METADATA);
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
            page_made,
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

    /// Something has happened to the status page.
    pub(crate) fn status(&self, event: &StatusEvent<'_>) {
        let looks = |outcome| counter(&self.recorder, "lamplighter_status_looks_total", &[("outcome", outcome)]);
        match event {
            StatusEvent::Looked(_) => looks("done").increment(1),
            StatusEvent::Failed => looks("failed").increment(1),
            StatusEvent::Published { place, written } => {
                let outcome = match written {
                    Some(written) if written.is_unchanged() => "unchanged",
                    Some(_) => "changed",
                    None => "failed",
                };
                let labels =
                    vec![Label::new("place", (*place).to_owned()), Label::from_static_parts("outcome", outcome)];
                let key = Key::from_parts("lamplighter_status_published_total", labels);
                self.recorder.register_counter(&key, &METADATA).increment(1);
            }
        }
    }

    /// When what the page says was seen.
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are exact in an f64")]
    pub(crate) fn page_made(&self, made: Timestamp) {
        self.page_made.set(made.as_second() as f64);
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
