//! The manifests below `deploy/kubernetes`, on a real API server: it takes them, and the account that they make can read
//! all that this crate reads, and change nothing but what its optional roles say. See `support/real.rs` for what it needs
//! and when it is skipped; kubectl, which renders the manifests, is got by `./run setup`.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use lamplighter_core::ports::{ClusterReader, ClusterWriter, Logs, LogsRequest, Scope};
use lamplighter_core::words::{PodRestart, Scaling, WorkloadKind, WorkloadRef};
use lamplighter_core::{ErrorKind, Result};
use lamplighter_kubernetes::KubernetesCluster;
use lamplighter_testkit::servers::program;
use lamplighter_testkit::{approve_restart, approve_scaling};
use serde_json::{Value, json};
use support::real::{Admin, server};
use support::{connect, kubeconfig, options};

/// What stands in one folder below `deploy/kubernetes`, as `kubectl apply -k` would send it.
fn render(folder: &str) -> Option<Vec<Value>> {
    let kubectl = program(&["kubectl"])?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../deploy/kubernetes").join(folder);
    let output = Command::new(kubectl).arg("kustomize").arg(path).output().unwrap();
    assert!(output.status.success(), "{folder}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let objects: Vec<Value> = serde_saphyr::from_multiple(&text).unwrap();
    assert!(!objects.is_empty() && objects.iter().all(Value::is_object), "{folder}: {objects:?}");
    Some(objects)
}

/// Sends an object for the server to apply; with `dry_run` it judges it and keeps nothing. What it does not know in it,
/// it refuses.
async fn apply(admin: &Admin, object: &Value, dry_run: bool) -> Result<Value, kube::Error> {
    let query = if dry_run { "dryRun=All&" } else { "" };
    let path = format!("{}?{query}fieldManager=test&force=true", path(object));
    admin.apply(&path, object).await
}

/// Where an object is kept.
fn path(object: &Value) -> String {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
    let (version, kind) = (text("/apiVersion").unwrap(), text("/kind").unwrap().to_lowercase());
    let api = if version == "v1" { "/api/v1".to_owned() } else { format!("/apis/{version}") };
    let place = text("/metadata/namespace").map_or_else(String::new, |namespace| format!("/namespaces/{namespace}"));
    let plural = match kind.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if kind.ends_with('s') => format!("{kind}es"),
        None => format!("{kind}s"),
    };
    format!("{api}{place}/{plural}/{}", text("/metadata/name").unwrap())
}

/// Applies a folder. The objects of a namespace need it to be there, even those that nothing is kept of.
async fn apply_folder(admin: &Admin, folder: &str) -> Option<Vec<Value>> {
    let objects = render(folder)?;
    for object in &objects {
        if object["kind"] == "Namespace" {
            apply(admin, object, true).await.unwrap();
            apply(admin, object, false).await.unwrap();
            continue;
        }
        let dry = apply(admin, object, true).await.unwrap_or_else(|error| panic!("{object}: {error}"));
        assert_eq!(dry["metadata"]["name"], object["metadata"]["name"]);
        assert!(!admin.exists(&path(object)).await, "a dry run has made {object}");
    }
    for object in &objects {
        apply(admin, object, false).await.unwrap();
    }
    Some(objects)
}

/// A connection as the shipped service account, by a token of its own.
async fn as_the_account(admin: &Admin) -> (tempfile::TempDir, KubernetesCluster) {
    let request = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {} });
    let answer = admin.create("/api/v1/namespaces/lamplighter/serviceaccounts/lamplighter/token", request).await;
    let dir = kubeconfig(&admin.url().await, answer["status"]["token"].as_str().unwrap());
    let cluster = connect(options(&dir.path().join("config"))).await;
    (dir, cluster)
}

