//! Dumps of our own making: what is missing, malformed, odd or hostile.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs;

use lamplighter_core::ErrorKind;
use lamplighter_core::cluster::ClusterState;
use lamplighter_core::ports::{ClusterReader, Logs, LogsRequest, Metrics, MonitorState, Monitors, Scope};
use lamplighter_core::words::{Window, WorkloadKind, WorkloadRef};
use lamplighter_snapshot::{Snapshot, SnapshotError};
use tempfile::TempDir;

const NODES: (&str, &str) = ("nodes.json", r#"{"kind":"NodeList","items":[]}"#);

fn dump(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (file, text) in files {
        let path = dir.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

async fn state(files: &[(&str, &str)], scope: Scope) -> ClusterState {
    Snapshot::open(dump(files).path()).unwrap().state(&scope).await.unwrap()
}

/// What is read from `apps/pods.json`: the pods' names, or why they are unknown.
async fn pods(text: &str) -> Result<Vec<String>, String> {
    let dir = dump(&[NODES, ("apps/pods.json", text)]);
    let state = Snapshot::open(dir.path()).unwrap().state(&Scope::everything()).await.unwrap();
    let pods = state.pods.as_result().map_err(str::to_owned)?;
    assert!(pods.iter().all(|pod| pod.metadata.namespace() == "apps"));
    Ok(pods.iter().map(|pod| pod.metadata.name.clone()).collect())
}

#[tokio::test]
async fn every_form_of_a_list_is_read() {
    for text in [
        r#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"a"}}]}"#,
        r#"{"kind":"List","items":[{"kind":"Pod","metadata":{"name":"a","namespace":"apps"}}]}"#,
        r#"{"items":[{"metadata":{"name":"a","namespace":null}}]}"#,
        r#"[{"metadata":{"name":"a"}}]"#,
        r#"{"kind":"Pod","metadata":{"name":"a"}}"#,
        "\u{feff}{\"kind\":\"PodList\",\r\n\"items\":[{\"metadata\":{\"name\":\"a\"}}]}\r\n",
    ] {
        assert_eq!(pods(text).await, Ok(vec!["a".to_owned()]), "{text}");
    }
    for text in
        [r#"{"kind":"PodList","items":[]}"#, r#"{"kind":"PodList","items":null}"#, r#"{"kind":"PodList"}"#, "[]"]
    {
        assert_eq!(pods(text).await, Ok(Vec::new()), "{text}");
    }
}

#[tokio::test]
async fn what_does_not_read_is_unknown_and_says_where() {
    for (text, reason) in [
        ("", "apps/pods.json of the snapshot does not parse: EOF while parsing a value at line 1 column 0"),
        (
            "{\"kind\":\"PodList\",\n \"items\":[{]}",
            "apps/pods.json of the snapshot does not parse: key must be a string at line 2 column 12",
        ),
        (r#"{"kind":"PodList","items":[{"status":{"phase":7}}]}"#, "expected a string at line 1 column 47"),
        (r#"{"kind":"DeploymentList","items":[]}"#, "should hold a list of kind Pod, and holds kind DeploymentList"),
        (r#"{"metadata":{}}"#, "should hold a list of kind Pod, and holds no list"),
        (r#"{"kind":"Status","message":"pods is forbidden"}"#, "holds the server's refusal: pods is forbidden"),
        ("error: the server could not be reached", "line 1 column 1"),
    ] {
        let unknown = pods(text).await.unwrap_err();
        assert!(unknown.contains(reason), "{text}: {unknown}");
    }
    let deep = format!("{{\"items\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let unknown = pods(&deep).await.unwrap_err();
    assert!(unknown.contains("does not parse"), "{unknown}");
}

#[tokio::test]
async fn text_that_is_not_unicode_is_unknown() {
    let dir = dump(&[NODES, ("apps/events.json", "[]")]);
    fs::write(dir.path().join("apps/pods.json"), b"{\"kind\":\"\xff\xfe\"}").unwrap();
    let state = Snapshot::open(dir.path()).unwrap().state(&Scope::everything()).await.unwrap();
    assert!(state.pods.as_result().unwrap_err().contains("line 1 column"));
    assert_eq!(state.events.seen(), Some(&Vec::new()));
}

#[tokio::test]
async fn a_missing_file_is_unknown_and_an_empty_list_is_seen() {
    let state = state(&[NODES, ("apps/pods.json", r#"{"kind":"PodList","items":[]}"#)], Scope::everything()).await;
    assert_eq!(state.nodes.seen(), Some(&Vec::new()));
    assert_eq!(state.pods.seen(), Some(&Vec::new()));
    assert_eq!(state.events.as_result(), Err("the snapshot has no events.json in any namespace"));
}

#[tokio::test]
async fn namespaces_are_merged_and_a_scope_limits_them() {
    let pod = |name: &str| format!(r#"{{"kind":"PodList","items":[{{"metadata":{{"name":"{name}"}}}}]}}"#);
    let (a, b) = (pod("a"), pod("b"));
    let files = [NODES, ("apps/pods.json", &*a), ("web/pods.json", &*b), ("web/jobs.json", "[]")];
    let names = |state: &ClusterState| {
        let names = state.pods.items().iter().map(|pod| format!("{}/{}", pod.metadata.namespace(), pod.metadata.name));
        names.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(&state(&files, Scope::everything()).await), "apps/a web/b");

    let one = state(&files, Scope::namespace("web")).await;
    assert_eq!(names(&one), "web/b");
    assert_eq!(one.jobs.seen(), Some(&Vec::new()));

    let other = state(&files, Scope::namespace("apps")).await;
    assert_eq!(other.jobs.as_result(), Err("the snapshot has no apps/jobs.json"));
    let absent = state(&files, Scope { namespaces: vec!["apps".to_owned(), "gone".to_owned()] }).await;
    assert_eq!(absent.pods.as_result(), Err("the snapshot has no gone/pods.json"));
    assert!(absent.nodes.seen().is_some());
    assert_eq!(state(&files, Scope::namespace("../web")).await.pods.seen(), Some(&Vec::new()));
}

#[tokio::test]
async fn a_namespace_that_the_cluster_did_not_have_is_empty() {
    let namespaces = r#"{"kind":"NamespaceList","items":[{"metadata":{"name":"apps"}},{"metadata":{"name":"dark"}}]}"#;
    let dir = dump(&[("namespaces.json", namespaces), ("apps/pods.json", "[]"), ("unlisted/pods.json", "[]")]);
    let snapshot = Snapshot::open(dir.path()).unwrap();
    for (namespace, expected) in
        [("gone", Ok(0)), ("apps", Ok(0)), ("unlisted", Ok(0)), ("dark", Err("the snapshot has no dark/pods.json"))]
    {
        let state = snapshot.state(&Scope::namespace(namespace)).await.unwrap();
        assert_eq!(state.pods.as_result().map(Vec::len), expected, "{namespace}");
    }
    assert_eq!(snapshot.pod("gone", "web-0").await.unwrap(), None);
}

#[tokio::test]
async fn a_folder_that_is_gone_is_an_error() {
    let dir = dump(&[NODES]);
    let snapshot = Snapshot::open(dir.path()).unwrap();
    drop(dir);
    let error = snapshot.state(&Scope::everything()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
}

#[tokio::test]
async fn one_namespace_that_does_not_read_makes_the_kind_unknown() {
    let files = [("apps/pods.json", "[]"), ("web/pods.json", "{"), ("web/events.json", "[]")];
    let state = state(&files, Scope::everything()).await;
    assert!(state.pods.as_result().unwrap_err().starts_with("web/pods.json of the snapshot does not parse"));
    assert!(state.events.seen().is_some());
}

#[test]
fn a_folder_that_is_no_dump_says_what_is_expected() {
    let dir = dump(&[("README.md", "hello"), ("src/main.rs", ""), ("node-logs/n1/kubelet.txt", "")]);
    let error = Snapshot::open(dir.path()).unwrap_err();
    assert!(matches!(error, SnapshotError::NotADump(_)), "{error:?}");
    assert!(error.to_string().contains("kubectl cluster-info dump"), "{error}");

    let file = dir.path().join("README.md");
    assert!(matches!(Snapshot::open(&file), Err(SnapshotError::NotADump(_))));
    let absent = lamplighter_core::Error::from(Snapshot::open(dir.path().join("absent")).unwrap_err());
    assert_eq!(absent.kind(), ErrorKind::NotFound);
    assert!(!absent.public_message().contains("absent"), "{}", absent.public_message());
}

#[test]
fn the_time_is_the_recorded_one_or_the_newest_in_it_or_that_of_the_newest_file() {
    let dir = dump(&[NODES, ("snapshot.json", r#"{"collected_at":"2026-03-01T10:00:00Z","source":"x"}"#)]);
    let snapshot = Snapshot::open(dir.path()).unwrap();
    assert_eq!(snapshot.taken_at().to_string(), "2026-03-01T10:00:00Z");
    assert!(!snapshot.source().as_str().contains("newest"));

    let dir = dump(&[NODES, ("apps/pods.json", "[]")]);
    let times = [("nodes.json", 1_700_000_000), ("apps/pods.json", 1_700_000_060)];
    for (file, seconds) in times {
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        fs::File::options().append(true).open(dir.path().join(file)).unwrap().set_modified(time).unwrap();
    }
    let snapshot = Snapshot::open(dir.path()).unwrap();
    assert_eq!(snapshot.taken_at().as_second(), 1_700_000_060);
    assert!(snapshot.source().as_str().contains("dated by its newest file"));

    // Files are as old as their copy; what is in them tells more, unless it is still to come.
    let heartbeats =
        r#"[{"status":{"conditions":[{"lastHeartbeatTime":"2023-11-14T21:00:00Z","until":"2033-01-01T00:00:00Z"}]}}]"#;
    let events = r#"[{"eventTime":"2023-11-14T21:03:00.5Z","message":"not at 2023-11-14T22:00:00Z"}]"#;
    let dir = dump(&[("nodes.json", heartbeats), ("apps/events.json", events)]);
    let snapshot = Snapshot::open(dir.path()).unwrap();
    assert_eq!(snapshot.taken_at().to_string(), "2023-11-14T21:03:00.5Z");
    assert!(snapshot.source().as_str().contains("dated by the newest time in it"));

    let dir = dump(&[NODES, ("snapshot.json", r#"{"collected_at":"yesterday"}"#)]);
    let error = Snapshot::open(dir.path()).unwrap_err().to_string();
    assert!(error.starts_with("snapshot.json of the snapshot does not parse"), "{error}");
}

#[tokio::test]
async fn a_pod_and_a_replica_count_are_found_by_name() {
    let dir = dump(&[
        ("apps/pods.json", r#"[{"metadata":{"name":"web-0","uid":"u1"}}]"#),
        ("apps/deployments.json", r#"[{"metadata":{"name":"web"},"spec":{"replicas":0}},{"metadata":{"name":"one"}}]"#),
        ("apps/statefulsets.json", r#"[{"metadata":{"name":"db"},"spec":{"replicas":3}}]"#),
        ("apps/daemonsets.json", r#"[{"metadata":{"name":"agent"}}]"#),
    ]);
    let snapshot = Snapshot::open(dir.path()).unwrap();
    assert_eq!(snapshot.pod("apps", "web-0").await.unwrap().unwrap().metadata.uid, "u1");
    assert_eq!(snapshot.pod("apps", "web-1").await.unwrap(), None);
    assert_eq!(snapshot.pod("gone", "web-0").await.unwrap_err().kind(), ErrorKind::NotFound);
    for (kind, name, replicas) in [
        (WorkloadKind::Deployment, "web", Some(0)),
        (WorkloadKind::Deployment, "one", Some(1)),
        (WorkloadKind::Deployment, "gone", None),
        (WorkloadKind::StatefulSet, "db", Some(3)),
        (WorkloadKind::DaemonSet, "agent", None),
    ] {
        let workload = WorkloadRef::new(kind, "apps", name);
        assert_eq!(snapshot.replicas(&workload).await.unwrap(), replicas, "{workload}");
    }
}

fn logs_of(container: Option<&str>, previous: bool, lines: u32) -> LogsRequest {
    let (namespace, pod) = ("apps".to_owned(), "web-0".to_owned());
    LogsRequest { namespace, pod, container: container.map(str::to_owned), previous, lines }
}

#[tokio::test]
async fn logs_are_taken_apart_by_container() {
    let logs = "==== START logs for container init of pod apps/web-0 ====\r\n\
        migrated\r\n\
        ==== END logs for container init of pod apps/web-0 ====\r\n\
        ==== START logs for container web of pod apps/web-0 ====\n\
        one\n\
        ==== START logs for container init of pod apps/web-0 ====\n\
        ==== END logs for container other of pod apps/web-0 ====\n\
        \n\
        überlauf ✗==== END logs for container web of pod apps/web-0 ====\n\
        ==== START logs for container quiet of pod apps/web-0 ====\n\
        ==== END logs for container quiet of pod apps/web-0 ====\n\
        ==== START logs for container cut of pod apps/web-0 ====\n\
        half";
    let pods = r#"[{"metadata":{"name":"web-0"},"spec":{"containers":[{"name":"web"},{"name":"quiet"}]}}]"#;
    let previous = "==== START logs for container web of pod apps/web-0 ====\nkilled\n\
        ==== END logs for container web of pod apps/web-0 ====\n";
    let dir =
        dump(&[("apps/pods.json", pods), ("apps/web-0/logs.txt", logs), ("apps/web-0/logs-previous.txt", previous)]);
    let snapshot = Snapshot::open(dir.path()).unwrap();
    let quoted = "==== START logs for container init of pod apps/web-0 ====";
    let other = "==== END logs for container other of pod apps/web-0 ====";
    for (container, previous, lines, expected) in [
        (Some("web"), false, 100, vec!["one", quoted, other, "", "überlauf ✗"]),
        (Some("web"), false, 2, vec!["", "überlauf ✗"]),
        (Some("web"), false, 0, vec![]),
        (None, false, 1, vec!["überlauf ✗"]),
        (Some("init"), false, 100, vec!["migrated"]),
        (Some("quiet"), false, 100, vec![]),
        (Some("cut"), false, u32::MAX, vec!["half"]),
        (None, true, 100, vec!["killed"]),
    ] {
        let found = snapshot.tail(&logs_of(container, previous, lines)).await.unwrap();
        assert_eq!(found, expected, "{container:?} previous {previous} last {lines}");
    }
    for (container, previous) in [(Some("gone"), false), (Some("quiet"), true)] {
        let error = snapshot.tail(&logs_of(container, previous, 10)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    }
}

#[tokio::test]
async fn a_log_without_markers_is_that_of_the_only_container() {
    let dir = dump(&[NODES, ("apps/web-0/logs.txt", "one\r\n\r\ntwo")]);
    let snapshot = Snapshot::open(dir.path()).unwrap();
    for container in [None, Some("web")] {
        assert_eq!(snapshot.tail(&logs_of(container, false, 9)).await.unwrap(), ["one", "", "two"]);
    }
}

#[tokio::test]
async fn names_that_are_paths_find_nothing() {
    let dir = dump(&[NODES, ("apps/pods.json", "[]"), ("apps/web-0/logs.txt", "")]);
    let inside = dir.path().join("apps");
    let snapshot = Snapshot::open(dir.path()).unwrap();
    let absolute = inside.to_str().unwrap();
    for (namespace, pod) in
        [("..", "apps"), ("apps", ".."), ("apps/..", "apps"), (absolute, "web-0"), ("", ""), ("apps", "WEB-0")]
    {
        let mut request = logs_of(None, false, 10);
        (request.namespace, request.pod) = (namespace.to_owned(), pod.to_owned());
        assert_eq!(snapshot.tail(&request).await.unwrap_err().kind(), ErrorKind::NotFound, "{namespace}/{pod}");
        assert_eq!(snapshot.pod(namespace, pod).await.unwrap(), None, "{namespace}/{pod}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn links_that_leave_the_folder_are_not_followed() {
    use std::os::unix::fs::symlink;

    let outside = dump(&[NODES, ("secret/pods.json", r#"[{"metadata":{"name":"stolen"}}]"#)]);
    let dir = dump(&[("apps/events.json", "[]"), ("apps/Odd Name/logs.txt", ""), ("Odd Näme/pods.json", "[]")]);
    symlink(outside.path().join("nodes.json"), dir.path().join("nodes.json")).unwrap();
    symlink(outside.path().join("secret"), dir.path().join("secret")).unwrap();
    symlink(outside.path().join("secret/pods.json"), dir.path().join("apps/pods.json")).unwrap();
    symlink("events.json", dir.path().join("apps/jobs.json")).unwrap();
    symlink("absent.json", dir.path().join("apps/services.json")).unwrap();
    symlink("deployments.json", dir.path().join("apps/deployments.json")).unwrap();
    fs::create_dir(dir.path().join("apps/endpoints.json")).unwrap();

    let link = tempfile::tempdir().unwrap();
    symlink(dir.path(), link.path().join("dump")).unwrap();
    let snapshot = Snapshot::open(link.path().join("dump")).unwrap();
    let state = snapshot.state(&Scope::everything()).await.unwrap();
    let refused = "apps/pods.json of the snapshot is not read: it is a link that leaves the folder";
    assert_eq!(state.pods.as_result(), Err(refused));
    assert!(state.nodes.as_result().unwrap_err().contains("leaves the folder"));
    assert!(state.endpoints.as_result().unwrap_err().contains("not a regular file"));
    assert!(state.deployments.seen().is_none());
    assert!(state.services.seen().is_none());
    assert_eq!(state.jobs.seen(), Some(&Vec::new()));
    let scoped = snapshot.state(&Scope::namespace("secret")).await.unwrap();
    assert!(scoped.pods.seen().is_none());
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_to_a_folder_elsewhere_is_no_namespace() {
    let outside = dump(&[("pods.json", r#"[{"metadata":{"name":"stolen"}}]"#)]);
    let dir = dump(&[("apps/pods.json", r#"[{"metadata":{"name":"web-0"}}]"#)]);
    std::os::unix::fs::symlink(outside.path(), dir.path().join("secret")).unwrap();
    let state = Snapshot::open(dir.path()).unwrap().state(&Scope::everything()).await.unwrap();
    let names: Vec<_> = state.pods.as_result().unwrap().iter().map(|pod| pod.metadata.name.as_str()).collect();
    assert_eq!(names, ["web-0"]);
}

#[tokio::test]
async fn monitors_are_read_where_they_were_recorded() {
    let monitors = r#"[{"name":"wiki","state":"down","at":"2026-03-01T10:00:00Z","detail":"HTTP 502"}]"#;
    let dir = dump(&[NODES, ("monitors.json", monitors)]);
    let statuses = Snapshot::open(dir.path()).unwrap().statuses().await.unwrap();
    assert_eq!((statuses.len(), statuses[0].state), (1, MonitorState::Down));

    let dir = dump(&[NODES]);
    let error = Snapshot::open(dir.path()).unwrap().statuses().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string()),
        (ErrorKind::NotFound, "the snapshot has no monitors.json".to_owned())
    );
}

fn metrics() -> TempDir {
    let metrics = r#"{"status":"success","data":{"resultType":"matrix","result":[
        {"metric":{"__name__":"up","job":"api","path":"/a,b}\"c"},"values":[[100,"1"],[110.5,"0"],[160,"1"],[170,"NaN"],[220,"1"]]},
        {"metric":{"__name__":"up","job":"web"},"values":[[100,"+Inf"]]},
        {"metric":{"__name__":"service:latency_seconds","quantile":"0.9"},"value":[100,"0.25"]}]}}"#;
    dump(&[NODES, ("metrics.json", metrics)])
}

fn at(second: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(second).unwrap()
}

#[tokio::test]
async fn plain_selectors_select() {
    let dir = metrics();
    let snapshot = Snapshot::open(dir.path()).unwrap();
    let window = Window { from: at(0), to: None };
    for (query, found) in [
        ("up", 1),
        (" up { job = \"api\" , } ", 1),
        ("up{job='api'}", 1),
        (r#"up{path="/a,b}\"c"}"#, 1),
        (r#"up{job!="api"}"#, 0),
        (r#"up{job="absent"}"#, 0),
        (r#"up{absent=""}"#, 1),
        (r#"{__name__="service:latency_seconds"}"#, 1),
        ("service:latency_seconds{quantile=\"0.9\"}", 1),
        ("absent", 0),
    ] {
        assert_eq!(snapshot.range(query, window, 1).await.unwrap().len(), found, "{query}");
    }
}

#[tokio::test]
async fn what_is_more_than_a_selector_is_refused() {
    let dir = metrics();
    let snapshot = Snapshot::open(dir.path()).unwrap();
    let window = Window { from: at(0), to: None };
    for query in [
        "",
        "{}",
        "rate(up[5m])",
        "up[5m]",
        "up > 0",
        "up{job=~\"a.*\"}",
        "up{job!~\"a.*\"}",
        "up{job=\"api\"",
        "up{job}",
        "up{job=api}",
        "up{job=\"api\" path=\"x\"}",
        "up offset 5m",
        "1",
        "up{job=\"\\x\"}",
        "up{,}",
        "ü",
    ] {
        let error = snapshot.range(query, window, 1).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{query}");
        assert!(error.to_string().contains("plain selectors only"), "{error}");
    }
    assert_eq!(snapshot.range("up", window, 0).await.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_step_keeps_its_last_sample_and_a_window_limits() {
    let dir = metrics();
    let snapshot = Snapshot::open(dir.path()).unwrap();
    for (from, to, step, expected) in [
        (100, None, 1, vec![100_000, 110_500, 160_000, 220_000]),
        (100, None, 60, vec![110_500, 160_000, 220_000]),
        (100, Some(160), 60, vec![110_500, 160_000]),
        (101, Some(159), u32::MAX, vec![110_500]),
    ] {
        let window = Window { from: at(from), to: to.map(at) };
        let series = snapshot.range("up", window, step).await.unwrap();
        let times: Vec<i64> = series[0].samples.iter().map(|sample| sample.at.as_millisecond()).collect();
        assert_eq!(times, expected, "from {from} to {to:?} by {step}");
    }
}

#[tokio::test]
async fn alerts_that_are_silenced_do_not_fire() {
    let alerts = r#"[
        {"labels":{"alertname":"Down"},"annotations":{"summary":"s"},"startsAt":"2026-03-01T09:00:00.123Z","status":{"state":"active"}},
        {"labels":{"alertname":"Quiet"},"startsAt":"2026-03-01T09:00:00Z","status":{"state":"suppressed","silencedBy":["x"]}},
        {"labels":{"alertname":"Undated"}}]"#;
    let recording = r#"{"collected_at":"2026-03-01T10:00:00Z"}"#;
    let dir = dump(&[("alerts.json", alerts), ("snapshot.json", recording)]);
    let snapshot = Snapshot::open(dir.path()).unwrap();
    let alerts = snapshot.alerts().await.unwrap();
    let names: Vec<_> = alerts.iter().map(|alert| alert.labels["alertname"].as_str()).collect();
    assert_eq!(names, ["Down", "Undated"]);
    assert_eq!(alerts[1].since, snapshot.taken_at());

    let dir = dump(&[NODES]);
    let error = Snapshot::open(dir.path()).unwrap().alerts().await.unwrap_err();
    assert_eq!(error.to_string(), "the snapshot has no alerts.json");
}
