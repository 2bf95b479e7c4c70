use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::trust::Untrusted;

/// The labels of SPEC §3.
pub mod labels {
    /// An outage report from the form.
    pub const USER_REPORT: &str = "user-report";
    /// A feature request from the form.
    pub const FEATURE_REQUEST: &str = "feature-request";
    /// A confirmed incident; shown on the status page.
    pub const INCIDENT: &str = "incident";
    /// A post-mortem has to be written.
    pub const POSTMORTEM_REQUIRED: &str = "postmortem-required";
    /// The post-mortem is published.
    pub const POSTMORTEM_DONE: &str = "postmortem-done";
    /// While an open issue has it, nothing is changed anywhere.
    pub const STOP: &str = "lamplighter-stop";
    /// Escalated to a person.
    pub const NEEDS_HUMAN: &str = "needs-human";
}

/// The number of an issue on its tracker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IssueNumber(pub u64);

impl fmt::Display for IssueNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// A label on an issue.
pub type Label = String;

/// The login name of somebody on the tracker.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Login(String);

impl Login {
    /// A login name.
    pub fn new(login: impl Into<String>) -> Self {
        Self(login.into())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What somebody may do in the repository, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// Nothing that anybody may not.
    None,
    /// Read.
    Read,
    /// Write: a collaborator.
    Write,
    /// Administer.
    Admin,
}

impl Permission {
    /// Whether text by somebody with this permission may reach an agent.
    #[must_use]
    pub const fn is_collaborator(self) -> bool {
        matches!(self, Self::Write | Self::Admin)
    }
}

/// Whether an issue is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IssueState {
    /// Open.
    Open,
    /// Closed.
    Closed,
}

/// The words of an issue.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IssueText {
    /// The title.
    pub title: String,
    /// The body, in Markdown; may be empty.
    pub body: String,
}

/// An issue as the tracker has it. Its words cannot be read before its author has been
/// [checked](crate::trust::admit).
#[derive(Debug, Clone)]
pub struct FiledIssue {
    /// Its number.
    pub number: IssueNumber,
    /// Who filed it.
    pub author: Login,
    /// Who last changed the words, where the tracker says so and it was not the author.
    pub edited_by: Option<Login>,
    /// Its labels.
    pub labels: BTreeSet<Label>,
    /// Open or closed.
    pub state: IssueState,
    /// When it was filed (UTC), where the tracker says so.
    pub created_at: Option<Timestamp>,
    /// The key of the effect that filed it, where it is one of ours (see
    /// [`IssueWriter::file`](crate::ports::IssueWriter::file)).
    pub key: Option<String>,
    /// Its words, locked.
    pub text: Untrusted<IssueText>,
}

/// A comment as the tracker has it.
#[derive(Debug, Clone)]
pub struct PostedComment {
    /// Its id on the tracker.
    pub id: String,
    /// Who wrote it.
    pub author: Login,
    /// When it was written (UTC), where the tracker says so.
    pub at: Option<Timestamp>,
    /// The key of the effect that posted it, where it is one of ours (see
    /// [`IssueWriter::comment`](crate::ports::IssueWriter::comment)).
    pub key: Option<String>,
    /// Its words, locked.
    pub body: Untrusted<String>,
}
