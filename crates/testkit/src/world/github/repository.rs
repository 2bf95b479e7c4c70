//! Repositories with their issues, as data.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// What somebody may do in a repository, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GithubRole {
    /// Look.
    Read,
    /// Sort issues.
    Triage,
    /// Push.
    Write,
    /// Set up what is not dangerous.
    Maintain,
    /// Everything.
    Admin,
}

/// A repository.
#[derive(Debug, Clone)]
pub(super) struct Repository {
    pub(super) id: u64,
    pub(super) owner: String,
    pub(super) name: String,
    pub(super) private: bool,
    /// What it was called before, as `owner/name`.
    pub(super) former: Vec<String>,
    pub(super) collaborators: BTreeMap<String, GithubRole>,
    pub(super) labels: Vec<Label>,
    pub(super) issues: BTreeMap<u64, Issue>,
    pub(super) created_at: Timestamp,
    /// How many numbers of issues are taken.
    pub(super) numbers: u64,
}

/// A label of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) id: u64,
    pub(super) name: String,
}

/// An issue or a pull request.
#[derive(Debug, Clone)]
pub(super) struct Issue {
    pub(super) id: u64,
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) body: Option<String>,
    pub(super) author: String,
    /// The slug of the App that it was filed through.
    pub(super) app: Option<String>,
    pub(super) labels: Vec<u64>,
    pub(super) assignees: Vec<String>,
    pub(super) closed: Option<Closed>,
    /// Opened again after it was closed.
    pub(super) reopened: bool,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) is_pull_request: bool,
    pub(super) is_deleted: bool,
    pub(super) comments: Vec<Comment>,
}

/// How an issue was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closed {
    pub(super) reason: String,
    pub(super) by: String,
    pub(super) at: Timestamp,
}

/// A comment.
#[derive(Debug, Clone)]
pub(super) struct Comment {
    pub(super) id: u64,
    pub(super) body: String,
    pub(super) author: String,
    pub(super) app: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

impl GithubRole {
    /// The `role_name` of the API.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Triage => "triage",
            Self::Write => "write",
            Self::Maintain => "maintain",
            Self::Admin => "admin",
        }
    }

    /// The `permission` of the API, which has fewer words: `maintain` is `write` there and `triage` is `read`.
    /// <https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user>
    pub(super) const fn permission(self) -> &'static str {
        match self {
            Self::Read | Self::Triage => "read",
            Self::Write | Self::Maintain => "write",
            Self::Admin => "admin",
        }
    }
}

impl Repository {
    pub(super) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// What somebody may do. Anybody may look at what is public.
    pub(super) fn role(&self, login: &str) -> Option<GithubRole> {
        if login.eq_ignore_ascii_case(&self.owner) {
            return Some(GithubRole::Admin);
        }
        let given = self.collaborators.get(&login.to_lowercase()).copied();
        given.or((!self.private).then_some(GithubRole::Read))
    }

    /// How somebody is associated with it.
    /// <https://docs.github.com/en/graphql/reference/enums#commentauthorassociation>
    pub(super) fn association(&self, login: &str) -> &'static str {
        if login.eq_ignore_ascii_case(&self.owner) {
            "OWNER"
        } else if self.collaborators.contains_key(&login.to_lowercase()) {
            "COLLABORATOR"
        } else {
            "NONE"
        }
    }

    /// A label by its name, whatever its case.
    pub(super) fn label(&self, name: &str) -> Option<&Label> {
        self.labels.iter().find(|label| label.name.to_lowercase() == name.to_lowercase())
    }

    /// An issue that has not been deleted.
    pub(super) fn issue(&self, number: u64) -> Option<&Issue> {
        self.issues.get(&number).filter(|issue| !issue.is_deleted)
    }

    pub(super) fn issue_mut(&mut self, number: u64) -> Option<&mut Issue> {
        self.issues.get_mut(&number).filter(|issue| !issue.is_deleted)
    }

    /// A comment, with the number of its issue.
    pub(super) fn comment(&self, id: u64) -> Option<(u64, &Comment)> {
        let issues = self.issues.values().filter(|issue| !issue.is_deleted);
        issues.flat_map(|issue| issue.comments.iter().map(|one| (issue.number, one))).find(|(_, one)| one.id == id)
    }

    pub(super) fn labels_of(&self, issue: &Issue) -> Vec<&Label> {
        issue.labels.iter().filter_map(|id| self.labels.iter().find(|label| label.id == *id)).collect()
    }
}
