//! Steps are done once, money is counted across restarts, work is bounded.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use lamplighter_core::ports::Journal;
use lamplighter_core::{Budget, CancellationToken, Context, Error, ErrorKind, Result, RunKey, Usd};
use lamplighter_testkit::ContextBuilder;
use lamplighter_testkit::fakes::{FakeClock, FakeJournal};

fn restarted(journal: &FakeJournal) -> Context {
    ContextBuilder::new("issue/1").journal(journal.clone()).build()
}

#[tokio::test]
async fn a_step_is_done_once_across_restarts() {
    let (journal, times) = (FakeJournal::new(), AtomicU32::new(0));
    for _ in 0..3 {
        let done = restarted(&journal).step("s", || async { Ok(times.fetch_add(1, Ordering::SeqCst)) }).await;
        assert_eq!(done.unwrap(), 0);
    }
    assert_eq!(times.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_failure_is_not_recorded() {
    let journal = FakeJournal::new();
    let failed: Result<u32> = restarted(&journal).step("s", || async { Err(Error::internal("no")) }).await;
    assert!(failed.is_err());
    assert!(journal.steps(&RunKey::new("issue/1")).await.unwrap().is_empty());
    assert_eq!(restarted(&journal).step("s", || async { Ok(7) }).await.unwrap(), 7);
}

#[tokio::test]
async fn the_first_record_stands() {
    let journal = FakeJournal::new();
    let cx = restarted(&journal);
    let slower = cx.step("s", || async {
        restarted(&journal).remember("s", 1).await?;
        Ok(2)
    });
    assert_eq!(slower.await.unwrap(), 1);
}

#[tokio::test]
async fn scopes_and_runs_do_not_share_steps() {
    let journal = FakeJournal::new();
    let cx = restarted(&journal);
    let other = ContextBuilder::new("issue/2").journal(journal.clone()).build();
    for (number, cx) in [cx.clone(), cx.scoped("a"), cx.scoped("a").scoped("b"), other].iter().enumerate() {
        assert_eq!(cx.step("s", || async { Ok(number) }).await.unwrap(), number);
    }
}

#[tokio::test]
async fn a_record_of_another_form_is_said_to_be_corrupt() {
    let journal = FakeJournal::new();
    restarted(&journal).remember("s", "text".to_owned()).await.unwrap();
    let error = restarted(&journal).step("s", || async { Ok(1_u32) }).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
}

#[tokio::test]
async fn money_is_spent_once_and_counted_after_a_restart() {
    let journal = FakeJournal::new();
    for _ in 0..2 {
        let budget = Budget::new(Usd::dollars(10));
        let cx = ContextBuilder::new("issue/1").journal(journal.clone()).shared_budget(budget.clone()).build();
        let answer = cx.spend("ask", Usd::dollars(5), || async { Ok(("yes".to_owned(), Usd::dollars(3))) }).await;
        assert_eq!(answer.unwrap(), "yes");
        assert_eq!(budget.spent(), Usd::dollars(3));
    }
}

#[tokio::test]
async fn money_of_an_attempt_that_died_is_not_forgotten() {
    let journal = FakeJournal::new();
    let attempt = |budget: Budget, dies: bool| {
        let cx = ContextBuilder::new("issue/1").journal(journal.clone()).shared_budget(budget).build();
        async move {
            cx.spend("ask", Usd::dollars(4), || async move {
                if dies { Err(Error::internal("died after it had paid")) } else { Ok(((), Usd::dollars(1))) }
            })
            .await
        }
    };
    assert!(attempt(Budget::new(Usd::dollars(10)), true).await.is_err());
    assert!(attempt(Budget::new(Usd::dollars(10)), true).await.is_err());
    let broke = attempt(Budget::new(Usd::dollars(10)), false).await.unwrap_err();
    assert_eq!(broke.kind(), ErrorKind::BudgetExceeded, "eight of ten dollars may have been spent");
    let rich = Budget::new(Usd::dollars(20));
    attempt(rich.clone(), false).await.unwrap();
    assert_eq!(rich.spent(), Usd::dollars(9));
    let replayed = Budget::new(Usd::dollars(20));
    attempt(replayed.clone(), false).await.unwrap();
    assert_eq!(replayed.spent(), Usd::dollars(9), "what was counted before is counted after");
}

#[tokio::test]
async fn money_is_counted_once_in_one_process() {
    let budget = Budget::new(Usd::dollars(10));
    let cx = ContextBuilder::new("issue/1").shared_budget(budget.clone()).build();
    let failed = cx.spend::<(), _, _>("ask", Usd::dollars(2), || async { Err(Error::internal("no")) }).await;
    assert!(failed.is_err());
    for _ in 0..3 {
        cx.spend("ask", Usd::dollars(4), || async { Ok(((), Usd::dollars(1))) }).await.unwrap();
    }
    assert_eq!(budget.spent(), Usd::dollars(3), "two for the failure and one for the answer");
}

#[tokio::test]
async fn what_earlier_processes_spent_is_counted_at_what_it_cost() {
    let journal = FakeJournal::new();
    let first = restarted(&journal);
    first.scoped("a").spend("ask", Usd::dollars(5), || async { Ok(((), Usd::dollars(1))) }).await.unwrap();
    let died = first.spend::<(), _, _>("ask", Usd::dollars(2), || async { Err(Error::internal("died")) }).await;
    assert!(died.is_err());
    let next = restarted(&journal);
    for _ in 0..2 {
        next.count_past_spends().await.unwrap();
    }
    assert_eq!(next.budget().spent(), Usd::dollars(3), "one that it cost, and two that may have been billed");
    next.scoped("a").spend("ask", Usd::dollars(5), || async { Ok(((), Usd::dollars(1))) }).await.unwrap();
    assert_eq!(next.budget().spent(), Usd::dollars(3), "a replay counts nothing more");
}

#[tokio::test]
async fn a_step_is_not_begun_after_a_stop_and_goes_on_after_it() {
    let (journal, stop) = (FakeJournal::new(), CancellationToken::new());
    restarted(&journal).step("before", || async { Ok(1) }).await.unwrap();
    stop.cancel();
    let stopped = ContextBuilder::new("issue/1").journal(journal.clone()).cancellation(stop).build();
    let again = stopped.step("before", || async { Ok(2) }).await;
    assert_eq!(again.unwrap(), 1, "what is recorded can still be read");
    let work = || async { panic!("it must not begin") };
    assert_eq!(stopped.step::<u32, _, _>("after", work).await.unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(restarted(&journal).step("after", || async { Ok(3) }).await.unwrap(), 3);
}

#[tokio::test]
async fn no_work_begins_without_the_money() {
    let cx = ContextBuilder::new("issue/1").budget(Usd::dollars(1)).build();
    let work = || async { panic!("it must not begin") };
    let error = cx.spend::<(), _, _>("ask", Usd::dollars(2), work).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BudgetExceeded);
}

#[tokio::test]
async fn work_ends_at_its_limit_its_deadline_or_its_stop() {
    let hang = || std::future::pending::<Result<()>>();
    let clock = FakeClock::new();
    let minute = Duration::from_mins(1);
    let deadline = FakeClock::START.checked_add(Duration::from_secs(10)).unwrap();
    let stop = CancellationToken::new();
    let base = || ContextBuilder::new("issue/1").clock(clock.clone());

    let limited = base().build();
    let (outcome, ()) = tokio::join!(limited.within(Duration::from_secs(5), hang()), async {
        clock.until_sleeping(1).await;
        clock.advance(Duration::from_secs(5));
    });
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Timeout);

    let due = base().deadline(deadline).build();
    let (outcome, ()) = tokio::join!(due.within(minute, hang()), async {
        clock.until_sleeping(1).await;
        clock.advance(Duration::from_secs(5));
    });
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Timeout);

    let stopped = base().cancellation(stop.clone()).build();
    let (outcome, ()) = tokio::join!(stopped.within(minute, hang()), async { stop.cancel() });
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Cancelled);

    for (cx, kind) in [(&due, ErrorKind::Timeout), (&stopped, ErrorKind::Cancelled)] {
        let begun = cx.within(minute, async { Ok(()) }).await;
        assert_eq!(begun.unwrap_err().kind(), kind, "nothing begins after the end");
    }
    assert!(limited.within(minute, async { Ok(()) }).await.is_ok());
}
