use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::cluster::{Pod, PodSpec, Service, WorkloadStatus};
use lamplighter_core::diagnosis::{
    Cause, ConnectionFailureKind, Culprit, Examination, Likelihood, RootCause, Rule, Scene, Signal, SignalSeries,
};
use lamplighter_core::words::{Finding, ObjectRef};

use crate::addresses::{Destination, configured_in, destination};
use crate::missing::{Gone, missing_names, services_are_full};
use crate::names::{is_alike, is_gateway, workload_named};
use crate::routes::routes;
use crate::symptoms::{Complaint, ailing, heard};

use super::denied_name::denied_names;

/// So many failed lookups are no chance.
pub(super) const OFTEN: u64 = 10;

/// Names that do not resolve: of a service that is missing while its workload is there, of anything for an app that
/// does not ask the cluster's DNS server, or of everything because that server is down.
///
/// Kubernetes docs, DNS for Services and Pods: a service's name resolves as long as the service exists; a pod with
/// `dnsPolicy: Default`, or on the host's network without `ClusterFirstWithHostNet`, asks the node's servers, and
/// with `None` those of its `dnsConfig`. Names of the pods of a stateful set hang below the service that it names.
///
/// That a name was not found is often old news: callers start before the service is made. So a name that a service
/// has is no cause by itself.
pub(super) struct NameThatDoesNotResolve;

impl Rule for NameThatDoesNotResolve {
    fn name(&self) -> &'static str {
        "name-that-does-not-resolve"
    }

    fn causes(&self) -> &'static [Cause] {
        &[
            Cause::ServiceDnsResolutionFailure,
            Cause::ClusterDnsUnavailable,
            Cause::ServiceEnvVarAddressMismatch,
            Cause::GatewayMisroute,
        ]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let heard = heard(scene, |failure| failure.kind.is_resolution());
        if cluster_dns(scene, &heard, examination) || heard.is_empty() {
            return;
        }
        let asked_elsewhere = other_servers(scene, &heard, examination);
        let heard: Vec<Complaint<'_>> =
            heard.into_iter().filter(|complaint| !asked_elsewhere.contains(&complaint.said.app)).collect();
        missing_services(scene, &heard, examination);
        resolver_fails(scene, &heard, examination);
    }
}

