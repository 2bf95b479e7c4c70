//! One request and its answer.

use std::error::Error as StdError;
use std::net::IpAddr;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use jiff::Timestamp;
use lamplighter_core::Clock;
use reqwest::header::{CONTENT_TYPE, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Method, Request, Response};
use rustify::endpoint::Endpoint;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::answer::Answer;
use crate::{VaultError, VaultSettings};

/// How often a request is sent before its failure counts.
const ATTEMPTS: u32 = 3;
/// The pause before the first retry; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// How much of an answer is read, in bytes. Vault itself keeps no entry of more than a megabyte.
const LIMIT: usize = 4 << 20;
/// How much of a CA file is read, in bytes.
const CA_LIMIT: u64 = 4 << 20;

/// Sends requests, each within the time limit of a call.
pub(crate) struct Transport {
    client: Client,
    base: Url,
    namespace: Option<HeaderValue>,
    pub(crate) timeout: Duration,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Transport {
    pub(crate) fn new(settings: &VaultSettings, clock: Arc<dyn Clock>) -> Result<Self, VaultError> {
        let base = settings.checked()?;
        let mut client = Client::builder()
            .user_agent(concat!("lamplighter/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false);
        if let Some(file) = &settings.ca_file {
            client = client.tls_certs_only(certificates(file)?);
        } else if base.scheme() == "http" {
            // Otherwise a system without CA certificates could not even speak plain HTTP.
            client = client.tls_certs_only([]);
        }
        if is_loopback(&base) {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|_| VaultError::Client)?;
        let namespace = settings.namespace.as_deref().map(HeaderValue::from_str).transpose();
        let namespace = namespace.map_err(|_| VaultError::Settings("its namespace fits no header".to_owned()))?;
        Ok(Self { client, base, namespace, timeout: settings.timeout, clock })
    }

    /// Does something until it succeeds, or can only fail, or its time is over.
    ///
    /// The pauses are short beside a lease, and whoever needs a token asks for it in each attempt.
    pub(crate) async fn retrying<T, F: Future<Output = Result<T, VaultError>> + Send>(
        &self,
        is_repeatable: bool,
        mut attempt: impl FnMut() -> F + Send,
    ) -> Result<T, VaultError> {
        let begin = self.clock.now();
        let mut number = 1;
        loop {
            let failure = match attempt().await {
                Ok(done) => return Ok(done),
                Err(failure) => failure,
            };
            let left = self.timeout.saturating_sub(since(begin, self.clock.now()));
            let pause = match &failure {
                VaultError::Unavailable { retry_after: Some(pause), .. } => *pause,
                _ => FIRST_PAUSE * 2_u32.saturating_pow(number - 1),
            };
            if number == ATTEMPTS || !failure.may_pass(is_repeatable) || pause >= left {
                return Err(failure);
            }
            tracing::debug!(attempt = number, reason = %failure, "asking vault again");
            self.clock.sleep(pause).await;
            number += 1;
        }
    }

    /// Within the time limit of a call.
    pub(crate) async fn limited<T: Send>(
        &self,
        work: impl Future<Output = Result<T, VaultError>> + Send,
    ) -> Result<T, VaultError> {
        match select(pin!(work), pin!(self.clock.expire(self.timeout))).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(((), _)) => Err(VaultError::TimedOut { after: self.timeout }),
        }
    }

    /// Sends a request and reads its whole answer.
    pub(crate) async fn exchange(
        &self,
        endpoint: &impl Endpoint,
        token: Option<&SecretString>,
    ) -> Result<Answer, VaultError> {
        let request = self.request(endpoint, token)?;
        let Some(again) = request.try_clone() else { return Err(VaultError::Client) };
        let answer = self.client.execute(request).await.map_err(|error| failure(&error))?;
        if !matches!(answer.status().as_u16(), 307 | 308) {
            return read(answer).await;
        }
        // A standby node leads to the active one, once.
        let request = self.redirected(again, &answer)?;
        read(self.client.execute(request).await.map_err(|error| failure(&error))?).await
    }

    fn request(&self, endpoint: &impl Endpoint, token: Option<&SecretString>) -> Result<Request, VaultError> {
        let unusable = |_| VaultError::Settings("a request cannot be made".to_owned());
        let mut url = self.base.clone();
        // Two of vaultrs' paths begin with a tab.
        let path = endpoint.path();
        let segments = path.trim().trim_matches('/').split('/');
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("v1").extend(segments);
        }
        url.set_query(endpoint.query().map_err(unusable)?.as_deref().filter(|query| !query.is_empty()));
        let method: Method = endpoint.method().into();
        let mut request = Request::new(method, url);
        if let Some(body) = endpoint.body().map_err(unusable)?.filter(|body| !body.is_empty()) {
            *request.body_mut() = Some(body.into());
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let headers = request.headers_mut();
        headers.insert("x-vault-request", HeaderValue::from_static("true"));
        if let Some(namespace) = &self.namespace {
            headers.insert("x-vault-namespace", namespace.clone());
        }
        if let Some(token) = token {
            let header = HeaderValue::from_str(token.expose_secret().trim());
            let mut header = header.map_err(|_| VaultError::not_vault("its token fits no header"))?;
            header.set_sensitive(true);
            headers.insert("x-vault-token", header);
        }
        Ok(request)
    }

    /// The same request to where the answer leads, if that is another node of the same Vault and no less safe.
    fn redirected(&self, mut request: Request, answer: &Response) -> Result<Request, VaultError> {
        let location = answer.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        let Some(url) = location.and_then(|location| request.url().join(location).ok()) else {
            return Err(VaultError::not_vault("it leads to another place and does not say where"));
        };
        let below = request.url().path().strip_prefix(self.base.path()).unwrap_or_default();
        let is_as_safe = url.scheme() == "https" || url.scheme() == self.base.scheme();
        if !is_as_safe || !url.path().ends_with(below) || url.query() != request.url().query() {
            return Err(VaultError::not_vault("it leads to a place that is no node of it"));
        }
        *request.url_mut() = url;
        Ok(request)
    }
}

/// Reads an answer up to the limit.
async fn read(mut answer: Response) -> Result<Answer, VaultError> {
    let status = answer.status().as_u16();
    let seconds = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let retry_after = seconds.map(Duration::from_secs);
    let too_large = || VaultError::not_vault(format!("its answer is larger than {LIMIT} bytes"));
    if answer.content_length().is_some_and(|promised| promised > LIMIT as u64) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| failure(&error))? {
        if body.len() + chunk.len() > LIMIT {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body, retry_after })
}

fn failure(error: &reqwest::Error) -> VaultError {
    let what = innermost(error);
    if error.is_connect() { VaultError::Unreachable { what } } else { VaultError::Broken { what } }
}

/// What the operating system, TLS or HTTP said. The layers above only say that a request has failed, and to which URL.
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

/// How long it is from one time to another; nothing when the clock was set back.
pub(crate) fn since(begin: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(begin)).unwrap_or(Duration::ZERO)
}

fn certificates(file: &Path) -> Result<Vec<Certificate>, VaultError> {
    use std::io::Read;

    let unusable = |what: String| VaultError::CaFile { path: file.to_owned(), what };
    let mut pem = Vec::new();
    let read = std::fs::File::open(file).and_then(|file| file.take(CA_LIMIT).read_to_end(&mut pem));
    read.map_err(|error| unusable(error.to_string()))?;
    let certificates = Certificate::from_pem_bundle(&pem).map_err(|_| unusable("it is no PEM".to_owned()))?;
    if certificates.is_empty() { Err(unusable("there is none in it".to_owned())) } else { Ok(certificates) }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
