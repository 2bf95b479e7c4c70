//! What others notice when a service cannot be reached.

use std::collections::{BTreeSet, HashSet};

use lamplighter_core::cluster::Service;
use lamplighter_core::diagnosis::{ConnectionFailure, LogBook, Scene, Signal, SignalSeries, Utterance};
use lamplighter_core::words::{Finding, ObjectRef};

/// So many lines are enough to show something.
const ENOUGH: usize = 4;

/// A line that tells of a failed connection.
#[derive(Debug, Clone)]
pub(crate) struct Complaint<'a> {
    pub(crate) said: Utterance<'a>,
    pub(crate) failure: ConnectionFailure,
}

impl Complaint<'_> {
    /// As a finding on the app that said it.
    pub(crate) fn finding(&self, scene: &Scene) -> Finding {
        let (namespace, app) = self.said.app;
        let times = if self.said.count == 1 { String::new() } else { format!(" ({} lines)", self.said.count) };
        let peer = self.failure.peer().map(|peer| format!(" to {peer}")).unwrap_or_default();
        let summary = format!("{app} logs failed connections{peer}{times}");
        scene.finding(summary, ObjectRef::namespaced("app", namespace, app)).with_evidence(self.said.text)
    }
}

/// The failed connections that these apps have logged, in any namespace, as far as `wanted` wants them.
pub(crate) fn complaints<'a>(
    scene: &'a Scene,
    apps: &BTreeSet<&str>,
    wanted: impl Fn(&ConnectionFailure) -> bool,
) -> Vec<Complaint<'a>> {
    let Some(logs) = scene.logs.seen() else { return Vec::new() };
    let mut found: Vec<Complaint<'a>> = Vec::new();
    for (namespace, app) in logs.apps().filter(|(_, app)| apps.contains(app)) {
        for said in logs.of_app(namespace, app) {
            let failure = ConnectionFailure::in_line(said.text).filter(&wanted);
            if let Some(failure) = failure
                && !found.iter().any(|known| known.said.app == said.app && known.failure == failure)
            {
                found.push(Complaint { said, failure });
                if found.len() == ENOUGH {
                    return found;
                }
            }
        }
    }
    found
}

/// The failed connections that all apps have logged, as far as `wanted` wants them, each of an app once.
pub(crate) fn heard(scene: &Scene, wanted: impl Fn(&ConnectionFailure) -> bool) -> Vec<Complaint<'_>> {
    let mut seen = HashSet::new();
    let lines = scene.logs.seen().into_iter().flat_map(LogBook::all);
    let complaints = lines.filter_map(|said| {
        let failure = ConnectionFailure::in_line(said.text).filter(&wanted)?;
        Some(Complaint { said, failure })
    });
    complaints.filter(|complaint| seen.insert((complaint.said.app, complaint.failure.clone()))).collect()
}

/// Whether a failed connection was to a service, by one of its names or addresses.
pub(crate) fn is_to(scene: &Scene, service: &Service, failure: &ConnectionFailure) -> bool {
    let name = &service.metadata.name;
    let by_name = failure.host.as_deref().is_some_and(|host| {
        let mut labels = host.split('.');
        let (first, namespace) = (labels.next(), labels.next());
        first == Some(name.as_str()) && namespace.is_none_or(|namespace| namespace == service.metadata.namespace())
    });
    let by_ip = || {
        let ip = failure.ip?.to_string();
        let cluster_ip = service.spec.cluster_ip.as_deref() == Some(ip.as_str());
        let endpoints = || {
            let subsets = scene.graph.endpoints_of(service).into_iter().flat_map(|endpoints| &endpoints.subsets);
            let mut addresses = subsets.flat_map(|subset| subset.addresses.iter().chain(&subset.not_ready_addresses));
            addresses.any(|address| address.ip == ip)
        };
        Some(cluster_ip || endpoints())
    };
    by_name || by_ip().unwrap_or_default()
}

/// The apps that call a service, directly or through others: they fail with it, and pass its failures on.
pub(crate) fn callers<'a>(scene: &'a Scene, service: &'a Service) -> BTreeSet<&'a str> {
    let mut all = scene.calls.dependants(scene.graph.app_of_service(service));
    all.extend(scene.calls.dependants(&service.metadata.name));
    all
}

