//! <https://docs.github.com/en/rest/issues/comments>

use serde_json::Value;

use super::super::answer::{Answer, Outcome, invalid, missing, not_found};
use super::super::call::Call;
use super::super::page::page;
use super::super::render;
use super::super::repository::{Comment, GithubRole};
use super::super::state::State;
use super::{Seat, issues};

pub(super) fn list(state: &State, seat: &Seat<'_>, call: &Call, number: &str) -> Outcome {
    let (one, issue) = seat.issue(state, number)?;
    let since = match call.parameter("since").map(str::parse::<jiff::Timestamp>) {
        Some(Err(_)) => return Err(invalid("IssueComment", "since", "invalid", "")),
        Some(Ok(since)) => Some(since),
        None => None,
    };
    let wanted = issue.comments.iter().filter(|comment| since.is_none_or(|since| comment.updated_at >= since));
    let shown = wanted.map(|comment| render::comment(state, one, issue.number, comment)).collect();
    Ok(page(call, &state.api, shown))
}

pub(super) fn create(state: &mut State, seat: &Seat<'_>, call: &Call, number: &str) -> Outcome {
    let actor = seat.caller.actor(state)?;
    let (_, issue) = seat.issue(state, number)?;
    let number = issue.number;
    if actor.app.is_some() {
        seat.demand(GithubRole::Write)?;
    }
    let body = words(call)?;
    let id = state.say(seat.repository, number, &actor, &body).ok_or_else(not_found)?;
    let answer = get(state, seat, &id.to_string())?;
    let location = match &answer.body {
        super::super::answer::Body::Json(body) => body.get("url").and_then(Value::as_str).unwrap_or_default(),
        _ => "",
    };
    let location = location.to_owned();
    Ok(Answer { status: 201, ..answer }.with("location", location))
}

pub(super) fn get(state: &State, seat: &Seat<'_>, id: &str) -> Outcome {
    let one = seat.get(state)?;
    let (number, comment) = find(state, seat, id)?;
    Ok(Answer::json(200, render::comment(state, one, number, comment)))
}

pub(super) fn update(state: &mut State, seat: &Seat<'_>, call: &Call, id: &str) -> Outcome {
    let number = allowed(state, seat, id)?;
    let actor = seat.caller.actor(state)?;
    state.reword_comment(seat.repository, number, &actor, &words(call)?);
    get(state, seat, id)
}

pub(super) fn delete(state: &mut State, seat: &Seat<'_>, id: &str) -> Outcome {
    let number = allowed(state, seat, id)?;
    let actor = seat.caller.actor(state)?;
    state.remove_comment(seat.repository, number, &actor);
    Ok(Answer::empty(204))
}

fn find<'a>(state: &'a State, seat: &Seat<'_>, id: &str) -> Result<(u64, &'a Comment), Answer> {
    let id: u64 = id.parse().map_err(|_| not_found())?;
    seat.get(state)?.comment(id).ok_or_else(not_found)
}

/// The id of a comment that may be changed: by its author, and by those who may write.
fn allowed(state: &State, seat: &Seat<'_>, id: &str) -> Result<u64, Answer> {
    let actor = seat.caller.actor(state)?;
    let (_, comment) = find(state, seat, id)?;
    if !comment.author.eq_ignore_ascii_case(&actor.login) {
        seat.demand(GithubRole::Write)?;
    }
    Ok(comment.id)
}

fn words(call: &Call) -> Result<String, Answer> {
    let fields = call.object()?;
    let body = issues::body(&fields, "IssueComment")?.ok_or_else(|| missing("body"))?;
    if body.trim().is_empty() {
        return Err(invalid("IssueComment", "body", "missing_field", "Body cannot be blank"));
    }
    Ok(body)
}
