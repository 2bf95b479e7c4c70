//! A row of tags and texts as a tree of what is allowed.

use super::allowed::{Fate, ends_paragraph, fate, implied_child, is_inline, is_void, parents_of};
use super::tokens::{Token, tokens};
use super::{Address, DEEPEST, Element, Node};

/// The tree of a document. Whatever the text is, the tree is well-formed: what was not ended is, and what stands where
/// it cannot is put where it can or loses its element.
pub(crate) fn parse(html: &str) -> Vec<Node> {
    let mut tree = Tree { open: vec![Element::new("")], too_deep: Vec::new() };
    for token in tokens(html) {
        match token {
            Token::Text(text) => tree.text(text),
            Token::Open { name, attributes } => tree.begin(&name, &attributes),
            Token::Close { name } => tree.end(&name),
        }
    }
    tree.finish()
}

struct Tree {
    /// The elements that are not ended, the outermost first. The first is the document.
    open: Vec<Element>,
    /// Those that stand too deep to be kept.
    too_deep: Vec<&'static str>,
}

impl Tree {
    fn text(&mut self, text: String) {
        if implied_child(self.innermost()).is_some() {
            if text.trim().is_empty() {
                return;
            }
            self.imply();
        }
        self.push(Node::Text(text));
    }

    fn begin(&mut self, name: &str, attributes: &[(String, String)]) {
        let Fate::Kept(tag) = fate(name) else { return };
        let Some(element) = kept(tag, attributes) else { return };
        self.make_room(tag);
        let parents = parents_of(tag);
        if matches!(tag, "td" | "th") && implied_child(self.innermost()) == Some("tr") {
            self.open.push(Element::new("tr"));
        }
        if parents.is_empty() && implied_child(self.innermost()).is_some() {
            self.imply();
        }
        if !parents.is_empty() && !parents.contains(&self.innermost()) {
            // A part of a list or table without one is text, on a line of its own.
            self.push(Node::Element(Element::new("br")));
        } else if is_void(tag) || tag != element.tag {
            self.push(Node::Element(element));
        } else if self.open.len() < DEEPEST {
            self.open.push(element);
        } else {
            self.too_deep.push(tag);
        }
    }

    fn innermost(&self) -> &'static str {
        self.open.last().map_or("", |element| element.tag)
    }

    /// Ends what cannot go on when an element begins.
    fn make_room(&mut self, tag: &str) {
        if ends_paragraph(tag) {
            self.end_within("p", &["td", "th", "li", "dd", "div", "blockquote", "details"]);
        }
        match tag {
            "li" => self.end_within("li", &["ul", "ol"]),
            "dt" | "dd" => {
                self.end_within("dt", &["dl"]);
                self.end_within("dd", &["dl"]);
            }
            "td" | "th" => {
                self.end_within("td", &["tr", "table"]);
                self.end_within("th", &["tr", "table"]);
            }
            "tr" => self.end_within("tr", &["table"]),
            "tbody" | "thead" | "tfoot" => {
                for part in ["caption", "thead", "tbody", "tfoot"] {
                    self.end_within(part, &["table"]);
                }
            }
            "a" => self.end_within("a", &["table"]),
            _ if tag.len() == 2 && tag.starts_with('h') && tag != "hr" => {
                for heading in ["h1", "h2", "h3", "h4", "h5", "h6"] {
                    self.end_within(heading, &["table", "li", "div"]);
                }
            }
            _ => {}
        }
    }

    /// Ends the innermost of these if it is open within the nearest of those walls.
    fn end_within(&mut self, tag: &str, walls: &[&str]) {
        for at in (1..self.open.len()).rev() {
            let open = self.open.get(at).map_or("", |element| element.tag);
            if open == tag {
                return self.close_from(at);
            }
            if walls.contains(&open) {
                return;
            }
        }
    }

    fn end(&mut self, name: &str) {
        let Fate::Kept(tag) = fate(name) else { return };
        if self.too_deep.last() == Some(&tag) {
            self.too_deep.pop();
            return;
        }
        // What is in a cell does not end the table around it.
        let walls: &[&str] = if is_inline(tag) || tag == "p" { &["td", "th", "li", "div"] } else { &[] };
        let mut walls = walls.to_vec();
        if !matches!(tag, "table" | "tr" | "tbody" | "thead" | "tfoot" | "td" | "th") {
            walls.push("td");
            walls.push("th");
        }
        walls.retain(|wall| *wall != tag);
        self.end_within(tag, &walls);
    }

    fn close_from(&mut self, at: usize) {
        while self.open.len() > at.max(1) {
            let Some(element) = self.open.pop() else { return };
            self.push(Node::Element(element));
        }
    }

    fn imply(&mut self) {
        while let Some(implied) = self.open.last().and_then(|element| implied_child(element.tag)) {
            self.open.push(Element::new(implied));
        }
    }

    fn push(&mut self, node: Node) {
        let Some(parent) = self.open.last_mut() else { return };
        match (parent.children.last_mut(), node) {
            (Some(Node::Text(before)), Node::Text(text)) => before.push_str(&text),
            (_, node) => parent.children.push(node),
        }
    }

    fn finish(mut self) -> Vec<Node> {
        self.close_from(1);
        self.open.pop().map(|document| document.children).unwrap_or_default()
    }
}

