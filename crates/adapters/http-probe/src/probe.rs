use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use lamplighter_core::ports::{MonitorState, MonitorStatus, Monitors};
use lamplighter_core::words::Source;
use lamplighter_core::{Clock, Result};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, StatusCode};

use crate::failure::judge;
use crate::target::Target;
use crate::{HttpProbeError, ProbeTarget};

/// How many services are asked at a time.
const AT_A_TIME: usize = 16;

/// How much of a body is read, in bytes.
const BODY: usize = 16 * 1024;

const REDIRECTS: usize = 5;

/// Asks services over HTTP; see the [crate's documentation](crate) for what counts as an answer.
///
/// Each call of [`statuses`](Monitors::statuses) asks anew, and takes at most the timeout for every 16 services.
/// Cheap to clone. Dropping the call's future ends its requests.
#[derive(Clone)]
pub struct HttpProbe {
    targets: Arc<[Target]>,
    timeout: Duration,
    clock: Arc<dyn Clock>,
    client: Client,
}

impl HttpProbe {
    /// A probe of these targets, each of which has to answer within `timeout`.
    ///
    /// # Errors
    /// [`Target`](HttpProbeError::Target) when a URL is none for HTTP or a name is there twice;
    /// [`Client`](HttpProbeError::Client) when the system's certificates cannot be read.
    pub fn new(
        targets: Vec<ProbeTarget>,
        timeout: Duration,
        clock: Arc<dyn Clock>,
    ) -> std::result::Result<Self, HttpProbeError> {
        let client = Client::builder()
            .user_agent(concat!("lamplighter/", env!("CARGO_PKG_VERSION")))
            .timeout(timeout)
            .redirect(Policy::custom(same_place_only))
            .referer(false)
            .no_proxy()
            // A kept connection would hide that no new one can be made.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|source| HttpProbeError::Client { source })?;
        Ok(Self { targets: Target::read_all(targets)?.into(), timeout, clock, client })
    }

    async fn probe(&self, target: &Target) -> MonitorStatus {
        let at = self.clock.now();
        let start = Instant::now();
        let (state, what) = match self.ask(target).await {
            Ok(status) => (state(status), described(status)),
            Err(error) => judge(&error, self.timeout),
        };
        let detail =
            if state == MonitorState::Up { format!("{what} in {} ms", start.elapsed().as_millis()) } else { what };
        MonitorStatus { name: target.name.clone(), state, at, detail }
    }

    /// The status, once the beginning of the body has come too: a proxy may promise what its backend breaks off.
    async fn ask(&self, target: &Target) -> reqwest::Result<StatusCode> {
        let mut response = self.client.get(target.url.clone()).send().await?;
        let mut read = 0;
        while read < BODY {
            match response.chunk().await? {
                Some(chunk) => read += chunk.len(),
                None => break,
            }
        }
        Ok(response.status())
    }
}

impl fmt::Debug for HttpProbe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpProbe")
            .field("targets", &self.targets)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Monitors for HttpProbe {
    /// In the order of the targets. Never an error: a service that does not answer is down.
    async fn statuses(&self) -> Result<Vec<MonitorStatus>> {
        // Collected first: a closure that borrows its argument is no `Send` future here.
        let probes: Vec<_> = self.targets.iter().map(|target| self.probe(target)).collect();
        Ok(stream::iter(probes).buffered(AT_A_TIME).collect().await)
    }

    fn source(&self) -> Source {
        Source::new("HTTP probe")
    }
}

fn same_place_only(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let is_same = attempt.previous().last().is_some_and(|before| before.origin() == attempt.url().origin());
    if !is_same {
        attempt.stop()
    } else if attempt.previous().len() > REDIRECTS {
        attempt.error("too many redirects")
    } else {
        attempt.follow()
    }
}

fn state(status: StatusCode) -> MonitorState {
    match status.as_u16() {
        200..=399 | 401 | 403 => MonitorState::Up,
        404 | 410 | 500..=599 => MonitorState::Down,
        _ => MonitorState::Unknown,
    }
}

fn described(status: StatusCode) -> String {
    let note = match status.as_u16() {
        300..=399 => " to another place",
        401 | 403 => " (alive, wants a login)",
        _ => "",
    };
    format!("HTTP {}{note}", status.as_u16())
}
