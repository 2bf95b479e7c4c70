use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use lamplighter_core::cluster::{ClusterGraph, ClusterState, Event, Observed};
use lamplighter_core::diagnosis::{DiagnosisRequest, Scene};
use lamplighter_core::ports::{ClusterReader, Logs, Manifests, Metrics, Monitors, NodeUnits, Scope, Topology};
use lamplighter_core::{Agent, Context, ErrorKind, Result};

use crate::namespaces::has_namespaces;
use crate::settings::SurveySettings;
use crate::{measure, overhear};

/// What a survey reads. Only a cluster is needed; what is not there is unknown in the scene.
#[derive(Clone)]
pub struct Sources {
    cluster: Arc<dyn ClusterReader>,
    logs: Option<Arc<dyn Logs>>,
    metrics: Option<Arc<dyn Metrics>>,
    monitors: Option<Arc<dyn Monitors>>,
    topology: Option<Arc<dyn Topology>>,
    units: Option<Arc<dyn NodeUnits>>,
    manifests: Option<Arc<dyn Manifests>>,
}

impl Sources {
    /// A cluster alone.
    #[must_use]
    pub fn new(cluster: Arc<dyn ClusterReader>) -> Self {
        Self { cluster, logs: None, metrics: None, monitors: None, topology: None, units: None, manifests: None }
    }

    /// The same with the logs of its pods.
    #[must_use]
    pub fn with_logs(mut self, logs: Arc<dyn Logs>) -> Self {
        self.logs = Some(logs);
        self
    }

    /// The same without the logs.
    #[must_use]
    pub fn without_logs(mut self) -> Self {
        self.logs = None;
        self
    }

    /// The same with metrics and alerts.
    #[must_use]
    pub fn with_metrics(mut self, metrics: Arc<dyn Metrics>) -> Self {
        self.metrics = Some(metrics);
        self
    }

    /// The same with monitors outside of the cluster.
    #[must_use]
    pub fn with_monitors(mut self, monitors: Arc<dyn Monitors>) -> Self {
        self.monitors = Some(monitors);
        self
    }

    /// The same with who calls whom.
    #[must_use]
    pub fn with_topology(mut self, topology: Arc<dyn Topology>) -> Self {
        self.topology = Some(topology);
        self
    }

    /// The same with the units of the nodes.
    #[must_use]
    pub fn with_units(mut self, units: Arc<dyn NodeUnits>) -> Self {
        self.units = Some(units);
        self
    }

    /// The same with the objects as they were applied.
    #[must_use]
    pub fn with_manifests(mut self, manifests: Arc<dyn Manifests>) -> Self {
        self.manifests = Some(manifests);
        self
    }
}

/// The agent that looks at everything once and puts it together as a [`Scene`]. It changes nothing.
#[derive(Clone)]
pub struct Surveyor {
    sources: Sources,
    settings: SurveySettings,
}

impl Surveyor {
    /// One that reads these sources.
    #[must_use]
    pub fn new(sources: Sources) -> Self {
        Self { sources, settings: SurveySettings::default() }
    }

    /// The same with these settings.
    #[must_use]
    pub fn with_settings(mut self, settings: SurveySettings) -> Self {
        self.settings = settings;
        self
    }

    async fn survey(&self, cx: &Context, request: &DiagnosisRequest) -> Result<Scene> {
        let scope = Scope { namespaces: request.namespaces.clone() };
        let sources = &self.sources;
        let (state, alerts, monitors, calls, units, manifests) = futures_util::join!(
            sources.cluster.state(&scope),
            observe(sources.metrics.as_deref(), "alerts", Metrics::alerts),
            observe(sources.monitors.as_deref(), "monitors", Monitors::statuses),
            observe(sources.topology.as_deref(), "topology", Topology::calls),
            observe(sources.units.as_deref(), "node units", NodeUnits::units),
            observe(sources.manifests.as_deref(), "manifests", Manifests::applied),
        );
        let state = as_it_was(state?, request.at);
        let at = request.at.unwrap_or(state.taken_at);
        cx.go_on()?;
        let scene = Scene::new(Arc::new(state))
            .with_alerts(alerts)
            .with_monitors(monitors)
            .with_calls(calls.items().to_vec())
            .with_units(units)
            .with_manifests(manifests);
        has_namespaces(&scene, &scope)?;
        let (signals, logs) = futures_util::join!(
            measure::signals(sources.metrics.as_deref(), &scene.graph, at, &self.settings),
            overhear::logs(cx, sources.logs.as_deref(), &scene, &scope, &self.settings),
        );
        Ok(scene.with_signals(signals).with_logs(logs))
    }
}

#[async_trait]
impl Agent for Surveyor {
    type Input = DiagnosisRequest;
    type Output = Arc<Scene>;

    fn name(&self) -> &'static str {
        "surveyor"
    }

    /// # Errors
    /// When the cluster cannot be read at all, and [`NotFound`](ErrorKind::NotFound) naming the nearest one when it has no
    /// namespace of a name that was asked for. Every other source that cannot be read is unknown in the scene.
    async fn run(&self, cx: &Context, request: DiagnosisRequest) -> Result<Arc<Scene>> {
        self.survey(cx, &request).await.map(Arc::new)
    }
}

/// Asks a source, where there is one.
async fn observe<'a, P, T, F>(port: Option<&'a P>, name: &str, ask: impl FnOnce(&'a P) -> F) -> Observed<T>
where
    P: ?Sized,
    F: Future<Output = Result<T>>,
{
    match port {
        None => Observed::Absent(format!("no source of {name} is configured")),
        Some(port) => match ask(port).await {
            Ok(seen) => Observed::Seen(seen),
            // What was never recorded is no trouble of anybody's.
            Err(error) if error.kind() == ErrorKind::NotFound => Observed::Absent(format!("{name}: {error}")),
            Err(error) => {
                tracing::warn!(%error, "{name} could not be read");
                Observed::Unknown(format!("{name}: {}", error.public_message()))
            }
        },
    }
}

/// A state without what happened later than somebody asks about. The objects are those of the time of the reading:
/// a cluster keeps no older ones.
fn as_it_was(mut state: ClusterState, at: Option<Timestamp>) -> ClusterState {
    if let (Some(at), Observed::Seen(events)) = (at, &mut state.events) {
        events.retain(|event: &Event| event.first_seen().is_none_or(|seen| seen <= at));
    }
    state
}

/// The app of a pod: its workload, or itself where nothing keeps it running.
pub(crate) fn app_of(graph: &ClusterGraph, namespace: &str, pod: &str) -> Option<String> {
    graph.workload_of(graph.pod(namespace, pod)?).map(|workload| workload.name)
}
