//! Against a real Kubernetes API server with RBAC; see `support/real.rs` for what it needs and when it is skipped.
mod support;

use http::Method;
use lamplighter_core::ports::{ClusterReader, ClusterWriter, Logs, LogsRequest, Scope};
use lamplighter_core::words::{PodRestart, Scaling, WorkloadKind, WorkloadRef};
use lamplighter_core::{Error, ErrorKind, Result};
use lamplighter_kubernetes::{KubernetesCluster, KubernetesOptions};
use lamplighter_testkit::{approve_restart, approve_scaling, contract};
use serde_json::json;
use support::contract::RealCluster;
use support::real::{eventually, server};
use support::{TOKEN, connect, kubeconfig, options};

fn restart(namespace: &str, pod: &str, uid: &str) -> PodRestart {
    let (namespace, pod, uid) = (namespace.to_owned(), pod.to_owned(), uid.to_owned());
    PodRestart { namespace, pod, uid, workload: None, ready: false, ready_siblings: 0 }
}

async fn scale(cluster: &KubernetesCluster, workload: &WorkloadRef, from: u32, to: u32) -> Result<()> {
    let scaling = Scaling { workload: workload.clone(), from, to, declared: None, declared_in: None };
    cluster.scale(approve_scaling(scaling).await).await
}

fn deployment(namespace: &str, name: &str) -> WorkloadRef {
    WorkloadRef::new(WorkloadKind::Deployment, namespace, name)
}

#[tokio::test]
async fn pages_make_up_the_whole_list() {
    let Some(admin) = server().await else { return };
    let namespace = admin.namespace("paging").await;
    for n in 0..7 {
        admin.pod(&namespace, &format!("p{n}")).await;
    }
    for page_size in [1, 2, 7, 0] {
        let cluster = connect(KubernetesOptions { page_size, ..options(&admin.kubeconfig) }).await;
        let state = cluster.state(&Scope::namespace(&namespace)).await.unwrap();
        let names: Vec<_> = state.pods.as_result().unwrap().iter().map(|pod| pod.metadata.name.as_str()).collect();
        assert_eq!(names, ["p0", "p1", "p2", "p3", "p4", "p5", "p6"], "page size {page_size}");
    }
}

#[tokio::test]
async fn every_kind_is_read_and_a_scope_limits_the_namespaces() {
    let Some(admin) = server().await else { return };
    let (one, two) = (admin.namespace("scope-one").await, admin.namespace("scope-two").await);
    admin.workload(&one, "deployments", "web", 1).await;
    admin.workload(&two, "statefulsets", "db", 1).await;
    let cluster = connect(options(&admin.kubeconfig)).await;

    let scope = Scope { namespaces: vec![one.clone(), two.clone()] };
    let state = eventually(async || {
        let state = cluster.state(&scope).await.unwrap();
        (state.pods.items().len() == 2).then_some(state)
    })
    .await;
    let web = state.pods.items().iter().find(|pod| pod.metadata.namespace() == one).unwrap();
    assert_eq!(state.workload_of(web), Some(deployment(&one, "web")));
    assert_eq!(state.stateful_sets.items().len(), 1);
    assert!(state.nodes.seen().is_some());
    assert!(state.daemon_sets.seen().is_some());
    assert!(state.jobs.seen().is_some());
    assert!(state.claims.seen().is_some());
    assert!(!state.events.as_result().unwrap().is_empty());
    assert!(state.services.seen().is_some());
    assert!(state.endpoints.seen().is_some());

    let state = cluster.state(&Scope::namespace(&one)).await.unwrap();
    assert!(state.pods.items().iter().all(|pod| pod.metadata.namespace() == one));
    assert!(state.stateful_sets.items().is_empty());
    let state = cluster.state(&Scope::everything()).await.unwrap();
    assert!(state.services.items().iter().any(|service| service.metadata.name == "kubernetes"));
}

