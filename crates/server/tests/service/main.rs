//! The service over real sockets: what GitHub sends, what pipelines ask, and what attackers try.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod api;
mod attacks;
mod bench;
mod ending;
mod opening;
mod page;
mod status;
mod webhooks;
