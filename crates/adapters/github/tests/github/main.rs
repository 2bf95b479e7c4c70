//! The issues of a GitHub that is played, on good days and on bad ones.
#![expect(clippy::expect_used, reason = "these are tests")]

mod auth;
mod contract;
mod edges;
mod faults;
mod limits;
mod secrecy;
mod visit;