/// Everything that the account may do, as the server says: `verb resource`, in a namespace.
async fn rights(admin: &Admin, namespace: &str) -> BTreeSet<String> {
    let user = "system:serviceaccount:lamplighter:lamplighter";
    let review = json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": { "namespace": namespace },
    });
    let answer = admin.create_as(user, "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", review).await;
    let status = &answer["status"];
    assert_eq!(status["incomplete"], false, "{status}");
    let mut rights = BTreeSet::new();
    for rule in status["resourceRules"].as_array().unwrap() {
        let strings = |name: &str| rule[name].as_array().unwrap().iter().map(|s| s.as_str().unwrap().to_owned());
        for verb in strings("verbs") {
            for group in strings("apiGroups") {
                for resource in strings("resources") {
                    let group = if group.is_empty() { String::new() } else { format!(".{group}") };
                    rights.insert(match resource.split_once('/') {
                        Some((resource, part)) => format!("{verb} {resource}{group}/{part}"),
                        None => format!("{verb} {resource}{group}"),
                    });
                }
            }
        }
    }
    // What every account may: ask what it may.
    rights.retain(|right| !right.starts_with("create selfsubject"));
    rights
}

/// What the crate's documentation says that it needs for reading and for writing.
fn documented() -> (BTreeSet<String>, BTreeSet<String>) {
    let docs = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let docs = docs.lines().filter_map(|line| line.strip_prefix("//!")).collect::<String>();
    let section = docs.split("# Permissions").nth(1).unwrap();
    let (reading, rest) = section.split_once("Writing:").unwrap();
    let writing = rest.split("What is not granted").next().unwrap();
    (granted(reading), granted(writing))
}

/// The rights in a text like "`get` and `patch` on `a` and `b`; `list` on `c`".
fn granted(text: &str) -> BTreeSet<String> {
    let mut rights = BTreeSet::new();
    for clause in text.split(';') {
        let (verbs, resources) = clause.split_once(" on ").unwrap();
        for verb in quoted(verbs) {
            rights.extend(quoted(resources).map(|resource| format!("{verb} {resource}")));
        }
    }
    rights
}

fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// What could not be read, by the fields of a cluster's state.
fn unread(state: &lamplighter_core::cluster::ClusterState) -> Vec<String> {
    let state = serde_json::to_value(state).unwrap();
    let fields = state.as_object().unwrap().iter().filter(|(_, value)| value.is_object());
    let (seen, unread): (Vec<_>, Vec<_>) = fields.partition(|(_, value)| value.get("seen").is_some());
    assert!(seen.len() > 20, "only {} kinds are there", seen.len());
    unread.into_iter().map(|(name, _)| name.clone()).collect()
}

fn restart(namespace: &str, pod: &str, uid: &str) -> PodRestart {
    let (namespace, pod, uid) = (namespace.to_owned(), pod.to_owned(), uid.to_owned());
    PodRestart { namespace, pod, uid, workload: None, ready: false, ready_siblings: 0 }
}

async fn scale(cluster: &KubernetesCluster, workload: &WorkloadRef, to: u32) -> Result<()> {
    let scaling = Scaling { workload: workload.clone(), from: 1, to, declared: None, declared_in: None };
    cluster.scale(approve_scaling(scaling).await).await
}

