use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::ports::{Heartbeat, Heartbeats, MonitorStatus, MonitorWriter, Monitors, PlannedWork};
use lamplighter_core::words::{MonitorAddition, Source};
use lamplighter_core::{Approved, Clock, Result};

use crate::api::Api;
use crate::session::Session;
use crate::settings::Access;
use crate::watched::object;
use crate::{UptimeKumaError, UptimeKumaSettings, metrics, status_page};

/// The monitors of an Uptime Kuma. Cheap to clone.
///
/// Each call asks anew, and takes no longer than the timeout. Dropping the future of one ends its connection.
#[derive(Clone)]
pub struct UptimeKumaMonitors {
    api: Api,
    access: Access,
}

impl UptimeKumaMonitors {
    /// Monitors with these settings. Nothing is asked yet. The clock dates what has no time of its own, and times the
    /// pauses between retries.
    ///
    /// # Errors
    /// [`Settings`](UptimeKumaError::Settings) saying what is wrong with the address;
    /// [`Client`](UptimeKumaError::Client) when the system's certificates cannot be read.
    pub fn new(settings: UptimeKumaSettings, clock: Arc<dyn Clock>) -> std::result::Result<Self, UptimeKumaError> {
        Ok(Self { api: Api::new(&settings, clock)?, access: settings.way.0 })
    }

    async fn session(&self) -> std::result::Result<Session<'_>, UptimeKumaError> {
        match self.access {
            Access::Login { .. } | Access::Token { .. } => Session::begin(&self.api, &self.access).await,
            Access::Metrics { .. } | Access::Page { .. } => Err(UptimeKumaError::NeedsLogin),
        }
    }
}

#[async_trait]
impl Monitors for UptimeKumaMonitors {
    async fn statuses(&self) -> Result<Vec<MonitorStatus>> {
        Ok(match &self.access {
            Access::Metrics { user, password } => metrics::statuses(&self.api, user, password).await?,
            Access::Page { slug } => status_page::statuses(&self.api, slug).await?,
            Access::Login { .. } | Access::Token { .. } => {
                self.api.patiently(|| async { self.session().await?.statuses().await }).await?
            }
        })
    }

    fn source(&self) -> Source {
        Source::new("Uptime Kuma")
    }
}

#[async_trait]
impl Heartbeats for UptimeKumaMonitors {
    /// Metrics tell the last look only; a status page and the socket about the last hundred.
    async fn heartbeats(&self) -> Result<Vec<Heartbeat>> {
        Ok(match &self.access {
            Access::Metrics { user, password } => metrics::heartbeats(&self.api, user, password).await?,
            Access::Page { slug } => status_page::heartbeats(&self.api, slug).await?,
            Access::Login { .. } | Access::Token { .. } => {
                self.api.patiently(|| async { self.session().await?.heartbeats().await }).await?
            }
        })
    }

    /// A status page tells of the maintenance that it shows; the other ways do not.
    async fn planned_work(&self) -> Result<Vec<PlannedWork>> {
        Ok(match &self.access {
            Access::Page { slug } => status_page::planned_work(&self.api, slug).await?,
            Access::Metrics { .. } | Access::Login { .. } | Access::Token { .. } => Vec::new(),
        })
    }

    /// Each monitor has a number of retries, and is pending until they are used up. What Uptime Kuma calls down it has
    /// counted as such and has told people of. The number may be 0; no way in but the socket tells it.
    fn looks_again(&self) -> bool {
        true
    }

    fn source(&self) -> Source {
        Monitors::source(self)
    }
}

/// Needs a [way](crate::Way) through the socket.
#[async_trait]
impl MonitorWriter for UptimeKumaMonitors {
    /// `http` and `https` become a monitor of type `http` that takes any `2xx` for up, `tcp` one of type `port`.
    async fn add(&self, addition: Approved<MonitorAddition>) -> Result<()> {
        let addition = addition.into_change();
        // What no version takes is refused before anybody is asked.
        object(&addition, 0)?;
        let session = self.api.patiently(|| self.session()).await?;
        Ok(self.api.once(session.add(&addition)).await?)
    }

    async fn has(&self, addition: &MonitorAddition) -> Result<bool> {
        let session = self.api.patiently(|| self.session()).await?;
        Ok(session.has(addition))
    }
}

impl fmt::Debug for UptimeKumaMonitors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UptimeKumaMonitors").field("server", &self.api.server).finish_non_exhaustive()
    }
}
