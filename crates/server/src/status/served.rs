//! The status page, answered from memory.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use jiff::Timestamp;
use lamplighter::core::ports::SiteFile;
use lamplighter::core::words::Digest;

use crate::answer::Refusal;

/// What leads to the rest.
const INDEX: &str = "index.html";

/// A page has its own policy in itself, where it cannot say who may frame it.
const NO_FRAMES: &str = "frame-ancestors 'none'";

/// Of what is no page nothing is run, wherever it is opened.
const NOTHING_RUNS: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/// The page as it is answered now. Clones are one and the same.
#[derive(Clone, Default)]
pub(super) struct Served(Arc<RwLock<Option<Arc<Page>>>>);

struct Page {
    made: Timestamp,
    files: BTreeMap<String, File>,
}

struct File {
    body: Bytes,
    etag: HeaderValue,
    kind: &'static str,
    policy: HeaderValue,
    /// Whether widgets of other sites may read it.
    is_shared: bool,
}

impl Served {
    /// Puts these files in the place of those before, all at once. What is the same stays the same in memory.
    pub(super) fn replace(&self, files: Vec<SiteFile>, made: Timestamp) {
        let before = self.page();
        let known = |file: &SiteFile| {
            let known = before.as_ref()?.files.get(&file.path)?;
            (known.body == file.content).then(|| known.clone())
        };
        let files = files.into_iter().map(|file| {
            let known = known(&file);
            (file.path.clone(), known.unwrap_or_else(|| File::new(file)))
        });
        let page = Arc::new(Page { made, files: files.collect() });
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(page);
    }

    pub(super) fn made(&self) -> Option<Timestamp> {
        self.page().map(|page| page.made)
    }

    fn page(&self) -> Option<Arc<Page>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Clone for File {
    fn clone(&self) -> Self {
        Self { body: self.body.clone(), etag: self.etag.clone(), policy: self.policy.clone(), ..*self }
    }
}

impl File {
    fn new(file: SiteFile) -> Self {
        let kind = kind(&file.path);
        let is_page = kind.starts_with("text/html");
        let own = std::str::from_utf8(&file.content).ok().filter(|_| is_page).and_then(policy);
        let policy = match own {
            Some(policy) => HeaderValue::from_str(&format!("{policy}; {NO_FRAMES}")).ok(),
            None => None,
        };
        let etag = Digest::of(&file.content);
        Self {
            etag: HeaderValue::from_str(&format!("\"{}\"", etag.as_str())).unwrap_or(HeaderValue::from_static("\"\"")),
            policy: policy.unwrap_or(HeaderValue::from_static(NOTHING_RUNS)),
            is_shared: !is_page,
            body: Bytes::from(file.content),
            kind,
        }
    }
}

/// The policy that a page has in itself, so that the header says the same.
fn policy(html: &str) -> Option<&str> {
    let meta = html.split_once("<meta http-equiv=\"Content-Security-Policy\" content=\"")?.1;
    meta.split_once('"').map(|(policy, _)| policy)
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "xml" => "application/atom+xml",
        "js" => "text/javascript; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// `GET` and `HEAD` of any path that is nothing else's.
pub(super) async fn answer(State(served): State<Served>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return Refusal::new(StatusCode::NOT_FOUND, "there is nothing here").into_response();
    }
    let Some(page) = served.page() else {
        let wait = [(header::RETRY_AFTER, HeaderValue::from_static("5"))];
        let refusal = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "nobody has looked yet; come back in a moment");
        return (wait, refusal).into_response();
    };
    let Some(file) = named(uri.path()).and_then(|path| page.files.get(&path)) else {
        return Refusal::new(StatusCode::NOT_FOUND, "there is nothing here").into_response();
    };
    let mut answer = if is_known(&headers, &file.etag) {
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

/// The file that a path of a request names: a folder's is its page.
fn named(path: &str) -> Option<String> {
    let decoded = percent_decoded(path.strip_prefix('/')?)?;
    Some(if decoded.is_empty() || decoded.ends_with('/') { format!("{decoded}{INDEX}") } else { decoded })
}

fn percent_decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match byte {
            b'%' => bytes.push(digit(rest.next()?)? * 16 + digit(rest.next()?)?),
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

/// Whether whoever asks has it already.
fn is_known(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let Ok(etag) = etag.to_str() else { return false };
    let tags = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = tags.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_file_and_a_folder_its_page() {
        for (path, file) in [
            ("/", Some("index.html")),
            ("/history/", Some("history/index.html")),
            ("/badges/the%20wiki.svg", Some("badges/the wiki.svg")),
            ("/%c3%a9", Some("é")),
            ("/%", None),
            ("/%zz", None),
            ("/%ff", None),
            ("no", None),
        ] {
            assert_eq!(named(path).as_deref(), file, "{path}");
        }
    }

    #[test]
    fn a_page_has_the_policy_that_stands_in_it_and_anything_else_runs_nothing() {
        let file = |path: &str, content: &str| File::new(SiteFile { path: path.to_owned(), content: content.into() });
        let html = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">";
        assert_eq!(file("index.html", html).policy, "default-src 'none'; frame-ancestors 'none'");
        for other in [file("index.html", "<p>"), file("a.svg", html), file("b.json", "{}")] {
            assert_eq!(other.policy, NOTHING_RUNS);
        }
    }
}
