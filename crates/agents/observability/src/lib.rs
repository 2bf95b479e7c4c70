//! Reads alerts, metrics and monitors, and says what they missed (SPEC §5, observability).
//!
//! [`Observability`] examines a [`Scene`](lamplighter_core::diagnosis::Scene): alerts and anomalies become findings on
//! the objects that they are about, errors are followed down the calls to where they begin, and what is down without
//! anybody being told is a gap of detection.
//!
//! ```
//! use lamplighter_core::diagnosis::{Cause, Signal};
//! use lamplighter_observability::Observability;
//! use lamplighter_testkit::objects::{cluster, deployment, node};
//! use lamplighter_testkit::scene::scene;
//!
//! let cluster = cluster().node(node("n1")).workload(deployment("apps", "wiki")).workload(deployment("apps", "store"));
//! let failing = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5];
//! let scene = scene(cluster)
//!     .app_series(Signal::SuccessRatio, "apps", "wiki", &failing)
//!     .app_series(Signal::SuccessRatio, "apps", "store", &failing)
//!     .call("wiki", "store")
//!     .build();
//!
//! let report = Observability::new().examine(&scene);
//! assert_eq!(report.causes[0].cause, Cause::ServerErrors);
//! assert_eq!(report.causes[0].culprit.to_string(), "app/store");
//! ```
//!
//! It deliberately does not explain what sre, network and the others have better evidence for, it asks no metrics
//! server itself, and it changes nothing.

mod agent;
mod rules;
mod subjects;

#[cfg(test)]
mod tests;

pub use agent::Observability;
