//! The architecture, held by tests: which crate may use which, what things are called, what a file may contain.
//!
//! These read the tree itself, with `cargo metadata` and `git ls-files`, and build nothing.
#![expect(clippy::expect_used, reason = "a test that cannot read the tree has failed")]

mod docs;
mod files;
mod layering;
mod naming;
mod source;
