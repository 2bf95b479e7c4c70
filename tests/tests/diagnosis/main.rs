//! The diagnosis as a whole: on recorded incidents with known causes, where those are beside the repository.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

mod accuracy;
mod generality;
mod live;
mod sample;
