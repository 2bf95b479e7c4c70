//! Looks for why requests do not get to where they should, or get there slowly (SPEC §5, specialists).
//!
//! [`Network`] takes a [`Scene`](lamplighter_core::diagnosis::Scene) and names root causes with their evidence: a
//! service that selects no pods or forwards to the wrong port or protocol, an address in a workload's configuration
//! that leads nowhere, a name that does not resolve, a gateway that sends requests astray, two containers that want
//! one port, a network policy in the way, an ingress that nobody serves, and a network that is slow or loses packets.
//!
//! ```
//! use lamplighter_core::diagnosis::Cause;
//! use lamplighter_network::Network;
//! use lamplighter_testkit::objects::{cluster, deployment, node, service};
//! use lamplighter_testkit::scene::scene;
//!
//! let state = cluster()
//!     .node(node("n1"))
//!     .workload(deployment("apps", "wiki"))
//!     .service(service("apps", "wiki").selecting("wikki"));
//!
//! let report = Network::new().examine(&scene(state).build());
//! assert_eq!(report.causes[0].cause, Cause::ServiceSelectorMismatch);
//! assert_eq!(report.causes[0].culprit.to_string(), "app/wiki");
//! ```
//!
//! # Rules
//! - Live objects often agree with what was applied even where they are wrong. So the rules look for objects that
//!   contradict each other, a service and its pods, a service and its callers' configuration, and then ask which side
//!   the others agree with.
//! - A contradiction is a cause when somebody feels it: no endpoints, probes without an answer, failed connections in
//!   the logs of callers ([`ConnectionFailure`](lamplighter_core::diagnosis::ConnectionFailure)).
//! - That a name was not found while its service was still being made is old news, and no cause.
//! - Slowness is followed along who calls whom, and is nobody's network where the CPU explains it.
//!
//! What is deliberately not here: quotas that keep services from being made, pods that are not ready for reasons of
//! their own, databases that answer and refuse, certificates, the service proxy of a node. Objects of meshes and of
//! the Gateway API are not read. It reads nothing and changes nothing.

mod addresses;
mod agent;
mod agreement;
mod listening;
mod missing;
mod names;
mod policies;
mod routes;
mod rules;
mod slowness;
mod symptoms;

pub use agent::Network;
