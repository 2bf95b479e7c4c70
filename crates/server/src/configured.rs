use std::sync::Arc;
use std::time::Duration;

use lamplighter::config::TrackerConfig;
use lamplighter::core::ports::Secrets;
use lamplighter::core::words::Login;
use lamplighter::core::{Clock, Result};
use lamplighter::{Builder, Config, DispatchSettings, Lamplighter, SystemClock};

use crate::{Keys, PushedArchive, Server, ServerSettings};

/// How often the secrets are read again.
const REFRESH: Duration = Duration::from_mins(5);

/// How often and how long a tracker that does not answer is asked at the start.
const TRIES: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// Where the secrets of a service come from.
#[derive(Clone)]
pub(crate) struct KeySource {
    config: Arc<Config>,
    vault: Option<Arc<dyn Secrets>>,
    clock: Arc<dyn Clock>,
}

impl Server {
    /// Opens the service that a configuration describes. `adjust` may change what is wired before it is built.
    ///
    /// # Errors
    /// Of the part that cannot be opened or reached, saying which.
    pub async fn open(config: Config, adjust: impl FnOnce(Builder) -> Builder) -> Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let source = KeySource { vault: config.vault(&clock).await?, config: Arc::new(config), clock };
        let keys = source.read().await?;
        let KeySource { config, vault, clock } = &source;
        let lamplighter = adjust(config.wire_with(vault.as_ref(), clock).await?).build()?;
        let ourselves = ourselves(&lamplighter, clock).await?;
        let repository = match &config.tracker {
            TrackerConfig::Github(github) => Some(github.repository.clone()),
            TrackerConfig::Files { .. } => None,
        };
        let jobs = DispatchSettings::default();
        let jobs = DispatchSettings { concurrency: config.server.concurrency.unwrap_or(jobs.concurrency), ..jobs };
        let post_mortems = config.post_mortems_in_repository();
        let post_mortems =
            post_mortems.map(|(branch, folder)| PushedArchive { branch: branch.to_owned(), folder: folder.to_owned() });
        let ourselves = Some(ourselves);
        let settings = ServerSettings { repository, ourselves, post_mortems, ..settings(config) };
        let mut server = Self::new(lamplighter.dispatcher(jobs)?, keys, settings);
        if let (Some(site), Some(status)) = (config.status_site()?, &config.status) {
            server = server.with_status(site, status.refresh(), status.serve.unwrap_or(true));
        }
        Ok(Self { source: Some(source), ..server })
    }

    /// Reads the secrets again and again, so that a change of theirs is heard. One that cannot be read now stays as it was.
    pub(crate) async fn refresh_keys(&self) {
        let Some(source) = &self.source else { return std::future::pending().await };
        loop {
            source.clock.sleep(REFRESH).await;
            match source.read().await {
                Ok(keys) => self.set_keys(keys),
                Err(error) => tracing::warn!(error = error.chain(), "a secret could not be read again"),
            }
        }
    }
}

impl KeySource {
    async fn read(&self) -> Result<Keys> {
        let (webhook, api) = self.config.server_secrets(self.vault.as_ref()).await?;
        Ok(Keys { webhook, api })
    }
}

fn settings(config: &Config) -> ServerSettings {
    let (defaults, server) = (ServerSettings::default(), &config.server);
    let seconds = |configured: Option<u64>, default| configured.map_or(default, Duration::from_secs);
    ServerSettings {
        body_limit: server.body_limit.unwrap_or(defaults.body_limit),
        request_timeout: seconds(server.request_seconds, defaults.request_timeout),
        requests_per_second: server.requests_per_second.unwrap_or(defaults.requests_per_second),
        drain: seconds(server.drain_seconds, defaults.drain),
        ..defaults
    }
}

/// Who we are on the tracker, which is asked again when it does not answer.
async fn ourselves(lamplighter: &Lamplighter, clock: &Arc<dyn Clock>) -> Result<Login> {
    let mut wait = FIRST_WAIT;
    for _ in 1..TRIES {
        match lamplighter.reach_tracker().await {
            Err(error) if error.is_retryable() => tracing::warn!(error = error.chain(), ?wait, "asking again"),
            answer => return answer,
        }
        clock.sleep(wait).await;
        wait = wait.saturating_mul(2);
    }
    lamplighter.reach_tracker().await.map_err(|error| error.context("the tracker cannot be reached"))
}
