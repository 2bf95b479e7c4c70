//! Lamplighter as a whole: real Terraform, real git, real SQLite, the simulated world over HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    reason = "a test fails by a panic and says why it left something out"
)]

mod crash;
mod scenarios;
mod service;
