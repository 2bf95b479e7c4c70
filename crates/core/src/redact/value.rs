//! Where a secret value begins and ends.

use super::{is_assignment, name_length};

/// The bytes of a secret at the beginning of a text, without its quotes.
#[derive(Clone, Copy)]
pub(super) struct Secret {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Secret {
    /// The value that a text begins with: quoted, in brackets or bare. What is not closed goes to the end.
    pub(super) fn find(text: &str) -> Self {
        if let Some(quote) = Quote::opening(text) {
            let start = quote.depth + 1;
            return Self { start, end: start + quote.length(text.split_at(start).1) };
        }
        let end = if text.starts_with(['{', '[', '(']) { group_length(text) } else { 0 };
        Self { start: 0, end: end + bare_length(text.split_at(end).1) }
    }
}

/// What separates pieces of text from each other.
pub(super) fn is_break(c: char) -> bool {
    let sign = matches!(c, '&' | ',' | ';' | '{' | '}' | '[' | ']' | '(' | ')' | '?' | '\\' | '<' | '>');
    sign || is_quote(c) || c.is_whitespace()
}

pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`')
}

/// A quotation mark, and the number of backslashes before it: JSON is often written inside JSON.
struct Quote {
    mark: char,
    depth: usize,
}

impl Quote {
    fn opening(text: &str) -> Option<Self> {
        let marked = text.trim_start_matches('\\');
        let mark = marked.chars().next().filter(|c| is_quote(*c))?;
        Some(Self { mark, depth: text.len() - marked.len() })
    }

    /// The bytes before the closing mark. A mark with more backslashes than the opening one, and a doubled
    /// one as SQL writes it, belong to the text.
    fn length(&self, text: &str) -> usize {
        let mut backslashes = 0;
        let mut signs = text.char_indices().peekable();
        while let Some((at, c)) = signs.next() {
            if c == self.mark && backslashes <= self.depth {
                let doubled = at > 0 && signs.next_if(|(_, next)| *next == self.mark).is_some();
                if !doubled {
                    return at - backslashes;
                }
            }
            backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        }
        text.len()
    }
}

/// The bytes of a text in brackets, brackets included.
fn group_length(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(c) = text.split_at(at).1.chars().next() {
        at += c.len_utf8();
        match c {
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => depth = depth.saturating_sub(1),
            '"' => at = (at + Quote { mark: '"', depth: 0 }.length(text.split_at(at).1) + 1).min(text.len()),
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The bytes of a value without quotes. A separator ends it only where white space, the end or the next key
/// follows: a password may hold any sign.
fn bare_length(text: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = text.split_at(at).1;
        at += rest.find(is_break).unwrap_or(rest.len());
        let rest = text.split_at(at).1;
        let next = rest.trim_start_matches(|c: char| is_break(c) && !c.is_whitespace());
        if next.is_empty() || next.starts_with(char::is_whitespace) || begins_with_key(next) {
            return at;
        }
        let separators = rest.split_at(rest.len() - next.len()).0;
        at += separators.len();
        if let Some(mark) = separators.chars().next_back().filter(|c| is_quote(*c)) {
            at += Quote { mark, depth: 0 }.length(next);
        }
    }
}

fn begins_with_key(text: &str) -> bool {
    let length = name_length(text);
    let after = text.split_at(length).1.trim_start_matches(|c| is_quote(c) || c == '\\');
    length > 0 && after.starts_with(is_assignment)
}
