use std::collections::BTreeMap;

use super::{Provenance, Trusted};
use crate::Result;
use crate::ports::IssueReader;
use crate::words::{FiledIssue, IssueText, Login, PostedComment};

/// The gate for words that are shown and never acted upon, such as those of a status page. It records nothing, so that what
/// is shown follows the tracker; it asks for each login once.
pub struct Vouching<'a> {
    tracker: &'a dyn IssueReader,
    collaborators: BTreeMap<Login, bool>,
}

impl<'a> Vouching<'a> {
    /// A gate that asks this tracker who may do what.
    #[must_use]
    pub fn new(tracker: &'a dyn IssueReader) -> Self {
        Self { tracker, collaborators: BTreeMap::new() }
    }

    /// The words of an issue, if we filed it or all who wrote them are collaborators.
    ///
    /// # Errors
    /// When the tracker cannot say who may do what; nobody is trusted then.
    pub async fn issue(&mut self, issue: &FiledIssue) -> Result<Option<Trusted<IssueText>>> {
        let provenance = if issue.key.is_some() && issue.edited_by.is_none() {
            Provenance::Ourselves
        } else {
            let writer = issue.edited_by.as_ref().unwrap_or(&issue.author);
            if !self.is_collaborator(&issue.author).await? || !self.is_collaborator(writer).await? {
                return Ok(None);
            }
            Provenance::Collaborator(writer.clone())
        };
        Ok(Some(issue.text.clone().admitted(provenance)))
    }

    /// The words of a comment, if we or a collaborator wrote it.
    ///
    /// # Errors
    /// As [`Vouching::issue`].
    pub async fn comment(&mut self, comment: PostedComment) -> Result<Option<Trusted<String>>> {
        let provenance = if comment.key.is_some() {
            Provenance::Ourselves
        } else if self.is_collaborator(&comment.author).await? {
            Provenance::Collaborator(comment.author)
        } else {
            return Ok(None);
        };
        Ok(Some(comment.body.admitted(provenance)))
    }

    async fn is_collaborator(&mut self, login: &Login) -> Result<bool> {
        if let Some(known) = self.collaborators.get(login) {
            return Ok(*known);
        }
        let is_collaborator = self.tracker.permission(login).await?.is_collaborator();
        self.collaborators.insert(login.clone(), is_collaborator);
        Ok(is_collaborator)
    }
}
