//! What happens to issues, whoever brings it about, and the deliveries that it makes.

use serde_json::{Value, json};

use super::delivery::Event;
use super::render;
use super::repository::{Closed, Comment, Issue, Label, Repository};
use super::state::State;

/// Who does something.
#[derive(Debug, Clone)]
pub(super) struct Actor {
    pub(super) login: String,
    /// The slug of the App that it is done through.
    pub(super) app: Option<String>,
}

/// The words of a new issue.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) title: String,
    pub(super) body: Option<String>,
    pub(super) labels: Vec<String>,
    pub(super) assignees: Vec<String>,
    pub(super) is_pull_request: bool,
}

impl Actor {
    pub(super) fn person(login: &str) -> Self {
        Self { login: login.to_owned(), app: None }
    }
}

impl State {
    pub(super) fn file(&mut self, repository: usize, actor: &Actor, draft: Draft) -> Option<u64> {
        let (id, now) = (self.id(), self.now());
        self.user(&actor.login);
        let labels = draft.labels.iter().filter_map(|name| self.label_id(repository, name)).collect();
        let one = self.repositories.get_mut(repository)?;
        one.numbers += 1;
        let number = one.numbers;
        let issue = Issue {
            id,
            number,
            title: draft.title,
            body: draft.body,
            author: actor.login.clone(),
            app: actor.app.clone(),
            labels: unique(labels),
            assignees: draft.assignees,
            closed: None,
            reopened: false,
            created_at: now,
            updated_at: now,
            is_pull_request: draft.is_pull_request,
            is_deleted: false,
            comments: Vec::new(),
        };
        let (labels, assignees) = (issue.labels.clone(), issue.assignees.clone());
        one.issues.insert(number, issue);
        // A pull request makes events of its own, which nobody here listens to.
        if !draft.is_pull_request {
            self.happened(repository, number, actor, "opened", Vec::new());
            for label in labels {
                self.labelled(repository, number, actor, "labeled", label);
            }
            for login in &assignees {
                self.assigned(repository, number, actor, "assigned", login);
            }
        }
        Some(number)
    }

    pub(super) fn say(&mut self, repository: usize, number: u64, actor: &Actor, body: &str) -> Option<u64> {
        let (id, now) = (self.id(), self.now());
        self.user(&actor.login);
        let comment = Comment {
            id,
            body: body.to_owned(),
            author: actor.login.clone(),
            app: actor.app.clone(),
            created_at: now,
            updated_at: now,
        };
        let issue = self.touch(repository, number)?;
        issue.comments.push(comment.clone());
        self.commented(repository, number, actor, "created", &comment, None);
        Some(id)
    }

    pub(super) fn reword_comment(&mut self, repository: usize, id: u64, actor: &Actor, body: &str) -> Option<()> {
        let now = self.now();
        let (number, _) = self.repositories.get(repository)?.comment(id)?;
        let issue = self.touch(repository, number)?;
        let comment = issue.comments.iter_mut().find(|comment| comment.id == id)?;
        let before = std::mem::replace(&mut comment.body, body.to_owned());
        comment.updated_at = now;
        let comment = comment.clone();
        if before != body {
            self.commented(repository, number, actor, "edited", &comment, Some(&before));
        }
        Some(())
    }

    pub(super) fn remove_comment(&mut self, repository: usize, id: u64, actor: &Actor) -> Option<()> {
        let (number, comment) = self.repositories.get(repository)?.comment(id)?;
        let comment = comment.clone();
        self.touch(repository, number)?.comments.retain(|one| one.id != id);
        self.commented(repository, number, actor, "deleted", &comment, None);
        Some(())
    }

    /// Changes the words of an issue; `None` leaves them as they are.
    pub(super) fn reword(
        &mut self,
        repository: usize,
        number: u64,
        actor: &Actor,
        title: Option<String>,
        body: Option<String>,
    ) -> Option<()> {
        let issue = self.touch(repository, number)?;
        let mut changes = serde_json::Map::new();
        if let Some(title) = title.filter(|title| *title != issue.title) {
            let from = std::mem::replace(&mut issue.title, title);
            changes.insert("title".to_owned(), json!({ "from": from }));
        }
        if let Some(body) = body.filter(|body| Some(body) != issue.body.as_ref()) {
            let from = issue.body.replace(body).unwrap_or_default();
            changes.insert("body".to_owned(), json!({ "from": from }));
        }
        if !changes.is_empty() {
            self.happened(repository, number, actor, "edited", vec![("changes", Value::Object(changes))]);
        }
        Some(())
    }

