//! The body of a page: a document's tree, made ready to stand in it.

mod facts;
mod folds;
mod headings;
mod links;

use lamplighter_documents::{Part, PostMortem};

pub(super) use facts::Fact;
pub(super) use headings::Heading;
pub(super) use links::Places;

use crate::markup::{self, Element, Node, text_of, written};

/// What is shown of a document.
#[derive(Debug)]
pub(super) struct Body {
    /// What its head says beside what every page says.
    pub(super) facts: Vec<Fact>,
    /// Its headings, for a table of contents.
    pub(super) contents: Vec<Heading>,
    pub(super) html: String,
    /// What its timeline consists of.
    pub(super) timeline: Vec<Vec<String>>,
    /// Its first sentences.
    pub(super) summary: String,
    /// The documents that it links to, by path.
    pub(super) linked: Vec<String>,
}

impl Body {
    pub(super) fn of(document: &PostMortem, text: &str, places: &Places<'_>) -> Self {
        let mut nodes = Vec::new();
        flatten(markup::read(&document.path, text), &mut nodes);
        headings::take_title(&mut nodes, &document.title);
        let mut facts = facts::take(&mut nodes, document);
        if markup::has_front_matter(&document.path, text) {
            facts.extend(facts::of_front_matter(document, &facts));
        }
        facts.retain(|fact| !fact.is_said(document));
        let timeline = rows(section(&nodes, document, Part::Timeline));
        let summary = summary(&nodes, document);
        let nodes = folds::fold(nodes, document);
        let (mut nodes, contents, names) = headings::numbered(nodes);
        let linked = links::lead(&mut nodes, document, places, &names);
        for fact in &mut facts {
            links::lead(&mut fact.value, document, places, &names);
        }
        Self { facts, contents, html: written(&nodes), timeline, summary, linked }
    }
}

/// Takes what only groups away, so that a document's parts stand beside one another.
fn flatten(nodes: Vec<Node>, flat: &mut Vec<Node>) {
    for node in nodes {
        match node {
            Node::Element(element) if element.tag == "div" => {
                let is_line = element.children.iter().all(|child| match child {
                    Node::Text(_) => true,
                    Node::Element(inner) => inner.is_inline(),
                });
                if is_line {
                    flat.push(Node::Element(Element::new("p").around(element.children)));
                } else {
                    flatten(element.children, flat);
                }
            }
            Node::Text(text) if text.trim().is_empty() => {}
            Node::Element(element) if element.tag == "p" => flat.push(Node::Element(broken(element))),
            node => flat.push(node),
        }
    }
}

/// A paragraph whose lines each begin with a time or a bold name keeps its lines.
fn broken(mut paragraph: Element) -> Element {
    let lines = lines(&paragraph.children);
    let begins = |line: &Vec<Node>| match line.first() {
        Some(Node::Text(text)) => {
            text.trim_start().split(':').next().is_some_and(|hour| hour.len() <= 2 && hour.parse::<u8>().is_ok())
        }
        Some(node) => node.is("strong") || node.is("b"),
        None => false,
    };
    if lines.len() > 1 && lines.iter().all(begins) {
        let line_break = Node::Element(Element::new("br"));
        paragraph.children = lines.join(&line_break);
    }
    paragraph
}

/// What stands below the heading of a part, up to the next of its rank.
fn section<'a>(nodes: &'a [Node], document: &PostMortem, part: Part) -> &'a [Node] {
    let begin = nodes.iter().position(|node| {
        node.element()
            .is_some_and(|element| element.heading_level().is_some() && is_part(document, &element.text(), part))
    });
    let Some(begin) = begin else { return &[] };
    let level = |node: &Node| node.element().and_then(Element::heading_level);
    let own = nodes.get(begin).and_then(level).unwrap_or(6);
    let rest = nodes.get(begin + 1..).unwrap_or_default();
    let length = rest.iter().position(|node| level(node).is_some_and(|level| level <= own)).unwrap_or(rest.len());
    rest.get(..length).unwrap_or_default()
}

