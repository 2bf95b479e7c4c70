//! Lamplighter as a service: GitHub's webhooks in, the HTTP API of the service that it takes the place of, health and metrics
//! (SPEC §2).
//!
//! | route | for | answers |
//! |---|---|---|
//! | `POST /webhooks/github` | GitHub | 202 once the message is on the disk, or 200 when it asks for nothing |
//! | `POST /execute` | pipelines, with a bearer token | 202 with a `job_id` |
//! | `GET /jobs/{id}` | pipelines, with a bearer token | how far a job is |
//! | `GET /health` | whoever restarts processes | 200 while the process lives |
//! | `GET /ready` | whoever sends requests | 200 while jobs are taken and the inbox can be read |
//! | `GET /metrics` | Prometheus | its text format |
//! | `GET /`, and what it leads to | everybody | the status page, where one is [kept](Server::with_status) |
//!
//! Whatever is refused is answered with a status and `{"error": "a short reason"}`, and browsers that look for a page with one
//! that says so. The signature of a message is checked over
//! its raw bytes before anything in it is looked at.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter::core::CancellationToken;
//! use lamplighter::{DispatchSettings, Lamplighter};
//! use lamplighter_server::{Keys, Server, ServerSettings, listen};
//! use lamplighter_testkit::fakes::{
//!     FakeAuditLog, FakeCluster, FakeInbox, FakeIssues, FakeJournal, FakeLogs, FakeStopSwitch,
//! };
//! use lamplighter_testkit::objects::cluster;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter::core::Result<()> {
//! let issues = Arc::new(FakeIssues::new());
//! let lamplighter = Lamplighter::builder()
//!     .tracker(issues.clone(), issues)
//!     .cluster(Arc::new(FakeCluster::new(cluster())), Arc::new(FakeLogs::new()))
//!     .journal(Arc::new(FakeJournal::new()), Arc::new(FakeAuditLog::new()))
//!     .inbox(Arc::new(FakeInbox::new()))
//!     .stop_switch(Arc::new(FakeStopSwitch::new()))
//!     .build()?;
//! let keys = Keys { webhook: vec!["s3cret".into()], ..Keys::default() };
//! let server = Server::new(lamplighter.dispatcher(DispatchSettings::default())?, keys, ServerSettings::default());
//!
//! let stop = CancellationToken::new();
//! stop.cancel(); // Nobody has come; a real one is stopped by a signal.
//! server.run(listen("127.0.0.1:0").await?, stop).await
//! # }
//! ```
//!
//! # Idempotency
//! A message is taken in once, by GitHub's id of the delivery; an issue is answered by one run, by its number.
//!
//! # At the end
//! When it is stopped, no connection is taken any more, those that are open get their answers, and runs end before their next
//! step. They go on where they were in the next process, as they do after a kill.
//!
//! What is deliberately not here: TLS (a proxy in front brings it), reading configuration, deciding anything about an issue.

mod answer;
mod app;
mod auth;
mod configured;
mod execute;
mod intake;
mod metrics;
mod request_thread;
mod serve;
mod settings;
mod status;
mod webhooks;

use std::time::Duration;

use jiff::Timestamp;
use lamplighter::core::ports::Message;
use lamplighter::core::{CancellationToken, Error, Result};
use lamplighter::{Dispatcher, StatusSite};
use lamplighter_github::webhook;
use tokio::net::TcpListener;

pub use settings::{Keys, PushedArchive, ServerSettings};
pub use status::{StatusEvent, StatusKeeper, StatusSource, StatusWatcher};

use app::Service;
use configured::KeySource;
use intake::{Intake, sort};
use request_thread::RequestThread;

/// How long those are waited for at the end who look at a preview.
const PREVIEW_DRAIN: Duration = Duration::from_secs(1);

/// The service.
///
/// # Cancellation
/// [`Server::run`] ends in order when its token is cancelled. A future that is dropped loses nothing either: what was
/// accepted is on the disk.
#[derive(Clone)]
pub struct Server {
    service: Service,
    source: Option<KeySource>,
}

impl Server {
    /// A service that has its work done by this dispatcher.
    #[must_use]
    pub fn new(dispatcher: Dispatcher, keys: Keys, settings: ServerSettings) -> Self {
        Self { service: Service::new(dispatcher, keys, settings), source: None }
    }

