//! The adapter against a played Vault, whose clock it shares.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

mod contract;
mod faults;
mod freshness;
mod lifetimes;
mod logins;
mod property;
mod quiet;
mod real;
mod refusals;
mod support;
mod tls;
