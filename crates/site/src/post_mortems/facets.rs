//! What documents have in common: severities, services and causes, each with a list of its own.

use std::collections::BTreeMap;

use lamplighter_core::words::Severity;
use serde::Serialize;

use super::entry::{Entry, Facet};

/// How many names a page offers. The others are on a page of their own.
const OFFERED: usize = 12;

/// A kind of what documents have in common.
#[derive(Debug)]
pub(super) struct FacetKind<'a> {
    pub(super) title: &'static str,
    /// The page with all names, from the root.
    pub(super) index: &'static str,
    /// The folder of the lists.
    pub(super) folder: &'static str,
    /// The documents of each, the most frequent first.
    pub(super) members: Vec<(Facet, Vec<&'a Entry>)>,
}

/// All kinds.
#[derive(Debug)]
pub(super) struct Facets<'a>([FacetKind<'a>; 3]);

/// The choices of a kind, as a page offers them.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the templates read it by this word")]
pub(super) struct Choices {
    title: &'static str,
    index: &'static str,
    choices: Vec<Choice>,
    /// How many there are beside these.
    more: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) count: usize,
    /// From the root.
    pub(super) page: String,
    is_current: bool,
}

impl<'a> FacetKind<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The page of the list, from the root.
    pub(super) fn page(&self, facet: &Facet) -> String {
        format!("{}/{}/index.html", self.folder, facet.slug)
    }

    pub(super) fn choices(&self, current: Option<&str>, most: usize) -> Vec<Choice> {
        let choice = |(facet, entries): &(Facet, Vec<&Entry>)| {
            let page = self.page(facet);
            Choice { name: facet.name.clone(), count: entries.len(), is_current: current == Some(page.as_str()), page }
        };
        let (offered, others) = self.members.split_at(most.min(self.members.len()));
        let current = others.iter().map(choice).filter(|choice| choice.is_current);
        offered.iter().map(choice).chain(current).collect()
    }

    fn of(
        (title, index, folder): (&'static str, &'static str, &'static str),
        entries: &[&'a Entry],
        facets: impl Fn(&'a Entry) -> Vec<Facet>,
    ) -> Self {
        let mut members: BTreeMap<String, (BTreeMap<String, usize>, Vec<&'a Entry>)> = BTreeMap::new();
        for entry in entries {
            for Facet { slug, name } in facets(entry) {
                let (names, entries) = members.entry(slug).or_default();
                *names.entry(name).or_default() += 1;
                entries.push(entry);
            }
        }
        // Of several spellings the most frequent counts.
        let spelt = |(slug, (names, entries)): (String, (BTreeMap<String, usize>, Vec<&'a Entry>))| {
            let name =
                names.into_iter().max_by(|(one, count), (other, more)| count.cmp(more).then_with(|| other.cmp(one)));
            (Facet { slug, name: name.unwrap_or_default().0 }, entries)
        };
        let mut members: Vec<_> = members.into_iter().map(spelt).collect();
        members.sort_by(|(one, few), (other, many)| many.len().cmp(&few.len()).then_with(|| one.slug.cmp(&other.slug)));
        Self { title, index, folder, members }
    }
}

impl<'a> Facets<'a> {
    pub(super) fn of(entries: &[&'a Entry]) -> Self {
        let severity = |entry: &'a Entry| entry.severity.map(severity).into_iter().collect();
        let mut severities = FacetKind::of(("Severities", "severity/index.html", "severity"), entries, severity);
        severities.members.sort_by(|(one, _), (other, _)| one.slug.cmp(&other.slug));
        Self([
            severities,
            FacetKind::of(("Services", "service/index.html", "service"), entries, |entry| entry.services.clone()),
            FacetKind::of(("Causes", "cause/index.html", "cause"), entries, |entry| {
                entry.cause.iter().cloned().collect()
            }),
        ])
    }

    pub(super) const fn kinds(&self) -> &[FacetKind<'a>; 3] {
        &self.0
    }

    /// What a page offers to narrow its list down.
    pub(super) fn choices(&self, current: Option<&str>) -> Vec<Choices> {
        let kinds = self.0.iter().filter(|kind| !kind.is_empty());
        kinds
            .map(|kind| {
                let choices = kind.choices(current, OFFERED);
                let more = kind.members.len().saturating_sub(choices.len());
                Choices { title: kind.title, index: kind.index, choices, more }
            })
            .collect()
    }
}

pub(super) fn severity(severity: Severity) -> Facet {
    Facet { slug: severity.label().to_owned(), name: severity.to_string() }
}