/// One test, as the steps follow each other: what a person applies, one folder after the other.
#[tokio::test]
async fn the_shipped_account_reads_all_and_changes_only_what_it_is_let() {
    let Some(admin) = server().await else { return };
    let Some(objects) = apply_folder(&admin, "").await else { return };
    let (reading, writing) = documented();
    let namespace = "default";
    admin.workload(namespace, "deployments", "web", 1).await;
    admin.workload(namespace, "statefulsets", "db", 1).await;
    let uid = admin.pod(namespace, "alone").await;
    let elsewhere = admin.namespace("elsewhere").await;
    admin.workload(&elsewhere, "deployments", "web", 1).await;
    let other_uid = admin.pod(&elsewhere, "alone").await;
    let (_kubeconfig, cluster) = as_the_account(&admin).await;
    let deployment = WorkloadRef::new(WorkloadKind::Deployment, namespace, "web");
    let set = WorkloadRef::new(WorkloadKind::StatefulSet, namespace, "db");

    // Applied again, nothing is changed.
    for object in &objects {
        let before = admin.get(&path(object)).await;
        let after = apply(&admin, object, false).await.unwrap();
        assert_eq!(before["spec"], after["spec"], "{object}");
        assert_eq!(before["metadata"]["generation"], after["metadata"]["generation"], "{object}");
    }

    // It reads every kind but secrets, and what the crate says that it needs is exactly what it has.
    let scope = Scope::everything();
    assert_eq!(unread(&cluster.state(&scope).await.unwrap()), ["secrets"]);
    let without_secrets: BTreeSet<_> = reading.iter().filter(|right| *right != "list secrets").cloned().collect();
    assert_eq!(without_secrets.len() + 1, reading.len());
    assert_eq!(rights(&admin, namespace).await, without_secrets);
    assert!(cluster.pod(namespace, "alone").await.unwrap().is_some());
    assert_eq!(cluster.replicas(&deployment).await.unwrap(), Some(1));
    assert_eq!(cluster.replicas(&set).await.unwrap(), Some(1));
    let (namespace_of_logs, pod) = (namespace.to_owned(), "alone".to_owned());
    let logs = LogsRequest { namespace: namespace_of_logs, pod, container: None, previous: false, lines: 10 };
    assert_eq!(cluster.tail(&logs).await.unwrap(), Vec::<String>::new());

    // It changes nothing.
    let refused = [
        cluster.restart_pod(approve_restart(restart(namespace, "alone", &uid)).await).await,
        scale(&cluster, &deployment, 2).await,
        scale(&cluster, &set, 2).await,
    ];
    for outcome in refused {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Permission);
    }
    assert!(admin.exists(&format!("/api/v1/namespaces/{namespace}/pods/alone")).await);
    assert_eq!(admin.replicas(namespace, "deployments", "web").await, 1);

    // With the optional role it does the two things, in the namespace that the binding names.
    apply_folder(&admin, "actions").await.unwrap();
    assert_eq!(rights(&admin, namespace).await, without_secrets.union(&writing).cloned().collect());
    assert_eq!(rights(&admin, &elsewhere).await, without_secrets);
    cluster.restart_pod(approve_restart(restart(namespace, "alone", &uid)).await).await.unwrap();
    scale(&cluster, &deployment, 2).await.unwrap();
    scale(&cluster, &set, 2).await.unwrap();
    assert!(!admin.exists(&format!("/api/v1/namespaces/{namespace}/pods/alone")).await);
    assert_eq!(admin.replicas(namespace, "deployments", "web").await, 2);
    assert_eq!(admin.replicas(namespace, "statefulsets", "db").await, 2);
    let not_here = cluster.restart_pod(approve_restart(restart(&elsewhere, "alone", &other_uid)).await).await;
    assert_eq!(not_here.unwrap_err().kind(), ErrorKind::Permission);
    let there = WorkloadRef::new(WorkloadKind::Deployment, &elsewhere, "web");
    assert_eq!(scale(&cluster, &there, 2).await.unwrap_err().kind(), ErrorKind::Permission);

    // With the other optional role it sees which secrets there are.
    apply_folder(&admin, "secret-names").await.unwrap();
    assert_eq!(unread(&cluster.state(&scope).await.unwrap()), Vec::<String>::new());
    assert_eq!(rights(&admin, &elsewhere).await, reading);

    apply_folder(&admin, "ingress").await.unwrap();
}

/// The server is strict where it applies: a word that it does not know is refused, and so is a value out of place.
#[tokio::test]
async fn a_broken_manifest_is_refused() {
    let Some(admin) = server().await else { return };
    let Some(objects) = render("") else { return };
    admin.namespace("broken").await;
    let find = |kind: &str| objects.iter().find(|object| object["kind"] == kind).unwrap().clone();
    let breaks: [(&str, &str, &str, Value); 6] = [
        ("Deployment", "/spec/template/spec", "teminationGracePeriodSeconds", json!(5)),
        ("Deployment", "/spec/template/spec/containers/0/securityContext", "capabilities", json!(["ALL"])),
        ("Deployment", "/spec/strategy", "rollingUpdate", json!({ "maxSurge": 1 })),
        ("Service", "/spec/ports/0", "port", json!(80808)),
        ("NetworkPolicy", "/spec/egress/1/to/1/ipBlock", "cidr", json!("everywhere")),
        ("PersistentVolumeClaim", "/spec/resources/requests", "storage", json!("plenty")),
    ];
    for (kind, place, key, value) in breaks {
        let mut object = find(kind);
        object["metadata"]["namespace"] = "broken".into();
        apply(&admin, &object, true).await.unwrap_or_else(|error| panic!("{kind}: {error}"));
        object.pointer_mut(place).unwrap()[key] = value.clone();
        assert!(apply(&admin, &object, true).await.is_err(), "{kind} is taken with {key} {value}");
    }
}

