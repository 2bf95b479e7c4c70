use std::collections::BTreeMap;

use lamplighter_core::ports::Alert;
use lamplighter_core::words::{Finding, ObjectRef, Severity, Source};

use crate::lines::quoted;
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `alerts-firing`: no alert fires.
///
/// Relies on the labels `alertname`, `severity` and `namespace` of firing alerts that are not silenced (Prometheus docs,
/// Alerting rules): `critical` and `page` are failures, everything else a warning. Alerts with the severity `info` or
/// `none` ask for nobody: `none` is what an alert that always fires to prove that alerting works carries (the mixins'
/// `Watchdog`). Alerts of one name in one namespace are one observation.
#[derive(Debug, Clone, Copy)]
pub struct AlertsFiring;

/// How many alerts of one name are quoted.
const QUOTED: usize = 5;

impl Check for AlertsFiring {
    fn name(&self) -> &'static str {
        "alerts-firing"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let alerts = view.optional(&view.scene().alerts, "alerts")?;
        let mut groups: BTreeMap<(&str, &str), Vec<&Alert>> = BTreeMap::new();
        for alert in alerts {
            let asks_for_somebody = !matches!(label(alert, "severity"), "info" | "none");
            if asks_for_somebody && view.is_watched_namespace(label(alert, "namespace")) {
                groups.entry((label(alert, "namespace"), label(alert, "alertname"))).or_default().push(alert);
            }
        }
        let mut outcome = Outcome::of("alerts");
        outcome.looked_at = alerts.len();
        outcome.observations = groups.into_iter().map(|((namespace, name), all)| look(namespace, name, &all)).collect();
        Ok(outcome)
    }
}

fn label<'a>(alert: &'a Alert, name: &str) -> &'a str {
    alert.labels.get(name).map_or("", String::as_str)
}

fn look(namespace: &str, name: &str, alerts: &[&Alert]) -> Observation {
    let namespace = (!namespace.is_empty()).then(|| namespace.to_owned());
    let object = ObjectRef { kind: "alert".to_owned(), namespace, name: name.to_owned() };
    let since = alerts.iter().map(|alert| alert.since).min().unwrap_or_default();
    let count = if alerts.len() == 1 { String::new() } else { format!(" {} times", alerts.len()) };
    let mut finding = Finding::new(format!("{object} fires{count}"), object, Source::new("alerts"), since);
    for alert in alerts.iter().take(QUOTED) {
        let text = ["summary", "description", "message"].iter().find_map(|name| alert.annotations.get(*name));
        let of = ["service", "deployment", "pod", "node", "instance"].iter().find_map(|name| alert.labels.get(*name));
        let of = of.map(|of| format!("{}: ", quoted(of))).unwrap_or_default();
        finding.evidence.extend(text.map(|text| format!("{of}{}", quoted(text))));
    }
    let is_critical = alerts.iter().any(|alert| matches!(label(alert, "severity"), "critical" | "page"));
    Observation::fail(Severity::Sev2, finding).softened_if(!is_critical)
}
