//! The tree as text.

use super::allowed::is_void;
use super::{Element, Node};

/// Nodes as HTML.
pub(crate) fn written(nodes: &[Node]) -> String {
    let mut html = String::new();
    for node in nodes {
        write(node, &mut html);
    }
    html
}

fn write(node: &Node, html: &mut String) {
    match node {
        Node::Text(text) => html.push_str(&escaped(text)),
        Node::Element(Element { tag, attributes, children }) => {
            html.push('<');
            html.push_str(tag);
            for (name, value) in attributes {
                html.push(' ');
                html.push_str(name);
                html.push_str("=\"");
                html.push_str(&escaped(value));
                html.push('"');
            }
            html.push('>');
            if !is_void(tag) {
                for child in children {
                    write(child, html);
                }
                html.push_str("</");
                html.push_str(tag);
                html.push('>');
            }
        }
    }
}

/// A text as the content of an element or an attribute. Characters that turn the direction of what follows are dropped,
/// as are those that HTML does not have.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(c),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => {}
            _ if c.is_control() => {}
            _ => safe.push(c),
        }
    }
    safe
}