/// An element with those of its attributes that are allowed; what would load or take something becomes words.
fn kept(tag: &'static str, attributes: &[(String, String)]) -> Option<Element> {
    let given = |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let wanted: &[&'static str] = match tag {
        "img" => return Some(picture(given("src").unwrap_or_default(), given("alt").unwrap_or_default())),
        "input" => return (given("type") == Some("checkbox")).then(|| tick(given("checked").is_some())),
        "a" => &["href", "title"],
        "abbr" | "dfn" => &["title"],
        "ol" => &["start"],
        "td" | "th" => &["colspan", "rowspan", "align"],
        "details" => &["open"],
        "blockquote" => &["class"],
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => &["id"],
        _ => &[],
    };
    let mut element = Element::new(tag);
    for name in wanted {
        // Cells of pulldown-cmark say their side with a style.
        let side = || given("style").and_then(|style| style.strip_prefix("text-align: "));
        let value = if *name == "align" { given("align").or_else(side) } else { given(name) };
        if let Some(value) = value.filter(|value| is_valid(name, value)) {
            element = element.with(name, value.trim());
        }
    }
    Some(element)
}

/// What stands for a picture. It is not loaded; whoever wants to see it follows the link.
fn picture(source: &str, description: &str) -> Element {
    let name = source.rsplit(['/', '\\']).next().filter(|_| !source.starts_with("data:")).unwrap_or_default();
    let name = name.split(['?', '#']).next().unwrap_or_default();
    let words = [description.trim(), name].into_iter().find(|words| !words.is_empty()).unwrap_or("without a name");
    let text = vec![Node::Text(format!("Picture: {words}"))];
    match Address::read(source) {
        Some(Address::Elsewhere(address)) => Element::new("a").with("href", address),
        _ => Element::new("span"),
    }
    .with("class", "picture")
    .around(text)
}

/// A box of a check list.
fn tick(is_done: bool) -> Element {
    let (sign, said) = if is_done { ("☑", "done:") } else { ("☐", "open:") };
    Element::new("span")
        .with("class", "tick")
        .with("role", "img")
        .with("aria-label", said)
        .around(vec![Node::Text(sign.to_owned())])
}

fn is_valid(name: &str, value: &str) -> bool {
    match name {
        "colspan" | "rowspan" | "start" => value.trim().parse::<u16>().is_ok_and(|number| number <= 1_000),
        "align" => matches!(value.trim(), "left" | "right" | "center"),
        "class" => value.starts_with("markdown-alert-") && value.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'),
        _ => true,
    }
}
