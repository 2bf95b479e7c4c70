//! Agents that answer infrastructure issues: the crate to embed.
//!
//! [`Lamplighter`] is put together from ports with its [`Builder`], or from a configuration file with
//! `Config` (feature `config`, on by default, which brings every adapter). Each agent can be
//! used alone as well: see [`agents`].
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter::core::words::IssueNumber;
//! use lamplighter::{Lamplighter, Options};
//! use lamplighter_testkit::objects::cluster;
//! use lamplighter_testkit::fakes::{FakeAuditLog, FakeClock, FakeCluster, FakeIssues, FakeJournal, FakeLogs, FakeStopSwitch};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter::core::Result<()> {
//! let issues = Arc::new(FakeIssues::new());
//! let lamplighter = Lamplighter::builder()
//!     .options(Options::default())
//!     .tracker(issues.clone(), issues)
//!     .cluster(Arc::new(FakeCluster::new(cluster())), Arc::new(FakeLogs::new()))
//!     .journal(Arc::new(FakeJournal::new()), Arc::new(FakeAuditLog::new()))
//!     .stop_switch(Arc::new(FakeStopSwitch::new()))
//!     .clock(Arc::new(FakeClock::new()))
//!     .build()?;
//!
//! // There is no such issue, and it says so.
//! assert!(lamplighter.respond(IssueNumber(7)).await.is_err());
//! # Ok(())
//! # }
//! ```
//!
//! What it deliberately does not do: decide anything. It puts together what the agents, the guardrails and the
//! adapters bring.

mod builder;
#[cfg(feature = "config")]
pub mod config;
mod diagnostics;
mod dispatcher;
mod failures;
mod health;
mod judge;
mod lamplighter;
mod options;
mod pinned;
mod post_mortems;
#[cfg(feature = "config")]
mod record;
mod standalone;
mod status;
mod stop;
mod system_clock;
mod todos;
mod watched;

pub use builder::Builder;
#[cfg(feature = "config")]
pub use config::Config;
pub use diagnostics::{Diagnostics, specialists};
pub use dispatcher::{DispatchLease, DispatchSettings, Dispatcher, JobWatcher};
pub use judge::{Judgement, judge_plan};
pub use lamplighter_cluster_health::{HealthSettings, Repair, Repairs};
pub use lamplighter_commander::{Comment, Effect};
pub use lamplighter_core as core;
pub use lamplighter_diagnostician::{Sources, SurveySettings};
pub use lamplighter_documents as documents;
pub use lamplighter_guardrails as guardrails;
pub use lamplighter_health_filer::{FilerSettings, Filing};
pub use lamplighter_issue_responder::{Outcome, PostMortemSite, Resolution, SelfService};
pub use lamplighter_post_mortem::{Progress, StageState, StageWatcher};
pub use lamplighter_site::StatusPageSettings;
pub use lamplighter_status_publisher::{MaintenanceWindow, ShownGroup, StatusSettings};
pub use lamplighter_todo_resolver::{ResolvedItem, TodoOutcome, TodoRequest};
pub use options::Options;
pub use post_mortems::{HistorianMaker, PostMortemOf, PostMortemShelf};
#[cfg(feature = "config")]
pub use record::record;
pub use standalone::standalone;
pub use status::{PublishedTo, StatusLease, StatusSite};
pub use system_clock::SystemClock;
pub use watched::StepWatcher;

pub use crate::lamplighter::Lamplighter;

/// The agents, each usable alone.
pub mod agents {
    pub use lamplighter_cluster_health::{ClusterHealth, Repairer};
    pub use lamplighter_commander::Commander;
    pub use lamplighter_database::Database;
    pub use lamplighter_deploy::Deploy;
    pub use lamplighter_diagnostician::{Diagnostician, Surveyor};
    pub use lamplighter_health_filer::HealthFiler;
    pub use lamplighter_issue_responder::IssueResponder;
    pub use lamplighter_network::Network;
    pub use lamplighter_observability::Observability;
    pub use lamplighter_platform::Platform;
    pub use lamplighter_post_mortem::PostMortem;
    pub use lamplighter_security::Security;
    pub use lamplighter_sev_historian::SevHistorian;
    pub use lamplighter_sev_report_writer::SevReportWriter;
    pub use lamplighter_sev_triage::SevTriage;
    pub use lamplighter_sre::Sre;
    pub use lamplighter_status_publisher::StatusPublisher;
    pub use lamplighter_todo_resolver::TodoResolver;
}

/// Past incidents: reading an archive once, and searching in it.
pub mod history {
    pub use lamplighter_sev_historian::{Disagreement, Index, Library, LibraryError, Refresh, Search, Stats};
}

/// The adapters that a configuration can name.
#[cfg(feature = "config")]
pub mod adapters {
    pub use lamplighter_env::EnvSecrets;
    pub use lamplighter_files::{FileSecrets, FilesTracker, FolderArchive, FolderContents, FolderPublisher, LeftOut};
    pub use lamplighter_github::{GithubAuth, GithubIssues, GithubSecret, GithubSettings};
    pub use lamplighter_http_probe::HttpProbe;
    pub use lamplighter_kubernetes::{KubernetesCluster, KubernetesOptions};
    pub use lamplighter_prometheus::{Endpoint, PrometheusMetrics, PrometheusSettings};
    pub use lamplighter_snapshot::{Snapshot, SnapshotRecorder};
    pub use lamplighter_sqlite::SqliteStore;
    pub use lamplighter_terraform::TerraformStacks;
    pub use lamplighter_uptime_kuma::UptimeKumaMonitors;
    pub use lamplighter_vault::{VaultLogin, VaultSecrets, VaultSettings};
}

/// The README's examples are compiled and run.
#[cfg(all(doctest, feature = "config"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
