//! Remembers past incidents (SPEC §5, sev-historian).
//!
//! [`SevHistorian`] answers whether this has happened before, when, what was done, what should have been done and was not,
//! whether the trouble is a known one, what depends on what is affected, and whether it becomes more frequent.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_core::ports::ArchivedDocument;
//! use lamplighter_sev_historian::{Index, Library, Search};
//!
//! let document = |path: &str, text: &str| ArchivedDocument { path: path.to_owned(), text: text.to_owned() };
//! let archive = [
//!     document("a.md", "# The wiki was killed\n\n## Root Cause\n\nThe cache grew without bound until it was OOMKilled."),
//!     document("b.md", "# The shop showed a warning\n\n## Root Cause\n\nIts certificate had expired."),
//!     document("c.md", "# Slow search\n\n## Root Cause\n\nA lock was held by a migration."),
//! ];
//! let (library, _) = Library::default().refreshed(&archive);
//! let index = Index::new(Arc::new(library));
//!
//! let found = index.search("a container runs out of memory, exit code 137", &Search::default());
//! assert_eq!(found[0].path, "a.md");
//! assert!(found[0].why[0].contains("oom_killed"), "{:?}", found[0].why);
//! assert!(index.search("the printer is out of paper", &Search::default()).is_empty());
//! ```
//!
//! # How it finds
//! - [`Library`] reads documents into terms: stems, names of things, pairs of words, services, and causes that are concluded
//!   from phrases. Sentences that many documents share word for word are a template's, and are not counted.
//! - [`Index`] ranks by BM25F over fields, beside how well both texts answer themselves. The cause, the services and the
//!   title that both have strengthen what is alike, and links say it outright.
//! - Where too little that says something is shared, or one word alone, nothing is relevant, and then there is no answer.
//!   No number was learned from an archive; each is beside its reason in the source.
//!
//! What is deliberately not here: files (the archive is a port, and where a library is kept is the caller's matter), a
//! clock, and a language model.

mod agent;
mod causes;
mod entry;
mod error;
mod facts;
mod field;
mod index;
mod kind;
mod library;
mod links;
mod notes;
mod query;
mod ranking;
mod reasons;
mod recall;
mod relevance;
mod said;
mod services;
mod stats;
mod terms;
mod text;
mod trend;

pub use agent::SevHistorian;
pub use error::LibraryError;
pub use index::Index;
pub use library::{Library, Refresh};
pub use query::Search;
pub use stats::{Disagreement, Stats};
