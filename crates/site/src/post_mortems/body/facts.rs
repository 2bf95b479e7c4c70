//! What the head of a document says: a table, or lines with a bold name.

use std::collections::BTreeSet;

use lamplighter_documents::PostMortem;

use super::super::entry::said_cause;
use super::lines;
use crate::markup::{Element, Node, text_of};

/// A line of a document's head.
#[derive(Debug, PartialEq)]
pub(in super::super) struct Fact {
    pub(in super::super) name: String,
    pub(in super::super) value: Vec<Node>,
}

/// Takes the head of a document away. Only what was read as a document's head is taken for it.
pub(super) fn take(nodes: &mut Vec<Node>, document: &PostMortem) -> Vec<Fact> {
    let names: BTreeSet<String> = document.metadata.iter().map(|field| key(&field.name)).collect();
    let end = nodes.iter().position(|node| node.element().is_some_and(|element| element.heading_level().is_some()));
    let mut head: Vec<Node> = nodes.drain(..end.unwrap_or(nodes.len())).collect();
    let mut facts = Vec::new();
    head.retain(|node| {
        let found = node.element().and_then(|element| facts_of(element, &names));
        let stays = found.is_none();
        facts.extend(found.unwrap_or_default());
        stays
    });
    nodes.splice(0..0, head);
    facts
}

/// The facts of the front matter, but for those that are there.
pub(super) fn of_front_matter(document: &PostMortem, facts: &[Fact]) -> Vec<Fact> {
    let is_new = |name: &str| !facts.iter().any(|fact| key(&fact.name) == key(name));
    let fields = document.metadata.iter().filter(|field| !field.value.is_empty() && is_new(&field.name));
    fields.map(|field| Fact { name: field.name.clone(), value: vec![Node::Text(field.value.clone())] }).collect()
}

fn key(name: &str) -> String {
    name.trim().trim_end_matches(':').to_lowercase()
}

/// The facts of an element that has nothing but facts.
fn facts_of(element: &Element, names: &BTreeSet<String>) -> Option<Vec<Fact>> {
    let found: Vec<Option<Fact>> = match element.tag {
        "table" => {
            let mut rows = Vec::new();
            rows_of(element, &mut rows);
            rows.iter().filter_map(|row| of_row(row)).collect()
        }
        "ul" | "ol" => {
            element.children.iter().filter_map(Node::element).map(|point| of_line(&point.children)).collect()
        }
        "p" | "blockquote" => lines(&element.children).iter().map(|line| of_line(line)).collect(),
        _ => return None,
    };
    let facts: Vec<Fact> = found.into_iter().collect::<Option<_>>()?;
    let known = facts.iter().filter(|fact| names.contains(&key(&fact.name))).count();
    (known > 0 && known * 2 >= facts.len())
        .then(|| facts.into_iter().filter(|fact| !text_of(&fact.value).is_empty()).collect())
}

fn rows_of<'a>(element: &'a Element, rows: &mut Vec<&'a Element>) {
    for child in element.children.iter().filter_map(Node::element) {
        if child.tag == "tr" { rows.push(child) } else { rows_of(child, rows) }
    }
}

/// A row of two cells; nothing of a row that only names the columns; `Some(None)` for a row that is no fact.
#[expect(clippy::option_option, reason = "a row can be a fact, none, or not there")]
fn of_row(row: &Element) -> Option<Option<Fact>> {
    let cells: Vec<&Element> = row.children.iter().filter_map(Node::element).collect();
    let [name, value] = cells.as_slice() else { return Some(None) };
    let (name, said) = (name.text(), value.text().to_lowercase());
    let is_head =
        value.tag == "th" && matches!(said.as_str(), "value" | "details" | "detail" | "" | "wert" | "description");
    if is_head {
        return None;
    }
    Some(Some(Fact { name: name.trim_end_matches(':').to_owned(), value: value.children.clone() }))
}

/// `**Name:** value`, or `**Name**: value`.
fn of_line(line: &[Node]) -> Option<Fact> {
    let mut nodes = line.iter().skip_while(|node| node.is_blank());
    let name = nodes.next().filter(|node| node.is("strong") || node.is("b"))?.element()?.text();
    let mut value: Vec<Node> = nodes.cloned().collect();
    let is_named = name.ends_with(':');
    let has_colon = match value.first_mut() {
        Some(Node::Text(text)) => match text.trim_start().strip_prefix(':') {
            Some(rest) => {
                *text = rest.to_owned();
                true
            }
            None => false,
        },
        _ => false,
    };
    (is_named || has_colon).then(|| Fact { name: name.trim_end_matches(':').trim().to_owned(), value })
}

impl Fact {
    /// Whether the top of every page says it.
    pub(super) fn is_said(&self, document: &PostMortem) -> bool {
        let value = text_of(&self.value);
        match key(&self.name).as_str() {
            "title" | "duration" | "status" => true,
            "date" => document.date.is_some_and(|date| {
                let words = ["%-d %B %Y", "%B %-d, %Y", "%Y-%m-%d"].map(|form| date.strftime(form).to_string());
                words.contains(&value)
            }),
            "severity" => document.severity.is_some_and(|severity| value.eq_ignore_ascii_case(severity.label())),
            "affected services" | "affected service" | "services" | "service" => {
                let names: usize = document.services.iter().map(|service| service.chars().count() + 2).sum();
                names > 0 && value.chars().count() <= names
            }
            name => said_cause(document).is_some_and(|cause| cause == value && document.field(name) == Some(cause)),
        }
    }
}
