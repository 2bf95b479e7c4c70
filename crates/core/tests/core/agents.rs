//! The combinators of agents.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use lamplighter_core::agent::{FanOut, RetryPolicy, Route};
use lamplighter_core::words::Confidence;
use lamplighter_core::{
    Agent, AgentExt, BoxAgent, Classification, Classifier, Context, Error, ErrorKind, Flow, Pipeline, Result, Usd,
    async_trait,
};
use lamplighter_testkit::fakes::{FakeClock, FakeJournal};
use lamplighter_testkit::{ContextBuilder, context};

type Work = Arc<dyn Fn(u32) -> Result<u32> + Send + Sync>;

/// An agent that does what the test says.
pub(crate) struct Doing {
    name: &'static str,
    work: Work,
}

pub(crate) fn doing(name: &'static str, work: impl Fn(u32) -> Result<u32> + Send + Sync + 'static) -> Doing {
    Doing { name, work: Arc::new(work) }
}

#[async_trait]
impl Agent for Doing {
    type Input = u32;
    type Output = u32;

    fn name(&self) -> &str {
        self.name
    }

    async fn run(&self, _cx: &Context, input: u32) -> Result<u32> {
        (self.work)(input)
    }
}

pub(crate) struct Hanging;

#[async_trait]
impl Agent for Hanging {
    type Input = u32;
    type Output = u32;

    fn name(&self) -> &'static str {
        "hanging"
    }

    async fn run(&self, _cx: &Context, _input: u32) -> Result<u32> {
        std::future::pending().await
    }
}

fn counted(count: &Arc<AtomicU32>) -> impl Fn() -> u32 + Send + Sync + 'static + use<> {
    let count = Arc::clone(count);
    move || count.fetch_add(1, Ordering::SeqCst) + 1
}

#[tokio::test]
async fn agents_are_put_in_a_row() {
    let agent = doing("add", |n| Ok(n + 1)).then(doing("double", |n| Ok(n * 2))).map(|n| n.to_string());
    assert_eq!((agent.name(), agent.run(&context("t"), 3).await.unwrap()), ("add, then double", "8".to_owned()));
    let broken = doing("fail", |_| Err(Error::internal("no"))).then(doing("never", |_| panic!("not asked")));
    assert!(broken.run(&context("t"), 1).await.is_err());
}

#[tokio::test]
async fn a_fan_out_survives_members_that_fail_panic_and_hang() {
    let clock = FakeClock::new();
    let cx = ContextBuilder::new("t").clock(clock.clone()).build();
    let members = vec![
        doing("works", |n| Ok(n + 1)).boxed(),
        doing("fails", |_| Err(Error::invalid("bad"))).boxed(),
        doing("panics", |_| panic!("boom")).boxed(),
        Hanging.boxed(),
        doing("works-too", |n| Ok(n + 2)).boxed(),
    ];
    let fan_out = FanOut::new("all", members, 2, Duration::from_mins(1));
    let (outcomes, ()) = tokio::join!(fan_out.run(&cx, 1), async {
        clock.until_sleeping(1).await;
        clock.advance(Duration::from_mins(1));
    });
    let outcomes: Vec<_> = outcomes
        .unwrap()
        .into_iter()
        .map(|member| (member.member, member.outcome.map_err(|error| error.kind())))
        .collect();
    let expected = [
        ("works", Ok(2)),
        ("fails", Err(ErrorKind::InvalidInput)),
        ("panics", Err(ErrorKind::Internal)),
        ("hanging", Err(ErrorKind::Timeout)),
        ("works-too", Ok(3)),
    ];
    assert_eq!(outcomes, expected.map(|(name, outcome)| (name.to_owned(), outcome)));
}

#[tokio::test]
async fn members_of_one_name_do_not_share_their_steps() {
    let member = |by: u32| doing("member", move |n| Ok(n + by)).journalled("work").boxed();
    let fan_out = FanOut::new("all", vec![member(1), member(2)], 4, Duration::from_secs(1));
    let outcomes = fan_out.run(&context("t"), 0).await.unwrap();
    let outputs: Vec<u32> = outcomes.into_iter().map(|member| member.outcome.unwrap()).collect();
    assert_eq!(outputs, [1, 2]);
}

