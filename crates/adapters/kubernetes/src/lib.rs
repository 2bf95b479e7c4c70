//! A live cluster through the Kubernetes API.
//!
//! [`KubernetesCluster`] implements [`ClusterReader`], [`Logs`] and [`ClusterWriter`] over `kube`. It reads in
//! pages and without watches, says of each kind that it may not read which permission is missing, and does the
//! two reversible things that the core knows: delete a pod by its UID, and set a replica count.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_core::ports::{ClusterReader, Scope};
//! use lamplighter_kubernetes::{KubernetesCluster, KubernetesOptions};
//! use lamplighter_testkit::{fakes::FakeClock, world::World};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A simulated cluster; of a real one the default kubeconfig is found.
//! let world = World::start("[[workload]]\nnamespace = 'apps'\nname = 'wiki'".parse()?)?;
//! let dir = tempfile::tempdir()?;
//! let kubeconfig = Some(world.write_kubeconfig(dir.path())?);
//!
//! let options = KubernetesOptions { kubeconfig, ..KubernetesOptions::default() };
//! let cluster = KubernetesCluster::connect(options, Arc::new(FakeClock::auto())).await?;
//! let state = cluster.state(&Scope::namespace("apps")).await?;
//! assert_eq!(state.pods.items().len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Permissions
//!
//! Reading: `list` on `nodes`, `namespaces`, `persistentvolumes`, `storageclasses.storage.k8s.io`, `pods`, `services`,
//! `endpoints`, `events`, `persistentvolumeclaims`, `configmaps`, `secrets`, `serviceaccounts`, `resourcequotas`,
//! `limitranges`, `deployments.apps`, `replicasets.apps`, `statefulsets.apps`, `daemonsets.apps`, `jobs.batch`,
//! `cronjobs.batch`, `rolebindings.rbac.authorization.k8s.io`, `ingresses.networking.k8s.io`,
//! `networkpolicies.networking.k8s.io`, `horizontalpodautoscalers.autoscaling` and `poddisruptionbudgets.policy`; `get` on
//! `pods`, `pods/log`, `deployments.apps` and `statefulsets.apps`. Writing: `delete` on `pods`; `get` and
//! `patch` on `deployments.apps/scale` and `statefulsets.apps/scale`. What is not granted is unknown, and the
//! rest works. Of secrets the names of keys are looked at alone: the values, which the API cannot leave out, are dropped
//! while the answer is read. Whoever will not grant `list` on `secrets` only goes without what they would tell.
//!
//! A server that is too old for a version of the API is asked for the one before, as long as its fields are the same
//! (`autoscaling/v2beta2` and `v1`, `batch/v1beta1`, `policy/v1beta1`); otherwise the kind is unknown.
//!
//! # Retries
//!
//! Every request here may be repeated: reads change nothing, a deletion carries the pod's UID and a new count
//! the version that it was decided on. So `429` (after `Retry-After`), `5xx` and broken connections are tried
//! again a few times, within the time limit of one request.
//!
//! What it deliberately does not do: it watches nothing, caches nothing, and can neither create, edit nor
//! delete anything else.
//!
//! [`ClusterReader`]: lamplighter_core::ports::ClusterReader
//! [`ClusterWriter`]: lamplighter_core::ports::ClusterWriter
//! [`Logs`]: lamplighter_core::ports::Logs

mod api;
mod cluster;
mod connection;
mod error;
mod list;
mod logs;
mod operation;
mod reader;
mod resource;
mod status;
mod writer;

pub use cluster::{KubernetesCluster, KubernetesOptions};
pub use error::KubernetesError;
pub use operation::Operation;
