//! The status page of a running service: looked at anew every few minutes and after what may have changed it.

mod refused;
mod requests;
mod served;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use jiff::{SignedDuration, Timestamp};
use lamplighter::core::ports::Published;
use lamplighter::core::words::status::Status;
use lamplighter::core::{CancellationToken, Clock, ErrorKind, Result};
use lamplighter::{Dispatcher, Lamplighter, StatusLease, StatusSite};
use tokio::sync::{Notify, watch};

use served::Served;

/// How much later than it should be a page may be there. What has not answered by then could not be looked at.
const LATE: SignedDuration = SignedDuration::from_secs(5);

/// How long is waited for more after something may have changed, and between two looks at the least.
const SETTLES: Duration = Duration::from_secs(5);
const APART: SignedDuration = SignedDuration::from_secs(15);

/// How long after a failure it is tried again.
const AGAIN: Duration = Duration::from_secs(30);

/// Who looks.
#[async_trait]
pub trait StatusSource: Send + Sync {
    /// How everything stands; what has not answered by this time (UTC) could not be looked at.
    ///
    /// # Errors
    /// When there is nobody who could look.
    async fn status_by(&self, until: Option<Timestamp>) -> Result<Status>;

    /// Takes the right to look, which is one process's at a time.
    ///
    /// # Errors
    /// [`Conflict`](ErrorKind::Conflict) while another one has it.
    async fn lease(&self) -> Result<Option<StatusLease>>;

    /// Nobody looks any more in this process.
    ///
    /// # Errors
    /// When it cannot be written down until when everything was seen.
    async fn settle(&self) -> Result<()>;

    /// The clock that looks are dated by.
    fn clock(&self) -> Arc<dyn Clock>;
}

#[async_trait]
impl StatusSource for Lamplighter {
    async fn status_by(&self, until: Option<Timestamp>) -> Result<Status> {
        Self::status_by(self, until).await
    }

    async fn lease(&self) -> Result<Option<StatusLease>> {
        self.status_lease().await.map(Some)
    }

    async fn settle(&self) -> Result<()> {
        self.settle_status().await
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(Self::clock(self))
    }
}

#[async_trait]
impl StatusSource for Dispatcher {
    async fn status_by(&self, until: Option<Timestamp>) -> Result<Status> {
        self.lamplighter().status_by(until).await
    }

    async fn lease(&self) -> Result<Option<StatusLease>> {
        StatusSource::lease(self.lamplighter()).await
    }

    async fn settle(&self) -> Result<()> {
        self.lamplighter().settle_status().await
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(self.lamplighter().clock())
    }
}

/// What happened, for who counts it.
#[derive(Debug)]
pub enum StatusEvent<'a> {
    /// Somebody looked; how long that took.
    Looked(Duration),
    /// Nobody could look.
    Failed,
    /// It was published to a place, or could not be.
    Published {
        /// The place.
        place: &'a str,
        /// What was written. `None`: it could not be, or not all of it.
        written: Option<&'a Published>,
    },
}

