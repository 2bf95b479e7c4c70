//! Looks for why containers restart, fail their probes, or run short of CPU and memory (SPEC §5, sre).
//!
//! [`Sre`] examines a [`Scene`](lamplighter_core::diagnosis::Scene) and names out-of-memory kills, probes that ask the
//! wrong port, speak the wrong protocol or give too little time, crashes, CPU overload, memory leaks, and errors of a
//! server that nothing below it explains.
//!
//! ```
//! use lamplighter_core::diagnosis::Cause;
//! use lamplighter_sre::Sre;
//! use lamplighter_testkit::objects::{cluster, deployment, node};
//! use lamplighter_testkit::scene::scene;
//!
//! let wiki = deployment("apps", "wiki").memory_limit("64Mi").pods(|pod| pod.out_of_memory(4));
//! let scene = scene(cluster().node(node("n1")).workload(wiki)).build();
//!
//! let report = Sre::new().examine(&scene);
//! assert_eq!(report.causes[0].cause, Cause::OomKilled);
//! assert_eq!(report.causes[0].culprit.to_string(), "app/wiki");
//! ```
//!
//! It deliberately does not look at scheduling, images, volumes or networks (platform, deploy and network do), it
//! reads nothing itself, and it changes nothing.

mod agent;
mod containers;
mod listening;
mod probing;
mod rules;

#[cfg(test)]
mod tests;

pub use agent::Sre;
