//! Lists of documents: all of them, and those of a severity, a service or a cause.

use lamplighter_core::ports::SiteFile;
use serde::Serialize;

use super::entry::{Entry, shared_names};
use super::facets::{Choice, Choices, Facets};
use super::months;
use crate::SiteError;
use crate::layout::{Head, Layout, Safe, day};
use crate::text::counted;

/// How many cards a page has.
const CARDS: usize = 100;

/// What a list says of a document.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Card {
    /// Its page, from the root.
    page: String,
    title: String,
    severity: Option<Label>,
    date: Option<Day>,
    duration: Option<String>,
    status: Option<String>,
    services: Vec<String>,
    cause: Option<String>,
    summary: String,
    /// Why it stands here, where that is not plain.
    why: Option<&'static str>,
}

/// A severity as a badge.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Label {
    pub(super) class: &'static str,
    pub(super) name: String,
}

/// A day for machines and for people.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Day {
    iso: String,
    words: String,
}

impl Card {
    pub(super) fn of(entry: &Entry) -> Self {
        const SERVICES: usize = 6;
        let mut services: Vec<String> = entry.services.iter().take(SERVICES).map(|facet| facet.name.clone()).collect();
        let more = entry.services.len().saturating_sub(SERVICES);
        if more > 0 {
            services.push(format!("{more} more"));
        }
        Self {
            page: entry.page(),
            title: entry.title.clone(),
            severity: label(entry),
            date: date(entry),
            duration: entry.duration.clone(),
            status: entry.status.clone(),
            services,
            cause: entry.cause.as_ref().map(|facet| facet.name.clone()),
            summary: entry.summary.clone(),
            why: None,
        }
    }

    pub(super) fn because(self, why: &'static str) -> Self {
        Self { why: Some(why), ..self }
    }
}

pub(super) fn label(entry: &Entry) -> Option<Label> {
    entry.severity.map(|severity| Label { class: severity.label(), name: severity.to_string() })
}

pub(super) fn date(entry: &Entry) -> Option<Day> {
    entry.date.map(|date| Day { iso: date.to_string(), words: day(date).to_string() })
}

#[derive(Debug, Serialize)]
struct List {
    heading: String,
    lead: String,
    picture: Safe,
    filters: Vec<Choices>,
    groups: Vec<Group>,
    newer: Option<String>,
    older: Option<String>,
    /// `Page 2 of 3`, where there are several.
    place: Option<String>,
}

/// The cards of a month.
#[derive(Debug, Serialize)]
struct Group {
    heading: String,
    cards: Vec<Card>,
}

#[derive(Debug, Serialize)]
struct Names {
    heading: &'static str,
    names: Vec<Choice>,
}

/// Writes all lists, and the pages with the names of the lists.
pub(super) fn write(
    layout: &Layout<'_>,
    entries: &[&Entry],
    facets: &Facets<'_>,
    title: &str,
    files: &mut Vec<SiteFile>,
) -> Result<(), SiteError> {
    list(layout, entries, facets, (title, "", None), files)?;
    for kind in facets.kinds().iter().filter(|kind| !kind.is_empty()) {
        let head = Head { path: kind.index, title: kind.title, description: "" };
        let names = Names { heading: kind.title, names: kind.choices(None, usize::MAX) };
        files.push(layout.page("names.html", &head, names)?);
        for (facet, members) in &kind.members {
            let folder = format!("{}/{}/", kind.folder, facet.slug);
            list(layout, members, facets, (&facet.name, &folder, Some(kind.title)), files)?;
        }
    }
    // Links to a document go on leading to it when another one of its name comes.
    for (name, members) in shared_names(entries) {
        list(layout, &members, facets, (&name, &format!("post-mortems/{name}/"), None), files)?;
    }
    Ok(())
}

/// A list, on as many pages as it needs.
fn list(
    layout: &Layout<'_>,
    entries: &[&Entry],
    facets: &Facets<'_>,
    (heading, folder, kind): (&str, &str, Option<&str>),
    files: &mut Vec<SiteFile>,
) -> Result<(), SiteError> {
    let first = format!("{folder}index.html");
    let path = |number: usize| if number == 1 { first.clone() } else { format!("{folder}page/{number}/index.html") };
    let pages = entries.len().div_ceil(CARDS).max(1);
    let chunks: Vec<&[&Entry]> = if entries.is_empty() { vec![&[]] } else { entries.chunks(CARDS).collect() };
    for (number, chunk) in (1..).zip(chunks) {
        let place = (pages > 1).then(|| format!("Page {number} of {pages}"));
        let lead = lead(entries);
        let shown = List {
            heading: heading.to_owned(),
            lead: lead.clone(),
            picture: Safe(if number == 1 { months::figure(entries) } else { String::new() }),
            filters: facets.choices(Some(&first)),
            groups: groups(chunk),
            newer: (number > 1).then(|| path(number - 1)),
            older: (number < pages).then(|| path(number + 1)),
            place: place.clone(),
        };
        let title: String = match (kind, place) {
            (None, None) => heading.to_owned(),
            (None, Some(place)) => place,
            (Some(_), place) => [Some(heading.to_owned()), place].into_iter().flatten().collect::<Vec<_>>().join(", "),
        };
        let path = path(number);
        files.push(layout.page("list.html", &Head { path: &path, title: &title, description: &lead }, shown)?);
    }
    Ok(())
}

/// `12 post-mortems, from 3 May 2024 to 1 March 2026.`
fn lead(entries: &[&Entry]) -> String {
    let count = counted(entries.len(), "post-mortem", "post-mortems");
    let dates = || entries.iter().filter_map(|entry| entry.date);
    match (dates().min(), dates().max()) {
        (Some(first), Some(last)) if first != last => format!("{count}, from {} to {}.", day(first), day(last)),
        (Some(first), _) => format!("{count}, of {}.", day(first)),
        _ => format!("{count}."),
    }
}

fn groups(entries: &[&Entry]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for entry in entries {
        let heading = entry.date.map_or_else(|| "Without a date".to_owned(), |date| date.strftime("%B %Y").to_string());
        match groups.last_mut() {
            Some(group) if group.heading == heading => group.cards.push(Card::of(entry)),
            _ => groups.push(Group { heading, cards: vec![Card::of(entry)] }),
        }
    }
    groups
}
