//! What we read of GitHub's answers: only what is needed, and little of that required.

use jiff::Timestamp;
use lamplighter_core::trust::Untrusted;
use lamplighter_core::words::{FiledIssue, IssueNumber, IssueState, IssueText, Login, Permission, PostedComment};
use serde::Deserialize;

use crate::marker::key_of;

/// Whom GitHub shows for an account that is no more.
const GHOST: &str = "ghost";

/// <https://docs.github.com/en/rest/issues/issues#get-an-issue>
#[derive(Debug, Deserialize)]
pub(crate) struct Issue {
    pub(crate) number: u64,
    title: Option<String>,
    body: Option<String>,
    user: Option<User>,
    #[serde(default)]
    labels: Vec<Label>,
    state: Option<String>,
    created_at: Option<String>,
    closed_at: Option<String>,
    /// There for a pull request alone.
    pull_request: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    assignees: Vec<User>,
}

/// <https://docs.github.com/en/rest/issues/comments#list-issue-comments>
#[derive(Debug, Deserialize)]
pub(crate) struct Comment {
    id: u64,
    body: Option<String>,
    user: Option<User>,
    created_at: Option<String>,
}

#[derive(Debug, Deserialize)]
struct User {
    login: String,
}

/// A label as an object, or as its name alone.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Label {
    Object { name: Option<String> },
    Name(String),
}

/// <https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user>
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Collaborator {
    permission: Option<String>,
    role_name: Option<String>,
}

impl Issue {
    pub(crate) const fn is_pull_request(&self) -> bool {
        self.pull_request.is_some()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state.as_deref() == Some("closed")
    }

    /// When it was closed, while it is.
    pub(crate) fn closed_at(&self) -> Option<Timestamp> {
        time(self.closed_at.as_deref()).filter(|_| self.is_closed())
    }

    pub(crate) fn is_assigned(&self, login: &Login) -> bool {
        self.assignees.iter().any(|assignee| assignee.login.eq_ignore_ascii_case(login.as_str()))
    }

    /// The key that it was filed by, where we did.
    pub(crate) fn key(&self, us: &Login) -> Option<&str> {
        key_of(self.body.as_deref()?).filter(|_| is_us(self.user.as_ref(), us))
    }

    pub(crate) fn labels(&self) -> impl Iterator<Item = &str> {
        self.labels.iter().filter_map(|label| match label {
            Label::Object { name } => name.as_deref(),
            Label::Name(name) => Some(name.as_str()),
        })
    }

    pub(crate) fn filed(self, us: &Login) -> FiledIssue {
        FiledIssue {
            number: IssueNumber(self.number),
            author: login(self.user.as_ref()),
            // REST does not say who has edited an issue. Only its author and those with write access can.
            edited_by: None,
            labels: self.labels().map(str::to_owned).collect(),
            state: if self.is_closed() { IssueState::Closed } else { IssueState::Open },
            created_at: time(self.created_at.as_deref()),
            key: self.key(us).map(str::to_owned),
            text: Untrusted::new(IssueText {
                title: self.title.unwrap_or_default(),
                body: self.body.unwrap_or_default(),
            }),
        }
    }
}

impl Comment {
    /// The key that it was posted by, where we did.
    pub(crate) fn key(&self, us: &Login) -> Option<&str> {
        key_of(self.body.as_deref()?).filter(|_| is_us(self.user.as_ref(), us))
    }

    pub(crate) fn posted(self, us: &Login) -> PostedComment {
        PostedComment {
            id: self.id.to_string(),
            author: login(self.user.as_ref()),
            at: time(self.created_at.as_deref()),
            key: self.key(us).map(str::to_owned),
            body: Untrusted::new(self.body.unwrap_or_default()),
        }
    }
}

impl Collaborator {
    /// What is not understood is nothing. `permission` has the word that counts: a role of an organisation's own making
    /// has it, too, with a name of its own in `role_name`.
    pub(crate) fn permission(&self) -> Permission {
        match self.permission.as_deref().or(self.role_name.as_deref()) {
            Some("admin") => Permission::Admin,
            Some("write" | "maintain") => Permission::Write,
            Some("read" | "triage") => Permission::Read,
            _ => Permission::None,
        }
    }
}

fn is_us(user: Option<&User>, us: &Login) -> bool {
    user.is_some_and(|user| user.login.eq_ignore_ascii_case(us.as_str()))
}

fn login(user: Option<&User>) -> Login {
    Login::new(user.map_or(GHOST, |user| &user.login))
}

fn time(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_is_understood_or_is_none() {
        for (json, permission) in [
            (r#"{"permission":"admin","role_name":"admin"}"#, Permission::Admin),
            (r#"{"permission":"write","role_name":"maintain"}"#, Permission::Write),
            (r#"{"permission":"maintain"}"#, Permission::Write),
            (r#"{"permission":"read","role_name":"triage"}"#, Permission::Read),
            (r#"{"permission":"write","role_name":"our own role"}"#, Permission::Write),
            (r#"{"role_name":"triage"}"#, Permission::Read),
            (r#"{"permission":"none","role_name":"admin"}"#, Permission::None),
            (r#"{"permission":"WRITE"}"#, Permission::None),
            (r#"{"permission":null,"user":null}"#, Permission::None),
            ("{}", Permission::None),
        ] {
            let collaborator: Collaborator = serde_json::from_str(json).unwrap();
            assert_eq!(collaborator.permission(), permission, "{json}");
        }
    }

    #[test]
    fn an_issue_needs_no_more_than_its_number() {
        let issue: Issue = serde_json::from_str(r#"{"number":7,"user":null,"labels":["a",{"name":"b"},{}]}"#).unwrap();
        let filed = issue.filed(&Login::new("us"));
        assert_eq!((filed.number, filed.author.as_str()), (IssueNumber(7), "ghost"));
        assert_eq!(filed.labels.iter().map(String::as_str).collect::<Vec<_>>(), ["a", "b"]);
    }
}
