//! How the rules read a plan: what differs, what words a name is made of, what a path is.

mod amount;
mod difference;
mod manifest;
mod names;
mod path;

pub(crate) use amount::{amount, goes_up};
pub(crate) use difference::{Difference, Kind, computed_from_known, differences};
pub(crate) use manifest::manifest_kinds;
pub(crate) use names::{Name, names_secret, words};
pub(crate) use path::{components, is_below};
