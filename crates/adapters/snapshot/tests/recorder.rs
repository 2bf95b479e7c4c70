//! What is recorded reads back as it was, without secrets, and nowhere else.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lamplighter_core::ErrorKind;
use lamplighter_core::cluster::{ClusterState, Observed};
use lamplighter_core::diagnosis::{Call, LogGroup, UnitState, UnitStatus};
use lamplighter_core::ports::{
    Alert, ClusterReader, Logs, LogsRequest, Manifests, Metrics, MonitorState, MonitorStatus, Monitors, NodeUnits,
    Sample, Scope, Series, Topology,
};
use lamplighter_core::words::{Source, Window};
use lamplighter_snapshot::{ContainerLog, Snapshot, SnapshotRecorder};
use lamplighter_testkit::contract::cluster_fixture;
use proptest::prelude::*;
use serde_json::{Value, json};

const WIDE: [&str; 4] = ["Node", "Namespace", "PersistentVolume", "StorageClass"];
const NAMESPACED: [&str; 21] = [
    "Pod",
    "Event",
    "Service",
    "Endpoints",
    "Deployment",
    "ReplicaSet",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
    "PersistentVolumeClaim",
    "ConfigMap",
    "Secret",
    "ServiceAccount",
    "RoleBinding",
    "ResourceQuota",
    "LimitRange",
    "Ingress",
    "NetworkPolicy",
    "HorizontalPodAutoscaler",
    "PodDisruptionBudget",
];
const SECRET: &str = "correct-horse-battery";

/// A state with an object of every kind in two namespaces, in the order in which a snapshot reads.
fn rich() -> ClusterState {
    let fixture = serde_json::to_value(cluster_fixture()).unwrap();
    let mut state = ClusterState::unread("2026-03-01T10:00:00.25Z".parse().unwrap(), Source::new("a cluster"));
    for kind in WIDE {
        state.add(json!({"kind": kind, "metadata": {"name": "mill", "labels": {"a": "b"}}})).unwrap();
    }
    for name in ["contract-a", "contract-b"] {
        state.add(json!({"kind": "Namespace", "metadata": {"name": name}})).unwrap();
    }
    for kind in NAMESPACED {
        for namespace in ["mill", "mill.two"] {
            let spec = match kind {
                "Deployment" => json!({"replicas": 3, "selector": {"matchLabels": {"app": "sk-long-enough-name"}}}),
                "Ingress" => json!({"rules": [{"host": "mill.example.org"}], "tls": [{"secretName": "mill-tls"}]}),
                _ => json!({}),
            };
            let meta = json!({"name": "sk-long-enough-name", "namespace": namespace, "uid": "u", "annotations": {"team": "ü"}});
            let data = json!({"some-file": "line one\nline two"});
            state.add(json!({"kind": kind, "metadata": meta, "spec": spec, "data": data})).unwrap();
        }
    }
    for kind in ["deployments", "pods", "services", "stateful_sets", "events"] {
        for object in fixture[kind]["seen"].as_array().unwrap() {
            let kind = match kind {
                "deployments" => "Deployment",
                "pods" => "Pod",
                "services" => "Service",
                "stateful_sets" => "StatefulSet",
                _ => "Event",
            };
            let mut object = object.clone();
            object["kind"] = kind.into();
            state.add(object).unwrap();
        }
    }
    in_order(state)
}

/// The same with each kind in the order of namespaces.
fn in_order(state: ClusterState) -> ClusterState {
    let mut fields = serde_json::to_value(state).unwrap();
    for kind in fields.as_object_mut().unwrap().values_mut() {
        if let Some(items) = kind.get_mut("seen").and_then(Value::as_array_mut) {
            items.sort_by_key(|item| item["metadata"]["namespace"].as_str().unwrap_or_default().to_owned());
        }
    }
    serde_json::from_value(fields).unwrap()
}

