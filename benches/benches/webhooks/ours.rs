//! The service, as a process of its own: this program, started again.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use lamplighter::{DispatchSettings, Lamplighter, SystemClock};
use lamplighter_core::ports::{
    AuditLog, Inbox, Job, JobCounts, JobId, JobState, Journal, Message, Receipt, Words, WorkKind,
};
use lamplighter_core::words::{IssueNumber, Login};
use lamplighter_core::{CancellationToken, Result};
use lamplighter_server::{Keys, Server, ServerSettings};
use lamplighter_sqlite::SqliteStore;
use lamplighter_testkit::fakes::{FakeAuditLog, FakeCluster, FakeIssues, FakeJournal, FakeLogs, FakeStopSwitch};
use lamplighter_testkit::objects::cluster;

use crate::contenders::DURABLE;
use crate::payload::{REPOSITORY, SECRET};

/// Says that this process is the service, and in which form.
pub(crate) const FORM: &str = "LAMPLIGHTER_BENCH_FORM";
/// The file that it keeps deliveries in.
pub(crate) const DATA: &str = "LAMPLIGHTER_BENCH_DATA";

/// More than can be sent: how many are taken in a second is what is measured.
const NO_LIMIT: u32 = 1_000_000;

pub(crate) fn form_asked_for() -> Option<String> {
    std::env::var(FORM).ok()
}

/// Serves until it is killed.
pub(crate) fn serve(form: &str) -> std::result::Result<(), Box<dyn Error>> {
    // As the command does.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let server = server(form == DURABLE).await?;
        let address = format!("127.0.0.1:{}", std::env::var("PORT")?);
        Ok(server.run(lamplighter_server::listen(&address).await?, CancellationToken::new()).await?)
    })
}

async fn server(is_durable: bool) -> std::result::Result<Server, Box<dyn Error>> {
    let (journal, audit, inbox): (Arc<dyn Journal>, Arc<dyn AuditLog>, Arc<dyn Inbox>) = if is_durable {
        let path = PathBuf::from(std::env::var(DATA)?);
        let store = Arc::new(SqliteStore::open(&path, Arc::new(SystemClock)).await?);
        (store.clone(), store.clone(), store)
    } else {
        (Arc::new(FakeJournal::new()), Arc::new(FakeAuditLog::new()), Arc::new(KeepsNothing))
    };
    let tracker = Arc::new(FakeIssues::new());
    let lamplighter = Lamplighter::builder()
        .tracker(tracker.clone(), tracker)
        .cluster(Arc::new(FakeCluster::new(cluster())), Arc::new(FakeLogs::new()))
        .journal(journal, audit)
        .inbox(inbox)
        .stop_switch(Arc::new(FakeStopSwitch::new()))
        .build()?;
    let keys = Keys { webhook: vec![SECRET.into()], ..Keys::default() };
    let settings = ServerSettings {
        repository: Some(REPOSITORY.to_owned()),
        ourselves: Some(Login::new("lamplighter[bot]")),
        requests_per_second: NO_LIMIT,
        ..ServerSettings::default()
    };
    let jobs = DispatchSettings { concurrency: 0, ..DispatchSettings::default() };
    Ok(Server::new(lamplighter.dispatcher(jobs)?, keys, settings))
}

/// What is left of the service when nothing is written.
struct KeepsNothing;

#[async_trait]
impl Inbox for KeepsNothing {
    async fn accept(&self, _message: Message) -> Result<Receipt> {
        Ok(Receipt::Accepted)
    }

    async fn words(&self, _issue: IssueNumber) -> Result<Option<Words>> {
        Ok(None)
    }

    async fn job(&self, _id: &JobId) -> Result<Option<Job>> {
        Ok(None)
    }

    async fn take(&self, _kind: WorkKind) -> Result<Option<Job>> {
        Ok(None)
    }

    async fn next_due(&self) -> Result<Option<Timestamp>> {
        Ok(None)
    }

    async fn settle(&self, _id: &JobId, _state: JobState) -> Result<()> {
        Ok(())
    }

    async fn recover(&self) -> Result<u64> {
        Ok(0)
    }

    async fn counts(&self) -> Result<JobCounts> {
        Ok(JobCounts::default())
    }
}
