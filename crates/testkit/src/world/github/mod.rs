//! GitHub, played: its REST API over loopback HTTP, and the webhooks that it sends.
//!
//! See [`GithubWorld`].

mod act;
mod answer;
mod api;
mod app;
mod call;
mod caller;
mod delivery;
mod faults;
mod limits;
mod page;
mod people;
mod post;
mod render;
mod repository;
mod serve;
mod state;
mod trouble;

use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use lamplighter_core::Clock;

pub use app::GithubApp;
pub use delivery::WebhookDelivery;
pub use people::{GithubComment, GithubIssue};
pub use repository::GithubRole;

use super::WorldError;
use super::ledger::RequestRecord;
use super::listening::{Listening, Port};
use app::{App, Keys};
use post::Poster;
use serve::{World, locked, routes};
use state::{Kind, State};

/// GitHub, played: its [REST API](https://docs.github.com/en/rest) over loopback HTTP, written after its documentation
/// and held to its own description by a test. It is stateful: what is written is there to be read, by whoever may.
///
/// People act through methods here, programs through the API; either way the webhooks are made that GitHub would send.
/// Everything that happens has the time of the world's clock.
///
/// ```
/// use std::sync::Arc;
///
/// use lamplighter_testkit::fakes::FakeClock;
/// use lamplighter_testkit::world::{GithubRole, GithubWorld};
///
/// let github = GithubWorld::start(Arc::new(FakeClock::new()))?;
/// github.add_repository("home/infra");
/// github.set_role("home/infra", "maria", GithubRole::Write);
/// let number = github.open_issue("home/infra", "maria", "Wiki is down", "502 since 14:00", ["user-report"]);
/// github.comment("home/infra", number, "maria", "It is worse now.");
/// assert_eq!(github.issue("home/infra", number).comments[0].body, "It is worse now.");
/// let events: Vec<String> = github.take_deliveries().into_iter().map(|delivery| delivery.event).collect();
/// assert_eq!(events, ["issues", "issues", "issue_comment"], "opened, labelled, commented");
/// # Ok::<(), lamplighter_testkit::world::WorldError>(())
/// ```
///
/// What is deliberately not here: TLS, organisations' teams, search, GraphQL, milestones, reactions, locks, and
/// everything that has nothing to do with issues.
pub struct GithubWorld {
    world: World,
    url: String,
    poster: Mutex<Option<Poster>>,
    _listening: Listening,
}

/// A request and its answer, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GithubExchange {
    /// What was asked, and what became of it.
    pub request: RequestRecord,
    /// The headers of the request, in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
    /// The headers of the answer, in lower case.
    pub answer_headers: Vec<(String, String)>,
    /// Its body; what a client did not get of it, too.
    pub answer: Vec<u8>,
}

impl GithubWorld {
    /// Starts one on a free port of the loopback interface, without anything in it.
    ///
    /// # Errors
    /// [`WorldError::Serve`] when there is no port.
    pub fn start(clock: Arc<dyn Clock>) -> Result<Self, WorldError> {
        Self::start_below(clock, "")
    }

    /// Starts a GitHub Enterprise Server, whose API is below `/api/v3`.
    ///
    /// # Errors
    /// [`WorldError::Serve`] when there is no port.
    pub fn start_enterprise(clock: Arc<dyn Clock>) -> Result<Self, WorldError> {
        Self::start_below(clock, "/api/v3")
    }

    fn start_below(clock: Arc<dyn Clock>, root: &str) -> Result<Self, WorldError> {
        let port = Port::take()?;
        let html = format!("http://{}", port.address);
        let url = format!("{html}{root}");
        let world: World = Arc::new(Mutex::new(State::new(clock, url.clone(), html)));
        let listening = Listening::start([(port, routes(Arc::clone(&world)))])?;
        Ok(Self { world, url, poster: Mutex::default(), _listening: listening })
    }

