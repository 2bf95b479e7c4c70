use lamplighter_core::ports::Scope;
use lamplighter_core::words::status::{SelfCheck, Status};
use lamplighter_core::{Agent, Error, Result, RunKey};
use lamplighter_status_publisher::{ClusterVerdict, StatusPublisher, StatusSettings};

use crate::{Lamplighter, Options};

impl Lamplighter {
    /// How everything stands now, for the status page. What cannot be looked at is unknown on it and no error.
    ///
    /// # Idempotency
    /// It writes to the history of uptime alone, and only what changed. One process asks at a time: what another one has seen
    /// and not written down yet would count as not seen.
    ///
    /// # Errors
    /// [`InvalidInput`](lamplighter_core::ErrorKind::InvalidInput) without a history of uptime.
    pub async fn status(&self) -> Result<Status> {
        let publisher = self.status_publisher()?;
        let cluster = match self.health(&Scope::default()).await {
            Ok(report) => ClusterVerdict::Scanned { report: Box::new(report) },
            Err(error) => ClusterVerdict::Unreadable { reason: error.public_message().to_owned() },
        };
        publisher.run(&self.context(RunKey::new("status")), cluster).await
    }

    /// Writes down until when everything was seen, before the process ends.
    ///
    /// # Errors
    /// As [`Lamplighter::status`], and those of the history.
    pub async fn settle_status(&self) -> Result<()> {
        self.status_publisher()?.settle().await
    }

    fn status_publisher(&self) -> Result<&StatusPublisher> {
        let publisher = self.status.as_ref();
        publisher.ok_or_else(|| Error::invalid("a status needs a history of uptime: call Builder::uptime_history"))
    }
}

/// The settings of the page, with what it shares with the rest.
pub(crate) fn settings(options: &Options) -> StatusSettings {
    let check =
        |row: &lamplighter_issue_responder::SelfService| SelfCheck { symptom: row.symptom, check: row.check.clone() };
    StatusSettings {
        catalog: options.catalog.clone(),
        self_service: options.self_service.iter().map(check).collect(),
        ..options.status.clone()
    }
}
