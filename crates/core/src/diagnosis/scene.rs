use std::sync::Arc;

use jiff::Timestamp;

use super::{Call, Calls, LogBook, Signals, UnitStatus};
use crate::cluster::{ClusterGraph, ClusterState, Observed, Service};
use crate::ports::{Alert, MonitorStatus};
use crate::words::{Finding, ObjectRef, Source, WorkloadRef};

/// All that was found at one time, read once and shared by everything that looks at it.
///
/// What could not be read is [`Observed::Unknown`] with the reason, what is not there to be read is
/// [`Observed::Absent`], and a rule that needs it says so as a gap.
///
/// ```
/// use std::sync::Arc;
///
/// use lamplighter_core::cluster::ClusterState;
/// use lamplighter_core::diagnosis::Scene;
/// use lamplighter_core::words::Source;
///
/// let state = ClusterState::unread(jiff::Timestamp::UNIX_EPOCH, Source::new("example"));
/// let scene = Scene::new(Arc::new(state));
/// assert_eq!(scene.alerts.as_result(), Err("was not read"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Scene {
    /// The cluster with its relations.
    pub graph: ClusterGraph,
    /// What was measured.
    pub signals: Observed<Signals>,
    /// The alerts that fire.
    pub alerts: Observed<Vec<Alert>>,
    /// What monitors outside of the cluster say.
    pub monitors: Observed<Vec<MonitorStatus>>,
    /// The log lines of the pods that matter.
    pub logs: Observed<LogBook>,
    /// Who calls whom: what was declared or seen, and what workloads are configured with.
    pub calls: Calls,
    /// The systemd units of the nodes.
    pub units: Observed<Vec<UnitStatus>>,
    /// The objects as they were applied, to compare with the live ones.
    pub manifests: Observed<Arc<ClusterState>>,
}

fn unread<T>() -> Observed<T> {
    Observed::Absent("was not read".to_owned())
}

impl Scene {
    /// The scene of a cluster of which nothing else is known. The calls are those that workloads are configured
    /// with.
    #[must_use]
    pub fn new(state: Arc<ClusterState>) -> Self {
        let graph = ClusterGraph::new(state);
        let calls = Calls::new(configured_calls(&graph));
        Self {
            graph,
            signals: unread(),
            alerts: unread(),
            monitors: unread(),
            logs: unread(),
            calls,
            units: unread(),
            manifests: unread(),
        }
    }

    /// The same with what was measured.
    #[must_use]
    pub fn with_signals(mut self, signals: Observed<Signals>) -> Self {
        self.signals = signals;
        self
    }

    /// The same with the alerts that fire.
    #[must_use]
    pub fn with_alerts(mut self, alerts: Observed<Vec<Alert>>) -> Self {
        self.alerts = alerts;
        self
    }

    /// The same with what monitors say.
    #[must_use]
    pub fn with_monitors(mut self, monitors: Observed<Vec<MonitorStatus>>) -> Self {
        self.monitors = monitors;
        self
    }

    /// The same with log lines.
    #[must_use]
    pub fn with_logs(mut self, logs: Observed<LogBook>) -> Self {
        self.logs = logs;
        self
    }

    /// The same with these calls beside those that workloads are configured with.
    #[must_use]
    pub fn with_calls(mut self, calls: impl IntoIterator<Item = Call>) -> Self {
        let known = self.calls.iter().map(|(from, to)| Call { from: from.to_owned(), to: to.to_owned() });
        self.calls = Calls::new(known.chain(calls).collect::<Vec<_>>());
        self
    }

    /// The same with the units of the nodes.
    #[must_use]
    pub fn with_units(mut self, units: Observed<Vec<UnitStatus>>) -> Self {
        self.units = units;
        self
    }

    /// The same with the objects as they were applied.
    #[must_use]
    pub fn with_manifests(mut self, manifests: Observed<Arc<ClusterState>>) -> Self {
        self.manifests = manifests;
        self
    }

    /// The state of the cluster.
    #[must_use]
    pub fn state(&self) -> &ClusterState {
        self.graph.state()
    }

    /// When the scene was read (UTC).
    #[must_use]
    pub fn taken_at(&self) -> Timestamp {
        self.state().taken_at
    }

    /// What the cluster was read from.
    #[must_use]
    pub fn source(&self) -> Source {
        self.state().source.clone()
    }

    /// A finding on the cluster as it was read.
    #[must_use]
    pub fn finding(&self, summary: impl Into<String>, object: ObjectRef) -> Finding {
        Finding::new(summary, object, self.source(), self.taken_at())
    }

    /// The lines that an app has logged, in kinds; none where no logs were read.
    pub fn said_by<'a>(&'a self, workload: &WorkloadRef) -> impl Iterator<Item = super::Utterance<'a>> + use<'a> {
        let said: Vec<_> = self.logs.seen().map(|logs| logs.of_workload(workload).collect()).unwrap_or_default();
        said.into_iter()
    }

    /// The service that an address of a workload's configuration means: `store:6379`,
    /// `store.apps.svc.cluster.local:6379`, `http://store.apps/path`, a cluster IP. `from` is the namespace in which
    /// short names resolve (Kubernetes docs, DNS for Services and Pods).
    #[must_use]
    pub fn service_at(&self, from: &str, address: &str) -> Option<(&Service, Option<u16>)> {
        let (host, port) = split_address(address)?;
        let mut labels = host.split('.');
        let (name, namespace) = (labels.next()?, labels.next());
        let rest: Vec<&str> = labels.collect();
        let in_cluster = rest.first().is_none_or(|label| *label == "svc");
        let by_name = in_cluster.then(|| self.graph.service(namespace.unwrap_or(from), name)).flatten();
        let by_ip = || {
            let services = self.state().services.items().iter();
            services.into_iter().find(|service| service.spec.cluster_ip.as_deref() == Some(host))
        };
        Some((by_name.or_else(by_ip)?, port))
    }
}

/// The host and the port of an address, with or without a scheme, a user and a path.
fn split_address(address: &str) -> Option<(&str, Option<u16>)> {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = rest.strip_prefix("tcp(").unwrap_or(rest);
    let authority = rest.split(['/', '?', '#', ',', ' ', ')']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok()?)),
        None => (authority, None),
    };
    let plausible = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    (!host.is_empty() && host.chars().all(plausible)).then_some((host, port))
}

/// Who calls whom, as environment variables say it: a value that is the address of a service.
fn configured_calls(graph: &ClusterGraph) -> Vec<Call> {
    let mut calls = Vec::new();
    for status in graph.workloads() {
        let Some(template) = graph.template_of(&status.workload) else { continue };
        let containers = template.spec.containers.iter().chain(&template.spec.init_containers);
        for value in containers.flat_map(|container| &container.env).filter_map(|env| env.value.as_deref()) {
            let Some((host, _)) = split_address(value) else { continue };
            let mut labels = host.split('.');
            let Some(name) = labels.next() else { continue };
            let namespace = labels.next().unwrap_or(&status.workload.namespace);
            if let Some(service) = graph.service(namespace, name) {
                let to = graph.app_of_service(service).to_owned();
                calls.push(Call { from: status.workload.name.clone(), to });
            }
        }
    }
    calls
}
