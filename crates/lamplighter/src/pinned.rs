use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::Result;
use lamplighter_core::ports::{Inbox, IssueReader};
use lamplighter_core::words::{FiledIssue, IssueNumber, Label, Login, Permission, PostedComment};

/// A tracker whose issues have the words that signed messages brought, where there are any.
///
/// A tracker may not say who has edited an issue, and may be asked between an edit and the news of it. A message says both,
/// and what it said first counts until another one says otherwise.
pub(crate) struct PinnedIssues {
    pub(crate) tracker: Arc<dyn IssueReader>,
    pub(crate) inbox: Arc<dyn Inbox>,
}

#[async_trait]
impl IssueReader for PinnedIssues {
    async fn issue(&self, number: IssueNumber) -> Result<FiledIssue> {
        let issue = self.tracker.issue(number).await?;
        let Some(words) = self.inbox.words(number).await? else { return Ok(issue) };
        Ok(FiledIssue {
            edited_by: Some(words.written_by).filter(|writer| *writer != words.author),
            author: words.author,
            text: words.text,
            // Words that people wrote are not ours, whatever marker is in them.
            key: None,
            ..issue
        })
    }

    async fn comments(&self, number: IssueNumber) -> Result<Vec<PostedComment>> {
        self.tracker.comments(number).await
    }

    async fn permission(&self, login: &Login) -> Result<Permission> {
        self.tracker.permission(login).await
    }

    async fn open_issues(&self, labels: &BTreeSet<Label>) -> Result<Vec<FiledIssue>> {
        self.tracker.open_issues(labels).await
    }

    async fn left_out(&self) -> Result<Vec<String>> {
        self.tracker.left_out().await
    }

    async fn ourselves(&self) -> Result<Login> {
        self.tracker.ourselves().await
    }
}
