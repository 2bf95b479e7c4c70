//! <https://docs.github.com/en/rest/issues/labels>

use serde_json::Value;

use super::super::answer::{Answer, Outcome, invalid, missing, problem};
use super::super::call::{Call, names};
use super::super::page::page;
use super::super::render;
use super::super::repository::{GithubRole, Issue, Repository};
use super::super::state::State;
use super::Seat;

/// How long the name of a label may be, in characters.
const NAME: usize = 50;

pub(super) fn of_repository(state: &State, seat: &Seat<'_>, call: &Call) -> Outcome {
    let one = seat.get(state)?;
    let all = one.labels.iter().map(|label| render::label(state, one, label)).collect();
    Ok(page(call, &state.api, all))
}

pub(super) fn of_issue(state: &State, seat: &Seat<'_>, call: &Call, number: &str) -> Outcome {
    let (one, issue) = seat.issue(state, number)?;
    Ok(page(call, &state.api, render::labels(state, one, issue)))
}

/// Adds labels (`POST`), sets them (`PUT`) or takes all away (`DELETE`).
pub(super) fn change(state: &mut State, seat: &Seat<'_>, call: &Call, number: &str) -> Outcome {
    let actor = seat.caller.actor(state)?;
    let (one, issue) = seat.issue(state, number)?;
    let (standing, issue) = (named(one, issue), issue.number);
    seat.demand(GithubRole::Triage)?;
    let wanted = match call.method.as_str() {
        "DELETE" => Vec::new(),
        "PUT" => given(call)?,
        _ => standing.into_iter().chain(given(call)?).collect(),
    };
    state.set_labels(seat.repository, issue, &actor, &wanted);
    if call.method == "DELETE" {
        return Ok(Answer::empty(204));
    }
    all(state, seat, number)
}

pub(super) fn remove(state: &mut State, seat: &Seat<'_>, number: &str, name: &str) -> Outcome {
    let actor = seat.caller.actor(state)?;
    let (one, issue) = seat.issue(state, number)?;
    let (standing, issue) = (named(one, issue), issue.number);
    seat.demand(GithubRole::Triage)?;
    let is_it = |label: &String| label.to_lowercase() == name.to_lowercase();
    if !standing.iter().any(is_it) {
        return Err(problem(404, "Label does not exist"));
    }
    let kept: Vec<String> = standing.into_iter().filter(|label| !is_it(label)).collect();
    state.set_labels(seat.repository, issue, &actor, &kept);
    all(state, seat, number)
}

/// Every label of an issue, without pages.
fn all(state: &State, seat: &Seat<'_>, number: &str) -> Outcome {
    let (one, issue) = seat.issue(state, number)?;
    Ok(Answer::json(200, Value::Array(render::labels(state, one, issue))))
}

fn named(one: &Repository, issue: &Issue) -> Vec<String> {
    one.labels_of(issue).into_iter().map(|label| label.name.clone()).collect()
}

/// The labels in a body: a list of names, or an object with one.
fn given(call: &Call) -> Result<Vec<String>, Answer> {
    let value: Value = serde_json::from_slice(&call.body).map_err(|_| problem(400, "Problems parsing JSON"))?;
    let fields = match value {
        Value::Object(fields) => fields,
        list => std::iter::once(("labels".to_owned(), list)).collect(),
    };
    checked(names(&fields, "Label", "labels")?.ok_or_else(|| missing("labels"))?)
}

/// Names that labels can have.
pub(super) fn checked(names: Vec<String>) -> Result<Vec<String>, Answer> {
    match names.iter().find(|name| name.trim().is_empty() || name.chars().count() > NAME) {
        Some(_) => Err(invalid("Label", "name", "invalid", "name is blank or longer than 50 characters")),
        None => Ok(names),
    }
}
