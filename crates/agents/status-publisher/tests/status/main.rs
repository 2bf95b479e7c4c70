//! The publisher against fakes: a week in seconds, faults of every kind, and whose words are shown.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test says where")]

mod faults;
mod page;
mod week;
mod words;
mod world;
