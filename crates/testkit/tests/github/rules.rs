//! What GitHub does with issues, labels and people.

use lamplighter_testkit::world::GithubRole;
use reqwest::Method;
use serde_json::{Value, json};

use crate::visit::{REPO, Visit};

#[tokio::test]
async fn a_list_comes_in_pages_that_link_to_each_other() {
    let visit = Visit::new();
    for number in 0..5 {
        visit.world.open_issue(REPO, "maria", &format!("Issue {number}"), "", ["a b"]);
    }
    let first = visit.get("maria", "/repos/home/infra/issues?labels=a%20b&per_page=2&direction=asc").await;
    let next = format!(
        "<{}/repos/home/infra/issues?labels=a%20b&per_page=2&direction=asc&page=2>; rel=\"next\"",
        visit.world.url()
    );
    assert!(first.header("link").contains(&next), "{}", first.header("link"));
    assert!(first.header("link").contains("page=3>; rel=\"last\""));
    let last = visit.get("maria", "/repos/home/infra/issues?per_page=2&direction=asc&page=3").await;
    assert_eq!(last.body.as_array().map(Vec::len), Some(1));
    assert!(!last.header("link").contains("next") && last.header("link").contains("prev"));
    let beyond = visit.get("maria", "/repos/home/infra/issues?page=9").await;
    assert_eq!(beyond.body, json!([]));
}

#[tokio::test]
async fn pull_requests_are_listed_among_the_issues_and_share_their_numbers() {
    let visit = Visit::new();
    assert_eq!(visit.issue(), 1);
    assert_eq!(visit.world.open_pull_request(REPO, "maria", "A change"), 2);
    assert_eq!(visit.issue(), 3);
    let all = visit.get("maria", "/repos/home/infra/issues").await.body;
    let pulls: Vec<bool> = all.as_array().expect("a list").iter().map(|one| one["pull_request"].is_object()).collect();
    assert_eq!(pulls, [false, true, false]);
}

#[tokio::test]
async fn labels_are_made_when_they_are_used_and_known_in_any_case() {
    let visit = Visit::new();
    visit.issue();
    let path = "/repos/home/infra/issues/1/labels";
    let names = |body: &Value| {
        let names =
            body.as_array().expect("a list").iter().map(|label| label["name"].as_str().expect("a name").to_owned());
        names.collect::<Vec<_>>()
    };
    let added = visit.put("maria", Method::POST, path, &json!({ "labels": ["a/b c", "User-Report"] })).await;
    assert_eq!(names(&added.body), ["user-report", "a/b c"], "one label has one spelling");
    let removed = visit.send(visit.by("maria", Method::DELETE, &format!("{path}/A%2FB%20c"))).await;
    assert_eq!(names(&removed.body), ["user-report"]);
    let again = visit.send(visit.by("maria", Method::DELETE, &format!("{path}/a%2Fb%20c"))).await;
    assert_eq!((again.code, &again.body["message"]), (404, &json!("Label does not exist")));
    assert_eq!(names(&visit.get("maria", "/repos/home/infra/labels").await.body), ["user-report", "a/b c"]);
    let long = visit.put("maria", Method::POST, path, &json!({ "labels": ["x".repeat(51)] })).await;
    assert_eq!(long.code, 422);
}

#[tokio::test]
async fn a_permission_has_few_words_and_a_role_has_more() {
    let visit = Visit::new();
    visit.world.set_role(REPO, "amy", GithubRole::Maintain);
    for (login, permission, role) in [
        ("home", "admin", "admin"),
        ("amy", "write", "maintain"),
        ("Maria", "write", "write"),
        ("tom", "read", "triage"),
        ("rita", "read", "read"),
        ("mallory", "none", "none"),
    ] {
        let answer = visit.get("maria", &format!("/repos/home/infra/collaborators/{login}/permission")).await;
        assert_eq!(
            (&answer.body["permission"], &answer.body["role_name"]),
            (&json!(permission), &json!(role)),
            "{login}"
        );
    }
    assert_eq!(visit.get("maria", "/repos/home/infra/collaborators/nobody/permission").await.code, 404);
    assert_eq!(visit.get("rita", "/repos/home/infra/collaborators/maria/permission").await.code, 403);
    visit.world.add_public_repository("home/site");
    let anybody = visit.get("home", "/repos/home/site/collaborators/mallory/permission").await;
    assert_eq!(anybody.body["permission"], "read", "anybody may read what is public");
}

