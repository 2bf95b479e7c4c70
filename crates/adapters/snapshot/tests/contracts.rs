//! The contracts of the ports, over dumps of what the suites expect to find.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use lamplighter_core::async_trait;
use lamplighter_core::cluster::ClusterState;
use lamplighter_core::ports::{ClusterReader, Logs, Metrics, Monitors, Scope};
use lamplighter_snapshot::{Snapshot, SnapshotRecorder};
use lamplighter_testkit::contract::{
    self, ClusterHarness, ContainerLines, LogsHarness, MetricsHarness, MonitorsHarness, alerts_fixture,
    cluster_fixture, metrics_fixture,
};
use serde_json::json;
use tempfile::TempDir;

/// A dump of the cluster that the suites expect.
struct Dump {
    dir: TempDir,
    snapshot: Snapshot,
}

impl Dump {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        write_dump(dir.path(), &cluster_fixture());
        let snapshot = Snapshot::open(dir.path()).unwrap();
        Self { dir, snapshot }
    }
}

fn write_dump(dir: &Path, state: &ClusterState) {
    let mut recorder = SnapshotRecorder::create(dir).unwrap();
    recorder.state(state, &Scope::everything()).unwrap();
    recorder.finish().unwrap();
}

#[async_trait]
impl ClusterHarness for Dump {
    fn reader(&self) -> &dyn ClusterReader {
        &self.snapshot
    }

    async fn without_pods(&self) -> Option<Box<dyn ClusterReader>> {
        let dir = self.dir.path().join("without-pods");
        write_dump(&dir, &cluster_fixture());
        for namespace in ["contract-a", "contract-b"] {
            fs::remove_file(dir.join(namespace).join("pods.json")).unwrap();
        }
        Some(Box::new(Snapshot::open(&dir).unwrap()))
    }

    async fn nowhere(&self) -> Option<Box<dyn ClusterReader>> {
        let dir = tempfile::tempdir().unwrap();
        write_dump(dir.path(), &cluster_fixture());
        Some(Box::new(Snapshot::open(dir.path()).unwrap()))
    }
}

#[tokio::test]
async fn a_snapshot_keeps_the_contract_of_clusters() {
    contract::cluster_reader(&Dump::new()).await;
}

#[async_trait]
impl LogsHarness for Dump {
    fn port(&self) -> &dyn Logs {
        &self.snapshot
    }

    async fn pod(&self, namespace: &str, name: &str, containers: &[ContainerLines]) {
        let dir = self.dir.path().join(namespace).join(name);
        fs::create_dir_all(&dir).unwrap();
        let section = |container: &str, lines: &[String]| {
            let of = format!("logs for container {container} of pod {namespace}/{name} ====\n");
            let lines: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
            format!("==== START {of}{lines}==== END {of}")
        };
        let current: String = containers.iter().map(|logs| section(&logs.container, &logs.current)).collect();
        fs::write(dir.join("logs.txt"), current).unwrap();
        let previous = containers.iter().filter_map(|logs| Some(section(&logs.container, logs.previous.as_ref()?)));
        let previous: String = previous.collect();
        if !previous.is_empty() {
            fs::write(dir.join("logs-previous.txt"), previous).unwrap();
        }
    }
}

#[tokio::test]
async fn a_snapshot_keeps_the_contract_of_logs() {
    contract::logs(&Dump::new()).await;
}

#[async_trait]
impl MetricsHarness for Dump {
    fn port(&self) -> &dyn Metrics {
        &self.snapshot
    }
}

#[tokio::test]
async fn a_snapshot_keeps_the_contract_of_metrics() {
    let dump = Dump::new();
    let result: Vec<_> = metrics_fixture()
        .iter()
        .map(|series| {
            let value = |value: f64| value.to_string();
            let values: Vec<_> =
                series.samples.iter().map(|sample| json!([sample.at.as_second(), value(sample.value)])).collect();
            json!({ "metric": series.labels, "values": values })
        })
        .collect();
    let metrics = json!({ "status": "success", "data": { "resultType": "matrix", "result": result } });
    fs::write(dump.dir.path().join("metrics.json"), metrics.to_string()).unwrap();
    let alerts: Vec<_> = alerts_fixture()
        .iter()
        .map(|alert| json!({ "labels": alert.labels, "annotations": alert.annotations, "startsAt": alert.since }))
        .collect();
    fs::write(dump.dir.path().join("alerts.json"), serde_json::to_vec(&alerts).unwrap()).unwrap();
    contract::metrics(&dump).await;
}

/// A dump that is made again whenever a service changes.
struct Recorder {
    dump: Dump,
    states: std::sync::Mutex<BTreeMap<String, &'static str>>,
}

impl Recorder {
    fn record(&self, name: &str, state: &'static str) {
        let mut states = self.states.lock().unwrap();
        states.insert(name.to_owned(), state);
        let said = |(name, state): (&String, &&str)| json!({ "name": name, "state": state, "at": "2026-03-01T12:00:00Z", "detail": "HTTP" });
        let monitors: Vec<_> = states.iter().map(said).collect();
        fs::write(self.dump.dir.path().join("monitors.json"), serde_json::to_vec(&monitors).unwrap()).unwrap();
    }
}

#[async_trait]
impl MonitorsHarness for Recorder {
    fn port(&self) -> &dyn Monitors {
        &self.dump.snapshot
    }

    async fn set_up(&self, name: &str, works: bool) {
        self.record(name, if works { "up" } else { "down" });
    }

    async fn blind(&self, name: &str) -> bool {
        self.record(name, "unknown");
        true
    }
}

#[tokio::test]
async fn a_snapshot_keeps_the_contract_of_monitors() {
    let recorder = Recorder { dump: Dump::new(), states: std::sync::Mutex::default() };
    recorder.record("wiki", "up");
    recorder.record("files", "up");
    contract::monitors(&recorder).await;
}
