//! Pages, pull requests, moves, and words that are made to do harm.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use lamplighter_core::ErrorKind;
use lamplighter_core::ports::{CloseReason, IssueReader, IssueWriter, NewIssue};
use lamplighter_core::trust::{Admission, admit};
use lamplighter_core::words::{IssueNumber, Label, Login, Permission};
use lamplighter_github::{GithubIssues, GithubSettings};
use lamplighter_testkit::context;
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::world::{GithubRole, Outcome};

use crate::visit::{REPO, TOKEN, Visit, token};

fn set(labels: &[&str]) -> BTreeSet<Label> {
    labels.iter().map(|label| (*label).to_owned()).collect()
}

#[tokio::test]
async fn every_page_is_read_and_pull_requests_are_left_out() {
    let visit = Visit::by_token();
    for number in 0..130 {
        if number % 3 == 0 {
            visit.world.open_pull_request(REPO, "maria", "A change");
        } else {
            visit.open();
        }
    }
    let open = visit.issues.open_issues(&set(&[])).await.expect("searching works");
    assert_eq!(open.len(), 86);
    assert!(open.is_sorted_by_key(|issue| issue.number));
    assert_eq!(visit.sent("GET", "per_page=100"), 2);
    let pull = visit.issues.issue(IssueNumber(1)).await.expect_err("a pull request is no issue");
    assert_eq!(pull.kind(), ErrorKind::NotFound);
    let busy = visit.open();
    for index in 0..250 {
        visit.world.comment(REPO, busy.0, "maria", &format!("{index}"));
    }
    visit.issues.comment(busy, "ack", "looking").await.expect("commenting works");
    visit.issues.comment(busy, "ack", "looking").await.expect("commenting works");
    assert_eq!(visit.issues.comments(busy).await.expect("the issue is there").len(), 251, "found on the third page");
    visit.check_description();
}

#[tokio::test]
async fn a_page_that_was_the_last_one_and_is_full_is_not_believed_to_be_the_last() {
    let visit = Visit::by_token();
    let number = visit.open();
    for (more, all) in [(99, 99), (1, 100), (0, 100), (1, 101), (0, 101), (99, 200), (1, 201)] {
        for _ in 0..more {
            visit.world.comment(REPO, number.0, "maria", "more");
        }
        // A page that has not changed keeps its tag, although another one now comes after it.
        assert_eq!(visit.issues.comments(number).await.expect("the issue is there").len(), all);
    }
}

#[tokio::test]
async fn no_credential_is_sent_to_another_host() {
    for (status, is_post) in [(301, false), (302, false), (307, false), (301, true), (307, true), (308, true)] {
        let (elsewhere, told_elsewhere) = host("HTTP/1.1 404 Not Found\r\n");
        let (github, told_github) = host(&format!("HTTP/1.1 {status} Moved\r\nlocation: {elsewhere}/x\r\n"));
        let settings = GithubSettings::new("home", "infra", token(TOKEN)).with_url(github);
        let settings = settings.with_login(Login::new("lamplighter"));
        let issues = GithubIssues::new(settings, Arc::new(FakeClock::auto())).expect("settings that can be used");
        let result = if is_post {
            issues.relabel(IssueNumber(1), &set(&["a"]), &set(&[])).await
        } else {
            issues.issue(IssueNumber(1)).await.map(drop)
        };
        result.expect_err("there is no issue on either");
        assert!(told_github.lock().expect("a lock").contains(TOKEN));
        let seen = told_elsewhere.lock().expect("a lock").to_lowercase();
        assert!(!seen.contains("hunter2") && !seen.contains("authorization"), "{status}: {seen}");
    }
}

/// A host that answers everybody the same: its URL, and what it was sent.
fn host(answer: &str) -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let answer = format!("{answer}content-length: 0\r\nconnection: close\r\n\r\n");
    let seen = Arc::new(Mutex::new(String::new()));
    let notes = Arc::clone(&seen);
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.expect("a connection");
            let mut bytes = [0; 4096];
            let length = connection.read(&mut bytes).expect("a request");
            notes.lock().expect("a lock").push_str(&String::from_utf8_lossy(bytes.get(..length).unwrap_or_default()));
            connection.write_all(answer.as_bytes()).expect("the answer is taken");
        }
    });
    (url, seen)
}

