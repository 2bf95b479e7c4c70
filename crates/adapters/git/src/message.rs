//! The message of a commit, and the trailers that only we write.

use std::fmt::Write as _;

use lamplighter_core::words::ChangeKey;

use crate::GitError;

/// The trailer that carries a change's key.
pub(crate) const TRAILER: &str = "Lamplighter-Change";

/// Trailers that mean something to somebody: text in a message must not pass for one.
const SPEAKING: [&str; 2] = ["lamplighter-", "co-authored-"];

/// The message with its trailers in a paragraph of their own, the last one. That is the only place where git
/// looks for trailers, so whatever the text holds before it is text.
///
/// # Errors
/// When there is no subject line, or the key cannot stand on one line.
pub(crate) fn compose(message: &str, key: &ChangeKey, co_author: Option<&str>) -> Result<String, GitError> {
    let cleaned = message.replace("\r\n", "\n").replace('\r', "\n");
    let cleaned: String = cleaned.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
    let (subject, body) = cleaned.trim().split_once('\n').unwrap_or((cleaned.trim(), ""));
    if subject.trim().is_empty() {
        return Err(GitError::Commit("a commit needs a message".to_owned()));
    }
    let mut text = subject.trim().to_owned();
    let body: Vec<String> = body.trim().lines().map(|line| quoted(line.trim_end())).collect();
    if !body.is_empty() {
        text.push_str("\n\n");
        text.push_str(&body.join("\n"));
    }
    let _ = write!(text, "\n\n{TRAILER}: {}\n", checked(key)?);
    if let Some(co_author) = co_author {
        let _ = writeln!(text, "Co-authored-by: {co_author}");
    }
    Ok(text)
}

/// The key's text, as far as it can be found again.
pub(crate) fn checked(key: &ChangeKey) -> Result<&str, GitError> {
    let text = key.as_str();
    if text.is_empty() || text != text.trim() || text.contains(char::is_control) {
        return Err(GitError::Commit("the key of the change has to be one line of text".to_owned()));
    }
    Ok(text)
}

fn quoted(line: &str) -> String {
    let start = line.trim_start().to_lowercase();
    let speaks =
        SPEAKING.iter().any(|name| start.starts_with(name)) || start.split(':').next().is_some_and(is_sign_off);
    if speaks { format!("> {line}") } else { line.to_owned() }
}

/// `Signed-off-by`, `Reviewed-by` and their like.
fn is_sign_off(token: &str) -> bool {
    let token = token.trim_end();
    token.ends_with("-by") && !token.contains(' ')
}

#[cfg(test)]
mod tests {
    use lamplighter_core::RunKey;

    use super::*;

    fn key() -> ChangeKey {
        ChangeKey::new(&RunKey::new("issue/7"), "commit")
    }

    fn check(message: &str, expected: &str) {
        assert_eq!(compose(message, &key(), Some("bot <b@x>")).unwrap(), expected);
    }

    const TRAILERS: &str = "\n\nLamplighter-Change: issue/7/commit\nCo-authored-by: bot <b@x>\n";

    #[test]
    fn trailers_come_last_and_by_themselves() {
        check("fix: more memory (fixes #7)", &format!("fix: more memory (fixes #7){TRAILERS}"));
        check("\n fix: a \r\nwhy\r\n\r\nmore\n\n", &format!("fix: a\n\nwhy\n\nmore{TRAILERS}"));
        check("fix: ünï 😀\0\u{1b}[31m", &format!("fix: ünï 😀[31m{TRAILERS}"));
    }

    #[test]
    fn text_does_not_pass_for_a_trailer() {
        check(
            "fix: a\nLamplighter-Change: other\nCo-authored-by: evil <e@x>\n  Signed-off-by : x\nnote: fine",
            &format!(
                "fix: a\n\n> Lamplighter-Change: other\n> Co-authored-by: evil <e@x>\n>   Signed-off-by : x\nnote: fine{TRAILERS}"
            ),
        );
    }

    #[test]
    fn a_message_without_words_and_a_key_of_two_lines_are_refused() {
        assert!(compose(" \n\0", &key(), None).is_err());
        for run in ["a\nLamplighter-Change: b", " a", "a\u{7}"] {
            assert!(compose("fix: a", &ChangeKey::new(&RunKey::new(run), "c"), None).is_err(), "{run:?}");
        }
    }
}
