//! What alerts, series and monitors are about.

use std::collections::BTreeSet;

use lamplighter_core::diagnosis::{Scene, Shift, Signal, SignalSeries, Signals, Subject};
use lamplighter_core::ports::{Alert, MonitorStatus};
use lamplighter_core::words::{ObjectRef, WorkloadKind, WorkloadRef};

/// The labels that name an app, as Prometheus' service discovery, kube-state-metrics and Istio write them, the more
/// telling first.
const APP_LABELS: [&str; 9] = [
    "deployment",
    "statefulset",
    "daemonset",
    "destination_service_name",
    "service",
    "app_kubernetes_io_name",
    "app",
    "workload",
    "service_name",
];

/// The app that an alert is about, by namespace (empty where it does not say) and name.
pub(crate) fn app_of_alert(scene: &Scene, alert: &Alert) -> Option<(String, String)> {
    let label = |name: &str| alert.labels.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let namespace = label("namespace").unwrap_or_default();
    if let Some(pod) = label("pod") {
        let workload = scene.graph.pod(namespace, pod).and_then(|pod| scene.graph.workload_of(pod));
        if let Some(workload) = workload {
            return Some((workload.namespace, workload.name));
        }
    }
    let name = APP_LABELS.iter().find_map(|name| label(name))?;
    let app = scene.graph.service(namespace, name).map_or(name, |service| scene.graph.app_of_service(service));
    Some((namespace.to_owned(), app.to_owned()))
}

/// The object that an alert is about.
pub(crate) fn object_of_alert(scene: &Scene, alert: &Alert) -> ObjectRef {
    let label = |name: &str| alert.labels.get(name).map(String::as_str).filter(|value| !value.is_empty());
    if let (Some(namespace), Some(pod)) = (label("namespace"), label("pod")) {
        return ObjectRef::pod(namespace, pod);
    }
    if let Some((namespace, app)) = app_of_alert(scene, alert) {
        return ObjectRef::namespaced("app", namespace, app);
    }
    let host = |value: &str| value.split(':').next().unwrap_or_default().to_owned();
    let node = label("node").or_else(|| label("instance")).map(host);
    match node.filter(|node| scene.graph.node(node).is_some()) {
        Some(node) => ObjectRef::global("node", node),
        None => ObjectRef::global("alert", name_of(alert)),
    }
}

/// The name of an alert.
pub(crate) fn name_of(alert: &Alert) -> &str {
    alert.labels.get("alertname").map_or("unnamed", String::as_str)
}

/// What an alert says, of the annotations that people read.
pub(crate) fn words_of(alert: &Alert) -> Option<&str> {
    let words = ["summary", "description", "message"].iter().find_map(|name| alert.annotations.get(*name));
    words.map(String::as_str).filter(|words| !words.trim().is_empty())
}

/// The object of a series.
pub(crate) fn object_of(subject: &Subject) -> ObjectRef {
    match subject {
        Subject::App { namespace, name } => ObjectRef::namespaced("app", namespace, name),
        Subject::Node(name) => ObjectRef::global("node", name),
        Subject::Claim { namespace, name } => ObjectRef::namespaced("claim", namespace, name),
        Subject::Target(name) => ObjectRef::global("target", name),
    }
}

/// The apps for which a shift of a signal is as asked, by namespace and name.
pub(crate) fn apps_where<'a>(
    signals: &'a Signals,
    signal: Signal,
    is: impl Fn(&Shift) -> bool,
) -> BTreeSet<(&'a str, &'a str)> {
    let with = |series: &'a SignalSeries| match &series.subject {
        Subject::App { namespace, name } if series.shift().is_some_and(|shift| is(&shift)) => {
            Some((namespace.as_str(), name.as_str()))
        }
        _ => None,
    };
    signals.of(signal).filter_map(with).collect()
}

/// The workload of this name.
pub(crate) fn workload(scene: &Scene, namespace: &str, name: &str) -> Option<WorkloadRef> {
    [WorkloadKind::Deployment, WorkloadKind::StatefulSet, WorkloadKind::DaemonSet]
        .map(|kind| WorkloadRef::new(kind, namespace, name))
        .into_iter()
        .find(|workload| scene.graph.workload(workload).is_some())
}

/// Whether a monitor watches a workload or one of its services, by its name: `Wiki`, `wiki.example.org`, `apps/wiki`.
pub(crate) fn watches(scene: &Scene, monitor: &MonitorStatus, workload: &WorkloadRef) -> bool {
    let name = monitor.name.to_lowercase();
    let words: BTreeSet<&str> = name.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).collect();
    let is_meant = |candidate: &str| words.contains(candidate);
    let spoken = name.split_whitespace().collect::<Vec<_>>().join("-");
    is_meant(&workload.name)
        || spoken == workload.name
        || scene.graph.services_of(workload).any(|service| is_meant(&service.metadata.name))
}
