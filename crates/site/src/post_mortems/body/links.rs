//! Where the links of a document lead: to the pages of other documents, within the page, or out of the site.

use std::collections::BTreeMap;

use lamplighter_documents::PostMortem;

use super::headings::Names;
use crate::markup::{Address, Element, Node};

/// Where the pages of documents are.
#[derive(Debug, Default)]
pub(in super::super) struct Places<'a> {
    /// The names of their folders, by the paths of the documents.
    folders: BTreeMap<&'a str, &'a str>,
    /// The paths of documents by their file names; `None` for a name that several have.
    files: BTreeMap<&'a str, Option<&'a str>>,
}

impl<'a> Places<'a> {
    pub(in super::super) fn new(documents: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut places = Self::default();
        for (path, folder) in documents {
            places.folders.insert(path, folder);
            let file = path.rsplit('/').next().unwrap_or(path);
            places.files.entry(file).and_modify(|path| *path = None).or_insert(Some(path));
        }
        places
    }

    /// The document that a path leads to from another document.
    fn beside(&self, from: &str, target: &str) -> Option<&'a str> {
        let target = decoded(target.split(['?', '#']).next().unwrap_or_default());
        let mut parts: Vec<&str> = from.split('/').collect();
        parts.pop();
        if target.starts_with('/') {
            parts.clear();
        }
        for part in target.split('/') {
            match part {
                "" | "." => {}
                ".." => _ = parts.pop(),
                part => parts.push(part),
            }
        }
        let path = parts.join("/");
        let exact =
            [path.clone(), format!("{path}.md")].iter().find_map(|path| self.folders.get_key_value(path.as_str()));
        exact.map(|(path, _)| *path).or_else(|| self.file(&target))
    }

    /// The document that an address of a forge leads to.
    fn on_a_forge(&self, address: &str) -> Option<&'a str> {
        let target = decoded(address.split(['?', '#']).next().unwrap_or_default());
        self.file(&target).filter(|_| target.to_ascii_lowercase().ends_with(".md"))
    }

    fn file(&self, target: &str) -> Option<&'a str> {
        let file = target.rsplit('/').next()?;
        let is_telling = !matches!(file.to_ascii_lowercase().as_str(), "" | "readme.md" | "index.md" | "index.html");
        self.files.get(file).copied().flatten().filter(|_| is_telling)
    }

    pub(in super::super) fn folder(&self, path: &str) -> Option<&'a str> {
        self.folders.get(path).copied()
    }
}

/// Percent-encoding, read.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        if let Some(byte) = after.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok()) {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(b'%');
            rest = after;
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Makes the links of a document lead somewhere, and those that lead nowhere words. Gives the documents that it links to.
pub(super) fn lead(nodes: &mut [Node], document: &PostMortem, places: &Places<'_>, names: &Names) -> Vec<String> {
    let mut walk = Walk { document, places, names, linked: Vec::new(), tables: 0 };
    walk.nodes(nodes);
    walk.linked
}

struct Walk<'a> {
    document: &'a PostMortem,
    places: &'a Places<'a>,
    names: &'a Names,
    linked: Vec<String>,
    tables: usize,
}

impl Walk<'_> {
    fn nodes(&mut self, nodes: &mut [Node]) {
        for node in nodes {
            let Node::Element(element) = node else { continue };
            self.nodes(&mut element.children);
            match element.tag {
                "a" => self.link(element),
                // An empty heading of a column is none.
                "th" if element.text().is_empty() => element.tag = "td",
                "table" => self.table(element),
                _ => {}
            }
        }
    }

    fn link(&mut self, element: &mut Element) {
        let address = element.attribute("href").and_then(Address::read);
        let href = address.and_then(|address| self.resolved(address));
        let class = element.attribute("class").map(str::to_owned);
        element.attributes.clear();
        match href {
            Some(href) => {
                let is_outside = !href.starts_with(['.', '#']);
                element.attributes.push(("href", href));
                if is_outside {
                    element.attributes.push(("rel", "noopener noreferrer nofollow".to_owned()));
                }
            }
            None => element.tag = "span",
        }
        element.attributes.extend(class.map(|class| ("class", class)));
    }

    fn resolved(&mut self, address: Address) -> Option<String> {
        let path = match address {
            Address::Within(name) => return self.names.find(&name).map(|name| format!("#{name}")),
            Address::Elsewhere(address) => match self.places.on_a_forge(&address) {
                Some(path) => path,
                None => return Some(address),
            },
            Address::Beside(target) => self.places.beside(&self.document.path, &target)?,
        };
        let folder = self.places.folder(path)?;
        if path == self.document.path {
            return None;
        }
        if !self.linked.iter().any(|linked| linked == path) {
            self.linked.push(path.to_owned());
        }
        Some(format!("../{folder}/index.html"))
    }

    /// A table can be wider than a phone: it is scrolled by itself, with the keyboard too.
    fn table(&mut self, element: &mut Element) {
        self.tables += 1;
        let table = std::mem::replace(element, Element::new("div"));
        let told = format!("Table {}", self.tables);
        *element = Element::new("div")
            .with("class", "scroll")
            .with("tabindex", "0")
            .with("role", "group")
            .with("aria-label", told)
            .around(vec![Node::Element(table)]);
    }
}
