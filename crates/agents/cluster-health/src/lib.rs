//! Scans a cluster, read-only, with named checks (SPEC §5, cluster-health).
//!
//! [`ClusterHealth`] takes a [`Scene`](lamplighter_core::diagnosis::Scene) that was read before
//! and gives a [`HealthReport`](lamplighter_core::words::HealthReport): every check with `PASS`, `WARN`,
//! `FAIL` or `UNKNOWN`, its evidence and what it is worth when it fails alone. A kind that could not be read
//! makes the checks on it `UNKNOWN`, never `PASS`. So does what is not there at all, such as metrics that nobody
//! collects; that is said too and does not count.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_cluster_health::ClusterHealth;
//! use lamplighter_core::Agent;
//! use lamplighter_core::cluster::{ClusterState, Observed};
//! use lamplighter_core::diagnosis::Scene;
//! use lamplighter_core::words::{CheckStatus, Source};
//! use lamplighter_testkit::context;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter_core::Result<()> {
//! let cx = context("example");
//! let mut state = ClusterState::unread(cx.now(), Source::new("kubernetes api"));
//! state.claims = Observed::Seen(Vec::new());
//!
//! let report = ClusterHealth::default().run(&cx, Arc::new(Scene::new(Arc::new(state)))).await?;
//! let status = |name: &str| report.checks.iter().find(|check| check.check == name).map(|check| check.status);
//! assert_eq!(status("claims-bound"), Some(CheckStatus::Pass));
//! assert_eq!(status("nodes-ready"), Some(CheckStatus::Unknown), "nodes were not read");
//! # Ok(())
//! # }
//! ```
//!
//! Each check is one file below `checks/` that implements [`Check`] and is listed in [`checks::all`]; one of
//! your own is added by [`ClusterHealth::with_check`].
//!
//! [`Repairer`] mends what undoes itself, through the guardrails: it proposes that pods are deleted which their
//! controllers recreate.
//!
//! What is deliberately not here: reading the cluster (an adapter's work), any other repair, filing issues, judging what the findings mean together (sev-triage), and looking for their causes (the specialists).

mod agent;
mod check;
pub mod checks;
mod lines;
mod measured;
mod repair;
mod schedule;
mod settings;
mod view;

#[cfg(test)]
mod tests;

pub use agent::ClusterHealth;
pub use check::{Check, Observation, Outcome, Unreadable};
pub use repair::{Repair, Repairer, Repairs};
pub use settings::HealthSettings;
pub use view::ClusterView;
