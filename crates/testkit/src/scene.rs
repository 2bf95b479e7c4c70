//! Scenes for the tests of rules: a cluster, and what else was seen.
//!
//! ```
//! use lamplighter_core::diagnosis::Signal;
//! use lamplighter_testkit::objects::{cluster, deployment, node};
//! use lamplighter_testkit::scene::scene;
//! use serde_json::json;
//!
//! let scene = scene(cluster().node(node("n1")).workload(deployment("apps", "wiki")))
//!     .object(json!({"kind": "ServiceAccount", "metadata": {"namespace": "apps", "name": "wiki"}}))
//!     .said("apps", "wiki", &["ERROR cannot reach store"])
//!     .app_series(Signal::CpuUsage, "apps", "wiki", &[0.1, 0.1, 0.9])
//!     .call("wiki", "store")
//!     .build();
//! assert!(scene.graph.service_account("apps", "wiki").is_some());
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::cluster::{ClusterState, Observed};
use lamplighter_core::diagnosis::{
    Call, LogBook, LogGroup, LogStream, Scene, Signal, SignalSeries, Signals, Subject, UnitState, UnitStatus,
};
use lamplighter_core::ports::{Alert, MonitorState, MonitorStatus, Sample};
use lamplighter_core::words::Source;
use serde_json::Value;

use crate::fakes::FakeClock;

/// Seconds between two samples of a series.
const STEP: i64 = 15;

/// Makes a [`Scene`]. What nothing is said about is read and empty, but for the manifests, which are unknown.
#[must_use = "a builder makes nothing until it is built"]
pub struct SceneBuilder {
    state: ClusterState,
    streams: Vec<LogStream>,
    groups: Vec<LogGroup>,
    signals: Signals,
    alerts: Vec<Alert>,
    monitors: Vec<MonitorStatus>,
    calls: Vec<Call>,
    units: Vec<UnitStatus>,
    manifests: Option<ClusterState>,
}

/// A scene of this cluster.
pub fn scene(state: impl Into<ClusterState>) -> SceneBuilder {
    SceneBuilder {
        state: state.into(),
        streams: Vec::new(),
        groups: Vec::new(),
        signals: Signals::default(),
        alerts: Vec::new(),
        monitors: Vec::new(),
        calls: Vec::new(),
        units: Vec::new(),
        manifests: None,
    }
}

/// A scene of these objects, written as the API writes them.
///
/// # Panics
/// When one of them is not what its `kind` says.
pub fn scene_of(objects: impl IntoIterator<Item = Value>) -> SceneBuilder {
    let state = ClusterState::unread(FakeClock::START, Source::new("kubernetes api")).all_seen();
    objects.into_iter().fold(scene(state), SceneBuilder::object)
}

impl SceneBuilder {
    /// The scene.
    #[must_use]
    pub fn build(self) -> Scene {
        let scene = Scene::new(Arc::new(self.state))
            .with_signals(Observed::Seen(self.signals))
            .with_alerts(Observed::Seen(self.alerts))
            .with_monitors(Observed::Seen(self.monitors))
            .with_logs(Observed::Seen(LogBook::new(self.streams, self.groups)))
            .with_calls(self.calls)
            .with_units(Observed::Seen(self.units));
        match self.manifests {
            Some(manifests) => scene.with_manifests(Observed::Seen(Arc::new(manifests))),
            None => scene,
        }
    }

    /// With an object, written as the API writes it.
    ///
    /// # Panics
    /// When it is not what its `kind` says, or of a kind that diagnosis does not look at.
    #[expect(clippy::expect_used, reason = "a test is told at once what it wrote wrongly")]
    pub fn object(mut self, object: Value) -> Self {
        let added = self.state.add(object).expect("an object of its kind");
        assert_ne!(added, 0, "a kind that diagnosis looks at");
        self
    }

    /// With something that nothing else here makes, or with a kind that could not be read.
    pub fn change(mut self, change: impl FnOnce(&mut ClusterState)) -> Self {
        change(&mut self.state);
        self
    }

    /// With lines that a pod of an app has logged.
    pub fn said(self, namespace: &str, app: &str, lines: &[&str]) -> Self {
        self.logged(namespace, app, "", false, lines)
    }

