//! The status page as files.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a failing test says where")]

mod any;
#[path = "../support/atom.rs"]
mod atom;
mod browser;
mod files;
mod formats;
mod truth;
mod world;
