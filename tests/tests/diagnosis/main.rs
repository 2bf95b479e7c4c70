//! The diagnosis as a whole: on recorded incidents with known causes, where those are beside the repository.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a failing test says where, and a skipped one why")]

mod accuracy;
mod generality;
mod live;
mod metamorphic;
mod sample;
mod unseen;
