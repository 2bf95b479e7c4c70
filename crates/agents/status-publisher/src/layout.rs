//! Which services the page shows, in which order and under which names.

use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::markdown::line;
use lamplighter_core::ports::KnownMonitor;
use lamplighter_core::words::{CatalogedService, Digest};

use crate::roster::{LONGEST_NAME, label, name_of};
use crate::{MaintenanceWindow, StatusSettings};

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
    /// Its name in the configuration; of two monitors that have the same name in their system, with what tells them apart.
    pub(crate) name: String,
    pub(crate) service: Option<&'a CatalogedService>,
    /// Its monitors by their keys.
    pub(crate) monitors: Vec<String>,
}

impl Entry<'_> {
    /// What the configuration may call it.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        let is_monitor = |key: &String| self.service.is_none() && name_of(key) == name;
        self.name == name
            || self.service.is_some_and(|service| service.is_called(name))
            || self.monitors.iter().any(is_monitor)
    }

    pub(crate) fn is_concerned_by(&self, window: &MaintenanceWindow) -> bool {
        window.services.is_empty() || window.services.iter().any(|name| self.is_called(name))
    }
}

/// The monitors that there are, by the name that the configuration has for them.
struct Told<'a>(BTreeMap<&'a str, Vec<&'a str>>);

impl<'a> Told<'a> {
    fn new(monitors: &[&'a KnownMonitor]) -> Self {
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for monitor in monitors {
            let keys = by_name.entry(name_of(&monitor.key)).or_default();
            if !keys.contains(&monitor.key.as_str()) {
                keys.push(&monitor.key);
            }
        }
        Self(by_name)
    }

    /// The keys of those that are called so; where nobody tells of any, the one that it would have.
    fn called(&self, name: &str) -> Vec<String> {
        let keys = self.0.get(name).map(Vec::as_slice).unwrap_or_default();
        if keys.is_empty() { vec![name.to_owned()] } else { keys.iter().map(|key| (*key).to_owned()).collect() }
    }

    fn of(&self, service: &CatalogedService) -> Vec<String> {
        service.monitors.iter().flat_map(|name| self.called(name)).collect()
    }
}

/// The groups with their services. Another id for each.
pub(crate) fn layout<'a>(settings: &'a StatusSettings, monitors: &[&KnownMonitor]) -> Vec<Group<'a>> {
    let told = Told::new(monitors);
    let mut groups =
        if settings.groups.is_empty() { by_themselves(settings, &told, monitors) } else { configured(settings, &told) };
    let mut having: BTreeMap<String, usize> = BTreeMap::new();
    for entry in groups.iter().flat_map(|group| &group.entries) {
        *having.entry(slug(&entry.shown)).or_default() += 1;
    }
    let mut taken = BTreeSet::new();
    for entry in groups.iter_mut().flat_map(|group| &mut group.entries) {
        let id = id(entry, &having);
        let others = (2_u32..).map(|number| format!("{id}-{number}"));
        entry.id = std::iter::once(id.clone()).chain(others).find(|id| !taken.contains(id)).unwrap_or_default();
        taken.insert(entry.id.clone());
    }
    groups
}

/// The id of a service, which badges and widgets elsewhere know it by: whoever comes, goes or changes places, it is never
/// that of another one. Where a name does not tell alone, it is with a part of its digest.
fn id(entry: &Entry<'_>, having: &BTreeMap<String, usize>) -> String {
    let plain = slug(&entry.shown);
    let is_alone = having.get(&plain).is_some_and(|count| *count == 1);
    let is_whole = !plain.is_empty() && entry.shown.to_lowercase() == plain;
    if !plain.is_empty() && (is_alone || is_whole) {
        return plain;
    }
    let plain = if plain.is_empty() { "service" } else { &plain };
    let digest = Digest::of(entry.name.as_bytes());
    format!("{plain}-{}", digest.short().get(..6).unwrap_or_default())
}