    /// The API's address, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Makes a private repository, `owner/name`.
    ///
    /// # Panics
    /// When it is not called so.
    pub fn add_repository(&self, full_name: &str) {
        self.make_repository(full_name, true);
    }

    /// Makes a repository that anybody may read.
    ///
    /// # Panics
    /// When it is not called `owner/name`.
    pub fn add_public_repository(&self, full_name: &str) {
        self.make_repository(full_name, false);
    }

    #[expect(clippy::expect_used, reason = "a test that names a repository wrongly fails")]
    fn make_repository(&self, full_name: &str, private: bool) {
        let (owner, name) = full_name.split_once('/').expect("a repository is called owner/name");
        let mut state = self.state();
        state.user(owner);
        let (id, created_at) = (state.id(), state.now());
        state.repositories.push(repository::Repository {
            id,
            owner: owner.to_owned(),
            name: name.to_owned(),
            private,
            former: Vec::new(),
            collaborators: std::collections::BTreeMap::new(),
            labels: Vec::new(),
            issues: std::collections::BTreeMap::new(),
            created_at,
            numbers: 0,
        });
    }

    /// Gives a repository another name; the old one leads to it.
    ///
    /// # Panics
    /// When there is no such repository, or the new name is not `owner/name`.
    #[expect(clippy::expect_used, reason = "a test that names a repository wrongly fails")]
    pub fn rename_repository(&self, from: &str, to: &str) {
        let (owner, name) = to.split_once('/').expect("a repository is called owner/name");
        self.state().user(owner);
        self.with(from, |_, one| {
            one.former.push(from.to_owned());
            owner.clone_into(&mut one.owner);
            name.clone_into(&mut one.name);
        });
    }

    /// Gives somebody an account. Whoever is mentioned elsewhere has one, too.
    pub fn add_user(&self, login: &str) {
        self.state().user(login);
    }

    /// Makes an account an organisation's.
    pub fn add_organization(&self, login: &str) {
        self.state().account(login, Kind::Organization);
    }

    /// Makes somebody a collaborator.
    ///
    /// # Panics
    /// When there is no such repository, like everything else that is done to one.
    pub fn set_role(&self, repository: &str, login: &str, role: GithubRole) {
        self.state().user(login);
        self.with(repository, |_, one| one.collaborators.insert(login.to_lowercase(), role));
    }

    /// Makes somebody a stranger again, tokens and all.
    ///
    /// # Panics
    /// When there is no such repository.
    pub fn remove_role(&self, repository: &str, login: &str) {
        self.with(repository, |_, one| one.collaborators.remove(&login.to_lowercase()));
    }

    /// A personal token of somebody, who may do with it whatever he may.
    pub fn add_token(&self, login: &str, token: &str) {
        let mut state = self.state();
        let login = state.user(login).login;
        state.tokens.insert(token.to_owned(), login);
    }

    /// Makes a token worthless, be it a personal one or an installation's.
    pub fn revoke_token(&self, token: &str) {
        let mut state = self.state();
        state.tokens.remove(token);
        state.installation_tokens.remove(token);
    }

    /// Makes every token of every installation worthless at once.
    pub fn revoke_installation_tokens(&self) {
        self.state().installation_tokens.clear();
    }

    /// Makes an App and installs it on a repository, where it may write issues.
    ///
    /// # Panics
    /// When there is no such repository.
    pub fn add_app(&self, slug: &str, repository: &str) -> GithubApp {
        let keys = Keys::generate();
        let mut state = self.state();
        let (id, installation, now) = (state.id(), state.id(), state.now());
        let (owner, repository) = with(&mut state, repository, |_, one| (one.owner.clone(), one.id));
        let mut app = App::new(id, slug, &owner, installation, now, &keys);
        app.repositories.push(repository);
        let login = app.login();
        state.user(&login);
        state.apps.push(app);
        GithubApp { id, installation, login, private_key: keys.pkcs1, private_key_pkcs8: keys.pkcs8 }
    }

