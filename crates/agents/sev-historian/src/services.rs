//! Services, by whatever name a document gives them.

use std::collections::BTreeSet;

use lamplighter_core::words::ServiceCatalog;

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
