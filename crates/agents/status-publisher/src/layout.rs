//! Which services the page shows, in which order and under which names.

use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::markdown::line;
use lamplighter_core::words::CatalogedService;

use crate::StatusSettings;

/// A name is cut after so many characters.
const LONGEST_NAME: usize = 80;

/// A group of the page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Group<'a> {
    pub(crate) name: String,
    pub(crate) entries: Vec<Entry<'a>>,
}

/// A service of the page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    pub(crate) id: String,
    /// Its name for people.
    pub(crate) shown: String,
    /// Its name in the configuration.
    pub(crate) name: String,
    pub(crate) service: Option<&'a CatalogedService>,
    pub(crate) monitors: Vec<String>,
}

/// A monitor that there is, and the group that its system has for it.
pub(crate) type Told<'a> = (&'a str, Option<&'a str>);

/// The groups with their services. Another id for each.
pub(crate) fn layout<'a>(settings: &'a StatusSettings, told: &[Told<'_>]) -> Vec<Group<'a>> {
    let mut groups = if settings.groups.is_empty() { by_themselves(settings, told) } else { configured(settings) };
    let mut taken = BTreeSet::new();
    for entry in groups.iter_mut().flat_map(|group| &mut group.entries) {
        let plain = slug(&entry.shown);
        let others = (2_u32..).map(|number| format!("{plain}-{number}"));
        entry.id = std::iter::once(plain.clone()).chain(others).find(|id| !taken.contains(id)).unwrap_or_default();
        taken.insert(entry.id.clone());
    }
    groups
}

/// What the page calls the services of the catalog that are on it.
pub(crate) fn shown_names(groups: &[Group<'_>]) -> BTreeMap<String, String> {
    let entries = groups.iter().flat_map(|group| &group.entries);
    entries.map(|entry| (entry.name.clone(), entry.shown.clone())).collect()
}

fn configured(settings: &StatusSettings) -> Vec<Group<'_>> {
    let group = |group: &crate::ShownGroup| {
        let services = group.services.iter().map(|name| {
            let service = settings.catalog.find(name);
            entry(settings, name, service, service.map(|service| service.monitors.clone()).unwrap_or_default())
        });
        let monitors = group.monitors.iter().map(|name| entry(settings, name, None, vec![name.clone()]));
        Group { name: line(&group.name, LONGEST_NAME), entries: services.chain(monitors).collect() }
    };
    settings.groups.iter().map(group).collect()
}

fn by_themselves<'a>(settings: &'a StatusSettings, told: &[Told<'_>]) -> Vec<Group<'a>> {
    let services = settings.catalog.services();
    let mut groups = Vec::new();
    if !services.is_empty() {
        let entries = services.iter().map(|one| entry(settings, &one.name, Some(one), one.monitors.clone())).collect();
        groups.push(Group { name: "Services".to_owned(), entries });
    }
    let belongs: BTreeSet<&str> = services.iter().flat_map(|one| &one.monitors).map(String::as_str).collect();
    let mut seen = BTreeSet::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (name, group) in told.iter().filter(|(name, _)| !belongs.contains(name)) {
        if !seen.insert(*name) {
            continue;
        }
        let group = line(group.unwrap_or("Monitors"), LONGEST_NAME);
        let place = *places.entry(group.clone()).or_insert_with(|| {
            groups.push(Group { name: group, entries: Vec::new() });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(place) {
            group.entries.push(entry(settings, name, None, vec![(*name).to_owned()]));
        }
    }
    groups
}

fn entry<'a>(
    settings: &StatusSettings,
    name: &str,
    service: Option<&'a CatalogedService>,
    monitors: Vec<String>,
) -> Entry<'a> {
    let name = service.map_or(name, |service| &service.name);
    let shown = line(settings.names.get(name).map_or(name, String::as_str), LONGEST_NAME);
    Entry { id: String::new(), shown, name: name.to_owned(), service, monitors }
}

/// Lower-case letters, digits and dashes.
fn slug(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let all: String = name.chars().map(plain).collect();
    let parts: Vec<&str> = all.split('-').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "service".to_owned() } else { parts.join("-") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_an_id_of_its_own() {
        let settings = StatusSettings::default();
        let told = [("Wiki", None), ("wiki!", None), ("☂", None), ("\u{202e}", Some("b")), ("Wiki", None)];
        let groups = layout(&settings, &told);
        let ids: Vec<_> = groups.iter().flat_map(|group| &group.entries).map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids, ["wiki", "wiki-2", "service", "service-2"]);
        assert_eq!(groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["Monitors", "b"]);
    }
}
