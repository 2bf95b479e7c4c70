//! How well past incidents are found: an archive with questions whose answers are known, and searches to compare.

mod full_text;
mod plain;
mod questions;
mod reports;
mod score;

pub use full_text::FullText;
pub use plain::PlainBm25;
pub use questions::{Question, Questions};
pub use reports::reports;
pub use score::Score;
