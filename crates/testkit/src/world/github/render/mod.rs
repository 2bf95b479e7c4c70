//! The objects of the API as JSON, with the fields that GitHub's description asks for.

mod app;
mod repository;
mod user;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

pub(super) use app::{installation, integration, permissions};
pub(super) use repository::{repository, short_repository};
pub(super) use user::{private_user, user};

use super::repository::{Comment, Issue, Label, Repository};
use super::state::State;

/// A time as the API writes it: `2026-03-01T12:00:00Z`.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The opaque id of GraphQL.
fn node_id(kind: &str, id: u64) -> String {
    STANDARD.encode(format!("0{}:{kind}{id}", kind.len()))
}

pub(super) fn label(state: &State, repository: &Repository, label: &Label) -> Value {
    json!({
        "id": label.id,
        "node_id": node_id("Label", label.id),
        "url": format!("{}/repos/{}/labels/{}", state.api, repository.full_name(), percent(&label.name)),
        "name": label.name,
        "color": "ededed",
        "default": false,
        "description": null,
    })
}

pub(super) fn labels(state: &State, repository: &Repository, issue: &Issue) -> Vec<Value> {
    repository.labels_of(issue).into_iter().map(|one| label(state, repository, one)).collect()
}

pub(super) fn issue(state: &State, repository: &Repository, issue: &Issue) -> Value {
    let url = format!("{}/repos/{}/issues/{}", state.api, repository.full_name(), issue.number);
    let kind = if issue.is_pull_request { "pull" } else { "issues" };
    let html_url = format!("{}/{}/{kind}/{}", state.html, repository.full_name(), issue.number);
    let person = |login: &String| user(state, &state.shown_user(login));
    let mut value = json!({
        "id": issue.id,
        "node_id": node_id("Issue", issue.id),
        "url": url,
        "repository_url": format!("{}/repos/{}", state.api, repository.full_name()),
        "labels_url": format!("{url}/labels{{/name}}"),
        "comments_url": format!("{url}/comments"),
        "events_url": format!("{url}/events"),
        "timeline_url": format!("{url}/timeline"),
        "html_url": html_url,
        "number": issue.number,
        "state": if issue.closed.is_some() { "closed" } else { "open" },
        "state_reason": match &issue.closed {
            Some(closed) => closed.reason.clone().into(),
            None if issue.reopened => "reopened".into(),
            None => Value::Null,
        },
        "title": issue.title,
        "body": issue.body,
        "user": person(&issue.author),
        "labels": labels(state, repository, issue),
        "assignee": issue.assignees.first().map(person),
        "assignees": issue.assignees.iter().map(person).collect::<Vec<_>>(),
        "milestone": null,
        "locked": false,
        "active_lock_reason": null,
        "comments": issue.comments.len(),
        "closed_at": issue.closed.as_ref().map(|closed| time(closed.at)),
        "created_at": time(issue.created_at),
        "updated_at": time(issue.updated_at),
        "author_association": repository.association(&issue.author),
        "performed_via_github_app": through(state, issue.app.as_deref()),
        "reactions": reactions(&url),
    });
    if let (true, Some(fields)) = (issue.is_pull_request, value.as_object_mut()) {
        let pull_url = format!("{}/repos/{}/pulls/{}", state.api, repository.full_name(), issue.number);
        fields.insert("draft".to_owned(), false.into());
        fields.insert(
            "pull_request".to_owned(),
            json!({
                "url": pull_url,
                "html_url": html_url,
                "diff_url": format!("{html_url}.diff"),
                "patch_url": format!("{html_url}.patch"),
                "merged_at": null,
            }),
        );
    }
    value
}

/// An issue asked for by itself says who closed it.
pub(super) fn whole_issue(state: &State, repository: &Repository, one: &Issue) -> Value {
    let mut value = issue(state, repository, one);
    if let Some(fields) = value.as_object_mut() {
        let by = one.closed.as_ref().map(|closed| user(state, &state.shown_user(&closed.by)));
        fields.insert("closed_by".to_owned(), by.into());
    }
    value
}

pub(super) fn comment(state: &State, repository: &Repository, number: u64, comment: &Comment) -> Value {
    let url = format!("{}/repos/{}/issues/comments/{}", state.api, repository.full_name(), comment.id);
    let html_url = format!("{}/{}/issues/{number}#issuecomment-{}", state.html, repository.full_name(), comment.id);
    json!({
        "id": comment.id,
        "node_id": node_id("IssueComment", comment.id),
        "url": url,
        "html_url": html_url,
        "issue_url": format!("{}/repos/{}/issues/{number}", state.api, repository.full_name()),
        "body": comment.body,
        "user": user(state, &state.shown_user(&comment.author)),
        "created_at": time(comment.created_at),
        "updated_at": time(comment.updated_at),
        "author_association": repository.association(&comment.author),
        "performed_via_github_app": through(state, comment.app.as_deref()),
        "reactions": reactions(&url),
    })
}

/// The App that something was written through.
fn through(state: &State, slug: Option<&str>) -> Value {
    let app = slug.and_then(|slug| state.apps.iter().find(|app| app.slug == slug));
    app.map_or(Value::Null, |app| integration(state, app))
}

fn reactions(of: &str) -> Value {
    json!({
        "url": format!("{of}/reactions"), "total_count": 0, "+1": 0, "-1": 0, "laugh": 0, "hooray": 0,
        "confused": 0, "heart": 0, "rocket": 0, "eyes": 0,
    })
}

/// A part of a path, with everything encoded that could be more than itself.
pub(super) fn percent(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.extend(['%'].into_iter().chain(format!("{byte:02X}").chars()));
        }
    }
    encoded
}