#[tokio::test]
async fn an_account_is_told_which_permission_it_lacks() {
    let Some(admin) = server().await else { return };
    let namespace = admin.namespace("lacking").await;
    admin.workload(&namespace, "deployments", "web", 1).await;
    let uid = admin.pod(&namespace, "alone").await;
    let account = admin.account(&namespace, &["get", "list"], &["pods", "services"]).await;
    let cluster = connect(options(&account.path().join("config"))).await;

    let state = cluster.state(&Scope::namespace(&namespace)).await.unwrap();
    assert!(!state.pods.as_result().unwrap().is_empty());
    assert!(state.services.seen().is_some());
    assert_eq!(
        state.deployments.as_result().unwrap_err(),
        "list deployments.apps in namespace lacking is forbidden: needs permission `list` on `deployments.apps`; \
         grant it with `kubectl -n lacking create role lamplighter-list-deployments.apps --verb=list \
         --resource=deployments.apps` and a rolebinding to `system:serviceaccount:lacking:reader`"
    );
    assert_eq!(
        state.nodes.as_result().unwrap_err(),
        "list nodes is forbidden: needs permission `list` on `nodes`; grant it with `kubectl create clusterrole \
         lamplighter-list-nodes --verb=list --resource=nodes` and a clusterrolebinding to \
         `system:serviceaccount:lacking:reader`"
    );
    assert!(cluster.pod(&namespace, "alone").await.unwrap().is_some());

    let logs = LogsRequest {
        namespace: namespace.clone(),
        pod: "alone".to_owned(),
        container: None,
        previous: false,
        lines: 10,
    };
    let web = deployment(&namespace, "web");
    let restarted = cluster.restart_pod(approve_restart(restart(&namespace, "alone", &uid)).await).await;
    let outcomes: [(&str, Result<()>); 5] = [
        ("`list` on `nodes`", cluster.state(&Scope::everything()).await.map(drop)),
        ("`get` on `deployments.apps`", cluster.replicas(&web).await.map(drop)),
        ("`get` on `deployments.apps/scale`", scale(&cluster, &web, 1, 2).await),
        ("`get` on `pods/log`", cluster.tail(&logs).await.map(drop)),
        ("`delete` on `pods`", restarted),
    ];
    let kubeconfig = std::fs::read_to_string(account.path().join("config")).unwrap();
    let token = kubeconfig.split("token: '").nth(1).unwrap().split('\'').next().unwrap();
    for (permission, outcome) in outcomes {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Permission, "{error}");
        assert!(error.to_string().contains(&format!("needs permission {permission}; grant it with")), "{error}");
        assert_eq!(error.public_message(), format!("the cluster does not grant permission {permission}"));
        assert!(!format!("{error:?}").contains(token));
    }
    assert!(admin.exists(&format!("/api/v1/namespaces/{namespace}/pods/alone")).await);
    assert_eq!(admin.replicas(&namespace, "deployments", "web").await, 1);
}

#[tokio::test]
async fn a_permission_that_is_granted_after_all_is_enough() {
    let Some(admin) = server().await else { return };
    let namespace = admin.namespace("granted").await;
    admin.workload(&namespace, "deployments", "web", 1).await;
    let account = admin.account(&namespace, &["get", "patch"], &["deployments/scale"]).await;
    let cluster = connect(options(&account.path().join("config"))).await;
    scale(&cluster, &deployment(&namespace, "web"), 1, 2).await.unwrap();
    assert_eq!(admin.replicas(&namespace, "deployments", "web").await, 2);
}

#[tokio::test]
async fn credentials_that_are_not_known_are_said_to_be_so() {
    let Some(admin) = server().await else { return };
    let dir = kubeconfig(&admin.url().await, TOKEN);
    let cluster = connect(options(&dir.path().join("config"))).await;
    let outcomes: [Result<()>; 3] = [
        cluster.state(&Scope::everything()).await.map(drop),
        cluster.pod("default", "web").await.map(drop),
        cluster.restart_pod(approve_restart(restart("default", "web", "u1")).await).await,
    ];
    for outcome in outcomes {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Permission, "{error}");
        assert!(error.to_string().contains("credentials are not accepted"), "{error}");
        assert!(!format!("{error:?}").contains(TOKEN));
    }
}

