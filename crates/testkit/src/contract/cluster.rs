//! The contract of reading a cluster, and of the two things that may be done to one.

use std::collections::BTreeSet;

use lamplighter_core::cluster::{ClusterState, Meta, Named, Observed, Pod};
use lamplighter_core::ports::{ClusterReader, ClusterWriter, Scope};
use lamplighter_core::words::{ObjectRef, PodRestart, Scaling, WorkloadKind, WorkloadRef};
use lamplighter_core::{ErrorKind, async_trait};
use serde_json::{Value, json};

use super::assert_fails;
use crate::objects::{claim, cluster, daemon_set, deployment, event, job, node, pod, service, stateful_set};
use crate::{approve_restart, approve_scaling};

/// A cluster to be tested, in which there is what [`cluster_fixture`] says; there may be more.
#[async_trait]
pub trait ClusterHarness: Send + Sync {
    /// The port under test.
    fn reader(&self) -> &dyn ClusterReader;

    /// A reader of the same cluster that may not see pods. `None` where that cannot be had.
    async fn without_pods(&self) -> Option<Box<dyn ClusterReader>> {
        None
    }

    /// A reader of a cluster that is not there. `None` where that cannot be had.
    async fn nowhere(&self) -> Option<Box<dyn ClusterReader>> {
        None
    }
}

/// The same cluster, to be changed.
#[async_trait]
pub trait ClusterWriterHarness: ClusterHarness {
    /// The port under test.
    fn writer(&self) -> &dyn ClusterWriter;

    /// Returns when the cluster's controllers have done what is to be done.
    async fn settle(&self) {}
}

const A: &str = "contract-a";
const B: &str = "contract-b";
/// The value of the fixture's secret, as the API writes it.
const CONTRACT_SECRET: &str = "Y29udHJhY3Qtc2VjcmV0";

/// What the suites expect to find.
///
/// In a real cluster only the specs have to be as they are here (`spec` of nodes, deployments, stateful sets,
/// daemon sets, jobs, claims and services, and the event): pods are made by its controllers, have other names
/// and UIDs, and need not run.
#[must_use]
pub fn cluster_fixture() -> ClusterState {
    let web = deployment(A, "web").replicas(2).memory_limit("128Mi");
    let mut state = cluster()
        .node(node("n1"))
        .workload(web)
        .workload(deployment(B, "web"))
        .workload(deployment(A, "idle").replicas(0))
        .workload(stateful_set(A, "db").template(|pod| pod.claim("db-data")))
        .workload(daemon_set(A, "agent"))
        .claim(claim(A, "db-data"))
        .job(job(A, "backup"))
        .service(service(A, "web"))
        .pod(pod(B, "lonely"))
        .event(event(&ObjectRef::pod(B, "lonely"), "BackOff", "Back-off restarting failed container"))
        .build();
    for object in cluster_fixture_objects() {
        state.add(object).expect("the fixture's objects are of their kinds");
    }
    for name in [A, B] {
        let namespace = json!({ "kind": "Namespace", "metadata": { "name": name }, "status": { "phase": "Active" } });
        state.add(namespace).expect("a namespace is one");
    }
    state
}