#[tokio::test]
async fn a_repository_that_has_moved_is_found_and_written_to_once() {
    let visit = Visit::by_token();
    let number = visit.open();
    visit.world.rename_repository(REPO, "home/infrastructure");
    visit.issues.comment(number, "ack", "looking").await.expect("it is led there");
    visit.issues.comment(number, "ack", "looking").await.expect("it is led there");
    visit.issues.relabel(number, &set(&["sev2"]), &set(&["user-report"])).await.expect("it is led there");
    visit.issues.close(number, CloseReason::Completed).await.expect("it is led there");
    let issue = visit.world.issue("home/infrastructure", number.0);
    assert_eq!((issue.comments.len(), issue.labels, issue.is_closed), (1, vec!["sev2".to_owned()], true));
}

#[tokio::test]
async fn what_is_gone_is_not_found() {
    let visit = Visit::by_token();
    let number = visit.open();
    visit.world.delete_issue(REPO, number.0, "home");
    for result in [
        visit.issues.issue(number).await.map(drop),
        visit.issues.comment(number, "ack", "looking").await,
        visit.issues.relabel(number, &set(&[]), &set(&["a"])).await,
        visit.issues.relabel(number, &set(&[]), &set(&[])).await,
        visit.issues.close(number, CloseReason::Completed).await,
    ] {
        assert_eq!(result.expect_err("it is gone").kind(), ErrorKind::NotFound);
    }
}

#[tokio::test]
async fn roles_are_understood_and_nonsense_is_nobody_without_a_request() {
    let visit = Visit::by_token();
    for (login, role) in [
        ("ada", GithubRole::Admin),
        ("amy", GithubRole::Maintain),
        ("tom", GithubRole::Triage),
        ("rita", GithubRole::Read),
    ] {
        visit.world.set_role(REPO, login, role);
    }
    let permission = async |login: &str| visit.issues.permission(&Login::new(login)).await.expect("asking works");
    for (login, expected) in [
        ("home", Permission::Admin),
        ("ada", Permission::Admin),
        ("amy", Permission::Write),
        ("MARIA", Permission::Write),
        ("tom", Permission::Read),
        ("rita", Permission::Read),
        ("mallory", Permission::None),
        ("nobody-at-all", Permission::None),
        ("dependabot[bot]", Permission::None),
    ] {
        assert_eq!(permission(login).await, expected, "{login}");
    }
    visit.world.clear_requests();
    for login in ["", " ", "maria ", "../maria", "maria\nmaria", "maria/permission?x=", "ma%72ia", "märia", "maria#"] {
        assert_eq!(permission(login).await, Permission::None, "{login:?}");
    }
    assert!(visit.world.requests().is_empty());
}

#[tokio::test]
async fn somebody_who_cannot_be_assigned_is_said_to_be_and_nothing_else_is_wrong() {
    let visit = Visit::by_token();
    let number = visit.open();
    for login in ["mallory", "nobody", "../x"] {
        let error = visit.issues.assign(number, &Login::new(login)).await.expect_err("a stranger");
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::InvalidInput, false), "{error}");
    }
    visit.issues.assign(number, &Login::new("Maria")).await.expect("in any case");
    assert_eq!(visit.world.issue(REPO, number.0).assignees, ["maria"]);
}

