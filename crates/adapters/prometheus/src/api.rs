use std::error::Error as StdError;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use lamplighter_core::Clock;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use tokio::time::Instant;
use url::Url;

use crate::answer::failure;
use crate::{Endpoint, PrometheusError};

/// How often a request is sent before its failure counts.
const ATTEMPTS: u32 = 4;
/// The pause before the first retry; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// How much of the answers to one call is read, in bytes.
const LIMIT: usize = 64 << 20;
/// How much of an answer that is no success is read, in bytes.
const FAILURE_LIMIT: usize = 64 << 10;

/// Sends requests that only read, and says in our words what came of them.
#[derive(Clone)]
pub(crate) struct Api {
    client: Client,
    endpoint: Endpoint,
    base: Url,
    /// What it is called in messages: `Prometheus at http://metrics.example.org`.
    pub(crate) server: String,
    timeout: Duration,
    pub(crate) clock: Arc<dyn Clock>,
}

/// What is left of one call: its time, and how much may be read.
pub(crate) struct Allowance {
    begin: Instant,
    bytes: usize,
}

impl Allowance {
    /// A call begins.
    pub(crate) fn new() -> Self {
        Self { begin: Instant::now(), bytes: LIMIT }
    }
}

impl Api {
    pub(crate) fn new(
        name: &'static str,
        endpoint: Endpoint,
        timeout: Duration,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, PrometheusError> {
        let base = endpoint.base(name)?;
        let mut client = Client::builder()
            .user_agent(concat!("lamplighter/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false);
        if is_loopback(&base) {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|source| PrometheusError::Client { source })?;
        let server = format!("{name} at {}", base.origin().ascii_serialization());
        Ok(Self { client, endpoint, base, server, timeout, clock })
    }

    fn left(&self, allowance: &Allowance) -> Duration {
        self.timeout.saturating_sub(allowance.begin.elapsed())
    }

    pub(crate) async fn get(&self, allowance: &mut Allowance, path: &str) -> Result<Vec<u8>, PrometheusError> {
        let url = self.url(path)?;
        self.send(allowance, |client, _left| client.get(url.clone())).await
    }

    /// Sends a form, to which the time that is left is added as `timeout`.
    pub(crate) async fn post(
        &self,
        allowance: &mut Allowance,
        path: &str,
        form: &[(&str, &str)],
    ) -> Result<Vec<u8>, PrometheusError> {
        let url = self.url(path)?;
        let request = |client: &Client, left: Duration| {
            let timeout = format!("{}ms", left.as_millis().max(1));
            let form: Vec<_> = form.iter().copied().chain([("timeout", timeout.as_str())]).collect();
            client.post(url.clone()).form(&form)
        };
        self.send(allowance, request).await
    }

    async fn send(
        &self,
        allowance: &mut Allowance,
        request: impl Fn(&Client, Duration) -> RequestBuilder + Send,
    ) -> Result<Vec<u8>, PrometheusError> {
        let mut attempt = 1;
        loop {
            let left = self.left(allowance);
            let request = self.endpoint.authorize(request(&self.client, left));
            let failure = match tokio::time::timeout(left, self.attempt(request, allowance.bytes)).await {
                Ok(Ok(body)) => {
                    allowance.bytes = allowance.bytes.saturating_sub(body.len());
                    return Ok(body);
                }
                Ok(Err(failure)) => failure,
                Err(_elapsed) => return Err(self.timed_out()),
            };
            let left = self.left(allowance);
            match pause(&failure, attempt).filter(|pause| attempt < ATTEMPTS && *pause < left) {
                Some(pause) => self.clock.sleep(pause).await,
                None => return Err(failure),
            }
            tracing::debug!(server = self.server, attempt, reason = %failure, "asking again");
            attempt += 1;
        }
    }

    async fn attempt(&self, request: RequestBuilder, limit: usize) -> Result<Vec<u8>, PrometheusError> {
        let unreachable = |error: reqwest::Error| self.unreachable(&error);
        let mut answer = request.send().await.map_err(unreachable)?;
        let is_success = answer.status().is_success();
        let limit = if is_success { limit } else { FAILURE_LIMIT };
        let mut body = Vec::new();
        let mut is_whole = answer.content_length().is_none_or(|promised| promised <= limit as u64);
        while is_whole && let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            is_whole = body.len() + chunk.len() <= limit;
            body.extend_from_slice(&chunk);
        }
        if is_success && !is_whole {
            return Err(PrometheusError::TooLarge { server: self.server.clone(), limit: LIMIT });
        }
        if is_success { Ok(body) } else { Err(failure(&self.server, answer.status(), answer.headers(), &body)) }
    }

    fn url(&self, path: &str) -> Result<Url, PrometheusError> {
        let unusable = |error: url::ParseError| PrometheusError::NotTheApi {
            server: self.server.clone(),
            what: format!("its URL cannot be continued: {error}"),
        };
        self.base.join(path).map_err(unusable)
    }

    fn unreachable(&self, error: &reqwest::Error) -> PrometheusError {
        PrometheusError::Unreachable { server: self.server.clone(), message: innermost(error) }
    }

    fn timed_out(&self) -> PrometheusError {
        PrometheusError::TimedOut { server: self.server.clone(), after: self.timeout }
    }
}

/// How long to wait before the next attempt; `None` when there is no point in one.
fn pause(failure: &PrometheusError, attempt: u32) -> Option<Duration> {
    let growing = FIRST_PAUSE * 2_u32.saturating_pow(attempt - 1);
    match failure {
        PrometheusError::Unavailable { retry_after, .. } => Some(retry_after.unwrap_or(growing)),
        PrometheusError::Unreachable { .. } => Some(growing),
        _ => None,
    }
}

/// What the operating system or TLS said. The layers above only say that a request has failed, and to which URL.
fn innermost(error: &reqwest::Error) -> String {
    let mut innermost: &dyn StdError = match error.source() {
        Some(source) => source,
        None => return "the connection broke".to_owned(),
    };
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
