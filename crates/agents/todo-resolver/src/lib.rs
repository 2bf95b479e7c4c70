//! The todo-resolver: does what a post-mortem says should be done, where that is safe, and lists the rest for people.
//!
//! Items that are still to do are taken in the order of their priority. Of those of the types Config and Monitor it does what
//! leaves nothing open: raise a limit, a request or a number of replicas of a workload that is named to a value that is
//! named, and watch an address that is named. Each is planned, judged by the guardrails, applied and committed by itself; its
//! row is marked as done with the commit. Everything else stands in the document's Follow-up Implementation table, with why a
//! person has to look. SPEC §5, todo-resolver.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_core::delivery::Delivery;
//! use lamplighter_core::words::ServiceCatalog;
//! use lamplighter_core::{Actuator, Agent, Guardrails};
//! use lamplighter_testkit::context;
//! use lamplighter_testkit::fakes::{FakeCluster, FakeRepository, FakeStacks};
//! use lamplighter_testkit::objects::cluster;
//! use lamplighter_todo_resolver::{TodoRequest, TodoResolver};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter_core::Result<()> {
//! let text = "# Wiki down\n\n| Action | Type | Status |\n|---|---|---|\n| Two clusters | Architecture | TODO |\n";
//! let repository = FakeRepository::new().with_file("docs/post-mortems/wiki.md", text);
//! let delivery = Delivery { stacks: Arc::new(FakeStacks::new(repository.clone())), repository: Arc::new(repository) };
//! let actuator = Actuator::new(Guardrails::new(Vec::new()), Arc::new(FakeCluster::new(cluster())));
//! let resolver = TodoResolver::new(delivery, Arc::new(actuator), "docs/post-mortems", ServiceCatalog::default());
//!
//! let request = TodoRequest { path: "wiki.md".to_owned(), requested_by: None };
//! let outcome = resolver.run(&context("todos/wiki"), request).await?;
//! assert!(outcome.items[0].needs_review.as_deref().is_some_and(|why| why.contains("without a person")));
//! # Ok(())
//! # }
//! ```
//!
//! What it deliberately does not do: put drafts of alerts or of Terraform into files (text never becomes code), lower
//! anything, and take up an item that does not say that it is still to do.

mod resolver;
mod wanted;

pub use resolver::{ResolvedItem, TodoOutcome, TodoRequest, TodoResolver};
