use std::collections::BTreeMap;

use lamplighter_core::diagnosis::{
    Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene, Signal, SignalSeries, Signals, Subject,
};

use crate::containers::{app_of, staying};

/// A service answers with errors, and nothing below it explains them.
///
/// Relied on: a service that cannot reach what it needs answers with 5xx itself (RFC 9110 §15.6), so that errors go
/// up along the calls; the one at the bottom is where they begin. Where a pod of it, or of something that it calls,
/// is not ready, that is the better explanation, and this rule is silent.
pub(super) struct ServerErrors;

/// Less than this of the requests failing is what retries and clients make of any day.
const FAILING: f64 = 0.05;

impl Rule for ServerErrors {
    fn name(&self) -> &'static str {
        "server-errors"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::ServerErrors]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let Some(signals) = scene.signals.seen() else { return };
        let mut failing: BTreeMap<(&str, &str), &SignalSeries> = BTreeMap::new();
        for series in signals.of(Signal::SuccessRatio) {
            if let Subject::App { namespace, name } = &series.subject
                && is_failing(signals, namespace, name, series)
            {
                failing.entry((namespace, name)).or_insert(series);
            }
        }
        if failing.is_empty() {
            return;
        }
        let unready: Vec<Culprit> =
            staying(scene).filter(|pod| !pod.is_ready()).map(|pod| app_of(scene, pod)).collect();
        for ((namespace, name), series) in &failing {
            let below = failing.keys().any(|(_, other)| scene.calls.depends_on(name, other));
            let explained = unready.iter().any(|app| app.name() == *name || scene.calls.depends_on(name, app.name()));
            if below || explained {
                continue;
            }
            let app = Culprit::app(*namespace, *name);
            let Some(last) = series.last() else { continue };
            let mut evidence = scene
                .finding(format!("requests to {name} fail"), app.object())
                .with_evidence(format!("part that succeeds: {:.3} at {}", last.value, last.at));
            if let Some(shift) = series.shift() {
                evidence = evidence
                    .with_evidence(format!("{:.3} before {}, {:.3} after", shift.before, shift.at, shift.after));
            }
            let mut cause = RootCause::new(Cause::ServerErrors, app, Likelihood::POSSIBLE, evidence)
                .then(format!("{name} answers with errors, and nothing that it calls does."))
                .then("Those who call it pass the errors on.");
            for caller in scene.calls.dependants(name) {
                cause = cause.affecting(Culprit::app(*namespace, caller));
            }
            examination.name(cause);
        }
    }
}

/// Whether many of the requests fail, and more than before where there is a before. A ratio of a service that has no
/// requests means nothing, so that one which was always bad counts only where requests are seen.
fn is_failing(signals: &Signals, namespace: &str, name: &str, series: &SignalSeries) -> bool {
    let Some(last) = series.last().filter(|last| last.value.is_finite()) else { return false };
    let mut rates = signals.of_app(Signal::RequestRate, namespace, name).filter_map(SignalSeries::last);
    let asked = rates.any(|rate| rate.value > 0.0);
    match series.shift() {
        Some(shift) if shift.after < 1.0 - FAILING => shift.fell(1.03) || (asked && !shift.grew(1.03)),
        Some(_) => false,
        None => asked && last.value < 1.0 - FAILING,
    }
}
