//! HTML as data, and only such HTML as does nothing.
//!
//! What comes in is whatever people and programs write: Markdown made HTML, exports of wikis, and hostile text. What is
//! kept is a tree of a fixed set of elements with a fixed set of attributes, and text. Scripts, styles, frames, pictures
//! from elsewhere, handlers of events and addresses that run something have no place in that tree, so they cannot be
//! written either. The tree is never deeper than [`DEEPEST`], so that walking it needs no care.

mod address;
mod allowed;
mod markdown;
mod parse;
mod tokens;
mod write;

pub(crate) use address::Address;
pub(crate) use markdown::{has_front_matter, markdown, read};
pub(crate) use write::{escaped, written};

/// How deep elements may stand in one another. What is deeper keeps its text and loses its elements.
const DEEPEST: usize = 48;

/// A piece of a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// Text, as it is read: without entities.
    Text(String),
    /// An element of the allowed ones.
    Element(Element),
}

/// An element.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Element {
    /// Its name, in lower case.
    pub(crate) tag: &'static str,
    /// Its attributes, with values as they are read.
    pub(crate) attributes: Vec<(&'static str, String)>,
    pub(crate) children: Vec<Node>,
}

impl Element {
    pub(crate) const fn new(tag: &'static str) -> Self {
        Self { tag, attributes: Vec::new(), children: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    pub(crate) fn around(mut self, children: Vec<Node>) -> Self {
        self.children = children;
        self
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str())
    }

    /// 1 to 6 for a heading.
    pub(crate) fn heading_level(&self) -> Option<u8> {
        let level = self.tag.strip_prefix('h')?.parse().ok()?;
        (1..=6).contains(&level).then_some(level)
    }

    /// Whether it stands within a line.
    pub(crate) fn is_inline(&self) -> bool {
        allowed::is_inline(self.tag) || self.tag == "br"
    }

    /// What it says, on one line.
    pub(crate) fn text(&self) -> String {
        text_of(&self.children)
    }
}

impl Node {
    pub(crate) const fn element(&self) -> Option<&Element> {
        match self {
            Self::Element(element) => Some(element),
            Self::Text(_) => None,
        }
    }

    pub(crate) fn is(&self, tag: &str) -> bool {
        self.element().is_some_and(|element| element.tag == tag)
    }

    pub(crate) fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }
}

/// What nodes say, on one line with single spaces.
pub(crate) fn text_of(nodes: &[Node]) -> String {
    let mut text = String::new();
    collect(nodes, &mut text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn collect(nodes: &[Node], text: &mut String) {
    for node in nodes {
        match node {
            Node::Text(said) => text.push_str(said),
            Node::Element(element) => {
                collect(&element.children, text);
                if !allowed::is_inline(element.tag) {
                    text.push(' ');
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
