//! What a monitor saw over time, as changes of its state: made of what is remembered and of the looks that its system tells.

use jiff::Timestamp;
use lamplighter_core::ports::{Beat, MonitorState, StateChange};

/// How far a clock may be ahead of ours, in milliseconds.
const TOLERANCE: i64 = 60_000;

/// A change: milliseconds since 1970, and the state from then on.
pub(crate) type Change = (i64, MonitorState);

/// What is known of a monitor before its looks of now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) changes: &'a [StateChange],
    /// Until when the last of them was seen.
    pub(crate) seen_until: Option<i64>,
}

/// A monitor over time, up to now.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Timeline {
    /// All changes, oldest first, no two neighbours of the same state.
    pub(crate) changes: Vec<Change>,
    /// From when on they differ from what was known, where they do.
    pub(crate) changed_from: Option<i64>,
    /// How it is now.
    pub(crate) present: Present,
}

/// How a monitor is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Present {
    pub(crate) state: MonitorState,
    /// Since when; `None` where that is before what is remembered.
    pub(crate) since: Option<i64>,
    /// Whether it fails and was seen to do so once only.
    pub(crate) is_unconfirmed: bool,
    /// Whether that counts nevertheless: its system looks again itself.
    pub(crate) looks_again: bool,
    /// When it was last seen, where it is unknown now.
    pub(crate) last_look: Option<i64>,
    pub(crate) doubt: Option<Doubt>,
}

/// Why nobody can tell how it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    NeverLooked,
    NotToldAnyMore,
    SourceAway,
    Stale,
    ClockAhead,
    CannotSay,
}

impl Timeline {
    /// The timeline of a monitor that is told of now. `stale_after` is in milliseconds.
    pub(crate) fn of(known: Known<'_>, beats: &[Beat], now: i64, stale_after: i64) -> Self {
        let beats = in_order(beats);
        let Some((newest, oldest)) = beats.last().zip(beats.first()).map(|(last, first)| (last.0, first.0)) else {
            return Self::unseen(known, now, Doubt::NeverLooked);
        };
        if newest > now + TOLERANCE {
            // Of a clock that is wrong by an unknown amount no time is believed.
            return Self::unseen(known, now, Doubt::ClockAhead);
        }
        let patience = stale_after.max(typical_gap(&beats).saturating_mul(3));
        let mut told = Vec::new();
        let mut before: Option<i64> = None;
        for (at, state) in &beats {
            let at = (*at).min(now);
            if let Some(before) = before.filter(|before| at - before > patience) {
                // Nobody looked after it.
                told.push((before, MonitorState::Unknown));
            }
            told.push((at, *state));
            before = Some(at);
        }
        let is_stale = now - newest > patience;
        if is_stale {
            told.push((newest, MonitorState::Unknown));
        }
        let oldest = oldest.min(now);
        let mut timeline = Self::joined(known, oldest, told, patience);
        timeline.present = present(&timeline.changes, newest.min(now), is_stale);
        timeline
    }

    /// The timeline of a monitor that nobody can tell of.
    pub(crate) fn unseen(known: Known<'_>, now: i64, doubt: Doubt) -> Self {
        let until = known.seen_until.unwrap_or(now).min(now);
        let is_known = known.changes.last().is_some_and(|last| last.state != MonitorState::Unknown);
        let told = if is_known { vec![(until, MonitorState::Unknown)] } else { Vec::new() };
        let from = told.first().map_or(i64::MAX, |(at, _)| *at);
        let mut timeline = Self::joined(known, from, told, i64::MAX);
        timeline.present.doubt = Some(doubt);
        timeline.present.last_look = last_known(&timeline.changes, until);
        timeline
    }

