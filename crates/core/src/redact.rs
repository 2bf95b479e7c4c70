//! Secrets taken out of text that others wrote: log lines, messages of programs.

const GONE: &str = "[redacted]";

/// Words that a secret follows, as configuration keys, headers and log lines write them.
const KEYS: [&str; 12] = [
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
];

/// Beginnings of tokens that are secret wherever they stand: JSON Web Tokens, GitHub, GitLab, Slack, AWS and
/// Vault tokens, by their makers' documented prefixes.
const PREFIXES: [&str; 10] = ["eyJ", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "AKIA", "hvs.", "sk-"];

/// The text with what looks like a secret replaced by `[redacted]`: the value after a telling key, user and
/// password in an address, and tokens that are known by their beginning.
///
/// It errs on the side of hiding. It cannot know every secret: what must never be shown must not be read.
///
/// ```
/// use lamplighter_core::redact;
///
/// assert_eq!(redact("login failed password=hunter2 user=ada"), "login failed password=[redacted] user=ada");
/// assert_eq!(redact("dial postgres://app:s3cret@db:5432/x"), "dial postgres://[redacted]@db:5432/x");
/// ```
#[must_use]
pub fn redact(text: &str) -> String {
    if text.contains("-----BEGIN") && text.contains("PRIVATE KEY") {
        return GONE.to_owned();
    }
    let mut safe = String::with_capacity(text.len());
    let (mut hide_next, mut after_key) = (false, false);
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let space = word.get(bare.len()..).unwrap_or_default();
        if bare.is_empty() {
            safe.push_str(space);
            continue;
        }
        let scheme = bare.eq_ignore_ascii_case("bearer") || bare.eq_ignore_ascii_case("basic");
        let assigns = matches!(bare, "=" | ":" | "=>");
        hide_next = hide_next || (after_key && assigns);
        after_key = KEYS.contains(&bare.trim_matches('"').to_ascii_lowercase().as_str());
        if hide_next && !scheme && !assigns {
            safe.push_str(GONE);
            hide_next = false;
        } else {
            let (shown, hides) = redact_word(bare);
            safe.push_str(&shown);
            hide_next = hide_next || hides || scheme;
        }
        safe.push_str(space);
    }
    safe
}

/// One word without its secret, and whether the next word is one.
fn redact_word(word: &str) -> (String, bool) {
    let lower = word.to_ascii_lowercase();
    let separator = word.find(['=', ':']).filter(|at| !word.get(*at..).unwrap_or_default().starts_with("://"));
    if let Some(at) = separator
        && KEYS.iter().any(|key| lower.get(..at).unwrap_or_default().contains(key))
    {
        let (key, value) = word.split_at(at + 1);
        let value = value.trim_matches(['"', '\'', ',']);
        return if value.is_empty() { (word.to_owned(), true) } else { (format!("{key}{GONE}"), false) };
    }
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    if PREFIXES.iter().any(|prefix| bare.len() >= prefix.len() + 8 && bare.starts_with(prefix)) {
        return (GONE.to_owned(), false);
    }
    (
        without_user(word),
        KEYS.iter().any(|key| lower.trim_end_matches(':').trim_matches('"') == *key) && lower.ends_with(':'),
    )
}

/// An address without its user and password.
fn without_user(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else { return word.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{GONE}@{host}{path}"),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_hidden_and_the_rest_is_kept() {
        let cases = [
            ("nothing here: 42 errors", "nothing here: 42 errors"),
            ("DB_PASSWORD=hunter2", "DB_PASSWORD=[redacted]"),
            ("\"api_key\": \"abc\", \"user\": \"ada\"", "\"api_key\": [redacted] \"user\": \"ada\""),
            ("Authorization: Bearer abc.def", "Authorization: Bearer [redacted]"),
            ("password : x y", "password : [redacted] y"),
            ("the token expired", "the token expired"),
            ("using ghp_0123456789abcdef now", "using [redacted] now"),
            ("token eyJhbGciOiJIUzI1NiJ9.e30.x", "token [redacted]"),
            ("https://ada:pw@host/path?x", "https://[redacted]@host/path?x"),
            ("https://host:8080/a@b", "https://host:8080/a@b"),
            ("-----BEGIN RSA PRIVATE KEY----- MII", "[redacted]"),
            ("Ünïcode tökens=1", "Ünïcode tökens=1"),
        ];
        for (text, safe) in cases {
            assert_eq!(redact(text), safe);
        }
    }
}
