//! Who asks, and what they may see and do.

use super::act::Actor;
use super::answer::{Answer, bad_credentials, not_found, problem};
use super::app;
use super::repository::GithubRole;
use super::state::State;

/// Who sent a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Caller {
    /// Nobody says.
    Anonymous,
    /// Somebody with a personal token.
    User(String),
    /// An App itself, with a JSON web token.
    App(u64),
    /// An App where it is installed.
    Installation(u64),
}

impl Caller {
    /// Reads `Authorization`: `token T` or `Bearer T`.
    pub(super) fn of(state: &State, authorization: Option<&str>) -> Result<Self, Answer> {
        let Some(authorization) = authorization else { return Ok(Self::Anonymous) };
        let (scheme, token) = authorization.split_once(' ').ok_or_else(bad_credentials)?;
        let token = token.trim();
        if !scheme.eq_ignore_ascii_case("bearer") && !scheme.eq_ignore_ascii_case("token") {
            return Err(bad_credentials());
        }
        if app::is_json_web_token(token) {
            let app = app::authenticate(&state.apps, token, state.clock.now()).map_err(|why| problem(401, why))?;
            return Ok(Self::App(app.id));
        }
        if let Some(login) = state.tokens.get(token) {
            return Ok(Self::User(login.clone()));
        }
        match state.installation_tokens.get(token) {
            Some(known) if known.expires_at > state.now() => Ok(Self::Installation(known.app)),
            _ => Err(bad_credentials()),
        }
    }

    /// Who it is counted as; `None` for nobody in particular.
    pub(super) fn counted_as(&self) -> Option<String> {
        match self {
            Self::Anonymous => None,
            Self::User(login) => Some(format!("user {login}")),
            Self::App(id) => Some(format!("app {id}")),
            Self::Installation(id) => Some(format!("installation of app {id}")),
        }
    }

    /// What it may do in a repository. What it may not see is not there: 404 and not 403.
    pub(super) fn role(&self, state: &State, repository: usize) -> Result<GithubRole, Answer> {
        let one = state.repositories.get(repository).ok_or_else(not_found)?;
        let role = match self {
            Self::Anonymous => (!one.private).then_some(GithubRole::Read),
            Self::User(login) => one.role(login),
            // An App speaks about itself alone.
            Self::App(_) => return Err(problem(401, "A JSON web token could not be decoded")),
            Self::Installation(id) => {
                let app = state.apps.iter().find(|app| app.id == *id).filter(|app| app.repositories.contains(&one.id));
                match app {
                    Some(app) => Some(if app.may_write { GithubRole::Write } else { GithubRole::Read }),
                    None => (!one.private).then_some(GithubRole::Read),
                }
            }
        };
        role.ok_or_else(not_found)
    }

    /// Who it is that acts.
    pub(super) fn actor(&self, state: &State) -> Result<Actor, Answer> {
        match self {
            Self::User(login) => Ok(Actor::person(login)),
            Self::Installation(id) => {
                let app = state.apps.iter().find(|app| app.id == *id).ok_or_else(bad_credentials)?;
                Ok(Actor { login: app.login(), app: Some(app.slug.clone()) })
            }
            Self::Anonymous | Self::App(_) => Err(problem(401, "Requires authentication")),
        }
    }

    /// The refusal of somebody who may look and may not do this.
    pub(super) fn forbidden(&self) -> Answer {
        match self {
            Self::Installation(_) => problem(403, "Resource not accessible by integration"),
            _ => problem(403, "Must have admin rights to Repository."),
        }
    }
}
