//! The stages of the incident path, in the order of SPEC §1.4.

mod classify;
mod investigate;
mod remedy;
mod verify;

pub(crate) use classify::Classify;
pub(crate) use investigate::Investigate;
pub(crate) use remedy::Remedy;
pub(crate) use verify::Verify;
