//! A recorded cluster: a folder that `kubectl cluster-info dump` wrote, behind the ports of a live one.
//!
//! [`Snapshot`] implements [`ClusterReader`], [`Logs`], [`Monitors`], [`Metrics`], [`Topology`], [`NodeUnits`] and
//! [`Manifests`] over a folder in the layout of `kubectl cluster-info dump --all-namespaces -o json --output-directory=DIR`:
//!
//! ```text
//! nodes.json                    the nodes, and so on for persistentvolumes and storageclasses
//! namespaces.json               which namespaces there were, so that one that is not there is empty
//! NAMESPACE/pods.json           the pods of a namespace, and so on for events, services, endpoints,
//!                               deployments, replicasets, statefulsets, daemonsets, jobs, cronjobs,
//!                               persistentvolumeclaims, configmaps, secrets, serviceaccounts, rolebindings,
//!                               resourcequotas, limitranges, ingresses, networkpolicies,
//!                               horizontalpodautoscalers and poddisruptionbudgets
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
//! dependencies.json             {"edges": [{"from": "shop", "to": "basket"}]}: who calls whom
//! manifests.json                the objects as they were applied, a list of several kinds
//! log-patterns.json             error lines, counted: {"items": [{"namespace": "apps", "service": "shop",
//!                               "patterns": [{"count": 7, "sample": "connection refused"}]}]}
//! node-logs/NODE/UNIT.txt       what `systemctl status UNIT` printed on a node
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
//! [`SnapshotRecorder`] writes such a folder.
//!
//! What it deliberately does not do: it changes no recording, it records no value of a secret, it does not follow links
//! that leave the folder, and it does not evaluate PromQL: a metric is selected by its name and labels.
//!
//! [`ClusterReader`]: lamplighter_core::ports::ClusterReader
//! [`Logs`]: lamplighter_core::ports::Logs
//! [`Monitors`]: lamplighter_core::ports::Monitors
//! [`MonitorStatus`]: lamplighter_core::ports::MonitorStatus
//! [`Metrics`]: lamplighter_core::ports::Metrics
//! [`Topology`]: lamplighter_core::ports::Topology
//! [`NodeUnits`]: lamplighter_core::ports::NodeUnits
//! [`Manifests`]: lamplighter_core::ports::Manifests

mod cluster;
mod dated;
mod error;
mod folder;
mod groups;
mod kept;
mod kinds;
mod logs;
mod manifests;
mod metrics;
mod monitors;
mod objects;
mod recorder;
mod scrub;
mod selector;
mod snapshot;
mod topology;
mod units;

pub use error::SnapshotError;
pub use recorder::{ContainerLog, SnapshotRecorder};
pub use snapshot::Snapshot;
