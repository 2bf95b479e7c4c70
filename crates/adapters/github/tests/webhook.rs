//! What GitHub sends, read.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

use std::path::PathBuf;
use std::sync::Arc;

use lamplighter_core::async_trait;
use lamplighter_core::ports::IssueReader;
use lamplighter_core::trust::{Admission, admit};
use lamplighter_core::words::{FiledIssue, IssueNumber, IssueState, Label, Login, Permission, PostedComment};
use lamplighter_github::webhook::{AccountKind, DeliveredIssue, Delivery, PayloadError, parse, verify, verify_any};
use lamplighter_testkit::context;
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::world::GithubWorld;
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::{Value, json};

fn read(event: &str, payload: &Value) -> Result<Delivery, PayloadError> {
    parse(event, "72d3162e-cc78-11e3-81ab-4c9367dc0958", payload.to_string().as_bytes())
}

/// All of GitHub's own examples, where they are installed (`./run setup` does).
#[test]
fn githubs_own_examples_are_read() {
    let Some(folder) = std::env::var_os("LAMPLIGHTER_WEBHOOK_EXAMPLES").map(PathBuf::from) else {
        println!("skipped: LAMPLIGHTER_WEBHOOK_EXAMPLES names no folder with @octokit/webhooks-examples");
        return;
    };
    let mut ours = 0;
    for index in ["api.github.com", "ghes-31", "ghes-35"] {
        let text = std::fs::read(folder.join(index).join("index.json")).expect("the examples");
        let events: Vec<Value> = serde_json::from_slice(&text).expect("JSON");
        for event in &events {
            let name = event["name"].as_str().expect("a name");
            for payload in event["examples"].as_array().expect("examples") {
                // Whatever event it is, it does no harm.
                let delivery = read(name, payload).unwrap_or_else(|error| panic!("{name}: {error}\n{payload}"));
                if matches!(name, "issues" | "issue_comment") {
                    check(&delivery, payload);
                    ours += 1;
                } else {
                    assert!(delivery.issue.is_none() && delivery.comment.is_none());
                }
            }
        }
    }
    assert!(ours > 50, "{ours} payloads were about issues");
}

/// A push tells which files are there after it, whatever the commits before the last have done to them.
#[test]
fn a_push_names_the_files_that_it_leaves_changed() {
    let commits = json!([
        { "added": ["docs/a.md", "docs/b.md"], "modified": [], "removed": [] },
        { "added": [], "modified": ["docs/c \u{2602}.md", "docs/b.md"], "removed": ["docs/a.md"] },
        { "modified": null },
    ]);
    for (of, after, branch, head) in [
        ("refs/heads/main", "6dcb09b5", Some("main"), Some("6dcb09b5")),
        ("refs/heads/feature/x", "6dcb09b5", Some("feature/x"), Some("6dcb09b5")),
        ("refs/tags/v1", "6dcb09b5", None, Some("6dcb09b5")),
        ("refs/heads/main", "0000000000000000000000000000000000000000", Some("main"), None),
    ] {
        let payload = json!({ "ref": of, "after": after, "commits": commits });
        let push = read("push", &payload).expect("a push").push.expect("what was pushed");
        assert_eq!((push.branch.as_deref(), push.head.as_deref()), (branch, head), "{of}");
        assert_eq!(push.files.iter().map(String::as_str).collect::<Vec<_>>(), ["docs/b.md", "docs/c \u{2602}.md"]);
        assert!(read("create", &payload).expect("another event").push.is_none(), "other events push nothing");
    }
    let nothing = read("push", &json!({ "ref": "refs/heads/main", "after": null, "commits": null })).expect("a push");
    assert!(nothing.push.is_some_and(|push| push.files.is_empty() && push.head.is_none()));
}