    /// The same, keeping a status page: what it says is looked at anew every so often, after each job and after each message of
    /// GitHub. It is published to the places of the site and, where `is_served`, answered at `/`.
    #[must_use]
    pub fn with_status(self, site: StatusSite, every: Duration, is_served: bool) -> Self {
        self.service.keep_status(site, every, is_served);
        self
    }

    /// Changes the secrets that requests are checked with, from the next request on.
    pub fn set_keys(&self, keys: Keys) {
        self.service.set_keys(keys);
    }

    /// The routes, for a server of your own. Jobs are done by whoever [runs](Dispatcher::run) the dispatcher.
    pub fn router(&self) -> axum::Router {
        self.service.router()
    }

    /// Answers requests and does jobs until it is stopped. Requests have a thread of their own, so that no job keeps one
    /// waiting.
    ///
    /// # Errors
    /// [`Conflict`](lamplighter::core::ErrorKind::Conflict) when another process does the jobs of this inbox, and those of the
    /// inbox when it cannot be read any more. [`Internal`](lamplighter::core::ErrorKind::Internal) when requests cannot be
    /// answered any more.
    pub async fn run(&self, listener: TcpListener, stop: CancellationToken) -> Result<()> {
        let (dispatcher, settings) = (self.service.dispatcher(), self.service.settings());
        let lease = dispatcher.begin().await?;
        let jobs = async {
            let ended = dispatcher.run(&lease, &stop).await;
            // Without jobs there is nothing to accept messages for.
            stop.cancel();
            ended
        };
        let mut requests = {
            let (router, settings, stop) = (self.router(), settings.clone(), stop.clone());
            let serve = async move |listener| {
                serve::serve(listener, router, settings.connections, settings.drain, &stop).await;
            };
            RequestThread::begin(listener, serve).map_err(not_answering)?
        };
        self.service.set_ready(true);
        let requests = async {
            let ended = requests.end().await.map_err(not_answering);
            stop.cancel();
            ended
        };
        let page = async {
            if let Some(keeper) = self.service.keeper() {
                Box::pin(keeper.run(&stop)).await;
            }
        };
        let watch = async {
            stop.cancelled().await;
            self.service.set_ready(false);
        };
        let all = async {
            let (jobs, requests, (), ()) = tokio::join!(jobs, requests, watch, page);
            jobs.and(requests)
        };
        let late = async {
            stop.cancelled().await;
            tokio::time::sleep(settings.drain).await;
        };
        tokio::select! {
            ended = all => ended,
            () = self.refresh_keys() => Ok(()),
            () = late => {
                tracing::warn!("jobs were still being done at the end; they go on in the next process");
                Ok(())
            }
        }
    }
}

fn not_answering(error: std::io::Error) -> Error {
    Error::internal("requests cannot be answered").with_source(error)
}

/// What a message of GitHub asks for, where that is anything: for those who have it from elsewhere, as a workflow has. The
/// signature is not asked for: give it only messages that GitHub has sent.
///
/// # Errors
/// [`InvalidInput`](lamplighter::core::ErrorKind::InvalidInput) when it is no message of GitHub, or is of another repository.
pub fn message(
    event: &str,
    id: &str,
    raw: &[u8],
    settings: &ServerSettings,
    now: Timestamp,
) -> Result<Option<Message>> {
    match sort(webhook::parse(event, id, raw)?, settings, now) {
        Intake::Accept(message) => Ok(Some(*message)),
        Intake::Ignore(why) => {
            tracing::info!(why, "a message asks for nothing");
            Ok(None)
        }
        Intake::Foreign => Err(Error::invalid("this message is of another repository than tracker.repository")),
    }
}

/// Answers with a status page and nothing else, and keeps it, until it is stopped.
pub async fn preview(listener: TcpListener, keeper: &StatusKeeper, stop: CancellationToken) {
    let ServerSettings { connections, .. } = ServerSettings::default();
    tokio::join!(keeper.run(&stop), serve::serve(listener, keeper.router(), connections, PREVIEW_DRAIN, &stop));
}

/// Opens the address that the service listens on.
///
/// # Errors
/// [`InvalidInput`](lamplighter::core::ErrorKind::InvalidInput), with the address.
pub async fn listen(address: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        Error::invalid(format!("cannot listen on {address}; is another program there?")).with_source(error)
    })
}
