use std::collections::BTreeSet;

use lamplighter_core::trust::Untrusted;
use lamplighter_core::words::{IssueNumber, IssueState, IssueText, Login};
use lamplighter_core::{Error, ErrorKind};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::marker::key_of;

use super::delivery::{Account, AccountKind, DeliveredComment, DeliveredIssue, DeliveredPush, Delivery};

/// The largest payload that GitHub sends, in bytes.
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap>
const LIMIT: usize = 25 << 20;
/// How long the name of an event or the id of a delivery may be, in bytes.
const NAME: usize = 100;

/// Why a payload is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PayloadError {
    /// A header that is not as GitHub sends it.
    #[error("{0} is not a header of GitHub's")]
    Header(&'static str),
    /// More than GitHub would send.
    #[error("the payload is larger than the 25 MiB that GitHub sends at most")]
    TooLarge,
    /// Not the JSON that it should be. What stands there is not repeated.
    #[error("the payload cannot be read from line {line}, column {column} on; is it sent as application/json?")]
    Unreadable {
        /// From which line on.
        line: usize,
        /// And from which column in it.
        column: usize,
    },
    /// An event about an issue that does not say which, or about a comment without one.
    #[error("the payload of {event} has no {lacks}")]
    Incomplete {
        /// The event.
        event: &'static str,
        /// What is not there.
        lacks: &'static str,
    },
}

impl From<PayloadError> for Error {
    fn from(error: PayloadError) -> Self {
        Self::new(ErrorKind::InvalidInput, error.to_string()).with_source(error)
    }
}

/// Reads a delivery whose signature was [checked](super::verify): `event` is `X-GitHub-Event`, `delivery` is
/// `X-GitHub-Delivery`. Fields that nobody needs are skipped without being built, however deep they go; optional ones
/// may be absent or null.
///
/// # Errors
/// [`PayloadError`].
pub fn parse(event: &str, delivery: &str, raw: &[u8]) -> Result<Delivery, PayloadError> {
    let is_name =
        |text: &str| !text.is_empty() && text.len() <= NAME && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_name(event) {
        return Err(PayloadError::Header("X-GitHub-Event"));
    }
    if !is_name(delivery) {
        return Err(PayloadError::Header("X-GitHub-Delivery"));
    }
    if raw.len() > LIMIT {
        return Err(PayloadError::TooLarge);
    }
    // Once for all is less than once for each string.
    let payload = match std::str::from_utf8(raw) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(raw),
    };
    let payload: Payload =
        payload.map_err(|error| PayloadError::Unreadable { line: error.line(), column: error.column() })?;
    let incomplete = |event, lacks| Err(PayloadError::Incomplete { event, lacks });
    match event {
        "issues" if payload.issue.is_none() => return incomplete("issues", "issue"),
        "issue_comment" if payload.issue.is_none() => return incomplete("issue_comment", "issue"),
        "issue_comment" if payload.comment.is_none() => return incomplete("issue_comment", "comment"),
        _ => {}
    }
    // In other events a `comment` may be one on a commit, and an `issue` something else yet.
    let is_ours = matches!(event, "issues" | "issue_comment");
    Ok(Delivery {
        event: event.to_owned(),
        action: payload.action,
        id: delivery.to_owned(),
        repository: payload.repository.and_then(|repository| repository.full_name),
        issue: payload.issue.filter(|_| is_ours).map(Issue::delivered),
        comment: payload.comment.filter(|_| is_ours).map(Comment::delivered),
        label: payload.label.and_then(|label| label.name),
        push: payload.pushed_ref.filter(|_| event == "push").map(|of| pushed(&of, payload.after, payload.commits)),
        sender: payload.sender.and_then(User::account),
        installation: payload.installation.and_then(|installation| installation.id),
    })
}

/// Only what is needed, and little of that required.
#[derive(Deserialize)]
struct Payload {
    action: Option<String>,
    repository: Option<Repository>,
    issue: Option<Issue>,
    comment: Option<Comment>,
    label: Option<Label>,
    sender: Option<User>,
    installation: Option<Installation>,
    #[serde(rename = "ref")]
    pushed_ref: Option<String>,
    after: Option<String>,
    commits: Option<Vec<Commit>>,
}

#[derive(Deserialize)]
struct Commit {
    added: Option<Vec<String>>,
    modified: Option<Vec<String>>,
    removed: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Repository {
    full_name: Option<String>,
}

#[derive(Deserialize)]
struct Issue {
    number: u64,
    title: Option<String>,
    body: Option<String>,
    user: Option<User>,
    #[serde(default)]
    labels: Option<Vec<Option<Label>>>,
    state: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
    pull_request: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Comment {
    id: u64,
    body: Option<String>,
    user: Option<User>,
    created_at: Option<String>,
}

#[derive(Deserialize)]
struct Label {
    name: Option<String>,
}

#[derive(Deserialize)]
struct User {
    login: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Installation {
    id: Option<u64>,
}

/// GitHub names commits oldest first, and the commit of a branch that is gone by zeros.
fn pushed(of: &str, after: Option<String>, commits: Option<Vec<Commit>>) -> DeliveredPush {
    let mut files = BTreeSet::new();
    for commit in commits.into_iter().flatten() {
        for removed in commit.removed.iter().flatten() {
            files.remove(removed);
        }
        files.extend([commit.added, commit.modified].into_iter().flatten().flatten());
    }
    DeliveredPush {
        branch: of.strip_prefix("refs/heads/").map(str::to_owned),
        head: after.filter(|head| head.bytes().any(|digit| digit != b'0')),
        files,
    }
}

impl Issue {
    fn delivered(self) -> DeliveredIssue {
        let labels = self.labels.into_iter().flatten().flatten().filter_map(|label| label.name);
        DeliveredIssue {
            number: IssueNumber(self.number),
            author: self.user.and_then(User::account),
            labels: labels.collect(),
            state: if self.state.as_deref() == Some("closed") { IssueState::Closed } else { IssueState::Open },
            created_at: self.created_at.and_then(|text| text.parse().ok()),
            updated_at: self.updated_at.and_then(|text| text.parse().ok()),
            is_pull_request: self.pull_request.is_some(),
            is_keyed: self.body.as_deref().is_some_and(|body| key_of(body).is_some()),
            text: Untrusted::new(IssueText {
                title: self.title.unwrap_or_default(),
                body: self.body.unwrap_or_default(),
            }),
        }
    }
}

impl Comment {
    fn delivered(self) -> DeliveredComment {
        let body = self.body.unwrap_or_default();
        DeliveredComment {
            id: self.id.to_string(),
            is_keyed: key_of(&body).is_some(),
            may_command: body.lines().any(|line| line.trim_start().starts_with('/')),
            author: self.user.and_then(User::account),
            created_at: self.created_at.and_then(|text| text.parse().ok()),
            body: Untrusted::new(body),
        }
    }
}

impl User {
    fn account(self) -> Option<Account> {
        let kind = match self.kind.as_deref() {
            Some("User") => AccountKind::User,
            Some("Bot") => AccountKind::Bot,
            Some("Organization") => AccountKind::Organization,
            _ => AccountKind::Other,
        };
        Some(Account { login: Login::new(self.login?), kind })
    }
}
