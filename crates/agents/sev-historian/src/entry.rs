use jiff::civil::Date;
use lamplighter_core::words::{PastItem, Severity};
use lamplighter_documents::{ItemStatus, Part, PostMortem};
use serde::{Deserialize, Serialize};

use crate::causes::Concept;
use crate::facts::Facts;
use crate::field::Field;
use crate::kind::DocumentKind;
use crate::notes::Note;
use crate::said::Said;
use crate::terms::{Counter, Counts};
use crate::text::{Fingerprint, sentences};

/// The longest resolution that is kept, in bytes.
const RESOLUTION: usize = 600;

/// A document as the historian remembers it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) path: String,
    pub(crate) kind: DocumentKind,
    pub(crate) title: String,
    pub(crate) date: Option<Date>,
    pub(crate) severity: Option<Severity>,
    /// The services that it names, as written.
    pub(crate) services: Vec<String>,
    pub(crate) said: Said,
    /// Its sentences, by which those of templates are found.
    pub(crate) sentences: Vec<Fingerprint>,
    /// Where it links to, without the words.
    pub(crate) links: Vec<String>,
    pub(crate) resolution: Option<String>,
    pub(crate) open_items: Vec<PastItem>,
    pub(crate) facts: Facts,
    /// What it says about known trouble or patterns, where it is a list of those.
    pub(crate) notes: Vec<Note>,
}

impl Entry {
    /// What is remembered of a document.
    pub(crate) fn of(counter: &mut Counter, document: &PostMortem) -> Self {
        let mut counts = Counts::default();
        for (text, field) in texts(document) {
            counter.count(text, field, &mut counts);
        }
        for line in &document.metadata {
            if Field::of_metadata(&line.name).is_some()
                && let Some(concept) = Concept::of_code(&line.value)
            {
                Counter::state(concept, Field::Cause, &mut counts);
            }
        }
        let kind = DocumentKind::of(document);
        Self {
            sentences: std::mem::take(&mut counts.sentences),
            said: Said::of(counter, counts),
            path: document.path.clone(),
            kind,
            title: document.title.clone(),
            date: document.date,
            severity: document.severity,
            services: document.services.clone(),
            links: document
                .links
                .iter()
                .filter(|link| !is_navigation(&link.text))
                .map(|link| link.target.clone())
                .collect(),
            resolution: document.part(Part::Resolution).and_then(|section| first_sentences(&section.text)),
            open_items: open_items(document),
            facts: Facts::of(document),
            notes: if kind.is_list() { Note::of(counter, document, kind) } else { Vec::new() },
        }
    }
}

/// The sentences of a document, by which those of templates are found.
pub(crate) fn fingerprints(document: &PostMortem) -> Vec<Fingerprint> {
    texts(document).into_iter().flat_map(|(text, _)| sentences(text)).filter_map(|(_, print)| print).collect()
}

/// What of a document is counted, each with the part that it is of.
fn texts(document: &PostMortem) -> Vec<(&str, Field)> {
    // A file's name is a title, too, and often the plainer one.
    let mut texts = vec![(document.title.as_str(), Field::Title), (file_stem(&document.path), Field::Title)];
    texts.extend(document.services.iter().map(|service| (service.as_str(), Field::Services)));
    let of_head =
        document.metadata.iter().filter_map(|line| Some((line.value.as_str(), Field::of_metadata(&line.name)?)));
    texts.extend(of_head);
    for section in &document.sections {
        let field = Field::of(section);
        if section.part.is_none() && section.heading != document.title {
            texts.push((&section.heading, field));
        }
        texts.push((&section.text, field));
    }
    texts
}

fn open_items(document: &PostMortem) -> Vec<PastItem> {
    let open = document.action_items.iter().filter_map(|item| {
        let status = match item.status {
            ItemStatus::Todo => "open",
            ItemStatus::InProgress => "started",
            ItemStatus::Unknown => "",
            ItemStatus::Done | ItemStatus::Dropped => return None,
        };
        Some(PastItem { line: item.line, action: item.action.clone(), status: status.to_owned() })
    });
    open.collect()
}

/// `2026-03-01-wiki-down` of `docs/2026-03-01-wiki-down.md`.
fn file_stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Whether a link leads through the pages, as exports have them, and not to what an author meant.
fn is_navigation(text: &str) -> bool {
    let text = text.to_lowercase();
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    matches!(text, "" | "previous" | "prev" | "next" | "older" | "newer" | "home" | "index" | "back" | "up" | "top")
        || [
            "previous post",
            "next post",
            "previous page",
            "next page",
            "previous incident",
            "next incident",
            "all incidents",
        ]
        .iter()
        .any(|words| text.starts_with(words))
}

/// As many whole sentences as fit.
fn first_sentences(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return None;
    }
    if text.len() <= RESOLUTION {
        return Some(text);
    }
    let end = (0..=RESOLUTION).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let fitting = text.get(..end).unwrap_or_default();
    let cut = fitting.rfind(". ").map_or(fitting, |dot| fitting.get(..=dot).unwrap_or(fitting));
    Some(cut.to_owned())
}
