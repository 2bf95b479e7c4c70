//! Names that no service has.

use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::cluster::Quantity;
use lamplighter_core::diagnosis::Scene;

use crate::addresses::{Configured, Destination, configured, destination};
use crate::names::{is_alike, workload_named};

/// Whether a name was there once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gone {
    /// Its workload is there, it was applied, or several agree on it: the service is missing.
    ServiceIsMissing,
    /// Nothing else says that there ever was a service of that name: whoever asks for it is off.
    NeverThere,
}

/// A name that no service has, and who is configured with it.
#[derive(Debug)]
pub(crate) struct MissingName<'a> {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) askers: Vec<Configured<'a>>,
    pub(crate) gone: Gone,
}

/// The names in the cluster that workloads are configured with and no service has.
pub(crate) fn missing_names(scene: &Scene) -> Vec<MissingName<'_>> {
    let mut by_name: BTreeMap<(String, String), Vec<Configured<'_>>> = BTreeMap::new();
    if scene.state().services.seen().is_none() {
        return Vec::new();
    }
    for address in configured(scene) {
        if let Destination::Missing { namespace, name } = destination(scene, &address.workload.namespace, &address.host)
        {
            by_name.entry((namespace, name)).or_default().push(address);
        }
    }
    let named = by_name.into_iter().map(|((namespace, name), askers)| {
        let gone = gone(scene, &namespace, &name, &askers);
        MissingName { namespace, name, askers, gone }
    });
    named.collect()
}

fn gone(scene: &Scene, namespace: &str, name: &str, askers: &[Configured<'_>]) -> Gone {
    let services = || scene.state().services.items().iter().filter(|service| service.metadata.namespace() == namespace);
    let applied = scene.manifests.seen().is_some_and(|manifests| {
        let mut services = manifests.services.items().iter();
        services.any(|service| service.metadata.name == name && service.metadata.namespace() == namespace)
    });
    let workload = workload_named(scene, namespace, name).is_some();
    let workloads: BTreeSet<_> = askers.iter().map(|address| address.workload).collect();
    let agreed = workloads.len() > 1 && !services().any(|service| is_alike(&service.metadata.name, name));
    if applied || workload || agreed { Gone::ServiceIsMissing } else { Gone::NeverThere }
}

/// Whether a quota of a namespace allows no more services (Kubernetes docs, Resource Quotas: `services`,
/// `count/services`): then a service is missing because it could not be made.
pub(crate) fn services_are_full(scene: &Scene, namespace: &str) -> bool {
    scene.graph.quotas_in(namespace).any(|quota| {
        ["services", "count/services"].iter().any(|resource| {
            let hard = quota.status.hard.get(*resource).or_else(|| quota.spec.hard.get(*resource));
            let used = quota.status.used.get(*resource);
            match (hard.and_then(Quantity::units), used.and_then(Quantity::units)) {
                (Some(hard), Some(used)) => used >= hard,
                _ => false,
            }
        })
    })
}
