//! Web pages as Markdown: as much of their structure as post-mortems need.

mod writer;

use html5gum::{DefaultEmitter, Token, Tokenizer};

use crate::text::LineIndex;
use writer::Writer;

/// A page as Markdown, and the line of the page for each of its lines.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub text: String,
    /// From 0; the line of the page, from 1.
    pub lines: Vec<usize>,
    /// What the page calls itself.
    pub title: String,
}

/// Whether a document is a web page and no Markdown.
pub(crate) fn is_html(path: &str, text: &str) -> bool {
    let ends = |end: &str| path.len() > end.len() && path.to_lowercase().ends_with(end);
    if ends(".html") || ends(".htm") || ends(".xhtml") {
        return true;
    }
    let begin: String = text.trim_start().chars().take(200).collect::<String>().to_lowercase();
    begin.starts_with("<!doctype html")
        || begin.starts_with("<html")
        || (begin.starts_with("<?xml") && begin.contains("<html"))
}

/// What a page says. Scripts, styles, navigation and the head are left out.
pub(crate) fn to_markdown(html: &str) -> Page {
    let index = LineIndex::new(html);
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut writer = Writer::default();
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => writer.open(&tag, index.line_of(tag.span.start)),
            Token::EndTag(tag) => writer.close(&String::from_utf8_lossy(&tag.name)),
            Token::String(text) => writer.say(&text.value, text.span, &index),
            _ => {}
        }
    }
    writer.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_with_its_structure_and_its_lines() {
        let html = "<!DOCTYPE html><html><head><title>Wiki &amp; mail</title><style>p{}</style></head>\n<body><nav>Home</nav>\n\
                    <h1>Wiki down</h1>\n<table><tr><th>Date</th><td>2026-03-01</td></tr>\n<tr><th>Severity</th><td>SEV2</td></tr></table>\n\
                    <p>It was <b>down</b>\nfor <a href=\"x.html\">an hour</a>.</p>\n<ul><li><input type=\"checkbox\" checked> Fix it</li><li>More\
                    <ul><li>Deep</li></ul></li></ul><pre>a | b\n# c</pre></body></html>";
        let page = to_markdown(html);
        assert_eq!(page.title, "Wiki & mail");
        assert_eq!(
            page.text.trim_end(),
            "# Wiki down\n\n| Date | 2026-03-01 |\n|---|---|\n| Severity | SEV2 |\n\nIt was **down** for [an hour](x.html).\n\n\
             - [x] Fix it\n- More\n   - Deep\n\n```\na | b\n# c\n```"
        );
        assert_eq!(page.lines.len(), page.text.lines().count());
        let line = |words: &str| page.lines[page.text.lines().position(|line| line.contains(words)).unwrap()];
        assert_eq!((line("Wiki down"), line("Severity"), line("Fix it"), line("# c")), (3, 5, 8, 9));
    }

    #[test]
    fn what_is_in_a_cell_stays_in_it() {
        for (html, expected) in [
            (
                "<table><tr><td>a<td><ul><li>b<li>c</ul><tr><td><h3>d</h3><pre>e\nf</pre></td><td>g|h</td></table>",
                "| | |\n|---|---|\n| a | b <br> c |\n| d <br> e f | g\\|h |",
            ),
            (
                "<table><tr><td>around<table><tr><th>a</th><th>b</th></tr></table></td></tr></table>",
                "around\n\n| a | b |\n|---|---|",
            ),
            ("<dl><dt>Date:<dd>2026-03-01<dt>Severity</dt><dd>2</dd></dl>", "**Date:** 2026-03-01\n**Severity:** 2"),
            (
                "<ul><li data-inline-task-id='1' class='checked'>a</li><li data-inline-task-id='2'>b</li></ul>",
                "- [x] a\n- [ ] b",
            ),
        ] {
            assert_eq!(to_markdown(html).text.trim_end(), expected, "{html}");
        }
    }
}