fn record(dir: &Path, record: impl FnOnce(&mut SnapshotRecorder)) -> Snapshot {
    let target = dir.join("snapshot");
    let mut recorder = SnapshotRecorder::create(&target).unwrap();
    record(&mut recorder);
    assert_eq!(recorder.finish().unwrap(), target);
    Snapshot::open(&target).unwrap()
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

async fn read_back(state: &ClusterState, scope: &Scope) -> ClusterState {
    let dir = tempfile::tempdir().unwrap();
    let snapshot = record(dir.path(), |recorder| recorder.state(state, scope).unwrap());
    let read = snapshot.state(scope).await.unwrap();
    ClusterState { source: state.source.clone(), ..read }
}

#[tokio::test]
async fn a_state_reads_back_as_it_was() {
    let state = rich();
    assert_eq!(read_back(&state, &Scope::everything()).await, state);
    let empty = ClusterState::unread(state.taken_at, state.source.clone()).all_seen();
    assert_eq!(read_back(&empty, &Scope::everything()).await, empty);
}

#[tokio::test]
async fn each_kind_that_was_unknown_is_absent_from_the_recording() {
    let fields = serde_json::to_value(rich()).unwrap();
    let kinds: Vec<_> =
        fields.as_object().unwrap().keys().filter(|key| !["taken_at", "source"].contains(&key.as_str())).collect();
    assert_eq!(kinds.len(), WIDE.len() + NAMESPACED.len());
    for kind in kinds {
        let mut fields = fields.clone();
        fields[kind] = json!({"unknown": "forbidden"});
        let state: ClusterState = serde_json::from_value(fields.clone()).unwrap();
        let mut read = serde_json::to_value(read_back(&state, &Scope::everything()).await).unwrap();
        assert!(read[kind]["absent"].as_str().unwrap().starts_with("the snapshot has no"), "{kind}");
        read[kind] = fields[kind].clone();
        assert_eq!(read, fields, "{kind}");
    }
}

#[tokio::test]
async fn a_namespace_outside_of_the_scope_is_not_said_to_be_empty() {
    let mut state = rich();
    let Observed::Seen(pods) = &mut state.pods else { unreachable!() };
    pods.retain(|pod| pod.metadata.namespace() == "mill");
    let dir = tempfile::tempdir().unwrap();
    let mut narrow = ClusterState::unread(state.taken_at, state.source.clone());
    (narrow.pods, narrow.namespaces) = (state.pods, state.namespaces);
    let snapshot = record(dir.path(), |recorder| recorder.state(&narrow, &Scope::namespace("mill")).unwrap());
    let read = |namespace: &str| {
        let (snapshot, scope) = (snapshot.clone(), Scope::namespace(namespace));
        async move { snapshot.state(&scope).await.unwrap().pods }
    };
    assert_eq!(read("mill").await.items().len(), 1);
    assert!(read("contract-a").await.seen().is_none());
    assert_eq!(read("gone").await.seen(), Some(&Vec::new()));
}

#[tokio::test]
async fn all_else_reads_back_as_it_was() {
    let at = |second: i64| jiff::Timestamp::from_millisecond(1_772_359_200_000 + second * 1000 + 125).unwrap();
    let labels = |name: &str| [("__name__".to_owned(), name.to_owned())].into();
    let sample = |second| Sample { at: at(second), value: 0.1 + 0.2 };
    let series = vec![Series { labels: labels("mill_up"), samples: vec![sample(0), sample(60)] }];
    let alerts = vec![Alert { labels: labels("x"), annotations: labels("slow mill"), since: at(0) }];
    let monitor =
        MonitorStatus { name: "mill".to_owned(), state: MonitorState::Down, at: at(1), detail: "HTTP 502".to_owned() };
    let calls = vec![Call { from: "mill".to_owned(), to: "river".to_owned() }];
    let unit = UnitStatus {
        node: "host-1".to_owned(),
        unit: "agent@1".to_owned(),
        state: UnitState::Failed,
        detail: "Active: failed (Result: exit-code) since Sun 2026-03-01 10:00:00 UTC; 3s ago".to_owned(),
        since: Some("2026-03-01T10:00:00Z".parse().unwrap()),
        lines: vec!["one".to_owned(), String::new(), "two".to_owned()],
    };
    let group = |sample: &str| LogGroup {
        namespace: "mill".to_owned(),
        service: "mill".to_owned(),
        count: 3,
        sample: sample.to_owned(),
    };
    let groups = vec![group("refused"), group("timed out")];
    let applied = rich().all_seen();
    let dir = tempfile::tempdir().unwrap();
    let snapshot = record(dir.path(), |recorder| {
        recorder.state(&applied, &Scope::everything()).unwrap();
        recorder.series(&series).unwrap();
        recorder.alerts(&alerts).unwrap();
        recorder.monitors(std::slice::from_ref(&monitor)).unwrap();
        recorder.calls(&calls).unwrap();
        recorder.units(std::slice::from_ref(&unit)).unwrap();
        recorder.groups(&groups).unwrap();
        recorder.manifests(&applied).unwrap();
    });
    assert_eq!(snapshot.range("mill_up", Window { from: at(-1), to: None }, 1).await.unwrap(), series);
    assert_eq!(Metrics::alerts(&snapshot).await.unwrap(), alerts);
    assert_eq!(snapshot.statuses().await.unwrap(), [monitor]);
    assert_eq!(snapshot.calls().await.unwrap(), calls);
    assert_eq!(snapshot.units().await.unwrap(), [unit]);
    assert_eq!(snapshot.groups().await.unwrap(), groups);
    let read = Arc::unwrap_or_clone(snapshot.applied().await.unwrap());
    assert_eq!(ClusterState { source: applied.source.clone(), ..read }, applied);
    assert_eq!(snapshot.taken_at(), applied.taken_at);
}

#[tokio::test]
async fn no_planted_secret_is_in_any_byte() {
    let encoded = "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5";
    let applied = json!({"kind": "Secret", "data": {"plain": encoded}, "stringData": {"plain": SECRET}}).to_string();
    let of_pod = json!({"kind": "Pod", "spec": {"containers": [{"env": [{"name": "DB_PASSWORD", "value": SECRET}]}]}});
    let notes = |applied: String| {
        json!({"kubectl.kubernetes.io/last-applied-configuration": applied, "mill/api-token": SECRET,
            "mill/note": format!("password={SECRET}")})
    };
    let container = json!({"name": "mill", "args": ["--password", SECRET, format!("--token={SECRET}")],
        "env": [{"name": "MILL_SECRET", "value": SECRET}, {"name": "MILL_DB", "value": format!("postgres://mill:{SECRET}@db/x")}],
        "livenessProbe": {"httpGet": {"path": format!("/live?token={SECRET}"), "port": 80},
            "exec": {"command": ["curl", format!("https://u:{SECRET}@mill/")]}}});
    let said = format!("login failed password={SECRET}");
    let objects = [
        json!({"kind": "Secret", "type": "Opaque", "data": {"plain": encoded}, "stringData": {"plain": SECRET}}),
        json!({"kind": "ConfigMap", "data": {"password": SECRET, "mill.ini": format!("user=ada\npassword={SECRET}\n")}}),
        json!({"kind": "Pod", "spec": {"containers": [container]}, "status": {"message": said, "containerStatuses": [
            {"name": "mill", "lastState": {"terminated": {"message": said}}, "state": {"waiting": {"message": said}}}]}}),
        json!({"kind": "Deployment", "spec": {"template": {"metadata": {"annotations": notes(of_pod.to_string())},
            "spec": {"initContainers": [container]}}}}),
        json!({"kind": "Event", "message": said}),
    ];
    let mut state = ClusterState::unread("2026-03-01T10:00:00Z".parse().unwrap(), Source::new("a cluster"));
    for mut object in objects {
        let is_secret = object["kind"] == "Secret";
        let annotations = notes(if is_secret { applied.clone() } else { of_pod.to_string() });
        object["metadata"] = json!({"name": "mill", "namespace": "mill", "annotations": annotations});
        state.add(object).unwrap();
    }
    let text = |text: &str| [("summary".to_owned(), text.to_owned())].into();
    let dir = tempfile::tempdir().unwrap();
    let snapshot = record(dir.path(), |recorder| {
        recorder.state(&state, &Scope::everything()).unwrap();
        recorder.manifests(&state).unwrap();
        let log = ContainerLog { container: "mill".to_owned(), lines: vec![said.clone()] };
        recorder.logs("mill", "mill", false, std::slice::from_ref(&log)).unwrap();
        recorder.logs("mill", "mill", true, &[log]).unwrap();
        let at = state.taken_at;
        recorder.alerts(&[Alert { labels: text(&said), annotations: text(&said), since: at }]).unwrap();
        let detail = said.clone();
        recorder.monitors(&[MonitorStatus { name: "mill".to_owned(), state: MonitorState::Up, at, detail }]).unwrap();
        let (namespace, service) = ("mill".to_owned(), "mill".to_owned());
        recorder.groups(&[LogGroup { namespace, service, count: 1, sample: said.clone() }]).unwrap();
        recorder
            .units(&[UnitStatus {
                node: "host".to_owned(),
                unit: "agent".to_owned(),
                state: UnitState::Active,
                detail: said.clone(),
                since: None,
                lines: vec![said.clone()],
            }])
            .unwrap();
    });
    for file in files(dir.path()) {
        let bytes = fs::read_to_string(&file).unwrap();
        assert!(!bytes.contains(SECRET) && !bytes.contains(encoded), "{}: {bytes}", file.display());
    }
    let read = snapshot.state(&Scope::everything()).await.unwrap();
    assert_eq!(read.secrets.items()[0].keys, ["plain".to_owned()].into(), "the names of keys are kept");
}

#[cfg(unix)]
#[test]
fn a_recording_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let log = ContainerLog { container: "mill".to_owned(), lines: Vec::new() };
    record(dir.path(), |recorder| {
        recorder.state(&rich(), &Scope::everything()).unwrap();
        recorder.logs("mill", "mill-0", false, &[log]).unwrap();
    });
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for file in files(dir.path()) {
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700), "{}", file.display());
    }
}