/// Every field is what the payload says.
fn check(delivery: &Delivery, payload: &Value) {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let issue = delivery.issue.as_ref().expect("an issue");
    assert_eq!(delivery.action, text(&payload["action"]));
    assert_eq!(delivery.repository, text(&payload["repository"]["full_name"]));
    assert_eq!(delivery.installation, payload["installation"]["id"].as_u64());
    assert_eq!(delivery.label, text(&payload["label"]["name"]));
    assert_eq!(delivery.sender.as_ref().map(|sender| sender.login.as_str()), payload["sender"]["login"].as_str());
    assert_eq!(Some(issue.number.0), payload["issue"]["number"].as_u64());
    assert_eq!(issue.author.as_ref().map(|author| author.login.as_str()), payload["issue"]["user"]["login"].as_str());
    assert_eq!(issue.labels.len(), payload["issue"]["labels"].as_array().map_or(0, Vec::len));
    assert_eq!(issue.state == IssueState::Closed, payload["issue"]["state"] == "closed");
    assert_eq!(issue.is_pull_request, payload["issue"]["pull_request"].is_object());
    assert_eq!(issue.created_at.map(|at| at.to_string()), text(&payload["issue"]["created_at"]));
    assert_eq!(issue.updated_at.map(|at| at.to_string()), text(&payload["issue"]["updated_at"]));
    let comment = delivery.comment.as_ref();
    let may_command =
        text(&payload["comment"]["body"]).is_some_and(|body| body.starts_with('/') || body.contains("\n/"));
    assert!(!may_command || comment.is_some_and(|comment| comment.may_command));
    assert_eq!(comment.map(|comment| comment.id.clone()), payload["comment"]["id"].as_u64().map(|id| id.to_string()));
}

/// A tracker that has what a delivery brought, so that the words can be seen behind the gate.
struct Delivered(DeliveredIssue);

#[async_trait]
impl IssueReader for Delivered {
    async fn issue(&self, number: IssueNumber) -> lamplighter_core::Result<FiledIssue> {
        let issue = self.0.clone();
        Ok(FiledIssue {
            number,
            author: issue.author.expect("an author").login,
            edited_by: None,
            labels: issue.labels,
            state: issue.state,
            created_at: issue.created_at,
            key: None,
            text: issue.text,
        })
    }

    async fn comments(&self, _: IssueNumber) -> lamplighter_core::Result<Vec<PostedComment>> {
        Ok(Vec::new())
    }

    async fn permission(&self, _: &Login) -> lamplighter_core::Result<Permission> {
        Ok(Permission::Write)
    }

    async fn open_issues(&self, _: &std::collections::BTreeSet<Label>) -> lamplighter_core::Result<Vec<FiledIssue>> {
        Ok(Vec::new())
    }

    async fn ourselves(&self) -> lamplighter_core::Result<Login> {
        Ok(Login::new("lamplighter"))
    }
}

#[tokio::test]
async fn what_the_played_github_sends_is_verified_and_read() {
    let github = GithubWorld::start(Arc::new(FakeClock::new())).expect("a port");
    github.add_repository("home/infra");
    github.add_app("lamplighter", "home/infra");
    github.set_webhook_secret("s3cret");
    let hostile = "</p> \u{202e} ☂ 𝄞 \"\\ \u{0}";
    let number = github.open_issue("home/infra", "maria", hostile, hostile, ["user-report"]);
    github.comment("home/infra", number, "dependabot[bot]", "/approve");
    let (secret, next) = (SecretString::from("s3cret"), SecretString::from("another"));
    let mut read = Vec::new();
    for sent in github.take_deliveries() {
        let header = sent.header("x-hub-signature-256");
        verify(&secret, &sent.body, header).expect("it is signed");
        verify_any([&next, &secret], &sent.body, header).expect("either will do");
        verify(&next, &sent.body, header).expect_err("with another secret it is not");
        read.push(parse(&sent.event, &sent.guid, &sent.body).expect("a payload"));
    }
    let [opened, labeled, commented] = read.as_slice() else { panic!("{read:?}") };
    assert_eq!((opened.action.as_deref(), labeled.label.as_deref()), (Some("opened"), Some("user-report")));
    assert!(opened.installation.is_some());
    assert_eq!(commented.sender.as_ref().map(|sender| sender.kind), Some(AccountKind::Bot));
    assert_eq!(commented.comment.as_ref().and_then(|comment| comment.created_at), Some(FakeClock::START));
    let issue = opened.issue.clone().expect("an issue");
    let admitted = admit(&context("delivered"), &Delivered(issue), IssueNumber(number)).await.expect("the gate works");
    let Admission::Admitted(admitted) = admitted else { panic!("it is admitted") };
    assert_eq!((admitted.text.get().title.as_str(), admitted.text.get().body.as_str()), (hostile, hostile));
    let shown = format!("{read:?}");
    assert!(!shown.contains("☂") && !shown.contains("/approve"), "words are locked: {shown}");
}

