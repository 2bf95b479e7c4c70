//! Who is off when a service and its callers do not agree.

use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::cluster::{IntOrString, Service};
use lamplighter_core::diagnosis::Scene;

use crate::addresses::{Configured, Destination, configured, destination};
use crate::listening::target;

/// Ports that services offer by convention whatever their pods listen on.
const FRONT_PORTS: [u16; 2] = [80, 443];

/// Who is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The service.
    Service,
    /// The callers that ask for the port.
    Callers,
}

/// A service, a port that it does not have, and who is configured to ask for it.
pub(crate) type Asked<'a> = (&'a Service, u16, Vec<Configured<'a>>);

/// The ports that services are asked for and do not have.
///
/// A headless service has no proxy: its name resolves to its pods, and any port on which they listen works
/// (Kubernetes docs, Headless Services).
pub(crate) fn calls_by_port(scene: &Scene) -> Vec<Asked<'_>> {
    let mut by_port: BTreeMap<(&str, &str, u16), Asked<'_>> = BTreeMap::new();
    for address in configured(scene) {
        let Some(port) = address.port else { continue };
        let Destination::Service(service) = destination(scene, &address.workload.namespace, &address.host) else {
            continue;
        };
        let headless = service.spec.cluster_ip.as_deref() == Some("None");
        let external = service.spec.r#type.as_deref() == Some("ExternalName");
        let offered = service.spec.ports.iter().any(|offered| offered.port == port);
        if headless || external || offered || service.spec.ports.is_empty() {
            continue;
        }
        let key = (service.metadata.namespace(), service.metadata.name.as_str(), port);
        by_port.entry(key).or_insert_with(|| (service, port, Vec::new())).2.push(address);
    }
    by_port.into_values().collect()
}

/// Who is off when these callers ask a service for a port that it does not have.
///
/// The service, when several ask and nobody asks for what it offers, when it was applied with that port, or when the
/// port is the one on which its pods listen and the service has no reason to differ. Else the callers.
pub(crate) fn who_is_off(scene: &Scene, service: &Service, port: u16, callers: &[Configured<'_>]) -> Side {
    let applied = scene.manifests.seen().and_then(|manifests| {
        let services = manifests.services.items().iter();
        services.into_iter().find(|applied| {
            applied.metadata.name == service.metadata.name
                && applied.metadata.namespace() == service.metadata.namespace()
        })
    });
    if let Some(applied) = applied.filter(|applied| !applied.spec.ports.is_empty())
        && applied.spec.ports.iter().any(|offered| offered.port == port)
    {
        return Side::Service;
    }
    let content = configured(scene).into_iter().any(|address| {
        let offered = |port| service.spec.ports.iter().any(|offered| offered.port == port);
        address.port.is_some_and(offered)
            && matches!(
                destination(scene, &address.workload.namespace, &address.host),
                Destination::Service(other) if std::ptr::eq(other, service)
            )
    });
    if content {
        return Side::Callers;
    }
    let askers: BTreeSet<_> = callers.iter().map(|address| address.workload).collect();
    let direct = service
        .spec
        .ports
        .iter()
        .any(|offered| target(offered) == IntOrString::Int(port.into()) && !FRONT_PORTS.contains(&offered.port));
    if askers.len() > 1 || direct { Side::Service } else { Side::Callers }
}
