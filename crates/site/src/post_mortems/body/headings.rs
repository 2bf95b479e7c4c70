//! Headings: their names, their ranks, and the table of contents.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::layout::NAMES;
use crate::markup::{Element, Node};
use crate::slug::anchor;

/// A heading in the table of contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(in super::super) struct Heading {
    pub(in super::super) id: String,
    pub(in super::super) text: String,
    /// 2 or 3.
    pub(in super::super) level: u8,
}

/// The names of places in a page: those that it has, and what other names lead to them.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
    others: BTreeMap<String, String>,
}

impl Names {
    /// The name of the place that a link within the document means.
    pub(super) fn find(&self, fragment: &str) -> Option<&str> {
        let wanted = fragment.to_lowercase();
        self.taken.get(&wanted).or_else(|| self.others.get(&wanted)).map(String::as_str)
    }

    fn take(&mut self, heading: &str) -> String {
        let name = anchor(heading);
        let mut free = name.clone();
        let mut count = 0;
        while NAMES.contains(&free.as_str()) || !self.taken.insert(free.clone()) {
            count += 1;
            free = format!("{name}-{count}");
        }
        free
    }
}

/// Takes the heading away that says what the page's own says.
pub(super) fn take_title(nodes: &mut Vec<Node>, title: &str) {
    let letters = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let title = letters(title);
    let first = nodes.iter().position(|node| node.element().is_some_and(|element| element.heading_level().is_some()));
    let Some(first) = first else { return };
    let said = nodes.get(first).and_then(Node::element).map(|element| (element.tag, letters(&element.text())));
    let Some((tag, said)) = said else { return };
    if said == title || (tag == "h1" && !title.is_empty() && said.contains(&title)) {
        nodes.remove(first);
    }
}

/// The nodes with headings that have names and ranks without gaps, below the page's own; and those headings.
pub(super) fn numbered(mut nodes: Vec<Node>) -> (Vec<Node>, Vec<Heading>, Names) {
    let lower = u8::from(has_first_rank(&nodes));
    let mut walk = Walk { lower, rank: 1, ..Walk::default() };
    walk.nodes(&mut nodes);
    (nodes, walk.contents, walk.names)
}

fn has_first_rank(nodes: &[Node]) -> bool {
    nodes.iter().filter_map(Node::element).any(|element| element.tag == "h1" || has_first_rank(&element.children))
}

#[derive(Default)]
struct Walk {
    /// How many ranks headings go down.
    lower: u8,
    /// That of the last heading.
    rank: u8,
    contents: Vec<Heading>,
    names: Names,
}

impl Walk {
    fn nodes(&mut self, nodes: &mut [Node]) {
        for node in nodes {
            let Node::Element(element) = node else { continue };
            match element.heading_level() {
                Some(level) => self.heading(element, level),
                None => self.nodes(&mut element.children),
            }
        }
    }

    fn heading(&mut self, element: &mut Element, level: u8) {
        let text = element.text();
        if text.is_empty() {
            element.tag = "div";
            return;
        }
        let rank = (level + self.lower).clamp(2, 6).min(self.rank + 1);
        self.rank = rank;
        element.tag = match rank {
            2 => "h2",
            3 => "h3",
            4 => "h4",
            5 => "h5",
            _ => "h6",
        };
        let id = self.names.take(&text);
        if let Some(own) = element.attribute("id") {
            self.names.others.insert(own.to_lowercase(), id.clone());
        }
        element.attributes = vec![("id", id.clone())];
        if rank <= 3 {
            self.contents.push(Heading { id, text, level: rank });
        }
    }
}
