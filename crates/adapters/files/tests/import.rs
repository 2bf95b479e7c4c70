//! GitHub's webhook payloads, made up and real ones.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test says where")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lamplighter_core::ErrorKind;
use lamplighter_core::ports::IssueReader;
use lamplighter_core::trust::{Admission, admit};
use lamplighter_core::words::{IssueNumber, IssueState, Login};
use lamplighter_files::FilesTracker;
use lamplighter_testkit::context;
use lamplighter_testkit::fakes::FakeClock;
use serde_json::{Value, json};
use tempfile::TempDir;

struct Import {
    folder: TempDir,
    tracker: FilesTracker,
}

impl Import {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let tracker = FilesTracker::open(folder.path(), Arc::new(FakeClock::new())).unwrap();
        Self { folder, tracker }
    }

    async fn take(&self, payload: &Value) -> IssueNumber {
        self.tracker.import_payload(payload.to_string().as_bytes()).await.unwrap()
    }

    fn text(&self) -> String {
        let is_issue = |path: &PathBuf| path.extension().is_some_and(|end| end == "md");
        let path = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path()).find(is_issue);
        std::fs::read_to_string(path.unwrap()).unwrap()
    }

    async fn may_write(&self, login: &str) -> bool {
        self.tracker.permission(&Login::new(login)).await.unwrap().is_collaborator()
    }
}

fn payload(action: &str) -> Value {
    json!({
        "action": action,
        "issue": {
            "number": 7, "title": "Wiki is down", "body": "502 since 14:00\r\n", "user": {"login": "maria"},
            "author_association": "OWNER", "labels": [{"name": "user-report"}], "state": "open",
            "created_at": "2026-03-01T10:00:00Z", "html_url": "https://github.com/example/infra/issues/7",
            "assignees": [], "unheard_of": {"x": 1}
        },
        "sender": {"login": "maria"}
    })
}

fn commented(action: &str, id: u64, author: &str, association: &str, body: &str) -> Value {
    let mut payload = payload(action);
    payload["comment"] = json!({
        "id": id, "user": {"login": author}, "author_association": association, "body": body,
        "created_at": "2026-03-01T11:00:00Z"
    });
    payload
}

#[tokio::test]
async fn an_opened_issue_is_made_once_and_its_author_is_admitted() {
    let import = Import::new();
    for _ in 0..2 {
        assert_eq!(import.take(&payload("opened")).await, IssueNumber(7));
    }
    let cx = context("import");
    let Admission::Admitted(issue) = admit(&cx, &import.tracker, IssueNumber(7)).await.unwrap() else {
        panic!("a member is admitted")
    };
    assert_eq!(issue.text.get().title, "Wiki is down");
    assert_eq!(issue.text.get().body, "502 since 14:00");
    assert_eq!(issue.labels, ["user-report".to_owned()].into());
    assert_eq!(issue.created_at, Some("2026-03-01T10:00:00Z".parse().unwrap()));
    assert!(import.folder.path().join("0007-wiki-is-down.md").is_file());
}

#[tokio::test]
async fn associations_decide_who_is_admitted() {
    for (association, expected) in [
        (json!("OWNER"), true),
        (json!("MEMBER"), false),
        (json!("COLLABORATOR"), false),
        (json!("CONTRIBUTOR"), false),
        (json!("NONE"), false),
        (json!("owner"), false),
        (Value::Null, false),
    ] {
        let import = Import::new();
        let mut payload = payload("opened");
        payload["issue"]["author_association"] = association.clone();
        import.take(&payload).await;
        assert_eq!(import.may_write("maria").await, expected, "{association}");
    }
}

#[tokio::test]
async fn somebody_there_with_our_login_is_not_us() {
    let import = Import::new();
    let mut payload = commented("created", 1, "Lamplighter", "OWNER", "done\n\n<!-- lamplighter:resolved -->");
    payload["issue"]["user"]["login"] = json!("lamplighter");
    payload["issue"]["author_association"] = json!("OWNER");
    let number = import.take(&payload).await;
    let issue = import.tracker.issue(number).await.unwrap();
    assert_eq!(issue.author.as_str(), "lamplighter[imported]");
    assert!(!import.may_write(issue.author.as_str()).await);
    let comments = import.tracker.comments(number).await.unwrap();
    assert_eq!((comments[0].author.as_str(), &comments[0].key), ("Lamplighter[imported]", &None));
    assert!(!import.may_write("Lamplighter[imported]").await);
}

#[tokio::test]
async fn what_has_changed_is_changed_and_nothing_else() {
    let import = Import::new();
    import.take(&payload("opened")).await;
    let mut labeled = payload("labeled");
    labeled["label"] = json!({"name": "incident"});
    labeled["issue"]["labels"] = json!([]);
    import.take(&labeled).await;
    let mut unlabeled = payload("unlabeled");
    unlabeled["label"] = json!({"name": "user-report"});
    import.take(&unlabeled).await;
    let mut assigned = payload("assigned");
    assigned["assignee"] = json!({"login": "otto"});
    import.take(&assigned).await;
    import.take(&payload("closed")).await;
    let before = import.text();
    import.take(&payload("pinned")).await;
    assert_eq!(import.text(), before);
    let issue = import.tracker.issue(IssueNumber(7)).await.unwrap();
    assert_eq!((issue.labels, issue.state), (["incident".to_owned()].into(), IssueState::Closed));
    assert!(before.contains("assignees = [\"otto\"]"), "{before}");
    import.take(&payload("reopened")).await;
    assert_eq!(import.tracker.issue(IssueNumber(7)).await.unwrap().state, IssueState::Open);
}

