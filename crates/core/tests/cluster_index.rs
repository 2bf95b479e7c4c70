//! The index of a cluster answers as the cluster itself does.

use lamplighter_core::cluster::{ClusterIndex, ClusterState, Observed};
use lamplighter_core::words::{KnownIssue, ObjectRef};
use lamplighter_testkit::objects::{cluster, daemon_set, deployment, event, pod, service, stateful_set};

fn town() -> ClusterState {
    cluster()
        .workload(deployment("apps", "wiki").replicas(3))
        .workload(deployment("other", "wiki").replicas(2))
        .workload(stateful_set("apps", "db"))
        .workload(daemon_set("apps", "agent"))
        .service(service("apps", "wiki"))
        .service(service("apps", "nobody").selecting("nobody"))
        .pod(pod("apps", "by-hand").label("app.kubernetes.io/name", "wiki"))
        .pod(pod("apps", "done").completed())
        .event(event(&ObjectRef::pod("apps", "by-hand"), "Unhealthy", "HTTP 503"))
        .build()
}

fn check(state: &ClusterState) {
    let index = ClusterIndex::new(state);
    assert_eq!(index.workloads().cloned().collect::<Vec<_>>(), state.workloads());
    for pod in state.pods.items() {
        assert_eq!(index.workload_of(pod), state.workload_of(pod), "{}", pod.metadata.name);
    }
    for status in state.workloads() {
        assert_eq!(index.workload(&status.workload), Some(&status));
        assert_eq!(index.pods_of(&status.workload), state.pods_of(&status.workload), "{}", status.workload);
        for service in state.services.items() {
            let leads_there = index.workloads_behind(service).contains(&&status.workload);
            assert_eq!(leads_there, state.services_of(&status.workload).contains(&service), "{}", status.workload);
        }
    }
    let owned: usize = index.pods_by_workload().map(|(_, pods)| pods.len()).sum();
    let staying = state.pods.items().iter().filter(|pod| !pod.is_completed()).count();
    assert_eq!(owned + index.loose_pods().len(), staying);
}

#[test]
fn the_index_answers_as_the_state_does() {
    check(&town());
    let mut without_sets = town();
    without_sets.replica_sets = Observed::default();
    check(&without_sets);
    let mut orphaned = town();
    let Observed::Seen(sets) = &mut orphaned.replica_sets else { panic!("they were seen") };
    for set in sets {
        set.metadata.owner_references.clear();
    }
    check(&orphaned);
    check(&ClusterState::unread(town().taken_at, town().source));
}

#[test]
fn a_service_leads_to_the_pods_with_all_its_labels_in_its_namespace() {
    let state = town();
    let index = ClusterIndex::new(&state);
    let names = |service: usize| {
        let pods = index.pods_behind(&state.services.items()[service]);
        pods.iter().map(|pod| (pod.metadata.namespace(), pod.metadata.name.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(names(0).len(), 4, "three of the wiki, one by hand: {:?}", names(0));
    assert!(names(0).iter().all(|(namespace, _)| *namespace == "apps"));
    assert!(names(1).is_empty());
    let mut headless = state.services.items()[0].clone();
    headless.spec.selector.clear();
    assert!(index.pods_behind(&headless).is_empty(), "no selector selects nothing");
}

#[test]
fn events_are_told_apart_by_kind_namespace_and_name() {
    let state = town();
    let index = ClusterIndex::new(&state);
    let about = |kind, namespace, name| index.events_about(kind, namespace, name).count();
    assert_eq!(about("Pod", "apps", "by-hand"), 1);
    assert_eq!(about("Deployment", "apps", "by-hand"), 0);
    assert_eq!(about("Pod", "other", "by-hand"), 0);
    assert_eq!(about("Pod", "apps", "by"), 0);
}

#[test]
fn a_known_issue_covers_what_it_names_and_no_more() {
    let pod = ObjectRef::pod("apps", "wiki-0");
    for (name, covers) in
        [("wiki-0", true), ("wiki-*", true), ("wiki", false), ("*", false), ("", false), ("w*0", false)]
    {
        assert_eq!(KnownIssue::new(name, "known").covers(&pod), covers, "{name}");
    }
    let of_kind = |kind: &str| KnownIssue { kind: Some(kind.to_owned()), ..KnownIssue::new("wiki-0", "known") };
    assert!(of_kind("Pod").covers(&pod) && !of_kind("node").covers(&pod));
    assert!(!KnownIssue::new("wiki-0", "known").in_namespace("other").covers(&pod));
}
