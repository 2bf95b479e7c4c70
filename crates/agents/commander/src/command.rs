use lamplighter_core::words::Severity;
use serde::{Deserialize, Serialize};

/// What a comment asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// The change that waits may be carried out.
    Approve,
    /// The change that waits may not.
    Deny,
    /// Answer the issue anew.
    Retry,
    /// Change nothing anywhere.
    Stop,
    /// Say how far the answer is.
    Status,
    /// It is as bad as this.
    Severity(Severity),
}

/// A command that is not written as it has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mistake {
    /// `/severity` without one of the three.
    NoSuchSeverity,
}

impl Command {
    /// The first command of a comment. A command is the first word of a line; what follows it is for people. Quotes, code
    /// and HTML comments hold none: they are somebody else's words, examples, or unseen.
    ///
    /// ```
    /// use lamplighter_commander::Command;
    ///
    /// assert_eq!(Command::find("Looks right to me.\n/approve, go ahead"), Some(Ok(Command::Approve)));
    /// assert_eq!(Command::find("> /approve\nwhy?"), None);
    /// ```
    #[must_use]
    pub fn find(comment: &str) -> Option<Result<Self, Mistake>> {
        spoken_lines(comment).find_map(Self::of_line)
    }

    fn of_line(line: &str) -> Option<Result<Self, Mistake>> {
        let mut words = line.split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | ':' | '!'));
        Some(Ok(match words.next()?.to_ascii_lowercase().as_str() {
            "/approve" => Self::Approve,
            "/deny" => Self::Deny,
            "/retry" => Self::Retry,
            "/stop" => Self::Stop,
            "/status" => Self::Status,
            "/severity" => {
                let severity = words.find(|word| !word.is_empty()).and_then(|word| word.parse().ok());
                return Some(severity.map(Self::Severity).ok_or(Mistake::NoSuchSeverity));
            }
            _ => return None,
        }))
    }
}

/// The lines that the author says himself. A line that is indented by four blanks or a tab is code, as in Markdown.
fn spoken_lines(comment: &str) -> impl Iterator<Item = &str> {
    let (mut fence, mut is_hidden) = (None, false);
    comment
        .lines()
        .filter(move |line| {
            let text = line.trim_start_matches(' ');
            let is_code = line.len() - text.len() > 3 || text.starts_with('\t');
            if is_hidden {
                is_hidden = !text.contains("-->");
                return false;
            }
            if let Some(open) = fence {
                if !is_code && closes(text, open) {
                    fence = None;
                }
                return false;
            }
            if is_code {
                return false;
            }
            fence = opened(text);
            if let Some((_, rest)) = text.split_once("<!--") {
                is_hidden = !rest.contains("-->");
            }
            fence.is_none() && !text.starts_with('>') && !text.starts_with("<!--")
        })
        .map(str::trim)
}

/// The fence that a line opens: its character and how many there are.
fn opened(line: &str) -> Option<(char, usize)> {
    let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let length = line.chars().take_while(|c| *c == mark).count();
    let rest = line.get(length..).unwrap_or_default();
    (length >= 3 && !(mark == '`' && rest.contains('`'))).then_some((mark, length))
}

fn closes(line: &str, (mark, length): (char, usize)) -> bool {
    let run = line.chars().take_while(|c| *c == mark).count();
    run >= length && line.trim_end().chars().count() == run
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(comment: &str, expected: Option<Result<Command, Mistake>>) {
        assert_eq!(Command::find(comment), expected, "{comment:?}");
    }

    #[test]
    fn a_command_is_the_first_word_of_a_line() {
        for comment in [
            "/approve",
            "  /approve  ",
            "/approve please",
            "/Approve",
            "/APPROVE.",
            "Fine.\r\n\r\n/approve\r\n",
            "/etc/passwd is no command\n/approve",
            "```\n/deny\n```\n/approve",
            "~~~~\n```\n/deny\n~~~\n~~~~\n/approve",
            "> /deny\n\n/approve",
            "    /deny\n/approve",
            "<!-- /deny -->\n/approve",
            "<!--\n/deny\n-->\n/approve",
            "`x` ``` /deny\n/approve",
        ] {
            check(comment, Some(Ok(Command::Approve)));
        }
        check("/approve\n/deny", Some(Ok(Command::Approve)));
        check("/deny", Some(Ok(Command::Deny)));
        check("/retry", Some(Ok(Command::Retry)));
        check("/stop!", Some(Ok(Command::Stop)));
        check("/status?", None);
        check("/status", Some(Ok(Command::Status)));
    }

    #[test]
    fn other_words_are_no_command() {
        for comment in [
            "",
            "approve",
            "please /approve",
            "/approved",
            "/approve-all",
            "\\/approve",
            "//approve",
            "/ approve",
            "\u{2215}approve",
            "/\u{430}pprove",
            "```\n/approve",
            "<!--\n/approve",
            "\t/approve",
            "> quoted\n> /approve",
        ] {
            check(comment, None);
        }
    }

    #[test]
    fn a_severity_has_to_be_one() {
        check("/severity sev1", Some(Ok(Command::Severity(Severity::Sev1))));
        check("/severity: SEV2, since it is night", Some(Ok(Command::Severity(Severity::Sev2))));
        for comment in ["/severity", "/severity 1", "/severity sev4", "/severity sev1sev2", "/severity\nsev1"] {
            check(comment, Some(Err(Mistake::NoSuchSeverity)));
        }
    }

    proptest! {
        #[test]
        fn any_comment_can_be_read(comment in "(?s).{0,200}") {
            let _ = Command::find(&comment);
        }

        #[test]
        fn a_quote_never_commands(words in "[a-z/ ]{0,20}") {
            prop_assert_eq!(Command::find(&format!("> {words}\n> /approve\n>/stop")), None);
        }
    }
}
