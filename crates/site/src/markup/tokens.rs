//! HTML as a row of tags and texts.

use super::allowed::{Fate, fate};
use super::entities::decoded;

/// How long a tag may be. A longer one, as with a picture in its address, is read and loses its attributes.
const LONGEST_TAG: usize = 64 * 1024;

/// How long the name of an element may be.
const LONGEST_NAME: usize = 40;

/// How many tags without an end are looked at as such. In what follows them a `<` is a character.
const MOST_ENDLESS: usize = 32;

#[derive(Debug, PartialEq)]
pub(super) enum Token {
    Text(String),
    Open { name: String, attributes: Vec<(String, String)> },
    Close { name: String },
}

/// The tags and texts of a document. Never fails, and takes time in proportion to its length. Comments, declarations and
/// elements whose content means nothing without them are not there.
pub(super) fn tokens(html: &str) -> Vec<Token> {
    let mut reader = Reader {
        html,
        lower: html.to_ascii_lowercase(),
        text: String::new(),
        tokens: Vec::new(),
        endless: 0,
        has_comments: true,
    };
    reader.read();
    reader.tokens
}

struct Reader<'a> {
    html: &'a str,
    /// The same with small ASCII letters: the same bytes are at the same places.
    lower: String,
    text: String,
    tokens: Vec<Token>,
    endless: usize,
    /// Whether comments may still end.
    has_comments: bool,
}

impl Reader<'_> {
    fn read(&mut self) {
        let html = self.html;
        // Names of dropped elements that are not ended any more.
        let mut open_for_ever: Vec<String> = Vec::new();
        let mut at = 0;
        while let Some(found) = html.get(at..).and_then(|rest| rest.find('<')) {
            let begin = at + found;
            self.text.push_str(html.get(at..begin).unwrap_or_default());
            let Some((token, end)) = self.markup(begin) else {
                self.text.push('<');
                at = begin + 1;
                continue;
            };
            at = end;
            let Some(token) = token else { continue };
            if let Token::Open { name, .. } = &token
                && fate(name) == Fate::Dropped
            {
                if !open_for_ever.contains(name) {
                    match self.end_of(name, at) {
                        Some(end) => at = end,
                        None => open_for_ever.push(name.clone()),
                    }
                }
                continue;
            }
            self.flush();
            self.tokens.push(token);
        }
        self.text.push_str(html.get(at..).unwrap_or_default());
        self.flush();
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.tokens.push(Token::Text(decoded(&self.text)));
            self.text.clear();
        }
    }

    /// What begins at a `<`, if it is markup, and where it ends. Markup without a token is not to be seen.
    fn markup(&mut self, begin: usize) -> Option<(Option<Token>, usize)> {
        let rest = self.html.get(begin..)?;
        let next = rest.as_bytes().get(1).copied()?;
        if next == b'!' || next == b'?' {
            let end = self.declaration_end(rest)?;
            return Some((None, begin + end));
        }
        let from = 1 + usize::from(next == b'/');
        let inside = rest.get(from..)?;
        let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':');
        let length = inside.bytes().take(LONGEST_NAME).position(|byte| !is_of_name(byte))?;
        let (name, after) = inside.split_at(length);
        // `<https://a.example>` is no element, and neither is what only looks like one, as `Vec<String,u8>`.
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && !name.ends_with(':')
            && after.starts_with(|c: char| c.is_whitespace() || matches!(c, '/' | '>'));
        if !is_name || self.endless >= MOST_ENDLESS {
            return None;
        }
        let end = tag_end(rest);
        let end = self.unless_endless(end)?;
        let attributes = rest.get(from + name.len()..end - 1).filter(|_| end <= LONGEST_TAG).unwrap_or_default();
        let name = name.to_ascii_lowercase();
        let token = if next == b'/' {
            Token::Close { name }
        } else {
            Token::Open { name, attributes: attributes_of(attributes) }
        };
        Some((Some(token), begin + end))
    }

    fn declaration_end(&mut self, rest: &str) -> Option<usize> {
        if self.has_comments && rest.starts_with("<!--") {
            if let Some(at) = rest.get(4..)?.find("-->") {
                return Some(at + 7);
            }
            self.has_comments = false;
        }
        if self.endless >= MOST_ENDLESS {
            return None;
        }
        let end = rest.find('>').map(|at| at + 1);
        self.unless_endless(end)
    }

    fn unless_endless(&mut self, end: Option<usize>) -> Option<usize> {
        self.endless += usize::from(end.is_none());
        end
    }

    /// Behind the end of a dropped element.
    fn end_of(&self, name: &str, from: usize) -> Option<usize> {
        let close = format!("</{name}");
        let open = format!("<{name}");
        let mut at = from;
        let mut depth = 1;
        // Those that hold text hold no others of their kind.
        let is_nested = matches!(name, "svg" | "math" | "object" | "template" | "video" | "audio");
        loop {
            let rest = self.lower.get(at..)?;
            let next_close = rest.find(&close)?;
            if is_nested && rest.get(..next_close).is_some_and(|before| before.contains(&open)) {
                depth += rest.get(..next_close)?.matches(&open).count();
            }
            at += next_close + close.len();
            let end = self.lower.get(at..)?.find('>')?;
            at += end + 1;
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
}

/// Behind the `>` of the tag at the beginning of a text; one in quotes is none.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut before = b' ';
    for (at, byte) in text.bytes().enumerate() {
        match quote {
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            // A quote is one where a value begins.
            None if matches!(byte, b'"' | b'\'') && before == b'=' => quote = Some(byte),
            None if byte == b'>' => return Some(at + 1),
            None => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    None
}

fn attributes_of(mut text: &str) -> Vec<(String, String)> {
    let mut attributes = Vec::new();
    loop {
        text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if text.is_empty() {
            return attributes;
        }
        let length = text.find(|c: char| c.is_whitespace() || matches!(c, '=' | '/')).unwrap_or(text.len());
        let (name, rest) = text.split_at(length.max(text.chars().next().map_or(1, char::len_utf8)));
        let after = rest.trim_start();
        let value = match after.strip_prefix('=') {
            Some(value) => {
                let value = value.trim_start();
                let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
                let (value, rest) = match quote {
                    Some(quote) => {
                        let inner = value.get(1..).unwrap_or_default();
                        inner.split_once(quote).unwrap_or((inner, ""))
                    }
                    None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
                };
                text = rest;
                decoded(value)
            }
            None => {
                text = rest;
                String::new()
            }
        };
        attributes.push((name.to_ascii_lowercase(), value));
    }
}