/// Those objects of [`cluster_fixture`] that no builder makes, as an API server takes them.
#[must_use]
pub fn cluster_fixture_objects() -> Vec<Value> {
    let object = |version: &str, kind: &str, fields: Value| {
        let mut object = json!({ "apiVersion": version, "kind": kind, "metadata": { "name": "web", "namespace": A } });
        if let (Some(object), Value::Object(fields)) = (object.as_object_mut(), fields) {
            object.extend(fields);
        }
        object
    };
    let cluster_wide = |version: &str, kind: &str, fields: Value| {
        object(version, kind, fields).as_object_mut().map_or(Value::Null, |object| {
            object.insert("metadata".to_owned(), json!({ "name": "contract-web" }));
            Value::Object(object.clone())
        })
    };
    let rbac = "rbac.authorization.k8s.io";
    let role = json!({ "apiGroup": rbac, "kind": "Role", "name": "web" });
    let pod = json!({ "restartPolicy": "Never", "containers": [{ "name": "app", "image": "registry.invalid/app:1" }] });
    let target = json!({ "apiVersion": "apps/v1", "kind": "Deployment", "name": "idle" });
    let labels = json!({ "matchLabels": { "app": "web" } });
    let backend = json!({ "service": { "name": "web", "port": { "number": 80 } } });
    let path = json!({ "path": "/", "pathType": "Prefix", "backend": backend });
    vec![
        cluster_wide(
            "v1",
            "PersistentVolume",
            json!({ "spec": {
            "accessModes": ["ReadWriteOnce"], "capacity": { "storage": "1Gi" }, "hostPath": { "path": "/srv/web" },
            "storageClassName": "contract-web" } }),
        ),
        cluster_wide("storage.k8s.io/v1", "StorageClass", json!({ "provisioner": "contract.example.org/none" })),
        object("v1", "ConfigMap", json!({ "data": { "colour": "blue" } })),
        object("v1", "Secret", json!({ "type": "Opaque", "data": { "password": CONTRACT_SECRET } })),
        object("v1", "ServiceAccount", json!({})),
        object("v1", "ResourceQuota", json!({ "spec": { "hard": { "persistentvolumeclaims": "7" } } })),
        object(
            "v1",
            "LimitRange",
            json!({ "spec": { "limits": [{ "type": "PersistentVolumeClaim", "max": { "storage": "1Ti" } }] } }),
        ),
        object("rbac.authorization.k8s.io/v1", "RoleBinding", json!({ "roleRef": role, "subjects": [] })),
        object(
            "networking.k8s.io/v1",
            "Ingress",
            json!({ "spec": {
            "rules": [{ "host": "web.example.org", "http": { "paths": [path] } }] } }),
        ),
        object(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            json!({ "spec": {
            "podSelector": labels, "policyTypes": ["Ingress"] } }),
        ),
        object(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            json!({ "spec": {
            "scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 3 } }),
        ),
        object("policy/v1", "PodDisruptionBudget", json!({ "spec": { "minAvailable": 1, "selector": labels } })),
        object(
            "batch/v1",
            "CronJob",
            json!({ "spec": { "schedule": "0 0 30 2 *",
            "jobTemplate": { "spec": { "template": { "spec": pod } } } } }),
        ),
    ]
}

/// Checks everything that [`ClusterReader`] promises.
pub async fn cluster_reader(harness: &dyn ClusterHarness) {
    everything_is_read(harness).await;
    a_scope_leaves_other_namespaces_out(harness).await;
    a_pod_is_read_as_it_is_in_the_state(harness).await;
    a_count_is_read_where_there_is_one(harness).await;
    what_cannot_be_read_is_unknown(harness).await;
}

/// Checks everything that [`ClusterWriter`] promises.
pub async fn cluster_writer(harness: &dyn ClusterWriterHarness) {
    harness.settle().await;
    a_pod_is_restarted_once(harness).await;
    a_successor_is_never_deleted(harness).await;
    a_count_is_set_once(harness).await;
    a_count_that_has_moved_is_left_alone(harness).await;
}

async fn everything_is_read(harness: &dyn ClusterHarness) {
    let (state, fixture) = (read(harness, &Scope::everything()).await, cluster_fixture());
    assert!(!state.source.as_str().is_empty(), "the source has a name");
    check_names("nodes", &state.nodes, &fixture.nodes);
    check_names("deployments", &state.deployments, &fixture.deployments);
    check_names("stateful sets", &state.stateful_sets, &fixture.stateful_sets);
    check_names("daemon sets", &state.daemon_sets, &fixture.daemon_sets);
    check_names("jobs", &state.jobs, &fixture.jobs);
    check_names("claims", &state.claims, &fixture.claims);
    check_names("services", &state.services, &fixture.services);
    check_names("endpoints", &state.endpoints, &fixture.endpoints);
    check_names("namespaces", &state.namespaces, &fixture.namespaces);
    check_names("volumes", &state.volumes, &fixture.volumes);
    check_names("storage classes", &state.storage_classes, &fixture.storage_classes);
    check_names("config maps", &state.config_maps, &fixture.config_maps);
    check_names("secrets", &state.secrets, &fixture.secrets);
    check_names("service accounts", &state.service_accounts, &fixture.service_accounts);
    check_names("role bindings", &state.role_bindings, &fixture.role_bindings);
    check_names("quotas", &state.quotas, &fixture.quotas);
    check_names("limit ranges", &state.limit_ranges, &fixture.limit_ranges);
    check_names("ingresses", &state.ingresses, &fixture.ingresses);
    check_names("network policies", &state.network_policies, &fixture.network_policies);
    check_names("autoscalers", &state.autoscalers, &fixture.autoscalers);
    check_names("disruption budgets", &state.disruption_budgets, &fixture.disruption_budgets);
    check_names("cron jobs", &state.cron_jobs, &fixture.cron_jobs);
    assert!(state.replica_sets.seen().is_some(), "replica sets are read: {:?}", state.replica_sets);

    for wanted in fixture.deployments.items() {
        let found = find(&state.deployments, &wanted.metadata);
        assert_eq!(found.spec.replicas, wanted.spec.replicas);
        assert_eq!(found.spec.selector, wanted.spec.selector);
        assert_eq!(found.spec.template.metadata.labels, wanted.spec.template.metadata.labels);
        let containers = |template: &lamplighter_core::cluster::PodTemplate| {
            let container = template.spec.containers.first().cloned().unwrap_or_default();
            (container.name, container.image, container.resources.limits)
        };
        assert_eq!(containers(&found.spec.template), containers(&wanted.spec.template));
    }
    for wanted in fixture.services.items() {
        assert_eq!(find(&state.services, &wanted.metadata).spec.selector, wanted.spec.selector);
    }
    let events = state.events.as_result().expect("events are read");
    let about = |event: &&lamplighter_core::cluster::Event| event.involved_object.name == "lonely";
    let event = events.iter().find(about).expect("the event about the lonely pod is read");
    assert_eq!((event.reason.as_str(), event.is_warning()), ("BackOff", true));
    assert!(event.last_seen().is_some(), "an event has a time");

    for wanted in fixture.secrets.items() {
        assert_eq!(find(&state.secrets, &wanted.metadata).keys, wanted.keys, "a secret's keys are read");
    }
    let everything = format!("{state:?}");
    assert!(!everything.contains(CONTRACT_SECRET), "the value of a secret is read nowhere");
    for wanted in fixture.autoscalers.items() {
        assert_eq!(find(&state.autoscalers, &wanted.metadata).spec, wanted.spec);
    }
    for wanted in fixture.ingresses.items() {
        assert_eq!(find(&state.ingresses, &wanted.metadata).spec.rules, wanted.spec.rules);
    }

    for workload in [workload(WorkloadKind::Deployment, A, "web"), workload(WorkloadKind::StatefulSet, A, "db")] {
        let wanted = fixture.workload(&workload).expect("it is in the fixture").desired;
        let found = state.pods_of(&workload).len();
        assert_eq!(u32::try_from(found).ok(), Some(wanted), "the pods of {workload} are read and lead to it");
    }
    let uids: Vec<_> = state.pods.items().iter().map(|pod| pod.metadata.uid.as_str()).collect();
    assert!(uids.iter().all(|uid| !uid.is_empty()), "every pod has a UID");
    assert_eq!(uids.iter().collect::<BTreeSet<_>>().len(), uids.len(), "no pod is read twice");
}

async fn a_scope_leaves_other_namespaces_out(harness: &dyn ClusterHarness) {
    let state = read(harness, &Scope::namespace(B)).await;
    check_names("deployments", &state.deployments, &cluster_fixture_in(B).deployments);
    assert!(state.nodes.items().iter().any(|node| node.metadata.name == "n1"), "nodes have no namespace and are read");
    for (kind, namespaces) in namespaces(&state) {
        assert!(namespaces.iter().all(|namespace| namespace == B), "{kind} of {namespaces:?} are read for {B}");
    }
    let both = read(harness, &Scope { namespaces: vec![A.to_owned(), B.to_owned()] }).await;
    check_names("deployments", &both.deployments, &cluster_fixture().deployments);
    let none = read(harness, &Scope::namespace("contract")).await;
    assert_eq!(none.pods, Observed::Seen(Vec::new()), "a namespace that is not there is empty, not unknown");
}

async fn a_pod_is_read_as_it_is_in_the_state(harness: &dyn ClusterHarness) {
    let state = read(harness, &Scope::everything()).await;
    for workload in [workload(WorkloadKind::Deployment, A, "web"), workload(WorkloadKind::StatefulSet, A, "db")] {
        for pod in state.pods_of(&workload) {
            let (namespace, name) = (pod.metadata.namespace(), &pod.metadata.name);
            let found = harness.reader().pod(namespace, name).await.expect("reading a pod works");
            let found = found.expect("a pod of the state is there");
            assert_eq!(found.metadata.uid, pod.metadata.uid);
            assert_eq!(found.spec.containers.len(), pod.spec.containers.len());
            let elsewhere = harness.reader().pod(B, name).await.expect("reading a pod works");
            assert_eq!(elsewhere, None, "{name} is not in {B}");
        }
    }
    for (namespace, name) in [
        (A, "nobody"),
        ("contract", "db-0"),
        (A, "db-0/status"),
        (A, "db-0/log"),
        (A, ".."),
        (A, "db-0?pretty=1"),
        (A, ""),
    ] {
        let found = harness.reader().pod(namespace, name).await.expect("a pod that is not there is no error");
        assert_eq!(found, None, "there is no pod {name:?} in {namespace}");
    }
}

async fn a_count_is_read_where_there_is_one(harness: &dyn ClusterHarness) {
    for (kind, namespace, name, expected) in [
        (WorkloadKind::Deployment, A, "web", Some(2)),
        (WorkloadKind::Deployment, B, "web", Some(1)),
        (WorkloadKind::Deployment, A, "idle", Some(0)),
        (WorkloadKind::StatefulSet, A, "db", Some(1)),
        (WorkloadKind::DaemonSet, A, "agent", None),
        (WorkloadKind::Deployment, A, "db", None),
        (WorkloadKind::Deployment, B, "idle", None),
        (WorkloadKind::StatefulSet, "contract", "db", None),
        (WorkloadKind::Deployment, A, "web/scale", None),
    ] {
        let workload = workload(kind, namespace, name);
        let replicas = harness.reader().replicas(&workload).await.expect("reading a count works");
        assert_eq!(replicas, expected, "the count of {workload}");
    }
}

async fn what_cannot_be_read_is_unknown(harness: &dyn ClusterHarness) {
    if let Some(reader) = harness.without_pods().await {
        let state = reader.state(&Scope::everything()).await.expect("the rest is still read");
        assert!(state.pods.as_result().is_err_and(|reason| !reason.is_empty()), "pods are unknown, with the reason");
        check_names("deployments", &state.deployments, &cluster_fixture().deployments);
        let pod = reader.pod(A, "db-0").await;
        assert!(pod.is_err(), "a pod that must not be seen is an error, not absent: {pod:?}");
    }
    if let Some(reader) = harness.nowhere().await {
        let state = reader.state(&Scope::everything()).await;
        assert!(state.is_err(), "a cluster that is not there is an error, not empty");
        let pod = reader.pod(A, "db-0").await;
        assert!(pod.is_err(), "a pod of a cluster that is not there is an error, not absent: {pod:?}");
    }
}

async fn a_pod_is_restarted_once(harness: &dyn ClusterWriterHarness) {
    for workload in [workload(WorkloadKind::StatefulSet, A, "db"), workload(WorkloadKind::Deployment, A, "web")] {
        let before = pods(harness, &workload).await;
        let old = before.first().expect("the workload has a pod").clone();
        restart(harness, &old, &old.metadata.uid).await;
        let now = harness.reader().pod(A, &old.metadata.name).await.expect("reading a pod works");
        assert!(
            now.is_none_or(|now| now.metadata.uid != old.metadata.uid || now.is_terminating()),
            "the pod is gone or going"
        );
        harness.settle().await;
        let after = pods(harness, &workload).await;
        assert_eq!(after.len(), before.len(), "the controller of {workload} has made another pod");
        restart(harness, &old, &old.metadata.uid).await;
        harness.settle().await;
        assert_eq!(uids(&pods(harness, &workload).await), uids(&after), "done again, nothing happens");
    }
}

async fn a_successor_is_never_deleted(harness: &dyn ClusterWriterHarness) {
    let workload = workload(WorkloadKind::StatefulSet, A, "db");
    let before = pods(harness, &workload).await;
    let pod = before.first().expect("the workload has a pod");
    restart(harness, pod, "00000000-0000-4000-a000-000000000000").await;
    restart(harness, &Pod { metadata: Meta { name: "nobody".to_owned(), ..pod.metadata.clone() }, ..pod.clone() }, "x")
        .await;
    harness.settle().await;
    assert_eq!(uids(&pods(harness, &workload).await), uids(&before), "a pod of another UID is left alone");
}

async fn a_count_is_set_once(harness: &dyn ClusterWriterHarness) {
    for (workload, count) in
        [(workload(WorkloadKind::Deployment, A, "web"), 2), (workload(WorkloadKind::StatefulSet, A, "db"), 1)]
    {
        for (from, to) in [(count, 0), (count, 0), (0, count), (0, count)] {
            scale(harness, &workload, from, to).await.expect("scaling works, done or not");
            assert_eq!(count_of(harness, &workload).await, Some(to), "the count of {workload} is set to {to}");
            harness.settle().await;
            assert_eq!(pods(harness, &workload).await.len(), usize::try_from(to).expect("a small number"));
        }
    }
    assert_eq!(
        count_of(harness, &workload(WorkloadKind::Deployment, B, "web")).await,
        Some(1),
        "others are left alone"
    );
    let fixture = cluster_fixture();
    let state = read(harness, &Scope::everything()).await;
    let wanted = &fixture.deployments.items().first().expect("the fixture has deployments").metadata;
    let (found, wanted) = (find(&state.deployments, wanted), find(&fixture.deployments, wanted));
    assert_eq!(found.spec.template.metadata.labels, wanted.spec.template.metadata.labels, "only the count is set");
}

async fn a_count_that_has_moved_is_left_alone(harness: &dyn ClusterWriterHarness) {
    let web = workload(WorkloadKind::Deployment, A, "web");
    assert_fails(scale(harness, &web, 5, 3).await, ErrorKind::Conflict, "scaling from a count that is not there");
    assert_eq!(count_of(harness, &web).await, Some(2), "a count that has moved is left alone");
    for (kind, name) in [(WorkloadKind::Deployment, "nobody"), (WorkloadKind::DaemonSet, "agent")] {
        let outcome = scale(harness, &workload(kind, A, name), 1, 2).await;
        assert!(outcome.is_err(), "{kind} {name} has no count that could be set");
    }
}

async fn read(harness: &(impl ClusterHarness + ?Sized), scope: &Scope) -> ClusterState {
    harness.reader().state(scope).await.expect("reading the cluster works")
}

async fn pods(harness: &dyn ClusterWriterHarness, workload: &WorkloadRef) -> Vec<Pod> {
    let state = read(harness, &Scope::namespace(&workload.namespace)).await;
    state.pods_of(workload).into_iter().filter(|pod| !pod.is_terminating()).cloned().collect()
}

async fn count_of(harness: &dyn ClusterWriterHarness, workload: &WorkloadRef) -> Option<u32> {
    harness.reader().replicas(workload).await.expect("reading a count works")
}

async fn restart(harness: &dyn ClusterWriterHarness, pod: &Pod, uid: &str) {
    let restart = PodRestart {
        namespace: pod.metadata.namespace().to_owned(),
        pod: pod.metadata.name.clone(),
        uid: uid.to_owned(),
        workload: None,
        ready: pod.is_ready(),
        ready_siblings: 0,
    };
    let outcome = harness.writer().restart_pod(approve_restart(restart).await).await;
    outcome.expect("restarting a pod works, there or not");
}

async fn scale(
    harness: &dyn ClusterWriterHarness,
    workload: &WorkloadRef,
    from: u32,
    to: u32,
) -> lamplighter_core::Result<()> {
    let scaling = Scaling { workload: workload.clone(), from, to, declared: Some(to), declared_in: None };
    harness.writer().scale(approve_scaling(scaling).await).await
}

fn cluster_fixture_in(namespace: &str) -> ClusterState {
    let mut state = cluster_fixture();
    if let Observed::Seen(deployments) = &mut state.deployments {
        deployments.retain(|deployment| deployment.metadata.namespace() == namespace);
    }
    state
}

fn workload(kind: WorkloadKind, namespace: &str, name: &str) -> WorkloadRef {
    WorkloadRef::new(kind, namespace, name)
}

fn uids(pods: &[Pod]) -> BTreeSet<&str> {
    pods.iter().map(|pod| pod.metadata.uid.as_str()).collect()
}

fn check_names<T: Named>(kind: &str, found: &Observed<Vec<T>>, wanted: &Observed<Vec<T>>) {
    let found = found.as_result();
    assert!(found.is_ok(), "{kind} are read: {:?}", found.err());
    let names = |items: &[T]| -> BTreeSet<_> {
        items.iter().map(|item| format!("{}/{}", item.meta().namespace(), item.meta().name)).collect()
    };
    let (found, wanted) = (names(found.map_or(&[], Vec::as_slice)), names(wanted.items()));
    assert!(found.is_superset(&wanted), "the {kind} {wanted:?} are among {found:?}");
}

fn find<'a, T: Named>(items: &'a Observed<Vec<T>>, wanted: &Meta) -> &'a T {
    let is_it = |item: &&T| item.meta().name == wanted.name && item.meta().namespace() == wanted.namespace();
    items.items().iter().find(is_it).expect("its name was found before")
}

fn namespaces(state: &ClusterState) -> Vec<(&'static str, Vec<String>)> {
    fn of<T: Named>(kind: &'static str, items: &Observed<Vec<T>>) -> (&'static str, Vec<String>) {
        (kind, items.items().iter().map(|item| item.meta().namespace().to_owned()).collect())
    }
    vec![
        of("pods", &state.pods),
        of("deployments", &state.deployments),
        of("replica sets", &state.replica_sets),
        of("stateful sets", &state.stateful_sets),
        of("daemon sets", &state.daemon_sets),
        of("jobs", &state.jobs),
        of("claims", &state.claims),
        of("events", &state.events),
        of("services", &state.services),
        of("endpoints", &state.endpoints),
        of("config maps", &state.config_maps),
        of("secrets", &state.secrets),
        of("service accounts", &state.service_accounts),
        of("role bindings", &state.role_bindings),
        of("quotas", &state.quotas),
        of("limit ranges", &state.limit_ranges),
        of("ingresses", &state.ingresses),
        of("network policies", &state.network_policies),
        of("autoscalers", &state.autoscalers),
        of("disruption budgets", &state.disruption_budgets),
        of("cron jobs", &state.cron_jobs),
    ]
}
