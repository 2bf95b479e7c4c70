use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use crate::{KubernetesError, Operation};

/// `metav1.Status`, as far as it is looked at.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Status {
    message: String,
}

/// What an answer that is no success means.
pub(crate) fn failure(operation: &Operation, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> KubernetesError {
    let operation = Box::new(operation.clone());
    let message = message(status, body);
    match status {
        StatusCode::UNAUTHORIZED => KubernetesError::Unauthenticated { operation: operation.to_string(), message },
        StatusCode::FORBIDDEN if is_missing_permission(status, &message) => {
            KubernetesError::Forbidden { operation, user: user(&message).map(str::to_owned) }
        }
        StatusCode::FORBIDDEN => KubernetesError::Refused { operation, message },
        StatusCode::NOT_FOUND => KubernetesError::NotFound { operation, message },
        StatusCode::CONFLICT => KubernetesError::Conflict { operation, message },
        StatusCode::GONE => KubernetesError::Expired { operation },
        status if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => {
            let retry_after = retry_after(headers);
            KubernetesError::Unavailable { operation, status: status.as_u16(), message, retry_after }
        }
        status => KubernetesError::Rejected { operation, status: status.as_u16(), message },
    }
}

/// The server's own words; a proxy's page is not repeated.
fn message(status: StatusCode, body: &[u8]) -> String {
    let said = serde_json::from_slice::<Status>(body).unwrap_or_default().message;
    if said.is_empty() { status.canonical_reason().unwrap_or("no reason given").to_lowercase() } else { said }
}

/// Authorization says `User "x" cannot list resource "pods" …` (the API server's
/// `responsewriters.Forbidden`); admission says anything else.
fn is_missing_permission(status: StatusCode, message: &str) -> bool {
    message.contains(" cannot ") || status.canonical_reason().is_some_and(|plain| message.eq_ignore_ascii_case(plain))
}

fn user(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("User \"")?;
    rest.split_once('"').map(|(user, _)| user)
}

/// The header in its form in seconds, the only one that an API server sends.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
