//! A clock that moves when it is told, or when somebody waits.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::Duration;

use futures_util::future::{Either, poll_fn, select};
use jiff::Timestamp;
use lamplighter_core::{Clock, async_trait};

use super::locked;

/// How many turns the other tasks are given before time moves.
const TURNS: u32 = 8;

/// How many turns somebody whose time has come is waited for. Past that nobody is polling him any more.
const PATIENCE: u32 = 200;

/// How long, by the machine's clock, work may be busy outside of this process before the automatic clock
/// takes it for hung and lets its limit pass.
const GRACE: Duration = Duration::from_secs(1);

/// A clock for tests. It starts at [`FakeClock::START`].
///
/// - [`FakeClock::new`] stands still until [`advance`](FakeClock::advance) moves it; whoever sleeps wakes
///   when his time has come.
/// - [`FakeClock::auto`] moves by itself: when somebody sleeps, the clock jumps to the next time at which
///   somebody has to be woken, so that an agent's waits take no time. Sleepers wake in the order of their
///   times. [Limits](Clock::expire) do not move it, since work under a limit may be busy with a real
///   database or server; one whose work has hung passes after a second of real time.
#[derive(Clone)]
pub struct FakeClock {
    timers: Arc<Mutex<Timers>>,
    auto: bool,
}

struct Timers {
    now: Timestamp,
    next: u64,
    pending: BTreeMap<u64, Timer>,
    watchers: Vec<Waker>,
}

struct Timer {
    at: Timestamp,
    kind: Kind,
    waker: Waker,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Wait,
    Limit,
}

impl FakeClock {
    /// The time at which every fake clock starts: 2026-03-01T12:00:00Z.
    pub const START: Timestamp = Timestamp::constant(1_772_366_400, 0);

    /// A clock that stands still until it is told to move.
    #[must_use]
    pub fn new() -> Self {
        let timers = Timers { now: Self::START, next: 0, pending: BTreeMap::new(), watchers: Vec::new() };
        Self { timers: Arc::new(Mutex::new(timers)), auto: false }
    }

    /// A clock that moves by itself when somebody sleeps.
    #[must_use]
    pub fn auto() -> Self {
        Self { auto: true, ..Self::new() }
    }

    /// Moves time forward and wakes everybody whose time has come.
    pub fn advance(&self, by: Duration) {
        let mut timers = locked(&self.timers);
        let then = timers.after(by);
        timers.move_to(then);
    }

    /// Sets the time. Setting it back is how a test shows a clock that was corrected; nobody wakes earlier for
    /// it.
    pub fn set(&self, now: Timestamp) {
        locked(&self.timers).move_to(now);
    }

    /// How many are sleeping now, limits included.
    #[must_use]
    pub fn sleepers(&self) -> usize {
        locked(&self.timers).pending.len()
    }

    /// Returns when at least `count` are sleeping, so that a test knows when to
    /// [`advance`](FakeClock::advance).
    pub async fn until_sleeping(&self, count: usize) {
        poll_fn(|cx| {
            let mut timers = locked(&self.timers);
            if timers.pending.len() >= count {
                return Poll::Ready(());
            }
            timers.watchers.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn timer(&self, duration: Duration, kind: Kind) -> Sleep {
        let drives = self.auto && kind == Kind::Wait;
        Sleep { timers: Arc::clone(&self.timers), duration, kind, id: None, drives, turns: 0 }
    }
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        locked(&self.timers).now
    }

    async fn sleep(&self, duration: Duration) {
        self.timer(duration, Kind::Wait).await;
    }

    async fn expire(&self, duration: Duration) {
        let mut limit = pin!(self.timer(duration, Kind::Limit));
        // Without a runtime there is no real time to wait by.
        while self.auto && tokio::runtime::Handle::try_current().is_ok() {
            match select(limit.as_mut(), pin!(tokio::time::sleep(GRACE))).await {
                Either::Left(((), _)) => return,
                Either::Right(((), _)) => locked(&self.timers).pass_limit(limit.id),
            }
        }
        limit.await;
    }
}

impl Timers {
    fn after(&self, duration: Duration) -> Timestamp {
        self.now.checked_add(duration).unwrap_or(Timestamp::MAX)
    }

    fn move_to(&mut self, now: Timestamp) {
        self.now = now;
        for timer in self.pending.values().filter(|timer| timer.at <= now) {
            timer.waker.wake_by_ref();
        }
    }

    fn earliest(&self) -> Option<Timestamp> {
        self.pending.values().map(|timer| timer.at).filter(|at| *at > self.now).min()
    }

    fn is_somebody_due(&self) -> bool {
        self.pending.values().any(|timer| timer.at <= self.now)
    }

    /// Moves to this limit, if it is the next time at which somebody has to be woken. A limit that is nearer has its
    /// own second, and somebody's wait moves the clock anyway.
    fn pass_limit(&mut self, id: Option<u64>) {
        let limit = id.and_then(|id| self.pending.get(&id)).map(|timer| timer.at);
        if limit.is_some() && limit == self.earliest() && self.pending.values().all(|timer| timer.kind == Kind::Limit) {
            self.move_to(limit.unwrap_or(self.now));
        }
    }
}

/// A sleep. Registered when it is first polled, gone when it is dropped.
struct Sleep {
    timers: Arc<Mutex<Timers>>,
    duration: Duration,
    kind: Kind,
    id: Option<u64>,
    drives: bool,
    turns: u32,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<()> {
        let this = self.get_mut();
        let timers = Arc::clone(&this.timers);
        let mut timers = locked(&timers);
        let id = this.register(&mut timers, cx.waker());
        if this.drives && !timers.is_due(id) {
            this.drive(&mut timers);
        }
        if timers.is_due(id) {
            timers.pending.remove(&id);
            this.id = None;
            return Poll::Ready(());
        }
        if this.drives {
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }
}

impl Sleep {
    fn register(&mut self, timers: &mut Timers, waker: &Waker) -> u64 {
        if let Some(id) = self.id
            && let Some(timer) = timers.pending.get_mut(&id)
        {
            timer.waker.clone_from(waker);
            return id;
        }
        let id = timers.next;
        timers.next += 1;
        timers.pending.insert(id, Timer { at: timers.after(self.duration), kind: self.kind, waker: waker.clone() });
        timers.watchers.drain(..).for_each(Waker::wake);
        self.id = Some(id);
        id
    }

    /// Moves time on when everybody else has had his turns and nobody whose time has come is still to wake.
    fn drive(&mut self, timers: &mut Timers) {
        self.turns += 1;
        let needed = if timers.is_somebody_due() { PATIENCE } else { TURNS };
        if self.turns > needed
            && let Some(earliest) = timers.earliest()
        {
            self.turns = 0;
            timers.move_to(earliest);
        }
    }
}

impl Timers {
    fn is_due(&self, id: u64) -> bool {
        self.pending.get(&id).is_some_and(|timer| timer.at <= self.now)
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            locked(&self.timers).pending.remove(&id);
        }
    }
}
