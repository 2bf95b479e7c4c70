//! <https://docs.github.com/en/rest/issues/issues>

use serde_json::{Map, Value};

use super::super::act::Draft;
use super::super::answer::{Answer, Outcome, invalid, missing, not_found, problem};
use super::super::call::{Call, names, text};
use super::super::render;
use super::super::repository::GithubRole;
use super::super::state::State;
use super::{Seat, labels, people};

/// How long a title may be, in characters.
const TITLE: usize = 256;
/// How long a body may be, in characters.
pub(super) const BODY: usize = 65_536;

pub(super) fn get(state: &State, seat: &Seat<'_>, number: &str) -> Outcome {
    let (one, issue) = seat.issue(state, number)?;
    Ok(Answer::json(200, render::whole_issue(state, one, issue)))
}

pub(super) fn create(state: &mut State, seat: &Seat<'_>, call: &Call) -> Outcome {
    let actor = seat.caller.actor(state)?;
    // An App that may only read issues may not file one, anybody else who sees the repository may.
    if actor.app.is_some() {
        seat.demand(GithubRole::Write)?;
    }
    let fields = call.object()?;
    let title = title(&fields)?.ok_or_else(|| missing("title"))?;
    let body = body(&fields, "Issue")?;
    let mut draft = Draft { title, body, ..Draft::default() };
    // Labels and assignees of those who may not push are dropped, without a word.
    let (labels, assignees) = (names(&fields, "Issue", "labels")?, names(&fields, "Issue", "assignees")?);
    if seat.is_at_least(GithubRole::Write) {
        draft.labels = labels::checked(labels.unwrap_or_default())?;
        draft.assignees = assignees.unwrap_or_default();
        if let Some(stranger) = draft.assignees.iter().find(|login| !people::is_assignable(state, seat, login)) {
            return Err(invalid("Issue", "assignees", "invalid", stranger));
        }
    }
    let number = state.file(seat.repository, &actor, draft).ok_or_else(not_found)?;
    let (one, issue) = seat.issue(state, &number.to_string())?;
    let body = render::whole_issue(state, one, issue);
    let location = body.get("url").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Answer::json(201, body).with("location", location))
}

pub(super) fn update(state: &mut State, seat: &Seat<'_>, call: &Call, path: &str) -> Outcome {
    let actor = seat.caller.actor(state)?;
    let (_, issue) = seat.issue(state, path)?;
    let (number, is_author) = (issue.number, issue.author.eq_ignore_ascii_case(&actor.login));
    if !is_author {
        seat.demand(GithubRole::Triage)?;
    }
    let fields = call.object()?;
    let change = Change::read(&fields)?;
    if change.title.is_some() || change.body.is_some() {
        state.reword(seat.repository, number, &actor, change.title, change.body);
    }
    if seat.is_at_least(GithubRole::Triage) {
        if let Some(labels) = change.labels {
            state.set_labels(seat.repository, number, &actor, &labels::checked(labels)?);
        }
        if let Some(assignees) = change.assignees {
            let known: Vec<String> =
                assignees.into_iter().filter(|login| people::is_assignable(state, seat, login)).collect();
            state.set_assignees(seat.repository, number, &actor, &known);
        }
    }
    match change.state.as_deref() {
        Some("closed") => {
            let reason = change.reason.unwrap_or_else(|| "completed".to_owned());
            state.close(seat.repository, number, &actor, &reason);
        }
        Some("open") => {
            state.reopen(seat.repository, number, &actor);
        }
        _ => {}
    }
    get(state, seat, path)
}

/// What a `PATCH` asks for.
struct Change {
    title: Option<String>,
    body: Option<String>,
    state: Option<String>,
    reason: Option<String>,
    labels: Option<Vec<String>>,
    assignees: Option<Vec<String>>,
}

impl Change {
    fn read(fields: &Map<String, Value>) -> Result<Self, Answer> {
        let one_of = |field: &str, known: &[&str]| match fields.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if known.contains(&text.as_str()) => Ok(Some(text.clone())),
            Some(_) => Err(invalid("Issue", field, "invalid", "")),
        };
        Ok(Self {
            title: if fields.contains_key("title") { title(fields)? } else { None },
            // Null takes the body away.
            body: if fields.contains_key("body") { Some(body(fields, "Issue")?.unwrap_or_default()) } else { None },
            state: one_of("state", &["open", "closed"])?,
            reason: one_of("state_reason", &["completed", "not_planned", "duplicate", "reopened"])?,
            labels: names(fields, "Issue", "labels")?,
            assignees: names(fields, "Issue", "assignees")?,
        })
    }
}

fn title(fields: &Map<String, Value>) -> Result<Option<String>, Answer> {
    let title = match fields.get("title") {
        // The description lets a title be a number, too.
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => text(fields, "Issue", "title")?,
    };
    let Some(title) = title else { return Ok(None) };
    let title = title.trim().to_owned();
    if title.is_empty() {
        return Err(invalid("Issue", "title", "missing_field", ""));
    }
    if title.chars().count() > TITLE {
        return Err(invalid("Issue", "title", "custom", "title is too long (maximum is 256 characters)"));
    }
    Ok(Some(title))
}

/// The body of an issue or a comment; `None` where it is null or not there.
pub(super) fn body(fields: &Map<String, Value>, resource: &str) -> Result<Option<String>, Answer> {
    if fields.get("body").is_some_and(Value::is_null) {
        return Ok(None);
    }
    let body = text(fields, resource, "body")?;
    match &body {
        Some(body) if body.chars().count() > BODY => {
            Err(invalid(resource, "body", "custom", "body is too long (maximum is 65536 characters)"))
        }
        Some(body) if body.contains('\0') => Err(problem(422, "body contains a null byte")),
        _ => Ok(body),
    }
}
