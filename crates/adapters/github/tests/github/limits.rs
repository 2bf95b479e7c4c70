//! Rate limits, waited out with a clock that moves by itself.

use std::time::Duration;

use lamplighter_core::ports::{IssueReader, IssueWriter};
use lamplighter_core::{Clock, ErrorKind};
use lamplighter_testkit::world::{Disruption, GithubWorld};

use crate::visit::{TOKEN, Visit, token};

fn patient(patience: Duration) -> Visit {
    Visit::with(GithubWorld::start, |_| token(TOKEN), |settings| settings.with_patience(patience))
}

#[tokio::test]
async fn a_secondary_limit_is_waited_out_and_asked_about_once() {
    for (status, says_when, lasts, waits) in
        [(403, true, 45, 45), (429, true, 45, 45), (403, false, 60, 60), (429, false, 100, 180)]
    {
        let visit = patient(Duration::from_mins(10));
        let number = visit.open();
        visit.issues.issue(number).await.expect("the issue is there");
        let before = visit.clock.now();
        visit.world.begin_secondary_limit(status, says_when, Duration::from_secs(lasts));
        visit.issues.comment(number, "ack", "looking").await.expect("it is over");
        assert_eq!(visit.bodies(number).len(), 1);
        let waited = visit.clock.now().duration_since(before).as_secs();
        assert_eq!(waited, waits, "{status} {says_when}");
        // Without a word of when, a minute is tried, and then two.
        let refused = if says_when || lasts == 60 { 1 } else { 2 };
        assert_eq!(visit.world.requests_over_limit(), refused, "{status} {says_when}");
    }
}

#[tokio::test]
async fn the_last_request_of_the_hour_is_known_to_be_the_last() {
    for status in [403, 429] {
        let visit = patient(Duration::from_hours(2));
        let number = visit.open();
        visit.world.refuse_over_limit_with(status);
        visit.issues.issue(number).await.expect("the issue is there");
        visit.world.leave_requests(1);
        let before = visit.clock.now();
        visit.issues.permission(&"maria".into_login()).await.expect("the last request");
        visit.issues.permission(&"lamplighter".into_login()).await.expect("the hour is over");
        assert_eq!(visit.clock.now().duration_since(before).as_mins(), 60);
        assert_eq!(visit.world.requests_over_limit(), 0, "no request is sent to be refused");
    }
}

#[tokio::test]
async fn a_limit_that_somebody_else_has_used_up_is_waited_for() {
    let visit = patient(Duration::from_hours(2));
    let number = visit.open();
    visit.issues.issue(number).await.expect("the issue is there");
    visit.world.leave_requests(0);
    visit.issues.comment(number, "ack", "looking").await.expect("the hour is over");
    assert_eq!((visit.bodies(number).len(), visit.world.requests_over_limit()), (1, 1));
}

#[tokio::test]
async fn a_limit_that_lasts_too_long_says_until_when_and_nothing_more_is_sent() {
    let visit = patient(Duration::from_mins(2));
    let number = visit.open();
    visit.issues.issue(number).await.expect("the issue is there");
    visit.world.begin_secondary_limit(403, true, Duration::from_mins(30));
    let before = visit.clock.now();
    for issues in [visit.issues.clone(), visit.issues.clone()] {
        let error = issues.comment(number, "ack", "looking").await.expect_err("half an hour is too long");
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Unavailable, true));
        assert!(error.to_string().ends_with("it may be asked again at 2026-03-01 12:30:00 UTC"), "{error}");
        assert_eq!(error.public_message(), "GitHub's rate limit is reached until 2026-03-01 12:30:00 UTC");
    }
    assert_eq!(visit.world.requests_over_limit(), 1, "clones know of it");
    assert_eq!(visit.clock.now(), before, "nobody waits in vain");
    visit.clock.advance(Duration::from_mins(30));
    visit.issues.comment(number, "ack", "looking").await.expect("it is over");
}

#[tokio::test]
async fn a_refusal_that_says_nothing_of_limits_is_none() {
    let visit = patient(Duration::from_hours(2));
    let number = visit.open();
    visit.world.disrupt(Disruption::status(403).on("GET", "/issues/1"));
    let before = visit.clock.now();
    let error = visit.issues.issue(number).await.expect_err("a refusal");
    assert_eq!(error.kind(), ErrorKind::Permission);
    assert_eq!(visit.clock.now(), before);
}

#[tokio::test]
async fn what_has_not_changed_is_not_read_again() {
    let visit = Visit::by_token();
    let number = visit.open();
    for index in 0..120 {
        visit.world.comment(crate::visit::REPO, number.0, "maria", &format!("comment {index}"));
    }
    for _ in 0..3 {
        assert_eq!(visit.issues.comments(number).await.expect("the issue is there").len(), 120);
        visit.issues.issue(number).await.expect("the issue is there");
    }
    let statuses: Vec<_> = visit.world.requests().into_iter().map(|request| request.outcome).collect();
    let fresh = statuses.iter().filter(|outcome| format!("{outcome:?}") == "Answered(200)").count();
    assert_eq!((statuses.len(), fresh), (10, 4), "who we are, two pages and the issue were sent once");
    visit.world.comment(crate::visit::REPO, number.0, "maria", "one more");
    assert_eq!(visit.issues.comments(number).await.expect("the issue is there").len(), 121, "what is new is seen");
}

trait IntoLogin {
    fn into_login(self) -> lamplighter_core::words::Login;
}

impl IntoLogin for &str {
    fn into_login(self) -> lamplighter_core::words::Login {
        lamplighter_core::words::Login::new(self)
    }
}
