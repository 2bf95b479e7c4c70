//! Fakes of every port, contract suites that fakes and adapters both pass, and the simulated world.
//!
//! - [`context`] makes the [`Context`](lamplighter_core::Context) that a test hands to an agent.
//! - [`contract`] has the suites that say what a port promises; every fake and every adapter passes them.
//! - [`approve`] gives the approvals that ports which execute ask for.
//! - [`objects`] has builders of Kubernetes objects.
//! - [`fakes`] has one fake for each port. Each can be told to fail and remembers what it was asked.
//! - `world` is a simulated cluster that speaks the Kubernetes API (feature `world`, on by default),
//!   and a GitHub that is played.
//! - `servers` starts real servers for a test (feature `servers`).
//! - `openapi` holds requests and answers to GitHub's description of its API (feature `openapi`).
//!
//! ```
//! use lamplighter_testkit::context;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter_core::Result<()> {
//! let cx = context("issue/42");
//! let before = cx.now();
//! cx.clock().sleep(std::time::Duration::from_secs(3600)).await;
//! assert_eq!(cx.now().duration_since(before).as_hours(), 1, "an hour has passed, and no time at all");
//! # Ok(())
//! # }
//! ```
//!
//! What is deliberately not here: anything that a program outside of tests and demonstrations would use.

mod approval;
mod context;
pub mod contract;
pub mod fakes;
pub mod objects;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod scene;
#[cfg(feature = "servers")]
pub mod servers;
#[cfg(feature = "world")]
pub mod world;

pub use approval::{
    approve, approve_commit, approve_monitor, approve_plan, approve_restart, approve_scaling, proposal,
};
pub use context::{ContextBuilder, context};