#[test]
fn what_may_be_absent_may_be_absent_or_null() {
    for payload in [
        json!({ "issue": { "number": 7 } }),
        json!({
            "action": null, "repository": null, "sender": null, "label": null, "installation": null,
            "issue": {
                "number": 7, "title": null, "body": null, "user": null, "labels": null, "state": null,
                "created_at": null, "updated_at": "soon", "pull_request": null,
            },
        }),
        json!({ "issue": { "number": 7, "labels": [null, {}, { "name": null }], "user": {} }, "sender": {}, "label": {} }),
    ] {
        let delivery = read("issues", &payload).expect("a payload");
        let issue = delivery.issue.expect("an issue");
        assert_eq!((issue.number, issue.author, issue.is_pull_request), (IssueNumber(7), None, false));
        assert!(issue.labels.is_empty() && issue.created_at.is_none() && delivery.sender.is_none());
    }
    assert!(read("ping", &json!({ "zen": "Design for failure." })).expect("a payload").issue.is_none());
}

#[test]
fn what_cannot_be_a_delivery_is_refused() {
    let fine = json!({ "issue": { "number": 7 } }).to_string();
    let id = "72d3162e";
    for (event, id, raw, says) in [
        ("", id, fine.as_str(), "X-GitHub-Event"),
        ("issues\nx", id, &fine, "X-GitHub-Event"),
        (&"x".repeat(101), id, &fine, "X-GitHub-Event"),
        ("issues", "", &fine, "X-GitHub-Delivery"),
        ("issues", "a b", &fine, "X-GitHub-Delivery"),
        ("issues", id, "", "line 1"),
        ("issues", id, "payload=%7B%7D", "application/json"),
        ("issues", id, "[]", "line 1"),
        ("issues", id, "{}", "has no issue"),
        ("issues", id, "{\"issue\":{}}", "line 1"),
        ("issues", id, "{\"issue\":{\"number\":-1}}", "line 1"),
        ("issues", id, "{\"issue\":{\"number\":\"hunter2\"}}", "line 1"),
        ("issue_comment", id, "{}", "has no issue"),
        ("issue_comment", id, &fine, "has no comment"),
        ("issues", id, "{\"issue\":{\"number\":7}} x", "line 1"),
    ] {
        let error = parse(event, id, raw.as_bytes()).expect_err(raw).to_string();
        assert!(error.contains(says) && !error.contains("hunter2"), "{event} {raw}: {error}");
    }
    assert_eq!(parse("issues", id, &vec![b' '; (25 << 20) + 1]).expect_err("too much"), PayloadError::TooLarge);
}

#[test]
fn depth_and_size_are_survived() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(500_000), close.repeat(500_000));
    // Where nobody looks, depth is skipped; where somebody does, it is no issue.
    for raw in [
        format!("{{\"x\":{},\"issue\":{{\"number\":7}}}}", deep("[", "]")),
        format!("{{\"x\":{}1{},\"issue\":{{\"number\":7}}}}", "{\"a\":".repeat(500_000), "}".repeat(500_000)),
        format!("{{\"issue\":{{\"number\":7,\"pull_request\":{}}}}}", deep("[", "]")),
    ] {
        let delivery = parse("issues", "id", raw.as_bytes());
        assert!(delivery.is_ok_and(|delivery| delivery.issue.is_some_and(|issue| issue.number == IssueNumber(7))));
    }
    for raw in
        [deep("[", "]"), format!("{{\"issue\":{}}}", deep("[", "]")), format!("{{\"action\":{}", deep("{\"a\":", ""))]
    {
        assert!(parse("issues", "id", raw.as_bytes()).is_err());
    }
    let huge = json!({ "issue": { "number": 7, "body": "x".repeat(20 << 20) } });
    assert!(read("issues", &huge).is_ok());
}

proptest! {
    #[test]
    fn no_payload_makes_the_reader_fail(raw in "(?s).{0,300}", event in "[a-z_]{0,20}", id in "(?s).{0,40}") {
        drop(parse(&event, &id, raw.as_bytes()));
        prop_assert!(verify(&SecretString::from("s"), raw.as_bytes(), Some(&id)).is_err());
    }
}
