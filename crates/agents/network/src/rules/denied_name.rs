use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::cluster::Service;
use lamplighter_core::diagnosis::{Cause, ConnectionFailureKind, Culprit, Examination, Likelihood, RootCause, Scene};

use super::resolution::OFTEN;
use crate::addresses::{Destination, destination};
use crate::symptoms::{Complaint, ailing};

/// The services that an app does not find, with one of its lines for each.
type Unfound<'a> = BTreeMap<&'a str, (&'a Service, &'a Complaint<'a>)>;

/// Names that are not found again and again although their services are there. One that several ask for in vain, or
/// that one asks for in vain who finds others, is answered wrongly; who finds none of several asks wrongly.
pub(super) fn denied_names(scene: &Scene, heard: &[Complaint<'_>], examination: &mut Examination) {
    let mut by_app: BTreeMap<(&str, &str), (u64, Unfound<'_>)> = BTreeMap::new();
    for complaint in heard.iter().filter(|complaint| complaint.failure.kind == ConnectionFailureKind::NoSuchHost) {
        let (namespace, _) = complaint.said.app;
        let host = complaint.failure.host.as_deref().unwrap_or_default();
        let Destination::Service(service) = destination(scene, namespace, host) else { continue };
        // The name of a headless service has no address as long as none of its pods is ready.
        let is_empty = scene.graph.endpoints_of(service).is_none_or(|endpoints| endpoints.ready() == 0);
        if service.spec.cluster_ip.as_deref() == Some("None") && is_empty {
            continue;
        }
        let (count, services) = by_app.entry(complaint.said.app).or_default();
        *count += complaint.said.count;
        services.insert(&service.metadata.name, (service, complaint));
    }
    by_app.retain(|(namespace, app), (count, _)| *count >= OFTEN || !ailing(scene, namespace, app).is_empty());
    // Who passes on what another one says has not asked.
    let apps: BTreeSet<&str> = by_app.keys().map(|(_, app)| *app).collect();
    let passes_on = |app: &str| apps.iter().any(|other| scene.calls.depends_on(app, other));
    let mut asked: BTreeMap<&str, Vec<(&Service, &Complaint<'_>)>> = BTreeMap::new();
    for ((namespace, app), (_, services)) in by_app.iter().filter(|((_, app), _)| !passes_on(app)) {
        let finds_others = scene.calls.callees(app).count() > services.len();
        if services.len() == 1 && finds_others {
            asked.extend(services.iter().map(|(name, found)| (*name, vec![*found])));
            continue;
        }
        let Some((service, complaint)) = services.values().next() else { continue };
        let shared = by_app.values().filter(|(_, other)| other.contains_key(service.metadata.name.as_str())).count();
        if services.len() == 1 && shared > 1 {
            asked.entry(&service.metadata.name).or_default().push((service, complaint));
            continue;
        }
        let cause = RootCause::new(
            Cause::ServiceDnsResolutionFailure,
            Culprit::app(*namespace, *app),
            Likelihood::LIKELY,
            complaint.finding(scene),
        );
        let why = format!("{app} is told again and again that there is no {}, and there is.", service.metadata.name);
        examination.name(cause.then(why).then(format!("{app} cannot find whom it calls.")));
    }
    for (name, found) in asked {
        let Some((service, complaint)) = found.first() else { continue };
        let culprit = Culprit::app(service.metadata.namespace(), scene.graph.app_of_service(service));
        let cause =
            RootCause::new(Cause::ServiceDnsResolutionFailure, culprit, Likelihood::LIKELY, complaint.finding(scene))
                .then(format!("The service {name} is there, and its name does not resolve, while others do."))
                .then(format!("Whoever calls {name} cannot find it."));
        examination.name(found.iter().fold(cause, |cause, (_, complaint)| {
            let (namespace, app) = complaint.said.app;
            cause.affecting(Culprit::app(namespace, app))
        }));
    }
}