#[test]
fn what_is_there_is_left_alone_and_what_breaks_off_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let names = || fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    let target = dir.path().join("full");
    fs::create_dir(&target).unwrap();
    fs::write(target.join("mine"), "x").unwrap();
    for occupied in [&target, &target.join("mine")] {
        let error = lamplighter_core::Error::from(SnapshotRecorder::create(occupied).unwrap_err());
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("is not empty"), "{error}");
    }
    assert_eq!(names(), ["full"]);

    let mut recorder = SnapshotRecorder::create(dir.path().join("later")).unwrap();
    recorder.state(&rich(), &Scope::everything()).unwrap();
    assert!(!dir.path().join("later").exists(), "it has its name only at the end");
    drop(recorder);
    assert_eq!(names(), ["full"]);

    fs::create_dir(dir.path().join("empty")).unwrap();
    let recorder = SnapshotRecorder::create(dir.path().join("empty")).unwrap();
    fs::write(dir.path().join("empty/came"), "x").unwrap();
    recorder.finish().unwrap_err();
    fs::remove_file(dir.path().join("empty/came")).unwrap();
    SnapshotRecorder::create(dir.path().join("empty")).unwrap().finish().unwrap();
    assert_eq!(names().len(), 2);
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let mut recorder = SnapshotRecorder::create(dir.path().join("snapshot")).unwrap();
    for name in ["..", "../x", "a/../../x", "/tmp/x", "", ".", "a\0b", "a/b"] {
        let log = ContainerLog { container: "mill".to_owned(), lines: Vec::new() };
        let odd = ContainerLog { container: format!("{name}\n"), lines: Vec::new() };
        recorder.logs(name, "mill", false, std::slice::from_ref(&log)).unwrap_err();
        recorder.logs("mill", name, false, &[log]).unwrap_err();
        recorder.logs("mill", "mill", false, &[odd]).unwrap_err();
        let unit = |node: &str, unit: &str| UnitStatus {
            node: node.to_owned(),
            unit: unit.to_owned(),
            state: UnitState::Active,
            detail: String::new(),
            since: None,
            lines: Vec::new(),
        };
        recorder.units(&[unit(name, "agent")]).unwrap_err();
        recorder.units(&[unit("host", name)]).unwrap_err();
        let mut state = ClusterState::unread(jiff::Timestamp::UNIX_EPOCH, Source::new("x"));
        state.add(json!({"kind": "Pod", "metadata": {"name": "x", "namespace": name}})).unwrap();
        if !name.is_empty() {
            recorder.state(&state, &Scope::everything()).unwrap_err();
        }
    }
    drop(recorder);
    assert!(files(dir.path()).is_empty());
}

