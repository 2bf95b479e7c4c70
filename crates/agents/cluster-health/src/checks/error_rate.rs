use std::collections::BTreeMap;

use jiff::SignedDuration;
use lamplighter_core::diagnosis::{Signal, SignalSeries, Subject};
use lamplighter_core::words::Severity;

use crate::measured::{Measured, fresh};
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `error-rate`: hardly any request fails.
///
/// Relies on [`Signal::SuccessRatio`], the part of the requests that were not answered with a status of 500 or more
/// (RFC 9110, 15.6), over the last five minutes. Less than 99 % is a warning, less than 95 % a failure. Where
/// [`Signal::RequestRate`] says that there were fewer than twenty requests, it stays a warning: one of three is 33 %.
#[derive(Debug, Clone, Copy)]
pub struct ErrorRate;

const WINDOW: SignedDuration = SignedDuration::from_mins(5);
const WARN: f64 = 0.99;
const FAIL: f64 = 0.95;
const FEW: f64 = 20.0;

impl Check for ErrorRate {
    fn name(&self) -> &'static str {
        "error-rate"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        // One app may have several series, one for each of its callers.
        let mut apps: BTreeMap<&Subject, Measured<'_>> = BTreeMap::new();
        for series in fresh(view, Signal::SuccessRatio)? {
            let Some((last, value)) = series.last().zip(lately(series)) else { continue };
            let measured = Measured { subject: &series.subject, value, at: last.at };
            let worst = apps.entry(&series.subject).or_insert(measured);
            worst.value = worst.value.min(value);
        }
        let namespace = |subject: &Subject| match subject {
            Subject::App { namespace, .. } | Subject::Claim { namespace, .. } => namespace.clone(),
            Subject::Node(_) | Subject::Target(_) => String::new(),
        };
        let watched = apps.into_values().filter(|app| view.is_watched_namespace(&namespace(app.subject)));
        Ok(Outcome::over("services", watched, |app| look(view, &app)))
    }
}

/// The mean over the last five minutes of the series.
fn lately(series: &SignalSeries) -> Option<f64> {
    let last = series.last()?;
    let samples = series.samples.iter().rev().take_while(|sample| last.at.duration_since(sample.at) <= WINDOW);
    let numbers = samples.map(|sample| sample.value).filter(|value| value.is_finite());
    let (count, sum) = numbers.fold((0_u32, 0.0), |(count, sum), value| (count + 1, sum + value));
    (count > 0).then(|| sum / f64::from(count))
}

fn look(view: &ClusterView<'_>, app: &Measured<'_>) -> Option<Observation> {
    if app.value >= WARN {
        return None;
    }
    let summary = format!("{} answers only {} of its requests without an error", app.object("service"), app.percent());
    let requests = requests(view, app.subject);
    let mut finding = app.finding(summary, "service").with_evidence("over the last five minutes");
    finding.evidence.extend(requests.map(|requests| format!("of about {requests:.0} requests")));
    let is_few = requests.is_some_and(|requests| requests < FEW);
    Some(Observation::fail(Severity::Sev2, finding).softened_if(app.value >= FAIL || is_few))
}

/// How many requests there were in the window, where that is measured.
fn requests(view: &ClusterView<'_>, subject: &Subject) -> Option<f64> {
    let Subject::App { namespace, name } = subject else { return None };
    let rates = view.scene().signals.seen()?.of_app(Signal::RequestRate, namespace, name);
    let per_second: Vec<f64> = rates.filter_map(lately).collect();
    (!per_second.is_empty()).then(|| per_second.iter().sum::<f64>() * WINDOW.as_secs_f64())
}