/// The DNS server of the cluster, known by the label that its add-on has in every distribution
/// (`k8s-app=kube-dns`, Kubernetes docs, Debugging DNS Resolution).
fn cluster_dns(scene: &Scene, heard: &[Complaint<'_>], examination: &mut Examination) -> bool {
    let label = |labels: &BTreeMap<String, String>| labels.get("k8s-app").is_some_and(|name| name == "kube-dns");
    let services = scene.state().services.items().iter();
    let service = services.into_iter().find(|service| {
        label(&service.metadata.labels) || label(&service.spec.selector) || service.metadata.name == "kube-dns"
    });
    let mut workloads = scene.graph.workloads().filter(|status| {
        let template = scene.graph.template_of(&status.workload);
        let labelled = template.is_some_and(|template| label(&template.metadata.labels));
        labelled
            || (status.workload.namespace == "kube-system"
                && matches!(status.workload.name.as_str(), "coredns" | "kube-dns"))
    });
    let workload = workloads.next();
    let empty =
        service.and_then(|service| scene.graph.endpoints_of(service)).is_some_and(|endpoints| endpoints.ready() == 0);
    let none_ready = workload.is_some_and(|status| status.ready == 0);
    let answers = scene.signals.seen().into_iter().flat_map(|signals| signals.of(Signal::DnsAnswers));
    let answers: Vec<f64> = answers.filter_map(SignalSeries::last).map(|sample| sample.value).collect();
    let silent = !answers.is_empty() && answers.iter().all(|value| *value < 0.5);
    if !(none_ready || silent || (empty && workload.is_none_or(|status| status.ready == 0))) {
        return false;
    }
    let namespace = workload.map_or("kube-system", |status| status.workload.namespace.as_str());
    let name = workload.map(|status| status.workload.name.as_str());
    let name = name.or_else(|| service.map(|service| service.metadata.name.as_str())).unwrap_or("kube-dns");
    let says = match workload {
        Some(status) if none_ready => format!("{} of {} pods of {name} are ready", status.ready, status.desired),
        _ if silent => format!("{name} does not answer its probes"),
        _ => format!("the service of {name} has no endpoints"),
    };
    let finding = scene.finding(says, ObjectRef::namespaced("app", namespace, name));
    let confidence = if heard.is_empty() { Likelihood::LIKELY } else { Likelihood::new(0.9) };
    let cause = RootCause::new(Cause::ClusterDnsUnavailable, Culprit::app(namespace, name), confidence, finding)
        .then(format!("The cluster's DNS server {name} does not answer."))
        .then("No name of a service resolves, so whoever does not know an address by heart cannot connect.");
    examination.name(heard.iter().take(4).fold(cause, |cause, complaint| {
        let (namespace, app) = complaint.said.app;
        cause.and(complaint.finding(scene)).affecting(Culprit::app(namespace, app))
    }));
    true
}

/// Apps that ask other servers than the cluster's for names in the cluster. The answer is which apps those are.
fn other_servers<'a>(
    scene: &'a Scene,
    heard: &[Complaint<'a>],
    examination: &mut Examination,
) -> BTreeSet<(&'a str, &'a str)> {
    let mut found = BTreeSet::new();
    for complaint in heard {
        let (namespace, app) = complaint.said.app;
        let Some(status) = workload_named(scene, namespace, app).filter(|_| !found.contains(&(namespace, app))) else {
            continue;
        };
        // Some runtimes do not say which name it was: then it is one of those that the app is configured with.
        let leads_in = |host: &str| matches!(destination(scene, namespace, host), Destination::Service(_));
        let said = complaint.failure.host.as_deref();
        let configured = || configured_in(scene, &status.workload).into_iter().find(|address| leads_in(&address.host));
        let host = said.map(str::to_owned).or_else(|| configured().map(|address| address.host));
        // A name that is passed on by a caller was asked for by somebody else.
        let Some(host) = host.filter(|host| leads_in(host)) else { continue };
        let Some(template) = scene.graph.template_of(&status.workload) else { continue };
        let Some(asks) = asks(scene, namespace, &template.spec, &host) else { continue };
        let culprit = Culprit::app(namespace, app);
        let finding =
            scene.finding(format!("the pods of {app} do not ask the cluster's DNS server"), status.workload.object());
        let cause = RootCause::new(
            Cause::ServiceDnsResolutionFailure,
            culprit,
            Likelihood::new(0.9),
            finding.with_evidence(asks.as_str()),
        )
        .then(format!("The pods of {app} have {asks}, so what they ask for is not the name of a service."))
        .then(format!("{app} cannot find {host}, although there is a service of that name."))
        .and(complaint.finding(scene));
        examination.name(cause);
        found.insert((namespace, app));
    }
    found
}

/// What makes pods ask other servers than the cluster's, or the cluster's for another name than the service's: a name
/// without dots is looked up below the domains that are searched.
fn asks(scene: &Scene, namespace: &str, spec: &PodSpec, host: &str) -> Option<String> {
    let of_cluster = |server: &String| {
        let mut services = scene.state().services.items().iter();
        // Caches on the node listen on link-local addresses (Kubernetes docs, NodeLocal DNSCache).
        server.starts_with("169.254.") || services.any(|service| service.spec.cluster_ip.as_ref() == Some(server))
    };
    match spec.dns_policy.as_deref() {
        Some("Default") => Some("dnsPolicy: Default".to_owned()),
        Some("None") => {
            let config = spec.dns_config.as_ref();
            let servers = config.map(|config| config.nameservers.as_slice()).unwrap_or_default();
            let searches = config.map(|config| config.searches.as_slice()).unwrap_or_default();
            let is_searched = host.contains('.')
                || searches
                    .iter()
                    .any(|domain| domain.strip_prefix(namespace).is_some_and(|end| end.starts_with(".svc")));
            if !servers.is_empty() && !servers.iter().any(of_cluster) {
                return Some(format!("dnsPolicy: None with the nameservers {}", servers.join(", ")));
            }
            (!is_searched)
                .then(|| "dnsPolicy: None without the domain of their namespace among the searches".to_owned())
        }
        policy if spec.host_network == Some(true) && policy != Some("ClusterFirstWithHostNet") => {
            Some("hostNetwork without dnsPolicy: ClusterFirstWithHostNet".to_owned())
        }
        _ => None,
    }
}

/// Names that callers fail to look up and no service has.
fn missing_services(scene: &Scene, heard: &[Complaint<'_>], examination: &mut Examination) {
    let mut by_name: BTreeMap<(String, String), Vec<&Complaint<'_>>> = BTreeMap::new();
    for complaint in heard.iter().filter(|complaint| complaint.failure.kind == ConnectionFailureKind::NoSuchHost) {
        let host = complaint.failure.host.as_deref().unwrap_or_default();
        match destination(scene, complaint.said.app.0, host) {
            Destination::Missing { namespace, name } if !host.is_empty() => {
                by_name.entry((namespace, name)).or_default().push(complaint);
            }
            Destination::Service(service) => pod_names(scene, service, host, complaint, examination),
            _ => {}
        }
    }
    denied_names(scene, heard, examination);
    let configured = missing_names(scene);
    for ((namespace, name), complaints) in by_name {
        let known = configured.iter().find(|missing| missing.name == name && missing.namespace == namespace);
        let own = workload_named(scene, &namespace, &name).is_some();
        let is_missing = own || known.is_some_and(|missing| missing.gone == Gone::ServiceIsMissing);
        if is_missing {
            service_missing(scene, &namespace, &name, own, &complaints, examination);
        } else if known.is_none() {
            asked_for_in_vain(scene, &namespace, &name, &complaints, examination);
        }
    }
}

fn service_missing(
    scene: &Scene,
    namespace: &str,
    name: &str,
    own: bool,
    complaints: &[&Complaint<'_>],
    examination: &mut Examination,
) {
    let full = services_are_full(scene, namespace);
    let confidence = match (full, own) {
        (true, _) => Likelihood::POSSIBLE,
        (false, true) => Likelihood::new(0.9),
        (false, false) => Likelihood::LIKELY,
    };
    let says = format!("there is no service {name} in {namespace}, and others look it up");
    let finding = scene.finding(says, ObjectRef::namespaced("app", namespace, name));
    let cause = RootCause::new(Cause::ServiceDnsResolutionFailure, Culprit::app(namespace, name), confidence, finding)
        .then(format!("There is no service {name}, so its name does not resolve."))
        .then(format!("Whoever calls {name} cannot find it, although its pods may run."));
    examination.name(complaints.iter().take(4).fold(cause, |cause, complaint| {
        let (namespace, app) = complaint.said.app;
        cause.and(complaint.finding(scene)).affecting(Culprit::app(namespace, app))
    }));
}

/// A name that is in nobody's visible configuration: in a program, a secret, or a file of an image.
fn asked_for_in_vain(
    scene: &Scene,
    namespace: &str,
    name: &str,
    complaints: &[&Complaint<'_>],
    examination: &mut Examination,
) {
    let apps: BTreeSet<&str> = complaints.iter().map(|complaint| complaint.said.app.1).collect();
    // The one that nobody else passes on: the furthest down the calls.
    let deepest = complaints
        .iter()
        .find(|complaint| !apps.iter().any(|other| scene.calls.depends_on(complaint.said.app.1, other)));
    let Some(complaint) = deepest.or(complaints.first()) else { return };
    let (at, app) = complaint.said.app;
    // The routes of gateways have a rule of their own.
    let routed = |status: &WorkloadStatus| {
        routes(scene, &status.workload).iter().any(|route| complaint.failure.host.as_ref() == Some(&route.host))
    };
    if workload_named(scene, at, app).is_some_and(routed) {
        return;
    }
    let mut services = scene.state().services.items().iter();
    let alike =
        services.find(|service| service.metadata.namespace() == namespace && is_alike(&service.metadata.name, name));
    let (cause, why) = match alike {
        // Where a gateway has its routes nobody can read here.
        _ if is_gateway(scene, at, app) => {
            (Cause::GatewayMisroute, format!("{app} sends requests to {name}, which no service is called."))
        }
        Some(service) => (
            Cause::ServiceEnvVarAddressMismatch,
            format!("{app} looks up {name}, and there is a service {}.", service.metadata.name),
        ),
        None => (Cause::ServiceDnsResolutionFailure, format!("{app} looks up {name}, which no service is called.")),
    };
    let confidence = if alike.is_some() { Likelihood::LIKELY } else { Likelihood::POSSIBLE };
    let named = RootCause::new(cause, Culprit::app(at, app), confidence, complaint.finding(scene));
    examination.name(named.then(why).then(format!("The name does not resolve, and {app} fails whatever needs it.")));
}

/// The name of a pod below a service: it exists only below the service that its stateful set names.
fn pod_names(scene: &Scene, service: &Service, host: &str, complaint: &Complaint<'_>, examination: &mut Examination) {
    let (namespace, below) = (service.metadata.namespace(), &service.metadata.name);
    let mut labels = host.split('.');
    let (Some(pod), true) = (labels.next(), labels.next() == Some(below.as_str())) else { return };
    let owner = scene.graph.pod(namespace, pod).and_then(|pod: &Pod| scene.graph.workload_of(pod));
    let Some(set) = owner.as_ref().and_then(|owner| scene.graph.stateful_set(owner)) else { return };
    let named = set.spec.service_name.as_deref().unwrap_or_default();
    if named.is_empty() || named == below {
        return;
    }
    let set_name = &set.metadata.name;
    let finding: Finding = scene
        .finding(
            format!("the pods of {set_name} have names below {named}, not below {below}"),
            ObjectRef::namespaced("statefulset", namespace, set_name),
        )
        .with_evidence(format!("serviceName: {named}"));
    let cause = RootCause::new(
        Cause::ServiceDnsResolutionFailure,
        Culprit::app(namespace, set_name),
        Likelihood::SHOWN,
        finding,
    )
    .then(format!("The stateful set {set_name} names the service {named}, so {host} does not exist."))
    .then(format!("{} cannot find the pods of {set_name} by name.", complaint.said.app.1))
    .and(complaint.finding(scene));
    examination.name(cause);
}

/// Names that do not resolve because nobody answers the question, while the DNS server looks well.
fn resolver_fails(scene: &Scene, heard: &[Complaint<'_>], examination: &mut Examination) {
    let failed = heard.iter().filter(|complaint| complaint.failure.kind == ConnectionFailureKind::ResolverFailed);
    let mut by_app: BTreeMap<(&str, &str), &Complaint<'_>> = BTreeMap::new();
    for complaint in failed {
        by_app.entry(complaint.said.app).or_insert(complaint);
    }
    let Some((&(namespace, app), first)) = by_app.iter().next() else { return };
    if by_app.len() == 1 {
        let finding = first.finding(scene);
        let culprit = Culprit::app(namespace, app);
        // One lookup may fail by chance. Many, those of several names, or those of an app that does badly do not.
        let failed =
            || heard.iter().filter(|complaint| complaint.failure.kind == ConnectionFailureKind::ResolverFailed);
        let hosts: BTreeSet<_> = failed().filter_map(|complaint| complaint.failure.host.as_deref()).collect();
        let often = failed().map(|complaint| complaint.said.count).sum::<u64>() >= OFTEN;
        let lasts = often || hosts.len() > 1 || !ailing(scene, namespace, app).is_empty();
        let confidence = if lasts { Likelihood::LIKELY } else { Likelihood::new(0.45) };
        let cause = RootCause::new(Cause::ServiceDnsResolutionFailure, culprit, confidence, finding)
            .then(format!("The DNS server does not answer {app}, and nobody else complains."))
            .then(format!("{app} cannot find whom it calls."));
        examination.name(cause);
        return;
    }
    let hosts: BTreeSet<_> = by_app.values().map(|complaint| complaint.failure.host.as_deref()).collect();
    if let (1, Some(Some(host))) = (hosts.len(), hosts.first())
        && let Destination::Service(service) = destination(scene, namespace, host)
    {
        // A server that answers for all others fails for this one.
        let owner = Culprit::app(service.metadata.namespace(), scene.graph.app_of_service(service));
        let named = RootCause::new(Cause::ServiceDnsResolutionFailure, owner, Likelihood::LIKELY, first.finding(scene))
            .then(format!("Several apps get no answer when they ask for {host}, and for no other name."))
            .then(format!("Whoever calls {host} cannot find it."));
        examination.name(by_app.values().fold(named, |named, complaint| {
            let (namespace, app) = complaint.said.app;
            named.affecting(Culprit::app(namespace, app))
        }));
        return;
    }
    let finding = first.finding(scene);
    let culprit = Culprit::app("kube-system", "kube-dns");
    let cause = RootCause::new(Cause::ClusterDnsUnavailable, culprit, Likelihood::new(0.5), finding)
        .then("Several apps get no answer from the DNS server.")
        .then("They cannot find whom they call.");
    examination
        .name(by_app.values().skip(1).take(4).fold(cause, |cause, complaint| cause.and(complaint.finding(scene))));
}
