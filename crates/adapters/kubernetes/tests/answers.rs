//! Answers that a healthy API server does not give, from a server that reads them from a script.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lamplighter_core::ports::{ClusterReader, ClusterWriter, Logs, LogsRequest, Scope};
use lamplighter_core::words::{PodRestart, Scaling, WorkloadKind, WorkloadRef};
use lamplighter_core::{ErrorKind, Result};
use lamplighter_kubernetes::{KubernetesCluster, KubernetesError, KubernetesOptions};
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::{approve_restart, approve_scaling};
use support::real::eventually;
use support::scripted::{Answer, Requests, json, refusal, serve};
use support::{TOKEN, connect_to, kubeconfig, options};

const LONG: Duration = Duration::from_mins(1);
const SHORT: Duration = Duration::from_millis(200);

/// Answers the first requests from the list and every other with an empty list.
fn first(answers: Vec<Answer>) -> impl Fn(&str) -> Answer + Send + Sync + 'static {
    let next = AtomicUsize::new(0);
    move |request| {
        if request == "GET /version" {
            return json(200, "{}");
        }
        answers.get(next.fetch_add(1, Ordering::SeqCst)).cloned().unwrap_or_else(|| json(200, r#"{"items":null}"#))
    }
}

fn made(requests: &Requests) -> Vec<String> {
    requests.lock().unwrap().clone()
}

/// What reading one pod comes to, and how often it was asked for.
async fn pod(answers: Vec<Answer>, timeout: Duration) -> (Result<Option<String>>, usize) {
    let (url, requests) = serve(first(answers)).await;
    let found = connect_to(&url, timeout).await.pod("apps", "web-0").await;
    let asked = made(&requests).len();
    (found.map(|pod| pod.map(|pod| pod.metadata.name)), asked)
}

fn web() -> Answer {
    json(200, r#"{"kind":"Pod","metadata":{"name":"web-0","uid":"u1"}}"#)
}

fn busy(status: u16, retry_after: u64) -> Answer {
    Answer::Http(format!("{status} Busy\r\nretry-after: {retry_after}"), String::new())
}

#[tokio::test]
async fn what_may_be_better_in_a_moment_is_asked_again() {
    let bad_gateway = Answer::Http("502 Bad Gateway\r\ncontent-type: text/html".to_owned(), "<html>".to_owned());
    for trouble in [busy(429, 1), busy(503, 20), bad_gateway, refusal(500, "etcdserver: timeout"), Answer::Reset] {
        let (found, asked) = pod(vec![trouble.clone(), trouble, web()], LONG).await;
        assert_eq!((found.unwrap(), asked), (Some("web-0".to_owned()), 3));
    }
}

#[tokio::test]
async fn what_stays_bad_is_unavailable_after_a_few_attempts() {
    for (trouble, said) in [
        (refusal(503, "etcd is away"), "get pods apps/web-0: the server is not able to answer: 503 (etcd is away)"),
        (Answer::Http("502 x".to_owned(), "<html>".to_owned()), "502 (bad gateway)"),
        (Answer::Reset, "cannot be reached"),
    ] {
        let (found, asked) = pod(vec![trouble; 9], LONG).await;
        let error = found.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable(), asked), (ErrorKind::Unavailable, true, 4), "{error}");
        assert!(error.to_string().contains(said), "{error}");
        assert!(!error.public_message().contains("127.0.0.1"));
    }
}

#[tokio::test]
async fn a_pause_longer_than_the_time_that_is_left_is_not_waited_for() {
    let (found, asked) = pod(vec![busy(429, 3600), web()], LONG).await;
    assert_eq!((found.unwrap_err().kind(), asked), (ErrorKind::Unavailable, 1));
}

