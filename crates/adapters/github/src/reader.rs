use std::collections::BTreeSet;

use async_trait::async_trait;
use lamplighter_core::Result;
use lamplighter_core::ports::IssueReader;
use lamplighter_core::words::{FiledIssue, IssueNumber, Label, Login, Permission, PostedComment};

use crate::path::{encoded, is_login};
use crate::transport::Ask;
use crate::wire::Collaborator;
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
        // A comma parts labels in the query; a label that has one is looked for here alone.
        let plain: Vec<String> = labels.iter().filter(|name| !name.contains(',')).map(|name| encoded(name)).collect();
        let query = if plain.is_empty() { String::new() } else { format!("&labels={}", plain.join(",")) };
        let mut issues = self.open(&query).await?;
        issues.retain(|issue| labels.iter().all(|name| issue.labels().any(|known| is_same(known, name))));
        Ok(issues.into_iter().map(|issue| issue.filed(&us)).collect())
    }

    async fn ourselves(&self) -> Result<Login> {
        self.login().await
    }
}

/// Labels are the same whatever their case.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}
