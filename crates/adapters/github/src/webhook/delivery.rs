use std::collections::BTreeSet;

use jiff::Timestamp;
use lamplighter_core::trust::Untrusted;
use lamplighter_core::words::{IssueNumber, IssueState, IssueText, Label, Login};

/// What a delivery says, as far as we need it. Words of people are locked, as the ports lock them.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// `X-GitHub-Event`: `issues`, `issue_comment`, `ping`, `push` …
    pub event: String,
    /// What happened: `opened`, `created` …; not every event has one.
    pub action: Option<String>,
    /// `X-GitHub-Delivery`. The same when it is sent again.
    pub id: String,
    /// The repository, `owner/name`.
    pub repository: Option<String>,
    /// The issue or pull request that it is about.
    pub issue: Option<DeliveredIssue>,
    /// The comment that it is about.
    pub comment: Option<DeliveredComment>,
    /// The label that was added or taken away.
    pub label: Option<Label>,
    /// What was pushed, where something was.
    pub push: Option<DeliveredPush>,
    /// Who has done it.
    pub sender: Option<Account>,
    /// The installation of the App that it is sent to.
    pub installation: Option<u64>,
}

/// An issue or a pull request, as it stood when the delivery was made.
#[derive(Debug, Clone)]
pub struct DeliveredIssue {
    /// Its number.
    pub number: IssueNumber,
    /// Who filed it; `None` for an account that is no more.
    pub author: Option<Account>,
    /// Its labels.
    pub labels: BTreeSet<Label>,
    /// Open or closed.
    pub state: IssueState,
    /// When it was filed (UTC), where the delivery says so.
    pub created_at: Option<Timestamp>,
    /// When something last happened to it (UTC), where the delivery says so.
    pub updated_at: Option<Timestamp>,
    /// Whether it is a pull request.
    pub is_pull_request: bool,
    /// Whether it ends with a marker as what we file does. Anybody can write one: it counts where we are the author.
    pub is_keyed: bool,
    /// Its words, locked.
    pub text: Untrusted<IssueText>,
}

/// A comment.
#[derive(Debug, Clone)]
pub struct DeliveredComment {
    /// Its id.
    pub id: String,
    /// Who wrote it; `None` for an account that is no more.
    pub author: Option<Account>,
    /// When it was written (UTC), where the delivery says so.
    pub created_at: Option<Timestamp>,
    /// Whether it ends with a marker as what we write does. Anybody can write one: it counts where we are the author.
    pub is_keyed: bool,
    /// Whether a line of it may be a command, which begins with a slash.
    pub may_command: bool,
    /// Its words, locked.
    pub body: Untrusted<String>,
}

/// Commits that have come to a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveredPush {
    /// The branch; `None` for a tag.
    pub branch: Option<String>,
    /// The commit that the branch is at now; `None` for one that is gone.
    pub head: Option<String>,
    /// The files that the commits add or change and that are still there after the last of them: their paths in the
    /// repository, as whoever pushed has named them. GitHub lists the first 2,048 commits of a push.
    pub files: BTreeSet<String>,
}

/// Somebody on GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The login.
    pub login: Login,
    /// What kind of account it is.
    pub kind: AccountKind,
}

/// What kind of account somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccountKind {
    /// A person's, or a program's that signs in like one.
    User,
    /// An App's.
    Bot,
    /// An organisation's.
    Organization,
    /// Anything else, or nothing is said.
    Other,
}
