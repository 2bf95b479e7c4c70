//! Looks for causes in certificates, access rights, service accounts and secret stores (SPEC §5, specialists).
//!
//! [`Security`] examines a [`Scene`](lamplighter_core::diagnosis::Scene) with a set of small rules, one file each below
//! `rules/`, and gives a [`SpecialistReport`](lamplighter_core::diagnosis::SpecialistReport) with what it saw and the
//! causes that it names.
//!
//! ```
//! use lamplighter_core::diagnosis::Cause;
//! use lamplighter_security::Security;
//! use lamplighter_testkit::objects::{cluster, deployment, node};
//! use lamplighter_testkit::scene::scene;
//!
//! let wiki = deployment("apps", "wiki").pods(|pod| pod.crash_looping(4));
//! let scene = scene(cluster().node(node("n1")).workload(wiki))
//!     .said("apps", "wiki", &["GET https://login.example/: x509: certificate has expired or is not yet valid"])
//!     .build();
//! let report = Security::new().examine(&scene);
//! assert_eq!(report.causes[0].cause, Cause::CertificateExpired);
//! ```
//!
//! What is deliberately not here: reading anything (adapters, before), secret values (never read at all), names and
//! passwords of databases (database), secrets that a pod uses and that do not exist (deploy), and weighing these
//! causes against those of other specialists.

mod agent;
mod apps;
mod rules;
mod wording;

pub use agent::Security;
