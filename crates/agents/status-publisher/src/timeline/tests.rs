use MonitorState::{Down, Maintenance, Pending, Unknown, Up};
use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;

const MINUTE: i64 = 60_000;
const STALE: i64 = 10 * MINUTE;

fn at(minute: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
}

fn beats(list: &[(i64, MonitorState)]) -> Vec<Beat> {
    list.iter().map(|(minute, state)| Beat { at: at(*minute), state: *state, millis: None }).collect()
}

fn changes(list: &[(i64, MonitorState)]) -> Vec<StateChange> {
    list.iter().map(|(minute, state)| StateChange { at: at(*minute), state: *state }).collect()
}

/// The timeline at `now`, with its changes in minutes.
fn check(
    known: &[(i64, MonitorState)],
    seen: Option<i64>,
    told: &[(i64, MonitorState)],
    now: i64,
    expected: &[(i64, MonitorState)],
) -> Timeline {
    let known = changes(known);
    let known = Known { changes: &known, seen_until: seen.map(|minute| minute * MINUTE) };
    let timeline = Timeline::of(known, &beats(told), now * MINUTE, STALE);
    let found: Vec<_> = timeline.changes.iter().map(|(at, state)| (at / MINUTE, *state)).collect();
    assert_eq!(found, expected, "{told:?} at {now}");
    timeline
}

#[test]
fn looks_become_changes() {
    let told = [(0, Up), (1, Up), (2, Pending), (3, Down), (4, Down), (5, Up)];
    let timeline = check(&[], None, &told, 5, &[(0, Up), (2, Pending), (3, Down), (5, Up)]);
    assert_eq!(timeline.changed_from, Some(0));
    assert_eq!((timeline.present.state, timeline.present.since), (Up, Some(5 * MINUTE)));
}

#[test]
fn what_is_known_already_is_no_news_and_is_not_counted_twice() {
    let known = [(0, Up), (2, Down), (3, Up)];
    for told in [&[(1, Up), (2, Down), (3, Up), (4, Up)][..], &[(2, Down), (3, Up), (4, Up)], &[(4, Up)]] {
        let timeline = check(&known, Some(4), told, 5, &known);
        assert_eq!((timeline.changed_from, timeline.news()), (None, None), "{told:?}");
    }
    let timeline = check(&known, Some(4), &[(3, Up), (4, Down)], 5, &[(0, Up), (2, Down), (3, Up), (4, Down)]);
    assert_eq!(timeline.news(), Some((at(4), changes(&[(4, Down)]))));
}

#[test]
fn a_gap_is_unknown_unless_the_source_tells_of_it() {
    check(&[(0, Up)], Some(5), &[(30, Up)], 30, &[(0, Up), (5, Unknown), (30, Up)]);
    check(&[(0, Up)], Some(5), &[(14, Up)], 14, &[(0, Up)]);
    let told = [(4, Up), (9, Down), (14, Down), (19, Up), (24, Up), (29, Up)];
    check(&[(0, Up)], Some(5), &told, 30, &[(0, Up), (9, Down), (19, Up)]);
    let hole = [(0, Up), (1, Up), (2, Up), (60, Up), (61, Up)];
    check(&[], None, &hole, 61, &[(0, Up), (2, Unknown), (60, Up)]);
}

#[test]
fn an_old_look_says_nothing_about_now() {
    let timeline = check(&[], None, &[(0, Up), (1, Up), (2, Up)], 13, &[(0, Up), (2, Unknown)]);
    assert_eq!(timeline.present.doubt, Some(Doubt::Stale));
    assert_eq!((timeline.present.state, timeline.present.last_look), (Unknown, Some(2 * MINUTE)));
    let slow: Vec<_> = (0..10).map(|n| (n * 60, Up)).collect();
    let timeline = check(&[], None, &slow, 600, &[(0, Up)]);
    assert_eq!(timeline.present.state, Up, "a monitor that looks once an hour is not stale for that");
}

#[test]
fn a_look_from_the_future_is_not_believed() {
    let timeline = check(&[(0, Up)], Some(5), &[(9, Up), (12, Up)], 10, &[(0, Up), (5, Unknown)]);
    assert_eq!(timeline.present.doubt, Some(Doubt::ClockAhead));
    let timeline = check(&[(0, Up)], Some(5), &[(9, Up), (11, Up)], 10, &[(0, Up)]);
    assert_eq!(timeline.present.doubt, None, "a minute is no skew");
}

#[test]
fn one_failure_is_not_confirmed_and_two_are() {
    for (told, unconfirmed) in [
        (&[(0, Up), (1, Down)][..], true),
        (&[(0, Up), (1, Down), (2, Down)], false),
        (&[(0, Up), (1, Pending), (2, Down)], false),
        (&[(0, Up), (1, Pending)], true),
        (&[(0, Down)], true),
        (&[(0, Down), (1, Up)], false),
        (&[(0, Down), (1, Maintenance)], false),
    ] {
        let known = Known { changes: &[], seen_until: None };
        let timeline = Timeline::of(known, &beats(told), 3 * MINUTE, STALE);
        assert_eq!(timeline.present.is_unconfirmed, unconfirmed, "{told:?}");
    }
    let again = check(&[(0, Up), (5, Down)], Some(5), &[(10, Down)], 10, &[(0, Up), (5, Down)]);
    assert!(!again.present.is_unconfirmed, "a second look of its own");
    assert_eq!(again.present.since, Some(5 * MINUTE));
    let same = check(&[(0, Up), (5, Down)], Some(5), &[(5, Down)], 10, &[(0, Up), (5, Down)]);
    assert!(same.present.is_unconfirmed, "the same look told again is no second one");
}

fn state() -> impl Strategy<Value = MonitorState> {
    prop::sample::select(vec![Up, Down, Pending, Maintenance, Unknown])
}

proptest! {
    #[test]
    fn changes_are_in_order_apart_and_never_later_than_now(
        known in prop::collection::btree_map(0..200_i64, state(), 0..12),
        told in prop::collection::vec((0..400_i64, state()), 0..30),
        seen in prop::option::of(0..250_i64),
        now in 200..420_i64,
    ) {
        let known: Vec<_> = known.into_iter().collect();
        let known = changes(&known);
        let known = Known { changes: &known, seen_until: seen.map(|minute| minute.max(200) * MINUTE) };
        let timeline = Timeline::of(known, &beats(&told), now * MINUTE, STALE);
        for pair in timeline.changes.windows(2) {
            prop_assert!(pair[0].0 < pair[1].0, "{:?}", timeline.changes);
        }
        prop_assert!(timeline.changes.iter().all(|(at, _)| *at <= now * MINUTE));
        let freshest = told.iter().map(|(at, _)| *at).max();
        let is_fresh = freshest.is_some_and(|at| at <= now + 1 && now - at <= 1_200);
        prop_assert!(is_fresh || timeline.present.state == Unknown);
        // What was written down is continued, whatever comes.
        if let Some((from, news)) = timeline.news() {
            let mut written: Vec<StateChange> = known.changes.iter().copied().filter(|one| one.at < from).collect();
            written.extend(news);
            let again = Timeline::of(
                Known { changes: &written, seen_until: Some(now * MINUTE) }, &beats(&told), now * MINUTE, STALE,
            );
            prop_assert_eq!(&again.changes, &timeline.changes);
            prop_assert_eq!(again.changed_from, None);
        }
    }
}
