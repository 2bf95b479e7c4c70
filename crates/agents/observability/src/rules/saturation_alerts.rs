use std::collections::BTreeMap;

use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene, Signal};
use lamplighter_core::ports::Alert;
use lamplighter_core::words::{Finding, Source};

use crate::subjects::{app_of_alert, name_of, words_of};

/// Alerts on the CPU of an app, where its series were not read.
///
/// Relied on: the alerts of kubernetes-mixin and their like say CPU and throttling in name or summary
/// (`CPUThrottlingHigh`). An alert is a judgement on the series behind it; where those were read, sre judges them itself
/// and this rule is silent. CPU that is much used harms only when somebody waits, so that an alert on latency must fire
/// for the app or for one that calls it.
pub(super) struct SaturationAlerts;

impl Rule for SaturationAlerts {
    fn name(&self) -> &'static str {
        "saturation-alerts"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::PodCpuOverload]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let alerts: Vec<(&Alert, (String, String))> =
            scene.alerts.items().iter().filter_map(|alert| Some((alert, app_of_alert(scene, alert)?))).collect();
        let slow: Vec<&str> =
            alerts.iter().filter(|(alert, _)| is_about_latency(alert)).map(|(_, (_, name))| name.as_str()).collect();
        let mut busy: BTreeMap<&(String, String), Vec<&Alert>> = BTreeMap::new();
        for (alert, app) in alerts.iter().filter(|(alert, _)| is_about_cpu(alert)) {
            busy.entry(app).or_default().push(alert);
        }
        for ((namespace, name), alerts) in busy {
            let measured = scene.signals.seen().is_some_and(|signals| {
                signals.of_app(Signal::CpuUsage, namespace, name).any(|series| series.shift().is_some())
            });
            let felt = slow.iter().any(|other| other == name || scene.calls.depends_on(other, name));
            if measured || !felt {
                continue;
            }
            let app = Culprit::app(namespace, name);
            let mut findings = alerts.into_iter().map(|alert| {
                let summary = format!("alert {} fires for {name}", name_of(alert));
                let finding = Finding::new(summary, app.object(), Source::new("alerts"), alert.since);
                finding.with_evidence(words_of(alert).unwrap_or_else(|| name_of(alert)))
            });
            let Some(first) = findings.next() else { continue };
            let cause = RootCause::new(Cause::PodCpuOverload, app.clone(), Likelihood::LIKELY, first)
                .then(format!("{name} needs more CPU than it gets."))
                .then("Its requests wait for CPU, and everything that calls it waits with them.");
            let cause = findings.fold(cause, RootCause::and);
            examination.name(slow.iter().fold(cause, |cause, other| cause.affecting(Culprit::app(namespace, *other))));
        }
    }
}

fn text_of(alert: &Alert) -> String {
    format!("{} {}", name_of(alert), words_of(alert).unwrap_or_default()).to_lowercase()
}

fn is_about_cpu(alert: &Alert) -> bool {
    let text = text_of(alert);
    text.contains("throttl") || text.contains("cpu")
}

fn is_about_latency(alert: &Alert) -> bool {
    let text = text_of(alert);
    ["latency", "slow", "response time", "duration", "p95", "p99", "p90"].iter().any(|word| text.contains(word))
}
