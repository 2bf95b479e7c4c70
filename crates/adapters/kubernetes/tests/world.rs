//! Against the simulated cluster: what needs a kubelet, and what goes wrong on the way.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::time::Duration;

use lamplighter_core::cluster::Pod;
use lamplighter_core::ports::{ClusterReader, ClusterWriter, Logs, LogsRequest, Scope};
use lamplighter_core::words::{PodRestart, Scaling, WorkloadKind, WorkloadRef};
use lamplighter_core::{ErrorKind, Result};
use lamplighter_kubernetes::{KubernetesCluster, KubernetesOptions};
use lamplighter_testkit::contract::cluster_fixture_objects;
use lamplighter_testkit::world::{Disruption, World, WorldSpec};
use lamplighter_testkit::{approve_restart, approve_scaling};
use support::real::eventually;
use support::{connect, options};

const SPEC: &str = r#"
    startup_ms = 0

    [[workload]]
    namespace = "apps"
    name = "wiki"
    fault = { kind = "stuck" }
    logs = ["one", "two", "drei ☂"]

    [[workload]]
    namespace = "apps"
    name = "shop"
    fault = { kind = "needs-memory", at_least = "200Mi" }

    [[workload]]
    namespace = "apps"
    name = "pull"
    fault = { kind = "image-pull" }

    [[workload]]
    namespace = "web"
    name = "front"
    replicas = 5
"#;

async fn world() -> (World, KubernetesCluster) {
    let world = World::start(SPEC.parse::<WorldSpec>().unwrap()).unwrap();
    let cluster = connect_to(&world, Duration::from_mins(1)).await;
    (world, cluster)
}

async fn connect_to(world: &World, request_timeout: Duration) -> KubernetesCluster {
    let dir = tempfile::tempdir().unwrap();
    let kubeconfig = world.write_kubeconfig(dir.path()).unwrap();
    connect(KubernetesOptions { request_timeout, page_size: 2, ..options(&kubeconfig) }).await
}

async fn pod_of(cluster: &KubernetesCluster, namespace: &str, workload: &str) -> Pod {
    let state = cluster.state(&Scope::namespace(namespace)).await.unwrap();
    let workload = WorkloadRef::new(WorkloadKind::Deployment, namespace, workload);
    state.pods_of(&workload).into_iter().find(|pod| !pod.is_terminating()).unwrap().clone()
}

async fn restart(cluster: &KubernetesCluster, pod: &Pod) -> Result<()> {
    let restart = PodRestart {
        namespace: pod.metadata.namespace().to_owned(),
        pod: pod.metadata.name.clone(),
        uid: pod.metadata.uid.clone(),
        workload: None,
        ready: false,
        ready_siblings: 0,
    };
    cluster.restart_pod(approve_restart(restart).await).await
}

async fn scale(cluster: &KubernetesCluster, from: u32, to: u32) -> Result<()> {
    let workload = WorkloadRef::new(WorkloadKind::Deployment, "web", "front");
    let scaling = Scaling { workload, from, to, declared: None, declared_in: None };
    cluster.scale(approve_scaling(scaling).await).await
}

fn logs(pod: &Pod, previous: bool, lines: u32) -> LogsRequest {
    LogsRequest {
        namespace: pod.metadata.namespace().to_owned(),
        pod: pod.metadata.name.clone(),
        container: None,
        previous,
        lines,
    }
}

#[tokio::test]
async fn a_restart_cures_what_a_restart_cures() {
    let (world, cluster) = world().await;
    let stuck = pod_of(&cluster, "apps", "wiki").await;
    assert!(!stuck.is_ready());
    restart(&cluster, &stuck).await.unwrap();
    eventually(async || world.is_ready("apps", "wiki").then_some(())).await;
    let successor = pod_of(&cluster, "apps", "wiki").await;
    assert_ne!(successor.metadata.uid, stuck.metadata.uid);
    assert!(successor.is_ready());
    restart(&cluster, &stuck).await.unwrap();
    assert_eq!(world.pods_deleted().len(), 1);
}

