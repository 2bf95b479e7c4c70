//! What a report is about.

use std::collections::BTreeSet;

use lamplighter_core::words::{Report, ServiceCatalog};

use crate::service::Service;

/// What is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Question {
    /// The whole cluster.
    Everything,
    /// These services, by their position.
    Services(BTreeSet<usize>),
    /// Something that nobody knows, by the name in the report.
    Stranger(String),
}

impl Question {
    /// What a report asks about. Only names and addresses are read, in the fields that are for them.
    pub(crate) fn of(report: Option<&Report>, catalog: &ServiceCatalog, services: &[Service<'_>]) -> Self {
        let Some(report) = report else { return Self::Everything };
        let name = report.service.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let url = report.url.as_deref().map(str::trim).filter(|url| !url.is_empty());
        let by_name = name.map(|name| named(name, catalog, services)).unwrap_or_default();
        let found =
            if by_name.is_empty() { url.map(|url| at(url, catalog, services)).unwrap_or_default() } else { by_name };
        match name.or(url) {
            None => Self::Everything,
            Some(asked) if found.is_empty() => Self::Stranger(asked.to_owned()),
            Some(_) => Self::Services(found),
        }
    }
}

/// The services that somebody means by a name: the catalog's, else the workloads of that name, or that a service of
/// that name leads to, else those whose labels or namespace say that they belong to it.
fn named(name: &str, catalog: &ServiceCatalog, services: &[Service<'_>]) -> BTreeSet<usize> {
    if let Some(entry) = catalog.find(name).or_else(|| catalog.find_by_url(name)) {
        return positions(services, |service| service.entry.is_some_and(|known| known.name == entry.name));
    }
    let name = name.to_lowercase();
    let is_called = |found: &str| found.to_lowercase() == name;
    let by_name = positions(services, |service| {
        is_called(&service.name)
            || service.members.iter().any(|member| is_called(&member.object.name))
            || service.leads_here.iter().any(|led| is_called(led))
    });
    if !by_name.is_empty() {
        return by_name;
    }
    let by_label = positions(services, |service| service.members.iter().any(|member| member.belongs_to(&is_called)));
    if !by_label.is_empty() {
        return by_label;
    }
    positions(services, |service| {
        service.members.iter().any(|member| member.object.namespace.as_deref().is_some_and(is_called))
    })
}

/// The service with this address; without a catalog, the one that is called like the first part of its host.
fn at(url: &str, catalog: &ServiceCatalog, services: &[Service<'_>]) -> BTreeSet<usize> {
    if let Some(entry) = catalog.find_by_url(url) {
        return positions(services, |service| service.entry.is_some_and(|known| known.name == entry.name));
    }
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let label = host.split(['.', '/', ':', '?', '#']).next().unwrap_or_default();
    let found = if label.is_empty() { BTreeSet::new() } else { named(label, catalog, services) };
    // A guess is taken only where it can mean one thing.
    if found.len() == 1 { found } else { BTreeSet::new() }
}

fn positions(services: &[Service<'_>], is_meant: impl Fn(&Service<'_>) -> bool) -> BTreeSet<usize> {
    services.iter().enumerate().filter(|(_, service)| is_meant(service)).map(|(position, _)| position).collect()
}