#[tokio::test]
async fn no_more_members_run_at_once_than_are_allowed() {
    struct Crowd(Arc<AtomicU32>, Arc<AtomicU32>);

    #[async_trait]
    impl Agent for Crowd {
        type Input = u32;
        type Output = u32;

        fn name(&self) -> &'static str {
            "crowd"
        }

        async fn run(&self, _cx: &Context, _input: u32) -> Result<u32> {
            let now = self.0.fetch_add(1, Ordering::SeqCst) + 1;
            self.1.fetch_max(now, Ordering::SeqCst);
            tokio::task::yield_now().await;
            self.0.fetch_sub(1, Ordering::SeqCst);
            Ok(now)
        }
    }

    let (now, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let members = (0..10).map(|_| Crowd(now.clone(), most.clone()).boxed()).collect();
    FanOut::new("all", members, 3, Duration::from_secs(1)).run(&context("t"), 0).await.unwrap();
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn journalled_output_is_replayed_in_another_process() {
    let (journal, times) = (FakeJournal::new(), Arc::new(AtomicU32::new(0)));
    let count = counted(&times);
    let agent = doing("count", move |_| Ok(count())).journalled("count");
    for _ in 0..3 {
        let cx = ContextBuilder::new("t").journal(journal.clone()).build();
        assert_eq!(agent.run(&cx, 0).await.unwrap(), 1);
    }
    assert_eq!(times.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn only_what_may_help_is_tried_again() {
    let policy = RetryPolicy { attempts: 3, first_wait: Duration::from_secs(1), longest_wait: Duration::from_secs(9) };
    for (kind, fails, expected_calls, ends_well) in [
        (ErrorKind::Unavailable, 2, 3, true),
        (ErrorKind::Unavailable, 9, 3, false),
        (ErrorKind::InvalidInput, 9, 1, false),
        (ErrorKind::Permission, 1, 1, false),
    ] {
        let calls = Arc::new(AtomicU32::new(0));
        let count = counted(&calls);
        let agent = doing("flaky", move |n| if count() <= fails { Err(Error::new(kind, "no")) } else { Ok(n) });
        let outcome = agent.retry(policy).run(&context("t"), 5).await;
        assert_eq!((outcome.is_ok(), calls.load(Ordering::SeqCst)), (ends_well, expected_calls), "{kind:?}");
    }
}

#[tokio::test]
async fn no_attempts_means_one() {
    let policy = RetryPolicy { attempts: 0, first_wait: Duration::ZERO, longest_wait: Duration::ZERO };
    assert_eq!(doing("one", Ok).retry(policy).run(&context("t"), 5).await.unwrap(), 5);
}

#[tokio::test]
async fn waits_between_attempts_grow_and_end_with_the_run() {
    let clock = FakeClock::auto();
    let policy =
        RetryPolicy { attempts: 5, first_wait: Duration::from_secs(10), longest_wait: Duration::from_secs(25) };
    let failing = || doing("down", |_| Err(Error::new(ErrorKind::Unavailable, "no"))).retry(policy);
    let cx = ContextBuilder::new("t").clock(clock.clone()).build();
    assert_eq!(failing().run(&cx, 0).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(cx.now().duration_since(FakeClock::START).as_secs(), 10 + 20 + 25 + 25);
}

#[tokio::test]
async fn an_agent_ends_at_its_limit_and_says_whose_it_was() {
    let clock = FakeClock::new();
    let cx = ContextBuilder::new("t").clock(clock.clone()).build();
    let agent = Hanging.timeout(Duration::from_secs(5));
    let (outcome, ()) = tokio::join!(agent.run(&cx, 0), async {
        clock.until_sleeping(1).await;
        clock.advance(Duration::from_secs(5));
    });
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().starts_with("hanging: "), "{error}");
}

#[tokio::test]
async fn a_purse_of_its_own_draws_on_the_run() {
    struct Spender;

    #[async_trait]
    impl Agent for Spender {
        type Input = Usd;
        type Output = ();

        fn name(&self) -> &'static str {
            "spender"
        }

        async fn run(&self, cx: &Context, price: Usd) -> Result<()> {
            cx.budget().reserve(price)?.settle(price);
            Ok(())
        }
    }

    let cx = ContextBuilder::new("t").budget(Usd::dollars(10)).build();
    let agent = Spender.budget(Usd::dollars(3));
    assert!(agent.run(&cx, Usd::dollars(4)).await.is_err());
    agent.run(&cx, Usd::dollars(3)).await.unwrap();
    assert_eq!(cx.budget().spent(), Usd::dollars(3));
}

struct Parity;

#[async_trait]
impl Classifier<u32> for Parity {
    type Label = &'static str;

    async fn classify(&self, _cx: &Context, subject: &u32) -> Result<Classification<&'static str>> {
        let label = match subject % 3 {
            0 => "even",
            1 => "odd",
            _ => "neither",
        };
        Ok(Classification { label, confidence: Confidence::High, reasons: vec!["it is".to_owned()] })
    }
}

#[tokio::test]
async fn a_classifier_chooses_the_branch() {
    let route = Route::new("parity", Parity)
        .branch("even", doing("even", |_| Ok(100)).boxed())
        .branch("odd", doing("odd", |_| Ok(200)).boxed());
    for (input, expected) in [(0, Ok(100)), (1, Ok(200)), (2, Err(ErrorKind::Internal))] {
        assert_eq!(route.run(&context("t"), input).await.map_err(|error| error.kind()), expected);
    }
}

/// A stage that counts its runs and goes on with the next number, or ends at ten.
fn stage(name: &'static str, runs: &Arc<AtomicU32>, fails: bool) -> BoxAgent<u32, Flow<u32, String>> {
    let count = counted(runs);
    doing(name, move |n| {
        count();
        if fails { Err(Error::new(ErrorKind::Unavailable, "down")) } else { Ok(n + 1) }
    })
    .map(|n| if n >= 10 { Flow::Done(n.to_string()) } else { Flow::Next(n) })
    .boxed()
}

#[tokio::test]
async fn a_pipeline_goes_on_where_it_was() {
    let journal = FakeJournal::new();
    let runs: [Arc<AtomicU32>; 3] = std::array::from_fn(|_| Arc::default());
    let pipeline = |second_fails| {
        Pipeline::new("three")
            .stage(stage("first", &runs[0], false))
            .stage(stage("second", &runs[1], second_fails))
            .stage(stage("third", &runs[2], false))
    };
    let cx = || ContextBuilder::new("t").journal(journal.clone()).build();
    assert!(pipeline(true).run(&cx(), 7).await.is_err());
    assert_eq!(pipeline(false).run(&cx(), 7).await.unwrap(), "10");
    assert_eq!(pipeline(true).run(&cx(), 7).await.unwrap(), "10", "all of it is replayed");
    let counts: Vec<u32> = runs.iter().map(|runs| runs.load(Ordering::SeqCst)).collect();
    assert_eq!(counts, [1, 2, 1]);
}

#[tokio::test]
async fn a_stage_may_end_a_pipeline_and_the_last_one_has_to() {
    let unused = Arc::new(AtomicU32::new(0));
    let pipeline =
        || Pipeline::new("p").stage(stage("first", &Arc::default(), false)).stage(stage("second", &unused, false));
    assert_eq!(pipeline().run(&context("t"), 9).await.unwrap(), "10");
    assert_eq!(unused.load(Ordering::SeqCst), 0);
    assert_eq!(pipeline().run(&context("u"), 0).await.unwrap_err().kind(), ErrorKind::Internal);
}

#[tokio::test]
async fn stages_of_one_name_do_not_share_their_record() {
    let pipeline =
        Pipeline::new("p").stage(stage("add", &Arc::default(), false)).stage(stage("add", &Arc::default(), false));
    assert_eq!(pipeline.run(&context("t"), 8).await.unwrap(), "10");
}
