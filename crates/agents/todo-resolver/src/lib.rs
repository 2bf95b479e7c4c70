//! The todo-resolver: does what a post-mortem says should be done, where that is safe, and lists the rest for people.
//!
//! Items that are still to do are taken in the order of their priority. Of those of the types Config and Monitor it does what
//! leaves nothing open: raise a limit, a request or a number of replicas of a workload that is named to a value that is
//! named, and watch an address that is named. Each is planned, judged by the guardrails, applied and committed by itself; its
//! row is marked as done with the commit. Everything else stands in the document's Follow-up Implementation table, with why a
//! person has to look. SPEC §5, todo-resolver.
//!
//! What it deliberately does not do: put drafts of alerts or of Terraform into files (text never becomes code), lower
//! anything, and take up an item that does not say that it is still to do.

mod resolver;
mod wanted;

pub use resolver::{ResolvedItem, TodoOutcome, TodoRequest, TodoResolver};
