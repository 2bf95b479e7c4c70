//! Causes, concluded from words.

mod codes;
pub(crate) mod families;
mod phrases;

use lamplighter_core::diagnosis::Cause;

pub(crate) use phrases::{Item, Phrases};

/// What a phrase speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Concept {
    /// A cause of the core's table.
    Code(Cause),
    /// A family, by its code.
    Family(&'static str),
}

impl Concept {
    /// The one with this code, in any case, with `-` or `_`.
    pub(crate) fn of_code(code: &str) -> Option<Self> {
        let wanted = code.trim().to_lowercase();
        let as_cause = wanted.replace('-', "_");
        let as_family = wanted.replace('_', "-");
        let cause = Cause::ALL.iter().find(|cause| cause.code() == as_cause);
        let family = || families::all().find(|(code, ..)| *code == as_family);
        cause.map(|cause| Self::Code(*cause)).or_else(|| family().map(|(code, ..)| Self::Family(code)))
    }

    /// Its code.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Code(cause) => cause.code(),
            Self::Family(code) => code,
        }
    }

    /// What it is, in a few words for a person.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Code(cause) => cause.meaning().trim_end_matches('.'),
            Self::Family(code) => {
                families::all().find(|(name, ..)| *name == code).map_or(code, |(_, meaning, _)| *meaning)
            }
        }
    }
}
