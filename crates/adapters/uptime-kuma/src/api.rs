use std::error::Error as StdError;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use lamplighter_core::Clock;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;
use url::Url;

use crate::{UptimeKumaError, UptimeKumaSettings};

/// How often a request is sent before its failure counts.
const ATTEMPTS: u32 = 4;
/// The pause before the first retry; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// How much of an answer is read, in bytes.
pub(crate) const LIMIT: usize = 16 << 20;

/// Sends requests that only read, and says in our words what came of them.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) client: Client,
    base: Url,
    /// What it is called in messages: `Uptime Kuma at http://status.example.org`.
    pub(crate) server: String,
    timeout: Duration,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Api {
    pub(crate) fn new(settings: &UptimeKumaSettings, clock: Arc<dyn Clock>) -> Result<Self, UptimeKumaError> {
        let base = settings.base()?;
        let mut client = Client::builder()
            .user_agent(concat!("lamplighter/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            // A connection of version 2 cannot become a WebSocket.
            .http1_only();
        if is_loopback(&base) {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|source| UptimeKumaError::Client { source })?;
        let server = format!("Uptime Kuma at {}", base.origin().ascii_serialization());
        Ok(Self { client, base, server, timeout: settings.timeout, clock })
    }

    pub(crate) fn url(&self, path: &str) -> Result<Url, UptimeKumaError> {
        self.base.join(path).map_err(|error| self.not_the_api(format!("its URL cannot be continued: {error}")))
    }

    /// The body of an answer to `GET`.
    pub(crate) async fn get(
        &self,
        path: &str,
        login: Option<(&str, &SecretString)>,
    ) -> Result<Vec<u8>, UptimeKumaError> {
        let url = self.url(path)?;
        self.patiently(|| {
            let request = self.client.get(url.clone());
            let request = match login {
                Some((user, password)) => request.basic_auth(user, Some(password.expose_secret())),
                None => request,
            };
            self.body(request)
        })
        .await
    }

    /// Does something that may be repeated until it succeeds or there is no point in it any more.
    pub(crate) async fn patiently<T, F: Future<Output = Result<T, UptimeKumaError>> + Send>(
        &self,
        mut work: impl FnMut() -> F + Send,
    ) -> Result<T, UptimeKumaError> {
        let begin = Instant::now();
        let left = || self.timeout.saturating_sub(begin.elapsed());
        let mut attempt = 1;
        loop {
            let failure = match tokio::time::timeout(left(), work()).await {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(failure)) => failure,
                Err(_elapsed) => return Err(self.timed_out()),
            };
            match pause(&failure, attempt).filter(|pause| attempt < ATTEMPTS && *pause < left()) {
                Some(pause) => self.clock.sleep(pause).await,
                None => return Err(failure),
            }
            tracing::debug!(server = self.server, attempt, reason = %failure, "asking again");
            attempt += 1;
        }
    }

    /// Does something once, within the time limit of a call.
    pub(crate) async fn once<T>(
        &self,
        work: impl Future<Output = Result<T, UptimeKumaError>> + Send,
    ) -> Result<T, UptimeKumaError> {
        tokio::time::timeout(self.timeout, work).await.unwrap_or_else(|_elapsed| Err(self.timed_out()))
    }

    async fn body(&self, request: RequestBuilder) -> Result<Vec<u8>, UptimeKumaError> {
        let unreachable = |error: reqwest::Error| self.unreachable(&error);
        let mut answer = request.send().await.map_err(unreachable)?;
        self.check(&answer)?;
        let too_large = || UptimeKumaError::TooLarge { server: self.server.clone(), limit: LIMIT };
        if answer.content_length().is_some_and(|promised| promised > LIMIT as u64) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > LIMIT {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// What an answer means that is no success. Bodies of those are pages, and not repeated.
    pub(crate) fn check(&self, answer: &Response) -> Result<(), UptimeKumaError> {
        let status = answer.status();
        if status.is_success() || status == StatusCode::SWITCHING_PROTOCOLS {
            return Ok(());
        }
        let server = self.server.clone();
        let reason = status.canonical_reason().unwrap_or("no reason given").to_lowercase();
        Err(match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                UptimeKumaError::Refused { server, message: format!("{} ({reason})", status.as_u16()) }
            }
            status if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => {
                let retry_after = retry_after(answer.headers());
                UptimeKumaError::Unavailable { server, status: status.as_u16(), retry_after }
            }
            status => self.not_the_api(format!("{} ({reason})", status.as_u16())),
        })
    }

    /// Says in the log that something of an answer cannot be read and is left out.
    pub(crate) fn left_out(&self, what: &str, count: usize) {
        if count > 0 {
            tracing::warn!(server = self.server, count, "{what} cannot be read and are left out");
        }
    }

    pub(crate) fn not_the_api(&self, what: impl Into<String>) -> UptimeKumaError {
        UptimeKumaError::NotTheApi { server: self.server.clone(), what: what.into() }
    }

    pub(crate) fn unreadable(&self, what: impl Into<String>) -> UptimeKumaError {
        UptimeKumaError::Unreadable { server: self.server.clone(), what: what.into() }
    }

    pub(crate) fn unreachable(&self, error: &(dyn StdError + 'static)) -> UptimeKumaError {
        // What the operating system or TLS said. The layers above only say that a request failed, and to which URL.
        let mut innermost = error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        let message = match innermost.downcast_ref::<reqwest::Error>() {
            Some(_) => "the connection broke".to_owned(),
            None => innermost.to_string(),
        };
        UptimeKumaError::Unreachable { server: self.server.clone(), message }
    }

    fn timed_out(&self) -> UptimeKumaError {
        UptimeKumaError::TimedOut { server: self.server.clone(), after: self.timeout }
    }
}

/// How long to wait before the next attempt; `None` when there is no point in one.
fn pause(failure: &UptimeKumaError, attempt: u32) -> Option<Duration> {
    let growing = FIRST_PAUSE * 2_u32.saturating_pow(attempt - 1);
    match failure {
        UptimeKumaError::Unavailable { retry_after, .. } => Some(retry_after.unwrap_or(growing)),
        UptimeKumaError::Unreachable { .. } => Some(growing),
        _ => None,
    }
}

/// The header in its form in seconds.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