/// A changed configuration has another name, so that the deployment that names it is rolled out.
#[tokio::test]
async fn the_deployment_mounts_the_configuration_that_is_made() {
    let Some(objects) = render("") else { return };
    let find = |kind: &str| objects.iter().find(|object| object["kind"] == kind).unwrap();
    let (map, deployment) = (find("ConfigMap"), find("Deployment"));
    let name = map["metadata"]["name"].as_str().unwrap();
    assert!(name.len() > "lamplighter-".len() && name.starts_with("lamplighter-"), "{name}");
    let volume = deployment.pointer("/spec/template/spec/volumes/0/configMap/name").unwrap();
    assert_eq!(volume, name);
    assert!(map["data"]["lamplighter.toml"].as_str().unwrap().contains("owner = "));
    let image = deployment.pointer("/spec/template/spec/containers/0/image").unwrap();
    assert_eq!(image, "registry.example.org/lamplighter:0.1.0");
    for object in &objects {
        let is_wide = ["Namespace", "ClusterRole", "ClusterRoleBinding"].contains(&object["kind"].as_str().unwrap());
        assert_eq!(object["metadata"]["namespace"] == "lamplighter", !is_wide, "{object}");
    }
}

/// The standard that its namespace enforces (Kubernetes docs, "Pod Security Standards", restricted), which a server of
/// 1.20 does not know.
#[tokio::test]
async fn the_pod_keeps_the_restricted_standard() {
    let Some(objects) = render("") else { return };
    let deployment = objects.iter().find(|object| object["kind"] == "Deployment").unwrap();
    let pod = deployment.pointer("/spec/template/spec").unwrap();
    for forbidden in ["hostNetwork", "hostPID", "hostIPC"] {
        assert!(pod[forbidden].is_null(), "{forbidden}");
    }
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
    let allowed = ["configMap", "secret", "persistentVolumeClaim", "emptyDir"];
    for volume in pod["volumes"].as_array().unwrap() {
        assert!(allowed.iter().any(|kind| !volume[*kind].is_null()), "{volume}");
    }
    let expected = json!({
        "allowPrivilegeEscalation": false,
        "readOnlyRootFilesystem": true,
        "capabilities": { "drop": ["ALL"] },
    });
    assert_eq!(pod["containers"][0]["securityContext"], expected);
    assert_eq!(pod["containers"].as_array().unwrap().len(), 1);
    assert_eq!(deployment["spec"]["replicas"], 1);
    assert_eq!(deployment["spec"]["strategy"], json!({ "type": "Recreate" }));
}

#[tokio::test]
async fn no_optional_folder_is_a_part_of_what_is_applied_first() {
    let Some(objects) = render("") else { return };
    let names: Vec<&str> = objects.iter().map(|object| object["metadata"]["name"].as_str().unwrap()).collect();
    for folder in ["actions", "secret-names"] {
        for object in render(folder).unwrap() {
            assert!(!names.contains(&object["metadata"]["name"].as_str().unwrap()), "{object}");
        }
    }
    // Who reads nothing of this may not act by mistake.
    for role in objects.iter().filter(|object| object["kind"] == "ClusterRole") {
        for verb in role["rules"].as_array().unwrap().iter().flat_map(|rule| rule["verbs"].as_array().unwrap()) {
            assert!(["get", "list"].contains(&verb.as_str().unwrap()), "{role}");
        }
    }
}
