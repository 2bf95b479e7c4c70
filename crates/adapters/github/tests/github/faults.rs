//! What goes wrong on the way, and what it comes to.

use std::collections::BTreeSet;
use std::time::Duration;

use lamplighter_core::ErrorKind;
use lamplighter_core::ports::{CloseReason, IssueReader, IssueWriter, NewIssue};
use lamplighter_core::words::{IssueNumber, Label, Login};
use lamplighter_testkit::world::{Disruption, GithubWorld};

use crate::visit::{REPO, TOKEN, Visit, token};

fn set(labels: &[&str]) -> BTreeSet<Label> {
    labels.iter().map(|label| (*label).to_owned()).collect()
}

fn scan() -> NewIssue {
    NewIssue { title: "Node n1 is not ready".to_owned(), body: "since 14:00".to_owned(), labels: set(&["incident"]) }
}

/// Every way in which one request can fail.
fn failures() -> [Disruption; 7] {
    [
        Disruption::status(500),
        Disruption::status(502),
        Disruption::status(503),
        Disruption::status(429),
        Disruption::reset(),
        Disruption::lose_answer(),
        Disruption::truncate(),
    ]
}

#[tokio::test]
async fn one_failure_of_any_kind_anywhere_changes_nothing() {
    for failure in failures() {
        for at in 0..24 {
            let visit = Visit::by_token();
            let number = visit.open();
            visit.world.disrupt(failure.clone().after(at));
            do_everything(&visit, number).await.unwrap_or_else(|error| panic!("{failure:?} at {at}: {error}"));
            check_everything(&visit, number);
        }
    }
}

/// What the flow does to an issue.
async fn do_everything(visit: &Visit, number: IssueNumber) -> lamplighter_core::Result<()> {
    let issues = &visit.issues;
    issues.issue(number).await?;
    issues.permission(&Login::new("maria")).await?;
    issues.comment(number, "ack", "**Investigating:** looking").await?;
    issues.relabel(number, &set(&["sev2", "incident"]), &set(&["user-report", "never-there"])).await?;
    issues.assign(number, &Login::new("maria")).await?;
    issues.file("scan/node-n1", &scan()).await?;
    issues.comment(number, "resolved", "**Resolved:** restarted").await?;
    issues.close(number, CloseReason::Completed).await?;
    issues.open_issues(&set(&["incident"])).await?;
    Ok(())
}

/// Exactly one of everything.
fn check_everything(visit: &Visit, number: IssueNumber) {
    let issue = visit.world.issue(REPO, number.0);
    let bodies: Vec<&str> = issue.comments.iter().filter_map(|comment| comment.body.lines().next()).collect();
    assert_eq!(bodies, ["**Investigating:** looking", "**Resolved:** restarted"]);
    assert_eq!(issue.labels.iter().cloned().collect::<BTreeSet<_>>(), set(&["sev2", "incident"]));
    assert_eq!(issue.assignees, ["maria"]);
    assert_eq!((issue.is_closed, issue.state_reason.as_deref()), (true, Some("completed")));
    assert_eq!(visit.world.issue_numbers(REPO), [number.0, number.0 + 1], "one issue was filed");
    assert_eq!(visit.world.issue(REPO, number.0 + 1).labels, ["incident"]);
}

#[tokio::test]
async fn a_storm_ends_with_exactly_one_of_everything() {
    for seed in 0..8 {
        let (visit, _) = Visit::by_app();
        let number = visit.open();
        visit.world.fail_one_in(3, seed);
        let mut times = 0;
        while let Err(error) = do_everything(&visit, number).await {
            assert!(error.is_retryable() || error.kind() == ErrorKind::Corrupt, "{error}");
            times += 1;
            assert!(times < 60, "it does not end: {error}");
        }
        check_everything(&visit, number);
        if seed == 0 {
            visit.check_description();
        }
    }
}

