//! What goes wrong on the way.

use std::time::Duration;

use lamplighter_testkit::world::{Disruption, Outcome};
use reqwest::Method;
use serde_json::json;

use crate::visit::{REPO, Visit};

#[tokio::test]
async fn a_comment_whose_answer_is_lost_or_breaks_off_stands() {
    let visit = Visit::new();
    let number = visit.issue();
    let say = || visit.by("maria", Method::POST, "/repos/home/infra/issues/1/comments").json(&json!({ "body": "x" }));
    visit.world.disrupt(Disruption::reset().on("POST", "/comments"));
    assert!(say().send().await.is_err());
    assert_eq!(visit.world.issue(REPO, number).comments.len(), 0);
    visit.world.disrupt(Disruption::lose_answer().on("POST", "/comments"));
    assert!(say().send().await.is_err());
    assert_eq!(visit.world.issue(REPO, number).comments.len(), 1);
    visit.world.disrupt(Disruption::truncate().on("POST", "/comments"));
    let begun = say().send().await.expect("the beginning of an answer");
    assert_eq!(begun.status(), 201);
    assert!(begun.text().await.is_err(), "the rest of it does not come");
    assert_eq!(visit.world.issue(REPO, number).comments.len(), 2);
    let outcomes: Vec<Outcome> = visit.world.requests().iter().map(|request| request.outcome).collect();
    assert_eq!(outcomes, [Outcome::Reset, Outcome::AnswerLost(201), Outcome::AnswerLost(201)]);
}

#[tokio::test]
async fn random_failures_are_the_same_for_the_same_seed() {
    let outcomes = async |seed: u64| {
        let visit = Visit::new();
        visit.issue();
        visit.world.fail_one_in(3, seed);
        for _ in 0..60 {
            drop(visit.by("maria", Method::GET, "/repos/home/infra/issues/1").send().await);
        }
        visit.world.calm();
        assert_eq!(visit.get("maria", "/user").await.code, 200);
        visit.world.requests().into_iter().map(|request| request.outcome).collect::<Vec<_>>()
    };
    let first = outcomes(7).await;
    assert_eq!(first, outcomes(7).await);
    assert_ne!(first, outcomes(8).await);
    let failed = first.iter().filter(|outcome| **outcome != Outcome::Answered(200)).count();
    assert!((10..32).contains(&failed), "{failed} of 60 have failed");
}

#[tokio::test]
async fn latency_is_added() {
    let visit = Visit::new();
    visit.world.set_latency(Duration::from_hours(1));
    let slow = visit.by("maria", Method::GET, "/user").timeout(Duration::from_millis(50)).send().await;
    assert!(slow.expect_err("a timeout").is_timeout());
    visit.world.calm();
    assert_eq!(visit.get("maria", "/user").await.code, 200);
}
