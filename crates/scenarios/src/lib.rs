//! Plays the scenarios: an issue, a world, stacks, and how it is expected to end.
//!
//! A scenario is a folder below `scenarios/` in the repository. [`Scenario::stage`] lays it out in a folder of
//! its own: a real git repository with its stacks, applied once with the real Terraform; the issue in a
//! folder tracker; a configuration; and the simulated cluster over loopback HTTP. [`Stage::play`] then answers
//! the issue exactly as `lamplighter respond` would. [`Scenario::serve`] adds a GitHub, a Vault and a running service, and
//! files the issue there.
//!
//! ```no_run
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let scenario = lamplighter_scenarios::find("stuck-pod").ok_or("no such scenario")?;
//! let stage = scenario.stage(std::path::Path::new("/tmp/stuck-pod")).await?;
//! let outcome = stage.play(|builder| builder).await?;
//! assert_eq!(outcome.resolution, scenario.expected.resolution);
//! # Ok(())
//! # }
//! ```
//!
//! What it deliberately does not do: judge. It reports the outcome; the demo shows it and the tests assert it.

mod error;
mod scenario;
mod served;
mod stage;

pub use error::ScenarioError;
pub use scenario::{Expected, Scenario, all, find};
pub use served::{REPOSITORY, Served};
pub use stage::{Stage, respond};
