//! Writes the post-mortem of an incident (SPEC §7).
//!
//! [`SevReportWriter`] is given the facts of an [`Incident`](lamplighter_core::words::Incident) and writes Markdown: the
//! answer first, in short sentences. Every claim names the evidence that it rests on, `[E1]`, which stands in the raw data
//! at the end. The prevention plan comes from a table of causes, each with what prevents it, what keeps it small, what
//! notices it and what makes it easier the next time; its rows name the place, and carry a draft where the evidence shows
//! what it needs.
//!
//! ```
//! use lamplighter_core::Agent;
//! use lamplighter_core::words::{Incident, IssueNumber, Severity};
//! use lamplighter_sev_report_writer::SevReportWriter;
//! use lamplighter_testkit::context;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter_core::Result<()> {
//! let incident = Incident {
//!     issue: Some(IssueNumber(7)),
//!     title: "Wiki shows 502".to_owned(),
//!     severity: Some(Severity::Sev2),
//!     ..Incident::default()
//! };
//! let written = SevReportWriter::new().run(&context("example"), incident).await?;
//! assert_eq!(written.name, "1970-01-01-wiki-shows-502.md");
//! assert!(written.text.starts_with("# Wiki shows 502\n"));
//! # Ok(())
//! # }
//! ```
//!
//! What it deliberately does not do: look at anything, keep the document, decide anything. Given the same facts it writes
//! the same bytes.

mod agent;
mod evidence;
mod moments;
mod name;
mod prevention;
mod sections;
mod wording;

pub use agent::SevReportWriter;
