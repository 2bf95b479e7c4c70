//! Tokens and Apps: who we are, and for how long.

use std::sync::Arc;
use std::time::Duration;

use lamplighter_core::ErrorKind;
use lamplighter_core::ports::{IssueReader, IssueWriter, SecretPath};
use lamplighter_core::words::Login;
use lamplighter_github::{GithubAuth, GithubIssues, GithubSecret, GithubSettings};
use lamplighter_testkit::fakes::FakeSecrets;
use lamplighter_testkit::world::{Disruption, GithubWorld};

use crate::visit::{REPO, TOKEN, Visit, token};

fn path() -> SecretPath {
    SecretPath { path: "github".to_owned(), field: "token".to_owned() }
}

#[tokio::test]
async fn we_are_asked_for_once() {
    let visit = Visit::by_token();
    let number = visit.open();
    for _ in 0..3 {
        visit.issues.issue(number).await.expect("the issue is there");
        visit.issues.clone().comments(number).await.expect("the issue is there");
    }
    assert_eq!(visit.issues.login().await.expect("a login").as_str(), "lamplighter");
    assert_eq!(visit.sent("GET", "/user"), 1);
}

#[tokio::test]
async fn a_login_that_is_given_is_not_asked_for() {
    let login = |settings: GithubSettings| settings.with_login(Login::new("github-actions[bot]"));
    let visit = Visit::with(GithubWorld::start, |_| token(TOKEN), login);
    let number = visit.open();
    visit.world.comment(REPO, number.0, "github-actions[bot]", "done\n\n<!-- lamplighter:ack -->");
    visit.issues.comment(number, "ack", "done").await.expect("commenting works");
    assert_eq!(visit.bodies(number).len(), 1, "the comment is ours");
    assert_eq!(visit.sent("GET", "/user"), 0);
}

#[tokio::test]
async fn a_token_in_a_store_is_read_again_when_it_is_refused() {
    let secrets = FakeSecrets::new().with("github", "token", TOKEN);
    let stored = GithubSecret::stored(Arc::new(secrets.clone()), path());
    let visit = Visit::with(GithubWorld::start, |_| GithubAuth::Token(stored), |settings| settings);
    let number = visit.open();
    visit.issues.issue(number).await.expect("the issue is there");
    visit.issues.issue(number).await.expect("the issue is there");
    assert_eq!(secrets.calls().of("get").len(), 1, "a token is kept while it is good");

    visit.world.revoke_token(TOKEN);
    visit.world.add_token("lamplighter", "ghp_rotated");
    let _same = secrets.clone().with("github", "token", "ghp_rotated\n");
    visit.issues.comment(number, "ack", "looking").await.expect("the new token is used");
    assert_eq!(visit.bodies(number).len(), 1);

    visit.world.revoke_token("ghp_rotated");
    let error = visit.issues.issue(number).await.expect_err("there is no good token");
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Permission, false));
    assert!(error.to_string().contains("check that the token has not expired"), "{error}");
}

#[tokio::test]
async fn a_token_of_somebody_else_makes_us_somebody_else() {
    let secrets = FakeSecrets::new().with("github", "token", TOKEN);
    let stored = GithubSecret::stored(Arc::new(secrets.clone()), path());
    let visit = Visit::with(GithubWorld::start, |_| GithubAuth::Token(stored), |settings| settings);
    visit.issues.issue(visit.open()).await.expect("the issue is there");
    visit.world.revoke_token(TOKEN);
    visit.world.add_token("maria", "ghp_maria");
    let _same = secrets.with("github", "token", "ghp_maria");
    visit.issues.issue(visit.open()).await.expect("the issue is there");
    assert_eq!(visit.issues.login().await.expect("a login").as_str(), "maria");
}

#[tokio::test]
async fn a_token_that_cannot_be_read_is_said_to_be() {
    for (secrets, kind) in [
        (FakeSecrets::new(), ErrorKind::NotFound),
        (FakeSecrets::new().forbidden("github", "token"), ErrorKind::Permission),
    ] {
        let stored = GithubSecret::stored(Arc::new(secrets), path());
        let visit = Visit::with(GithubWorld::start, |_| GithubAuth::Token(stored), |settings| settings);
        let error = visit.issues.issue(visit.open()).await.expect_err("no token");
        assert_eq!(error.kind(), kind, "{error}");
        assert!(visit.world.requests().is_empty(), "nothing is sent without one");
    }
}

