use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use lamplighter_core::ports::{Alert, Metrics, Series};
use lamplighter_core::words::Window;
use lamplighter_core::{Error, Result, async_trait};

use super::{Calls, locked};

/// Metrics in memory. It answers selectors (`up`, `up{job="wiki"}`) from its series, and any other expression
/// with what the test has said is the answer.
#[derive(Clone, Default)]
pub struct FakeMetrics(Arc<Inner>);

#[derive(Default)]
struct Inner {
    series: Mutex<Vec<Series>>,
    answers: Mutex<BTreeMap<String, Vec<Series>>>,
    alerts: Mutex<Vec<Alert>>,
    calls: Calls,
}

impl FakeMetrics {
    /// No series and no alerts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a series.
    #[must_use]
    pub fn series(self, series: Series) -> Self {
        locked(&self.0.series).push(series);
        self
    }

    /// The same with the answer to one expression.
    #[must_use]
    pub fn answer(self, query: &str, series: Vec<Series>) -> Self {
        locked(&self.0.answers).insert(query.to_owned(), series);
        self
    }

    /// The same with an alert that fires.
    #[must_use]
    pub fn alert(self, alert: Alert) -> Self {
        locked(&self.0.alerts).push(alert);
        self
    }

    /// What it was asked, and what it is to fail at.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }
}

#[async_trait]
impl Metrics for FakeMetrics {
    async fn range(&self, query: &str, window: Window, step: u32) -> Result<Vec<Series>> {
        self.0.calls.begin("range", format_args!("{query} {step}"))?;
        let mut found = match locked(&self.0.answers).get(query) {
            Some(answer) => answer.clone(),
            None => select(&locked(&self.0.series), query)?,
        };
        for series in &mut found {
            series.samples.retain(|sample| sample.at >= window.from && window.to.is_none_or(|to| sample.at <= to));
        }
        found.retain(|series| !series.samples.is_empty());
        Ok(found)
    }

    async fn alerts(&self) -> Result<Vec<Alert>> {
        self.0.calls.begin("alerts", "")?;
        Ok(locked(&self.0.alerts).clone())
    }
}

fn select(series: &[Series], query: &str) -> Result<Vec<Series>> {
    let unreadable = || Error::invalid(format!("{query:?} is neither a selector nor has the test given its answer"));
    let (name, matchers) = match query.trim().split_once('{') {
        Some((name, rest)) => (name, rest.strip_suffix('}').ok_or_else(unreadable)?),
        None => (query.trim(), ""),
    };
    let is_name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "_:".contains(c));
    let mut wanted = vec![("__name__", name)];
    for matcher in matchers.split(',').filter(|matcher| !matcher.trim().is_empty()) {
        let (label, value) = matcher.split_once('=').ok_or_else(unreadable)?;
        let value = value.trim().strip_prefix('"').and_then(|value| value.strip_suffix('"')).ok_or_else(unreadable)?;
        wanted.push((label.trim(), value));
    }
    if !is_name(name) {
        return Err(unreadable());
    }
    let is_selected = |series: &&Series| {
        wanted.iter().all(|(label, value)| series.labels.get(*label).map(String::as_str) == Some(*value))
    };
    Ok(series.iter().filter(is_selected).cloned().collect())
}
