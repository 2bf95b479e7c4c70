//! Requests for the status page, answered from memory.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::refused::{self, Refused};
use super::served::{File, Found, Page, Served};

const ALLOWED: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");

/// Any path that is nothing else's.
pub(super) async fn answer(State(served): State<Served>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let refuse = |refused: Refused| refused::answer(refused, &method, uri.path(), &headers);
    let Some(page) = served.page() else { return refuse(Refused::NotLookedYet) };
    let found = page.find(uri.path());
    match (&method, found) {
        (_, Found::Nothing) => refuse(Refused::NothingHere),
        (&Method::GET | &Method::HEAD, Found::File(file)) => told(&page, file, &headers),
        (&Method::GET | &Method::HEAD, Found::Folder) => with_slash(&uri),
        (&Method::OPTIONS, _) => (StatusCode::NO_CONTENT, [(header::ALLOW, ALLOWED)]).into_response(),
        _ => ([(header::ALLOW, ALLOWED)], refuse(Refused::ReadOnly)).into_response(),
    }
}

fn told(page: &Page, file: &File, headers: &HeaderMap) -> Response {
    let mut answer = if is_known(headers, &file.etag, page.made) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, HeaderValue::from_static(file.kind))], file.body.clone()).into_response()
    };
    let told = answer.headers_mut();
    told.insert(header::ETAG, file.etag.clone());
    // It may be kept, and is asked for again each time: an old page says nothing about now.
    told.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    told.insert(header::CONTENT_SECURITY_POLICY, file.policy.clone());
    told.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    told.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Ok(made) = HeaderValue::from_str(&page.made.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()) {
        told.insert(header::LAST_MODIFIED, made);
    }
    if file.is_shared {
        told.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    answer
}

/// Leads to the same with a slash at its end, as seen from there: the page may be below another path of a proxy.
fn with_slash(uri: &Uri) -> Response {
    let name = uri.path().rsplit('/').next().unwrap_or_default();
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let Ok(place) = HeaderValue::from_str(&format!("./{name}/{query}")) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, place)]).into_response()
}

/// Whether whoever asks has it already (RFC 9110, 13.1.2 and 13.1.3): by its tag, and by its time where no tag is given.
fn is_known(headers: &HeaderMap, etag: &HeaderValue, made: Timestamp) -> bool {
    if headers.contains_key(header::IF_NONE_MATCH) {
        let Ok(etag) = etag.to_str() else { return false };
        let tags = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let mut tags = tags.flat_map(|value| value.split(',')).map(str::trim);
        return tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag);
    }
    let since = headers.get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
    let since = since.and_then(|since| rfc2822::DateTimeParser::new().parse_timestamp(since).ok());
    since.is_some_and(|since| made.as_second() <= since.as_second())
}
