//! Who is let in, and to what.

use std::time::Duration;

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use lamplighter_core::Clock;
use lamplighter_testkit::world::GithubApp;
use reqwest::Method;
use serde_json::json;

use crate::visit::{REPO, Visit};

impl Visit {
    pub(crate) fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// What an App says who it is with, valid for so many seconds.
pub(crate) fn json_web_token(app: &GithubApp, now: Timestamp, seconds: i64) -> String {
    let claims = json!({ "iss": app.id.to_string(), "iat": now.as_second() - 60, "exp": now.as_second() + seconds });
    let key = EncodingKey::from_rsa_pem(app.private_key.as_bytes()).expect("a key in PEM");
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key).expect("a token")
}

#[tokio::test]
async fn a_token_is_taken_in_both_forms_and_a_wrong_one_is_refused() {
    let visit = Visit::new();
    for (authorization, code) in [
        ("Bearer maria-token", 200),
        ("token maria-token", 200),
        ("Bearer nobody-token", 401),
        ("Basic bWFyaWE6eA==", 401),
        ("maria-token", 401),
    ] {
        let answer = visit.send(visit.request(Method::GET, "/user").header("authorization", authorization)).await;
        assert_eq!(answer.code, code, "{authorization}");
        if code == 401 {
            assert_eq!(answer.body["message"], "Bad credentials");
        }
    }
    let anonymous = visit.send(visit.request(Method::GET, "/user")).await;
    assert_eq!((anonymous.code, &anonymous.body["message"]), (401, &json!("Requires authentication")));
    visit.world.revoke_token("maria-token");
    assert_eq!(visit.get("maria", "/user").await.code, 401);
}

#[tokio::test]
async fn a_client_says_what_it_is_or_is_refused() {
    let visit = Visit::new();
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let answer = client.get(format!("{}/meta", visit.world.url())).send().await.expect("an answer");
    assert_eq!(answer.status(), 403);
    assert!(answer.text().await.expect("a text").contains("User-Agent"));
    let old = visit.by("maria", Method::GET, "/user").header("x-github-api-version", "2001-01-01");
    assert_eq!(visit.send(old).await.code, 400);
}

#[tokio::test]
async fn what_somebody_may_not_see_is_not_there() {
    let visit = Visit::new();
    visit.issue();
    visit.world.add_public_repository("home/site");
    visit.world.open_issue("home/site", "mallory", "Typo", "", []);
    for (login, path, code) in [
        ("rita", "/repos/home/infra/issues/1", 200),
        ("mallory", "/repos/home/infra/issues/1", 404),
        ("mallory", "/repos/home/infra", 404),
        ("mallory", "/repos/home/site/issues/1", 200),
        ("maria", "/repos/home/none", 404),
    ] {
        assert_eq!(visit.get(login, path).await.code, code, "{login} {path}");
    }
    assert_eq!(visit.send(visit.request(Method::GET, "/repos/home/infra")).await.code, 404);
    assert_eq!(visit.send(visit.request(Method::GET, "/repos/home/site")).await.code, 200);
    visit.world.remove_role(REPO, "rita");
    assert_eq!(visit.get("rita", "/repos/home/infra/issues/1").await.code, 404);
}

#[tokio::test]
async fn an_app_is_known_by_its_key_and_the_times_in_its_token() {
    let visit = Visit::new();
    let app = visit.world.add_app("lamplighter", REPO);
    let other = visit.world.add_app("other", REPO);
    let now = visit.clock_now();
    let forged = GithubApp { private_key: other.private_key.clone(), ..app.clone() };
    for (token, code, says) in [
        (json_web_token(&app, now, 540), 200, ""),
        (json_web_token(&app, now, 601), 401, "too far in the future"),
        (json_web_token(&app, now, 0), 401, "future time"),
        (json_web_token(&app, now + Duration::from_secs(200), 300), 401, "iat"),
        (json_web_token(&forged, now, 540), 401, "could not be decoded"),
        (json_web_token(&app, now, 540).replace('.', ".A"), 401, "could not be decoded"),
    ] {
        let answer = visit.send(visit.request(Method::GET, "/app").bearer_auth(token)).await;
        assert_eq!(answer.code, code, "{}", answer.body);
        assert!(answer.body["message"].as_str().unwrap_or_default().contains(says), "{}", answer.body);
    }
    assert!(app.private_key_pkcs8.contains("BEGIN PRIVATE KEY"));
}

#[tokio::test]
async fn the_token_of_an_installation_lasts_an_hour_and_only_where_it_is_installed() {
    let visit = Visit::new();
    visit.issue();
    visit.world.add_repository("home/secret");
    let app = visit.world.add_app("lamplighter", REPO);
    let path = format!("/app/installations/{}/access_tokens", app.installation);
    let ask = visit.request(Method::POST, &path).bearer_auth(json_web_token(&app, visit.clock_now(), 540));
    let given = visit.send(ask).await;
    assert_eq!(given.body["expires_at"], "2026-03-01T13:00:00Z");
    let token = given.body["token"].as_str().expect("a token").to_owned();
    let code = async |method: Method, path: &str| {
        visit.send(visit.request(method, path).bearer_auth(&token).json(&json!({ "body": "x" }))).await.code
    };
    assert_eq!(code(Method::GET, "/repos/home/infra/issues/1").await, 200);
    assert_eq!(code(Method::GET, "/repos/home/secret/issues").await, 404);
    assert_eq!(code(Method::GET, "/user").await, 403, "an App has no user");
    visit.world.let_app_write(&app, false);
    assert_eq!(code(Method::POST, "/repos/home/infra/issues/1/comments").await, 403);
    visit.world.let_app_write(&app, true);
    assert_eq!(code(Method::POST, "/repos/home/infra/issues/1/comments").await, 201);
    visit.clock.advance(Duration::from_hours(1));
    assert_eq!(code(Method::GET, "/repos/home/infra/issues/1").await, 401);
}
