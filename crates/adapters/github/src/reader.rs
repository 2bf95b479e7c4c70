use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;
use lamplighter_core::Result;
use lamplighter_core::ports::{ClosedIssue, ClosedIssues, IssueReader};
use lamplighter_core::words::{FiledIssue, IssueNumber, Label, Login, Permission, PostedComment};

use crate::path::{encoded, is_login};
use crate::transport::Ask;
use crate::wire::{Collaborator, Issue};
use crate::{GithubError, GithubIssues};

#[async_trait]
impl IssueReader for GithubIssues {
    async fn issue(&self, number: IssueNumber) -> Result<FiledIssue> {
        let us = self.api.login().await?;
        Ok(self.get(number).await?.filed(&us))
    }

    async fn comments(&self, number: IssueNumber) -> Result<Vec<PostedComment>> {
        let us = self.api.login().await?;
        Ok(self.said(number).await?.into_iter().map(|comment| comment.posted(&us)).collect())
    }

    /// On a public repository anybody may read.
    async fn permission(&self, login: &Login) -> Result<Permission> {
        if !is_login(login) {
            return Ok(Permission::None);
        }
        let path = self.path(&format!("collaborators/{}/permission", encoded(login.as_str())));
        match self.api.read::<Collaborator>(&Ask::get(path, format!("permission of {login}"))).await {
            Ok(collaborator) => Ok(collaborator.permission()),
            Err(GithubError::NotFound { .. }) => Ok(Permission::None),
            Err(error) => Err(error.into()),
        }
    }

    async fn open_issues(&self, labels: &BTreeSet<Label>) -> Result<Vec<FiledIssue>> {
        let us = self.api.login().await?;
        let mut issues = self.open(&narrowed(labels)).await?;
        issues.retain(|issue| has_all(issue, labels));
        Ok(issues.into_iter().map(|issue| issue.filed(&us)).collect())
    }

    async fn ourselves(&self) -> Result<Login> {
        self.login().await
    }
}

#[async_trait]
impl ClosedIssues for GithubIssues {
    async fn closed_issues(&self, labels: &BTreeSet<Label>, since: Timestamp) -> Result<Vec<ClosedIssue>> {
        let us = self.api.login().await?;
        // GitHub goes by the last change of an issue, which is its closing or later.
        let touched = self.closed(since, &narrowed(labels)).await?;
        let closed = touched.into_iter().filter(|issue| has_all(issue, labels)).filter_map(|issue| {
            let closed_at = issue.closed_at().filter(|at| *at >= since)?;
            Some(ClosedIssue { issue: issue.filed(&us), closed_at })
        });
        let mut closed: Vec<_> = closed.collect();
        closed.sort_by_key(|one| std::cmp::Reverse((one.closed_at, one.issue.number)));
        Ok(closed)
    }
}

/// The labels as a part of a query.
fn narrowed(labels: &BTreeSet<Label>) -> String {
    // A comma parts labels in the query; a label that has one is looked for here alone.
    let plain: Vec<String> = labels.iter().filter(|name| !name.contains(',')).map(|name| encoded(name)).collect();
    if plain.is_empty() { String::new() } else { format!("&labels={}", plain.join(",")) }
}

fn has_all(issue: &Issue, labels: &BTreeSet<Label>) -> bool {
    labels.iter().all(|name| issue.labels().any(|known| is_same(known, name)))
}

/// Labels are the same whatever their case.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}
