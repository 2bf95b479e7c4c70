use lamplighter_core::diagnosis::{Cause, Examination, Rule, Scene};
use lamplighter_core::words::{Finding, Source};

use crate::subjects::{name_of, object_of_alert, words_of};

/// Every alert that fires, on the object that it is about, and those that help nobody.
///
/// Relied on: labels identify an alert and its object, annotations are for people: `summary`, `description`,
/// `runbook_url` (Prometheus docs, Alerting Rules; the conventions of kube-prometheus). Alertmanager leaves silenced
/// alerts out where it is asked to.
pub(super) struct Alerts;

impl Rule for Alerts {
    fn name(&self) -> &'static str {
        "alerts"
    }

    fn causes(&self) -> &'static [Cause] {
        &[]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let alerts = match scene.alerts.as_result() {
            Ok(alerts) => alerts,
            Err(reason) => return examination.gap(format!("alerts could not be looked at: {reason}")),
        };
        // It fires at all times, to show that alerts arrive (kube-prometheus, Watchdog).
        for alert in alerts.iter().filter(|alert| name_of(alert) != "Watchdog") {
            let (name, object) = (name_of(alert), object_of_alert(scene, alert));
            let source = || Source::new("alerts");
            let severity = alert.labels.get("severity").map(|it| format!(" ({it})")).unwrap_or_default();
            let words = words_of(alert);
            let finding = Finding::new(format!("alert {name} fires{severity}"), object.clone(), source(), alert.since);
            examination.find(match words {
                Some(words) => finding.with_evidence(words),
                None => finding,
            });
            if words.is_none() && !alert.annotations.contains_key("runbook_url") {
                let summary = format!("alert {name} says neither what is wrong nor what to do about it");
                let labels: Vec<_> = alert.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
                examination.find(Finding::new(summary, object, source(), alert.since).with_evidence(labels.join(" ")));
            }
        }
    }
}