    /// Takes an App's right to write issues away, or gives it back.
    pub fn let_app_write(&self, app: &GithubApp, may_write: bool) {
        let mut state = self.state();
        for known in state.apps.iter_mut().filter(|known| known.id == app.id) {
            known.may_write = may_write;
        }
    }

    /// Every request with its answer, oldest first.
    #[must_use]
    pub fn exchanges(&self) -> Vec<GithubExchange> {
        self.state().exchanges.clone()
    }

    /// Every request, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.state().exchanges.iter().map(|exchange| exchange.request.clone()).collect()
    }

    /// Forgets the requests so far, so that a test can look at what comes after.
    pub fn clear_requests(&self) {
        self.state().exchanges.clear();
    }

    /// The secret that deliveries are signed with. Without one they are not signed, as on GitHub.
    pub fn set_webhook_secret(&self, secret: &str) {
        self.state().hook.secret = Some(secret.to_owned());
    }

    /// A delivery of any event with any body, signed as GitHub signs: what somebody could send who knows the secret.
    #[must_use]
    pub fn sign(&self, event: &str, guid: &str, body: Vec<u8>) -> WebhookDelivery {
        delivery::signed(event, guid.to_owned(), 0, body, self.state().hook.secret.as_deref())
    }

    /// The deliveries since the last call, oldest first.
    #[must_use]
    pub fn take_deliveries(&self) -> Vec<WebhookDelivery> {
        self.state().hook.queue.drain(..).collect()
    }

    /// All deliveries that were ever made, as GitHub lists them for 30 days.
    #[must_use]
    pub fn deliveries(&self) -> Vec<WebhookDelivery> {
        self.state().hook.sent.clone()
    }

    /// Posts every delivery from now on to this URL (`http://HOST:PORT/PATH`), one after the other, once: GitHub does
    /// not repeat one that failed.
    ///
    /// # Errors
    /// [`WorldError::Spec`] when it is no such URL, [`WorldError::Serve`] when there is no thread for it.
    pub fn post_deliveries_to(&self, url: &str) -> Result<(), WorldError> {
        let (poster, sender) = Poster::start(url)?;
        self.state().hook.poster = Some(sender);
        *self.poster.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(poster);
        Ok(())
    }

    /// Makes a delivery again, with its GUID and its bytes, as the button on GitHub does. `false` where there is none.
    pub fn redeliver(&self, guid: &str) -> bool {
        let mut state = self.state();
        let Some(delivery) = state.hook.sent.iter().find(|delivery| delivery.guid == guid).cloned() else {
            return false;
        };
        state.hook.queue.push_back(delivery.clone());
        state.post(delivery);
        true
    }

    /// What became of the deliveries that were posted: their GUIDs, and the HTTP status or `None` where there was no
    /// answer.
    #[must_use]
    pub fn posted(&self) -> Vec<(String, Option<u16>)> {
        let poster = self.poster.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        poster.as_ref().map(Poster::posted).unwrap_or_default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.world)
    }

    /// Does something to a repository.
    fn with<T>(&self, full_name: &str, work: impl FnOnce(Timestamp, &mut repository::Repository) -> T) -> T {
        with(&mut self.state(), full_name, work)
    }
}

#[expect(clippy::expect_used, reason = "a test that names what is not there fails")]
fn with<T>(state: &mut State, full_name: &str, work: impl FnOnce(Timestamp, &mut repository::Repository) -> T) -> T {
    let now = state.now();
    let at = state.repository(full_name).expect("a repository is added before it is used");
    work(now, state.repositories.get_mut(at).expect("a repository that was found"))
}

impl GithubExchange {
    /// A header of the request.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// A header of the answer.
    #[must_use]
    pub fn answer_header(&self, name: &str) -> Option<&str> {
        self.answer_headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl std::fmt::Debug for GithubWorld {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GithubWorld").field("url", &self.url).finish_non_exhaustive()
    }
}
