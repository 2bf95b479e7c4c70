//! What is folded away: raw data, and code that is very long.

use lamplighter_documents::{Part, PostMortem};

use super::is_part;
use crate::markup::{Element, Node};
use crate::text::counted;

/// How many lines of code are shown as they stand.
const MOST_LINES: usize = 40;

/// The nodes with their raw data in an element that is opened by whoever wants to see it.
pub(super) fn fold(nodes: Vec<Node>, document: &PostMortem) -> Vec<Node> {
    let mut folded: Vec<Node> = Vec::with_capacity(nodes.len());
    let mut nodes = nodes.into_iter().peekable();
    while let Some(node) = nodes.next() {
        let level = node.element().filter(|element| is_part(document, &element.text(), Part::RawData));
        let Some(level) = level.and_then(Element::heading_level) else {
            folded.push(shortened(node));
            continue;
        };
        folded.push(node);
        let mut inside = Vec::new();
        let is_below = |node: &Node| node.element().and_then(Element::heading_level).is_none_or(|other| other > level);
        while let Some(node) = nodes.next_if(|node| is_below(node)) {
            inside.push(shortened(node));
        }
        if inside.iter().all(|node| node.is("details")) {
            folded.extend(inside);
        } else {
            folded.push(details("Show the raw data", inside));
        }
    }
    folded
}

fn shortened(node: Node) -> Node {
    match node {
        Node::Element(mut element) if element.tag == "pre" => {
            element.attributes.clear();
            let lines = element.children.iter().map(lines_of).sum::<usize>();
            if lines <= MOST_LINES {
                return Node::Element(element);
            }
            details(&format!("Show {}", counted(lines, "line", "lines")), vec![Node::Element(element)])
        }
        Node::Element(mut element) => {
            element.children = element.children.into_iter().map(shortened).collect();
            Node::Element(element)
        }
        text @ Node::Text(_) => text,
    }
}

fn lines_of(node: &Node) -> usize {
    match node {
        Node::Text(text) => text.matches('\n').count(),
        Node::Element(element) => element.children.iter().map(lines_of).sum(),
    }
}

fn details(summary: &str, inside: Vec<Node>) -> Node {
    let summary = Node::Element(Element::new("summary").around(vec![Node::Text(summary.to_owned())]));
    let children = std::iter::once(summary).chain(inside).collect();
    Node::Element(Element::new("details").around(children))
}
