//! The filters of the scheduler, gone through again for the pods that it could not place.

mod ask;
mod blame;
mod company;
mod hurdle;
mod site;
mod unplaced;
mod words;

pub(crate) use ask::Ask;
pub(crate) use blame::{Blame, blame};
pub(crate) use hurdle::Hurdle;
pub(crate) use site::{Place, Site};
pub(crate) use unplaced::{Unplaced, unplaced};
pub(crate) use words::Words;