    /// Gives an issue these labels and no others.
    pub(super) fn set_labels(&mut self, repository: usize, number: u64, actor: &Actor, names: &[String]) -> Option<()> {
        let wanted = unique(names.iter().filter_map(|name| self.label_id(repository, name)).collect());
        let issue = self.repositories.get_mut(repository)?.issue_mut(number)?;
        let before = std::mem::replace(&mut issue.labels, wanted.clone());
        if before == wanted {
            return Some(());
        }
        self.touch(repository, number)?;
        for label in before.iter().filter(|label| !wanted.contains(label)) {
            self.labelled(repository, number, actor, "unlabeled", *label);
        }
        for label in wanted.iter().filter(|label| !before.contains(label)) {
            self.labelled(repository, number, actor, "labeled", *label);
        }
        Some(())
    }

    pub(super) fn set_assignees(
        &mut self,
        repository: usize,
        number: u64,
        actor: &Actor,
        wanted: &[String],
    ) -> Option<()> {
        let issue = self.repositories.get_mut(repository)?.issue_mut(number)?;
        let before = std::mem::replace(&mut issue.assignees, wanted.to_owned());
        if before == wanted {
            return Some(());
        }
        self.touch(repository, number)?;
        for login in before.iter().filter(|login| !wanted.contains(login)) {
            self.assigned(repository, number, actor, "unassigned", login);
        }
        for login in wanted.iter().filter(|login| !before.contains(login)) {
            self.assigned(repository, number, actor, "assigned", login);
        }
        Some(())
    }

    /// Closes an issue. A closed one is given the new reason, and no event says so.
    pub(super) fn close(&mut self, repository: usize, number: u64, actor: &Actor, reason: &str) -> Option<()> {
        let now = self.now();
        let issue = self.touch(repository, number)?;
        if let Some(closed) = &mut issue.closed {
            reason.clone_into(&mut closed.reason);
            return Some(());
        }
        issue.closed = Some(Closed { reason: reason.to_owned(), by: actor.login.clone(), at: now });
        self.happened(repository, number, actor, "closed", Vec::new());
        Some(())
    }

    pub(super) fn reopen(&mut self, repository: usize, number: u64, actor: &Actor) -> Option<()> {
        let issue = self.touch(repository, number)?;
        if issue.closed.take().is_some() {
            issue.reopened = true;
            self.happened(repository, number, actor, "reopened", Vec::new());
        }
        Some(())
    }

    pub(super) fn delete(&mut self, repository: usize, number: u64, actor: &Actor) -> Option<()> {
        self.touch(repository, number)?.is_deleted = true;
        self.happened(repository, number, actor, "deleted", Vec::new());
        Some(())
    }

    /// The id of a label, which exists from now on.
    fn label_id(&mut self, repository: usize, name: &str) -> Option<u64> {
        let known = self.repositories.get(repository)?.label(name).map(|label| label.id);
        if known.is_some() {
            return known;
        }
        let id = self.id();
        self.repositories.get_mut(repository)?.labels.push(Label { id, name: name.to_owned() });
        Some(id)
    }

    /// An issue to which something happens now.
    fn touch(&mut self, repository: usize, number: u64) -> Option<&mut Issue> {
        let now = self.now();
        let issue = self.repositories.get_mut(repository)?.issue_mut(number)?;
        issue.updated_at = now;
        Some(issue)
    }

    fn happened(
        &mut self,
        repository: usize,
        number: u64,
        actor: &Actor,
        action: &'static str,
        more: Vec<(&'static str, Value)>,
    ) {
        let sender = self.user(&actor.login);
        self.tell(repository, Event { action, number, comment: None, more, sender: &sender });
    }

    fn commented(
        &mut self,
        repository: usize,
        number: u64,
        actor: &Actor,
        action: &'static str,
        comment: &Comment,
        before: Option<&str>,
    ) {
        let sender = self.user(&actor.login);
        let Some(one) = self.repositories.get(repository) else { return };
        let comment = Some(render::comment(self, one, number, comment));
        let more = before.map(|before| ("changes", json!({ "body": { "from": before } }))).into_iter().collect();
        self.tell(repository, Event { action, number, comment, more, sender: &sender });
    }

    fn labelled(&mut self, repository: usize, number: u64, actor: &Actor, action: &'static str, label: u64) {
        let find = |one: &Repository| one.labels.iter().find(|known| known.id == label).cloned();
        let Some(one) = self.repositories.get(repository) else { return };
        let Some(label) = find(one) else { return };
        let label = render::label(self, one, &label);
        self.happened(repository, number, actor, action, vec![("label", label)]);
    }

    fn assigned(&mut self, repository: usize, number: u64, actor: &Actor, action: &'static str, login: &str) {
        let assignee = render::user(self, &self.shown_user(login));
        self.happened(repository, number, actor, action, vec![("assignee", assignee)]);
    }
}

/// The same without repetitions, in the order of the first ones.
fn unique(ids: Vec<u64>) -> Vec<u64> {
    let mut seen = Vec::with_capacity(ids.len());
    for id in ids {
        if !seen.contains(&id) {
            seen.push(id);
        }
    }
    seen
}
