//! Comments, read back as lines of a timeline.

use lamplighter_core::markdown::line;
use lamplighter_core::words::status::TimelineWord;

/// How much of a comment is shown, in characters.
const LONGEST: usize = 400;

/// The word that a comment begins with, and its first paragraph as plain text.
pub(crate) fn entry(body: &str) -> Option<(TimelineWord, String)> {
    let body = body.trim_start();
    let (word, rest) = TimelineWord::ALL.into_iter().find_map(|word| Some((word, after(word, body)?)))?;
    let mut paragraph = Vec::new();
    for text in rest.lines().map(str::trim) {
        let is_block = text.starts_with("- ") || text.starts_with("<!--") || text.starts_with("```");
        match text {
            "" if paragraph.is_empty() => {}
            "" => break,
            _ if is_block => break,
            text => paragraph.push(text),
        }
    }
    Some((word, line(&plain(&paragraph.join(" ")), LONGEST)))
}

/// What comes after the bold word.
fn after(word: TimelineWord, body: &str) -> Option<&str> {
    let rest = body.strip_prefix("**")?.strip_prefix(word.as_str())?;
    if word == TimelineWord::Escalating {
        let (owner, rest) = rest.split_once("**")?;
        let is_owner = owner.strip_prefix(" to ").is_some_and(|owner| !owner.contains(['\n', '*']));
        return is_owner.then_some(rest.strip_prefix(':').unwrap_or(rest));
    }
    rest.strip_prefix(":**")
}

/// Our own Markdown without its marks: what a reader of it sees.
fn plain(text: &str) -> String {
    let mut seen = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek().is_some_and(char::is_ascii_punctuation) => seen.extend(chars.next()),
            '`' | '*' => {}
            c => seen.push(c),
        }
    }
    without_targets(&seen).replace("&amp;", "&")
}

/// `[text](target)` is `text`.
fn without_targets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        out.push_str(before);
        match link.split_once("](").and_then(|(label, after)| Some((label, after.split_once(')')?.1))) {
            Some((label, after)) if !label.contains('[') => {
                out.push_str(label);
                rest = after;
            }
            _ => {
                out.push('[');
                rest = link;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The names in the line that says what is affected.
pub(crate) fn affected(body: &str) -> Vec<String> {
    let Some(list) = body.lines().find_map(|line| line.trim().strip_prefix("Affected: ")) else { return Vec::new() };
    list.split('`').skip(1).step_by(2).map(|name| name.trim().to_owned()).collect()
}

/// Where a comment says that the post-mortem is: an address of the web, or a path within the repository.
pub(crate) fn post_mortem(body: &str) -> Option<String> {
    let rest = after(TimelineWord::Postmortem, body.trim_start())?;
    let linked = rest.split_once("](").and_then(|(_, after)| after.split([')', ' ', '\n']).next());
    let mut bare = rest.split_whitespace().map(|word| word.trim_matches(['`', '<', '>', '.', ',']));
    linked.into_iter().chain(bare.by_ref()).find(|target| is_target(target)).map(str::to_owned)
}

fn is_target(target: &str) -> bool {
    let is_plain = |text: &str| {
        let fine = |c: char| c.is_ascii_alphanumeric() || "-._~/%?=&#:+,".contains(c);
        !text.is_empty() && text.chars().all(fine)
    };
    match target.split_once("://") {
        Some(("https" | "http", rest)) => is_plain(rest) && !rest.starts_with(['/', ':']),
        Some(_) => false,
        None => {
            let ends = [".md", ".html"].iter().any(|end| target.ends_with(end));
            ends && is_plain(target)
                && !target.contains([':', '?', '#'])
                && !target.contains("..")
                && !target.starts_with('/')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_read_back_as_its_word_and_its_first_paragraph() {
        use TimelineWord::{Escalating, Findings, Investigating, Postmortem, QueuedForReview, Resolved};
        for (body, word, text) in [
            (
                "**Investigating:** SEV2, seen 2026-03-01 12:00:00 UTC.\n\nAffected: `wiki`\n",
                Investigating,
                "SEV2, seen 2026-03-01 12:00:00 UTC.",
            ),
            (
                "**Findings:** it is\nslow\\! \\<b\\> &amp; `x`\n\n- a\n\n<!-- lamplighter:k -->",
                Findings,
                "it is slow! <b> & x",
            ),
            ("**Escalating to @ada**\n\nThe plan was refused.\n", Escalating, "The plan was refused."),
            ("**Resolved:** `wiki` works again.", Resolved, "wiki works again."),
            ("**Postmortem:** [2026-03-01](docs/x.md) is there", Postmortem, "2026-03-01 is there"),
            ("**Queued for review:** a\u{202e}b", QueuedForReview, "ab"),
            ("**Findings:**\n- a bullet", Findings, ""),
        ] {
            assert_eq!(entry(body), Some((word, text.to_owned())), "{body}");
        }
        for body in [
            "",
            "Investigating: x",
            "**investigating:** x",
            "**Escalating** x",
            "**Approval needed:** x",
            "x **Resolved:** y",
        ] {
            assert_eq!(entry(body), None, "{body}");
        }
    }

    #[test]
    fn a_post_mortem_is_linked_where_the_link_is_harmless() {
        for (body, link) in [
            ("**Postmortem:** [x](docs/post-mortems/2026-03-01-wiki.md)", Some("docs/post-mortems/2026-03-01-wiki.md")),
            ("**Postmortem:** https://status.example.org/pm/1.html.", Some("https://status.example.org/pm/1.html")),
            ("**Postmortem:** [x](javascript:alert(1))", None),
            ("**Postmortem:** [x](data://a.md)", None),
            ("**Postmortem:** [x](../../etc/x.md)", None),
            ("**Postmortem:** [x](https://a\"onload=x)", None),
            ("**Postmortem:** written", None),
            ("**Resolved:** [x](docs/x.md)", None),
        ] {
            assert_eq!(post_mortem(body).as_deref(), link, "{body}");
        }
    }

    #[test]
    fn the_affected_services_are_named_as_code() {
        assert_eq!(affected("**Investigating:** x\n\nAffected: `wiki`, `mail server`\n"), ["wiki", "mail server"]);
        assert!(affected("Affected: wiki").is_empty());
    }
}
