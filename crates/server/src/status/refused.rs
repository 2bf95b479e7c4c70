//! What is answered where there is no page: a page for people, and JSON for programs.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use crate::answer::Refusal;

/// How many folders a link leads up at the most.
const DEEPEST: usize = 16;

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// Why a request is not answered with a file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Refused {
    NothingHere,
    NotLookedYet,
    /// The method would change something.
    ReadOnly,
}

impl Refused {
    const fn status(self) -> StatusCode {
        match self {
            Self::NothingHere => StatusCode::NOT_FOUND,
            Self::NotLookedYet => StatusCode::SERVICE_UNAVAILABLE,
            Self::ReadOnly => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    const fn reason(self) -> &'static str {
        match self {
            Self::NothingHere => "there is nothing here",
            Self::NotLookedYet => "nobody has looked yet; come back in a moment",
            Self::ReadOnly => "this can be read and nothing else",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::NothingHere => "There is nothing here",
            Self::NotLookedYet => "Nobody has looked yet",
            Self::ReadOnly => "This can be read and nothing else",
        }
    }
}

pub(super) fn answer(refused: Refused, method: &Method, path: &str, headers: &HeaderMap) -> Response {
    if is_program(method, path, headers) {
        return Refusal::new(refused.status(), refused.reason()).into_response();
    }
    let mut answer = (refused.status(), page(refused, path)).into_response();
    let told = answer.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        told.insert(name, HeaderValue::from_static(value));
    }
    if matches!(refused, Refused::NotLookedYet) {
        told.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    answer
}

/// Whether JSON is asked for, by what is accepted or by the path. Whoever sends something is no reader.
fn is_program(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    let accepted = || headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let accepts = |kind: &str| accepted().any(|accepted| accepted.contains(kind));
    let is_json = path == "/api" || path.starts_with("/api/") || path.rsplit('.').next() == Some("json");
    !matches!(*method, Method::GET | Method::HEAD) || is_json || (accepts("json") && !accepts("text/html"))
}

/// A page without any word of who asks for it.
fn page(refused: Refused, path: &str) -> String {
    let title = refused.title();
    // As seen from there: the page may be below another path of a proxy.
    let depth = path.matches('/').count().saturating_sub(1);
    let root = if depth > DEEPEST { "/".to_owned() } else { format!("./{}", "../".repeat(depth)) };
    let link = match refused {
        Refused::NotLookedYet => "Load it again in a moment",
        Refused::NothingHere | Refused::ReadOnly => "See how everything stands",
    };
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto 0;padding:0 1rem}}</style>\n\
         </head>\n<body>\n<main>\n<h1>{title}</h1>\n<p><a href=\"{root}\">{link}</a></p>\n</main>\n</body>\n</html>\n"
    )
}
