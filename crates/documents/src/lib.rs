//! Post-mortems as documents.
//!
//! [`PostMortem::read`] reads one in whatever shape its author chose, with its [`ActionItem`]s. [`mark_done`] and
//! [`append_follow_ups`] change one, and no byte but those that are meant.
//!
//! ```
//! use lamplighter_documents::{ActionKind, ItemStatus, PostMortem, Priority};
//!
//! let text = "# Wiki down\n**Date:** 1 March 2026\n\n### P0 – Prevent this exact failure\n\n\
//!     | Action | Type | Details | Status |\n|---|---|---|---|\n| Raise the limit | Config | `wiki.tf:12` | TODO |\n";
//! let read = PostMortem::read("wiki.md", text);
//! let item = &read.action_items[0];
//! assert_eq!((item.priority, item.kind, item.status), (Some(Priority::P0), Some(ActionKind::Config), ItemStatus::Todo));
//! ```
//!
//! What it deliberately does not do: it reads no file and no clock, and judges nothing.

mod action_item;
mod claims;
mod dates;
mod decode;
mod edit;
mod elements;
mod embedded;
mod fields;
mod front_matter;
mod html;
mod items;
mod kinds;
mod parts;
mod post_mortem;
mod read;
mod reader;
mod safety;
mod table;
mod text;
mod wording;

pub use action_item::{ActionItem, ActionKind, ItemStatus, Priority};
pub use decode::decode;
pub use edit::{FollowUp, append_follow_ups, mark_done};
pub use post_mortem::{Field, Link, Part, PostMortem, Section, Unread};
