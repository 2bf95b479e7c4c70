//! Post-mortems as documents.
//!
//! [`PostMortem`] is what could be read of one, in whatever shape its author chose, with its [`ActionItem`]s.
//!
//! What it deliberately does not do: it reads no file and no clock, and judges nothing.

mod action_item;
mod post_mortem;

pub use action_item::{ActionItem, ActionKind, ItemStatus, Priority};
pub use post_mortem::{Field, Link, Part, PostMortem, Section, Unread};
