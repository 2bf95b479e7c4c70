//! The simulated cluster, seen by its clients.

#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod crash_loops;
mod dependencies;
mod errors;
mod mishaps;
mod provider;
mod reading;
mod restarts;
mod scaling;
mod vault;
mod visit;
