//! Services, by whatever name a document gives them.

use std::collections::{BTreeSet, HashMap};

use lamplighter_core::words::ServiceCatalog;

use crate::entry::Entry;
use crate::index::Place;
use crate::said::Said;
use crate::text::{Term, TermKind, Vocabulary};

/// Names that name no service.
const NO_NAMES: [&str; 14] = [
    "",
    "all",
    "none",
    "n-a",
    "na",
    "unknown",
    "tbd",
    "various",
    "multiple",
    "everything",
    "all-services",
    "several",
    "see-below",
    "no",
];

/// The names of services as they are compared: the catalog's name for an alias, in lower case, without the hint in
/// brackets and without a namespace.
pub(crate) fn canonical(names: &[String], catalog: &ServiceCatalog) -> BTreeSet<String> {
    let names = names.iter().map(|name| {
        let name = name.split(['(', '[']).next().unwrap_or_default().trim();
        let name = catalog.find(name).map_or(name, |service| service.name.as_str());
        let name = name.rsplit('/').next().unwrap_or(name);
        let parts: Vec<_> = name.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
        parts.join("-").to_lowercase()
    });
    names.filter(|name| !NO_NAMES.contains(&name.as_str())).collect()
}

/// The term of a name as it is compared.
pub(crate) fn term_of(name: &str, vocabulary: &Vocabulary) -> Option<Term> {
    if name.contains('-') { vocabulary.find(TermKind::Name, name) } else { vocabulary.known_word(name) }
}

/// The services of an archive: those that its documents list, and for a document that lists none those of them that its
/// title names.
#[derive(Debug, Clone, Default)]
pub(crate) struct ServiceNames {
    /// By the term of its name.
    named: HashMap<Term, String>,
    /// Of each incident, by its place.
    of: Vec<BTreeSet<String>>,
}

impl ServiceNames {
    pub(crate) fn of(entries: &[&Entry], catalog: &ServiceCatalog, vocabulary: &Vocabulary) -> Self {
        let listed: Vec<_> = entries.iter().map(|entry| canonical(&entry.services, catalog)).collect();
        let of_catalog: Vec<_> = catalog.services().iter().map(|service| service.name.clone()).collect();
        let mut names = canonical(&of_catalog, catalog);
        names.extend(listed.iter().flatten().cloned());
        let term = |name: String| Some((term_of(&name, vocabulary)?, name));
        let mut names = Self { named: names.into_iter().filter_map(term).collect(), of: Vec::new() };
        names.of =
            listed.into_iter().zip(entries).map(|(listed, entry)| names.or_titled(listed, &entry.said)).collect();
        names
    }

    /// Those that are listed; where there are none, those that the title names.
    pub(crate) fn or_titled(&self, listed: BTreeSet<String>, said: &Said) -> BTreeSet<String> {
        if !listed.is_empty() {
            return listed;
        }
        said.titled().filter_map(|term| self.named.get(&term).cloned()).collect()
    }

    /// Those that a few words name.
    pub(crate) fn spoken_of(&self, said: &Said) -> BTreeSet<String> {
        said.terms().filter_map(|(term, _)| self.named.get(&term).cloned()).collect()
    }

    /// Of an incident.
    pub(crate) fn at(&self, place: Place) -> Option<&BTreeSet<String>> {
        self.of.get(usize::try_from(place).ok()?)
    }
}
