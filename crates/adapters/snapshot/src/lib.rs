//! A recorded cluster: a folder that `kubectl cluster-info dump` wrote, behind the ports of a live one.
//!
//! [`Snapshot`] implements [`ClusterReader`], [`Logs`], [`Monitors`] and [`Metrics`] over a folder in the
//! layout of `kubectl cluster-info dump --all-namespaces -o json --output-directory=DIR`:
//!
//! ```text
//! nodes.json                    the nodes
//! namespaces.json               which namespaces there were, so that one that is not there is empty
//! NAMESPACE/pods.json           the pods of a namespace, and so on for events, services, endpoints,
//!                               deployments, replicasets, statefulsets, daemonsets, jobs and
//!                               persistentvolumeclaims
//! NAMESPACE/POD/logs.txt        the logs of each container, between the dump's START and END lines
//! ```
//!
//! and beside it, where somebody has recorded them:
//!
//! ```text
//! snapshot.json                 {"collected_at": "2026-03-01T10:00:00Z"}
//! NAMESPACE/POD/logs-previous.txt  the logs of the instance before the last restart, in the same form
//! metrics.json                  a Prometheus range result (HTTP API v1, `query_range`)
//! alerts.json                   Alertmanager's `GET /api/v2/alerts`
//! monitors.json                 a list of [`MonitorStatus`] objects
//! ```
//!
//! A file that is missing was not looked at: its kind is [`Unknown`](lamplighter_core::cluster::Observed).
//! An empty list was looked at and is empty.
//!
//! ```
//! use lamplighter_core::ports::{ClusterReader, Scope};
//! use lamplighter_snapshot::Snapshot;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let dir = tempfile::tempdir()?;
//! # let dir = dir.path();
//! std::fs::write(dir.join("nodes.json"), r#"{"kind":"NodeList","items":[{"metadata":{"name":"n1"}}]}"#)?;
//!
//! let snapshot = Snapshot::open(dir)?;
//! let state = snapshot.state(&Scope::everything()).await?;
//! assert_eq!(state.nodes.items().len(), 1);
//! assert!(state.pods.as_result().is_err_and(|reason| reason.contains("pods.json")));
//! # Ok(())
//! # }
//! ```
//!
//! What it deliberately does not do: it writes nothing, it does not follow links that leave the folder, and it
//! does not evaluate PromQL: a metric is selected by its name and labels.
//!
//! [`ClusterReader`]: lamplighter_core::ports::ClusterReader
//! [`Logs`]: lamplighter_core::ports::Logs
//! [`Monitors`]: lamplighter_core::ports::Monitors
//! [`MonitorStatus`]: lamplighter_core::ports::MonitorStatus
//! [`Metrics`]: lamplighter_core::ports::Metrics

mod cluster;
mod error;
mod folder;
mod logs;
mod metrics;
mod monitors;
mod objects;
mod selector;
mod snapshot;

pub use error::SnapshotError;
pub use snapshot::Snapshot;
