//! Says how bad an incident is, and where to look (SPEC §4; SPEC §5, sev-triage).
//!
//! [`SevTriage`] takes what was read before, the cluster, its scan, the monitors and the report, and gives a
//! [`Triage`](lamplighter_core::words::Triage): whether something is wrong, a severity with its reasons, what is
//! affected, since when, what set it off, and which specialists to call.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_core::Agent;
//! use lamplighter_core::words::{Health, HealthReport, ServiceCatalog, Severity, TriageInput};
//! use lamplighter_sev_triage::SevTriage;
//! use lamplighter_testkit::context;
//! use lamplighter_testkit::objects::{cluster, deployment, node};
//! use lamplighter_testkit::scene::scene;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter_core::Result<()> {
//! let wiki = deployment("apps", "wiki").pods(|pod| pod.crash_looping(7));
//! let scene = scene(cluster().node(node("n1")).workload(wiki)).build();
//! let health = HealthReport { taken_at: scene.taken_at(), cluster: "example".to_owned(), checks: Vec::new() };
//! let input = TriageInput { report: None, scene: Arc::new(scene), health };
//!
//! let triage = SevTriage::new(ServiceCatalog::default()).run(&context("example"), input).await?;
//! assert_eq!((triage.health, triage.severity), (Health::Down, Some(Severity::Sev2)));
//! assert_eq!(triage.services, ["apps/wiki"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Rules
//! - Severity comes from what is observed, never from the reporter's words: of the report only the names in it
//!   are used, to know what it is about.
//! - Something is healthy only when two independent sources say so, the cluster and a monitor outside of it.
//!   Anything less is inconclusive.
//! - What is in no catalog is important, unless well-known labels say that it is critical ([`role_of`]).
//!
//! What is deliberately not here: reading anything (adapters, before), looking for the cause (the
//! specialists), proposing a change.

mod agent;
mod domains;
mod evidence;
mod facts;
mod health;
mod leads;
mod member;
mod outside;
mod probed;
mod question;
mod roles;
mod service;
mod settings;
mod severity;
mod survey;
mod tables;
mod trigger;

#[cfg(test)]
mod tests;

pub use agent::SevTriage;
pub use roles::{Role, role_of};
pub use settings::TriageSettings;
