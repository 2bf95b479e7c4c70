use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use kube::Client;
use kube::client::Body;
use lamplighter_core::Clock;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::connection::describe_auth;
use crate::status::failure;
use crate::{KubernetesError, Operation};

/// How often a request is sent before its failure counts.
const ATTEMPTS: u32 = 4;
/// The pause before the first retry; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Sends requests that may be repeated, and says in our words what came of them.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) client: Client,
    pub(crate) server: String,
    pub(crate) request_timeout: Duration,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Api {
    /// The object that a request answers with.
    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        operation: &Operation,
        request: Request<Vec<u8>>,
    ) -> Result<T, KubernetesError> {
        let body = self.bytes(operation, request).await?;
        serde_json::from_slice(&body)
            .map_err(|source| KubernetesError::Unreadable { operation: Box::new(operation.clone()), source })
    }

    /// The body that a request answers with.
    pub(crate) async fn bytes(
        &self,
        operation: &Operation,
        request: Request<Vec<u8>>,
    ) -> Result<Vec<u8>, KubernetesError> {
        let begin = Instant::now();
        let mut attempt = 1;
        loop {
            let left = self.request_timeout.saturating_sub(begin.elapsed());
            let failure = match tokio::time::timeout(left, self.attempt(operation, request.clone())).await {
                Ok(Ok(body)) => return Ok(body),
                Ok(Err(failure)) => failure,
                Err(_elapsed) => return Err(self.timed_out(operation.to_string())),
            };
            let left = self.request_timeout.saturating_sub(begin.elapsed());
            match pause(&failure, attempt).filter(|pause| attempt < ATTEMPTS && *pause < left) {
                Some(pause) => self.clock.sleep(pause).await,
                None => return Err(failure),
            }
            tracing::debug!(%operation, attempt, reason = %failure, "asking again");
            attempt += 1;
        }
    }

    /// Whether the server answers anything at all, and knows who asks. Every account may ask for its version.
    pub(crate) async fn reach(&self) -> Result<(), KubernetesError> {
        let operation = "connect";
        let mut request = Request::new(Vec::new());
        *request.uri_mut() = http::Uri::from_static("/version");
        match tokio::time::timeout(self.request_timeout, self.client.send(request.map(Body::from))).await {
            Ok(Ok(answer)) if answer.status() == http::StatusCode::UNAUTHORIZED => {
                let (operation, message) = (operation.to_owned(), "unauthorized".to_owned());
                Err(KubernetesError::Unauthenticated { operation, message })
            }
            Ok(Ok(_answer)) => Ok(()),
            Ok(Err(error)) => Err(self.unanswered(operation.to_owned(), &error)),
            Err(_elapsed) => Err(self.timed_out(operation.to_owned())),
        }
    }

    async fn attempt(&self, operation: &Operation, request: Request<Vec<u8>>) -> Result<Vec<u8>, KubernetesError> {
        let unanswered = |error: kube::Error| self.unanswered(operation.to_string(), &error);
        let answer = self.client.send(request.map(Body::from)).await.map_err(unanswered)?;
        let (head, body) = answer.into_parts();
        let body = body.collect_bytes().await.map_err(unanswered)?;
        if head.status.is_success() {
            Ok(body.into())
        } else {
            Err(failure(operation, head.status, &head.headers, &body))
        }
    }

    fn unanswered(&self, operation: String, error: &kube::Error) -> KubernetesError {
        if let kube::Error::Auth(error) = error {
            return KubernetesError::Unauthenticated { operation, message: describe_auth(error) };
        }
        KubernetesError::Unreachable { operation, server: self.server.clone(), message: innermost(error) }
    }

    fn timed_out(&self, operation: String) -> KubernetesError {
        KubernetesError::TimedOut { operation, after: self.request_timeout }
    }
}

/// How long to wait before the next attempt; `None` when there is no point in one.
fn pause(failure: &KubernetesError, attempt: u32) -> Option<Duration> {
    let growing = FIRST_PAUSE * 2_u32.saturating_pow(attempt - 1);
    match failure {
        KubernetesError::Unavailable { retry_after, .. } => Some(retry_after.unwrap_or(growing)),
        KubernetesError::Unreachable { .. } => Some(growing),
        _ => None,
    }
}

/// What the operating system or TLS said; the layers above only say that a request has failed.
fn innermost(error: &dyn StdError) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
