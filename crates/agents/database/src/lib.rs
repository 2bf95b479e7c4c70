//! Looks for what is wrong with databases and with those who ask them (SPEC §5, database).
//!
//! [`Database`] examines a [`Scene`](lamplighter_core::diagnosis::Scene) and names exhausted connections, servers that
//! refuse to write, wrong credentials and ports, broken replication and full disks, by the words of `MySQL`, `MariaDB`,
//! `PostgreSQL`, Redis, `MongoDB` and their clients.
//!
//! ```
//! use lamplighter_core::diagnosis::Cause;
//! use lamplighter_database::Database;
//! use lamplighter_testkit::objects::{cluster, deployment, node, stateful_set};
//! use lamplighter_testkit::scene::scene;
//!
//! let store = stateful_set("apps", "store").image("registry.example.org/postgres:16");
//! let scene = scene(cluster().node(node("n1")).workload(store).workload(deployment("apps", "wiki")))
//!     .said("apps", "wiki", &["FATAL: sorry, too many clients already (SQLSTATE 53300)"])
//!     .build();
//!
//! let report = Database::new().examine(&scene);
//! assert_eq!(report.causes[0].cause, Cause::DbConnectionExhaustion);
//! assert_eq!(report.causes[0].culprit.to_string(), "app/store");
//! ```
//!
//! It deliberately does not connect to any database, it does not look at names and routes to one (network does), and
//! it changes nothing.

mod agent;
mod clients;
mod rules;
mod sayings;
mod servers;

#[cfg(test)]
mod tests;

pub use agent::Database;
