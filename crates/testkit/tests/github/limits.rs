//! Rate limits and conditional requests.

use std::time::Duration;

use reqwest::Method;

use crate::visit::{REPO, Visit};

#[tokio::test]
async fn each_request_counts_until_the_hour_is_over() {
    let visit = Visit::new();
    visit.world.set_rate_limit(3);
    for left in ["2", "1", "0"] {
        let answer = visit.get("maria", "/user").await;
        assert_eq!((answer.code, answer.header("x-ratelimit-remaining")), (200, left));
        assert_eq!(answer.header("x-ratelimit-reset"), (visit.clock_now().as_second() + 3600).to_string());
    }
    for status in [403, 429] {
        visit.world.refuse_over_limit_with(status);
        let over = visit.get("maria", "/user").await;
        assert_eq!((over.code, over.header("x-ratelimit-remaining"), over.header("retry-after")), (status, "0", ""));
    }
    assert_eq!(visit.get("tom", "/user").await.code, 200, "somebody else's limit is his own");
    assert_eq!(visit.get("maria", "/rate_limit").await.body["rate"]["remaining"], 0, "asking is free");
    assert_eq!(visit.world.requests_over_limit(), 2);
    visit.clock.advance(Duration::from_hours(1));
    assert_eq!(visit.get("maria", "/user").await.code, 200);
}

#[tokio::test]
async fn what_is_known_is_not_sent_again_and_does_not_count() {
    let visit = Visit::new();
    let number = visit.issue();
    let first = visit.get("maria", "/repos/home/infra/issues/1").await;
    let conditional = async || {
        let request = visit.by("maria", Method::GET, "/repos/home/infra/issues/1");
        visit.send(request.header("if-none-match", first.header("etag"))).await
    };
    let same = conditional().await;
    assert_eq!((same.code, same.body.is_null()), (304, true));
    assert_eq!(same.header("x-ratelimit-used"), first.header("x-ratelimit-used"), "a 304 does not count");
    visit.world.comment(REPO, number, "maria", "more");
    let changed = conditional().await;
    assert_eq!((changed.code, &changed.body["comments"]), (200, &1.into()));
}

#[tokio::test]
async fn a_secondary_limit_lasts_as_long_as_it_was_said() {
    let visit = Visit::new();
    for (status, says_when) in [(403, true), (429, true), (403, false)] {
        visit.world.begin_secondary_limit(status, says_when, Duration::from_secs(90));
        let refused = visit.get("maria", "/user").await;
        assert_eq!(refused.code, status);
        assert_eq!(refused.header("retry-after"), if says_when { "90" } else { "" });
        assert_ne!(refused.header("x-ratelimit-remaining"), "0", "it is not the primary one");
        visit.clock.advance(Duration::from_secs(90));
        assert_eq!(visit.get("maria", "/user").await.code, 200);
    }
}
