//! The fake clock: waits take no time, wake in their order, and limits do not make time pass.

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use lamplighter_core::{Clock, Error, ErrorKind, Result};
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::{ContextBuilder, context};

fn at(seconds: i64) -> Timestamp {
    FakeClock::START + SignedDuration::from_secs(seconds)
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test]
async fn it_stands_still_until_it_is_told_to_move() {
    let clock = FakeClock::new();
    let sleeper = tokio::spawn({
        let clock = clock.clone();
        async move {
            clock.sleep(seconds(60)).await;
            clock.now()
        }
    });
    clock.until_sleeping(1).await;
    clock.advance(seconds(59));
    tokio::task::yield_now().await;
    assert!(!sleeper.is_finished());
    clock.advance(seconds(1));
    assert_eq!(sleeper.await.expect("the sleeper ends"), at(60));
    assert_eq!(clock.sleepers(), 0);
}

#[tokio::test]
async fn a_dropped_sleep_leaves_nothing_behind() {
    let clock = FakeClock::new();
    {
        let sleep = clock.sleep(seconds(60));
        tokio::select! { biased; () = sleep => unreachable!(), () = clock.until_sleeping(1) => {} }
    }
    assert_eq!(clock.sleepers(), 0);
}

#[tokio::test]
async fn by_itself_it_wakes_concurrent_sleepers_in_the_order_of_their_times() {
    let clock = FakeClock::auto();
    let woken = Arc::new(Mutex::new(Vec::new()));
    let sleepers = [30, 10, 20, 10].map(|pause| {
        let (clock, woken) = (clock.clone(), Arc::clone(&woken));
        async move {
            for _ in 0..2 {
                clock.sleep(seconds(pause)).await;
                woken.lock().unwrap().push(clock.now());
            }
        }
    });
    join_all(sleepers).await;
    assert_eq!(*woken.lock().unwrap(), [10, 10, 20, 20, 20, 30, 40, 60].map(at));
}

#[tokio::test]
async fn a_limit_ends_a_longer_wait_and_not_a_shorter_one() {
    let cx = context("clock");
    let shorter = cx.within(seconds(10), async {
        cx.clock().sleep(seconds(9)).await;
        Ok(())
    });
    shorter.await.expect("nine seconds are less than ten");
    assert_eq!(cx.now(), at(9));
    let longer = cx.within(seconds(10), async {
        cx.clock().sleep(seconds(11)).await;
        Ok(())
    });
    assert_eq!(longer.await.unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(cx.now(), at(19));
}

#[tokio::test]
async fn work_outside_of_the_process_does_not_run_into_its_limit() {
    let cx = context("clock");
    let work = async {
        tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_millis(20)))
            .await
            .map_err(|error| Error::internal("the work failed").with_source(error))
    };
    cx.within(seconds(1), work).await.expect("no time has passed");
    assert_eq!(cx.now(), at(0));
}

#[tokio::test]
async fn hung_work_runs_into_its_limit() {
    let cx = context("clock");
    let hung = cx.within(seconds(30), pending::<Result<()>>());
    assert_eq!(hung.await.unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(cx.now(), at(30));
}

#[tokio::test]
async fn hung_work_does_not_hold_up_the_others() {
    let clock = FakeClock::auto();
    let cx = ContextBuilder::new("clock").clock(clock.clone()).build();
    let hung = cx.within(seconds(30), pending::<Result<()>>());
    let (hung, ()) = futures_util::join!(hung, clock.sleep(seconds(60)));
    assert_eq!(hung.unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(clock.now(), at(60));
}

#[tokio::test]
async fn a_limit_that_waits_for_long_does_not_end_work_that_has_just_begun() {
    let clock = FakeClock::auto();
    let cx = ContextBuilder::new("clock").clock(clock.clone()).build();
    let lease = clock.expire(Duration::from_hours(1));
    let work = async {
        for _ in 0..12 {
            let busy = tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_millis(150)));
            let busy = async { busy.await.map_err(|_| Error::internal("the work failed")) };
            cx.within(seconds(10), busy).await.expect("it takes less than a second");
        }
    };
    tokio::select! {
        () = lease => panic!("an hour has passed"),
        () = work => assert_eq!(clock.now(), at(0)),
    }
}
