//! <https://docs.github.com/en/rest/apps/apps>

use jiff::SignedDuration;
use serde_json::json;

use super::super::super::ids;
use super::super::answer::{Answer, Outcome, not_found, problem};
use super::super::app::{App, InstallationToken};
use super::super::caller::Caller;
use super::super::render;
use super::super::state::State;

/// How long the token of an installation lasts.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

pub(super) fn app(state: &State, caller: &Caller) -> Outcome {
    let app = ourselves(state, caller)?;
    Ok(Answer::json(200, render::integration(state, app)))
}

pub(super) fn installation(state: &State, caller: &Caller, repository: usize) -> Outcome {
    let app = ourselves(state, caller)?;
    let one = state.repositories.get(repository).filter(|one| app.repositories.contains(&one.id));
    one.ok_or_else(not_found)?;
    Ok(Answer::json(200, render::installation(state, app)))
}

pub(super) fn access_token(state: &mut State, caller: &Caller, id: &str) -> Outcome {
    let app = ourselves(state, caller)?;
    if app.installation.to_string() != *id {
        return Err(not_found());
    }
    let (app_id, permissions) = (app.id, render::permissions(app));
    let expires_at = state.now() + LIFE;
    let number = state.id();
    let token = format!("ghs_{}", ids::hex(&["installation", &app_id.to_string(), &number.to_string()], 36));
    state.installation_tokens.insert(token.clone(), InstallationToken { app: app_id, expires_at });
    Ok(Answer::json(
        201,
        json!({
            "token": token,
            "expires_at": render::time(expires_at),
            "permissions": permissions,
            "repository_selection": "selected",
        }),
    ))
}

/// The App that speaks for itself.
fn ourselves<'a>(state: &'a State, caller: &Caller) -> Result<&'a App, Answer> {
    let refused = || problem(401, "A JSON web token could not be decoded");
    let Caller::App(id) = caller else { return Err(refused()) };
    state.apps.iter().find(|app| app.id == *id).ok_or_else(refused)
}
