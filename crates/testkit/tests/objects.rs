//! The builders make objects that are consistent among each other, and each state says what it is called.

use lamplighter_core::cluster::{Named, Pod};
use lamplighter_core::words::{ObjectRef, WorkloadKind, WorkloadRef};
use lamplighter_testkit::objects::{
    PodBuilder, claim, cluster, daemon_set, deployment, event, job, node, pod, service, stateful_set,
};

#[test]
fn a_pod_reads_as_the_state_that_it_is_in() {
    let check = |name: &str, pod: PodBuilder, phase: &str, ready: bool, restarts: u32, reason: Option<&str>| {
        let pod: Pod = pod.build();
        assert_eq!((pod.status.phase.as_str(), pod.is_ready(), pod.restarts()), (phase, ready, restarts), "{name}");
        let state = pod.status.container_statuses.first().map(|status| status.state.clone()).unwrap_or_default();
        let waiting = state.waiting.and_then(|waiting| waiting.reason);
        let ended = state.terminated.and_then(|terminated| terminated.reason);
        assert_eq!(waiting.or(ended).or(pod.status.reason.clone()).as_deref(), reason, "{name}");
        let json = serde_json::to_value(&pod).unwrap();
        assert_eq!(serde_json::from_value::<Pod>(json).unwrap(), pod, "{name} survives its JSON");
    };
    let wiki = || pod("apps", "wiki");
    check("running", wiki(), "Running", true, 0, None);
    check("not ready", wiki().not_ready(), "Running", false, 0, None);
    check("restarted", wiki().restarted(3), "Running", true, 3, None);
    check("crash-looping", wiki().crash_looping(12), "Running", false, 12, Some("CrashLoopBackOff"));
    check("out of memory", wiki().out_of_memory(4), "Running", false, 4, Some("CrashLoopBackOff"));
    check("image pull", wiki().image_pull_failing(), "Pending", false, 0, Some("ImagePullBackOff"));
    check("waiting", wiki().waiting("ContainerCreating", ""), "Pending", false, 0, Some("ContainerCreating"));
    check("unschedulable", wiki().unschedulable("no node fits"), "Pending", false, 0, None);
    check("completed", wiki().completed(), "Succeeded", false, 0, Some("Completed"));
    check("failed", wiki().failed(), "Failed", false, 0, Some("Error"));
    check("evicted", wiki().evicted(), "Failed", false, 0, Some("Evicted"));
    check("cured", wiki().crash_looping(12).running(), "Running", true, 0, None);
    let killed = wiki().out_of_memory(4).build().status.container_statuses[0].last_state.terminated.clone().unwrap();
    assert_eq!((killed.exit_code, killed.reason.as_deref()), (137, Some("OOMKilled")));
    assert!(wiki().terminating().build().is_terminating());
}

#[test]
fn a_workload_leads_to_its_pods_and_back() {
    for (kind, workload) in [
        (WorkloadKind::Deployment, deployment("apps", "wiki")),
        (WorkloadKind::StatefulSet, stateful_set("apps", "wiki")),
        (WorkloadKind::DaemonSet, daemon_set("apps", "wiki")),
    ] {
        let ill = workload.replicas(3).pod(1, PodBuilder::not_ready).memory_limit("128Mi");
        let state = cluster().workload(ill).service(service("apps", "wiki")).build();
        let of = WorkloadRef::new(kind, "apps", "wiki");
        let status = state.workload(&of).unwrap();
        assert_eq!((status.desired, status.ready), (3, 2), "{kind}");
        let pods = state.pods_of(&of);
        assert_eq!(pods.len(), 3, "{kind}");
        for pod in pods {
            assert_eq!(state.workload_of(pod).as_ref(), Some(&of), "{kind}");
            assert_eq!(pod.spec.containers[0].name, "wiki");
            assert_eq!(pod.spec.containers[0].resources.limits["memory"].as_str(), "128Mi");
            assert!(pod.status.pod_ip.is_some());
        }
        assert_eq!(state.services_of(&of).len(), 1, "{kind}");
        let endpoints = &state.endpoints.items()[0];
        assert_eq!((endpoints.ready(), endpoints.subsets[0].not_ready_addresses.len()), (2, 1), "{kind}");
    }
}

#[test]
fn pods_may_be_missing() {
    let state = cluster().workload(deployment("apps", "wiki").replicas(3).without_pods(2)).build();
    let status = state.workload(&WorkloadRef::new(WorkloadKind::Deployment, "apps", "wiki")).unwrap();
    assert_eq!((status.desired, status.ready, state.pods.items().len()), (3, 1, 1));
}

#[test]
fn names_and_uids_are_unique_and_the_same_on_every_run() {
    let state = || {
        cluster()
            .node(node("n1"))
            .workload(deployment("apps", "wiki").replicas(20))
            .workload(deployment("other", "wiki").replicas(20))
            .workload(stateful_set("apps", "db").replicas(3))
            .claim(claim("apps", "db-0"))
            .job(job("apps", "backup"))
            .event(event(&ObjectRef::pod("apps", "db-0"), "BackOff", "again"))
            .build()
    };
    let (first, second) = (state(), state());
    assert_eq!(first, second);
    let pods: Vec<_> = ids(first.pods.items()).collect();
    let names: std::collections::BTreeSet<_> = pods.iter().map(|(name, _)| name).collect();
    let uids: std::collections::BTreeSet<_> = pods.iter().map(|(_, uid)| uid).collect();
    assert_eq!((names.len(), uids.len()), (43, 43));
    assert!(pods.iter().all(|(_, uid)| uid.len() == 36), "UIDs have the form of UIDs");
}

#[test]
fn the_other_objects_read_as_they_are_called() {
    assert_eq!(node("n1").build().is_ready(), Some(true));
    assert_eq!(node("n1").not_ready().build().is_ready(), Some(false));
    assert_eq!(node("n1").unreachable().build().condition("Ready").unwrap().status, "Unknown");
    assert_eq!(node("n1").under("DiskPressure").build().condition("DiskPressure").unwrap().status, "True");
    assert_eq!(claim("apps", "data").build().status.phase, "Bound");
    assert_eq!(claim("apps", "data").pending().build().status.phase, "Pending");
    assert_eq!(claim("apps", "data").lost().build().status.phase, "Lost");
    assert_eq!(job("apps", "backup").build().status.succeeded, 1);
    assert_eq!(job("apps", "backup").failed(7).build().status.failed, 7);
    assert_eq!(job("apps", "backup").running().build().status.active, 1);
    let about = ObjectRef::namespaced("deployment", "apps", "wiki");
    assert_eq!(event(&about, "ScalingReplicaSet", "up").normal().build().involved_object.kind, "Deployment");
}

fn ids<T: Named>(items: &[T]) -> impl Iterator<Item = (String, String)> {
    items.iter().map(|item| (format!("{}/{}", item.meta().namespace(), item.meta().name), item.meta().uid.clone()))
}
