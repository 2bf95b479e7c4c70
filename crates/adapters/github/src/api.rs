//! Requests with their retries, limits and credentials: what is safe to repeat is repeated, and nothing else.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lamplighter_core::Clock;
use secrecy::SecretString;
use serde::de::DeserializeOwned;

use crate::answer::Answer;
use crate::cache::TagCache;
use crate::credential::Credential;
use crate::limits::Limits;
use crate::transport::{Ask, Transport};
use crate::{GithubError, GithubSettings};

/// How often a request is sent before its failure counts.
pub(crate) const ATTEMPTS: u32 = 4;
/// The pause before the first retry; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// How many items there are on a page of a list, which is the most that GitHub gives.
const PAGE: usize = 100;
/// How many pages of a list are read: a hundred thousand issues.
const PAGES: usize = 1000;
/// How often a request is led elsewhere.
const MOVES: usize = 3;

/// Requests as somebody. Clones share everything.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) wire: Arc<Wire>,
    credential: Arc<Credential>,
}

/// Requests with a credential that is given.
pub(crate) struct Wire {
    transport: Transport,
    pub(crate) clock: Arc<dyn Clock>,
    limits: Limits,
    cache: TagCache,
    patience: Duration,
}

impl Api {
    pub(crate) fn new(settings: GithubSettings, clock: Arc<dyn Clock>) -> Result<Self, GithubError> {
        let transport = Transport::new(settings.base()?, settings.timeout);
        let repository = settings.full_name()?;
        let (limits, cache) = (Limits::default(), TagCache::default());
        let wire = Wire { transport, clock, limits, cache, patience: settings.patience };
        let credential = Credential::new(settings.auth, settings.login, repository);
        Ok(Self { wire: Arc::new(wire), credential: Arc::new(credential) })
    }

    /// The login by which our comments are known.
    pub(crate) async fn login(&self) -> Result<lamplighter_core::words::Login, GithubError> {
        self.credential.login(&self.wire).await
    }

    /// Sends a request, with a new token once where the one that we have is refused. An answer that is no success is an
    /// error.
    pub(crate) async fn send(&self, ask: &Ask) -> Result<Answer, GithubError> {
        let token = self.credential.token(&self.wire).await?;
        let mut answer = self.wire.send(ask, &token).await?;
        if answer.status == 401 && self.credential.drop_refused(&token).await {
            let token = self.credential.token(&self.wire).await?;
            answer = self.wire.send(ask, &token).await?;
        }
        answer.success(ask.verb, &ask.what)
    }

    pub(crate) async fn read<T: DeserializeOwned>(&self, ask: &Ask) -> Result<T, GithubError> {
        self.send(ask).await?.read(200, &ask.what)
    }

    /// Every item of a list, from all of its pages.
    pub(crate) async fn read_all<T: DeserializeOwned>(&self, ask: Ask) -> Result<Vec<T>, GithubError> {
        let mark = if ask.target.contains('?') { '&' } else { '?' };
        let of_page = |number: usize| format!("{}{mark}per_page={PAGE}&page={number}", ask.target);
        let mut items = Vec::new();
        let mut target = of_page(1);
        for number in 1..=PAGES {
            let answer = self.send(&Ask { target, ..ask.clone() }).await?;
            let page: Vec<T> = answer.read(200, &ask.what)?;
            let is_full = page.len() >= PAGE;
            items.extend(page);
            target = match answer.next {
                Some(next) => {
                    let elsewhere =
                        || GithubError::NotTheApi(format!("the next page of the {} is elsewhere", ask.what));
                    self.wire.transport.target(&next).ok_or_else(elsewhere)?
                }
                // A full page that has not changed since it was the last one still says that it is.
                None if is_full => of_page(number + 1),
                None => return Ok(items),
            };
        }
        Err(GithubError::NotTheApi(format!("the list of the {} does not end", ask.what)))
    }

    /// Waits before something is tried once more.
    pub(crate) async fn pause(&self, attempt: u32) {
        self.wire.clock.sleep(pause(attempt)).await;
    }
}

impl Wire {
    /// Sends a request, waits for limits to be over, and repeats what may be repeated. What cannot be known from this
    /// answer alone (a 401, a 404) is for the caller.
    pub(crate) async fn send(&self, ask: &Ask, token: &SecretString) -> Result<Answer, GithubError> {
        let deadline = self.clock.now().checked_add(self.patience).unwrap_or(Timestamp::MAX);
        let mut ask = ask.clone();
        let (mut attempt, mut moves) = (1, 0);
        loop {
            self.limits.wait(self.clock.as_ref(), deadline).await?;
            let failure = match self.once(&ask, token).await {
                // What was refused for a limit was not done, whatever it was.
                Ok(answer) if self.limits.learn(&answer, self.clock.now()) => continue,
                Ok(answer) if matches!(answer.status, 307 | 308) && moves < MOVES => {
                    moves += 1;
                    ask = self.moved(ask, &answer)?;
                    continue;
                }
                Ok(answer) if answer.status < 500 => return Ok(answer),
                Ok(answer) => match answer.success(ask.verb, &ask.what) {
                    Ok(answer) => return Ok(answer),
                    Err(failure) => failure,
                },
                Err(failure) => failure,
            };
            if !ask.is_repeatable || !failure.is_open() || attempt == ATTEMPTS {
                return Err(failure);
            }
            tracing::debug!(attempt, reason = %failure, "asking GitHub again");
            self.clock.sleep(pause(attempt)).await;
            attempt += 1;
        }
    }

    /// Sends a request once. What has not changed since it was read is taken from what is kept.
    async fn once(&self, ask: &Ask, token: &SecretString) -> Result<Answer, GithubError> {
        let is_read = ask.method == http::Method::GET;
        let kept = if is_read { self.cache.get(&ask.target) } else { None };
        let tag = kept.as_ref().and_then(|kept| kept.tag.as_deref());
        let answer = self.transport.send(ask, token, tag).await?;
        match kept {
            Some(kept) if answer.status == 304 => {
                // The limits are those of today.
                Ok(Answer { remaining: answer.remaining, reset: answer.reset, next: answer.next.or(kept.next), ..kept })
            }
            _ => {
                if is_read && answer.status == 200 {
                    self.cache.put(&ask.target, &answer);
                }
                Ok(answer)
            }
        }
    }

    /// The same request where a repository has moved to.
    fn moved(&self, ask: Ask, answer: &Answer) -> Result<Ask, GithubError> {
        let target = answer.location.as_deref().and_then(|url| self.transport.target(url));
        let target = target.ok_or_else(|| GithubError::NotTheApi("we are led elsewhere".to_owned()))?;
        tracing::warn!("the repository has been renamed; put its new name into the settings");
        Ok(Ask { target, ..ask })
    }
}

fn pause(attempt: u32) -> Duration {
    FIRST_PAUSE * 2_u32.saturating_pow(attempt.saturating_sub(1))
}
