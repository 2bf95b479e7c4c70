//! Names in the configuration that nothing on the page has.

use std::collections::BTreeSet;

use lamplighter_core::ports::KnownMonitor;

use crate::StatusSettings;
use crate::layout::Group;
use crate::roster::name_of;

/// A remark for each of them, with the nearest name that something has.
pub(crate) fn unmatched(settings: &StatusSettings, groups: &[Group<'_>], monitors: &[&KnownMonitor]) -> Vec<String> {
    let told: BTreeSet<&str> = monitors.iter().map(|monitor| name_of(&monitor.key)).collect();
    let entries = || groups.iter().flat_map(|group| &group.entries);
    let is_shown = |name: &str| entries().any(|entry| entry.is_called(name));
    let services = settings.catalog.services();
    let shown: BTreeSet<&str> = entries().map(|entry| entry.name.as_str()).collect();
    let mut remarks = Vec::new();
    for window in &settings.maintenance {
        for name in window.services.iter().filter(|name| !is_shown(name)) {
            let near = nearest(name, &shown);
            remarks.push(format!(
                "[[status.maintenance]] {:?} is of {name:?}, which is not on the page{near}",
                window.title
            ));
        }
    }
    let known = shown.iter().chain(&told).copied().chain(services.iter().map(|one| one.name.as_str())).collect();
    let is_known = |name: &str| is_shown(name) || told.contains(name) || settings.catalog.find(name).is_some();
    for name in settings.names.keys().filter(|name| !is_known(name)) {
        remarks.push(format!("[status.names] has one for {name:?}, which is not there{}", nearest(name, &known)));
    }
    for group in &settings.groups {
        for name in group.monitors.iter().filter(|name| !told.contains(name.as_str())) {
            let near = nearest(name, &told);
            remarks
                .push(format!("[[status.group]] {:?} shows {name:?}, a monitor that is not there{near}", group.name));
        }
    }
    for service in services {
        for name in service.monitors.iter().filter(|name| !told.contains(name.as_str())) {
            let near = nearest(name, &told);
            remarks.push(format!("[[service]] {:?} has the monitor {name:?}, which is not there{near}", service.name));
        }
    }
    remarks
}

/// `; did you mean "wiki"?`, where there is one near enough.
fn nearest(name: &str, known: &BTreeSet<&str>) -> String {
    let distance = |other: &&str| strsim::damerau_levenshtein(&name.to_lowercase(), &other.to_lowercase());
    let near = known.iter().filter(|known| !known.is_empty()).map(|known| (distance(known), known));
    let near = near.filter(|(distance, known)| *distance <= 2.max(known.chars().count() / 3)).min();
    near.map(|(_, known)| format!("; did you mean {known:?}?")).unwrap_or_default()
}
