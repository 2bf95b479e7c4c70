//! The words, traits, ports and combinators of Lamplighter.
//!
//! An [`Agent`] decides, over [ports] that adapters bring; [`Guardrails`] judge every
//! [`Change`](words::Change) that is proposed; only what they [approve](Approved) can be carried out, by the
//! [`Actuator`]. A [`Context`] gives a run its time, money, mode and journal.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_core::agent::{Agent, AgentExt};
//! use lamplighter_core::{Context, Result};
//! use lamplighter_testkit::context;
//!
//! struct Length;
//!
//! #[lamplighter_core::async_trait]
//! impl Agent for Length {
//!     type Input = String;
//!     type Output = usize;
//!
//!     fn name(&self) -> &str {
//!         "length"
//!     }
//!
//!     async fn run(&self, _cx: &Context, input: String) -> Result<usize> {
//!         Ok(input.chars().count())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! let agent = Length.journalled("length").map(|n| n * 2);
//! assert_eq!(agent.run(&context("example"), "wick".to_owned()).await?, 8);
//! # Ok(())
//! # }
//! ```
//!
//! What is deliberately not here: any I/O, any SDK, a runtime, a clock, a language model.

mod actuator;
pub mod agent;
mod budget;
mod clock;
pub mod cluster;
mod context;
pub mod delivery;
pub mod diagnosis;
mod error;
pub mod guardrail;
pub mod markdown;
pub mod plan;
pub mod ports;
mod reach;
mod redact;
pub mod runs;
pub mod trust;
pub mod waiting;
pub mod words;

pub use actuator::{Actuator, Carried, Done};
pub use agent::{Agent, AgentExt, BoxAgent, Classification, Classifier, Flow, Pipeline};
pub use async_trait::async_trait;
pub use budget::{Budget, Reservation, Usd};
pub use clock::{Clock, utc};
pub use context::{Context, Mode, RunKey};
pub use error::{BoxError, Error, ErrorKind, Result};
pub use guardrail::{Approved, ApprovedAction, Guardrail, Guardrails, Proposal, Refusal, RefusalKind, Verdict};
pub use reach::unreachable_in_public;
pub use redact::redact;
pub use tokio_util::sync::CancellationToken;
