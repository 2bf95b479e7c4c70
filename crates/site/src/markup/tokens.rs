//! HTML as a row of tags and texts.

use std::collections::BTreeSet;

use html5gum::{EndTag, HtmlString, StartTag, Tokenizer};

use super::allowed::{Fate, fate};

#[derive(Debug, PartialEq)]
pub(super) enum Token {
    Text(String),
    Open { name: String, attributes: Vec<(String, String)> },
    Close { name: String },
}

/// The tags and texts of a document. Comments, declarations and elements whose content means nothing without them are not
/// there.
pub(super) fn tokens(html: &str) -> Vec<Token> {
    // Elements that hold text are not told from others here: what is not ended would swallow the rest of the document.
    let all = Tokenizer::new(html).map(|token| {
        let Ok(token) = token;
        token
    });
    let all: Vec<Token> = all.filter_map(token).collect();
    let mut kept = Vec::with_capacity(all.len());
    let mut open_for_ever = BTreeSet::new();
    let mut hidden_to = 0;
    for (at, token) in all.iter().enumerate() {
        let Token::Open { name, .. } = token else { continue };
        if at < hidden_to || fate(name) != Fate::Dropped || open_for_ever.contains(name) {
            continue;
        }
        match end_of(name, all.get(at + 1..).unwrap_or_default()) {
            Some(length) => {
                kept.push((hidden_to, at));
                hidden_to = at + 2 + length;
            }
            None => _ = open_for_ever.insert(name.clone()),
        }
    }
    kept.push((hidden_to, all.len()));
    let mut all: Vec<_> = all.into_iter().map(Some).collect();
    let mut taken = |from: usize, to: usize| -> Vec<Token> {
        all.get_mut(from..to).unwrap_or_default().iter_mut().filter_map(Option::take).collect()
    };
    kept.into_iter().flat_map(|(from, to)| taken(from, to)).collect()
}

/// How many tokens are before the end of an element. Those that hold text hold no others of their kind.
fn end_of(element: &str, tokens: &[Token]) -> Option<usize> {
    let is_nested = matches!(element, "audio" | "math" | "object" | "select" | "svg" | "template" | "video");
    let mut depth = 1;
    tokens.iter().position(|token| {
        match token {
            Token::Open { name, .. } if is_nested && name == element => depth += 1,
            Token::Close { name } if name == element => depth -= 1,
            _ => {}
        }
        depth == 0
    })
}

fn token(token: html5gum::Token) -> Option<Token> {
    Some(match token {
        html5gum::Token::String(text) => Token::Text(utf8(&text.value)),
        html5gum::Token::StartTag(StartTag { name, attributes, .. }) => {
            let attributes = attributes.iter().map(|(name, value)| (utf8(name), utf8(&value.value))).collect();
            Token::Open { name: utf8(&name), attributes }
        }
        html5gum::Token::EndTag(EndTag { name, .. }) => Token::Close { name: utf8(&name) },
        _ => return None,
    })
}

fn utf8(bytes: &HtmlString) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