#[tokio::test]
async fn a_fixed_token_that_is_refused_is_not_tried_twice() {
    let visit = Visit::with(GithubWorld::start, |_| token("ghp_wrong"), |settings| settings);
    let error = visit.issues.permission(&Login::new("maria")).await.expect_err("nobody knows us");
    assert_eq!(error.kind(), ErrorKind::Permission);
    assert_eq!(visit.world.requests().len(), 1);
}

#[tokio::test]
async fn the_token_of_an_app_is_renewed_before_its_hour_is_over() {
    let (visit, app) = Visit::by_app();
    let number = visit.open();
    let asked = || visit.sent("POST", "/access_tokens");
    visit.issues.issue(number).await.expect("the issue is there");
    visit.clock.advance(Duration::from_mins(54));
    visit.issues.issue(number).await.expect("the issue is there");
    assert_eq!(asked(), 1, "an hour has not passed");
    visit.clock.advance(Duration::from_mins(2));
    visit.issues.comment(number, "ack", "looking").await.expect("the token is renewed");
    assert_eq!(asked(), 2);
    visit.world.revoke_installation_tokens();
    visit.issues.comment(number, "more", "still looking").await.expect("and when it is refused");
    assert_eq!(asked(), 3);
    assert_eq!(visit.sent("GET", "/installation"), 1, "where it is installed does not change");
    assert!(visit.world.requests().iter().all(|request| request.path != "/user"), "an App has no user");
    assert_eq!(visit.world.issue(REPO, number.0).comments[0].author, app.login);
}

#[tokio::test]
async fn many_who_ask_at_once_get_one_token() {
    let (visit, _) = Visit::by_app();
    let number = visit.open();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let issues = visit.issues.clone();
        tasks.spawn(async move { issues.issue(number).await.expect("the issue is there").number });
    }
    assert_eq!(tasks.join_all().await, vec![number; 8]);
    assert_eq!(visit.sent("POST", "/access_tokens"), 1);
}

#[tokio::test]
async fn an_installation_that_is_given_is_not_looked_up_and_either_form_of_key_will_do() {
    let visit = Visit::with(
        GithubWorld::start,
        |world| {
            let app = world.add_app("lamplighter", REPO);
            let private_key = GithubSecret::fixed(app.private_key_pkcs8.as_str().into());
            GithubAuth::App { app_id: app.id, private_key, installation: Some(app.installation) }
        },
        |settings| settings,
    );
    visit.issues.issue(visit.open()).await.expect("the issue is there");
    assert_eq!(visit.sent("GET", "/installation"), 0);
}

#[tokio::test]
async fn an_app_that_cannot_be_one_is_said_to_be_wrong() {
    for (key, installed, kind, says) in [
        ("no key", true, ErrorKind::InvalidInput, "no RSA key"),
        ("other", true, ErrorKind::Permission, "id and private key belong together"),
        ("ours", false, ErrorKind::NotFound, "installation of the App"),
    ] {
        let visit = Visit::with(
            GithubWorld::start,
            |world| {
                world.add_repository("home/other");
                let app = world.add_app("lamplighter", if installed { REPO } else { "home/other" });
                let other = world.add_app("other", REPO);
                let pem = match key {
                    "ours" => app.private_key,
                    "other" => other.private_key,
                    key => key.to_owned(),
                };
                let private_key = GithubSecret::fixed(pem.into());
                GithubAuth::App { app_id: app.id, private_key, installation: None }
            },
            |settings| settings.with_login(Login::new("lamplighter[bot]")),
        );
        let error = visit.issues.issue(visit.open()).await.expect_err("no way in");
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[tokio::test]
async fn a_token_for_an_installation_is_asked_for_again_when_the_answer_is_lost() {
    let (visit, _) = Visit::by_app();
    visit.world.disrupt(Disruption::lose_answer().on("POST", "/access_tokens"));
    visit.issues.issue(visit.open()).await.expect("the issue is there");
    assert_eq!(visit.sent("POST", "/access_tokens"), 2);
}

#[test]
fn an_adapter_is_made_without_a_runtime_and_refuses_settings_that_make_no_sense() {
    let clock = || Arc::new(lamplighter_testkit::fakes::FakeClock::new());
    let settings = || GithubSettings::new("home", "infra", token(TOKEN));
    assert!(GithubIssues::new(settings(), clock()).is_ok());
    for settings in [settings().with_url("api.github.com"), GithubSettings::new("home", "..", token(TOKEN))] {
        let error = lamplighter_core::Error::from(GithubIssues::new(settings, clock()).expect_err("nonsense"));
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
}
