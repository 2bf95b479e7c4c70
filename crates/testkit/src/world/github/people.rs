//! What people do on the pages of GitHub, and what they see there.

use super::GithubWorld;
use super::act::{Actor, Draft};
use super::repository::Repository;
use super::state::State;

/// An issue as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GithubIssue {
    /// Its title.
    pub title: String,
    /// Its body; empty where there is none.
    pub body: String,
    /// Who filed it.
    pub author: String,
    /// Whether it is closed.
    pub is_closed: bool,
    /// `completed`, `not_planned`, `duplicate`, or `reopened` on an open one.
    pub state_reason: Option<String>,
    /// Its labels, in the order in which they were added.
    pub labels: Vec<String>,
    /// Who is assigned.
    pub assignees: Vec<String>,
    /// Its comments, oldest first.
    pub comments: Vec<GithubComment>,
}

/// A comment as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GithubComment {
    /// Its id.
    pub id: u64,
    /// Who wrote it.
    pub author: String,
    /// Its words, markers included.
    pub body: String,
}

/// Every method here panics when there is no such repository, issue or comment: a test makes them first.
#[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a test that names what is not there fails")]
impl GithubWorld {
    /// Somebody files an issue. Its labels are made where the repository has none of their names.
    pub fn open_issue<'a>(
        &self,
        repository: &str,
        by: &str,
        title: &str,
        body: &str,
        labels: impl IntoIterator<Item = &'a str>,
    ) -> u64 {
        let draft = Draft {
            title: title.to_owned(),
            body: Some(body.to_owned()),
            labels: labels.into_iter().map(str::to_owned).collect(),
            ..Draft::default()
        };
        self.act(repository, by, |state, at, actor| state.file(at, actor, draft))
    }

    /// Somebody opens a pull request, which takes the next number and is listed among the issues.
    pub fn open_pull_request(&self, repository: &str, by: &str, title: &str) -> u64 {
        let draft = Draft { title: title.to_owned(), is_pull_request: true, ..Draft::default() };
        self.act(repository, by, |state, at, actor| state.file(at, actor, draft))
    }

    /// Somebody writes a comment; its id.
    pub fn comment(&self, repository: &str, number: u64, by: &str, body: &str) -> u64 {
        self.act(repository, by, |state, at, actor| state.say(at, number, actor, body))
    }

    /// Somebody changes the words of a comment.
    pub fn edit_comment(&self, repository: &str, id: u64, by: &str, body: &str) {
        self.act(repository, by, |state, at, actor| state.reword_comment(at, id, actor, body));
    }

    /// Somebody deletes a comment.
    pub fn delete_comment(&self, repository: &str, id: u64, by: &str) {
        self.act(repository, by, |state, at, actor| state.remove_comment(at, id, actor));
    }

    /// Somebody changes the body of an issue.
    pub fn edit_issue(&self, repository: &str, number: u64, by: &str, body: &str) {
        let body = Some(body.to_owned());
        self.act(repository, by, |state, at, actor| state.reword(at, number, actor, None, body));
    }

    /// Somebody changes the title of an issue.
    pub fn retitle_issue(&self, repository: &str, number: u64, by: &str, title: &str) {
        let title = Some(title.to_owned());
        self.act(repository, by, |state, at, actor| state.reword(at, number, actor, title, None));
    }

    /// Somebody adds a label.
    pub fn label(&self, repository: &str, number: u64, by: &str, label: &str) {
        let mut labels = self.issue(repository, number).labels;
        labels.push(label.to_owned());
        self.act(repository, by, |state, at, actor| state.set_labels(at, number, actor, &labels));
    }

    /// Somebody takes a label away.
    pub fn unlabel(&self, repository: &str, number: u64, by: &str, label: &str) {
        let mut labels = self.issue(repository, number).labels;
        labels.retain(|standing| standing != label);
        self.act(repository, by, |state, at, actor| state.set_labels(at, number, actor, &labels));
    }

    /// Somebody assigns somebody.
    pub fn assign(&self, repository: &str, number: u64, by: &str, login: &str) {
        let mut assignees = self.issue(repository, number).assignees;
        assignees.push(login.to_owned());
        self.act(repository, by, |state, at, actor| state.set_assignees(at, number, actor, &assignees));
    }

    /// Somebody closes an issue, as completed.
    pub fn close(&self, repository: &str, number: u64, by: &str) {
        self.act(repository, by, |state, at, actor| state.close(at, number, actor, "completed"));
    }

    /// Somebody opens a closed issue again.
    pub fn reopen(&self, repository: &str, number: u64, by: &str) {
        self.act(repository, by, |state, at, actor| state.reopen(at, number, actor));
    }

    /// Somebody deletes an issue, which is gone (410) from then on.
    pub fn delete_issue(&self, repository: &str, number: u64, by: &str) {
        self.act(repository, by, |state, at, actor| state.delete(at, number, actor));
    }

    /// An issue as it stands.
    #[must_use]
    pub fn issue(&self, repository: &str, number: u64) -> GithubIssue {
        self.with(repository, |_, one| shown(one, number)).expect("an issue is opened before it is looked at")
    }

    /// The numbers of the issues and pull requests.
    #[must_use]
    pub fn issue_numbers(&self, repository: &str) -> Vec<u64> {
        self.with(repository, |_, one| {
            one.issues.values().filter(|issue| !issue.is_deleted).map(|issue| issue.number).collect()
        })
    }

    fn act<T>(&self, repository: &str, by: &str, act: impl FnOnce(&mut State, usize, &Actor) -> Option<T>) -> T {
        let mut state = self.state();
        let at = state.repository(repository).expect("a repository is added before it is used");
        let actor = Actor::person(&state.user(by).login);
        act(&mut state, at, &actor).expect("an issue or a comment is made before it is used")
    }
}

fn shown(one: &Repository, number: u64) -> Option<GithubIssue> {
    let issue = one.issue(number)?;
    let comment = |comment: &super::repository::Comment| GithubComment {
        id: comment.id,
        author: comment.author.clone(),
        body: comment.body.clone(),
    };
    let reopened = || issue.reopened.then(|| "reopened".to_owned());
    Some(GithubIssue {
        title: issue.title.clone(),
        body: issue.body.clone().unwrap_or_default(),
        author: issue.author.clone(),
        is_closed: issue.closed.is_some(),
        state_reason: issue.closed.as_ref().map(|closed| closed.reason.clone()).or_else(reopened),
        labels: one.labels_of(issue).into_iter().map(|label| label.name.clone()).collect(),
        assignees: issue.assignees.clone(),
        comments: issue.comments.iter().map(comment).collect(),
    })
}
