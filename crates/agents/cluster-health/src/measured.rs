//! The newest samples of a signal, for the checks on what was measured.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::diagnosis::{Signal, SignalSeries, Subject};
use lamplighter_core::words::{Finding, ObjectRef, Source};

use crate::{ClusterView, Unreadable};

/// A series that ends this long before the newest one is of something that is gone: Prometheus takes a series for
/// stale after five minutes without a sample (Prometheus docs, Querying basics, Staleness).
const STALE: SignedDuration = SignedDuration::from_mins(5);

/// The newest sample of one subject.
pub(crate) struct Measured<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) value: f64,
    pub(crate) at: Timestamp,
}

/// The newest sample of each subject of a signal that is watched. Of several series of one subject, such as the
/// same certificate seen by two probes, `worse` says which of two values counts.
///
/// # Errors
/// Where nothing was measured, or nothing lately.
pub(crate) fn newest<'a>(
    view: &ClusterView<'a>,
    signal: Signal,
    worse: fn(f64, f64) -> f64,
) -> Result<Vec<Measured<'a>>, Unreadable> {
    let mut by_subject: BTreeMap<&Subject, Measured<'a>> = BTreeMap::new();
    for series in fresh(view, signal)? {
        let Some(last) = series.last() else { continue };
        let measured = Measured { subject: &series.subject, value: last.value, at: last.at };
        by_subject
            .entry(&series.subject)
            .and_modify(|known| (known.value, known.at) = (worse(known.value, last.value), known.at.max(last.at)))
            .or_insert(measured);
    }
    let watched = |subject: &Subject| match subject {
        Subject::App { namespace, .. } | Subject::Claim { namespace, .. } => view.is_watched_namespace(namespace),
        Subject::Node(_) | Subject::Target(_) => true,
    };
    Ok(by_subject.into_values().filter(|measured| watched(measured.subject)).collect())
}

/// The series of a signal that have a number lately.
///
/// # Errors
/// As [`newest`].
pub(crate) fn fresh<'a>(view: &ClusterView<'a>, signal: Signal) -> Result<Vec<&'a SignalSeries>, Unreadable> {
    let signals = view.optional(&view.scene().signals, "metrics")?;
    let is_number = |series: &&SignalSeries| series.last().is_some_and(|last| last.value.is_finite());
    let numbers: Vec<_> = signals.of(signal).filter(is_number).collect();
    let Some(newest) = numbers.iter().filter_map(|series| series.last()).map(|last| last.at).max() else {
        let query = signal.queries().first().copied().unwrap_or_default();
        return Err(Unreadable::absent(format!("no such metric: {query}")));
    };
    if view.age(newest) > view.settings().recent() {
        return Err(Unreadable::new(format!("its last sample is of {}", lamplighter_core::utc(newest))));
    }
    let is_fresh = |series: &&SignalSeries| series.last().is_some_and(|last| newest.duration_since(last.at) < STALE);
    Ok(numbers.into_iter().filter(is_fresh).collect())
}

impl Measured<'_> {
    /// Its subject as findings name it: an app as a service, a target as `kind`.
    pub(crate) fn object(&self, kind: &str) -> ObjectRef {
        match self.subject {
            Subject::App { namespace, name } if namespace.is_empty() => ObjectRef::global("service", name),
            Subject::App { namespace, name } => ObjectRef::namespaced("service", namespace, name),
            Subject::Claim { namespace, name } => ObjectRef::namespaced("persistentvolumeclaim", namespace, name),
            Subject::Node(name) => ObjectRef::global("node", name),
            Subject::Target(name) => ObjectRef::global(kind, name),
        }
    }

    /// A finding on it.
    pub(crate) fn finding(&self, summary: String, kind: &str) -> Finding {
        Finding::new(summary, self.object(kind), Source::new("metrics"), self.at)
    }

    /// Its value as a time: seconds since 1970.
    pub(crate) fn time(&self) -> Option<Timestamp> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a cast to an integer saturates, and parts of a second do not matter"
        )]
        Timestamp::from_second(self.value as i64).ok()
    }

    /// Its value as a percentage, rounded towards the worse half: never 100 for what is not full.
    pub(crate) fn percent(&self) -> String {
        format!("{:.1} %", (self.value * 1000.0).floor() / 10.0)
    }
}