#[tokio::test]
async fn an_answer_that_was_lost_after_the_effect_leaves_one_comment_and_one_issue() {
    for failure in [Disruption::lose_answer, Disruption::truncate] {
        let visit = Visit::by_token();
        let number = visit.open();
        visit.world.disrupt(failure().times(2).on("POST", "/repos"));
        visit.issues.comment(number, "ack", "looking").await.expect("it stands");
        visit.issues.file("scan/n1", &scan()).await.expect("it is filed");
        assert_eq!(visit.bodies(number).len(), 1);
        assert_eq!(visit.world.issue_numbers(REPO).len(), 2);
        assert_eq!(visit.sent("POST", "/repos"), 2, "neither was sent twice");
    }
}

#[tokio::test]
async fn what_is_made_is_never_sent_again_before_it_was_looked_for() {
    let visit = Visit::by_token();
    let number = visit.open();
    visit.world.disrupt(Disruption::reset().times(2).on("POST", "/comments"));
    visit.issues.comment(number, "ack", "looking").await.expect("the third one stands");
    let methods: Vec<String> = visit
        .world
        .requests()
        .into_iter()
        .filter(|request| request.path.ends_with("/comments"))
        .map(|request| request.method)
        .collect();
    assert_eq!(methods, ["GET", "POST", "GET", "POST", "GET", "POST"]);
}

#[tokio::test]
async fn a_github_that_stays_away_is_unavailable() {
    let visit = Visit::by_token();
    let number = visit.open();
    for (failure, says, public) in [
        (Disruption::status(503), "503 (Service Unavailable)", "GitHub answered with status 503"),
        (Disruption::status(502), "502", "GitHub answered with status 502"),
        (Disruption::reset(), "cannot be reached", "GitHub cannot be reached: the connection broke"),
    ] {
        visit.world.disrupt(failure.times(100));
        let error = visit.issues.permission(&Login::new("maria")).await.expect_err("nobody answers");
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Unavailable, true), "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(error.public_message(), public);
        visit.world.calm();
    }
    visit.issues.issue(number).await.expect("it is back");
    let gone = Visit::by_token();
    let (issues, number) = (gone.issues.clone(), gone.open());
    drop(gone);
    let error = issues.issue(number).await.expect_err("nobody listens");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("refused"), "the innermost reason is told: {error}");
}

#[tokio::test]
async fn a_github_that_does_not_answer_in_time_has_timed_out() {
    let short = |settings: lamplighter_github::GithubSettings| settings.with_timeout(Duration::from_millis(30));
    let visit = Visit::with(GithubWorld::start, |_| token(TOKEN), short);
    visit.world.set_latency(Duration::from_hours(1));
    let error = visit.issues.permission(&Login::new("maria")).await.expect_err("no answer");
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Timeout, true), "{error}");
}

#[tokio::test]
async fn a_right_that_is_taken_away_is_said_to_be_missing() {
    let visit = Visit::by_token();
    let number = visit.open();
    visit.issues.comment(number, "ack", "looking").await.expect("commenting works");
    visit.world.set_role(REPO, "lamplighter", lamplighter_testkit::world::GithubRole::Read);
    let error = visit.issues.relabel(number, &set(&["sev1"]), &set(&[])).await.expect_err("we may only read");
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Permission, false));
    assert!(error.to_string().contains("label issue #1 (Must have admin rights"), "{error}");
    assert_eq!(error.public_message(), "a permission is missing");
    visit.world.remove_role(REPO, "lamplighter");
    let error = visit.issues.issue(number).await.expect_err("we may not even look");
    assert_eq!(error.kind(), ErrorKind::NotFound);

    let (visit, app) = Visit::by_app();
    let number = visit.open();
    visit.world.let_app_write(&app, false);
    let error = visit.issues.comment(number, "ack", "looking").await.expect_err("the App may only read");
    assert_eq!(error.kind(), ErrorKind::Permission);
}