/// What the page calls the services of the catalog that are on it.
pub(crate) fn shown_names(groups: &[Group<'_>]) -> BTreeMap<String, String> {
    let entries = groups.iter().flat_map(|group| &group.entries);
    entries.map(|entry| (entry.name.clone(), entry.shown.clone())).collect()
}

fn configured<'a>(settings: &'a StatusSettings, told: &Told<'_>) -> Vec<Group<'a>> {
    let group = |group: &'a crate::ShownGroup| {
        let services = group.services.iter().map(|name| match settings.catalog.find(name) {
            Some(service) => of_catalog(settings, service, told),
            None => Entry { monitors: Vec::new(), ..of_monitor(settings, name) },
        });
        let monitors = group.monitors.iter().flat_map(|name| told.called(name));
        let entries = services.chain(monitors.map(|key| of_monitor(settings, &key))).collect();
        Group { name: line(&group.name, LONGEST_NAME), entries }
    };
    settings.groups.iter().map(group).collect()
}

fn by_themselves<'a>(settings: &'a StatusSettings, told: &Told<'_>, monitors: &[&KnownMonitor]) -> Vec<Group<'a>> {
    let services = settings.catalog.services();
    let mut groups = Vec::new();
    if !services.is_empty() {
        let entries = services.iter().map(|one| of_catalog(settings, one, told)).collect();
        groups.push(Group { name: "Services".to_owned(), entries });
    }
    let belongs: BTreeSet<&str> = services.iter().flat_map(|one| &one.monitors).map(String::as_str).collect();
    let mut seen = BTreeSet::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for monitor in monitors.iter().filter(|monitor| !belongs.contains(name_of(&monitor.key))) {
        if !seen.insert(&monitor.key) {
            continue;
        }
        let group = line(monitor.group.as_deref().unwrap_or("Monitors"), LONGEST_NAME);
        let place = *places.entry(group.clone()).or_insert_with(|| {
            groups.push(Group { name: group, entries: Vec::new() });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(place) {
            group.entries.push(of_monitor(settings, &monitor.key));
        }
    }
    groups
}

fn of_catalog<'a>(settings: &StatusSettings, service: &'a CatalogedService, told: &Told<'_>) -> Entry<'a> {
    let shown = line(settings.names.get(&service.name).unwrap_or(&service.name), LONGEST_NAME);
    let (name, monitors) = (service.name.clone(), told.of(service));
    Entry { id: String::new(), shown, name, service: Some(service), monitors }
}

/// A monitor as a service of its own.
fn of_monitor<'a>(settings: &StatusSettings, key: &str) -> Entry<'a> {
    let name = label(key, name_of(key));
    let named = || label(key, settings.names.get(name_of(key)).map_or(name_of(key), String::as_str));
    let shown = line(&settings.names.get(&name).cloned().unwrap_or_else(named), LONGEST_NAME);
    Entry { id: String::new(), shown, name, service: None, monitors: vec![key.to_owned()] }
}

/// Lower-case letters, digits and dashes; empty where there are none.
fn slug(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let all: String = name.chars().map(plain).collect();
    let parts: Vec<&str> = all.split('-').filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_an_id_of_its_own() {
        let settings = StatusSettings::default();
        let monitor = |(key, group): (&str, Option<&str>)| KnownMonitor {
            key: key.to_owned(),
            id: None,
            group: group.map(str::to_owned),
        };
        let told = [("Wiki", None), ("wiki!", None), ("☂", None), ("メール", Some("b")), ("Wiki", None)].map(monitor);
        let groups = layout(&settings, &told.iter().collect::<Vec<_>>());
        let ids = |groups: &[Group<'_>]| -> BTreeMap<String, String> {
            let entries = groups.iter().flat_map(|group| &group.entries);
            entries.map(|entry| (entry.name.clone(), entry.id.clone())).collect()
        };
        let before = ids(&groups);
        assert_eq!(before["Wiki"], "wiki");
        assert!(before["wiki!"].starts_with("wiki-") && before["☂"].starts_with("service-"), "{before:?}");
        assert_eq!(before.values().collect::<BTreeSet<_>>().len(), 4, "{before:?}");
        // In another order, and when one is gone, none is called as another was.
        let turned: Vec<_> = told.iter().rev().filter(|monitor| monitor.key != "☂").collect();
        for (name, id) in ids(&layout(&settings, &turned)) {
            assert_eq!(before[&name], id);
        }
        assert_eq!(groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["Monitors", "b"]);
    }
}
