//! GitHub, played, as a client without a library finds it.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

mod auth;
mod deliveries;
mod limits;
mod rules;
mod surface;
mod trouble;
mod visit;
