//! Real recordings: every snapshot below `../shared/bench/cloudops/snapshots` (relative to the repository) opens, parses whole
//! and gives its logs, metrics and alerts. Skipped where that folder is absent.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use lamplighter_core::ErrorKind;
use lamplighter_core::cluster::{ClusterState, Observed};
use lamplighter_core::diagnosis::UnitState;
use lamplighter_core::ports::{ClusterReader, Logs, LogsRequest, Manifests, Metrics, NodeUnits, Scope, Topology};
use lamplighter_core::words::Window;
use lamplighter_snapshot::Snapshot;

fn snapshots() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/bench/cloudops/snapshots");
    let Ok(entries) = fs::read_dir(&dir) else {
        println!("skipped: {} is absent", dir.display());
        return Vec::new();
    };
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test]
async fn every_recorded_file_is_seen_and_every_missing_one_is_unknown() {
    for dir in snapshots() {
        let snapshot = Snapshot::open(&dir).unwrap();
        let state = snapshot.state(&Scope::everything()).await.unwrap();
        for (file, reason) in unknown(&state) {
            assert!(reason.contains("has no"), "{}: {file}: {reason}", dir.display());
            assert!(!recorded(&dir, file), "{}: {file}: {reason}", dir.display());
        }
        assert!(!state.source.as_str().contains("newest file"), "{}", dir.display());
    }
}

#[tokio::test]
async fn everything_beside_the_objects_reads() {
    for dir in snapshots() {
        let snapshot = Snapshot::open(&dir).unwrap();
        let is_there = |file: &str| dir.join(file).exists();
        if is_there("dependencies.json") {
            assert!(!snapshot.calls().await.unwrap().is_empty());
        }
        if is_there("manifests.json") {
            let applied = snapshot.applied().await.unwrap();
            assert!(!applied.deployments.items().is_empty(), "{:?}", applied.deployments.as_result().err());
        }
        if is_there("node-logs") {
            let units = snapshot.units().await.unwrap();
            assert!(units.iter().all(|unit| unit.state != UnitState::Unknown && !unit.detail.is_empty()));
        }
        let groups = snapshot.groups().await.unwrap();
        assert!(groups.iter().all(|group| group.count > 0 && !group.sample.is_empty()));
    }
}

#[tokio::test]
async fn every_recorded_log_reads() {
    const START: &str = "==== START logs for container ";
    for dir in snapshots() {
        let snapshot = Snapshot::open(&dir).unwrap();
        let state = snapshot.state(&Scope::everything()).await.unwrap();
        for pod in state.pods.items() {
            let (namespace, name) = (pod.metadata.namespace(), &pod.metadata.name);
            let file = dir.join(namespace).join(name).join("logs.txt");
            let Ok(text) = fs::read_to_string(&file) else {
                assert_eq!(
                    snapshot.tail(&request(namespace, name, None)).await.unwrap_err().kind(),
                    ErrorKind::NotFound
                );
                continue;
            };
            let mut lines = 0;
            for container in text.lines().filter_map(|line| line.strip_prefix(START)?.split(' ').next()) {
                lines += snapshot.tail(&request(namespace, name, Some(container))).await.unwrap().len();
            }
            if !text.contains(START) {
                lines = snapshot.tail(&request(namespace, name, None)).await.unwrap().len();
            }
            let unmarked = text.lines().filter(|line| !is_marker(line)).count();
            assert_eq!(lines, unmarked, "{}", file.display());
        }
    }
}

#[tokio::test]
async fn every_recorded_series_and_alert_is_found() {
    let window = Window { from: "2000-01-01T00:00:00Z".parse().unwrap(), to: None };
    for dir in snapshots() {
        let snapshot = Snapshot::open(&dir).unwrap();
        let text = fs::read_to_string(dir.join("alerts.json")).unwrap();
        let recorded: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(snapshot.alerts().await.unwrap().len(), recorded.len());

        let Ok(text) = fs::read_to_string(dir.join("metrics.json")) else { continue };
        let recorded: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut samples: BTreeMap<&str, usize> = BTreeMap::new();
        for series in recorded["data"]["result"].as_array().unwrap() {
            let name = series["metric"]["__name__"].as_str().unwrap();
            *samples.entry(name).or_default() += series["values"].as_array().unwrap().len();
        }
        for (name, samples) in samples {
            let series = snapshot.range(name, window, 1).await.unwrap();
            assert_eq!(series.iter().map(|series| series.samples.len()).sum::<usize>(), samples, "{name}");
        }
    }
}

fn is_marker(line: &str) -> bool {
    line.starts_with("==== START logs for container ") || line.starts_with("==== END logs for container ")
}

fn request(namespace: &str, pod: &str, container: Option<&str>) -> LogsRequest {
    let (namespace, pod, container) = (namespace.to_owned(), pod.to_owned(), container.map(str::to_owned));
    LogsRequest { namespace, pod, container, previous: false, lines: 1_000_000 }
}

fn unknown(state: &ClusterState) -> Vec<(&'static str, &str)> {
    fn reason<T>(observed: &Observed<T>) -> Option<&str> {
        observed.as_result().err()
    }
    let kinds = [
        ("nodes", reason(&state.nodes)),
        ("pods", reason(&state.pods)),
        ("deployments", reason(&state.deployments)),
        ("replicasets", reason(&state.replica_sets)),
        ("statefulsets", reason(&state.stateful_sets)),
        ("daemonsets", reason(&state.daemon_sets)),
        ("jobs", reason(&state.jobs)),
        ("persistentvolumeclaims", reason(&state.claims)),
        ("events", reason(&state.events)),
        ("services", reason(&state.services)),
        ("endpoints", reason(&state.endpoints)),
        ("namespaces", reason(&state.namespaces)),
        ("persistentvolumes", reason(&state.volumes)),
        ("storageclasses", reason(&state.storage_classes)),
        ("configmaps", reason(&state.config_maps)),
        ("secrets", reason(&state.secrets)),
        ("serviceaccounts", reason(&state.service_accounts)),
        ("rolebindings", reason(&state.role_bindings)),
        ("resourcequotas", reason(&state.quotas)),
        ("ingresses", reason(&state.ingresses)),
        ("networkpolicies", reason(&state.network_policies)),
    ];
    kinds.into_iter().filter_map(|(file, reason)| Some((file, reason?))).collect()
}

fn recorded(dir: &Path, file: &str) -> bool {
    let file = format!("{file}.json");
    let nested = fs::read_dir(dir).unwrap().any(|entry| entry.unwrap().path().join(&file).is_file());
    nested || dir.join(file).is_file()
}
