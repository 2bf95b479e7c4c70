//! Secrets taken out of text that others wrote: log lines, messages of programs.

mod value;

use value::{Secret, is_break, is_quote};

const GONE: &str = "[redacted]";

/// Words that a secret follows, as configuration keys, headers and log lines write them.
const KEYS: [&str; 13] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "token",
    "api_key",
    "apikey",
    "api-key",
    "authorization",
    "credential",
    "private_key",
    "jwt",
];

/// Beginnings of tokens that are secret wherever they stand: JSON Web Tokens, GitHub, GitLab, Slack, AWS and
/// Vault tokens, by their makers' documented prefixes.
const PREFIXES: [&str; 10] = ["eyJ", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "AKIA", "hvs.", "sk-"];

/// The text with what looks like a secret replaced by `[redacted]`: the value after a telling key, user and
/// password in an address, and tokens that are known by their beginning. Keys are found in plain words, in
/// JSON (escaped JSON too), in queries of addresses and in lists; what stands around a secret is kept.
///
/// It errs on the side of hiding. It cannot know every secret: what must never be shown must not be read.
/// A line that was redacted can be redacted again without harm. It takes time in proportion to the text.
///
/// ```
/// use lamplighter_core::redact;
///
/// assert_eq!(redact("login failed password=hunter2 user=ada"), "login failed password=[redacted] user=ada");
/// assert_eq!(redact("dial postgres://app:s3cret@db:5432/x"), "dial postgres://[redacted]@db:5432/x");
/// assert_eq!(redact(r#"{"token":"abc","user":"ada"}"#), r#"{"token":"[redacted]","user":"ada"}"#);
/// ```
#[must_use]
pub fn redact(text: &str) -> String {
    if text.contains("-----BEGIN") && text.contains("PRIVATE KEY") {
        return GONE.to_owned();
    }
    let mut redaction = Redaction { rest: text, safe: String::with_capacity(text.len()), key: Key::default() };
    while let Some(first) = redaction.rest.chars().next() {
        redaction.step(first);
    }
    redaction.safe
}

/// Text on its way from `rest` to `safe`.
struct Redaction<'a> {
    rest: &'a str,
    safe: String,
    key: Key<'a>,
}

/// The piece of text that an assignment sign would assign to.
#[derive(Default)]
struct Key<'a> {
    name: &'a str,
    /// A quote was closed after the name.
    quoted: bool,
    /// White space stands between the name and the sign.
    spaced: bool,
}

impl Redaction<'_> {
    fn step(&mut self, first: char) {
        if self.rest.starts_with("://") {
            self.address();
        } else if self.rest.starts_with("::") {
            // The path of a function in a stack trace.
            self.show(2);
            self.key = Key::default();
        } else if is_assignment(first) {
            self.assignment();
        } else if is_break(first) {
            self.show(first.len_utf8());
            if first.is_whitespace() {
                self.key.spaced = true;
            } else if (is_quote(first) || first == '\\') && !self.key.spaced {
                self.key.quoted = true;
            } else {
                self.key = Key::default();
            }
        } else {
            self.piece();
        }
    }

    /// Text without separators: a key, a word, a token.
    fn piece(&mut self) {
        let rest = self.rest;
        let (piece, after) = rest.split_at(name_length(rest));
        if let Some(at) = known_token(piece) {
            self.show(at);
            self.hide(Secret { start: 0, end: piece.len() - at });
            return;
        }
        self.show(piece.len());
        self.key = Key { name: piece, ..Key::default() };
        if is_one_of(piece, &["bearer", "basic"]) && after.starts_with(char::is_whitespace) {
            self.show(space_length(after));
            self.hide(Secret::find(self.rest));
        }
    }

    /// An `=`, `:`, `=>`, `:=` or `==`, and the value after it where the key is telling.
    fn assignment(&mut self) {
        let sign = self.rest.chars().take(2).take_while(|c| is_assignment(*c) || *c == '>').count();
        let after = self.rest.split_at(sign).1;
        let value = after.trim_start();
        let assignment = Assignment { colon: self.rest.starts_with(':'), spaced: value.len() < after.len(), value };
        let tells = self.key.tells(&assignment);
        self.show(sign);
        self.key = Key::default();
        if !tells {
            return;
        }
        self.show(after.len() - value.len());
        let scheme = value.split_at(name_length(value)).0;
        let space = space_length(value.split_at(scheme.len()).1);
        if space > 0 && is_one_of(scheme, &["bearer", "basic", "token", "digest", "negotiate", "apikey"]) {
            self.show(scheme.len() + space);
        }
        self.hide(Secret::find(self.rest));
    }

    /// The `://` of an address, and the user and password after it.
    fn address(&mut self) {
        self.show(3);
        self.key = Key::default();
        // A password may hold every other sign, though it should not.
        let ends = |c: char| matches!(c, '/' | '\\' | '<' | '>') || c.is_whitespace() || is_quote(c);
        let authority = self.rest.split(ends).next().unwrap_or_default();
        if let Some(end) = authority.rfind('@') {
            self.hide(Secret { start: 0, end });
        }
    }

    fn show(&mut self, length: usize) {
        let (shown, rest) = self.rest.split_at(length);
        self.safe.push_str(shown);
        self.rest = rest;
    }

    fn hide(&mut self, secret: Secret) {
        self.show(secret.start);
        if secret.end > secret.start {
            self.safe.push_str(GONE);
        }
        self.rest = self.rest.split_at(secret.end - secret.start).1;
        self.key = Key::default();
    }
}

