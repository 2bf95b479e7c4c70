//! GitHub's payloads made issues in the folder.

use std::collections::BTreeSet;

use jiff::Timestamp;
use lamplighter_core::words::IssueNumber;

use crate::FilesError;
use crate::disk::FolderLock;
use crate::folder::{Folder, NewFile};
use crate::front_matter::Value;
use crate::issue_file::{IssueFile, NewComment, time};
use crate::payload::{Comment, Issue, Payload, User, is_collaborator};

pub(crate) fn import(folder: &Folder, payload: &Payload, now: Timestamp) -> Result<IssueNumber, FilesError> {
    let number = IssueNumber(payload.issue.number);
    let lock = FolderLock::take(&folder.dir)?;
    if folder.exists(number)? {
        let url = payload.issue.html_url.as_deref().unwrap_or_default();
        let is_taken = std::cell::Cell::new(false);
        folder.edit_locked(&lock, number, |file| {
            is_taken.set(file.header.url.as_deref().unwrap_or_default() != url);
            if is_taken.get() { Ok(file) } else { change(folder, payload, file, now) }
        })?;
        if is_taken.get() {
            return Err(FilesError::Taken { number, url: url.to_owned() });
        }
    } else {
        let made = make(folder, &payload.issue, now).and_then(|file| discuss(folder, payload, file, now));
        let file = made.map_err(|what| FilesError::Payload { what })?;
        folder.create(&lock, number, file.text(), payload.issue.title.as_deref().unwrap_or_default())?;
    }
    Ok(number)
}

/// An issue that we see for the first time, as it stands now.
fn make(folder: &Folder, issue: &Issue, now: Timestamp) -> Result<IssueFile, String> {
    let labels: BTreeSet<_> = issue.labels.iter().flatten().map(|label| label.name.clone()).collect();
    let file = NewFile {
        title: issue.title.as_deref().unwrap_or_default(),
        author: &login(folder, issue.user.as_ref()),
        is_collaborator: vouched(folder, issue.user.as_ref(), issue.author_association.as_deref()) == Some(true),
        labels: &labels,
        created: issue.created_at.as_deref().and_then(time).unwrap_or(now),
        body: issue.body.as_deref().unwrap_or_default(),
    };
    let mut file = file.issue_file(IssueNumber(issue.number))?;
    if let Some(url) = &issue.html_url {
        file = file.with("url", &text(url))?;
    }
    let assignees: Vec<_> = issue.assignees.iter().flatten().map(|user| user.login.clone()).collect();
    if !assignees.is_empty() {
        file = file.with("assignees", &Value::List(assignees))?;
    }
    if issue.state.as_deref() == Some("closed") { file.with("state", &text("closed")) } else { Ok(file) }
}

/// What a payload says has changed on an issue that we know. The rest is left as it is: labels and comments of ours
/// are not known over there.
fn change(folder: &Folder, payload: &Payload, mut file: IssueFile, now: Timestamp) -> Result<IssueFile, String> {
    let issue = &payload.issue;
    let vouched = vouched(folder, issue.user.as_ref(), issue.author_association.as_deref());
    if let Some(flag) = vouched.filter(|flag| file.header.collaborator != Some(*flag)) {
        file = file.with("collaborator", &Value::Flag(flag))?;
    }
    if payload.comment.is_some() {
        return discuss(folder, payload, file, now);
    }
    match payload.action.as_deref().unwrap_or_default() {
        "edited" => reword(folder, payload, file),
        "labeled" | "unlabeled" => {
            let mut labels = file.header.labels.clone();
            if let Some(label) = &payload.label {
                if payload.is("labeled") {
                    labels.insert(label.name.clone())
                } else {
                    labels.remove(&label.name)
                };
            }
            if labels == file.header.labels { Ok(file) } else { file.with_labels(&labels) }
        }
        "assigned" | "unassigned" => {
            let mut assignees = file.header.assignees.clone();
            if let Some(user) = &payload.assignee {
                assignees.retain(|assignee| *assignee != user.login);
                if payload.is("assigned") {
                    assignees.push(user.login.clone());
                }
            }
            if assignees == file.header.assignees { Ok(file) } else { file.with("assignees", &Value::List(assignees)) }
        }
        "closed" | "deleted" | "transferred" if !file.header.is_closed => file.with("state", &text("closed")),
        "reopened" if file.header.is_closed => file.with("state", &text("open")),
        _ => Ok(file),
    }
}

fn reword(folder: &Folder, payload: &Payload, mut file: IssueFile) -> Result<IssueFile, String> {
    let before = (file.title(), file.body());
    if let Some(title) = payload.issue.title.as_deref().filter(|title| *title != before.0) {
        file = file.with("title", &text(title))?;
    }
    let body = payload.issue.body.as_deref().unwrap_or_default();
    if body.trim_matches(['\r', '\n']) != before.1 {
        file = file.with_body(body)?;
    }
    if (file.title(), file.body()) == before {
        return Ok(file);
    }
    file.with("edited_by", &text(&login(folder, payload.sender.as_ref())))
}

fn discuss(folder: &Folder, payload: &Payload, file: IssueFile, now: Timestamp) -> Result<IssueFile, String> {
    let Some(comment) = &payload.comment else { return Ok(file) };
    let file = vouch(folder, file, comment)?;
    let id = comment.id.to_string();
    let known = file.comments.iter().find(|known| known.id == id);
    let body = comment.body.as_deref().unwrap_or_default();
    match known {
        Some(known) if payload.is("deleted") => file.without(known),
        Some(known) if payload.is("edited") && file.body_of(known) != body.trim_matches(['\r', '\n']) => {
            file.with_comment_body(known, body)
        }
        None if !payload.is("deleted") => file.with_comment(&NewComment {
            id: Some(&id),
            author: &login(folder, comment.user.as_ref()),
            at: comment.created_at.as_deref().and_then(time).unwrap_or(now),
            body,
        }),
        _ => Ok(file),
    }
}

/// Notes whether the author of a comment may write.
fn vouch(folder: &Folder, file: IssueFile, comment: &Comment) -> Result<IssueFile, String> {
    let author = login(folder, comment.user.as_ref());
    let Some(flag) = vouched(folder, comment.user.as_ref(), comment.author_association.as_deref()) else {
        return Ok(file);
    };
    let mut collaborators = file.header.collaborators.clone();
    collaborators.retain(|login| !login.eq_ignore_ascii_case(&author));
    if flag && !author.eq_ignore_ascii_case(file.author()) {
        collaborators.push(author);
    }
    if collaborators.iter().eq(&file.header.collaborators) {
        return Ok(file);
    }
    file.with("collaborators", &Value::List(collaborators))
}

/// Whether GitHub says that somebody may write. It cannot say so of somebody who has our login.
fn vouched(folder: &Folder, user: Option<&User>, association: Option<&str>) -> Option<bool> {
    let is_nobody = user.is_none_or(|user| folder.is_us(&user.login));
    if is_nobody { Some(false) } else { is_collaborator(association) }
}

/// The login to write down. GitHub shows users that are no more as `ghost`.
fn login(folder: &Folder, user: Option<&User>) -> String {
    let login = user.map_or("ghost", |user| &user.login);
    // What a login cannot contain must not look like the rest of a comment's heading.
    let login: String = login.chars().filter(|c| c.is_alphanumeric() || "-_.[]".contains(*c)).collect();
    if folder.is_us(&login) { format!("{login}[imported]") } else { login }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
