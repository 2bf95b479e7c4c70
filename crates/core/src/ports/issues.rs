use std::collections::BTreeSet;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::words::{FiledIssue, IssueNumber, Label, Login, Permission, PostedComment};

/// Reading a tracker.
#[async_trait]
pub trait IssueReader: Send + Sync {
    /// The issue, its words locked.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is none of this number.
    async fn issue(&self, number: IssueNumber) -> Result<FiledIssue>;

    /// Its comments, oldest first, their words locked.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no issue of this number.
    async fn comments(&self, number: IssueNumber) -> Result<Vec<PostedComment>>;

    /// What somebody may do. Somebody unknown may do nothing: [`Permission::None`], not an error.
    ///
    /// # Errors
    /// When the tracker cannot say; the caller then trusts nobody.
    async fn permission(&self, login: &Login) -> Result<Permission>;

    /// The open issues that carry all of these labels, by number.
    ///
    /// # Errors
    /// When the tracker cannot say.
    async fn open_issues(&self, labels: &BTreeSet<Label>) -> Result<Vec<FiledIssue>>;

    /// What is there and cannot be understood, a sentence for each, for the operator. It is in no list, so that who has to
    /// know of every issue asks for this too.
    ///
    /// # Errors
    /// When the tracker cannot say.
    async fn left_out(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    /// Who we are there: the author of what the tracker's writer writes.
    ///
    /// # Errors
    /// When the tracker cannot say.
    async fn ourselves(&self) -> Result<Login>;
}

/// Why an issue is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// It is done.
    Completed,
    /// There was nothing to do.
    NotPlanned,
}

/// An issue that we file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewIssue {
    /// The title.
    pub title: String,
    /// The body, in Markdown.
    pub body: String,
    /// The labels.
    pub labels: BTreeSet<Label>,
}

/// Writing to a tracker. Nothing here alters infrastructure, so no approval is asked; in a dry run the
/// issue is answered like in any other.
#[async_trait]
pub trait IssueWriter: Send + Sync {
    /// Comments once.
    ///
    /// # Idempotency
    /// By `key`: if a comment of ours with this key stands on the issue, nothing is posted. The key
    /// travels in the comment as a hidden marker, `<!-- lamplighter:KEY -->` on its last line, so that the
    /// question can be asked of the tracker after a crash. Somebody else's comment with the same marker
    /// is not ours.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no issue of this number.
    async fn comment(&self, number: IssueNumber, key: &str, body: &str) -> Result<()>;

    /// Adds and removes labels in one go. Idempotent: labels are a set; removing one that is not there
    /// is no error.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no issue of this number.
    async fn relabel(&self, number: IssueNumber, add: &BTreeSet<Label>, remove: &BTreeSet<Label>) -> Result<()>;

    /// Assigns somebody. Idempotent.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no issue of this number.
    async fn assign(&self, number: IssueNumber, login: &Login) -> Result<()>;

    /// Closes it. Idempotent: closing a closed one is no error and changes nothing.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no issue of this number.
    async fn close(&self, number: IssueNumber, reason: CloseReason) -> Result<()>;

    /// Files an issue once.
    ///
    /// # Idempotency
    /// By `key`, as for comments: an open issue of ours with this key is the answer.
    ///
    /// # Errors
    /// When the tracker cannot be written.
    async fn file(&self, key: &str, issue: &NewIssue) -> Result<IssueNumber>;
}