/// What follows a key.
struct Assignment<'a> {
    colon: bool,
    /// White space stands before the value.
    spaced: bool,
    value: &'a str,
}

impl Key<'_> {
    /// Whether the value is secret. After a colon the key may be no key at all: a line of source, an image, an
    /// object of the cluster, the name of an error.
    fn tells(&self, assignment: &Assignment<'_>) -> bool {
        let lower = self.name.to_ascii_lowercase();
        if !assignment.colon {
            return KEYS.iter().any(|key| lower.contains(key));
        }
        let name = lower.rsplit(['/', '@']).next().unwrap_or_default();
        let Some(end) = KEYS.iter().filter_map(|key| Some(name.rfind(key)? + key.len())).max() else { return false };
        let suffix = name.split_at(end).1;
        let value = assignment.value.split_at(name_length(assignment.value)).0;
        let is_error = suffix.ends_with("exception") || suffix.ends_with("error");
        if is_error || is_line_of_source(suffix, value) {
            return false;
        }
        let in_path = name.len() < lower.len();
        let image = (in_path || name.contains('-')) && is_tag(value) || in_path && !suffix.is_empty();
        if image && !self.quoted && !assignment.spaced {
            return false;
        }
        let says = ["-key", "-id", "-value", "-hash"].iter().any(|what| suffix.ends_with(what));
        let object = suffix.starts_with('-') && !says
            || self.quoted && self.spaced && name.contains('-') && !KEYS.contains(&name);
        let plain_word = !value.is_empty();
        !(object && plain_word)
    }
}

/// `TokenService.java:42`, `token.cs:line 42`.
fn is_line_of_source(suffix: &str, value: &str) -> bool {
    const SOURCES: [&str; 17] = [
        "java", "kt", "scala", "groovy", "go", "rs", "py", "rb", "php", "js", "mjs", "cjs", "ts", "tsx", "cs", "c",
        "cpp",
    ];
    let source = suffix.rsplit_once('.').is_some_and(|(_, extension)| SOURCES.contains(&extension));
    source && (value == "line" || !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a word is the tag of an image: a version, or one of the usual words.
fn is_tag(value: &str) -> bool {
    let numbers = value.strip_prefix('v').unwrap_or(value);
    let version = numbers.split_once('.').is_some_and(|(major, rest)| {
        !major.is_empty() && major.bytes().all(|b| b.is_ascii_digit()) && rest.starts_with(|c: char| c.is_ascii_digit())
    });
    version || ["latest", "stable", "main", "master", "edge", "nightly"].contains(&value)
}

/// Where a token that is known by its beginning starts in a piece. It may be a part of a path.
fn known_token(piece: &str) -> Option<usize> {
    let mut start = 0;
    for part in piece.split_inclusive(['/', '@', '|']) {
        let token = part.trim_start_matches(|c: char| !c.is_alphanumeric());
        if PREFIXES.iter().any(|prefix| token.len() >= prefix.len() + 8 && token.starts_with(prefix)) {
            return Some(start + part.len() - token.len());
        }
        start += part.len();
    }
    None
}

fn is_assignment(c: char) -> bool {
    matches!(c, '=' | ':')
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|one| word.eq_ignore_ascii_case(one))
}

/// The bytes before the first separator or assignment sign.
fn name_length(text: &str) -> usize {
    text.find(|c| is_break(c) || is_assignment(c)).unwrap_or(text.len())
}

fn space_length(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

#[cfg(test)]
mod tests;
