//! Web addresses in text.

use url::{Host, Url};

use super::words::{is_invisible, start_of};

/// The most of a text that is searched for addresses, in bytes.
const SEARCHED: usize = 64 * 1024;

/// The longest address that is taken, in bytes.
const LONGEST: usize = 2_000;

/// The most addresses that are taken from one text.
const MOST: usize = 50;

/// A web address that stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// The address, without user name and password. A bare host counts as `https`.
    pub(crate) url: Url,
    /// Whether it was written with its scheme.
    pub(crate) has_scheme: bool,
}

impl Address {
    /// The web address that a word is, with the quotes and the punctuation around it; `None` for anything else.
    ///
    /// User names and passwords are dropped, so that they are never repeated. A host is taken in its ASCII
    /// form, so that letters that look alike are told apart (WHATWG URL Standard, host parsing).
    pub(crate) fn of(word: &str) -> Option<Self> {
        let word = trimmed(word);
        let is_plain = !word.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\' || is_invisible(c));
        if word.len() > LONGEST || !is_plain {
            return None;
        }
        let has_scheme = authority(word).is_some_and(|authority| !authority.starts_with('/'));
        let parsed = if has_scheme { Url::parse(word) } else { Url::parse(&format!("https://{}", bare_host(word)?)) };
        let mut url = parsed.ok()?;
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
        is_host(&url, has_scheme).then_some(Self { url, has_scheme })
    }

    /// The address as people write it: without the slash that stands for an empty path.
    pub(crate) fn written(&self) -> String {
        let text = self.url.as_str();
        let is_bare = self.url.path() == "/" && self.url.query().is_none() && self.url.fragment().is_none();
        if is_bare { text.trim_end_matches('/').to_owned() } else { text.to_owned() }
    }
}

/// The web addresses in a text, in order, each once.
pub(crate) fn addresses(text: &str) -> Vec<Address> {
    let mut found: Vec<Address> = Vec::new();
    for address in words(text).filter_map(Address::of) {
        if found.len() < MOST && !found.iter().any(|known| known.url == address.url) {
            found.push(address);
        }
    }
    found
}

/// Whether something in a text was meant as an address and is none that can be used.
pub(crate) fn has_unusable(text: &str) -> bool {
    words(text).any(|word| word.contains("://") && Address::of(word).is_none())
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '|' | '`');
    start_of(text, SEARCHED).split(ends).flat_map(|word| word.split("]("))
}

fn trimmed(word: &str) -> &str {
    let word = word.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    let word = word.trim_start_matches(['(', '[', '{', '\'', '“', '„', '«', '*', '_']);
    let ends = ['.', ',', ';', ':', '!', '?', '\'', '”', '“', '»', '*', '_', ']', '}'];
    let word = word.trim_end_matches(ends);
    if word.contains('(') { word } else { word.trim_end_matches(')').trim_end_matches(ends) }
}

/// What stands after `http://` or `https://`.
fn authority(word: &str) -> Option<&str> {
    let (scheme, rest) = word.split_once("://")?;
    (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")).then_some(rest)
}

/// What looks like `host.example.org`, with or without a port and a path.
fn bare_host(word: &str) -> Option<&str> {
    let authority = word.split(['/', '?', '#']).next()?;
    let host = authority.split(':').next()?;
    let last = host.rsplit('.').next()?;
    let is_name = last.chars().count() >= 2 && last.chars().all(|c| c.is_alphabetic() && !c.is_uppercase());
    (host.contains('.')
        && is_name
        && !is_file_ending(last)
        && !authority.contains('@')
        && !host.starts_with(['.', '-']))
    .then_some(word)
}

/// `nginx.conf` and `main.rs` are files and not hosts, whatever top-level domains there are by now.
fn is_file_ending(last: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "bak", "conf", "css", "csv", "db", "doc", "docx", "gif", "gz", "hcl", "html", "ini", "jpg", "js", "json",
        "log", "md", "pdf", "php", "png", "py", "rs", "service", "sh", "sql", "svc", "tf", "tfvars", "toml", "ts",
        "txt", "xml", "yaml", "yml", "zip",
    ];
    ENDINGS.contains(&last)
}

fn is_host(url: &Url, has_scheme: bool) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            name.len() <= 253
                && (has_scheme || name.contains('.'))
                && name.split('.').all(|label| {
                    (1..=63).contains(&label.len())
                        && !label.starts_with('-')
                        && !label.ends_with('-')
                        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                })
        }
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => has_scheme,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = addresses(text).iter().map(Address::written).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn addresses_are_found_in_prose() {
        check("see https://cloud.example.org/apps/files, thanks", &["https://cloud.example.org/apps/files"]);
        check("(https://cloud.example.org).", &["https://cloud.example.org"]);
        check("[cloud](https://cloud.example.org/a?b=c)", &["https://cloud.example.org/a?b=c"]);
        check("<https://cloud.example.org>", &["https://cloud.example.org"]);
        check("wiki.example.org is down. So is wiki.example.org!", &["https://wiki.example.org"]);
        check("https://en.example.org/wiki/A_(b)", &["https://en.example.org/wiki/A_(b)"]);
        check("**HTTPS://Cloud.Example.org:8443**", &["https://cloud.example.org:8443"]);
        check("http://nas/login http://10.0.0.5:9000/", &["http://nas/login", "http://10.0.0.5:9000"]);
    }

    #[test]
    fn what_is_no_address_is_left() {
        for text in
            ["", "nginx.conf", "version 1.2.3", "10.0.0.5", "me@example.org", "e.g. this", "...", "ftp://a.example"]
        {
            check(text, &[]);
        }
        for hostile in [
            "https://",
            "https:///x",
            "https://a..b/",
            "https://a.example:99999/",
            "https://a.example:port/",
            "https://exa\u{0}mple.org",
            "https://exa\u{202e}mple.org",
            "https://a.example\\@evil.example",
            "https://-a.example",
            "javascript:alert(1)",
            "https://%00.example",
            "https://[::1",
        ] {
            check(hostile, &[]);
        }
    }

    #[test]
    fn credentials_are_never_repeated() {
        check("https://ada:s3cret@cloud.example.org/x", &["https://cloud.example.org/x"]);
    }

    #[test]
    fn letters_that_look_alike_are_told_apart() {
        check("https://münchen.example", &["https://xn--mnchen-3ya.example"]);
        check("https://pаypal.example", &["https://xn--pypal-4ve.example"]);
    }
}
