use std::collections::{BTreeSet, HashMap};

use crate::entry::Entry;
use crate::index::Place;

/// Which incidents name which.
#[derive(Debug, Clone, Default)]
pub(crate) struct Links {
    by_path: HashMap<String, Place>,
    by_name: HashMap<String, Option<Place>>,
    from: Vec<BTreeSet<Place>>,
    /// How many name each.
    named: Vec<usize>,
}

/// A document that names more others than this is a list.
const MANY: usize = 12;

impl Links {
    pub(crate) fn of(entries: &[&Entry]) -> Self {
        let mut links = Self::default();
        for (entry, place) in entries.iter().zip(0..) {
            links.by_path.insert(key(&entry.path), place);
            let name = key(name_of(&entry.path));
            // A name that two documents have leads nowhere.
            links.by_name.entry(name).and_modify(|known| *known = None).or_insert(Some(place));
        }
        let from: Vec<_> = entries.iter().map(|entry| links.found(&entry.path, &entry.links)).collect();
        links.named = vec![0; entries.len()];
        for place in from.iter().flatten() {
            if let Some(named) = usize::try_from(*place).ok().and_then(|at| links.named.get_mut(at)) {
                *named += 1;
            }
        }
        links.from = from.into_iter().map(|named| links.meant(named)).collect();
        links
    }

    /// The incidents that a document means when it links to these.
    pub(crate) fn of_links(&self, path: &str, targets: &[String]) -> BTreeSet<Place> {
        self.meant(self.found(path, targets))
    }

    fn found(&self, path: &str, targets: &[String]) -> BTreeSet<Place> {
        targets.iter().filter_map(|target| self.find(path, target)).collect()
    }

    /// Without those that a great part of the archive names, which are a menu's; none of very many, which are a list's.
    fn meant(&self, mut named: BTreeSet<Place>) -> BTreeSet<Place> {
        named.retain(|place| !self.is_common(*place));
        if named.len() > MANY { BTreeSet::new() } else { named }
    }

    /// Whether an incident names another.
    pub(crate) fn leads(&self, from: Place, to: Place) -> bool {
        let names = usize::try_from(from).ok().and_then(|at| self.from.get(at));
        names.is_some_and(|names| names.contains(&to))
    }

    fn is_common(&self, place: Place) -> bool {
        let named = usize::try_from(place).ok().and_then(|at| self.named.get(at)).copied().unwrap_or_default();
        named > 4 && named * 5 > self.named.len()
    }

    /// The incidents that name this one.
    pub(crate) fn naming(&self, to: Place) -> impl Iterator<Item = Place> {
        (0..).zip(&self.from).filter(move |(_, names)| names.contains(&to)).map(|(from, _)| from)
    }

    fn find(&self, path: &str, target: &str) -> Option<Place> {
        let target = target.split(['#', '?']).next().unwrap_or_default();
        if target.is_empty() || target.starts_with("mailto:") {
            return None;
        }
        let is_address = target.contains("://");
        let joined = if is_address || target.starts_with('/') { target.to_owned() } else { join(path, target) };
        let by_path = || self.by_path.get(&key(&joined)).copied();
        let by_name = || self.by_name.get(&key(name_of(target))).copied().flatten();
        by_path().or_else(by_name)
    }
}

/// A path as it is compared: exports change the ending, and servers hide it.
fn key(path: &str) -> String {
    let path = path.trim_matches('/').to_lowercase().replace("%20", " ");
    let endings = [".md", ".markdown", ".html", ".htm"];
    endings.iter().find_map(|ending| path.strip_suffix(ending)).unwrap_or(&path).to_owned()
}

fn name_of(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit('/').next().unwrap_or(path)
}

fn join(from: &str, target: &str) -> String {
    let mut parts: Vec<_> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
