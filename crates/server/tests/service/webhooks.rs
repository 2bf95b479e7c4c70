//! What GitHub sends, and what comes of it.

use lamplighter::core::ports::{Inbox as _, Work};
use lamplighter::core::words::IssueNumber;
use lamplighter_server::{PushedArchive, ServerSettings};
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::world::GithubRole;

use serde_json::json;

use crate::bench::{Bench, REPOSITORY};

#[tokio::test]
async fn a_message_is_kept_before_it_is_answered_and_taken_once() {
    let bench = Bench::idle().await;
    let delivery = bench.opened("maria");
    let answer = bench.deliver(&delivery).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    assert_eq!(answer.json()["receipt"], "accepted");
    assert_eq!(bench.jobs(), [("answer/1".to_owned(), true)]);
    let words = bench.inbox.words(IssueNumber(1)).await.unwrap().unwrap();
    assert_eq!((words.author.as_str(), words.written_by.as_str()), ("maria", "maria"));
    for _ in 0..2 {
        let again = bench.deliver(&delivery).await;
        assert_eq!((again.status, again.json()["receipt"].as_str()), (202, Some("repeated")));
    }
    assert_eq!(bench.jobs().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_kept_is_not_accepted() {
    let bench = Bench::idle().await;
    let delivery = bench.opened("maria");
    let full = || lamplighter::core::Error::new(lamplighter::core::ErrorKind::Unavailable, "disk of host7 is full");
    bench.inbox.calls().fail_always("accept", full);
    let answer = bench.deliver(&delivery).await;
    assert_eq!(answer.status, 503, "GitHub shows it as failed, and a person can deliver it again");
    assert!(!answer.refusal().contains("host7"), "{answer:?}");
    assert!(answer.head.to_lowercase().contains("retry-after"));
    bench.inbox.calls().recover();
    assert_eq!(bench.deliver(&delivery).await.status, 202);
}

#[tokio::test]
async fn opened_labeled_and_edited_are_one_job_and_the_newest_words() {
    let bench = Bench::idle().await;
    for login in ["maria", "omar"] {
        bench.github.add_user(login);
        bench.github.set_role(REPOSITORY, login, GithubRole::Write);
    }
    let number = bench.github.open_issue(REPOSITORY, "maria", "Wiki is down", "502", []);
    bench.github.label(REPOSITORY, number, "omar", "user-report");
    bench.github.label(REPOSITORY, number, "omar", "help wanted");
    bench.github.edit_issue(REPOSITORY, number, "omar", "504 since noon");
    let answers: Vec<u16> = {
        let mut answers = Vec::new();
        for delivery in bench.github.take_deliveries() {
            answers.push(bench.deliver(&delivery).await.status);
        }
        answers
    };
    assert_eq!(answers, [202, 202, 200, 202], "opened, labeled, a label that asks for nothing, edited");
    assert_eq!(bench.jobs(), [("answer/1".to_owned(), true)]);
    let words = bench.inbox.words(IssueNumber(1)).await.unwrap().unwrap();
    assert_eq!((words.author.as_str(), words.written_by.as_str()), ("maria", "omar"));
}

#[tokio::test]
async fn only_comments_that_may_be_commands_are_looked_into() {
    let bench = Bench::idle().await;
    bench.github.add_user("maria");
    let number = bench.github.open_issue(REPOSITORY, "maria", "Wiki is down", "502", []);
    let pull = bench.github.open_pull_request(REPOSITORY, "maria", "Fix it");
    drop(bench.github.take_deliveries());
    for (at, body, status) in [
        (number, "It is worse now.", 200),
        (number, "I said:\n/approve", 202),
        (number, "> /approve", 200),
        (pull, "/approve", 200),
    ] {
        bench.github.comment(REPOSITORY, at, "maria", body);
        let delivery = bench.github.take_deliveries().remove(0);
        assert_eq!(bench.deliver(&delivery).await.status, status, "{body:?}");
    }
    let jobs = bench.inbox.jobs();
    assert_eq!(jobs.len(), 1);
    let Work::Command { author, at, .. } = &jobs[0].work else { panic!("{:?}", jobs[0]) };
    assert_eq!((author.as_str(), at.as_second()), ("maria", FakeClock::START.as_second()));
}

#[tokio::test]
async fn machines_are_not_heard_and_we_hear_ourselves_least_of_all() {
    let bench = Bench::idle().await;
    let app = bench.github.add_app("lamplighter", REPOSITORY);
    let other = bench.github.add_app("renovate", REPOSITORY);
    drop((app, other));
    for bot in ["renovate[bot]", "lamplighter[bot]"] {
        let number = bench.github.open_issue(REPOSITORY, bot, "Dashboard", "/approve\n\n<!-- marker -->", []);
        bench.github.comment(REPOSITORY, number, bot, "/approve");
        bench.github.label(REPOSITORY, number, bot, "incident");
        bench.github.reopen(REPOSITORY, number, bot);
    }
    for delivery in bench.github.take_deliveries() {
        let answer = bench.deliver(&delivery).await;
        assert_eq!(answer.status, 200, "{delivery:?}: {answer:?}");
    }
    assert!(bench.jobs().is_empty(), "{:?}", bench.jobs());
    // But for what a scan of ours has filed.
    let body = "**Findings:** …\n\n<!-- lamplighter:health/nodes-ready:node/n1 -->";
    bench.github.open_issue(REPOSITORY, "lamplighter[bot]", "Node n1 is not ready", body, ["incident"]);
    bench.github.open_issue(REPOSITORY, "renovate[bot]", "Node n1 is not ready", body, ["incident"]);
    for delivery in bench.github.take_deliveries() {
        bench.deliver(&delivery).await;
    }
    assert_eq!(bench.jobs(), [("answer/3".to_owned(), true)]);
    assert!(bench.inbox.words(IssueNumber(3)).await.unwrap().is_none(), "our own words are not somebody's");
}

#[tokio::test]
async fn a_reopened_issue_is_answered_anew() {
    let bench = Bench::idle().await;
    bench.github.add_user("maria");
    let number = bench.github.open_issue(REPOSITORY, "maria", "Wiki is down", "502", []);
    bench.github.close(REPOSITORY, number, "maria");
    bench.github.reopen(REPOSITORY, number, "maria");
    for delivery in bench.github.take_deliveries() {
        bench.deliver(&delivery).await;
        bench.deliver(&delivery).await;
    }
    let again: Vec<bool> =
        bench.inbox.jobs().iter().map(|job| matches!(job.work, Work::Answer { again: true, .. })).collect();
    assert_eq!(again, [false, true], "{:?}", bench.jobs());
}

#[tokio::test]
async fn what_is_pushed_to_the_archive_is_taken_up_and_nothing_else() {
    let archive = PushedArchive { branch: "main".to_owned(), folder: "docs/post-mortems".to_owned() };
    let bench = Bench::start(0, |settings| ServerSettings { post_mortems: Some(archive), ..settings }).await;
    let mut count = 0;
    let mut push = async |repository: &str, of: &str, after: &str, files: &[&str]| {
        count += 1;
        let sender = json!({ "login": "lamplighter[bot]", "type": "Bot" });
        let commits = json!([{ "added": files, "modified": [], "removed": [] }]);
        let repository = json!({ "full_name": repository });
        let body = json!({ "ref": of, "after": after, "commits": commits, "repository": repository, "sender": sender });
        let delivery = bench.github.sign("push", &format!("push-{count}"), body.to_string().into_bytes());
        bench.deliver(&delivery).await.status
    };
    let (main, new) = ("refs/heads/main", "docs/post-mortems/2026/wiki.md");
    assert_eq!(push(REPOSITORY, main, "c1", &["main.tf", "docs/runbook.md", "docs/post-mortems/raw.json"]).await, 200);
    assert_eq!(push(REPOSITORY, main, "c2", &["docs/post-mortems-old/wiki.md", "docs/post-mortems/.md/x"]).await, 200);
    assert_eq!(push(REPOSITORY, "refs/heads/draft", "c3", &[new]).await, 200, "it may never be merged");
    assert_eq!(push(REPOSITORY, main, "0000", &[new]).await, 200, "the branch is gone");
    assert_eq!(push("home/other", main, "c4", &[new]).await, 422);
    assert!(bench.jobs().is_empty());
    assert_eq!(push(REPOSITORY, main, "c5", &["main.tf", new, "docs/post-mortems/MAIL.MD"]).await, 202);
    assert_eq!(push(REPOSITORY, main, "c5", &[new]).await, 202, "the same commit, told again");
    let [job] = &bench.inbox.jobs()[..] else { panic!("{:?}", bench.inbox.jobs()) };
    assert_eq!(job.id.as_str(), "todos/c5");
    assert!(matches!(&job.work, Work::Todos { documents } if documents[..] == ["2026/wiki.md", "MAIL.MD"]), "{job:?}");
}

#[tokio::test]
async fn what_asks_for_nothing_is_answered_and_counted() {
    let bench = Bench::idle().await;
    let delivery = bench.opened("maria");
    for (event, status) in [("ping", 200), ("push", 200), ("pull_request", 200), ("issues", 202)] {
        let answer = bench
            .deliver_with(&delivery, |headers| {
                let named = |(name, value): (String, String)| {
                    let value = if name.eq_ignore_ascii_case("x-github-event") { event.to_owned() } else { value };
                    (name, value)
                };
                headers.into_iter().map(named).collect()
            })
            .await;
        assert_eq!(answer.status, status, "{event}: {answer:?}");
    }
    let metrics = bench.get("/metrics").await.body;
    for line in [
        "lamplighter_deliveries_total{outcome=\"accepted\"} 1",
        "lamplighter_deliveries_total{outcome=\"ignored\"} 3",
        "lamplighter_deliveries_total{outcome=\"forged\"} 0",
        "lamplighter_jobs{state=\"queued\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
}

#[tokio::test]
async fn the_real_messages_of_github_are_read() {
    let Some(folder) = std::env::var_os("LAMPLIGHTER_WEBHOOK_EXAMPLES") else {
        return;
    };
    let path = std::path::Path::new(&folder).join("api.github.com/index.json");
    let examples: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let bench = Bench::start(0, |settings| lamplighter_server::ServerSettings { repository: None, ..settings }).await;
    let mut count = 0;
    for event in examples.as_array().unwrap() {
        let name = event["name"].as_str().unwrap();
        for example in event["examples"].as_array().unwrap() {
            count += 1;
            let body = serde_json::to_vec(example).unwrap();
            let delivery = bench.github.sign(name, &format!("example-{count}"), body);
            let answer = bench.deliver(&delivery).await;
            assert!(matches!(answer.status, 200 | 202), "{name}: {answer:?}");
        }
    }
    assert!(count > 100, "there are {count} examples");
}
