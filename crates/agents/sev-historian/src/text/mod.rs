//! From texts to terms.

mod numbers;
mod sentences;
mod stem;
mod stop;
mod synonyms;
mod tokens;
mod vocabulary;

pub(crate) use numbers::ByNumber;
pub(crate) use sentences::{Fingerprint, boilerplate, sentences};
pub(crate) use tokens::{Piece, pieces};
pub(crate) use vocabulary::{Term, TermKind, Vocabulary, Word, WordKind};