    /// What was known before `from`, and what is told from there on.
    fn joined(known: Known<'_>, from: i64, told: Vec<Change>, patience: i64) -> Self {
        let all: Vec<Change> = known.changes.iter().map(|change| (change.at.as_millisecond(), change.state)).collect();
        let mut changes: Vec<Change> = all.iter().copied().filter(|(at, _)| *at < from).collect();
        let is_gap = |seen: i64| from.saturating_sub(seen) > patience;
        if let Some(seen) = known.seen_until.filter(|seen| is_gap(*seen) && !changes.is_empty()) {
            push(&mut changes, (seen, MonitorState::Unknown));
        }
        for change in told {
            push(&mut changes, change);
        }
        let same = all.iter().zip(&changes).take_while(|(one, other)| one == other).count();
        let first = |list: &[Change]| list.get(same).map(|(at, _)| *at);
        let changed_from = match (first(&all), first(&changes)) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        let present = Present {
            state: MonitorState::Unknown,
            since: None,
            is_unconfirmed: false,
            looks_again: false,
            last_look: None,
            doubt: Some(Doubt::CannotSay),
        };
        Self { changes, changed_from, present }
    }

    /// What is to be written down of it.
    pub(crate) fn news(&self) -> Option<(Timestamp, Vec<StateChange>)> {
        let from = self.changed_from?;
        let changes = self.changes.iter().filter(|(at, _)| *at >= from);
        let written = changes.filter_map(|(at, state)| Some(StateChange { at: timestamp(*at)?, state: *state }));
        Some((timestamp(from)?, written.collect()))
    }
}

pub(crate) fn timestamp(millis: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(millis).ok()
}

/// The looks by their times, in milliseconds. Of two at the same time the later in the list counts.
fn in_order(beats: &[Beat]) -> Vec<Change> {
    let mut all: Vec<Change> = beats.iter().map(|beat| (beat.at.as_millisecond(), beat.state)).collect();
    if !all.is_sorted_by_key(|(at, _)| *at) {
        all.sort_by_key(|(at, _)| *at);
    }
    all.dedup_by(|later, kept| {
        let is_same = later.0 == kept.0;
        if is_same {
            kept.1 = later.1;
        }
        is_same
    });
    all
}

/// The time between two looks, in the middle of the last ones; 0 where there are too few.
fn typical_gap(beats: &[Change]) -> i64 {
    let last = beats.get(beats.len().saturating_sub(100)..).unwrap_or(beats);
    let mut gaps: Vec<i64> = last.windows(2).filter_map(|pair| Some(pair.get(1)?.0 - pair.first()?.0)).collect();
    if gaps.len() < 2 {
        return 0;
    }
    let middle = gaps.len() / 2;
    *gaps.select_nth_unstable(middle).1
}

/// Adds a change; one at the same time or before replaces what was there, one to the same state is none.
fn push(changes: &mut Vec<Change>, change: Change) {
    while changes.last().is_some_and(|(at, _)| *at >= change.0) {
        changes.pop();
    }
    if changes.last().is_none_or(|(_, state)| *state != change.1) {
        changes.push(change);
    }
}

fn is_failing(state: MonitorState) -> bool {
    matches!(state, MonitorState::Down | MonitorState::Pending)
}

fn present(changes: &[Change], newest: i64, is_stale: bool) -> Present {
    let state = changes.last().map_or(MonitorState::Unknown, |(_, state)| *state);
    // Failing is one state, whether it is being tried again or not.
    let alike = |other: MonitorState| other == state || (is_failing(state) && is_failing(other));
    let run = changes.iter().rev().take_while(|(_, other)| alike(*other)).last();
    let is_first = run.is_some_and(|run| changes.first() == Some(run));
    let since = run.map(|(at, _)| *at);
    let doubt = match state {
        MonitorState::Unknown if is_stale => Some(Doubt::Stale),
        MonitorState::Unknown => Some(Doubt::CannotSay),
        _ => None,
    };
    let last_look = match doubt {
        Some(Doubt::Stale) => Some(newest),
        Some(_) => last_known(changes, newest),
        None => None,
    };
    Present {
        state,
        since: since.filter(|_| !is_first),
        is_unconfirmed: is_failing(state) && since.is_none_or(|since| since >= newest),
        looks_again: false,
        last_look,
        doubt,
    }
}

/// When it was last in a state that is known: the begin of the time in which it is not.
fn last_known(changes: &[Change], until: i64) -> Option<i64> {
    match changes {
        [.., (_, before), (at, MonitorState::Unknown)] if *before != MonitorState::Unknown => Some(*at),
        [.., (_, state)] if *state != MonitorState::Unknown => Some(until),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
