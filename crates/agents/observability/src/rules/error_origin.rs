use std::collections::BTreeSet;

use lamplighter_core::diagnosis::{
    Cause, ConnectionFailure, Culprit, Examination, Likelihood, RootCause, Rule, Scene, Signal, SignalSeries, Signals,
};
use lamplighter_core::words::{Finding, Source};

use crate::subjects::{apps_where, workload};

/// Where errors begin, by metrics alone.
///
/// Relied on: a service whose dependency fails answers with 5xx itself (RFC 9110 §15.6; Google SRE book, Monitoring
/// Distributed Systems), so that errors show in every service above the one at fault; the lowest one whose own
/// requests fail while those of nothing below it do is where they begin. What is slow, short of CPU, not ready or
/// cannot connect has a better explanation, and this one is only possible then.
pub(super) struct ErrorOrigin;

impl Rule for ErrorOrigin {
    fn name(&self) -> &'static str {
        "error-origin"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::ServerErrors]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let Some(signals) = scene.signals.seen() else { return };
        let failing = apps_where(signals, Signal::SuccessRatio, |shift| shift.after < 0.95 && shift.fell(1.03));
        if failing.is_empty() {
            return;
        }
        let troubled = troubled(scene, signals);
        for (namespace, name) in &failing {
            if failing.iter().any(|(_, other)| scene.calls.depends_on(name, other)) {
                continue;
            }
            let better = troubled.iter().any(|other| *other == *name || scene.calls.depends_on(name, other))
                || cannot_connect(scene, namespace, name);
            let confidence = if better { Likelihood::POSSIBLE } else { Likelihood::LIKELY };
            let mut cause: Option<RootCause> = None;
            for series in signals.of_app(Signal::SuccessRatio, namespace, name) {
                let Some(shift) = series.shift() else { continue };
                let app = Culprit::app(*namespace, *name);
                let summary = format!("requests to {name} begin to fail");
                let evidence = Finding::new(summary, app.object(), Source::new("metrics"), shift.at)
                    .with_evidence(format!("part that succeeds: {:.3} before, {:.3} after", shift.before, shift.after));
                cause = Some(match cause {
                    None => RootCause::new(Cause::ServerErrors, app, confidence, evidence),
                    Some(cause) => cause.and(evidence),
                });
            }
            let Some(cause) = cause else { continue };
            let cause = cause
                .then(format!("{name} begins to answer with errors, and nothing that it calls does."))
                .then("Those who call it pass the errors on to whoever asks them.");
            let above = failing.iter().filter(|(_, other)| scene.calls.depends_on(other, name));
            examination
                .name(above.fold(cause, |cause, (namespace, other)| cause.affecting(Culprit::app(*namespace, *other))));
        }
    }
}

/// The apps for which others have a better explanation.
fn troubled<'a>(scene: &'a Scene, signals: &'a Signals) -> BTreeSet<&'a str> {
    let slow = apps_where(signals, Signal::Latency, |shift| shift.grew(2.0));
    let busy = apps_where(signals, Signal::CpuThrottled, |shift| shift.grew(3.0) && shift.after >= 0.1);
    let mut troubled: BTreeSet<&str> = slow.into_iter().chain(busy).map(|(_, name)| name).collect();
    let short = scene.graph.workloads().filter(|status| {
        let mut pods = scene.graph.pods_of(&status.workload).peekable();
        status.desired > 0 && (pods.peek().is_none() || pods.any(|pod| !pod.is_ready()))
    });
    troubled.extend(short.map(|status| status.workload.name.as_str()));
    let dark = signals.of(Signal::Reachable).filter(|series| series.last().is_some_and(|last| last.value <= 0.0));
    troubled.extend(dark.filter_map(name_in));
    troubled
}

fn name_in(series: &SignalSeries) -> Option<&str> {
    match &series.subject {
        lamplighter_core::diagnosis::Subject::App { name, .. } => Some(name),
        _ => None,
    }
}

/// Whether an app says that it cannot connect to something.
fn cannot_connect(scene: &Scene, namespace: &str, name: &str) -> bool {
    let Some(workload) = workload(scene, namespace, name) else { return false };
    scene.said_by(&workload).any(|said| ConnectionFailure::in_line(said.text).is_some())
}
