//! What RFC 4287 asks of a feed, over a real parser of XML.

use std::collections::BTreeSet;

use jiff::Timestamp;
use roxmltree::{Document, Node};

const ATOM: &str = "http://www.w3.org/2005/Atom";

/// Checks a feed (4.1.1) with its entries (4.1.2). Its links have to be whole where it has an address, and otherwise such as
/// can be resolved by where it was got from. Returns when it was updated.
pub(crate) fn check(xml: &str, is_whole: bool) -> Timestamp {
    let tree = Document::parse(xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
    let feed = tree.root_element();
    assert!(feed.has_tag_name((ATOM, "feed")));
    let entries: Vec<Node> = children(feed, "entry").collect();
    assert!(children(feed, "author").count() > 0, "the entries have no author of their own");
    assert_eq!(links(feed, "self", is_whole).len(), 1);
    for element in std::iter::once(&feed).chain(&entries) {
        let one = |name: &'static str| {
            let all: Vec<Node> = children(*element, name).collect();
            assert_eq!(all.len(), 1, "{name}: {element:?}");
            all.first().and_then(Node::text).unwrap_or_default().to_owned()
        };
        assert_eq!(links(*element, "alternate", is_whole).len(), 1, "not two of one type, and an entry has no content");
        assert!(!one("title").trim().is_empty());
        one("updated").parse::<Timestamp>().unwrap();
        for name in ["published", "summary", "generator", "subtitle"] {
            assert!(children(*element, name).count() < 2, "{name}");
        }
        for category in children(*element, "category") {
            assert!(category.has_attribute("term"));
        }
    }
    let ids: Vec<&str> = std::iter::once(&feed).chain(&entries).map(|element| text(*element, "id")).collect();
    for id in &ids {
        let uuid = id.strip_prefix("urn:uuid:").unwrap_or_else(|| panic!("{id} is no name that is nobody else's"));
        assert!(uuid.len() == 36 && uuid.chars().all(|c| c.is_ascii_hexdigit() || c == '-'), "{id}");
    }
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "two have one id: {xml}");
    let updated: Timestamp = text(feed, "updated").parse().unwrap();
    for entry in entries {
        assert!(updated >= text(entry, "updated").parse::<Timestamp>().unwrap());
    }
    updated
}

fn children<'a>(node: Node<'a, 'a>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children().filter(move |child| child.has_tag_name((ATOM, name)))
}

fn text<'a>(node: Node<'a, 'a>, name: &'static str) -> &'a str {
    children(node, name).next().and_then(|child| child.text()).unwrap_or_default()
}

fn links<'a>(node: Node<'a, 'a>, relation: &str, is_whole: bool) -> Vec<&'a str> {
    let links = children(node, "link").filter(|link| link.attribute("rel").unwrap_or("alternate") == relation);
    let links: Vec<&str> = links.map(|link| link.attribute("href").unwrap()).collect();
    for link in &links {
        let is_reference = !link.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c));
        let has_scheme = link.split('/').next().is_some_and(|first| first.contains(':'));
        assert!(is_reference && !link.is_empty() && has_scheme == is_whole, "{link}");
    }
    links
}