#[tokio::test]
async fn a_pod_of_this_uid_is_deleted_and_no_successor() {
    let Some(admin) = server().await else { return };
    let namespace = admin.namespace("restart").await;
    admin.workload(&namespace, "statefulsets", "db", 1).await;
    let cluster = connect(options(&admin.kubeconfig)).await;
    let uid = async || {
        let pod = cluster.pod(&namespace, "db-0").await.unwrap()?;
        (!pod.is_terminating()).then_some(pod.metadata.uid)
    };
    let first = eventually(uid).await;

    cluster.restart_pod(approve_restart(restart(&namespace, "db-0", &first)).await).await.unwrap();
    let second = eventually(async || uid().await.filter(|uid| *uid != first)).await;
    for _ in 0..3 {
        cluster.restart_pod(approve_restart(restart(&namespace, "db-0", &first)).await).await.unwrap();
        assert_eq!(uid().await, Some(second.clone()));
    }
    cluster.restart_pod(approve_restart(restart(&namespace, "gone", &first)).await).await.unwrap();

    let error = cluster.restart_pod(approve_restart(restart(&namespace, "db-0", "")).await).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    assert_eq!(uid().await, Some(second));
}

#[tokio::test]
async fn a_pod_keeps_its_grace_period() {
    let Some(admin) = server().await else { return };
    let namespace = admin.namespace("grace").await;
    let container = json!({ "name": "app", "image": "registry.invalid/app:1" });
    let spec = json!({ "nodeName": "n1", "terminationGracePeriodSeconds": 77, "containers": [container] });
    let pods = format!("/api/v1/namespaces/{namespace}/pods");
    let pod = admin.create(&pods, json!({ "metadata": { "name": "slow" }, "spec": spec })).await;
    let uid = pod["metadata"]["uid"].as_str().unwrap();
    let cluster = connect(options(&admin.kubeconfig)).await;
    let mut deadlines = Vec::new();
    for _ in 0..2 {
        cluster.restart_pod(approve_restart(restart(&namespace, "slow", uid)).await).await.unwrap();
        let pod = admin.get(&format!("{pods}/slow")).await;
        assert_eq!(pod["metadata"]["deletionGracePeriodSeconds"], 77);
        deadlines.push(pod["metadata"]["deletionTimestamp"].clone());
    }
    assert_eq!(deadlines[0], deadlines[1]);
    assert!(cluster.pod(&namespace, "slow").await.unwrap().unwrap().is_terminating());
}

