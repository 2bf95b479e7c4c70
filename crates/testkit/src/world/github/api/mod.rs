//! The endpoints: from a request to an answer, without any I/O.

mod apps;
mod comments;
mod issues;
mod labels;
mod list;
mod meta;
mod people;

use super::answer::{Answer, Outcome, not_found, problem};
use super::call::Call;
use super::caller::Caller;
use super::render;
use super::repository::{GithubRole, Issue, Repository};
use super::state::State;

/// Answers somebody who is let in.
pub(super) fn answer(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let root = root(state);
    let segments = call.segments(&root).ok_or_else(not_found)?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["user"]) => people::ourselves(state, caller),
        ("GET", ["rate_limit"]) => Ok(meta::rate_limit(state, caller)),
        ("GET", ["meta"]) => Ok(meta::meta()),
        ("GET", ["app"]) => apps::app(state, caller),
        ("POST", ["app", "installations", id, "access_tokens"]) => apps::access_token(state, caller, id),
        (_, ["repos", owner, name, rest @ ..]) => {
            let full_name = format!("{owner}/{name}");
            match state.repository(&full_name) {
                Some(repository) => below(state, caller, call, repository, rest),
                None => Err(moved(state, caller, call, &full_name, rest.len())),
            }
        }
        (_, ["repositories", id, rest @ ..]) => {
            let is_it = |one: &Repository| one.id.to_string() == *id;
            let repository = state.repositories.iter().position(is_it).ok_or_else(not_found)?;
            below(state, caller, call, repository, rest)
        }
        _ => Err(not_found()),
    }
}

/// The path that the API begins with: none, or `/api/v3` on an Enterprise Server.
fn root(state: &State) -> String {
    state.api.strip_prefix(&state.html).unwrap_or_default().to_owned()
}

/// What is below one repository.
fn below(state: &mut State, caller: &Caller, call: &Call, repository: usize, rest: &[&str]) -> Outcome {
    if let ("GET", ["installation"]) = (call.method.as_str(), rest) {
        return apps::installation(state, caller, repository);
    }
    let role = caller.role(state, repository)?;
    let seat = Seat { caller, role, repository };
    match (call.method.as_str(), rest) {
        ("GET", []) => {
            let one = seat.get(state)?;
            Ok(Answer::json(200, render::repository(state, one, role)))
        }
        ("GET", ["issues"]) => list::issues(state, &seat, call),
        ("POST", ["issues"]) => issues::create(state, &seat, call),
        ("GET", ["issues", "comments", id]) => comments::get(state, &seat, id),
        ("PATCH", ["issues", "comments", id]) => comments::update(state, &seat, call, id),
        ("DELETE", ["issues", "comments", id]) => comments::delete(state, &seat, id),
        ("GET", ["issues", number]) => issues::get(state, &seat, number),
        ("PATCH", ["issues", number]) => issues::update(state, &seat, call, number),
        ("GET", ["issues", number, "comments"]) => comments::list(state, &seat, call, number),
        ("POST", ["issues", number, "comments"]) => comments::create(state, &seat, call, number),
        ("GET", ["issues", number, "labels"]) => labels::of_issue(state, &seat, call, number),
        ("POST" | "PUT" | "DELETE", ["issues", number, "labels"]) => labels::change(state, &seat, call, number),
        ("DELETE", ["issues", number, "labels", name]) => labels::remove(state, &seat, number, name),
        ("POST" | "DELETE", ["issues", number, "assignees"]) => people::assignees(state, &seat, call, number),
        ("GET", ["labels"]) => labels::of_repository(state, &seat, call),
        ("GET", ["assignees", login]) => people::can_be_assigned(state, &seat, login),
        ("GET", ["collaborators", login, "permission"]) => people::permission(state, &seat, login),
        _ => Err(not_found()),
    }
}

/// Where a repository is that had this name before.
fn moved(state: &State, caller: &Caller, call: &Call, full_name: &str, rest: usize) -> Answer {
    let had_it = |one: &Repository| one.former.iter().any(|name| name.eq_ignore_ascii_case(full_name));
    let Some(repository) = state.repositories.iter().position(had_it) else { return not_found() };
    if let Err(refusal) = caller.role(state, repository) {
        return refusal;
    }
    let Some(one) = state.repositories.get(repository) else { return not_found() };
    // As it was sent, so that what is encoded stays encoded.
    let parts: Vec<&str> = call.path.split('/').collect();
    let rest: Vec<&str> = parts.iter().skip(parts.len() - rest).copied().collect();
    let query = if call.raw_query.is_empty() { String::new() } else { format!("?{}", call.raw_query) };
    let place = [&format!("{}/repositories/{}", state.api, one.id), rest.join("/").as_str()].join("/");
    let url = format!("{}{query}", place.trim_end_matches('/'));
    // A client that follows 301 makes a GET of anything; 307 says to repeat it as it is.
    let status = if call.method == "GET" { 301 } else { 307 };
    let mut answer = problem(status, "Moved Permanently").with("location", url.clone());
    if let super::answer::Body::Json(body) = &mut answer.body
        && let Some(fields) = body.as_object_mut()
    {
        fields.insert("url".to_owned(), url.into());
    }
    answer
}

/// Somebody in front of a repository that they may see.
struct Seat<'a> {
    caller: &'a Caller,
    role: GithubRole,
    repository: usize,
}

impl Seat<'_> {
    fn get<'a>(&self, state: &'a State) -> Result<&'a Repository, Answer> {
        state.repositories.get(self.repository).ok_or_else(not_found)
    }

    fn is_at_least(&self, role: GithubRole) -> bool {
        self.role >= role
    }

    /// Refuses whoever may not do this much.
    fn demand(&self, role: GithubRole) -> Result<(), Answer> {
        if self.is_at_least(role) { Ok(()) } else { Err(self.caller.forbidden()) }
    }

    /// An issue by the number in a path.
    fn issue<'a>(&self, state: &'a State, number: &str) -> Result<(&'a Repository, &'a Issue), Answer> {
        let one = self.get(state)?;
        let number: u64 = number.parse().map_err(|_| not_found())?;
        let issue = one.issues.get(&number).ok_or_else(not_found)?;
        if issue.is_deleted { Err(problem(410, "This issue was deleted")) } else { Ok((one, issue)) }
    }
}
