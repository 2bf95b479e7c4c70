//! Monitors that look once a minute at services whose truth is known, and a publisher that is asked every five minutes.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::ports::{Beat, Heartbeat, MonitorState};
use lamplighter_core::words::status::{ServiceStatus, Status};
use lamplighter_core::{Agent, Context, Error, ErrorKind};
use lamplighter_status_publisher::{ClusterVerdict, StatusPublisher, StatusSettings};
use lamplighter_testkit::ContextBuilder;
use lamplighter_testkit::fakes::{FakeClock, FakeHeartbeats, FakeUptimeHistory};

/// How many looks a status page of Uptime Kuma tells.
const TOLD: i64 = 100;

/// What may be wrong with a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It does not answer.
    Away,
    /// Its clock is ahead by so many minutes.
    Ahead(i64),
    /// It repeats what it knew so many minutes ago.
    Frozen(i64),
    /// It tells of no monitor any more.
    Empty,
    /// Its monitors are there and have no looks.
    Mute,
}

pub(crate) struct World {
    pub(crate) clock: FakeClock,
    pub(crate) kuma: FakeHeartbeats,
    pub(crate) history: FakeUptimeHistory,
    pub(crate) publisher: StatusPublisher,
    cx: Context,
    settings: StatusSettings,
    /// The state of each monitor by the minute.
    pub(crate) truth: Vec<(String, Vec<MonitorState>)>,
    /// By monitor and minute: whether anybody was told of that look.
    told: Vec<Vec<bool>>,
}

impl World {
    pub(crate) fn new(truth: Vec<(String, Vec<MonitorState>)>, settings: StatusSettings) -> Self {
        let (clock, kuma, history) = (FakeClock::new(), FakeHeartbeats::new(), FakeUptimeHistory::new());
        let told = truth.iter().map(|(_, states)| vec![false; states.len()]).collect();
        let cx = ContextBuilder::new("status").clock(clock.clone()).build();
        let publisher = publisher(&kuma, &history, &settings);
        Self { clock, kuma, history, publisher, cx, settings, truth, told }
    }

    /// The process was killed and there is another one.
    pub(crate) fn restart(&mut self) {
        self.publisher = publisher(&self.kuma, &self.history, &self.settings);
    }

    /// The page at this minute.
    pub(crate) async fn refresh(&mut self, minute: i64, fault: Option<Fault>) -> Status {
        self.clock.set(at(minute));
        self.kuma.calls().recover();
        if fault == Some(Fault::Away) {
            self.kuma.calls().fail_always("heartbeats", || Error::new(ErrorKind::Unavailable, "connection refused"));
        }
        let newest = match fault {
            Some(Fault::Frozen(behind)) => minute - behind,
            _ => minute,
        };
        let shift = match fault {
            Some(Fault::Ahead(minutes)) => minutes,
            _ => 0,
        };
        let mut all = Vec::new();
        for ((name, states), told) in self.truth.iter().zip(&mut self.told) {
            let minutes = (newest - TOLD + 1).max(0)..=newest;
            let mut beats = Vec::new();
            for minute in minutes.filter(|_| fault != Some(Fault::Mute)) {
                let index = usize::try_from(minute).unwrap();
                let state = states[index];
                let millis = (state == MonitorState::Up).then_some(30);
                beats.push(Beat { at: at(minute + shift), state, millis });
                // What a look saw holds until the next one: the minute that begins now nobody has seen yet.
                told[index] |= minute < newest && matches!(fault, None | Some(Fault::Frozen(_)));
            }
            all.push(Heartbeat { id: None, name: name.clone(), group: None, beats, day: None });
        }
        self.kuma.set_all(if fault == Some(Fault::Empty) { Vec::new() } else { all });
        self.publisher.run(&self.cx, ClusterVerdict::NotAsked).await.unwrap()
    }

    /// The share of the last `length` minutes before `minute` in which a monitor was up, of those in which it was seen up or
    /// failing; and how many minutes it was seen.
    pub(crate) fn truly_up(&self, monitor: usize, minute: i64, length: i64) -> (f64, i64) {
        let (mut up, mut failing, mut seen) = (0, 0, 0);
        for minute in (minute - length).max(0)..minute {
            let index = usize::try_from(minute).unwrap();
            if !self.told[monitor][index] {
                continue;
            }
            seen += 1;
            match self.truth[monitor].1[index] {
                MonitorState::Up => up += 1,
                MonitorState::Down | MonitorState::Pending => failing += 1,
                MonitorState::Maintenance => {}
                MonitorState::Unknown => seen -= 1,
            }
        }
        (f64::from(up) / f64::from(up + failing), seen)
    }
}

fn publisher(kuma: &FakeHeartbeats, history: &FakeUptimeHistory, settings: &StatusSettings) -> StatusPublisher {
    StatusPublisher::new(Arc::new(history.clone()), settings.clone()).with_monitors(Arc::new(kuma.clone()))
}

pub(crate) fn at(minute: i64) -> Timestamp {
    FakeClock::START + SignedDuration::from_mins(minute)
}

pub(crate) fn service<'a>(status: &'a Status, name: &str) -> &'a ServiceStatus {
    status.services().find(|service| service.name == name).unwrap()
}

pub(crate) fn minutes(number: u64) -> Duration {
    Duration::from_mins(number)
}
