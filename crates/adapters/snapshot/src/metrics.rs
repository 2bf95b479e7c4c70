use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use lamplighter_core::Result;
use lamplighter_core::ports::{Alert, Metrics, Sample, Series};
use lamplighter_core::words::Window;
use serde::Deserialize;

use crate::selector::Selector;
use crate::{Snapshot, SnapshotError};

#[async_trait]
impl Metrics for Snapshot {
    /// The samples that were recorded in the window, the last one of each `step` seconds. None is made up:
    /// where nothing was recorded there is no sample. Values that are no numbers (`NaN`, `+Inf`) are left out,
    /// and so is a series of which no sample is left.
    async fn range(&self, query: &str, window: Window, step: u32) -> Result<Vec<Series>> {
        let selector = Selector::parse(query)?;
        if step == 0 {
            return Err(SnapshotError::Query("a step is at least one second".to_owned()).into());
        }
        let recorded: Recorded = self.read(|folder| folder.json("metrics.json")).await?;
        let selected = recorded.data.result.into_iter().filter(|series| selector.matches(&series.metric));
        let series = selected.map(|series| Series {
            samples: thinned(series.values.iter().chain(&series.value), &window, step),
            labels: series.metric,
        });
        Ok(series.filter(|series| !series.samples.is_empty()).collect())
    }

    /// The alerts that fired when the snapshot was taken and were not suppressed. Where a recording does not
    /// say since when, it is the time of the snapshot.
    async fn alerts(&self) -> Result<Vec<Alert>> {
        let recorded: Vec<RecordedAlert> = self.read(|folder| folder.json("alerts.json")).await?;
        let fires = |alert: &RecordedAlert| alert.status.state != "suppressed";
        let alert = |alert: RecordedAlert| Alert {
            labels: alert.labels,
            annotations: alert.annotations,
            since: alert.starts_at.unwrap_or(self.taken_at()),
        };
        Ok(recorded.into_iter().filter(fires).map(alert).collect())
    }
}

/// `query` and `query_range` of the Prometheus HTTP API v1.
#[derive(Deserialize)]
struct Recorded {
    data: RecordedData,
}

#[derive(Deserialize)]
struct RecordedData {
    result: Vec<RecordedSeries>,
}

#[derive(Deserialize)]
struct RecordedSeries {
    #[serde(default)]
    metric: BTreeMap<String, String>,
    #[serde(default)]
    values: Vec<RecordedSample>,
    value: Option<RecordedSample>,
}

/// Seconds since 1970 and the value as text.
#[derive(Deserialize)]
struct RecordedSample(f64, String);

/// An alert of Alertmanager's API v2.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordedAlert {
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    starts_at: Option<Timestamp>,
    #[serde(default)]
    status: RecordedAlertStatus,
}

#[derive(Deserialize, Default)]
struct RecordedAlertStatus {
    #[serde(default)]
    state: String,
}

fn thinned<'a>(recorded: impl Iterator<Item = &'a RecordedSample>, window: &Window, step: u32) -> Vec<Sample> {
    let mut samples: Vec<Sample> = recorded.filter_map(RecordedSample::sample).collect();
    samples.retain(|sample| sample.at >= window.from && window.to.is_none_or(|to| sample.at <= to));
    samples.sort_by_key(|sample| sample.at);
    let slot = |sample: &Sample| (sample.at.as_second() - window.from.as_second()) / i64::from(step);
    let mut thinned: Vec<Sample> = Vec::new();
    for sample in samples {
        match thinned.last_mut() {
            Some(last) if slot(last) == slot(&sample) => *last = sample,
            _ => thinned.push(sample),
        }
    }
    thinned
}

impl RecordedSample {
    fn sample(&self) -> Option<Sample> {
        let value = self.1.parse().ok().filter(|value: &f64| value.is_finite())?;
        #[expect(clippy::cast_possible_truncation, reason = "what is out of range saturates and is no timestamp")]
        let at = Timestamp::from_millisecond((self.0 * 1000.0).round() as i64).ok()?;
        Some(Sample { at, value })
    }
}
