//! How much of the time something was up.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use lamplighter_core::ports::MonitorState;
use lamplighter_core::words::status::{DayCell, Ratio, UptimeFigure};

use crate::timeline::{Change, timestamp};

const MINUTE: u64 = 60_000;
pub(crate) const HOUR: i64 = 3_600_000;
pub(crate) const DAY: i64 = 24 * HOUR;
/// How many days there are cells for.
pub(crate) const DAYS: usize = 90;
/// Cells are told to a hundredth of a percent, so that the one of today seldom changes.
const CELL_STEP: u32 = 100;
/// How much was observed is told to a percent, for the same reason: it grows with each refresh at first.
const OBSERVED_STEP: u32 = 10_000;

/// Of today it is told in steps, as it may change with each refresh.
const TODAY_STEP: u32 = 50_000;
/// From this share on a day was watched whole: all of it but a quarter of an hour.
const WHOLE: u32 = 990_000;

/// Times that count neither as up nor as failing, in their order and apart.
#[derive(Debug, Clone, Default)]
pub(crate) struct Exempt(Vec<(i64, i64)>);

impl Exempt {
    pub(crate) fn new(mut windows: Vec<(i64, i64)>) -> Self {
        windows.sort_unstable();
        let mut apart: Vec<(i64, i64)> = Vec::new();
        for (from, to) in windows {
            match apart.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => apart.push((from, to)),
            }
        }
        Self(apart)
    }

    fn within(&self, from: i64, to: i64) -> i64 {
        self.0.iter().map(|window| (to.min(window.1) - from.max(window.0)).max(0)).sum()
    }
}

/// Milliseconds of a window.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    up: i64,
    failing: i64,
    exempt: i64,
}

impl Tally {
    fn add(&mut self, from: i64, to: i64, state: MonitorState, exempt: &Exempt) {
        let length = (to - from).max(0);
        match state {
            MonitorState::Up => self.up += length,
            MonitorState::Down | MonitorState::Pending => {
                let excused = exempt.within(from, to);
                self.exempt += excused;
                self.failing += length - excused;
            }
            MonitorState::Maintenance => self.exempt += length,
            MonitorState::Unknown => {}
        }
    }

    fn ratio(self) -> Option<Ratio> {
        Ratio::of(self.up.unsigned_abs(), (self.up + self.failing).unsigned_abs())
    }

    /// How much of so many milliseconds it was seen in any state.
    fn share_seen(self, length: i64) -> Ratio {
        let seen = self.up + self.failing + self.exempt;
        Ratio::of(seen.unsigned_abs(), length.unsigned_abs()).unwrap_or_default()
    }
}

/// The stretches of a timeline that was seen until then.
fn stretches(changes: &[Change], seen_until: i64) -> impl Iterator<Item = (i64, i64, MonitorState)> + '_ {
    let ends = changes.iter().skip(1).map(|(at, _)| *at).chain([seen_until]);
    changes.iter().zip(ends).map(move |((from, state), to)| (*from, to.min(seen_until), *state))
}

/// The share of the last `length` milliseconds.
pub(crate) fn figure(changes: &[Change], seen_until: i64, now: i64, length: i64, exempt: &Exempt) -> UptimeFigure {
    let begin = now - length;
    let mut tally = Tally::default();
    let first = changes.partition_point(|(at, _)| *at <= begin).saturating_sub(1);
    for (from, to, state) in stretches(changes.get(first..).unwrap_or_default(), seen_until) {
        tally.add(from.max(begin), to.min(now), state, exempt);
    }
    UptimeFigure {
        ratio: tally.ratio(),
        observed: tally.share_seen(length).coarser(OBSERVED_STEP),
        told_by_source: false,
    }
}

/// The last days by their dates, today last.
pub(crate) fn dates(now: i64) -> Vec<Date> {
    let today = now.div_euclid(DAY);
    let first = today - i64::try_from(DAYS).unwrap_or_default() + 1;
    let date = |day: i64| timestamp(day * DAY).map(|at| TimeZone::UTC.to_datetime(at).date());
    (first..=today).filter_map(date).collect()
}

/// A cell for each of these days, of which the last is today.
pub(crate) fn days(changes: &[Change], seen_until: i64, now: i64, dates: &[Date], exempt: &Exempt) -> Vec<DayCell> {
    let today = now.div_euclid(DAY);
    let begin = (today - i64::try_from(dates.len()).unwrap_or_default() + 1) * DAY;
    let mut tallies = vec![Tally::default(); dates.len()];
    for (from, to, state) in stretches(changes, seen_until) {
        let (mut from, to) = (from.max(begin), to.min(now));
        while from < to {
            let end = ((from.div_euclid(DAY) + 1) * DAY).min(to);
            let index = usize::try_from((from - begin).div_euclid(DAY)).ok();
            if let Some(tally) = index.and_then(|index| tallies.get_mut(index)) {
                tally.add(from, end, state, exempt);
            }
            from = end;
        }
    }
    let cell = |((date, tally), begin): ((&Date, Tally), i64)| DayCell {
        date: *date,
        uptime: tally.ratio().map(|ratio| ratio.coarser(CELL_STEP)),
        observed: day_observed(tally.share_seen(DAY.min(now - begin)), now - begin < DAY),
        minutes_down: u32::try_from(tally.failing.unsigned_abs().div_ceil(MINUTE)).unwrap_or(u32::MAX),
    };
    dates.iter().zip(tallies).zip((0..).map(|day| begin + day * DAY)).map(cell).collect()
}

/// How much of a day was observed, as exactly as it is told.
fn day_observed(share: Ratio, is_today: bool) -> Ratio {
    match share.millionths() {
        WHOLE.. => Ratio::ALL,
        TODAY_STEP.. if is_today => share.coarser(TODAY_STEP),
        _ => share.coarser(OBSERVED_STEP),
    }
}

/// Several timelines as one: at any time the worst of their states counts.
pub(crate) fn worst_of(timelines: &[&[Change]]) -> Vec<Change> {
    if let [only] = timelines {
        return only.to_vec();
    }
    let mut all: Vec<(i64, usize, MonitorState)> = Vec::new();
    for (index, changes) in timelines.iter().enumerate() {
        all.extend(changes.iter().map(|(at, state)| (*at, index, *state)));
    }
    all.sort_by_key(|(at, index, _)| (*at, *index));
    let mut states = vec![MonitorState::Unknown; timelines.len()];
    let mut worst: Vec<Change> = Vec::new();
    for (at, index, state) in all {
        if let Some(one) = states.get_mut(index) {
            *one = state;
        }
        let state = states.iter().copied().max_by_key(|state| badness(*state)).unwrap_or(MonitorState::Unknown);
        if worst.last().is_some_and(|(last, _)| *last == at) {
            worst.pop();
        }
        if worst.last().is_none_or(|(_, last)| *last != state) {
            worst.push((at, state));
        }
    }
    worst
}

fn badness(state: MonitorState) -> u8 {
    match state {
        MonitorState::Up => 0,
        MonitorState::Maintenance => 1,
        MonitorState::Unknown => 2,
        MonitorState::Pending => 3,
        MonitorState::Down => 4,
    }
}
