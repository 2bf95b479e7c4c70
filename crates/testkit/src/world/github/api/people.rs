//! <https://docs.github.com/en/rest/collaborators/collaborators>, <https://docs.github.com/en/rest/issues/assignees>

use serde_json::{Value, json};

use super::super::answer::{Answer, Outcome, not_found, problem};
use super::super::call::{Call, names};
use super::super::caller::Caller;
use super::super::render;
use super::super::repository::GithubRole;
use super::super::state::State;
use super::Seat;

/// `GET /user`. An App has no user.
pub(super) fn ourselves(state: &State, caller: &Caller) -> Outcome {
    match caller {
        Caller::User(login) => Ok(Answer::json(200, render::private_user(state, &state.shown_user(login)))),
        Caller::Anonymous => Err(problem(401, "Requires authentication")),
        Caller::App(_) | Caller::Installation(_) => Err(caller.forbidden()),
    }
}

pub(super) fn permission(state: &State, seat: &Seat<'_>, login: &str) -> Outcome {
    seat.caller.actor(state)?;
    if let Caller::User(_) = seat.caller
        && !seat.is_at_least(GithubRole::Write)
    {
        return Err(problem(403, "Must have push access to view collaborator permission."));
    }
    let one = seat.get(state)?;
    let user = state.known_user(login).ok_or_else(|| problem(404, &format!("{login} is not a user")))?;
    let role = one.role(&user.login);
    let name = role.map_or("none", GithubRole::name);
    let mut shown = render::user(state, user);
    if let Some(fields) = shown.as_object_mut() {
        let at_least = |wanted: GithubRole| role.is_some_and(|role| role >= wanted);
        fields.insert("role_name".to_owned(), name.into());
        fields.insert(
            "permissions".to_owned(),
            json!({
                "pull": role.is_some(),
                "triage": at_least(GithubRole::Triage),
                "push": at_least(GithubRole::Write),
                "maintain": at_least(GithubRole::Maintain),
                "admin": at_least(GithubRole::Admin),
            }),
        );
    }
    let permission = role.map_or("none", GithubRole::permission);
    Ok(Answer::json(200, json!({ "permission": permission, "role_name": name, "user": shown })))
}

/// Whether somebody may be assigned: those who may at least read as a collaborator.
pub(super) fn is_assignable(state: &State, seat: &Seat<'_>, login: &str) -> bool {
    let Some(user) = state.known_user(login) else { return false };
    seat.get(state).is_ok_and(|one| {
        one.owner.eq_ignore_ascii_case(&user.login) || one.collaborators.contains_key(&user.login.to_lowercase())
    })
}

pub(super) fn can_be_assigned(state: &State, seat: &Seat<'_>, login: &str) -> Outcome {
    if is_assignable(state, seat, login) { Ok(Answer::empty(204)) } else { Err(not_found()) }
}

/// Adds assignees (`POST`) or takes them away (`DELETE`). Whoever cannot be assigned is left out, without a word.
pub(super) fn assignees(state: &mut State, seat: &Seat<'_>, call: &Call, number: &str) -> Outcome {
    let actor = seat.caller.actor(state)?;
    let (_, issue) = seat.issue(state, number)?;
    let (standing, issue) = (issue.assignees.clone(), issue.number);
    let fields = call.object()?;
    let named = names(&fields, "Issue", "assignees")?.unwrap_or_default();
    if seat.is_at_least(GithubRole::Write) {
        let is_named = |login: &String| named.iter().any(|one| one.eq_ignore_ascii_case(login));
        let mut wanted: Vec<String> = match call.method.as_str() {
            "DELETE" => standing.iter().filter(|login| !is_named(login)).cloned().collect(),
            _ => standing,
        };
        if call.method == "POST" {
            for login in named.iter().filter(|login| is_assignable(state, seat, login)) {
                let login = state.shown_user(login).login;
                if !wanted.contains(&login) {
                    wanted.push(login);
                }
            }
        }
        state.set_assignees(seat.repository, issue, &actor, &wanted);
    }
    let (one, issue) = seat.issue(state, number)?;
    let status = if call.method == "POST" { 201 } else { 200 };
    let body: Value = render::issue(state, one, issue);
    Ok(Answer::json(status, body))
}
