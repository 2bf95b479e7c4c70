//! The page of a document.

use lamplighter_core::ports::SiteFile;
use lamplighter_documents::{ItemStatus, PostMortem};
use serde::Serialize;

use super::body::{Body, Heading};
use super::course;
use super::entry::{Entry, Facet};
use super::lists::{Card, Day, Label, date, label};
use super::moments::Moments;
use crate::SiteError;
use crate::layout::{Head, Layout, Safe};
use crate::markup::written;
use crate::text::counted;

/// From how many headings on a page has a table of contents.
const LONG: usize = 3;

#[derive(Debug, Serialize)]
struct Shown<'a> {
    title: &'a str,
    severity: Option<Label>,
    date: Option<Day>,
    duration: Option<&'a str>,
    status: Option<&'a str>,
    services: Vec<Chip<'a>>,
    cause: Option<Chip<'a>>,
    open_items: Option<String>,
    facts: Vec<ShownFact<'a>>,
    contents: &'a [Heading],
    picture: Safe,
    body: Safe,
    related: &'a [Card],
    path: &'a str,
    /// The list of the documents of its name, where there are several.
    namesakes: Option<String>,
}

#[derive(Debug, Serialize)]
struct Chip<'a> {
    name: &'a str,
    /// From the root.
    page: String,
}

#[derive(Debug, Serialize)]
struct ShownFact<'a> {
    name: &'a str,
    value: Safe,
}

pub(super) fn file(
    layout: &Layout<'_>,
    document: &PostMortem,
    entry: &Entry,
    body: &Body,
    related: &[Card],
) -> Result<SiteFile, SiteError> {
    let chip = |folder: &'static str| move |facet: &'_ Facet| format!("{folder}/{}/index.html", facet.slug);
    let (service, cause) = (chip("service"), chip("cause"));
    let path = entry.page();
    let shown = Shown {
        title: &entry.title,
        severity: label(entry),
        date: date(entry),
        duration: entry.duration.as_deref(),
        status: entry.status.as_deref(),
        services: entry.services.iter().map(|facet| Chip { name: &facet.name, page: service(facet) }).collect(),
        cause: entry.cause.as_ref().map(|facet| Chip { name: &facet.name, page: cause(facet) }),
        open_items: open_items(document),
        facts: body
            .facts
            .iter()
            .map(|fact| ShownFact { name: &fact.name, value: Safe(written(&fact.value)) })
            .collect(),
        contents: if body.contents.len() >= LONG { &body.contents } else { &[] },
        picture: Safe(course::figure(&Moments::read(&body.timeline, document.date))),
        body: Safe(body.html.clone()),
        related,
        path: &entry.path,
        namesakes: entry.namesakes(),
    };
    layout.page("page.html", &Head { path: &path, title: &entry.title, description: &entry.summary }, shown)
}

/// `2 of 5 action items are open`, as far as the document says how far they are.
fn open_items(document: &PostMortem) -> Option<String> {
    let known = document.action_items.iter().filter(|item| item.status != ItemStatus::Unknown).count();
    let is_open = |status| matches!(status, ItemStatus::Todo | ItemStatus::InProgress);
    let open = document.action_items.iter().filter(|item| is_open(item.status)).count();
    (known > 0).then(|| match open {
        0 => format!("{} closed", counted(known, "action item", "action items")),
        _ => format!("{open} of {} open", counted(known, "action item", "action items")),
    })
}
