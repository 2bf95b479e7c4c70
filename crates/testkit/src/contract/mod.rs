//! Contract suites: one function per port that checks every promise of the port's documentation.
//!
//! A fake and every adapter of a port pass the same suite, so that a test against the fake says something
//! about the real system. A suite is given a harness: the port under test, and the means to play the outside
//! world behind it. It panics at the first broken promise and names it.
//!
//! ```
//! use lamplighter_core::{async_trait, ports::StopSwitch};
//! use lamplighter_testkit::contract::{self, StopSwitchHarness};
//! use lamplighter_testkit::fakes::FakeStopSwitch;
//!
//! struct Fake(FakeStopSwitch);
//!
//! #[async_trait]
//! impl StopSwitchHarness for Fake {
//!     fn port(&self) -> &dyn StopSwitch {
//!         &self.0
//!     }
//!
//!     async fn stop(&self, reason: &str) {
//!         self.0.stop(reason);
//!     }
//!
//!     async fn resume(&self) {
//!         self.0.resume();
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! contract::stop_switch(&Fake(FakeStopSwitch::new())).await;
//! # }
//! ```

#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a suite is a test: it fails by panicking")]

mod archive;
mod audit;
mod closed_issues;
mod cluster;
mod inbox;
mod issues;
mod journal;
mod logs;
mod metrics;
mod model;
mod monitors;
mod notifier;
mod publisher;
mod repository;
mod secrets;
mod stacks;
mod stop;
mod uptime;

pub use archive::{ArchiveHarness, archive, archive_writer};
pub use audit::{AuditLogHarness, audit_log};
pub use closed_issues::closed_issues;
pub use cluster::{
    ClusterHarness, ClusterWriterHarness, cluster_fixture, cluster_fixture_objects, cluster_reader, cluster_writer,
};
pub use inbox::{InboxHarness, inbox};
pub use issues::{IssuesHarness, issues};
pub use journal::{JournalHarness, journal};
pub use logs::{ContainerLines, LogsHarness, logs};
pub use metrics::{MetricsHarness, alerts_fixture, metrics, metrics_fixture};
pub use model::{ModelHarness, model};
pub use monitors::{MonitorWriterHarness, MonitorsHarness, monitor_writer, monitors};
pub use notifier::{NotifierHarness, notifier};
pub use publisher::{PublisherHarness, publisher};
pub use repository::{RepositoryHarness, repository};
pub use secrets::{SecretsHarness, secrets};
pub use stacks::{StacksHarness, stacks};
pub use stop::{StopSwitchHarness, stop_switch};
pub use uptime::{UptimeHistoryHarness, uptime_history};

use std::fmt;

use lamplighter_core::{Error, ErrorKind};

/// Asserts that an operation failed, and how.
#[track_caller]
fn assert_fails<T: fmt::Debug>(outcome: Result<T, Error>, kind: ErrorKind, what: &str) {
    match outcome {
        Ok(value) => assert_eq!(format!("{value:?}"), format!("an error of kind {kind:?}"), "{what}"),
        Err(error) => assert_eq!(error.kind(), kind, "{what}: {}", error.chain()),
    }
}
