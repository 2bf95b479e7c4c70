//! Looks for causes in what was deployed: rollouts, images, quotas and recent changes (SPEC §5, specialists).
//!
//! [`Deploy`] examines a [`Scene`](lamplighter_core::diagnosis::Scene) with a set of small rules, one file each below
//! `rules/`, and gives a [`SpecialistReport`](lamplighter_core::diagnosis::SpecialistReport) with what it saw and the
//! causes that it names.
//!
//! ```
//! use lamplighter_core::diagnosis::Cause;
//! use lamplighter_deploy::Deploy;
//! use lamplighter_testkit::objects::{cluster, deployment, node};
//! use lamplighter_testkit::scene::scene;
//!
//! let said = "rpc error: code = NotFound desc = failed to resolve reference \"registry.example/wiki:9\": not found";
//! let wiki = deployment("apps", "wiki").pods(move |pod| pod.waiting("ErrImagePull", said));
//! let report = Deploy::new().examine(&scene(cluster().node(node("n1")).workload(wiki)).build());
//! assert_eq!(report.causes[0].cause, Cause::IncorrectImageReference);
//! assert_eq!(report.causes[0].culprit.to_string(), "app/wiki");
//! ```
//!
//! What is deliberately not here: reading anything (adapters, before), why no node takes a pod (platform), why a
//! container that has started fails (sre), service accounts and certificates (security), and weighing these causes
//! against those of other specialists.

mod agent;
mod apps;
mod images;
mod pulls;
mod quotas;
mod references;
mod refusals;
mod rules;
mod wording;

pub use agent::Deploy;
