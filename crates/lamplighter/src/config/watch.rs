//! Opening what watches the cluster: Prometheus, Alertmanager, Uptime Kuma.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use lamplighter_core::ports::{MonitorStatus, Monitors};
use lamplighter_core::words::Source;
use lamplighter_core::{Clock, Error, Result};
use lamplighter_prometheus::{Endpoint, PrometheusMetrics, PrometheusSettings};
use lamplighter_uptime_kuma::{UptimeKumaMonitors, UptimeKumaSettings, Way};
use secrecy::SecretString;

use super::{Config, ServerConfig, UptimeKumaConfig};

impl Config {
    /// Prometheus with its Alertmanager, where they are configured.
    pub(super) fn metrics(&self, clock: Arc<dyn Clock>, timeout: Duration) -> Result<Option<PrometheusMetrics>> {
        let Some(prometheus) = &self.prometheus else {
            if self.alertmanager.is_some() {
                return Err(Error::invalid("[alertmanager] is asked beside a [prometheus] only, and there is none"));
            }
            return Ok(None);
        };
        let mut settings = PrometheusSettings::new(endpoint(prometheus, "prometheus")?).with_timeout(timeout);
        if let Some(alertmanager) = &self.alertmanager {
            settings = settings.with_alertmanager(endpoint(alertmanager, "alertmanager")?);
        }
        Ok(Some(PrometheusMetrics::new(settings, clock)?))
    }

    /// Uptime Kuma, where it is configured.
    pub(super) fn uptime_kuma(&self, clock: Arc<dyn Clock>, timeout: Duration) -> Result<Option<UptimeKumaMonitors>> {
        let Some(config) = &self.uptime_kuma else { return Ok(None) };
        let settings = UptimeKumaSettings::new(&config.url, way(config)?).with_timeout(timeout);
        Ok(Some(UptimeKumaMonitors::new(settings, clock)?))
    }
}

fn endpoint(config: &ServerConfig, section: &str) -> Result<Endpoint> {
    let endpoint = Endpoint::new(&config.url);
    match (&config.token_file, &config.user, &config.password_file) {
        (None, None, None) => Ok(endpoint),
        (Some(file), None, None) => Ok(endpoint.with_token(secret(file)?)),
        (None, Some(user), Some(file)) => Ok(endpoint.with_login(user, secret(file)?)),
        _ => Err(Error::invalid(format!("[{section}] takes token_file alone, or user and password_file together"))),
    }
}

fn way(config: &UptimeKumaConfig) -> Result<Way> {
    let UptimeKumaConfig { api_key_file, status_page, user, password_file, token_file, .. } = config;
    match (api_key_file, status_page, user, password_file, token_file) {
        (Some(file), None, None, None, None) => Ok(Way::metrics(secret(file)?)),
        (None, Some(slug), None, None, None) => Ok(Way::status_page(slug)),
        (None, None, Some(user), Some(file), None) => Ok(Way::socket(user, secret(file)?)),
        (None, None, None, None, Some(file)) => Ok(Way::socket_with_token(secret(file)?)),
        _ => Err(Error::invalid(
            "[uptime_kuma] takes one of api_key_file, status_page, user with password_file, and token_file",
        )),
    }
}

/// What is in a file, without the line break that editors leave at its end.
fn secret(file: &Path) -> Result<SecretString> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Error::invalid(format!("cannot read {}", file.display())).with_source(error))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(Error::invalid(format!("{} is empty", file.display())));
    }
    Ok(SecretString::from(text))
}

/// Several monitors as one. Those that cannot be asked are left out, unless none can be.
pub(super) struct AllMonitors(pub(super) Vec<Arc<dyn Monitors>>);

#[async_trait]
impl Monitors for AllMonitors {
    async fn statuses(&self) -> Result<Vec<MonitorStatus>> {
        let (mut statuses, mut failure) = (Vec::new(), None);
        for answer in join_all(self.0.iter().map(|monitors| monitors.statuses())).await {
            match answer {
                Ok(more) => statuses.extend(more),
                Err(error) => {
                    tracing::warn!(%error, "monitors could not be asked");
                    failure = Some(error);
                }
            }
        }
        match failure {
            Some(error) if statuses.is_empty() => Err(error),
            _ => Ok(statuses),
        }
    }

    fn source(&self) -> Source {
        let names: Vec<_> = self.0.iter().map(|monitors| monitors.source().to_string()).collect();
        Source::new(names.join(" and "))
    }
}
