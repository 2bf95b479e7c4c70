//! The families of causes that public post-mortems have, with the words that they are told in.

mod changes;
mod limits;
mod machines;
mod ways;

/// A family: its code, what it is called, and its phrases. The words of a phrase may stand in any order and a few words
/// apart, within a sentence.
pub(crate) type Family = (&'static str, &'static str, &'static str);

/// The families. A document may show several; which is its cause, its weight says.
pub(crate) fn all() -> impl Iterator<Item = &'static Family> {
    [changes::FAMILIES, limits::FAMILIES, ways::FAMILIES, machines::FAMILIES].into_iter().flatten()
}
