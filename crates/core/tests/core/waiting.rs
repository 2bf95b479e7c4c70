//! Waiting for people: asked once, answered once, over when it is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use lamplighter_core::waiting::{Answer, answer, give_answer, open_questions};
use lamplighter_core::{Context, ErrorKind, Result, RunKey};
use lamplighter_testkit::ContextBuilder;
use lamplighter_testkit::fakes::{FakeClock, FakeJournal};

const PATIENCE: Duration = Duration::from_hours(2);

struct Wait {
    clock: FakeClock,
    journal: FakeJournal,
    told: Arc<AtomicU32>,
}

impl Wait {
    fn new() -> Self {
        let clock = FakeClock::new();
        Self { journal: FakeJournal::with_clock(Arc::new(clock.clone())), clock, told: Arc::default() }
    }

    fn context(&self) -> Context {
        ContextBuilder::new("issue/1").clock(self.clock.clone()).journal(self.journal.clone()).build()
    }

    /// The run, started again.
    async fn go_on(&self) -> Result<Option<String>> {
        let tell = async |_| {
            self.told.fetch_add(1, Ordering::Relaxed);
            Ok(())
        };
        self.context().wait_for("may-i", "may I?", PATIENCE, tell).await
    }

    async fn give(&self, value: &str) -> Answer<String> {
        let now = self.context().now();
        give_answer(&self.journal, &RunKey::new("issue/1"), "may-i", value.to_owned(), now).await.unwrap()
    }
}

#[tokio::test]
async fn a_run_waits_until_it_is_answered_and_then_goes_on_with_that() {
    let wait = Wait::new();
    let until = FakeClock::START + PATIENCE;
    for _ in 0..2 {
        let error = wait.go_on().await.unwrap_err();
        assert_eq!((error.kind(), error.waits_until()), (ErrorKind::Waiting, Some(until)));
        assert!(!error.is_retryable());
        wait.clock.advance(Duration::from_mins(10));
    }
    wait.give("yes").await;
    for _ in 0..2 {
        assert_eq!(wait.go_on().await.unwrap().as_deref(), Some("yes"));
        wait.clock.advance(2 * PATIENCE);
    }
    let standing = wait.give("no").await;
    assert!(matches!(standing, Answer::Given { value, .. } if value == "yes"), "the first answer stands");
}

#[tokio::test]
async fn an_answer_counts_until_the_time_is_over_and_not_after() {
    let wait = Wait::new();
    assert!(wait.go_on().await.is_err());
    wait.clock.advance(PATIENCE.saturating_sub(Duration::from_secs(1)));
    assert!(wait.go_on().await.is_err(), "not yet");
    wait.clock.advance(Duration::from_secs(1));
    assert_eq!(wait.go_on().await.unwrap(), None, "now it is");
    assert!(matches!(wait.give("yes").await, Answer::Expired { .. }), "too late");
    assert_eq!(wait.go_on().await.unwrap(), None, "and it stays so");
}

#[tokio::test]
async fn an_answer_that_is_given_while_nobody_looks_is_found() {
    let wait = Wait::new();
    assert!(wait.go_on().await.is_err());
    wait.give("yes").await;
    wait.clock.advance(3 * PATIENCE);
    assert_eq!(wait.go_on().await.unwrap().as_deref(), Some("yes"), "it was given in time, and found late");
}

#[tokio::test]
async fn a_question_is_recorded_before_it_is_told() {
    let wait = Wait::new();
    let failing = async |_| Err(lamplighter_core::Error::new(ErrorKind::Unavailable, "the tracker is away"));
    let error = wait.context().wait_for::<String, _>("may-i", "may I?", PATIENCE, failing).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let run = RunKey::new("issue/1");
    let open = open_questions(&wait.journal, &run).await.unwrap();
    assert_eq!(open.len(), 1, "whoever is told can answer at once");
    wait.give("yes").await;
    assert!(open_questions(&wait.journal, &run).await.unwrap().is_empty());
    assert_eq!(wait.go_on().await.unwrap().as_deref(), Some("yes"));
}

#[tokio::test]
async fn the_time_that_people_take_is_known() {
    let wait = Wait::new();
    assert_eq!(wait.context().time_waited().await.unwrap(), SignedDuration::ZERO);
    assert!(wait.go_on().await.is_err());
    wait.clock.advance(Duration::from_mins(50));
    assert_eq!(wait.context().time_waited().await.unwrap(), SignedDuration::from_mins(50), "it waits still");
    wait.give("yes").await;
    wait.clock.advance(Duration::from_mins(10));
    assert_eq!(
        wait.context().time_waited().await.unwrap(),
        SignedDuration::from_mins(60),
        "nobody has started it again"
    );
    assert!(wait.go_on().await.is_ok());
    wait.clock.advance(Duration::from_mins(50));
    assert_eq!(wait.context().time_waited().await.unwrap(), SignedDuration::from_mins(60), "it waits no more");
}

#[tokio::test]
async fn an_answer_of_another_kind_is_corrupt_and_no_yes() {
    let wait = Wait::new();
    assert!(wait.go_on().await.is_err());
    let run = RunKey::new("issue/1");
    give_answer(&wait.journal, &run, "may-i", 7, FakeClock::START).await.unwrap();
    assert_eq!(wait.go_on().await.unwrap_err().kind(), ErrorKind::Corrupt);
    assert_eq!(answer::<String>(&wait.journal, &run, "may-i").await.unwrap_err().kind(), ErrorKind::Corrupt);
}