/// Told of everything that happens to the page.
pub type StatusWatcher = Arc<dyn Fn(StatusEvent<'_>) + Send + Sync>;

/// Keeps a status page: looks, answers with what was seen, and publishes it.
///
/// What is answered is made in memory with each look and is never older than the time between two looks and a few seconds:
/// each begins as much earlier as the last ones took, and what does not answer in time could not be looked at.
///
/// No failure ends it: it is logged, counted, and tried again.
pub struct StatusKeeper {
    source: Arc<dyn StatusSource>,
    site: StatusSite,
    every: SignedDuration,
    served: Served,
    nudge: Notify,
    watcher: Option<StatusWatcher>,
}

impl StatusKeeper {
    /// A keeper that looks so often.
    #[must_use]
    pub fn new(source: Arc<dyn StatusSource>, site: StatusSite, every: Duration) -> Self {
        let every = SignedDuration::try_from(every).unwrap_or(SignedDuration::MAX);
        Self { source, site, every, served: Served::default(), nudge: Notify::new(), watcher: None }
    }

    /// The same, telling somebody what happens.
    #[must_use]
    pub fn watched_by(mut self, watcher: StatusWatcher) -> Self {
        self.watcher = Some(watcher);
        self
    }

    /// Says that something may have changed. Many in a moment are one.
    pub fn nudge(&self) {
        self.nudge.notify_one();
    }

    /// When what is answered was seen (UTC). `None` before the first look.
    #[must_use]
    pub fn made(&self) -> Option<Timestamp> {
        self.served.made()
    }

    /// The page at `/`, with its files. Everything is answered from memory.
    pub fn router(&self) -> Router {
        Router::new().fallback(requests::answer).with_state(self.served.clone())
    }

    /// Looks once, answers with that from now on, and publishes it. Returns what was seen.
    ///
    /// # Errors
    /// When nobody could look, or the page could not be made. A place that cannot be published to is told and no error.
    pub async fn refresh(&self) -> Result<Status> {
        let status = self.answer_with_a_look(None).await?;
        self.publish(&status).await;
        Ok(status)
    }

    async fn answer_with_a_look(&self, until: Option<Timestamp>) -> Result<Status> {
        let status = self.source.status_by(until).await?;
        self.served.replace(self.site.files(&status).await?, status.generated_at);
        Ok(status)
    }

    async fn publish(&self, status: &Status) {
        for published in self.site.publish(status).await {
            let place = published.place.as_str();
            match &published.outcome {
                Ok(written) => {
                    let (files, removed) = (written.written.len(), written.removed.len());
                    if !written.is_unchanged() {
                        tracing::info!(place, files, removed, "the status page has changed");
                    }
                    self.tell(StatusEvent::Published { place, written: Some(written) });
                }
                Err(error) => {
                    tracing::warn!(place, error = error.chain(), "the status page could not be published");
                    self.tell(StatusEvent::Published { place, written: None });
                }
            }
        }
    }

    /// Keeps the page until it is stopped.
    pub async fn run(&self, stop: &CancellationToken) {
        let Some(_lease) = self.begin(stop).await else { return };
        let (seen, to_publish) = watch::channel(None);
        tokio::join!(self.keep_looking(seen, stop), self.keep_publishing(to_publish, stop));
        if let Err(error) = self.source.settle().await {
            tracing::warn!(error = error.chain(), "until when everything was seen could not be written down");
        }
    }

    /// Publishes the newest of what was seen, beside the looks: a push may take longer than a page may get old.
    async fn keep_publishing(&self, mut seen: watch::Receiver<Option<Status>>, stop: &CancellationToken) {
        while seen.changed().await.is_ok() {
            let Some(status) = seen.borrow_and_update().clone() else { continue };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.publish(&status) => {}
            }
        }
    }

    async fn keep_looking(&self, seen: watch::Sender<Option<Status>>, stop: &CancellationToken) {
        let clock = self.source.clock();
        let mut lead = SignedDuration::ZERO;
        loop {
            let begun = clock.now();
            let until = self.made().and_then(|made| made.checked_add(self.every).ok()?.checked_add(LATE).ok());
            // Behind, as after a suspended machine, it takes the time that it needs.
            let until = until.filter(|until| *until > begun);
            let nap = match self.look(until, stop).await {
                Some(Some(status)) => {
                    let took = clock.now().duration_since(begun).max(SignedDuration::ZERO);
                    self.tell(StatusEvent::Looked(took.unsigned_abs()));
                    // A little of each long look is remembered.
                    lead = took.max(lead * 3 / 4).min(self.every / 2);
                    let due = status.generated_at.checked_add(self.every - lead);
                    let left = due.map_or(self.every, |due| due.duration_since(clock.now()));
                    seen.send_replace(Some(status));
                    left.max(SignedDuration::from_secs(1)).unsigned_abs()
                }
                Some(None) => AGAIN.min(self.every.unsigned_abs()),
                None => return,
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = clock.sleep(nap) => {}
                () = self.nudge.notified() => {
                    let then = begun.checked_add(APART).ok();
                    let apart = then.map_or(SignedDuration::ZERO, |then| then.duration_since(clock.now()));
                    let settles = SETTLES.max(apart.max(SignedDuration::ZERO).unsigned_abs()).min(nap);
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = clock.sleep(settles) => {}
                    }
                }
            }
        }
    }

    /// `None` when it was stopped meanwhile; otherwise what was seen, where that worked.
    async fn look(&self, until: Option<Timestamp>, stop: &CancellationToken) -> Option<Option<Status>> {
        let outcome = tokio::select! {
            () = stop.cancelled() => return None,
            outcome = self.answer_with_a_look(until) => outcome,
        };
        Some(match outcome {
            Ok(status) => Some(status),
            Err(error) => {
                tracing::warn!(error = error.chain(), "the status page could not be made; it stays as it was");
                self.tell(StatusEvent::Failed);
                None
            }
        })
    }

    /// Waits for its turn. `None` when it was stopped meanwhile.
    async fn begin(&self, stop: &CancellationToken) -> Option<Option<StatusLease>> {
        loop {
            match self.source.lease().await {
                Ok(lease) => return Some(lease),
                Err(error) if error.kind() == ErrorKind::Conflict => {
                    tracing::warn!(error = error.chain(), "somebody else keeps the status page; waiting");
                }
                Err(error) => tracing::warn!(error = error.chain(), "the status page cannot be kept; trying again"),
            }
            self.tell(StatusEvent::Failed);
            tokio::select! {
                () = stop.cancelled() => return None,
                () = async { self.source.clock().sleep(AGAIN).await } => {}
            }
        }
    }

    fn tell(&self, event: StatusEvent<'_>) {
        if let Some(watcher) = &self.watcher {
            watcher(event);
        }
    }
}
