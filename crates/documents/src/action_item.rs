use serde::{Deserialize, Serialize};

use crate::safety;

/// Something that a post-mortem says should be done: a row of a table, or a line of a check list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionItem {
    /// Its line in the document, from 1.
    pub line: usize,
    /// How soon, where the row or the heading above it says so.
    pub priority: Option<Priority>,
    /// What to do.
    pub action: String,
    /// Of what kind it is.
    #[serde(rename = "type")]
    pub kind: Option<ActionKind>,
    /// Whether the kind was concluded from the words, because nothing says it.
    #[serde(rename = "type_inferred")]
    pub is_kind_inferred: bool,
    /// The rest that it says.
    pub details: String,
    /// How far it is.
    pub status: ItemStatus,
    /// Who should do it, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

impl ActionItem {
    /// Whether it may be tried without a person (SPEC §5, todo-resolver). What is tried is planned and judged all the same.
    ///
    /// A row that says its kind is taken at its word, unless it speaks of what cannot be undone, or, being a setting, of data
    /// or secrets. A kind that was concluded counts only where the action itself says clearly that it is one of the safe
    /// ones and nothing else, and a setting then must not be of the platform either. An alert may be about anything: what it
    /// watches is not changed by it. What is done or dropped is not tried at all.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        self.status.is_open()
            && self.kind.is_some_and(|kind| safety::is_safe(kind, self.is_kind_inferred, &self.action, &self.details))
    }
}

/// How soon something should be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Priority {
    /// Prevents this exact failure.
    P0,
    /// Reduces the blast radius.
    P1,
    /// Is noticed faster.
    P2,
    /// Improves resilience.
    P3,
}

/// The kinds of action items (SPEC §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ActionKind {
    Alert,
    Config,
    Monitor,
    Architecture,
    Investigation,
    Runbook,
    Migration,
}

impl ActionKind {
    /// Whether it may be done without a person.
    #[must_use]
    pub const fn is_safe(self) -> bool {
        matches!(self, Self::Alert | Self::Config | Self::Monitor)
    }
}

/// How far an action item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemStatus {
    /// Nobody has begun.
    Todo,
    /// Somebody is at it.
    InProgress,
    /// It is done.
    Done,
    /// It will not be done.
    Dropped,
    /// The document does not say.
    Unknown,
}

impl ItemStatus {
    /// Whether it may still be to do: it is neither done nor dropped.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Done | Self::Dropped)
    }
}
