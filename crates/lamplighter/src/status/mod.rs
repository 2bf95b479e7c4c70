//! The status page: looking, and bringing what is seen to where it is read.

mod news;
mod site;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::ports::{RunLease, Scope};
use lamplighter_core::words::HealthReport;
use lamplighter_core::words::status::{SelfCheck, Status};
use lamplighter_core::{Agent, Error, ErrorKind, Result, RunKey, redact};
use lamplighter_status_publisher::{ClusterVerdict, StatusPublisher, StatusSettings};
use tokio::sync::Mutex;

pub use site::{PublishedTo, StatusSite};

use crate::{Lamplighter, Options};

/// How long a scan of the cluster may take.
const SCAN_LIMIT: Duration = Duration::from_mins(1);

/// Who makes the page, and what was seen of the cluster last.
pub(crate) struct StatusLook {
    publisher: StatusPublisher,
    scanned: Mutex<Option<HealthReport>>,
    /// What the operator should know of the last look.
    remarks: Mutex<Vec<String>>,
}

impl StatusLook {
    pub(crate) fn new(publisher: StatusPublisher) -> Self {
        Self { publisher, scanned: Mutex::default(), remarks: Mutex::default() }
    }
}

/// The right to look for the status page. It is one process's at a time.
#[must_use = "the right is given back when this is dropped"]
pub struct StatusLease(#[expect(dead_code, reason = "held for its Drop")] RunLease);

impl Lamplighter {
    /// How everything stands now, for the status page. What cannot be looked at is unknown on it and no error.
    ///
    /// # Idempotency
    /// It writes to the history of uptime alone, and only what changed. One process asks at a time, which a
    /// [lease](Self::status_lease) makes sure of: what another one has seen and not written down yet would count as not seen.
    ///
    /// # Errors
    /// [`InvalidInput`](lamplighter_core::ErrorKind::InvalidInput) without a history of uptime.
    pub async fn status(&self) -> Result<Status> {
        self.status_by(None).await
    }

    /// The same by a time (UTC), for a page that must not get old: what has not answered until then could not be looked at. A
    /// scan of the cluster that is not over by half of the time that is left stands aside for the one before, as long as
    /// that is fresh.
    ///
    /// # Errors
    /// As [`Lamplighter::status`], and [`Timeout`](ErrorKind::Timeout) when the time is over already.
    pub async fn status_by(&self, until: Option<Timestamp>) -> Result<Status> {
        let look = self.status_look()?;
        let cx = self.context(RunKey::new("status"));
        let half = |until: Timestamp| until.duration_since(cx.now()).max(SignedDuration::ZERO).unsigned_abs() / 2;
        let limit = until.map_or(SCAN_LIMIT, |until| half(until).min(SCAN_LIMIT));
        let scan = cx.within(limit, self.health(&Scope::default())).await;
        let mut scanned = look.scanned.lock().await;
        let mut remarks = Vec::new();
        let cluster = match scan {
            Ok(report) => {
                *scanned = Some(report.clone());
                ClusterVerdict::Scanned { report: Box::new(report) }
            }
            Err(error) => {
                remarks.push(redact(&format!("cluster: {}", error.chain())));
                match scanned.as_ref().filter(|_| error.kind() == ErrorKind::Timeout) {
                    Some(before) => ClusterVerdict::Scanned { report: Box::new(before.clone()) },
                    None => ClusterVerdict::Unreadable { reason: error.public_message().to_owned() },
                }
            }
        };
        drop(scanned);
        let cx = until.into_iter().fold(cx, lamplighter_core::Context::with_deadline);
        let status = look.publisher.run(&cx, cluster).await?;
        remarks.extend(look.publisher.remarks().await);
        let mut before = look.remarks.lock().await;
        // What lasts is logged once.
        for remark in remarks.iter().filter(|remark| !before.contains(remark)) {
            tracing::warn!("status page: {remark}");
        }
        *before = remarks;
        drop(before);
        Ok(status)
    }

    /// What the operator should know of the last [look](Self::status) and the page does not tell everybody: why something
    /// could not be looked at, in full but for secrets, and names in the configuration that nothing has. Each is logged when it
    /// comes up.
    ///
    /// # Errors
    /// As [`Lamplighter::status`].
    pub async fn status_remarks(&self) -> Result<Vec<String>> {
        Ok(self.status_look()?.remarks.lock().await.clone())
    }

    /// Takes the right to look for the status page.
    ///
    /// # Errors
    /// [`Conflict`](ErrorKind::Conflict) while another process has it, and those of the journal.
    pub async fn status_lease(&self) -> Result<StatusLease> {
        let lease = self.journal.lease(&RunKey::new("status")).await;
        lease.map(StatusLease).map_err(|error| {
            error.context(
                "another Lamplighter of this data folder keeps the status page; ask that one, stop it, or name another data_dir",
            )
        })
    }

    /// Writes down until when everything was seen, before the process ends.
    ///
    /// # Errors
    /// As [`Lamplighter::status`], and those of the history.
    pub async fn settle_status(&self) -> Result<()> {
        self.status_look()?.publisher.settle().await
    }

    fn status_look(&self) -> Result<&StatusLook> {
        let look = self.status.as_ref();
        look.ok_or_else(|| Error::invalid("a status needs a history of uptime: call Builder::uptime_history"))
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
