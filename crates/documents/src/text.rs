//! Lines of a text, with where they are.

use crate::elements::Tag;

/// Where the lines of a text begin.
pub(crate) struct LineIndex(Vec<usize>);

impl LineIndex {
    pub(crate) fn new(text: &str) -> Self {
        let ends = text.match_indices(end_of_line(text)).map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(ends).collect())
    }

    /// The line of a byte, from 1.
    pub(crate) fn line_of(&self, at: usize) -> usize {
        self.0.partition_point(|begin| *begin <= at)
    }
}

/// What ends the lines of a text: a carriage return only where nothing else does.
pub(crate) fn end_of_line(text: &str) -> char {
    if text.contains('\n') || !text.contains('\r') { '\n' } else { '\r' }
}

/// One line of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    /// From 1.
    pub number: usize,
    /// Where it begins in the text.
    pub at: usize,
    /// Without its end.
    pub text: &'a str,
}

/// The lines of a text, whatever ends them. The mark that some editors set before the first one belongs to none.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let marked = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut at = text.len() - marked.len();
    marked.split_inclusive(end_of_line(text)).enumerate().map(move |(index, whole)| {
        let begin = at;
        at += whole.len();
        Line { number: index + 1, at: begin, text: whole.trim_end_matches(['\n', '\r']) }
    })
}

/// Fences of code: tells for each line whether it is code, or the fence itself.
#[derive(Debug, Default)]
pub(crate) struct Fences {
    open: Option<(char, usize)>,
}

impl Fences {
    pub(crate) fn is_code(&mut self, line: &str) -> bool {
        let trimmed = line.trim_start_matches([' ', '\t', '>']);
        let mark = trimmed.chars().next().filter(|c| matches!(c, '`' | '~'));
        let length = mark.map_or(0, |mark| trimmed.chars().take_while(|c| *c == mark).count());
        let rest = trimmed.get(length..).unwrap_or_default();
        match (self.open, mark) {
            (Some((open, opened)), Some(mark)) if mark == open && length >= opened && rest.trim().is_empty() => {
                self.open = None;
                true
            }
            (Some(_), _) => true,
            (None, Some(mark)) if length >= 3 && !(mark == '`' && rest.contains('`')) => {
                self.open = Some((mark, length));
                true
            }
            (None, _) => false,
        }
    }

    /// The line that ends the fence that is open.
    pub(crate) fn end(&self) -> Option<String> {
        self.open.map(|(mark, length)| mark.to_string().repeat(length))
    }

    /// Whether a fence was never closed.
    pub(crate) const fn is_open(&self) -> bool {
        self.open.is_some()
    }
}

/// Code that is indented by four: tells for each line whether it is. In a list such lines belong to its items.
#[derive(Debug)]
pub(crate) struct Indents {
    is_list: bool,
    may_begin: bool,
}

impl Default for Indents {
    fn default() -> Self {
        Self { is_list: false, may_begin: true }
    }
}

impl Indents {
    /// `is_item` is whether the line would begin an item of a list.
    pub(crate) fn is_code(&mut self, line: &str, is_item: bool) -> bool {
        if line.trim().is_empty() {
            self.may_begin = true;
            return false;
        }
        let is_deep =
            line.starts_with("    ") || line.chars().take(4).take_while(|c| c.is_whitespace()).any(|c| c == '\t');
        if is_deep && self.may_begin && !self.is_list {
            return true;
        }
        // Words at the margin after an empty line end a list, as headings and fences do.
        let is_apart = self.may_begin || ["#", "```", "~~~"].iter().any(|mark| line.starts_with(mark));
        let ends_list = !line.starts_with([' ', '\t']) && is_apart;
        self.is_list = is_item || (self.is_list && !ends_list);
        self.may_begin = false;
        false
    }
}

/// Words of a line without their mark-up, and whether they are struck through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub is_struck: bool,
    pub words: String,
}

/// A line of Markdown without its mark-up: emphasis, code marks, links by their words, escapes and HTML tags.
pub(crate) fn plain(markdown: &str) -> String {
    joined(&runs(markdown), |_| true)
}

