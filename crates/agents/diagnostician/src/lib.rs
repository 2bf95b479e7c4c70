//! Says what is down, how bad, why, and on what evidence.
//!
//! [`Surveyor`] reads the cluster, metrics, alerts, monitors and logs once, as a
//! [`Scene`](lamplighter_core::diagnosis::Scene). [`Diagnostician`] has the scene scanned and triaged, asks the
//! specialists, all at once, and ranks what they name by causal order. Both are put together from agents and ports,
//! so that a service that embeds them brings its own.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_core::Agent;
//! use lamplighter_core::diagnosis::DiagnosisRequest;
//! use lamplighter_diagnostician::{Sources, Surveyor};
//! use lamplighter_testkit::context;
//! use lamplighter_testkit::fakes::FakeCluster;
//! use lamplighter_testkit::objects::{cluster, deployment, node};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter_core::Result<()> {
//! let cluster = FakeCluster::new(cluster().node(node("n1")).workload(deployment("apps", "wiki")));
//! let surveyor = Surveyor::new(Sources::new(Arc::new(cluster)));
//! let scene = surveyor.run(&context("example"), DiagnosisRequest::default()).await?;
//! assert_eq!(scene.graph.workloads().count(), 1);
//! assert!(scene.signals.seen().is_none(), "nobody was asked");
//! # Ok(())
//! # }
//! ```
//!
//! What is deliberately not here: any rule about how things fail (the specialists have them), any change.

mod combine;
mod diagnostician;
mod measure;
mod namespaces;
mod overhear;
mod settings;
mod surveyor;
mod verdict;

pub use diagnostician::Diagnostician;
pub use settings::SurveySettings;
pub use surveyor::{Sources, Surveyor};
