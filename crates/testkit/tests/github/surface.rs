//! Everything that the played GitHub answers, held to GitHub's own description.

use lamplighter_testkit::openapi::GithubDescription;
use lamplighter_testkit::world::GithubRole;
use reqwest::Method;
use serde_json::{Value, json};

use crate::auth::json_web_token;
use crate::visit::{REPO, Visit};

#[tokio::test]
async fn every_request_and_every_answer_is_as_github_describes_it() {
    let Some(description) = GithubDescription::load() else { return };
    let visit = Visit::new();
    visit.world.set_webhook_secret("s3cret");
    read_and_write(&visit).await;
    refused(&visit).await;
    as_an_app(&visit).await;
    limited(&visit).await;
    visit.world.rename_repository(REPO, "home/infrastructure");
    for method in [Method::GET, Method::PATCH] {
        let moved = visit.send(visit.by("maria", method, &format!("/repos/{REPO}/issues/1"))).await;
        assert!([301, 307].contains(&moved.code), "{}", moved.code);
    }

    let exchanges = visit.world.exchanges();
    assert!(exchanges.len() > 60, "{} exchanges", exchanges.len());
    let complaints: Vec<String> = exchanges.iter().flat_map(|one| description.complaints(one)).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    let deliveries = visit.world.deliveries();
    assert!(deliveries.len() > 15, "{} deliveries", deliveries.len());
    let complaints: Vec<String> = deliveries.iter().flat_map(|one| description.delivery_complaints(one)).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Every endpoint, when all is well.
async fn read_and_write(visit: &Visit) {
    let check = async |method: Method, path: &str, body: Value, code: u16| {
        let request = visit.by("maria", method.clone(), path);
        let answer = visit.send(if body.is_null() { request } else { request.json(&body) }).await;
        assert_eq!(answer.code, code, "{method} {path}: {}", answer.body);
        answer
    };
    let (get, post, patch, put, delete) = (Method::GET, Method::POST, Method::PATCH, Method::PUT, Method::DELETE);
    let null = Value::Null;
    let base = format!("/repos/{REPO}");
    let repository = check(get.clone(), &base, null.clone(), 200).await;
    assert_eq!(repository.body["full_name"], REPO);
    for path in ["/user", "/rate_limit", "/meta"] {
        check(get.clone(), path, null.clone(), 200).await;
    }
    let draft = json!({
        "title": "Wiki ist langsam ☂", "body": "seit 14:00", "labels": ["user-report", "help wanted"], "assignees": ["tom"],
    });
    let filed = check(post.clone(), &format!("{base}/issues"), draft, 201).await;
    assert_eq!(filed.body["labels"][1]["name"], "help wanted");
    check(post.clone(), &format!("{base}/issues"), json!({ "title": "Without a body" }), 201).await;
    visit.world.open_pull_request(REPO, "tom", "A change");
    let issue = format!("{base}/issues/1");
    check(get.clone(), &issue, null.clone(), 200).await;
    for query in [
        "",
        "?state=all&labels=user-report,help%20wanted",
        "?since=2020-01-01T00:00:00Z&sort=updated&direction=asc",
        "?per_page=1",
    ] {
        check(get.clone(), &format!("{base}/issues{query}"), null.clone(), 200).await;
    }
    let change =
        json!({ "title": "Wiki", "body": "besser", "state": "closed", "state_reason": "not_planned", "labels": ["a"] });
    check(patch.clone(), &issue, change, 200).await;
    check(patch.clone(), &issue, json!({ "state": "open", "assignees": [] }), 200).await;
    let comment = check(post.clone(), &format!("{issue}/comments"), json!({ "body": "looking" }), 201).await;
    let comment = format!("{base}/issues/comments/{}", comment.body["id"]);
    check(get.clone(), &format!("{issue}/comments?per_page=100"), null.clone(), 200).await;
    check(get.clone(), &comment, null.clone(), 200).await;
    check(patch.clone(), &comment, json!({ "body": "found" }), 200).await;
    check(delete.clone(), &comment, null.clone(), 204).await;
    check(post.clone(), &format!("{issue}/labels"), json!({ "labels": ["sev2", "needs human: yes"] }), 200).await;
    check(put, &format!("{issue}/labels"), json!({ "labels": ["sev1"] }), 200).await;
    check(get.clone(), &format!("{issue}/labels"), null.clone(), 200).await;
    check(get.clone(), &format!("{base}/labels"), null.clone(), 200).await;
    check(delete.clone(), &format!("{issue}/labels/sev1"), null.clone(), 200).await;
    check(delete.clone(), &format!("{issue}/labels"), null.clone(), 204).await;
    check(post, &format!("{issue}/assignees"), json!({ "assignees": ["tom", "nobody"] }), 201).await;
    check(delete, &format!("{issue}/assignees"), json!({ "assignees": ["tom"] }), 200).await;
    check(get.clone(), &format!("{base}/assignees/tom"), null.clone(), 204).await;
    for (login, role) in [("amy", GithubRole::Maintain), ("ada", GithubRole::Admin)] {
        visit.world.set_role(REPO, login, role);
    }
    for login in ["home", "ada", "amy", "maria", "tom", "rita", "mallory"] {
        check(get.clone(), &format!("{base}/collaborators/{login}/permission"), null.clone(), 200).await;
    }
}

/// What may not be, and what is wrong.
async fn refused(visit: &Visit) {
    let base = format!("/repos/{REPO}");
    visit.world.open_issue(REPO, "maria", "To be deleted", "", []);
    visit.world.delete_issue(REPO, 4, "home");
    for (login, method, path, body, code) in [
        ("maria", Method::GET, "/issues/99".to_owned(), Value::Null, 404),
        ("maria", Method::GET, "/issues/4".to_owned(), Value::Null, 410),
        ("maria", Method::POST, "/issues/4/comments".to_owned(), json!({ "body": "x" }), 410),
        ("mallory", Method::GET, "/issues/1".to_owned(), Value::Null, 404),
        ("nobody", Method::GET, "/issues/1".to_owned(), Value::Null, 401),
        ("maria", Method::POST, "/issues".to_owned(), json!({ "title": "" }), 422),
        ("maria", Method::POST, "/issues".to_owned(), json!({ "title": "x".repeat(257) }), 422),
        ("maria", Method::POST, "/issues".to_owned(), json!({ "title": "x", "assignees": ["nobody"] }), 422),
        ("maria", Method::POST, "/issues/1/comments".to_owned(), json!({}), 422),
        ("maria", Method::POST, "/issues/1/comments".to_owned(), json!({ "body": "x".repeat(65_537) }), 422),
        ("maria", Method::GET, "/issues?state=ajar".to_owned(), Value::Null, 422),
        ("maria", Method::DELETE, "/issues/1/labels/never-there".to_owned(), Value::Null, 404),
        ("maria", Method::GET, "/assignees/nobody".to_owned(), Value::Null, 404),
        ("maria", Method::GET, "/collaborators/nobody/permission".to_owned(), Value::Null, 404),
        ("rita", Method::PATCH, "/issues/1".to_owned(), json!({ "state": "closed" }), 403),
        ("rita", Method::POST, "/issues/1/labels".to_owned(), json!({ "labels": ["sev1"] }), 403),
    ] {
        let request = visit.by(login, method.clone(), &format!("{base}{path}"));
        let answer = visit.send(if body.is_null() { request } else { request.json(&body) }).await;
        assert_eq!(answer.code, code, "{login}: {method} {path}: {}", answer.body);
        assert!(answer.body["message"].is_string(), "{}", answer.body);
    }
    let broken = visit.by("maria", Method::POST, &format!("{base}/issues")).header("content-type", "application/json");
    assert_eq!(visit.send(broken.body("{")).await.code, 400);
}

async fn as_an_app(visit: &Visit) {
    let app = visit.world.add_app("lamplighter", REPO);
    let token = json_web_token(&app, visit.clock_now(), 540);
    let by_app = |method, path: &str| visit.request(method, path).bearer_auth(&token);
    assert_eq!(visit.send(by_app(Method::GET, "/app")).await.body["slug"], "lamplighter");
    let installation = visit.send(by_app(Method::GET, &format!("/repos/{REPO}/installation"))).await;
    assert_eq!(installation.body["id"], app.installation);
    let path = format!("/app/installations/{}/access_tokens", app.installation);
    let given = visit.send(by_app(Method::POST, &path)).await;
    assert_eq!(given.code, 201);
    let ours = given.body["token"].as_str().expect("a token");
    let path = format!("/repos/{REPO}/issues/1/comments");
    let said = visit.request(Method::POST, &path).bearer_auth(ours).json(&json!({ "body": "as an App" }));
    let said = visit.send(said).await;
    assert_eq!(said.body["user"]["login"], "lamplighter[bot]");
    assert_eq!(said.body["performed_via_github_app"]["slug"], "lamplighter");
}

async fn limited(visit: &Visit) {
    visit.world.begin_secondary_limit(403, true, std::time::Duration::from_secs(30));
    assert_eq!(visit.get("maria", "/user").await.code, 403);
    visit.clock.advance(std::time::Duration::from_secs(30));
    for code in [500, 502, 503] {
        visit.world.disrupt(lamplighter_testkit::world::Disruption::status(code));
        assert_eq!(visit.get("maria", "/user").await.code, code);
    }
    let tag = visit.get("maria", "/user").await.header("etag").to_owned();
    let again = visit.send(visit.by("maria", Method::GET, "/user").header("if-none-match", tag)).await;
    assert_eq!(again.code, 304);
}

#[tokio::test]
async fn what_is_not_as_described_is_complained_of() {
    let Some(description) = GithubDescription::load() else { return };
    let visit = Visit::new();
    visit.issue();
    visit.put("maria", Method::POST, "/repos/home/infra/issues/1/comments", &json!({ "body": "x" })).await;
    let sent = visit.world.exchanges().remove(0);
    assert_eq!(description.complaints(&sent), Vec::<String>::new());
    let with = |change: &dyn Fn(&mut lamplighter_testkit::world::GithubExchange)| {
        let mut changed = sent.clone();
        change(&mut changed);
        description.complaints(&changed).join("\n")
    };
    let answer = |from: &str, to: &str| String::from_utf8_lossy(&sent.answer).replace(from, to).into_bytes();
    for (complaints, says) in [
        (with(&|one| one.request.query = "colour=red".to_owned()), "colour is not described"),
        (with(&|one| one.body = br#"{"body":1}"#.to_vec()), "not of type"),
        (with(&|one| one.body = br#"{"body":"x","bdoy":"y"}"#.to_vec()), "bdoy is not described"),
        (with(&|one| one.body.clear()), "a body is required"),
        (with(&|one| one.headers.retain(|(name, _)| name != "user-agent")), "what sends it"),
        (with(&|one| one.answer_headers.retain(|(name, _)| name != "location")), "lacks the header Location"),
        (with(&|one| one.answer_headers.retain(|(name, _)| name != "x-ratelimit-used")), "x-ratelimit-used"),
        (with(&|one| one.answer = answer("created_at", "made_at")), "created_at"),
        (with(&|one| one.answer = answer("2026-03-01T", "1 March ")), "date-time"),
        (with(&|one| one.request.path = "/repos/home/infra/tickets".to_owned()), "is not described"),
        (with(&|one| one.request.outcome = lamplighter_testkit::world::Outcome::Answered(202)), "status 202"),
    ] {
        assert!(complaints.contains(says), "{says}: {complaints}");
    }
}
