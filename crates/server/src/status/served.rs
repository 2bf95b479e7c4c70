//! The status page in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Bytes;
use http::HeaderValue;
use jiff::Timestamp;
use lamplighter::core::ports::SiteFile;
use lamplighter::core::words::Digest;

/// What leads to the rest.
const INDEX: &str = "index.html";

/// A page has its own policy in itself, where it cannot say who may frame it.
const NO_FRAMES: &str = "frame-ancestors 'none'";

/// Of what is no page nothing is run, wherever it is opened.
const NOTHING_RUNS: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/// The page as it is answered now. Clones are one and the same.
#[derive(Clone, Default)]
pub(super) struct Served(Arc<RwLock<Option<Arc<Page>>>>);

pub(super) struct Page {
    pub(super) made: Timestamp,
    files: BTreeMap<String, File>,
}

pub(super) struct File {
    pub(super) body: Bytes,
    pub(super) etag: HeaderValue,
    pub(super) kind: &'static str,
    pub(super) policy: HeaderValue,
    /// Whether widgets of other sites may read it.
    pub(super) is_shared: bool,
}

/// What is at a path of a request.
pub(super) enum Found<'a> {
    File(&'a File),
    /// A folder with a page, asked for without the slash at its end.
    Folder,
    Nothing,
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

    pub(super) fn page(&self) -> Option<Arc<Page>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Page {
    /// What is at this path. A folder's is its page.
    pub(super) fn find(&self, path: &str) -> Found<'_> {
        let Some(name) = path.strip_prefix('/').and_then(percent_decoded) else { return Found::Nothing };
        let is_folder = name.is_empty() || name.ends_with('/');
        let file = if is_folder { self.files.get(&format!("{name}{INDEX}")) } else { self.files.get(&name) };
        match file {
            Some(file) => Found::File(file),
            None if !is_folder && self.files.contains_key(&format!("{name}/{INDEX}")) => Found::Folder,
            None => Found::Nothing,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_file_and_a_folder_its_page() {
        let served = Served::default();
        let file = |path: &str| SiteFile { path: path.to_owned(), content: path.into() };
        let files = ["index.html", "history/index.html", "badges/the wiki.svg", "é"].map(file);
        served.replace(files.to_vec(), Timestamp::UNIX_EPOCH);
        let page = served.page().unwrap();
        for (path, expected) in [
            ("/", "index.html"),
            ("/history/", "history/index.html"),
            ("/badges/the%20wiki.svg", "badges/the wiki.svg"),
            ("/%c3%a9", "é"),
            ("/history", "a folder"),
            ("/%68istory", "a folder"),
            ("/badges", ""),
            ("/badges/", ""),
            ("//", ""),
            ("//history", ""),
            ("/history//", ""),
            ("/index.html/", ""),
            ("/%", ""),
            ("/%zz", ""),
            ("/%ff", ""),
            ("*", ""),
            ("no", ""),
        ] {
            let found = match page.find(path) {
                Found::File(file) => std::str::from_utf8(&file.body).unwrap(),
                Found::Folder => "a folder",
                Found::Nothing => "",
            };
            assert_eq!(found, expected, "{path}");
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
