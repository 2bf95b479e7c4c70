//! Has a post-mortem written: triage, specialists, historian, writer, one after the other (SPEC §5).
//!
//! [`PostMortem`] is put together from agents, so that a service that embeds it brings its own. Each stage has a budget and
//! a time of its own and is journalled: a restart goes on with the stage that had not ended. A specialist or a stage that
//! fails, hangs or panics is named in the report; only the writer is needed.
//!
//! ```
//! use lamplighter_core::agent::{Agent, AgentExt};
//! use lamplighter_core::words::{Incident, WrittenPostMortem};
//! use lamplighter_core::{Context, Result};
//! use lamplighter_post_mortem::{PostMortem, PostMortemRequest};
//! use lamplighter_testkit::context;
//!
//! /// A writer of few words.
//! struct Laconic;
//!
//! #[lamplighter_core::async_trait]
//! impl Agent for Laconic {
//!     type Input = Incident;
//!     type Output = WrittenPostMortem;
//!
//!     fn name(&self) -> &str {
//!         "laconic"
//!     }
//!
//!     async fn run(&self, _: &Context, incident: Incident) -> Result<WrittenPostMortem> {
//!         Ok(WrittenPostMortem { name: "x.md".to_owned(), title: incident.title, text: "It failed.\n".to_owned() })
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! let incident = Incident { title: "Wiki shows 502".to_owned(), ..Incident::default() };
//! let written = PostMortem::new(Laconic.boxed()).run(&context("example"), PostMortemRequest::new(incident)).await?;
//! assert_eq!(written.title, "Wiki shows 502");
//! # Ok(())
//! # }
//! ```
//!
//! What it deliberately does not do: investigate, keep the document, speak on the issue.

mod member;
mod post_mortem;
mod question;
mod request;
mod settings;
mod stages;

pub use member::{Progress, StageState, StageWatcher};
pub use post_mortem::PostMortem;
pub use question::history_question;
pub use request::PostMortemRequest;
pub use settings::{PostMortemSettings, StageLimits};
