//! What we read of GitHub's payloads: only what is needed, and little of that required.

use serde::Deserialize;

use crate::FilesError;

/// An `issues` or `issue_comment` payload.
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#issues>
#[derive(Debug, Deserialize)]
pub(crate) struct Payload {
    pub(crate) action: Option<String>,
    pub(crate) issue: Issue,
    pub(crate) comment: Option<Comment>,
    pub(crate) label: Option<Named>,
    pub(crate) assignee: Option<User>,
    pub(crate) sender: Option<User>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Issue {
    pub(crate) number: u64,
    pub(crate) title: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) user: Option<User>,
    pub(crate) author_association: Option<String>,
    pub(crate) labels: Option<Vec<Named>>,
    pub(crate) assignees: Option<Vec<User>>,
    pub(crate) state: Option<String>,
    pub(crate) created_at: Option<String>,
    pub(crate) html_url: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) body: Option<String>,
    pub(crate) user: Option<User>,
    pub(crate) author_association: Option<String>,
    pub(crate) created_at: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct User {
    pub(crate) login: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    pub(crate) name: String,
}

impl Payload {
    pub(crate) fn parse(json: &[u8]) -> Result<Self, FilesError> {
        serde_json::from_slice(json).map_err(|error| FilesError::Payload { what: error.to_string() })
    }

    pub(crate) fn is(&self, action: &str) -> bool {
        self.action.as_deref() == Some(action)
    }
}

/// Whether an [association](https://docs.github.com/en/graphql/reference/enums#commentauthorassociation) comes with the
/// right to write; `None` where it is not given.
pub(crate) fn is_collaborator(association: Option<&str>) -> Option<bool> {
    association.map(|association| association == "OWNER")
}