/// Whether a heading is that of a part, as the document was read.
fn is_part(document: &PostMortem, heading: &str, part: Part) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let heading = letters(heading);
    !heading.is_empty()
        && document.sections.iter().any(|section| section.part == Some(part) && letters(&section.heading) == heading)
}

/// The rows of tables, the points of lists and the lines of paragraphs, as words.
fn rows(nodes: &[Node]) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for element in nodes.iter().filter_map(Node::element) {
        collect_rows(element, &mut rows);
    }
    rows
}

fn collect_rows(element: &Element, rows: &mut Vec<Vec<String>>) {
    match element.tag {
        "tr" => rows.push(element.children.iter().filter_map(Node::element).map(Element::text).collect()),
        "li" | "dd" | "dt" => {
            let own: Vec<Node> =
                element.children.iter().filter(|child| !child.is("ul") && !child.is("ol")).cloned().collect();
            rows.push(vec![text_of(&own)]);
            element.children.iter().filter_map(Node::element).for_each(|child| collect_list(child, rows));
        }
        "p" => rows.extend(lines(&element.children).iter().map(|line| vec![text_of(line)])),
        "pre" => rows.extend(raw_text(&element.children).lines().map(|line| vec![line.trim().to_owned()])),
        tag if tag.starts_with('h') => rows.push(vec![element.text()]),
        _ => element.children.iter().filter_map(Node::element).for_each(|child| collect_rows(child, rows)),
    }
}

fn collect_list(element: &Element, rows: &mut Vec<Vec<String>>) {
    if matches!(element.tag, "ul" | "ol") {
        collect_rows(element, rows);
    }
}

/// A paragraph by its lines.
fn lines(nodes: &[Node]) -> Vec<Vec<Node>> {
    let mut lines = vec![Vec::new()];
    for node in nodes {
        match node {
            Node::Text(text) => {
                for (at, part) in text.split('\n').enumerate() {
                    if at > 0 {
                        lines.push(Vec::new());
                    }
                    if let Some(line) = lines.last_mut().filter(|_| !part.is_empty()) {
                        line.push(Node::Text(part.to_owned()));
                    }
                }
            }
            Node::Element(_) if node.is("br") => lines.push(Vec::new()),
            Node::Element(_) => lines.last_mut().into_iter().for_each(|line| line.push(node.clone())),
        }
    }
    lines.retain(|line| !text_of(line).is_empty());
    lines
}

fn raw_text(nodes: &[Node]) -> String {
    nodes
        .iter()
        .map(|node| match node {
            Node::Text(text) => text.clone(),
            Node::Element(element) => raw_text(&element.children),
        })
        .collect()
}

/// The first words of the summary, or of what comes first. Sentences come before lists.
fn summary(nodes: &[Node], document: &PostMortem) -> String {
    const SHORTEST: usize = 20;
    let first = |nodes: &[Node], tags: [&str; 2]| {
        let elements = nodes.iter().filter_map(Node::element).filter(|element| tags.contains(&element.tag));
        elements.map(Element::text).find(|text| text.chars().count() >= SHORTEST)
    };
    let said = section(nodes, document, Part::Summary);
    let text = [said, nodes].into_iter().find_map(|nodes| first(nodes, ["p", "blockquote"]));
    sentences(&text.or_else(|| first(nodes, ["ul", "ol"])).unwrap_or_default(), 220)
}

/// Whole sentences of at most so many characters, or as many characters where the first is longer.
fn sentences(text: &str, most: usize) -> String {
    let end = text.char_indices().nth(most).map_or(text.len(), |(end, _)| end);
    let head = text.get(..end).unwrap_or(text);
    if end == text.len() {
        return text.to_owned();
    }
    match head.rfind(". ") {
        Some(stop) if stop > most / 4 => head.get(..=stop).unwrap_or(head).to_owned(),
        _ => format!("{}…", head.rsplit_once(' ').map_or(head, |(head, _)| head).trim_end_matches([',', ';', ' '])),
    }
}

#[cfg(test)]
mod tests;
