//! Alerts that fire: from Prometheus, which knows its rules, or from Alertmanager, which knows silences as well.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lamplighter_core::ports::Alert;
use serde::Deserialize;

use crate::PrometheusError;
use crate::answer::data;
use crate::api::{Allowance, Api};

/// The alerts of Prometheus' own rules.
pub(crate) async fn of_rules(api: &Api) -> Result<Vec<Alert>, PrometheusError> {
    let body = api.get(&mut Allowance::new(), "api/v1/alerts").await?;
    let answer: RuleAlerts = data(&api.server, &body)?;
    let firing = answer.alerts.into_iter().filter(|alert| alert.state == "firing");
    Ok(sorted(api, firing.map(|alert| (alert.labels, alert.annotations, alert.active_at))))
}

/// The alerts that an Alertmanager would notify somebody of.
#[derive(Clone)]
pub(crate) struct AlertmanagerAlerts(pub(crate) Api);

impl AlertmanagerAlerts {
    pub(crate) async fn firing(&self) -> Result<Vec<Alert>, PrometheusError> {
        let Self(api) = self;
        let path = "api/v2/alerts?active=true&silenced=false&inhibited=false";
        let body = api.get(&mut Allowance::new(), path).await?;
        let unreadable = |source| PrometheusError::Unreadable { server: api.server.clone(), source };
        let found: Vec<ManagedAlert> = serde_json::from_slice(&body).map_err(unreadable)?;
        // Asked for already, but there are proxies that drop what they do not know.
        let firing = found.into_iter().filter(|alert| alert.status.state != "suppressed");
        Ok(sorted(api, firing.map(|alert| (alert.labels, alert.annotations, alert.starts_at))))
    }
}

type Labels = BTreeMap<String, String>;

/// In the order of their labels. Where none is told, the time since when is now: that it fires is certain.
fn sorted(api: &Api, alerts: impl Iterator<Item = (Labels, Labels, Option<Timestamp>)>) -> Vec<Alert> {
    let now = api.clock.now();
    let alert = |(labels, annotations, since): (_, _, Option<Timestamp>)| Alert {
        labels,
        annotations,
        since: since.unwrap_or(now),
    };
    let mut alerts: Vec<Alert> = alerts.map(alert).collect();
    alerts.sort_by(|a, b| a.labels.cmp(&b.labels));
    alerts
}

/// `GET /api/v1/alerts`, the alerts that are pending among them.
#[derive(Deserialize)]
struct RuleAlerts {
    alerts: Vec<RuleAlert>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuleAlert {
    #[serde(default)]
    labels: Labels,
    #[serde(default)]
    annotations: Labels,
    state: String,
    active_at: Option<Timestamp>,
}

/// `gettableAlert` of Alertmanager's API v2.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ManagedAlert {
    #[serde(default)]
    labels: Labels,
    #[serde(default)]
    annotations: Labels,
    starts_at: Option<Timestamp>,
    #[serde(default)]
    status: ManagedStatus,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ManagedStatus {
    state: String,
}
