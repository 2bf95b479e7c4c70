//! What is recorded beside the kinds of a plain dump: other kinds, calls, units, manifests, counted log lines.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs;

use lamplighter_core::ErrorKind;
use lamplighter_core::diagnosis::UnitState;
use lamplighter_core::ports::{ClusterReader, Logs, Manifests, NodeUnits, Scope, Topology};
use lamplighter_snapshot::Snapshot;
use tempfile::TempDir;

fn dump(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (file, text) in [("snapshot.json", r#"{"collected_at":"2026-03-01T10:00:00Z"}"#)].iter().chain(files) {
        let path = dir.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

#[tokio::test]
async fn every_kind_is_read_from_its_file() {
    let wide = ["nodes", "namespaces", "persistentvolumes", "storageclasses"];
    let namespaced = [
        "pods",
        "events",
        "services",
        "endpoints",
        "deployments",
        "replicasets",
        "statefulsets",
        "daemonsets",
        "jobs",
        "cronjobs",
        "persistentvolumeclaims",
        "configmaps",
        "secrets",
        "serviceaccounts",
        "rolebindings",
        "resourcequotas",
        "limitranges",
        "ingresses",
        "networkpolicies",
        "horizontalpodautoscalers",
        "poddisruptionbudgets",
    ];
    let files = wide.map(|file| format!("{file}.json"));
    let files: Vec<String> = files.into_iter().chain(namespaced.map(|file| format!("apps/{file}.json"))).collect();
    for left_out in &files {
        let written: Vec<_> = files
            .iter()
            .filter(|file| *file != left_out)
            .map(|file| (file.as_str(), r#"{"items":[{"metadata":{"name":"apps"}}]}"#))
            .collect();
        let dir = dump(&written);
        let state = Snapshot::open(dir.path()).unwrap().state(&Scope::everything()).await.unwrap();
        let fields = serde_json::to_value(&state).unwrap();
        let fields = fields.as_object().unwrap();
        let kinds: Vec<_> =
            fields.iter().filter(|(name, _)| !["taken_at", "source"].contains(&name.as_str())).collect();
        assert_eq!(kinds.len(), files.len());
        let absent: Vec<_> = kinds.iter().filter_map(|(_, kind)| kind["absent"].as_str()).collect();
        let file = left_out.rsplit('/').next().unwrap();
        assert_eq!(absent.len(), 1, "{left_out}: {absent:?}");
        assert!(absent[0].starts_with(&format!("the snapshot has no {file}")), "{left_out}: {absent:?}");
        for (name, kind) in kinds.iter().filter(|(_, kind)| kind.get("seen").is_some()) {
            let namespace = kind["seen"][0]["metadata"]["namespace"].as_str();
            let cluster_wide = ["nodes", "namespaces", "volumes", "storage_classes"].contains(&name.as_str());
            assert_eq!(namespace, (!cluster_wide).then_some("apps"), "{name}");
        }
    }
}

#[tokio::test]
async fn any_kind_makes_a_folder_a_namespace() {
    let dir = dump(&[("web/horizontalpodautoscalers.json", r#"[{"metadata":{"name":"shop"}}]"#)]);
    let state = Snapshot::open(dir.path()).unwrap().state(&Scope::everything()).await.unwrap();
    assert_eq!(state.autoscalers.items()[0].metadata.namespace(), "web");
}

#[tokio::test]
async fn large_files_are_read_whole_and_in_order() {
    let pods = |namespace: &str| {
        let filler = "x".repeat(1000);
        let pod =
            |number| format!(r#"{{"metadata":{{"name":"{namespace}-{number}","labels":{{"filler":"{filler}"}}}}}}"#);
        format!("[{}]", (0..1000).map(pod).collect::<Vec<_>>().join(","))
    };
    let [a, b, c] = ["a", "b", "c"].map(pods);
    let dir = dump(&[("a/pods.json", &a), ("b/pods.json", &b), ("c/pods.json", &c), ("b/jobs.json", "{")]);
    let state = Snapshot::open(dir.path()).unwrap().state(&Scope::everything()).await.unwrap();
    let names: Vec<_> = state.pods.items().iter().map(|pod| pod.metadata.name.clone()).collect();
    let expected: Vec<_> = ["a", "b", "c"].iter().flat_map(|ns| (0..1000).map(move |n| format!("{ns}-{n}"))).collect();
    assert_eq!(names, expected);
    assert!(state.jobs.as_result().unwrap_err().contains("b/jobs.json"));
}

#[tokio::test]
async fn calls_are_read() {
    let dir = dump(&[("dependencies.json", r#"{"edges":[{"from":"shop","to":"basket","protocol":"grpc"}]}"#)]);
    let calls = Snapshot::open(dir.path()).unwrap().calls().await.unwrap();
    assert_eq!((calls.len(), calls[0].from.as_str(), calls[0].to.as_str()), (1, "shop", "basket"));
    let error = Snapshot::open(dump(&[]).path()).unwrap().calls().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

const RUNS: &str = "Unit: agent\n● agent.service - The agent\n     Loaded: loaded (/etc/agent.service; enabled)\r
     Active: active (running) since Wed 2026-03-04 10:28:56 UTC; 1 day 5h ago\r\n   Main PID: 965 (agent)\n
Mar 04 10:29:06 host-1 agent[965]: started\nActive: no\n\nMar 04 10:29:07 host-1 agent[965]: ready\n";

#[tokio::test]
async fn units_are_read_from_what_systemctl_prints() {
    let dead = "○ proxy.service\n     Active: inactive (dead) since Wed 2026-03-04 10:28:56 CST; 3min ago\n";
    let failed = "Active: failed (Result: exit-code) since Wed 2026-03-04 10:28:56 GMT\n";
    let dir = dump(&[
        ("node-logs/host-1/agent.txt", RUNS),
        ("node-logs/host-1/proxy.service.txt", dead),
        ("node-logs/host-2.example.org/agent.txt", failed),
        ("node-logs/host-2.example.org/empty.txt", ""),
        ("node-logs/host-2.example.org/notes.md", "Active: active"),
        ("node-logs/README.txt", "Active: active"),
    ]);
    let units = Snapshot::open(dir.path()).unwrap().units().await.unwrap();
    let found: Vec<_> = units.iter().map(|unit| (unit.node.as_str(), unit.unit.as_str(), unit.state)).collect();
    assert_eq!(
        found,
        [
            ("host-1", "agent", UnitState::Active),
            ("host-1", "proxy", UnitState::Inactive),
            ("host-2.example.org", "agent", UnitState::Failed),
            ("host-2.example.org", "empty", UnitState::Unknown),
        ]
    );
    let since: Vec<_> = units.iter().map(|unit| unit.since.map(|at| at.to_string())).collect();
    let at = || Some("2026-03-04T10:28:56Z".to_owned());
    assert_eq!(since, [at(), None, at(), None], "a zone like CST is several");
    assert_eq!(units[0].detail, "Active: active (running) since Wed 2026-03-04 10:28:56 UTC; 1 day 5h ago");
    assert_eq!(units[0].lines.len(), 4);
    assert_eq!(units[0].lines[0], "Mar 04 10:29:06 host-1 agent[965]: started");
    assert!(units[1].lines.is_empty());

    let error = Snapshot::open(dump(&[]).path()).unwrap().units().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[cfg(unix)]
#[tokio::test]
async fn units_behind_links_are_not_read() {
    let outside = dump(&[("node-logs/host-9/agent.txt", RUNS)]);
    let dir = dump(&[("node-logs/host-1/agent.txt", RUNS)]);
    let link =
        |from: &str, to: &str| std::os::unix::fs::symlink(outside.path().join(from), dir.path().join(to)).unwrap();
    link("node-logs/host-9", "node-logs/host-9");
    link("node-logs/host-9/agent.txt", "node-logs/host-1/stolen.txt");
    let units = Snapshot::open(dir.path()).unwrap().units().await.unwrap();
    assert_eq!(units.iter().map(|unit| unit.unit.as_str()).collect::<Vec<_>>(), ["agent"]);

    let linked = dump(&[]);
    std::os::unix::fs::symlink(outside.path().join("node-logs"), linked.path().join("node-logs")).unwrap();
    let error = Snapshot::open(linked.path()).unwrap().units().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn manifests_are_a_state_of_their_own() {
    let items = r#"[{"kind":"Deployment","metadata":{"name":"shop","namespace":"web"},"spec":{"replicas":2}},
        {"kind":"Gadget","metadata":{"name":"x"}},
        {"kind":"Service","metadata":{"name":"shop","namespace":"web"}}]"#;
    for text in [items.to_owned(), format!(r#"{{"kind":"List","items":{items}}}"#)] {
        let dir = dump(&[("manifests.json", &text)]);
        let applied = Snapshot::open(dir.path()).unwrap().applied().await.unwrap();
        assert_eq!(applied.deployments.items()[0].spec.replicas, Some(2));
        assert_eq!(applied.services.items().len(), 1);
        assert_eq!(applied.config_maps.seen(), Some(&Vec::new()), "none was applied");
    }
    let error = Snapshot::open(dump(&[]).path()).unwrap().applied().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_manifest_that_does_not_read_makes_its_kind_unknown() {
    let text = r#"[{"kind":"Deployment","metadata":{"name":"ok"}},
        {"kind":"Deployment","metadata":{"name":"shop"},"spec":{"replicas":"two"}},
        {"kind":"Service","metadata":{"name":"shop"}}]"#;
    let applied = Snapshot::open(dump(&[("manifests.json", text)]).path()).unwrap().applied().await.unwrap();
    let reason = applied.deployments.as_result().unwrap_err();
    assert!(reason.contains("manifests.json") && reason.contains("Deployment shop"), "{reason}");
    assert_eq!(applied.services.items().len(), 1);
}

#[tokio::test]
async fn counted_lines_are_groups() {
    let text = r#"{"items":[{"namespace":"web","service":"shop","total_errors":9,"patterns":[
        {"count":7,"ratio":0.5,"sample":"connection refused"},{"count":2,"sample":"timed out"}]}]}"#;
    let groups = Snapshot::open(dump(&[("log-patterns.json", text)]).path()).unwrap().groups().await.unwrap();
    let found: Vec<_> =
        groups.iter().map(|group| (group.service.as_str(), group.count, group.sample.as_str())).collect();
    assert_eq!(found, [("shop", 7, "connection refused"), ("shop", 2, "timed out")]);
    assert!(groups.iter().all(|group| group.namespace == "web"));

    assert!(Snapshot::open(dump(&[]).path()).unwrap().groups().await.unwrap().is_empty());
    let broken = dump(&[("log-patterns.json", "{")]);
    assert_eq!(Snapshot::open(broken.path()).unwrap().groups().await.unwrap_err().kind(), ErrorKind::Corrupt);
}