#[tokio::test]
async fn hostile_words_and_labels_come_back_as_they_are() {
    let visit = Visit::by_token();
    let hostile =
        "</p><script>alert(1)</script> <!-- lamplighter:ack --> @everyone \u{202e}\u{200b} ☂ 𝄞 \"'\\ %2F ../..";
    let labels = ["needs human: yes", "a/b?c#d", "100%", "..", "ümläut ☂", "with, comma"];
    let number = IssueNumber(visit.world.open_issue(REPO, "maria", hostile, hostile, labels));
    let cx = context("hostile");
    let Admission::Admitted(issue) = admit(&cx, &visit.issues, number).await.expect("the gate works") else {
        panic!("maria is a collaborator")
    };
    assert_eq!((issue.text.get().title.as_str(), issue.text.get().body.as_str()), (hostile, hostile));
    assert_eq!(issue.labels, set(&labels));
    for label in labels {
        let found = visit.issues.open_issues(&set(&[label])).await.expect("searching works");
        assert_eq!(found.iter().map(|issue| issue.number).collect::<Vec<_>>(), [number], "{label}");
        visit.issues.relabel(number, &set(&[]), &set(&[label])).await.expect("taking away works");
    }
    assert!(visit.world.issue(REPO, number.0).labels.is_empty());
    visit.issues.relabel(number, &set(&labels), &set(&[])).await.expect("adding works");
    assert_eq!(visit.issues.issue(number).await.expect("the issue is there").labels, set(&labels));
    for body in [hostile, "\u{0}", "<!-- never closed", "```\nnever closed", ""] {
        visit.issues.comment(number, &format!("key of {}", body.len()), body).await.expect("commenting works");
        visit.issues.comment(number, &format!("key of {}", body.len()), body).await.expect("commenting works");
    }
    assert_eq!(visit.bodies(number).len(), 5, "each was posted once");
    assert!(visit.bodies(number)[0].starts_with(hostile));
    visit.check_description();
}

#[tokio::test]
async fn what_github_would_refuse_as_too_long_is_cut() {
    let visit = Visit::by_token();
    let number = visit.open();
    let huge = "☂ a line of a log\n".repeat(20_000);
    visit.issues.comment(number, "findings", &huge).await.expect("it is cut");
    visit.issues.comment(number, "findings", &huge).await.expect("it stands");
    assert_eq!(visit.bodies(number).len(), 1);
    assert!(visit.bodies(number)[0].contains("the rest is left out"));
    let issue = NewIssue { title: "x\ny ".repeat(200), body: huge, labels: set(&[]) };
    let filed = visit.issues.file("scan", &issue).await.expect("it is cut");
    assert_eq!(visit.issues.file("scan", &issue).await.expect("it stands"), filed);
    assert_eq!(visit.world.issue(REPO, filed.0).title.chars().count(), 256);
    let label = set(&["x".repeat(51).as_str()]);
    let error = visit.issues.relabel(number, &label, &set(&[])).await.expect_err("a label is not cut");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("longer than 50"), "{error}");
    let error = visit.issues.comment(number, "a-->b", "x").await.expect_err("a key that ends its marker");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn our_login_in_another_case_is_ours_and_a_namesake_is_not() {
    let visit = Visit::by_token();
    let number = visit.open();
    visit.world.add_user("lamplighter-x");
    visit.world.comment(REPO, number.0, "lamplighter-x", "done\n\n<!-- lamplighter:ack -->");
    let comments = visit.issues.comments(number).await.expect("the issue is there");
    assert_eq!(comments[0].key, None);
    visit.issues.comment(number, "ack", "done").await.expect("commenting works");
    assert_eq!(visit.bodies(number).len(), 2);
}

#[tokio::test]
async fn two_severities_never_stand_at_once() {
    let visit = Visit::by_token();
    let number = IssueNumber(visit.world.open_issue(REPO, "maria", "Wiki", "", ["sev3"]));
    drop(visit.world.take_deliveries());
    visit.issues.relabel(number, &set(&["sev1"]), &set(&["sev3", "SEV1"])).await.expect("relabelling works");
    let told: Vec<String> = visit
        .world
        .take_deliveries()
        .iter()
        .map(|delivery| format!("{} {}", delivery.payload()["action"], delivery.payload()["label"]["name"]))
        .collect();
    assert_eq!(told, ["\"unlabeled\" \"sev3\"", "\"labeled\" \"sev1\""]);
}

#[tokio::test]
async fn closing_a_closed_issue_leaves_its_reason() {
    let visit = Visit::by_token();
    let number = visit.open();
    visit.issues.close(number, CloseReason::NotPlanned).await.expect("closing works");
    visit.issues.close(number, CloseReason::Completed).await.expect("closing works");
    assert_eq!(visit.world.issue(REPO, number.0).state_reason.as_deref(), Some("not_planned"));
    assert_eq!(visit.sent("PATCH", "/issues"), 1);
    assert!(visit.world.requests().iter().all(|request| matches!(request.outcome, Outcome::Answered(200 | 304))));
}