proptest! {
    #[test]
    fn lines_read_back_whatever_they_quote(
        lines in proptest::collection::vec(
            prop_oneof![
                "[ -~]{0,20}",
                Just("==== END logs for container web of pod mill/web-0 ====".to_owned()),
                Just("x==== END logs for container side of pod mill/web-0 ====".to_owned()),
                Just("==== START logs for container side of pod mill/web-0 ====".to_owned()),
                "[α-ω☂]{1,5}",
            ],
            0..12,
        )
    ) {
        let dir = tempfile::tempdir().unwrap();
        let log = |container: &str| ContainerLog { container: container.to_owned(), lines: lines.clone() };
        let snapshot = record(dir.path(), |recorder| {
            recorder.state(&ClusterState::unread(jiff::Timestamp::UNIX_EPOCH, Source::new("x")), &Scope::everything()).unwrap();
            recorder.logs("mill", "web-0", false, &[log("web"), log("side")]).unwrap();
        });
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for container in ["web", "side"] {
            let (namespace, pod) = ("mill".to_owned(), "web-0".to_owned());
            let request = LogsRequest { namespace, pod, container: Some(container.to_owned()), previous: false, lines: 100 };
            let read = runtime.block_on(snapshot.tail(&request)).unwrap();
            let read: Vec<&str> = read.iter().map(|line| line.trim_end()).collect();
            let expected: Vec<String> = lines.iter().map(|line| lamplighter_core::redact(line).trim_end().to_owned()).collect();
            prop_assert_eq!(read, expected);
        }
    }
}
