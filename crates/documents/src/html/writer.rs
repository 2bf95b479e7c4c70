//! What becomes of each tag and text of a page.

use html5gum::{Span, StartTag};

use super::Page;
use crate::text::LineIndex;

fn utf8(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Writes Markdown while a page is read.
#[derive(Default)]
pub(super) struct Writer {
    page: Page,
    out: String,
    /// The line of the page that is read.
    line: usize,
    /// The line of the page on which the line that is written began.
    began: usize,
    /// Within how many elements whose text is nothing to read.
    hidden: usize,
    within: Within,
    /// Whether a mark was opened that what follows stands directly behind.
    is_glued: bool,
    row: Option<Row>,
    lists: Vec<Option<usize>>,
    links: Vec<String>,
}

/// An element whose text is read otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Within {
    #[default]
    None,
    Title,
    Preformatted,
    /// A term of a list of terms.
    Term,
}

#[derive(Default)]
struct Row {
    cells: usize,
    /// Whether its last cell is not ended yet.
    is_open: bool,
    is_head: bool,
    /// Whether a row of this table was written before.
    follows: bool,
}

/// How deep lists are told apart: deeper ones would cost their depth on each line.
const DEEPEST: usize = 10;

const HIDDEN: &[&str] = &["script", "style", "nav", "noscript", "template", "svg", "iframe", "select", "button"];
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "footer",
    "aside",
    "blockquote",
    "table",
    "ul",
    "ol",
    "dl",
    "figure",
    "figcaption",
    "details",
    "summary",
    "address",
    "form",
    "hr",
    "tbody",
    "thead",
    "tfoot",
    "body",
];

