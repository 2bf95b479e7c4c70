//! What probes say, where no monitor is asked.

use jiff::SignedDuration;
use lamplighter_core::diagnosis::{Scene, Signal, SignalSeries};
use lamplighter_core::ports::Sample;

/// Services answer at least this part of their requests well.
const WELL: f64 = 0.95;

/// How many probes there are, if all of them were answered when they last asked, and that was not long ago.
///
/// A probe connects as a client does and is stored by another system than the cluster's API (`probe_success` of
/// Prometheus' blackbox exporter), so it is a second source. A connection says little of what is asked over it: what
/// requests come to, where that is measured, and alerts have to agree. Alerts that fire are the scan's to judge.
pub(crate) fn all_answered(scene: &Scene, age: SignedDuration) -> Option<usize> {
    scene.alerts.seen()?;
    let signals = scene.signals.seen()?;
    let lasts = |signal| signals.of(signal).filter_map(SignalSeries::last);
    let is_fresh = |sample: &Sample| scene.taken_at().duration_since(sample.at) <= age;
    let probes: Vec<Sample> = lasts(Signal::Reachable).collect();
    let answered = probes.iter().all(|sample| sample.value >= 0.5 && is_fresh(sample));
    let served = lasts(Signal::SuccessRatio).all(|sample| sample.value >= WELL);
    (!probes.is_empty() && answered && served).then_some(probes.len())
}