/// What a line says: what is not struck through of it, or all of it where that is nothing. Tells whether it is the latter.
pub(crate) fn said(markdown: &str) -> (String, bool) {
    let runs = runs(markdown);
    let kept = joined(&runs, |run| !run.is_struck);
    let is_struck = kept.is_empty() && runs.iter().any(|run| run.is_struck);
    if is_struck { (joined(&runs, |_| true), true) } else { (kept, false) }
}

/// Those runs as one line.
pub(crate) fn joined(runs: &[Run], is_wanted: impl Fn(&Run) -> bool) -> String {
    let words: String = runs.iter().filter(|run| is_wanted(run)).map(|run| run.words.as_str()).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A line in runs of what is struck through and what is not.
pub(crate) fn runs(markdown: &str) -> Vec<Run> {
    use pulldown_cmark::{Event, Options, Parser, Tag as Mark, TagEnd};
    if !markdown.contains(['\\', '`', '*', '_', '[', '<', '&', '~']) {
        return vec![Run { is_struck: false, words: markdown.trim().to_owned() }];
    }
    let mut runs: Vec<Run> = Vec::new();
    let mut depth = 0_usize;
    // What begins as a list, a heading or a quotation is text here.
    let guarded = format!("{GUARD}{}", markdown.trim());
    for event in Parser::new_ext(&guarded, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Mark::Strikethrough) => depth += 1,
            Event::End(TagEnd::Strikethrough) => depth = depth.saturating_sub(1),
            Event::Text(text) | Event::Code(text) => say(&mut runs, depth > 0, &text),
            Event::SoftBreak | Event::HardBreak => say(&mut runs, depth > 0, " "),
            Event::InlineHtml(html) | Event::Html(html) => match Tag::read(&html) {
                Tag::Break => say(&mut runs, depth > 0, " "),
                Tag::Mark => {}
                Tag::Strike { is_begin: true } => depth += 1,
                Tag::Strike { is_begin: false } => depth = depth.saturating_sub(1),
                Tag::Word => say(&mut runs, depth > 0, &html),
            },
            _ => {}
        }
    }
    runs
}

/// A sign of punctuation, so that marks behind it are those of a begin.
const GUARD: char = '※';

fn say(runs: &mut Vec<Run>, is_struck: bool, words: &str) {
    let words = if runs.is_empty() { words.strip_prefix(GUARD).unwrap_or(words) } else { words };
    match runs.last_mut().filter(|last| last.is_struck == is_struck) {
        Some(last) => last.words.push_str(words),
        None if words.is_empty() => {}
        None => runs.push(Run { is_struck, words: words.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_off() {
        for (markdown, expected) in [
            ("**Add** an `alert` for [the wiki](x.md)", "Add an alert for the wiki"),
            ("a \\| b", "a | b"),
            ("~~gone~~<br>next &amp; more", "gone next & more"),
            ("pod <none> <b>is</b> <!-- c -->gone", "pod <none> is gone"),
            ("- [ ] x", "- [ ] x"),
            ("1. first", "1. first"),
            ("# x", "# x"),
            ("", ""),
        ] {
            assert_eq!(plain(markdown), expected, "{markdown}");
        }
    }

    #[test]
    fn what_is_struck_is_not_said_unless_it_is_all() {
        for (markdown, expected) in [
            ("~~TODO~~ Done", ("Done", false)),
            ("<s>TODO</s>Done", ("Done", false)),
            ("**~~TODO~~**", ("TODO", true)),
            ("a ~~b~~ c", ("a c", false)),
            ("", ("", false)),
        ] {
            assert_eq!(said(markdown), (expected.0.to_owned(), expected.1), "{markdown}");
        }
    }

    #[test]
    fn lines_know_where_they_are() {
        let text = "a\r\nb\n\nc";
        let all: Vec<_> = lines(text).map(|line| (line.number, line.at, line.text)).collect();
        assert_eq!(all, [(1, 0, "a"), (2, 3, "b"), (3, 5, ""), (4, 6, "c")]);
        assert_eq!(lines("a\rb\r").map(|line| (line.at, line.text)).collect::<Vec<_>>(), [(0, "a"), (2, "b")]);
        let index = LineIndex::new(text);
        assert_eq!([0, 1, 2, 3, 5, 6].map(|at| index.line_of(at)), [1, 1, 1, 2, 3, 4]);
    }
}
