//! Things that go wrong on the way, and worlds that begin and end.

use std::time::Duration;

use lamplighter_testkit::world::{Disruption, Outcome, World, WorldError, WorldSpec};
use reqwest::{Method, StatusCode};

use crate::visit::{TOWN, Visit, name};

#[tokio::test]
async fn requests_fail_reset_and_lose_their_answers_as_told() {
    let visit = Visit::to(TOWN);
    visit.world.fail_next(2);
    for code in [500, 500, 200] {
        assert_eq!(visit.answer(visit.request(Method::GET, "/api/v1/pods")).await.code, code);
    }
    visit.world.reset_next(1);
    assert!(visit.request(Method::GET, "/api/v1/pods").send().await.is_err());
    visit.world.disrupt(Disruption::status(429).on("GET", "limit=5"));
    assert_eq!(visit.get("/api/v1/pods?limit=4").await["kind"], "PodList");
    let busy = visit.request(Method::GET, "/api/v1/pods?limit=5").send().await.expect("an answer");
    assert_eq!(busy.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(busy.headers()["retry-after"], "1");
    let outcomes: Vec<Outcome> = visit.world.requests().iter().map(|request| request.outcome).collect();
    let answered = Outcome::Answered;
    assert_eq!(outcomes, [answered(500), answered(500), answered(200), Outcome::Reset, answered(200), answered(429)]);
}

#[tokio::test]
async fn a_deletion_whose_answer_is_lost_has_happened() {
    let visit = Visit::to(TOWN);
    let pod = visit.pod("apps", "wiki").await;
    visit.world.disrupt(Disruption::lose_answer().on("DELETE", "/pods/"));
    let path = format!("/api/v1/namespaces/apps/pods/{}", name(&pod));
    assert!(visit.request(Method::DELETE, &path).send().await.is_err());
    assert_eq!(visit.world.pods_deleted().len(), 1);
    assert_eq!(visit.world.requests().last().expect("a record").outcome, Outcome::AnswerLost(200));
    assert_eq!(visit.delete_pod(&pod).await.code, 404);
}

#[tokio::test]
async fn an_answer_that_breaks_off_was_carried_out() {
    let visit = Visit::to(TOWN);
    let pod = visit.pod("apps", "wiki").await;
    visit.world.disrupt(Disruption::truncate().on("DELETE", "/pods/"));
    let path = format!("/api/v1/namespaces/apps/pods/{}", name(&pod));
    let begun = visit.request(Method::DELETE, &path).send().await.expect("the beginning of an answer");
    assert_eq!(begun.status(), StatusCode::OK);
    assert!(begun.bytes().await.is_err(), "the rest of it does not come");
    assert_eq!(visit.world.pods_deleted().len(), 1);
}

#[tokio::test]
async fn latency_is_added() {
    let visit = Visit::to(TOWN);
    visit.world.set_latency(Duration::from_hours(1));
    let slow = visit.request(Method::GET, "/version").timeout(Duration::from_millis(50)).send().await;
    assert!(slow.expect_err("a timeout").is_timeout());
    visit.world.set_latency(Duration::ZERO);
    assert_eq!(visit.get("/version").await["major"], "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_clients_at_once_delete_each_pod_once() {
    let visit = std::sync::Arc::new(Visit::to_workload("name = \"wiki\"\nreplicas = 8"));
    let pods = visit.pods("apps", "wiki").await;
    let mut tasks = tokio::task::JoinSet::new();
    for pod in pods.iter().flat_map(|pod| std::iter::repeat_n(pod.clone(), 4)) {
        let visit = std::sync::Arc::clone(&visit);
        tasks.spawn(async move { visit.delete_pod(&pod).await.code });
    }
    let mut codes = tasks.join_all().await;
    codes.sort_unstable();
    assert_eq!(codes, [vec![200; 8], vec![404; 24]].concat());
    assert_eq!(visit.world.pods_deleted().len(), 8);
    visit.until_ready("apps", "wiki").await;
    assert_eq!(visit.pods("apps", "wiki").await.len(), 8);
}

#[test]
fn a_world_needs_nobodys_runtime_and_ends_when_it_is_dropped() {
    let world = World::start(TOWN.parse().expect("a spec")).expect("a world");
    let address = world.url().replace("http://", "");
    assert!(std::net::TcpStream::connect(&address).is_ok());
    drop(world);
    assert!(std::net::TcpStream::connect(&address).is_err());
}

#[tokio::test]
async fn a_kubeconfig_is_written_where_it_was_asked_for() {
    let world = World::start(WorldSpec::default()).expect("a world");
    let dir = tempfile::tempdir().expect("a folder");
    let path = world.write_kubeconfig(dir.path()).expect("a file");
    assert_eq!(std::fs::read_to_string(path).expect("a kubeconfig"), world.kubeconfig());
    let refused = world.write_kubeconfig(dir.path().join("missing"));
    assert!(matches!(refused, Err(WorldError::Write { .. })));
}

#[test]
fn a_spec_that_makes_no_sense_is_refused() {
    let workload = "[[workload]]\nnamespace = \"a\"\nname = \"b\"\n";
    let cases = [
        ("colour = 1".to_owned(), "unknown field `colour`"),
        (format!("{workload}replica = 2"), "unknown field `replica`"),
        (format!("{workload}fault = {{ kind = \"tired\" }}"), "unknown variant `tired`"),
        (format!("{workload}fault = {{ kind = \"crash\" }}"), "missing field `message`"),
        (format!("{workload}fault = {{ kind = \"image-pull\", at_least = \"1Mi\" }}"), "unknown field `at_least`"),
        (format!("{workload}{workload}"), "the workload a/b is there twice"),
        (format!("{workload}needs = [\"c\"]"), "b needs c, which is no workload; write it as namespace/name"),
        (format!("{workload}claim = \"c\""), "b mounts c, which is no claim"),
        ("nodes = [{ name = \"n\" }, { name = \"n\" }]".to_owned(), "the node n is there twice"),
    ];
    for (text, expect) in cases {
        let error = text.parse::<WorldSpec>().expect_err(&text).to_string();
        assert!(error.contains(expect), "{text}: {error}");
    }
}
