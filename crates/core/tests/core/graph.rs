//! The graph of a cluster answers as the cluster itself does.

use std::sync::Arc;

use jiff::SignedDuration;
use lamplighter_core::cluster::{ClusterGraph, ClusterState, Observed, Pod};
use lamplighter_core::words::{KnownIssue, ObjectRef, WorkloadKind, WorkloadRef};
use lamplighter_testkit::fakes::FakeClock;
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
    let graph = ClusterGraph::new(Arc::new(state.clone()));
    assert_eq!(graph.workloads().cloned().collect::<Vec<_>>(), state.workloads());
    for pod in state.pods.items() {
        assert_eq!(graph.workload_of(pod), state.workload_of(pod), "{}", pod.metadata.name);
    }
    for status in state.workloads() {
        assert_eq!(graph.workload(&status.workload), Some(&status));
        let pods: Vec<&Pod> = graph.pods_of(&status.workload).collect();
        assert_eq!(pods, state.pods_of(&status.workload), "{}", status.workload);
        let services: Vec<_> = graph.services_of(&status.workload).collect();
        assert_eq!(services, state.services_of(&status.workload), "{}", status.workload);
        for service in state.services.items() {
            let leads_there = graph.workloads_behind(service).contains(&&status.workload);
            assert_eq!(leads_there, state.services_of(&status.workload).contains(&service), "{}", status.workload);
        }
    }
    let owned: usize = graph.owners_of_pods().map(|workload| graph.pods_of(workload).count()).sum();
    let staying = state.pods.items().iter().filter(|pod| !pod.is_completed()).count();
    assert_eq!(owned + graph.loose_pods().count(), staying);
}

#[test]
fn the_graph_answers_as_the_state_does() {
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
    let graph = ClusterGraph::new(Arc::new(state.clone()));
    let names = |service: usize| {
        let pods = graph.pods_behind(&state.services.items()[service]);
        pods.iter().map(|pod| (pod.metadata.namespace(), pod.metadata.name.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(names(0).len(), 4, "three of the wiki, one by hand: {:?}", names(0));
    assert!(names(0).iter().all(|(namespace, _)| *namespace == "apps"));
    assert!(names(1).is_empty());
    let mut headless = state.services.items()[0].clone();
    headless.spec.selector.clear();
    assert!(graph.pods_behind(&headless).is_empty(), "no selector selects nothing");
}

#[test]
fn events_are_told_apart_by_kind_namespace_and_name() {
    let state = town();
    let graph = ClusterGraph::new(Arc::new(state.clone()));
    let about = |kind, namespace, name| graph.events_about(kind, namespace, name).count();
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

fn wiki() -> WorkloadRef {
    WorkloadRef::new(WorkloadKind::Deployment, "apps", "wiki")
}

#[test]
fn events_of_a_workload_are_those_of_its_sets_and_of_its_pods_though_they_are_gone() {
    let state = town();
    let set = state.replica_sets.items()[0].metadata.name.clone();
    let pod = state.pods_of(&wiki())[0].metadata.name.clone();
    let early = FakeClock::START - SignedDuration::from_hours(1);
    let about = |kind: &str, name: &str| ObjectRef::namespaced(kind, "apps", name);
    let with = cluster()
        .workload(deployment("apps", "wiki").replicas(3))
        .workload(stateful_set("apps", "db"))
        .workload(daemon_set("apps", "agent"))
        .event(event(&about("Pod", &pod), "Unhealthy", "late"))
        .event(event(&about("Deployment", "wiki"), "ScalingReplicaSet", "first").at(early))
        .event(event(&about("ReplicaSet", &set), "FailedCreate", "quota"))
        .event(event(&about("Pod", &format!("{set}-gone1")), "BackOff", "gone"))
        .event(event(&about("Pod", "db-7"), "BackOff", "gone too"))
        .event(event(&about("Pod", "agent-x2z9q"), "BackOff", "gone as well"))
        .event(event(&about("Pod", "wikipedia-5d4f-gone2"), "BackOff", "another"))
        .build();
    let graph = ClusterGraph::new(Arc::new(with));
    let messages = |workload: &WorkloadRef| {
        graph.events_of(workload).map(|event| (event.message.clone(), graph.is_current(event))).collect::<Vec<_>>()
    };
    let mut of_wiki = messages(&wiki());
    assert_eq!(of_wiki.remove(0), ("first".to_owned(), true), "oldest first");
    of_wiki.sort();
    let expected = [("gone", false), ("late", true), ("quota", true)];
    assert_eq!(of_wiki, expected.map(|(message, current)| (message.to_owned(), current)));
    assert_eq!(messages(&WorkloadRef::new(WorkloadKind::StatefulSet, "apps", "db")), [("gone too".to_owned(), false)]);
    let agent = WorkloadRef::new(WorkloadKind::DaemonSet, "apps", "agent");
    assert_eq!(messages(&agent), [("gone as well".to_owned(), false)]);
}

#[test]
fn pods_are_found_by_their_node_and_by_their_claim() {
    let state = cluster()
        .workload(deployment("apps", "wiki").pods(|pod| pod.on("n1").claim("pages")))
        .workload(deployment("other", "wiki").pods(|pod| pod.on("n2").claim("pages")))
        .pod(pod("apps", "done").on("n1").completed())
        .build();
    let graph = ClusterGraph::new(Arc::new(state));
    let namespaces = |pods: Vec<&Pod>| pods.iter().map(|pod| pod.metadata.namespace().to_owned()).collect::<Vec<_>>();
    assert_eq!(namespaces(graph.pods_on("n1").collect()), ["apps"], "one that has run to its end holds nothing");
    assert_eq!(namespaces(graph.pods_with_claim("other", "pages").collect()), ["other"]);
    assert_eq!(graph.pods_with_claim("apps", "nothing").count(), 0);
}

#[test]
fn the_newest_replica_set_is_the_last() {
    let mut state = town();
    let Observed::Seen(sets) = &mut state.replica_sets else { panic!("they were seen") };
    let mut newer = sets[0].clone();
    newer.metadata.name = "wiki-newer".to_owned();
    newer.metadata.annotations.insert("deployment.kubernetes.io/revision".to_owned(), "10".to_owned());
    sets[0].metadata.annotations.insert("deployment.kubernetes.io/revision".to_owned(), "9".to_owned());
    sets.insert(0, newer);
    let graph = ClusterGraph::new(Arc::new(state));
    assert_eq!(graph.replica_sets_of(&wiki()).last().unwrap().metadata.name, "wiki-newer");
}

#[test]
fn what_has_the_same_name_elsewhere_is_something_else() {
    let graph = ClusterGraph::new(Arc::new(town()));
    assert!(graph.service("apps", "wiki").is_some());
    assert!(graph.service("other", "wiki").is_none());
    assert_eq!(graph.template_of(&wiki()).map(|template| template.spec.containers.len()), Some(1));
    assert!(graph.deployment(&WorkloadRef::new(WorkloadKind::StatefulSet, "apps", "wiki")).is_none());
    assert!(graph.node("wiki").is_none());
}