#[tokio::test]
async fn no_kind_is_unknown_and_objects_of_the_spec_are_there() {
    let object = cluster_fixture_objects();
    let world = World::start(WorldSpec { object, ..SPEC.parse().unwrap() }).unwrap();
    let cluster = connect_to(&world, Duration::from_mins(1)).await;
    let state = cluster.state(&Scope::everything()).await.unwrap();
    let fields = serde_json::to_value(&state).unwrap();
    for (name, kind) in fields.as_object().unwrap() {
        assert!(kind.get("unknown").is_none(), "{name}: {kind}");
    }
    assert_eq!(state.autoscalers.items().len(), 1);
    assert_eq!(state.secrets.items().len(), 1);
    assert_eq!(state.volumes.items().len(), 1);
    assert!(state.service_accounts.items().iter().any(|account| account.metadata.namespace() == "apps"));
    world.deny("list", "secrets");
    let state = cluster.state(&Scope::everything()).await.unwrap();
    assert!(state.secrets.as_result().unwrap_err().contains("`list` on `secrets`"));
    assert_eq!(state.config_maps.items().len(), 1);
}

#[tokio::test]
async fn logs_are_those_of_the_container_and_of_the_one_before() {
    let (_world, cluster) = world().await;
    let wiki = pod_of(&cluster, "apps", "wiki").await;
    let all = cluster.tail(&logs(&wiki, false, 1000)).await.unwrap();
    assert!(all.contains(&"drei ☂".to_owned()), "{all:?}");
    assert_eq!(cluster.tail(&logs(&wiki, false, 2)).await.unwrap(), all[all.len() - 2..]);
    assert_eq!(cluster.tail(&logs(&wiki, false, 0)).await.unwrap(), Vec::<String>::new());
    let error = cluster.tail(&logs(&wiki, true, 10)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");

    let shop = pod_of(&cluster, "apps", "shop").await;
    assert!(!cluster.tail(&logs(&shop, true, 10)).await.unwrap().is_empty());
    let pull = pod_of(&cluster, "apps", "pull").await;
    assert_eq!(cluster.tail(&logs(&pull, false, 10)).await.unwrap(), Vec::<String>::new());

    for (pod, container) in [("gone", None), ("../../secrets", None), (wiki.metadata.name.as_str(), Some("gone"))] {
        let mut request = logs(&wiki, false, 10);
        (request.pod, request.container) = (pod.to_owned(), container.map(str::to_owned));
        let error = cluster.tail(&request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{pod}: {error}");
    }
}

#[tokio::test]
async fn a_denied_kind_is_unknown_and_the_rest_is_read() {
    let (world, cluster) = world().await;
    world.deny("list", "pods");
    let state = cluster.state(&Scope::everything()).await.unwrap();
    let reason = state.pods.as_result().unwrap_err();
    assert!(
        reason.contains("needs permission `list` on `pods`; grant it with `kubectl create clusterrole"),
        "{reason}"
    );
    assert_eq!(state.deployments.items().len(), 4);
    world.deny("*", "*");
    let error = cluster.state(&Scope::everything()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Permission, "{error}");
}

#[tokio::test]
async fn what_is_lost_on_the_way_is_done_once() {
    let (world, cluster) = world().await;
    let stuck = pod_of(&cluster, "apps", "wiki").await;
    world.disrupt(Disruption::lose_answer().times(2).on("DELETE", "/pods/"));
    restart(&cluster, &stuck).await.unwrap();
    assert_eq!(world.pods_deleted().len(), 1);

    world.disrupt(Disruption::lose_answer().on("PATCH", "/scale"));
    scale(&cluster, 5, 3).await.unwrap();
    assert_eq!(world.scales().len(), 1);
    world.disrupt(Disruption::lose_answer().times(9).on("PATCH", "/scale"));
    assert_eq!(scale(&cluster, 3, 4).await.unwrap_err().kind(), ErrorKind::Unavailable);
    scale(&cluster, 3, 4).await.unwrap();
    assert_eq!(world.scales().len(), 2);
}

#[tokio::test]
async fn a_flaky_server_is_read_all_the_same() {
    let (world, cluster) = world().await;
    for disruption in [Disruption::status(500), Disruption::status(429), Disruption::status(503), Disruption::reset()] {
        world.disrupt(disruption.times(2).on("GET", "/pods"));
        let state = cluster.state(&Scope::everything()).await.unwrap();
        assert_eq!(state.pods.as_result().map(Vec::len), Ok(8));
    }
    world.disrupt(Disruption::status(410).on("GET", "continue="));
    let state = cluster.state(&Scope::namespace("web")).await.unwrap();
    assert_eq!(state.pods.as_result().map(Vec::len), Ok(5));
}

#[tokio::test]
async fn a_slow_server_is_unavailable_in_time() {
    let (world, _) = world().await;
    let cluster = connect_to(&world, Duration::from_millis(100)).await;
    world.set_latency(Duration::from_secs(30));
    let error = cluster.state(&Scope::everything()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    drop(world);
    let error = cluster.state(&Scope::everything()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
}
