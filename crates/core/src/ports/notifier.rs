use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::words::{IssueNumber, Severity};

/// A message to the people on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// One line.
    pub title: String,
    /// The rest, in Markdown.
    pub body: String,
    /// How bad it is, where that is known.
    pub severity: Option<Severity>,
    /// The issue.
    pub issue: IssueNumber,
}

/// Calling a person.
#[async_trait]
pub trait Notifier: Send + Sync {
    /// Sends a notice once.
    ///
    /// # Idempotency
    /// By `key`, as far as the receiver allows: a notice may arrive twice after a crash, and is never lost.
    ///
    /// # Errors
    /// When it could not be delivered.
    async fn notify(&self, key: &str, notice: &Notice) -> Result<()>;
}
