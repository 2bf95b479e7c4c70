use std::collections::BTreeSet;

use async_trait::async_trait;
use http::Method;
use lamplighter_core::Result;
use lamplighter_core::markdown::shorten;
use lamplighter_core::ports::{CloseReason, IssueWriter, NewIssue};
use lamplighter_core::words::{IssueNumber, Label, Login};
use serde_json::json;

use crate::api::ATTEMPTS;
use crate::marker::marked;
use crate::path::{encoded, is_login};
use crate::reader::is_same;
use crate::transport::Ask;
use crate::wire::Issue;
use crate::{GithubError, GithubIssues};

/// How long a title may be, in characters; one less, for the ellipsis.
const TITLE: usize = 255;

#[async_trait]
impl IssueWriter for GithubIssues {
    async fn comment(&self, number: IssueNumber, key: &str, body: &str) -> Result<()> {
        let body = marked(body, key)?;
        let us = self.api.login().await?;
        let (path, what) = self.below(number, "/comments");
        let post = Ask::make(path, "comment on", what).with(json!({ "body": body }));
        let mut attempt = 1;
        while !self.said(number).await?.iter().any(|comment| comment.key(&us) == Some(key)) {
            let failure = match self.api.send(&post).await {
                Ok(answer) if answer.status == 201 => return Ok(()),
                Ok(answer) => GithubError::NotTheApi(format!("{} instead of 201 for a comment", answer.status)),
                Err(failure) => failure,
            };
            self.look_again(failure, attempt).await?;
            attempt += 1;
        }
        Ok(())
    }

    /// Takes away first, so that there are never two severities at once.
    async fn relabel(&self, number: IssueNumber, add: &BTreeSet<Label>, remove: &BTreeSet<Label>) -> Result<()> {
        let is_to_go = |name: &&Label| !add.iter().any(|kept| is_same(kept, name));
        let mut is_there = false;
        for name in remove.iter().filter(is_to_go) {
            is_there |= self.take_away(number, name).await?;
        }
        if !add.is_empty() {
            let (path, what) = self.below(number, "/labels");
            // Labels are a set, so that adding them twice is adding them.
            let ask = Ask::set(Method::POST, path, "label", what).with(json!({ "labels": add }));
            self.api.send(&ask).await?;
        } else if !is_there {
            self.get(number).await?;
        }
        Ok(())
    }

    /// Somebody who cannot be assigned is [`InvalidInput`](lamplighter_core::ErrorKind::InvalidInput), which is no reason
    /// to stop: the issue is as it was.
    async fn assign(&self, number: IssueNumber, login: &Login) -> Result<()> {
        let unassignable = || GithubError::Unassignable { login: login.to_string() };
        if !is_login(login) {
            return Err(unassignable().into());
        }
        let (path, what) = self.below(number, "/assignees");
        let ask = Ask::set(Method::POST, path, "assign", what.as_str()).with(json!({ "assignees": [login] }));
        // Whoever cannot be assigned is left out without a word.
        let issue: Issue = self.api.send(&ask).await?.read(201, &what)?;
        if issue.is_assigned(login) { Ok(()) } else { Err(unassignable().into()) }
    }

    async fn close(&self, number: IssueNumber, reason: CloseReason) -> Result<()> {
        // GitHub would give a closed one the new reason.
        if self.get(number).await?.is_closed() {
            return Ok(());
        }
        let reason = match reason {
            CloseReason::Completed => "completed",
            CloseReason::NotPlanned => "not_planned",
        };
        let (path, what) = self.below(number, "");
        let ask = Ask::set(Method::PATCH, path, "close", what);
        self.api.send(&ask.with(json!({ "state": "closed", "state_reason": reason }))).await?;
        Ok(())
    }

    async fn file(&self, key: &str, issue: &NewIssue) -> Result<IssueNumber> {
        let body = marked(&issue.body, key)?;
        let title: String = issue.title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let draft = json!({ "title": shorten(title.trim(), TITLE), "body": body, "labels": issue.labels });
        let us = self.api.login().await?;
        let what = "new issue";
        let post = Ask::make(self.path("issues"), "file a", what).with(draft);
        let mut attempt = 1;
        loop {
            if let Some(known) = self.open("").await?.iter().find(|known| known.key(&us) == Some(key)) {
                return Ok(IssueNumber(known.number));
            }
            let failure = match self.api.send(&post).await.and_then(|answer| answer.read::<Issue>(201, what)) {
                Ok(filed) => {
                    if issue.labels.iter().any(|wanted| !filed.labels().any(|label| is_same(label, wanted))) {
                        tracing::warn!(issue = filed.number, "GitHub has dropped labels; the token needs push access");
                    }
                    return Ok(IssueNumber(filed.number));
                }
                Err(failure) => failure,
            };
            self.look_again(failure, attempt).await?;
            attempt += 1;
        }
    }
}

impl GithubIssues {
    /// After a failure that leaves open whether something was made: waits, so that it can be looked for. Any other
    /// failure is the result.
    async fn look_again(&self, failure: GithubError, attempt: u32) -> Result<(), GithubError> {
        if !failure.is_open() || attempt == ATTEMPTS {
            return Err(failure);
        }
        tracing::debug!(attempt, reason = %failure, "looking whether GitHub has done it");
        self.api.pause(attempt).await;
        Ok(())
    }

    /// Takes a label away; whether the issue is known to be there.
    async fn take_away(&self, number: IssueNumber, label: &str) -> Result<bool, GithubError> {
        let (path, what) = self.below(number, &format!("/labels/{}", encoded(label)));
        // Either the label is not on the issue, or the issue is not there.
        match self.api.send(&Ask::set(Method::DELETE, path, "unlabel", what)).await {
            Ok(_) => Ok(true),
            Err(GithubError::NotFound { .. }) => Ok(false),
            Err(failure) => Err(failure),
        }
    }
}
