//! What there is on the played GitHub.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lamplighter_core::Clock;

use super::super::disruption::Disruption;
use super::GithubExchange;
use super::app::{App, InstallationToken};
use super::delivery::Hook;
use super::faults::Dice;
use super::limits::Limits;
use super::repository::Repository;

/// Everything, behind one mutex.
pub(super) struct State {
    pub(super) clock: Arc<dyn Clock>,
    /// The API's address without a slash at its end: `http://127.0.0.1:PORT`, with `/api/v3` for an Enterprise Server.
    pub(super) api: String,
    /// The address of the pages that people look at.
    pub(super) html: String,
    pub(super) users: BTreeMap<String, User>,
    pub(super) repositories: Vec<Repository>,
    /// Personal tokens: whose they are.
    pub(super) tokens: BTreeMap<String, String>,
    pub(super) apps: Vec<App>,
    pub(super) installation_tokens: BTreeMap<String, InstallationToken>,
    pub(super) limits: Limits,
    pub(super) hook: Hook,
    pub(super) disruptions: Vec<Disruption>,
    pub(super) dice: Option<Dice>,
    pub(super) latency: Duration,
    pub(super) exchanges: Vec<GithubExchange>,
    ids: u64,
}

/// Somebody with a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct User {
    pub(super) id: u64,
    pub(super) login: String,
    pub(super) kind: Kind,
}

/// What kind of account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    User,
    Bot,
    Organization,
}

impl State {
    pub(super) fn new(clock: Arc<dyn Clock>, api: String, html: String) -> Self {
        Self {
            clock,
            api,
            html,
            users: BTreeMap::new(),
            repositories: Vec::new(),
            tokens: BTreeMap::new(),
            apps: Vec::new(),
            installation_tokens: BTreeMap::new(),
            limits: Limits::default(),
            hook: Hook::default(),
            disruptions: Vec::new(),
            dice: None,
            latency: Duration::ZERO,
            exchanges: Vec::new(),
            ids: 1000,
        }
    }

    /// The time (UTC), to the second as the API tells it.
    pub(super) fn now(&self) -> Timestamp {
        Timestamp::from_second(self.clock.now().as_second()).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// A number that nothing else has.
    pub(super) fn id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    /// Somebody, who has an account from now on. Logins are known whatever their case.
    pub(super) fn user(&mut self, login: &str) -> User {
        let kind = if login.ends_with("[bot]") { Kind::Bot } else { Kind::User };
        self.account(login, kind)
    }

    pub(super) fn account(&mut self, login: &str, kind: Kind) -> User {
        let key = login.to_lowercase();
        if let Some(user) = self.users.get(&key) {
            return user.clone();
        }
        let user = User { id: self.id(), login: login.to_owned(), kind };
        self.users.insert(key, user.clone());
        user
    }

    pub(super) fn known_user(&self, login: &str) -> Option<&User> {
        self.users.get(&login.to_lowercase())
    }

    /// Somebody who was there when something was made.
    pub(super) fn shown_user(&self, login: &str) -> User {
        self.known_user(login).cloned().unwrap_or_else(|| User {
            id: 10137,
            login: "ghost".to_owned(),
            kind: Kind::User,
        })
    }

    /// The position of a repository by its present name.
    pub(super) fn repository(&self, full_name: &str) -> Option<usize> {
        self.repositories.iter().position(|one| one.full_name().eq_ignore_ascii_case(full_name))
    }
}

impl Kind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Bot => "Bot",
            Self::Organization => "Organization",
        }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("api", &self.api)
            .field("repositories", &self.repositories)
            .finish_non_exhaustive()
    }
}
