//! Lamplighter as a whole: real Terraform, real git, real SQLite, the simulated world over HTTP.

mod crash;
mod scenarios;
