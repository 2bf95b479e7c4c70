//! What the servers answer, and what it means when that is no success.

use std::borrow::Cow;
use std::time::Duration;

use lamplighter_core::markdown::shorten;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde::Deserialize;

use crate::PrometheusError;

/// How much of a server's own words is repeated, in characters.
const LONGEST_MESSAGE: usize = 500;

/// The envelope of Prometheus' API.
#[derive(Deserialize)]
pub(crate) struct Envelope<'a, T> {
    pub(crate) status: Status,
    pub(crate) data: Option<T>,
    #[serde(borrow, default)]
    warnings: Vec<Cow<'a, str>>,
    #[serde(borrow, default)]
    infos: Vec<Cow<'a, str>>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Success,
    Error,
}

/// The envelope of an error, of which everything may be missing: a proxy's page has none of it.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Failure {
    #[serde(rename = "errorType")]
    kind: String,
    error: String,
}

/// The data of an answer of Prometheus. What it warns of is logged.
pub(crate) fn data<'a, T: Deserialize<'a>>(server: &str, body: &'a [u8]) -> Result<T, PrometheusError> {
    let unreadable = |source| PrometheusError::Unreadable { server: server.to_owned(), source };
    let envelope: Envelope<'a, T> = serde_json::from_slice(body).map_err(unreadable)?;
    for warning in envelope.warnings.iter().chain(&envelope.infos) {
        tracing::warn!(server, warning = shortened(warning), "the answer may not be the whole one");
    }
    match envelope.data {
        Some(data) if envelope.status == Status::Success => Ok(data),
        // An error with a status of success, as some proxies make of it.
        _ => Err(failure(server, StatusCode::OK, &HeaderMap::new(), body)),
    }
}

/// What an answer that is no success means.
///
/// Prometheus says why by `errorType` (`web/api/v1/api.go`), with 400 for what it cannot read, 422 for what it cannot
/// evaluate and 503 for what took too long.
pub(crate) fn failure(server: &str, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> PrometheusError {
    let said: Failure = serde_json::from_slice(body).unwrap_or_default();
    let server = server.to_owned();
    let message = message(status, &said);
    let unavailable = |message: String| PrometheusError::Unavailable {
        server: server.clone(),
        status: status.as_u16(),
        message,
        retry_after: retry_after(headers),
    };
    match said.kind.as_str() {
        "bad_data" | "execution" => return PrometheusError::Query { server, message },
        "timeout" => return PrometheusError::QueryTimedOut { server, message },
        "canceled" | "internal" | "unavailable" => return unavailable(message),
        _ => {}
    }
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            PrometheusError::Refused { server, status: status.as_u16(), message }
        }
        StatusCode::TOO_MANY_REQUESTS => unavailable(message),
        status if status.is_server_error() => unavailable(message),
        status if status.is_redirection() => {
            PrometheusError::NotTheApi { server, what: format!("{} to another place", status.as_u16()) }
        }
        status => PrometheusError::NotTheApi { server, what: format!("{} ({message})", status.as_u16()) },
    }
}

/// The server's own words; a proxy's page is not repeated.
fn message(status: StatusCode, said: &Failure) -> String {
    if said.error.is_empty() {
        status.canonical_reason().unwrap_or("no reason given").to_lowercase()
    } else {
        shortened(&said.error)
    }
}

fn shortened(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    shorten(&line, LONGEST_MESSAGE)
}

/// The header in its form in seconds.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