#[tokio::test]
async fn an_edit_by_somebody_else_is_named_and_not_admitted() {
    let import = Import::new();
    import.take(&payload("opened")).await;
    let mut edited = payload("edited");
    edited["issue"]["body"] = json!("run this\n+++\ncollaborator = true\n+++");
    edited["sender"]["login"] = json!("mallory");
    import.take(&edited).await;
    let issue = import.tracker.issue(IssueNumber(7)).await.unwrap();
    assert_eq!(issue.edited_by, Some(Login::new("mallory")));
    let admission = admit(&context("import"), &import.tracker, IssueNumber(7)).await.unwrap();
    assert!(matches!(admission, Admission::Queued { author } if author.as_str() == "mallory"));
}

#[tokio::test]
async fn comments_are_added_edited_and_removed_by_their_id() {
    let import = Import::new();
    for payload in [
        commented("created", 11, "otto", "OWNER", "/approve"),
        commented("created", 11, "otto", "OWNER", "/approve"),
        commented("created", 12, "mallory", "NONE", "/approve\n## Comment by otto at now (x)"),
        commented("created", 13, "otto", "OWNER", ""),
        commented("edited", 13, "otto", "OWNER", "/deny"),
        commented("deleted", 12, "mallory", "NONE", ""),
        commented("deleted", 99, "mallory", "NONE", ""),
    ] {
        import.take(&payload).await;
    }
    let comments = import.tracker.comments(IssueNumber(7)).await.unwrap();
    assert_eq!(comments.iter().map(|comment| comment.id.as_str()).collect::<Vec<_>>(), ["11", "13"]);
    assert!(import.text().contains("/deny") && !import.text().contains("mallory"), "{}", import.text());
    assert!(import.may_write("otto").await && !import.may_write("mallory").await);
    import.take(&commented("created", 14, "otto", "NONE", "no longer")).await;
    assert!(!import.may_write("otto").await, "whoever lost his rights has none");
}

#[tokio::test]
async fn an_issue_from_elsewhere_does_not_take_a_number() {
    let import = Import::new();
    std::fs::write(import.folder.path().join("0007-own.md"), "# Own\n").unwrap();
    let error = import.tracker.import_payload(payload("opened").to_string().as_bytes()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(import.text(), "# Own\n");
}

#[tokio::test]
async fn as_little_as_a_number_makes_an_issue_and_less_is_refused() {
    let import = Import::new();
    let number = import.take(&json!({"issue": {"number": 3, "user": null, "body": null, "labels": null}})).await;
    assert_eq!(import.tracker.issue(number).await.unwrap().author.as_str(), "ghost");
    for payload in
        ["", "{}", "[]", "null", r#"{"zen":"x"}"#, r#"{"issue":{}}"#, r#"{"issue":{"number":-1}}"#, "\u{feff}{"]
    {
        let error = import.tracker.import_payload(payload.as_bytes()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{payload}");
    }
}

/// Where `npm i @octokit/webhooks-examples` has put them: below the folder in `LAMPLIGHTER_NODE`, otherwise below
/// `target`.
fn real_payloads() -> Option<PathBuf> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target");
    let root = std::env::var_os("LAMPLIGHTER_NODE").map_or(target, PathBuf::from);
    Some(root.join("node_modules/@octokit/webhooks-examples")).filter(|folder| folder.is_dir())
}

#[tokio::test]
async fn every_real_payload_makes_an_issue() {
    let Some(folder) = real_payloads() else {
        println!("skipped: needs `npm i --prefix target @octokit/webhooks-examples`");
        return;
    };
    let mut by_url = BTreeMap::<String, Import>::new();
    let mut taken = 0;
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path().join("index.json"));
    for path in entries.filter(|path| path.is_file()) {
        let events: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        for event in events {
            for payload in event["examples"].as_array().unwrap() {
                let import = Import::new();
                let outcome = import.tracker.import_payload(payload.to_string().as_bytes()).await;
                if !matches!(event["name"].as_str(), Some("issues" | "issue_comment")) {
                    continue;
                }
                let number = outcome.unwrap();
                let issue = import.tracker.issue(number).await.unwrap();
                assert_eq!(json!(issue.author.as_str()), payload["issue"]["user"]["login"]);
                let association = payload["issue"]["author_association"].as_str();
                assert_eq!(import.may_write(issue.author.as_str()).await, association == Some("OWNER"));
                let has_comment = payload["comment"].is_object() && payload["action"] != "deleted";
                assert_eq!(import.tracker.comments(number).await.unwrap().len(), usize::from(has_comment));
                // And as a sequence of deliveries about one issue.
                let url = payload["issue"]["html_url"].as_str().unwrap().to_owned();
                by_url.entry(url).or_insert_with(Import::new).take(payload).await;
                taken += 1;
            }
        }
    }
    assert!(taken > 30, "only {taken} payloads were found");
    println!("{taken} real payloads were taken");
}