#[tokio::test]
async fn those_who_may_not_push_set_no_labels_and_assign_nobody() {
    let visit = Visit::new();
    let draft = json!({ "title": "Hello", "labels": ["sev1"], "assignees": ["maria"] });
    let filed = visit.put("rita", Method::POST, "/repos/home/infra/issues", &draft).await;
    assert_eq!((filed.code, &filed.body["labels"], &filed.body["assignees"]), (201, &json!([]), &json!([])));
    assert!(filed.header("location").ends_with("/repos/home/infra/issues/1"));
    let path = "/repos/home/infra/issues/1/assignees";
    let ignored = visit.put("rita", Method::POST, path, &json!({ "assignees": ["maria"] })).await;
    assert_eq!((ignored.code, &ignored.body["assignees"]), (201, &json!([])));
    let known = visit.put("maria", Method::POST, path, &json!({ "assignees": ["MARIA", "mallory"] })).await;
    assert_eq!(known.body["assignees"].as_array().map(Vec::len), Some(1), "a stranger is left out without a word");
}

#[tokio::test]
async fn an_issue_is_closed_with_a_reason_and_opened_again() {
    let visit = Visit::new();
    visit.issue();
    let path = "/repos/home/infra/issues/1";
    let closed =
        visit.put("maria", Method::PATCH, path, &json!({ "state": "closed", "state_reason": "not_planned" })).await;
    assert_eq!(
        (&closed.body["state_reason"], &closed.body["closed_by"]["login"]),
        (&json!("not_planned"), &json!("maria"))
    );
    assert_eq!(visit.get("maria", "/repos/home/infra/issues").await.body, json!([]));
    let open = visit.put("maria", Method::PATCH, path, &json!({ "state": "open" })).await;
    assert_eq!((&open.body["state_reason"], &open.body["closed_at"]), (&json!("reopened"), &Value::Null));
}

#[tokio::test]
async fn a_repository_that_has_moved_leads_to_itself() {
    let visit = Visit::new();
    visit.issue();
    visit.world.rename_repository(REPO, "home/infrastructure");
    let moved = visit.get("maria", "/repos/home/infra/issues/1/labels?per_page=5").await;
    assert_eq!(moved.code, 301);
    let place = moved.header("location").strip_prefix(visit.world.url()).expect("the same host").to_owned();
    assert!(place.starts_with("/repositories/") && place.ends_with("/issues/1/labels?per_page=5"), "{place}");
    assert_eq!(visit.get("maria", &place).await.body[0]["name"], "user-report");
    let post = visit.put("maria", Method::POST, "/repos/home/infra/issues/1/comments", &json!({ "body": "x" })).await;
    assert_eq!(post.code, 307, "what is to be repeated as it is");
    assert_eq!(visit.get("mallory", "/repos/home/infra").await.code, 404, "nobody learns of it who may not see it");
    assert_eq!(visit.get("maria", "/repos/home/infrastructure/issues/1").await.code, 200);
}

#[tokio::test]
async fn an_enterprise_server_has_its_api_below_a_path() {
    let clock = std::sync::Arc::new(lamplighter_testkit::fakes::FakeClock::new());
    let world = lamplighter_testkit::world::GithubWorld::start_enterprise(clock).expect("a port");
    world.add_public_repository("home/site");
    for number in 0..2 {
        world.open_issue("home/site", "maria", &format!("Issue {number}"), "", []);
    }
    let client = reqwest::Client::builder().user_agent("a test").no_proxy().build().expect("a client");
    let url = format!("{}/repos/home/site/issues?per_page=1", world.url());
    let answer = client.get(&url).send().await.expect("an answer");
    let link = answer.headers()["link"].to_str().expect("a link").to_owned();
    assert!(link.contains(&format!("<{url}&page=2>")), "{link}");
    let outside = world.url().strip_suffix("/api/v3").expect("a path").to_owned();
    assert_eq!(client.get(format!("{outside}/repos/home/site")).send().await.expect("an answer").status(), 404);
}
