use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::Result;
use crate::words::{FiledIssue, Label};

/// An issue that is closed, and since when.
#[derive(Debug, Clone)]
pub struct ClosedIssue {
    /// The issue, its words locked.
    pub issue: FiledIssue,
    /// When it was closed (UTC).
    pub closed_at: Timestamp,
}

/// Reading what a tracker has closed.
#[async_trait]
pub trait ClosedIssues: Send + Sync {
    /// The issues with all of these labels that were closed at this time or later and are closed still, the last closed
    /// first. One of which the tracker does not say when it was closed is left out.
    ///
    /// # Errors
    /// When the tracker cannot say.
    async fn closed_issues(&self, labels: &BTreeSet<Label>, since: Timestamp) -> Result<Vec<ClosedIssue>>;
}