    /// With lines that a pod of an app has logged before its last restart.
    pub fn said_before(self, namespace: &str, app: &str, lines: &[&str]) -> Self {
        self.logged(namespace, app, "", true, lines)
    }

    /// With lines of one container.
    pub fn logged(mut self, namespace: &str, app: &str, container: &str, previous: bool, lines: &[&str]) -> Self {
        self.streams.push(LogStream {
            namespace: namespace.to_owned(),
            pod: format!("{app}-0"),
            container: container.to_owned(),
            previous,
            app: app.to_owned(),
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        });
        self
    }

    /// With lines that a log store has counted.
    pub fn counted(mut self, namespace: &str, service: &str, count: u64, sample: &str) -> Self {
        let (namespace, service, sample) = (namespace.to_owned(), service.to_owned(), sample.to_owned());
        self.groups.push(LogGroup { namespace, service, count, sample });
        self
    }

    /// With a series of an app, a sample each 15 seconds, the last one now.
    pub fn app_series(self, signal: Signal, namespace: &str, app: &str, values: &[f64]) -> Self {
        let subject = Subject::App { namespace: namespace.to_owned(), name: app.to_owned() };
        self.series(signal, subject, &[], values)
    }

    /// With a series of a node, a sample each 15 seconds, the last one now.
    pub fn node_series(self, signal: Signal, node: &str, values: &[f64]) -> Self {
        self.series(signal, Subject::Node(node.to_owned()), &[], values)
    }

    /// With a series, a sample each 15 seconds, the last one now.
    pub fn series(mut self, signal: Signal, subject: Subject, labels: &[(&str, &str)], values: &[f64]) -> Self {
        let back = |at: usize| i64::try_from(values.len() - 1 - at).unwrap_or(i64::MAX).saturating_mul(STEP);
        let sample = |(at, value): (usize, &f64)| Sample {
            at: self.state.taken_at - SignedDuration::from_secs(back(at)),
            value: *value,
        };
        let samples = values.iter().enumerate().map(sample).collect();
        let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        self.signals.push(SignalSeries { signal, subject, labels, samples });
        self
    }

    /// With an alert that fires since five minutes, with these labels beside its name.
    pub fn alert(mut self, name: &str, labels: &[(&str, &str)], summary: &str) -> Self {
        let mut all: BTreeMap<String, String> = [("alertname".to_owned(), name.to_owned())].into();
        all.extend(labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        let annotations = [("summary".to_owned(), summary.to_owned())].into();
        let since: Timestamp = self.state.taken_at - SignedDuration::from_mins(5);
        self.alerts.push(Alert { labels: all, annotations, since });
        self
    }

    /// With a monitor outside of the cluster.
    pub fn monitor(mut self, name: &str, state: MonitorState, detail: &str) -> Self {
        let (name, detail) = (name.to_owned(), detail.to_owned());
        self.monitors.push(MonitorStatus { name, state, at: self.state.taken_at, detail });
        self
    }

    /// With that one app calls another.
    pub fn call(mut self, from: &str, to: &str) -> Self {
        self.calls.push(Call { from: from.to_owned(), to: to.to_owned() });
        self
    }

    /// With a systemd unit of a node.
    pub fn unit(mut self, node: &str, unit: &str, state: UnitState, lines: &[&str]) -> Self {
        self.units.push(UnitStatus {
            node: node.to_owned(),
            unit: unit.to_owned(),
            state,
            detail: format!("Active: {state:?}").to_lowercase(),
            since: None,
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        });
        self
    }

    /// With an object as it was applied.
    ///
    /// # Panics
    /// When it is not what its `kind` says.
    #[expect(clippy::expect_used, reason = "a test is told at once what it wrote wrongly")]
    pub fn applied(mut self, object: Value) -> Self {
        let empty = || ClusterState::unread(self.state.taken_at, Source::new("manifests")).all_seen();
        let mut manifests = self.manifests.take().unwrap_or_else(empty);
        manifests.add(object).expect("an object of its kind");
        self.manifests = Some(manifests);
        self
    }
}