impl Writer {
    /// A tag begins, on this line of the page.
    pub(super) fn open(&mut self, tag: &StartTag<usize>, line: usize) {
        self.line = line;
        let name = utf8(&tag.name);
        let attribute = |name: &str| tag.attributes.get(name.as_bytes()).map(|value| utf8(&value.value));
        if HIDDEN.contains(&name.as_str()) {
            self.hidden += usize::from(!tag.self_closing);
            return;
        }
        match name.as_str() {
            "title" => self.within = Within::Title,
            // What makes lines elsewhere keeps words of a cell apart.
            "br" | "li" | "dt" | "dd" | "pre" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if self.row.is_some() => {
                self.apart();
            }
            "ul" | "ol" if self.row.is_some() => {}
            "br" => self.end_line(),
            "dt" => {
                self.end_term();
                self.end_line();
                self.out.push_str("**");
                self.is_glued = true;
                self.within = Within::Term;
            }
            "dd" => self.end_term(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.block();
                let level = name.trim_start_matches('h').parse().unwrap_or(1);
                self.out.push_str(&"#".repeat(level));
                self.out.push(' ');
            }
            "li" => {
                self.end_line();
                let depth = self.lists.len().saturating_sub(1).min(DEEPEST);
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{number}. ")
                    }
                    _ => "- ".to_owned(),
                };
                self.out.push_str(&"   ".repeat(depth));
                self.out.push_str(&mark);
                // As Confluence exports its check lists.
                if tag.attributes.contains_key("data-inline-task-id".as_bytes()) {
                    let is_checked = attribute("class").is_some_and(|class| class.contains("checked"));
                    self.out.push_str(if is_checked { "[x] " } else { "[ ] " });
                }
            }
            "input" if attribute("type").is_some_and(|kind| kind.eq_ignore_ascii_case("checkbox")) => {
                self.out.push_str(if tag.attributes.contains_key("checked".as_bytes()) { "[x] " } else { "[ ] " });
            }
            "ul" | "ol" => {
                // A list of an item begins on the line after it.
                if self.lists.is_empty() {
                    self.block();
                } else {
                    self.end_line();
                }
                self.lists.push((name == "ol").then_some(0));
            }
            "tr" => {
                self.end_row();
                let follows = self.row.take().is_some_and(|row| row.follows);
                self.end_line();
                self.row = Some(Row { follows, ..Row::default() });
                self.out.push('|');
            }
            "td" | "th" => {
                self.end_cell();
                match &mut self.row {
                    Some(row) => {
                        row.cells += 1;
                        row.is_open = true;
                        row.is_head |= name == "th";
                        self.out.push(' ');
                        self.is_glued = true;
                    }
                    // What is left of a row around a table within it.
                    None => self.block(),
                }
            }
            "table" => {
                if self.row.take().is_some() {
                    // A table that is there for the layout: what it holds stands for itself.
                    self.out = self.out.trim_start_matches(['|', ' ']).to_owned();
                }
                self.block();
            }
            "pre" => {
                self.block();
                self.within = Within::Preformatted;
                self.out.push_str("```");
                self.end_line();
            }
            "code" if self.within != Within::Preformatted => self.mark("`"),
            "strong" | "b" => self.mark("**"),
            "del" | "s" | "strike" => self.mark("~~"),
            "a" => {
                self.links.push(attribute("href").unwrap_or_default());
                self.mark("[");
            }
            name if BLOCKS.contains(&name) && self.row.is_none() && self.lists.is_empty() => self.block(),
            name if BLOCKS.contains(&name) => self.out.push(' '),
            _ => {}
        }
    }

    /// A tag ends.
    pub(super) fn close(&mut self, name: &str) {
        if HIDDEN.contains(&name) {
            self.hidden = self.hidden.saturating_sub(1);
            return;
        }
        match name {
            "title" => self.within = Within::None,
            "li" | "ul" | "ol" | "pre" | "dt" | "dd" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
                if self.row.is_some() => {}
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.block(),
            "li" | "dd" => self.end_line(),
            "ul" | "ol" => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.block();
                }
            }
            "td" | "th" => self.end_cell(),
            "tr" => self.end_row(),
            "dt" => self.end_term(),
            "table" => {
                self.end_row();
                self.row = None;
                self.block();
            }
            "pre" => {
                self.end_line();
                self.out.push_str("```");
                self.within = Within::None;
                self.block();
            }
            "code" if self.within != Within::Preformatted => self.out.push('`'),
            "strong" | "b" => self.out.push_str("**"),
            "del" | "s" | "strike" => self.out.push_str("~~"),
            "a" => {
                let target = self.links.pop().unwrap_or_default();
                self.out.push_str("](");
                self.out
                    .extend(target.chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '<' | '>' | '|')));
                self.out.push(')');
            }
            name if BLOCKS.contains(&name) && self.row.is_none() && self.lists.is_empty() => self.block(),
            _ => {}
        }
    }

    fn mark(&mut self, mark: &str) {
        self.out.push_str(mark);
        self.is_glued = true;
    }

    /// Keeps what follows in a cell apart from what is in it.
    fn apart(&mut self) {
        if !self.out.trim_end().ends_with(['|', '>']) {
            self.out.push_str(" <br> ");
        }
    }

    fn end_term(&mut self) {
        if self.within == Within::Term {
            self.within = Within::None;
            self.out.truncate(self.out.trim_end().trim_end_matches(':').len());
            self.out.push_str(":** ");
        }
    }

    fn end_cell(&mut self) {
        if let Some(row) = self.row.as_mut().filter(|row| row.is_open) {
            row.is_open = false;
            self.out.push_str(" |");
        }
    }

    /// A row, and below the first one of a table the line that makes it the head.
    fn end_row(&mut self) {
        self.end_cell();
        let Some(row) = &mut self.row else { return };
        if row.cells == 0 {
            return;
        }
        let (cells, is_first) = (std::mem::take(&mut row.cells), !std::mem::replace(&mut row.follows, true));
        let is_pairs = cells == 2 && !row.is_head;
        if is_first && is_pairs {
            // Names and values without a head.
            let written = std::mem::take(&mut self.out);
            self.out.push_str("| | |");
            self.end_line();
            self.out.push_str("|---|---|");
            self.end_line();
            self.out = written;
            self.end_line();
        } else {
            self.end_line();
            if is_first {
                self.out.push('|');
                self.out.push_str(&"---|".repeat(cells));
                self.end_line();
            }
        }
    }

    /// Text between tags.
    pub(super) fn say(&mut self, text: &[u8], span: Span<usize>, index: &LineIndex) {
        let text = String::from_utf8_lossy(text);
        if self.within == Within::Title {
            self.page.title.push_str(&text);
            return;
        }
        if self.hidden > 0 {
            return;
        }
        if self.within == Within::Preformatted {
            let mut at = span.start;
            for (number, line) in text.split('\n').enumerate() {
                if number > 0 {
                    self.end_line();
                }
                self.line = index.line_of(at);
                self.begin();
                // A fence in it would end ours.
                self.out.push_str(&line.replace("```", "'''"));
                at += line.len() + 1;
            }
            return;
        }
        self.line = index.line_of(span.start + (text.len() - text.trim_start().len()));
        let starts_apart = text.starts_with(char::is_whitespace);
        let mut words = text.split_whitespace().peekable();
        if words.peek().is_some() {
            self.begin();
        }
        let is_glued = std::mem::take(&mut self.is_glued);
        if starts_apart && !is_glued && !self.out.is_empty() && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
        let mut is_first = true;
        for word in words {
            if !is_first {
                self.out.push(' ');
            }
            is_first = false;
            // What would be read as structure is none here.
            if self.row.is_some() { self.out.push_str(&word.replace('|', "\\|")) } else { self.out.push_str(word) }
        }
        if !is_first && text.ends_with(char::is_whitespace) {
            self.out.push(' ');
        }
    }

    fn begin(&mut self) {
        if self.out.trim().is_empty() || self.began == 0 {
            self.began = self.line;
        }
    }

    fn end_line(&mut self) {
        let line = self.out.trim_end();
        if !line.is_empty() {
            let line = line.replace("****", "").replace("~~~~", "");
            self.page.text.push_str(&line);
            self.page.text.push('\n');
            self.page.lines.push(if self.began == 0 { self.line } else { self.began });
        }
        self.out.clear();
        self.began = 0;
    }

    /// Ends a line and leaves one empty.
    fn block(&mut self) {
        self.end_line();
        if !self.page.text.is_empty() && !self.page.text.ends_with("\n\n") {
            self.page.text.push('\n');
            self.page.lines.push(self.line);
        }
    }

    /// All was read.
    pub(super) fn end(mut self) -> Page {
        self.end_line();
        self.page
    }
}