/// What shows that a service cannot be reached: probes of it that get no answer, and callers whose connections to it
/// fail, other than by not finding its name.
pub(crate) fn unreachable(scene: &Scene, service: &Service) -> Vec<Finding> {
    let mut findings = failing_probes(scene, service);
    let to_it = |failure: &ConnectionFailure| !failure.kind.is_resolution() && is_to(scene, service, failure);
    findings
        .extend(complaints(scene, &callers(scene, service), to_it).iter().map(|complaint| complaint.finding(scene)));
    if findings.is_empty() {
        // Drivers of databases do not say to whom they could not connect; whoever calls nothing else means this one.
        let app = scene.graph.app_of_service(service);
        let alone = |caller: &&str| scene.calls.callees(caller).all(|callee| callee == app);
        let only: BTreeSet<&str> = scene.calls.callers(app).filter(alone).collect();
        let peerless = |failure: &ConnectionFailure| !failure.kind.is_resolution() && failure.peer().is_none();
        findings.extend(complaints(scene, &only, peerless).iter().map(|complaint| complaint.finding(scene)));
        if findings.is_empty() {
            // So do several of its callers that are not ready for it.
            let unready =
                |caller: &&str| scene.graph.workloads().any(|it| it.workload.name == **caller && it.ready < it.desired);
            let failing: BTreeSet<&str> = scene.calls.callers(app).filter(unready).collect();
            let told = complaints(scene, &failing, peerless);
            let tellers: BTreeSet<&str> = told.iter().map(|complaint| complaint.said.app.1).collect();
            if tellers.len() > 1 {
                findings.extend(told.iter().map(|complaint| complaint.finding(scene)));
            }
        }
    }
    findings
}

/// Probes of a service that get no answer. Where it is probed from several nodes and some get one, the service is
/// not to blame.
fn failing_probes(scene: &Scene, service: &Service) -> Vec<Finding> {
    let Some(signals) = scene.signals.seen() else { return Vec::new() };
    let (namespace, name) = (service.metadata.namespace(), service.metadata.name.as_str());
    let app = scene.graph.app_of_service(service);
    let names = if app == name { vec![name] } else { vec![name, app] };
    let series = names.iter().flat_map(|name| signals.of_app(Signal::Reachable, namespace, name));
    let of_it = series.filter(|series| {
        let instance = series.label("instance");
        let host = instance.rsplit_once(':').map_or(instance, |(host, _)| host).split('.').next().unwrap_or_default();
        host.is_empty() || host == name || scene.graph.service(namespace, host).is_none()
    });
    let last: Vec<_> = of_it.filter_map(|series| Some((series, series.last()?))).collect();
    if last.iter().any(|(_, sample)| sample.value >= 0.5) {
        return Vec::new();
    }
    let object = || ObjectRef::namespaced("service", namespace, name);
    let finding = |instance: &str, at| {
        let to = if instance.is_empty() { name } else { instance };
        Finding::new(format!("probes of {to} get no answer"), object(), scene.source(), at)
            .with_evidence(format!("probe_success{{instance=\"{to}\"}} 0"))
    };
    let mut findings: Vec<Finding> =
        last.iter().map(|(series, sample)| finding(series.label("instance"), sample.at)).collect();
    findings.truncate(ENOUGH);
    findings
}

/// What shows that an app itself does badly: its pods are not ready, its requests fail, an alert names it.
pub(crate) fn ailing(scene: &Scene, namespace: &str, app: &str) -> Vec<Finding> {
    let object = || ObjectRef::namespaced("app", namespace, app);
    let mut findings = Vec::new();
    let mut workloads = scene.graph.workloads().filter(|status| status.workload.namespace == namespace);
    if let Some(status) = workloads.find(|status| status.workload.name == app && status.ready < status.desired) {
        let summary = format!("{} of {} pods of {app} are ready", status.ready, status.desired);
        findings.push(scene.finding(summary, object()));
    }
    let signals = scene.signals.seen();
    let ratios = signals.into_iter().flat_map(|signals| signals.of_app(Signal::SuccessRatio, namespace, app));
    let fallen = ratios.filter_map(SignalSeries::shift).find(|shift| shift.before > 0.5 && shift.fell(1.05));
    if let Some(shift) = fallen {
        let summary = format!(
            "requests to {app} fail: {:.0} % succeed, {:.0} % before",
            shift.after * 100.0,
            shift.before * 100.0
        );
        findings.push(Finding::new(summary, object(), scene.source(), shift.at));
    }
    let alerts = scene.alerts.items().iter();
    let of_it = alerts.filter(|alert| {
        let label = |name: &str| alert.labels.get(name).map(String::as_str);
        [label("service"), label("app"), label("deployment")].contains(&Some(app))
            && label("namespace").is_none_or(|of| of == namespace)
    });
    findings.extend(of_it.take(ENOUGH).map(|alert| {
        let name = alert.labels.get("alertname").map_or("alert", String::as_str);
        Finding::new(format!("alert {name} fires for {app}"), object(), scene.source(), alert.since)
    }));
    findings
}
