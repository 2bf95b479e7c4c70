use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::guardrail::{RefusalKind, Ruling};
use crate::words::{ChangeKey, ObjectRef};
use crate::{Result, RunKey};

/// One entry of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When (UTC).
    pub at: Timestamp,
    /// In which run.
    pub run: RunKey,
    /// What.
    #[serde(flatten)]
    pub event: AuditEvent,
}

/// What is written down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
#[non_exhaustive]
pub enum AuditEvent {
    /// The guardrails judged a change.
    Reviewed {
        /// Which.
        change: ChangeKey,
        /// The kind of action.
        action: String,
        /// To what.
        object: ObjectRef,
        /// The kind of refusal; `None` when it was approved.
        refused: Option<RefusalKind>,
        /// What each rule said.
        rulings: Vec<Ruling>,
    },
    /// An approved change is about to be carried out. Written before the first effect.
    Attempted {
        /// Which.
        change: ChangeKey,
        /// The kind of action.
        action: String,
        /// To what.
        object: ObjectRef,
        /// On whose issue.
        requested_by: Option<String>,
        /// Why.
        reason: String,
    },
    /// It was carried out.
    Executed {
        /// Which.
        change: ChangeKey,
        /// What came of it.
        outcome: String,
    },
    /// It could not be carried out, or not to its end.
    Failed {
        /// Which.
        change: ChangeKey,
        /// Why.
        error: String,
    },
    /// A decision of a run: routed, classified, escalated, closed.
    Decided {
        /// What was decided.
        decision: String,
        /// Why.
        reason: String,
    },
}

/// Which entries are wanted; `None` means all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditQuery {
    /// Only of this run.
    pub run: Option<RunKey>,
    /// Only at or after this time (UTC).
    pub since: Option<Timestamp>,
}

/// The append-only record of everything decided and done: who asked, which rules spoke, what was changed.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Appends an entry, durably.
    ///
    /// # Errors
    /// When it cannot be written; whoever wanted to act must then not act.
    async fn append(&self, entry: AuditEntry) -> Result<()>;

    /// The entries, oldest first.
    ///
    /// # Errors
    /// When the log cannot be read, or its entries are not what was appended
    /// ([`Corrupt`](crate::ErrorKind::Corrupt)).
    async fn entries(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>>;
}
