//! Carries out the commands that collaborators write in comments (SPEC §2): `/approve`, `/deny`, `/retry`, `/stop`,
//! `/status` and `/severity sevN`.
//!
//! [`Commander`] checks who wrote the comment before it reads it, does what it says, and answers once on the issue. What
//! somebody without write access wrote is not read and not answered.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_commander::{Comment, Commander, Effect};
//! use lamplighter_core::Agent;
//! use lamplighter_core::trust::Untrusted;
//! use lamplighter_core::words::Login;
//! use lamplighter_testkit::context;
//! use lamplighter_testkit::fakes::{FakeIssues, FakeStopSwitch};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter_core::Result<()> {
//! let issues = Arc::new(FakeIssues::new().collaborator("maria"));
//! let issue = issues.open("maria", "Wiki is down", "502 since 14:00", ["user-report"]);
//! let commander = Commander::new(issues.clone(), issues.clone(), Arc::new(FakeStopSwitch::new()));
//! let (author, body) = (Login::new("maria"), Untrusted::new("/retry".to_owned()));
//! let cx = context("command/1");
//! assert_eq!(commander.run(&cx, Comment { issue, author, at: cx.now(), body }).await?, Effect::Answer { again: false });
//! # Ok(())
//! # }
//! ```
//!
//! What it deliberately does not do: run anything. It answers the questions of other runs in the journal, labels and
//! comments, and says in its [`Effect`] what whoever drives the runs has to do next.

mod command;
mod commander;
mod replies;

pub use command::{Command, Mistake};
pub use commander::{Commander, Comment, Effect};
