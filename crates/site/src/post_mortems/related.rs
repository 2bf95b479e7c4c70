//! Which documents have to do with one another.

use std::collections::{BTreeMap, BTreeSet};

use super::body::Body;
use super::entry::Entry;
use super::lists::Card;

/// How many a page names.
const NAMED: usize = 8;

/// What is related to each document by path: what it links to, what links to it, and what was found.
pub(super) struct Related<'a> {
    linked: BTreeMap<&'a str, &'a [String]>,
    linking: BTreeMap<&'a str, Vec<&'a str>>,
    found: BTreeMap<&'a str, &'a [String]>,
}

impl<'a> Related<'a> {
    pub(super) fn of(shown: &'a [(Entry, Body)], found: &'a [(String, Vec<String>)]) -> Self {
        let mut linking: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (entry, body) in shown {
            for target in &body.linked {
                linking.entry(target).or_default().push(&entry.path);
            }
        }
        Self {
            linked: shown.iter().map(|(entry, body)| (entry.path.as_str(), body.linked.as_slice())).collect(),
            linking,
            found: found.iter().map(|(path, related)| (path.as_str(), related.as_slice())).collect(),
        }
    }

    pub(super) fn of_entry(&self, entry: &Entry, entries: &BTreeMap<&str, &Entry>) -> Vec<Card> {
        let path = entry.path.as_str();
        let linked = self.linked.get(path).copied().unwrap_or_default().iter().map(String::as_str);
        let linking = self.linking.get(path).map(Vec::as_slice).unwrap_or_default().iter().copied();
        let found = self.found.get(path).copied().unwrap_or_default().iter().map(String::as_str);
        let all = linked
            .map(|path| (path, "Named in this post-mortem"))
            .chain(linking.map(|path| (path, "Names this post-mortem")))
            .chain(found.map(|path| (path, "Alike")));
        let mut seen = BTreeSet::from([path]);
        let known = all.filter_map(|(path, why)| Some((path, *entries.get(path)?, why)));
        let unique = known.filter(|(path, ..)| seen.insert(path));
        unique.map(|(_, entry, why)| Card::of(entry).because(why)).take(NAMED).collect()
    }
}