#[tokio::test]
async fn what_will_not_be_better_is_asked_once() {
    for (answer, kind, said) in [
        (refusal(401, "Unauthorized"), ErrorKind::Permission, "credentials are not accepted"),
        (Answer::Http("403 x".to_owned(), String::new()), ErrorKind::Permission, "needs permission `get` on `pods`"),
        (
            refusal(403, "admission webhook \"policy\" denied the request"),
            ErrorKind::Permission,
            "refused by a rule of the cluster: admission webhook",
        ),
        (refusal(400, "no"), ErrorKind::InvalidInput, "the server answered 400 (no)"),
        (json(200, "{\"metadata\":{\n\"name\":7}}"), ErrorKind::Corrupt, "expected a string at line 2 column 8"),
        (json(200, "<html>"), ErrorKind::Corrupt, "does not parse"),
    ] {
        let (found, asked) = pod(vec![answer], LONG).await;
        let error = found.unwrap_err();
        assert_eq!((error.kind(), asked), (kind, 1), "{error}");
        assert!(error.to_string().contains(said), "{error}");
        assert!(!format!("{error:?}").contains(TOKEN));
    }
    assert_eq!(pod(vec![refusal(404, "pods \"web-0\" not found")], LONG).await.0.unwrap(), None);
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_unavailable_in_time() {
    let (url, requests) = serve(|_: &str| Answer::Silence).await;
    let cluster = connect_to(&url, SHORT).await;
    let state = cluster.state(&Scope::everything()).await.unwrap_err();
    assert!(made(&requests).is_empty(), "it is waited for once, not once for each kind");
    assert_eq!((state.kind(), state.is_retryable()), (ErrorKind::Unavailable, true));
    assert!(state.to_string().contains("no answer from the API server within 200ms"), "{state}");
    assert_eq!(cluster.pod("apps", "web-0").await.unwrap_err().kind(), ErrorKind::Unavailable);

    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let cluster = connect_to(&format!("https://127.0.0.1:{port}"), LONG).await;
    let state = cluster.state(&Scope::everything()).await.unwrap_err();
    assert_eq!(state.kind(), ErrorKind::Unavailable);
    assert!(state.to_string().contains(&format!("127.0.0.1:{port} cannot be reached: ")), "{state}");
    assert_eq!(state.public_message(), "the cluster's API server cannot be reached: the connection was refused");
}

#[tokio::test]
async fn not_everything_is_asked_for_at_once() {
    let (url, requests) = serve(|request: &str| match request {
        "GET /version" => json(200, "{}"),
        _ => Answer::Silence,
    })
    .await;
    let cluster = connect_to(&url, LONG).await;
    let reading = tokio::spawn(async move { cluster.state(&Scope::everything()).await });
    eventually(async || (made(&requests).len() >= 4).then_some(())).await;
    // Time in which a fifth request would come.
    tokio::time::sleep(SHORT).await;
    assert_eq!(made(&requests).len(), 4);
    reading.abort();
}

#[tokio::test]
async fn one_kind_that_does_not_read_leaves_the_others() {
    let (url, _) = serve(|request: &str| match request.split('?').next().unwrap() {
        "GET /api/v1/pods" => refusal(500, "no"),
        "GET /api/v1/events" => Answer::Silence,
        "GET /api/v1/services" => Answer::Reset,
        "GET /apis/batch/v1/jobs" => Answer::Http("404 Not Found".to_owned(), "404 page not found\n".to_owned()),
        "GET /apis/apps/v1/deployments" => json(200, r#"{"items":[{"metadata":{"name":"web"}}]}"#),
        _ => json(200, r#"{"kind":"List","metadata":{"continue":""},"items":null}"#),
    })
    .await;
    let state = connect_to(&url, SHORT * 5).await.state(&Scope::everything()).await.unwrap();
    assert_eq!(state.deployments.items().len(), 1);
    assert_eq!(state.nodes.seen(), Some(&Vec::new()));
    assert_eq!(state.pods.as_result().unwrap_err(), "list pods: the server is not able to answer: 500 (no)");
    assert_eq!(state.events.as_result().unwrap_err(), "list events: no answer from the API server within 1s");
    assert_eq!(state.services.as_result().unwrap_err(), "list services: the API server cannot be reached");
    assert_eq!(state.jobs.as_result().unwrap_err(), "list jobs.batch: not found (not found)");
}

#[tokio::test]
async fn a_list_that_expires_is_read_anew_once() {
    let page = |names: &[&str], next: &str| {
        let items: Vec<_> = names.iter().map(|name| serde_json::json!({ "metadata": { "name": name } })).collect();
        json(200, &serde_json::json!({ "metadata": { "continue": next }, "items": items }).to_string())
    };
    let gone = || refusal(410, "the provided continue parameter is too old");
    for (answers, names) in [
        (vec![page(&["a", "b"], "x/+ &"), page(&["c"], "")], Some(vec!["a", "b", "c"])),
        (vec![page(&["a"], "x"), gone(), page(&["b"], "y"), page(&["c"], "")], Some(vec!["b", "c"])),
        (vec![page(&["a"], "x"), gone(), page(&["b"], "y"), gone()], None),
    ] {
        let answers = std::sync::Mutex::new(answers.into_iter());
        let (url, requests) = serve(move |request: &str| {
            let is_page = request.starts_with("GET /api/v1/pods");
            if is_page { answers.lock().unwrap().next().unwrap() } else { json(200, r#"{"items":[]}"#) }
        })
        .await;
        let state = connect_to(&url, LONG).await.state(&Scope::everything()).await.unwrap();
        let found = state.pods.seen().map(|pods| pods.iter().map(|pod| pod.metadata.name.as_str()).collect());
        assert_eq!(found, names);
        if names.is_none() {
            assert!(state.pods.as_result().unwrap_err().contains("larger page size"));
        }
        let pages: Vec<_> = made(&requests).into_iter().filter(|request| request.contains("/pods")).collect();
        assert!(pages.iter().all(|page| page.contains("limit=2")), "{pages:?}");
        if names.as_ref().is_some_and(|names| names.len() == 3) {
            assert!(pages[1].contains("continue=x%2F%2B+%26"), "{pages:?}");
        }
    }
}

#[tokio::test]
async fn a_deletion_that_was_cut_off_is_sent_again() {
    let (url, requests) = serve(first(vec![Answer::Reset, refusal(404, "pods \"web-0\" not found")])).await;
    let restart = PodRestart {
        namespace: "apps".to_owned(),
        pod: "web-0".to_owned(),
        uid: "u1".to_owned(),
        workload: None,
        ready: false,
        ready_siblings: 0,
    };
    connect_to(&url, LONG).await.restart_pod(approve_restart(restart).await).await.unwrap();
    assert_eq!(made(&requests), ["DELETE /api/v1/namespaces/apps/pods/web-0"; 2]);
}

#[tokio::test]
async fn a_conflict_about_the_pod_that_is_still_there_is_one() {
    let restart = || PodRestart {
        namespace: "apps".to_owned(),
        pod: "web-0".to_owned(),
        uid: "u1".to_owned(),
        workload: None,
        ready: false,
        ready_siblings: 0,
    };
    let other = json(200, r#"{"metadata":{"name":"web-0","uid":"u2"}}"#);
    for (now, kind) in [(web(), Some(ErrorKind::Conflict)), (other, None), (refusal(404, "gone"), None)] {
        let (url, _) = serve(first(vec![refusal(409, "Precondition failed"), now])).await;
        let outcome = connect_to(&url, LONG).await.restart_pod(approve_restart(restart()).await).await;
        assert_eq!(outcome.err().map(|error| error.kind()), kind);
    }
}

async fn scale(answers: Vec<Answer>) -> (Result<()>, Vec<String>) {
    let (url, requests) = serve(first(answers)).await;
    let workload = WorkloadRef::new(WorkloadKind::Deployment, "apps", "web");
    let scaling = Scaling { workload, from: 0, to: 2, declared: Some(2), declared_in: None };
    let outcome = connect_to(&url, LONG).await.scale(approve_scaling(scaling).await).await;
    (outcome, made(&requests).iter().map(|request| request.split(' ').next().unwrap().to_owned()).collect())
}

#[tokio::test]
async fn a_scaling_whose_answer_was_lost_is_found_done() {
    let at = |replicas: &str, version: u8| {
        json(200, &format!(r#"{{"metadata":{{"resourceVersion":"{version}"}},"spec":{{{replicas}}}}}"#))
    };
    let moved = || refusal(409, "the object has been modified");
    let (outcome, methods) = scale(vec![at("", 1), Answer::Reset, moved(), at(r#""replicas":2"#, 2)]).await;
    outcome.unwrap();
    assert_eq!(methods, ["GET", "PATCH", "PATCH", "GET"]);

    let (outcome, methods) = scale(vec![at("", 1), moved(), at("", 2), at(r#""replicas":2"#, 3)]).await;
    outcome.unwrap();
    assert_eq!(methods, ["GET", "PATCH", "GET", "PATCH"]);

    let (outcome, methods) = scale(vec![at("", 1), moved(), at(r#""replicas":5"#, 2)]).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(methods, ["GET", "PATCH", "GET"]);
}

#[tokio::test]
async fn answers_about_logs_are_understood() {
    let request = |container: Option<&str>, previous: bool| LogsRequest {
        namespace: "apps".to_owned(),
        pod: "web-0".to_owned(),
        container: container.map(str::to_owned),
        previous,
        lines: 3,
    };
    let log = |text: &str| Answer::Http("200 OK\r\ncontent-type: text/plain".to_owned(), text.to_owned());
    let choose = || refusal(400, "a container name must be specified for pod web-0, choose one of: [web sidecar]");
    let two =
        || json(200, r#"{"metadata":{"name":"web-0"},"spec":{"containers":[{"name":"web"},{"name":"sidecar"}]}}"#);
    let waiting = || refusal(400, "container \"web\" in pod \"web-0\" is waiting to start: ContainerCreating");
    let lines = |lines: &[&str]| Ok(lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>());
    for (previous, answers, expected) in [
        (false, vec![log("one\r\n\nüber")], lines(&["one", "", "über"])),
        (false, vec![log("")], lines(&[])),
        (false, vec![choose(), two(), log("of web\n")], lines(&["of web"])),
        (false, vec![choose(), refusal(404, "gone")], Err(ErrorKind::InvalidInput)),
        (false, vec![waiting()], lines(&[])),
        (true, vec![waiting()], Err(ErrorKind::NotFound)),
        (
            true,
            vec![refusal(400, "previous terminated container \"web\" in pod \"web-0\" not found")],
            Err(ErrorKind::NotFound),
        ),
        (false, vec![refusal(400, "container x is not valid for pod web-0")], Err(ErrorKind::NotFound)),
        (false, vec![refusal(404, "pods \"web-0\" not found")], Err(ErrorKind::NotFound)),
        (false, vec![refusal(500, "dial tcp 10.0.0.7:10250: connect: refused"); 4], Err(ErrorKind::Unavailable)),
    ] {
        let (url, _) = serve(first(answers)).await;
        let outcome = connect_to(&url, LONG).await.tail(&request(None, previous)).await;
        assert_eq!(outcome.map_err(|error| error.kind()), expected);
    }
    let (url, requests) = serve(first(vec![log("x")])).await;
    connect_to(&url, LONG).await.tail(&request(Some("web"), true)).await.unwrap();
    assert_eq!(
        made(&requests),
        ["GET /api/v1/namespaces/apps/pods/web-0/log?&container=web&limitBytes=16777216&previous=true&tailLines=3"]
    );
}

#[tokio::test]
async fn a_configuration_that_cannot_be_used_says_why_and_shows_no_token() {
    let dir = kubeconfig("https://127.0.0.1:1", TOKEN);
    let file = dir.path().join("config");
    let good = fs::read_to_string(&file).unwrap();
    let other_context = Some("other".to_owned());
    for (text, context, said) in [
        (good.clone(), other_context, "has no context other"),
        (format!("{good}  nope: [\n{TOKEN}"), None, "is not valid YAML"),
        (good.replace("token:", "token: {"), None, "is not valid YAML at line 5"),
        (good.replace("current-context: it", "current-context: gone"), None, "has no context gone"),
        (good.replace("https://127.0.0.1:1", "https://in valid"), None, "cluster url"),
        (good.replace("token: '", "token: '\\n"), None, ""),
        (
            good.replace("token: '", "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: sh, args: ['-c', 'echo $0; exit 3', '")
                .replace("'}}]\ncontexts", "']}}}]\ncontexts"),
            None,
            "the credential plugin of the kubeconfig failed with exit status: 3",
        ),
    ] {
        fs::write(&file, &text).unwrap();
        let options = KubernetesOptions { context, ..options(&file) };
        let outcome = KubernetesCluster::connect(options, std::sync::Arc::new(FakeClock::new())).await;
        let Err(error) = outcome else {
            assert_eq!(said, "", "{text}");
            continue;
        };
        assert!(matches!(error, KubernetesError::Configuration(_)));
        let error = lamplighter_core::Error::from(error);
        assert!(error.to_string().contains(said), "{error}");
        assert!(!format!("{error:?}").contains(TOKEN), "{error:?}");
    }
    let absent = options(&dir.path().join("absent"));
    let error = KubernetesCluster::connect(absent, std::sync::Arc::new(FakeClock::new())).await.unwrap_err();
    assert!(error.to_string().contains("absent"), "{error}");
}
