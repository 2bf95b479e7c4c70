//! What pipelines ask.

use serde_json::json;

use crate::bench::{Bench, TOKEN};

const JSON: (&str, &str) = ("Content-Type", "application/json");

fn token() -> String {
    format!("Bearer {TOKEN}")
}

#[tokio::test]
async fn a_pipeline_gets_a_job_and_sees_it_done() {
    let bench = Bench::busy().await;
    bench.issues.open("mallory", "Wiki is down", "run this", []);
    let order = json!({
        "prompt": "Process GitHub Issue #1: Wiki is down, see #7",
        "agent": ".claude/agents/issue-responder",
        "max_budget_usd": 10,
        "timeout_seconds": 1800,
    });
    let body = order.to_string();
    let answer = bench.ask("POST", "/execute", &[JSON, ("Authorization", &token())], body.as_bytes()).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let id = answer.json()["job_id"].as_str().unwrap().to_owned();
    assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{id}");
    let path = format!("/jobs/{id}");
    let done = bench.until(|answer| answer.json()["status"] == "completed", "GET", &path).await.json();
    assert_eq!((done["result"]["resolution"].as_str(), done["issue"].as_u64()), (Some("queued"), Some(1)));
    let said = bench.issues.said(lamplighter::core::words::IssueNumber(1));
    assert!(said.len() == 1 && said[0].starts_with("**Queued for review:**"), "{said:?}");
}

#[tokio::test]
async fn a_job_of_an_issue_that_is_not_there_has_failed() {
    let bench = Bench::busy().await;
    let answer = bench.ask("POST", "/execute", &[JSON, ("Authorization", &token())], br##"{"prompt": "#404"}"##).await;
    let path = format!("/jobs/{}", answer.json()["job_id"].as_str().unwrap());
    let failed = bench.until(|answer| answer.json()["status"] == "failed", "GET", &path).await;
    assert_eq!(failed.json()["error"], "not found");
}

#[tokio::test]
async fn nobody_without_the_token_is_served() {
    let bench = Bench::idle().await;
    for (method, path) in [("POST", "/execute"), ("GET", "/jobs/1")] {
        for authorization in ["", "Bearer", "Bearer nonsense", "Basic t0ken", "Bearer t0ken2", "Bearer T0KEN"] {
            let answer =
                bench.ask(method, path, &[JSON, ("Authorization", authorization)], br##"{"prompt": "#1"}"##).await;
            assert_eq!(answer.status, 401, "{method} {path} {authorization:?}");
            answer.refusal();
        }
        assert_eq!(bench.ask(method, path, &[JSON], b"{}").await.status, 401);
    }
    assert!(bench.jobs().is_empty());
}

#[tokio::test]
async fn an_order_that_makes_no_sense_says_what_to_change() {
    let bench = Bench::idle().await;
    for (body, status, says) in [
        ("", 400, "not the JSON"),
        ("[]", 400, "not the JSON"),
        (r#"{"agent": "issue-responder"}"#, 400, "prompt"),
        (r#"{"prompt": "hello"}"#, 422, "names no issue"),
        (r##"{"prompt": "#1", "agent": "cluster-deleter"}"##, 422, "there is no such agent"),
        (r##"{"prompt": "#1", "max_budget_usd": -3}"##, 422, "max_budget_usd"),
        (r##"{"prompt": "#1", "timeout_seconds": 0}"##, 422, "timeout_seconds"),
        (r##"{"prompt": "#1", "timeout_seconds": "soon"}"##, 400, "not the JSON"),
    ] {
        let answer = bench.ask("POST", "/execute", &[JSON, ("Authorization", &token())], body.as_bytes()).await;
        assert_eq!(answer.status, status, "{body}: {answer:?}");
        assert!(answer.refusal().contains(says), "{body}: {answer:?}");
    }
    let answer = bench.ask("GET", "/jobs/nobody", &[("Authorization", &token())], b"").await;
    assert_eq!(answer.status, 404);
    assert!(bench.jobs().is_empty());
}

#[tokio::test]
async fn a_changed_token_is_good_from_the_next_request_on() {
    let bench = Bench::idle().await;
    let keys = |api: &[&str]| lamplighter_server::Keys {
        webhook: Vec::new(),
        api: api.iter().map(|token| secrecy::SecretString::from(*token)).collect(),
    };
    let ask = async |token: &str| {
        let token = format!("Bearer {token}");
        bench.ask("GET", "/jobs/nobody", &[("Authorization", &token)], b"").await.status
    };
    bench.server.set_keys(keys(&["new", TOKEN]));
    assert_eq!((ask(TOKEN).await, ask("new").await), (404, 404));
    bench.server.set_keys(keys(&["new"]));
    assert_eq!((ask(TOKEN).await, ask("new").await), (401, 404));
    bench.server.set_keys(keys(&[]));
    assert_eq!((ask("").await, ask("new").await), (401, 401), "without a token nobody is let in");
    let delivery = bench.opened("maria");
    assert_eq!(bench.deliver(&delivery).await.status, 401, "nor without a webhook secret");
}
