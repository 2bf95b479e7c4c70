//! What the historian remembers, and what it does not make up.
#![expect(clippy::unwrap_used, reason = "tests")]

mod archive;
mod library;
mod links;
mod measured;
mod properties;
mod questions;
mod severity;
mod templates;
