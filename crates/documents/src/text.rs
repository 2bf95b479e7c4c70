//! Lines of a text, with where they are.

/// Where the lines of a text begin.
pub(crate) struct LineIndex(Vec<usize>);

impl LineIndex {
    pub(crate) fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(ends).collect())
    }

    /// The line of a byte, from 1.
    pub(crate) fn line_of(&self, at: usize) -> usize {
        self.0.partition_point(|begin| *begin <= at)
    }
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
    marked.split_inclusive('\n').enumerate().map(move |(index, whole)| {
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

/// A line of Markdown without its mark-up: emphasis, code marks, links by their words, escapes and HTML tags.
pub(crate) fn plain(markdown: &str) -> String {
    use pulldown_cmark::{Event, Options, Parser};
    let mut plain = String::with_capacity(markdown.len());
    // What begins as a list, a heading or a quotation is text here.
    let guarded = format!("\u{2060}{}", markdown.trim());
    for event in Parser::new_ext(&guarded, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(text) | Event::Code(text) => plain.push_str(&text),
            Event::SoftBreak | Event::HardBreak => plain.push(' '),
            Event::InlineHtml(html) | Event::Html(html) if html.to_lowercase().starts_with("<br") => plain.push(' '),
            _ => {}
        }
    }
    let plain = plain.trim_start_matches('\u{2060}');
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
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
            ("- [ ] x", "- [ ] x"),
            ("1. first", "1. first"),
            ("# x", "# x"),
            ("", ""),
        ] {
            assert_eq!(plain(markdown), expected, "{markdown}");
        }
    }

    #[test]
    fn lines_know_where_they_are() {
        let text = "a\r\nb\n\nc";
        let all: Vec<_> = lines(text).map(|line| (line.number, line.at, line.text)).collect();
        assert_eq!(all, [(1, 0, "a"), (2, 3, "b"), (3, 5, ""), (4, 6, "c")]);
        let index = LineIndex::new(text);
        assert_eq!([0, 1, 2, 3, 5, 6].map(|at| index.line_of(at)), [1, 1, 1, 2, 3, 4]);
    }
}
