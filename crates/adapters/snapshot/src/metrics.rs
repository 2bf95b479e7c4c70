use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use jiff::Timestamp;
use lamplighter_core::Result;
use lamplighter_core::ports::{Alert, Metrics, Sample, Series};
use lamplighter_core::words::Window;
use serde::{Deserialize, Deserializer};

use crate::folder::Folder;
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
        self.read_kept(move |folder, kept| Ok(kept.recording(folder)?.range(&selector, &window, step))).await
    }

    /// The alerts that fired when the snapshot was taken and were not suppressed. Where a recording does not
    /// say since when, it is the time of the snapshot.
    async fn alerts(&self) -> Result<Vec<Alert>> {
        let taken_at = self.taken_at();
        self.read_kept(move |folder, kept| Ok(kept.alerts(folder, taken_at)?.to_vec())).await
    }
}

/// `query` and `query_range` of the Prometheus HTTP API v1, by the names of the series.
#[derive(Debug)]
pub(crate) struct Recording {
    series: Vec<Series>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Recording {
    fn range(&self, selector: &Selector, window: &Window, step: u32) -> Vec<Series> {
        let named = selector.name().map(|name| self.by_name.get(name).map_or(&[][..], Vec::as_slice));
        let candidates: Vec<&Series> = match named {
            Some(positions) => positions.iter().filter_map(|position| self.series.get(*position)).collect(),
            None => self.series.iter().collect(),
        };
        let selected = candidates.into_iter().filter(|series| selector.matches(&series.labels));
        let thinned = selected.filter_map(|series| {
            let samples = thinned(&series.samples, window, step);
            (!samples.is_empty()).then(|| Series { labels: series.labels.clone(), samples })
        });
        thinned.collect()
    }
}

impl<'de> Deserialize<'de> for Recording {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let recorded = Recorded::deserialize(deserializer)?;
        let series: Vec<Series> = recorded.data.result.into_iter().map(RecordedSeries::series).collect();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (position, series) in series.iter().enumerate() {
            by_name.entry(series.labels.get("__name__").cloned().unwrap_or_default()).or_default().push(position);
        }
        Ok(Self { series, by_name })
    }
}

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

impl RecordedSeries {
    fn series(self) -> Series {
        let recorded = self.values.into_iter().chain(self.value);
        let mut samples: Vec<Sample> = recorded.filter_map(|RecordedSample(sample)| sample).collect();
        samples.sort_by_key(|sample| sample.at);
        Series { labels: self.metric, samples }
    }
}

/// Seconds since 1970 and the value as text; nothing where that is no number.
struct RecordedSample(Option<Sample>);

impl<'de> Deserialize<'de> for RecordedSample {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Pair<'a>(f64, #[serde(borrow)] Cow<'a, str>);

        let Pair(seconds, value) = Pair::deserialize(deserializer)?;
        #[expect(clippy::cast_possible_truncation, reason = "what is out of range saturates and is no timestamp")]
        let at = Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok();
        let value = value.parse().ok().filter(|value: &f64| value.is_finite());
        Ok(Self(at.zip(value).map(|(at, value)| Sample { at, value })))
    }
}

/// The last sample of each `step` seconds.
fn thinned(recorded: &[Sample], window: &Window, step: u32) -> Vec<Sample> {
    let from = recorded.partition_point(|sample| sample.at < window.from);
    let to = window.to.map_or(recorded.len(), |to| recorded.partition_point(|sample| sample.at <= to));
    let slot = |sample: &Sample| (sample.at.as_second() - window.from.as_second()) / i64::from(step);
    let mut thinned: Vec<Sample> = Vec::new();
    for sample in recorded.get(from..to).unwrap_or_default() {
        match thinned.last_mut() {
            Some(last) if slot(last) == slot(sample) => *last = *sample,
            _ => thinned.push(*sample),
        }
    }
    thinned
}

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

pub(crate) fn recorded_alerts(folder: &Folder, taken_at: Timestamp) -> Result<Vec<Alert>, SnapshotError> {
    let recorded: Vec<RecordedAlert> = folder.json("alerts.json")?;
    let firing = recorded.into_iter().filter(|alert| alert.status.state != "suppressed");
    let alert = |alert: RecordedAlert| Alert {
        labels: alert.labels,
        annotations: alert.annotations,
        since: alert.starts_at.unwrap_or(taken_at),
    };
    Ok(firing.map(alert).collect())
}