#[tokio::test]
async fn a_count_is_set_once_and_only_from_where_it_was() {
    let Some(admin) = server().await else { return };
    let namespace = admin.namespace("scaling").await;
    let cluster = connect(options(&admin.kubeconfig)).await;
    for (kind, plural) in [(WorkloadKind::Deployment, "deployments"), (WorkloadKind::StatefulSet, "statefulsets")] {
        admin.workload(&namespace, plural, "web", 0).await;
        let web = WorkloadRef::new(kind, &namespace, "web");
        assert_eq!(cluster.replicas(&web).await.unwrap(), Some(0));
        for _ in 0..2 {
            scale(&cluster, &web, 0, 3).await.unwrap();
            assert_eq!(admin.replicas(&namespace, plural, "web").await, 3);
        }
        let error = scale(&cluster, &web, 1, 2).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
        assert!(error.to_string().contains("set to 3 replicas by now"), "{error}");
        scale(&cluster, &web, 3, 0).await.unwrap();
        assert_eq!(cluster.replicas(&web).await.unwrap(), Some(0));
    }
    let gone = deployment(&namespace, "gone");
    assert_eq!(cluster.replicas(&gone).await.unwrap(), None);
    assert_eq!(scale(&cluster, &gone, 1, 2).await.unwrap_err().kind(), ErrorKind::NotFound);
    let agent = WorkloadRef::new(WorkloadKind::DaemonSet, &namespace, "agent");
    assert_eq!(cluster.replicas(&agent).await.unwrap(), None);
    assert_eq!(scale(&cluster, &agent, 1, 2).await.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn of_scalings_at_the_same_time_one_wins() {
    let Some(admin) = server().await else { return };
    let namespace = admin.namespace("race").await;
    admin.workload(&namespace, "deployments", "web", 0).await;
    let web = deployment(&namespace, "web");
    let cluster = connect(options(&admin.kubeconfig)).await;
    for _ in 0..10 {
        let outcomes =
            tokio::join!(scale(&cluster, &web, 0, 1), scale(&cluster, &web, 0, 2), scale(&cluster, &web, 0, 3));
        let outcomes = [outcomes.0, outcomes.1, outcomes.2];
        let now = admin.replicas(&namespace, "deployments", "web").await;
        for (to, outcome) in (1..).zip(&outcomes) {
            let expected = (to != now).then_some(ErrorKind::Conflict);
            assert_eq!(outcome.as_ref().err().map(Error::kind), expected, "to {to}, is {now}: {outcome:?}");
        }
        scale(&cluster, &web, u32::try_from(now).unwrap(), 0).await.unwrap();
    }
}

#[tokio::test]
async fn a_change_of_something_else_does_not_stop_a_scaling() {
    let Some(admin) = server().await else { return };
    let namespace = admin.namespace("busy").await;
    admin.workload(&namespace, "deployments", "web", 0).await;
    let path = format!("/apis/apps/v1/namespaces/{namespace}/deployments/web");
    let web = deployment(&namespace, "web");
    let cluster = connect(options(&admin.kubeconfig)).await;
    let annotate = async {
        for n in 0..20 {
            let annotation = json!({ "metadata": { "annotations": { "n": n.to_string() } } });
            admin.call(Method::PATCH, &path, annotation).await.unwrap();
        }
    };
    let scaled = async {
        for from in 0..10 {
            // Nobody else sets the count. That too many other changes came between is all that may be said.
            while let Err(error) = scale(&cluster, &web, from, from + 1).await {
                assert!(error.to_string().contains("keeps being changed"), "{error}");
            }
        }
    };
    tokio::join!(annotate, scaled);
    assert_eq!(admin.replicas(&namespace, "deployments", "web").await, 10);
}

#[tokio::test]
async fn a_real_cluster_keeps_the_contracts() {
    let Some(admin) = server().await else { return };
    let cluster = RealCluster::new(&admin).await;
    contract::cluster_reader(&cluster).await;
    contract::cluster_writer(&cluster).await;
}

#[tokio::test]
async fn names_that_are_paths_are_not_sent() {
    let Some(admin) = server().await else { return };
    let cluster = connect(options(&admin.kubeconfig)).await;
    for (namespace, name) in
        [("default", "../../../../version"), ("..", "x"), ("default", ""), ("", "x"), ("a b", "x"), ("default", "x?y")]
    {
        assert_eq!(cluster.pod(namespace, name).await.unwrap(), None, "{namespace}/{name}");
        let restart = approve_restart(restart(namespace, name, "u1")).await;
        assert_eq!(cluster.restart_pod(restart).await.unwrap_err().kind(), ErrorKind::NotFound);
    }
    let state = cluster.state(&Scope::namespace("../default")).await.unwrap();
    assert!(state.pods.as_result().unwrap_err().contains("`../default` is no name"));
    assert!(state.nodes.seen().is_some());
}

#[tokio::test]
async fn a_pod_that_never_ran_has_written_nothing() {
    let Some(admin) = server().await else { return };
    let namespace = admin.namespace("unscheduled").await;
    admin.pod(&namespace, "web").await;
    let cluster = connect(options(&admin.kubeconfig)).await;
    let mut request = LogsRequest { namespace, pod: "web".to_owned(), container: None, previous: false, lines: 10 };
    assert_eq!(cluster.tail(&request).await.unwrap(), Vec::<String>::new());
    for (pod, container, previous) in [("gone", None, false), ("web", Some("gone"), false)] {
        (request.pod, request.container, request.previous) = (pod.to_owned(), container.map(str::to_owned), previous);
        let error = cluster.tail(&request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{pod} {container:?}: {error}");
    }
}
