//! Opening what watches the cluster: Prometheus, Alertmanager, Uptime Kuma.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use lamplighter_core::ports::{MonitorState, MonitorStatus, Monitors};
use lamplighter_core::words::Source;
use lamplighter_core::{Clock, Error, Result};
use lamplighter_prometheus::{Endpoint, PrometheusMetrics, PrometheusSettings};
use lamplighter_uptime_kuma::{UptimeKumaMonitors, UptimeKumaSettings, Way};

use super::secret::read_secret;
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
        (Some(file), None, None) => Ok(endpoint.with_token(read_secret(file)?)),
        (None, Some(user), Some(file)) => Ok(endpoint.with_login(user, read_secret(file)?)),
        _ => Err(Error::invalid(format!("[{section}] takes token_file alone, or user and password_file together"))),
    }
}

fn way(config: &UptimeKumaConfig) -> Result<Way> {
    let UptimeKumaConfig { api_key_file, status_page, user, password_file, token_file, .. } = config;
    match (api_key_file, status_page, user, password_file, token_file) {
        (Some(file), None, None, None, None) => Ok(Way::metrics(read_secret(file)?)),
        (None, Some(slug), None, None, None) => Ok(Way::status_page(slug)),
        (None, None, Some(user), Some(file), None) => Ok(Way::socket(user, read_secret(file)?)),
        (None, None, None, None, Some(file)) => Ok(Way::socket_with_token(read_secret(file)?)),
        _ => Err(Error::invalid(
            "[uptime_kuma] takes one of api_key_file, status_page, user with password_file, and token_file",
        )),
    }
}

/// Several sources of monitors as one. One that cannot be asked is itself a monitor that cannot say: what it would have
/// said is not taken for well.
pub(super) struct AllMonitors {
    pub(super) sources: Vec<Arc<dyn Monitors>>,
    pub(super) clock: Arc<dyn Clock>,
}

#[async_trait]
impl Monitors for AllMonitors {
    async fn statuses(&self) -> Result<Vec<MonitorStatus>> {
        let answers = join_all(self.sources.iter().map(|monitors| monitors.statuses())).await;
        let (mut statuses, mut failures) = (Vec::new(), Vec::new());
        for (source, answer) in self.sources.iter().zip(answers) {
            match answer {
                Ok(more) => statuses.extend(more),
                Err(error) => failures.push((source.source(), error)),
            }
        }
        if failures.len() == self.sources.len()
            && let Some((_, error)) = failures.pop()
        {
            return Err(error);
        }
        statuses.extend(failures.into_iter().map(|(source, error)| MonitorStatus {
            name: source.to_string(),
            state: MonitorState::Unknown,
            at: self.clock.now(),
            detail: error.public_message().to_owned(),
        }));
        Ok(statuses)
    }

    fn source(&self) -> Source {
        let names: Vec<_> = self.sources.iter().map(|monitors| monitors.source().to_string()).collect();
        Source::new(names.join(" and "))
    }
}

#[cfg(test)]
mod tests {
    use lamplighter_core::ErrorKind;
    use lamplighter_testkit::fakes::{FakeClock, FakeMonitors};

    use super::*;

    #[tokio::test]
    async fn a_source_that_cannot_be_asked_is_not_taken_for_well() {
        let (well, away) = (FakeMonitors::new().up("wiki"), FakeMonitors::new().up("shop"));
        away.calls().fail_always("statuses", || Error::new(ErrorKind::Unavailable, "it does not answer"));
        let sources: Vec<Arc<dyn Monitors>> = vec![Arc::new(well.clone()), Arc::new(away)];
        let all = AllMonitors { sources, clock: Arc::new(FakeClock::new()) };
        let states: Vec<_> = all.statuses().await.unwrap().into_iter().map(|status| status.state).collect();
        assert_eq!(states, [MonitorState::Up, MonitorState::Unknown]);
        well.calls().fail_always("statuses", || Error::new(ErrorKind::Unavailable, "it does not answer"));
        assert!(all.statuses().await.is_err(), "nobody can be asked");
    }
}
