//! Answers, and what they mean.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http::header::{ETAG, LINK, LOCATION, RETRY_AFTER};
use jiff::Timestamp;
use lamplighter_core::markdown::shorten;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::GithubError;

/// How much of what GitHub says is repeated, in characters.
const MESSAGE: usize = 300;

/// An answer of the API, read to its end.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
    /// Where the next page is.
    pub(crate) next: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) tag: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) remaining: Option<u64>,
    pub(crate) reset: Option<Timestamp>,
}

/// The body of every error.
#[derive(Debug, Default, Deserialize)]
struct Problem {
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<serde_json::Value>,
}

impl Answer {
    pub(crate) fn new(status: u16, headers: &HeaderMap, body: Bytes) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let number = |name: &str| text(name).and_then(|text| text.trim().parse::<u64>().ok());
        let reset = number("x-ratelimit-reset").and_then(|seconds| i64::try_from(seconds).ok());
        Self {
            status,
            body,
            next: text(LINK.as_str()).as_deref().and_then(next),
            location: text(LOCATION.as_str()),
            tag: text(ETAG.as_str()),
            retry_after: number(RETRY_AFTER.as_str()).map(Duration::from_secs),
            remaining: number("x-ratelimit-remaining"),
            reset: reset.and_then(|seconds| Timestamp::from_second(seconds).ok()),
        }
    }

    #[cfg(test)]
    pub(crate) fn empty(status: u16) -> Self {
        Self::new(status, &HeaderMap::new(), Bytes::new())
    }

    /// What the answer says is wrong; empty where it says nothing.
    pub(crate) fn message(&self) -> String {
        let problem: Problem = serde_json::from_slice(&self.body).unwrap_or_default();
        let detail = |error: &serde_json::Value| {
            let part = |name: &str| error.get(name).and_then(serde_json::Value::as_str);
            let parts = [part("resource"), part("field"), part("code"), part("message")];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        let said: Vec<String> = std::iter::once(problem.message).chain(problem.errors.iter().map(detail)).collect();
        let flat: String = said.join("; ").chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        shorten(flat.trim_matches([' ', ';']), MESSAGE)
    }

    /// The answer of a success, or the error that it is. `what` is what was asked: `issue #12`, and `verb` what was to
    /// be done with it.
    pub(crate) fn success(self, verb: &str, what: &str) -> Result<Self, GithubError> {
        let message = || self.message();
        let tried = || format!("{verb} {what}");
        match self.status {
            200..=299 => Ok(self),
            401 => Err(GithubError::Unauthorized { message: message() }),
            403 => Err(GithubError::Forbidden { what: tried(), message: message() }),
            404 | 410 => Err(GithubError::NotFound { what: what.to_owned() }),
            status @ 500.. => Err(GithubError::Unavailable { status, message: message() }),
            400 | 409 | 422 => Err(GithubError::Rejected { what: tried(), message: message() }),
            status => Err(GithubError::NotTheApi(format!("{status} to what should {verb} {what}"))),
        }
    }

    /// The body of an answer with this status.
    pub(crate) fn read<T: DeserializeOwned>(&self, status: u16, what: &str) -> Result<T, GithubError> {
        // A POST that was led elsewhere as a GET has not done what it says.
        if self.status != status {
            return Err(GithubError::NotTheApi(format!("{} instead of {status} for {what}", self.status)));
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            if self.body.first().is_some_and(|first| matches!(first, b'{' | b'[')) {
                GithubError::Unreadable { what: what.to_owned(), line: error.line(), column: error.column() }
            } else {
                GithubError::NotTheApi(format!("no JSON about {what}"))
            }
        })
    }
}

/// Without the body, which may hold a token.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// The address of the next page in a `Link` header.
fn next(links: &str) -> Option<String> {
    let is_next = |link: &&str| link.split(';').skip(1).any(|part| part.trim() == "rel=\"next\"");
    let link = links.split(',').find(is_next)?;
    let (_, rest) = link.split_once('<')?;
    rest.split_once('>').map(|(url, _)| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_among_the_links() {
        let link = "<https://a.example/x?page=1>; rel=\"prev\", <https://a.example/x?page=3>; rel=\"next\"";
        for (links, found) in [
            (link, Some("https://a.example/x?page=3")),
            ("<https://a.example/x?page=1>; rel=\"prev\"", None),
            ("<a>; title=\"x\"; rel=\"next\"", Some("a")),
            ("", None),
            ("rel=\"next\"", None),
            ("<a; rel=\"next\"", None),
        ] {
            assert_eq!(next(links).as_deref(), found, "{links}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_on_one_line_and_not_too_long() {
        let with = |body: &str| Answer { body: Bytes::copy_from_slice(body.as_bytes()), ..Answer::empty(422) };
        let errors = r#"{"message":"Validation Failed","errors":[{"resource":"Issue","field":"title","code":"missing_field"},"x"]}"#;
        for (body, says) in [
            (errors, "Validation Failed; Issue title missing_field"),
            ("{\"message\":\"a\\nb\"}", "a b"),
            ("<html>", ""),
            ("{\"message\":1}", ""),
        ] {
            assert_eq!(with(body).message(), says, "{body}");
        }
        let long = format!("{{\"message\":\"{}\"}}", "x".repeat(5000));
        assert!(with(&long).message().chars().count() <= MESSAGE + 1);
    }
}
