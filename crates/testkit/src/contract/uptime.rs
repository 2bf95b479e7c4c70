//! The contract of a memory of what monitors saw.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::async_trait;
use lamplighter_core::ports::MonitorState::{Down, Maintenance, Pending, Unknown, Up};
use lamplighter_core::ports::{HistoryUpdate, KnownMonitor, MonitorState, SourceHistory, StateChange, UptimeHistory};
use lamplighter_core::words::Source;

use crate::fakes::FakeClock;

/// A memory to be tested.
#[async_trait]
pub trait UptimeHistoryHarness: Send + Sync {
    /// Opens the memory of this name, another time on each call: what the same process has after a restart. Empty at first.
    async fn open(&self, name: &str) -> Arc<dyn UptimeHistory>;
}

/// Checks everything that [`UptimeHistory`] promises.
pub async fn uptime_history(harness: &dyn UptimeHistoryHarness) {
    what_is_remembered_is_recalled_after_a_restart(harness).await;
    changes_are_replaced_from_a_time_on(harness).await;
    the_same_again_changes_nothing(harness).await;
    a_look_never_goes_back(harness).await;
    sources_and_odd_names_are_told_apart(harness).await;
    what_is_forgotten_leaves_the_window_whole(harness).await;
    the_monitors_of_a_source_are_those_it_told_of_last(harness).await;
}

fn known(key: &str, id: Option<&str>, group: Option<&str>) -> KnownMonitor {
    KnownMonitor { key: key.to_owned(), id: id.map(str::to_owned), group: group.map(str::to_owned) }
}

async fn the_monitors_of_a_source_are_those_it_told_of_last(harness: &dyn UptimeHistoryHarness) {
    let history = harness.open("monitors").await;
    remember(&*history, &update("wiki", 0, &[(0, Up)])).await;
    assert_eq!(recall(&*history).await.monitors, None, "that was never said");
    let of =
        |monitors: &[KnownMonitor]| HistoryUpdate { monitors: Some(monitors.to_vec()), ..HistoryUpdate::default() };
    let (wiki, mail) = (known("wiki", Some("1"), None), known("mail", None, Some("Apps")));
    for monitors in [vec![wiki.clone(), mail.clone()], vec![mail, wiki], Vec::new()] {
        remember(&*history, &of(&monitors)).await;
        remember(&*history, &update("wiki", 5, &[(5, Down)])).await;
        assert_eq!(
            recall(&*history).await.monitors,
            Some(monitors),
            "in its order, for as long as nothing else is said"
        );
    }
    assert!(recall(&*history).await.changes.contains_key("wiki"), "what a monitor saw outlives it");
}

fn minute(number: i64) -> Timestamp {
    FakeClock::START + SignedDuration::from_mins(number)
}

fn changes(list: &[(i64, MonitorState)]) -> Vec<StateChange> {
    list.iter().map(|(at, state)| StateChange { at: minute(*at), state: *state }).collect()
}

fn update(monitor: &str, from: i64, list: &[(i64, MonitorState)]) -> HistoryUpdate {
    HistoryUpdate {
        changes: BTreeMap::from([(monitor.to_owned(), (minute(from), changes(list)))]),
        ..HistoryUpdate::default()
    }
}

async fn remember(history: &dyn UptimeHistory, update: &HistoryUpdate) {
    history.remember(&Source::new("kuma"), update).await.expect("remembering works");
}

async fn recall(history: &dyn UptimeHistory) -> SourceHistory {
    let mut all = history.recall().await.expect("recalling works");
    all.remove(&Source::new("kuma")).unwrap_or_default()
}

fn of(history: &SourceHistory, monitor: &str) -> Vec<StateChange> {
    history.changes.get(monitor).cloned().unwrap_or_default()
}

async fn what_is_remembered_is_recalled_after_a_restart(harness: &dyn UptimeHistoryHarness) {
    let history = harness.open("restart").await;
    assert!(history.recall().await.expect("recalling works").is_empty(), "nothing is there at first");
    remember(&*history, &HistoryUpdate::default()).await;
    assert!(history.recall().await.expect("recalling works").is_empty(), "an empty update is none");
    let latency = BTreeMap::from([("wiki".to_owned(), 34), ("mail \"x\" ☂".to_owned(), u32::MAX)]);
    let monitors = vec![known("wiki", Some("7"), Some("Apps")), known("a\n\u{0}☂", None, None)];
    let list = [(0, Up), (3, Pending), (4, Down), (9, Maintenance), (20, Unknown)];
    let update = HistoryUpdate {
        seen_until: Some(minute(30)),
        monitors: Some(monitors.clone()),
        latency: BTreeMap::from([(minute(0), latency.clone())]),
        ..update("wiki", 0, &list)
    };
    remember(&*history, &update).await;
    drop(history);
    let kept = recall(&*harness.open("restart").await).await;
    let expected = SourceHistory {
        seen_until: Some(minute(30)),
        monitors: Some(monitors),
        changes: BTreeMap::from([("wiki".to_owned(), changes(&list))]),
        latency: BTreeMap::from([(minute(0), latency)]),
    };
    assert_eq!(kept, expected);
}

async fn changes_are_replaced_from_a_time_on(harness: &dyn UptimeHistoryHarness) {
    let history = harness.open("replaced").await;
    remember(&*history, &update("wiki", 0, &[(0, Up), (5, Down), (6, Up)])).await;
    remember(&*history, &update("wiki", 6, &[(7, Up)])).await;
    assert_eq!(of(&recall(&*history).await, "wiki"), changes(&[(0, Up), (5, Down), (7, Up)]));
    remember(&*history, &update("wiki", 5, &[])).await;
    assert_eq!(of(&recall(&*history).await, "wiki"), changes(&[(0, Up)]), "by nothing, too");
    remember(&*history, &update("wiki", 0, &[])).await;
    assert!(!recall(&*history).await.changes.contains_key("wiki"), "without a change it is not there");
}

async fn the_same_again_changes_nothing(harness: &dyn UptimeHistoryHarness) {
    let history = harness.open("again").await;
    let update = HistoryUpdate {
        seen_until: Some(minute(9)),
        latency: BTreeMap::from([(minute(0), BTreeMap::from([("wiki".to_owned(), 1)]))]),
        ..update("wiki", 0, &[(0, Up), (5, Down)])
    };
    remember(&*history, &update).await;
    let before = recall(&*history).await;
    remember(&*history, &update).await;
    assert_eq!(recall(&*history).await, before);
}

async fn a_look_never_goes_back(harness: &dyn UptimeHistoryHarness) {
    let history = harness.open("look").await;
    for (look, expected) in [(5, 5), (3, 5), (8, 8)] {
        remember(&*history, &HistoryUpdate { seen_until: Some(minute(look)), ..HistoryUpdate::default() }).await;
        assert_eq!(recall(&*history).await.seen_until, Some(minute(expected)));
    }
    remember(&*history, &update("wiki", 0, &[(0, Up)])).await;
    assert_eq!(recall(&*history).await.seen_until, Some(minute(8)), "no look is no news");
}

async fn sources_and_odd_names_are_told_apart(harness: &dyn UptimeHistoryHarness) {
    let history = harness.open("names").await;
    let names = ["wiki", "Wiki", "wiki ", "", "'; DROP TABLE changes; --", "a,b|c:d\n\u{0}", "☂ 𝄞 \u{202e}"];
    for (minute, name) in (0_i64..).zip(names) {
        remember(&*history, &update(name, 0, &[(minute, Up)])).await;
    }
    history.remember(&Source::new("probe"), &update("wiki", 0, &[(99, Down)])).await.expect("remembering works");
    let all = recall(&*history).await;
    assert_eq!(all.changes.len(), names.len(), "{all:?}");
    for (minute, name) in (0_i64..).zip(names) {
        assert_eq!(of(&all, name), changes(&[(minute, Up)]), "{name:?}");
    }
    let probe = history.recall().await.expect("recalling works").remove(&Source::new("probe")).expect("it is there");
    assert_eq!(of(&probe, "wiki"), changes(&[(99, Down)]));
}

async fn what_is_forgotten_leaves_the_window_whole(harness: &dyn UptimeHistoryHarness) {
    let history = harness.open("forgotten").await;
    remember(&*history, &update("wiki", 0, &[(0, Up), (1, Down), (2, Up), (50, Down), (60, Up)])).await;
    remember(&*history, &update("late", 0, &[(55, Up)])).await;
    remember(&*history, &update("edge", 0, &[(0, Up), (40, Down)])).await;
    remember(&*history, &update("gone", 0, &[(0, Up), (10, Unknown)])).await;
    let hour = |at| (minute(at), BTreeMap::from([("wiki".to_owned(), 1)]));
    remember(&*history, &HistoryUpdate { latency: [hour(0), hour(60)].into(), ..HistoryUpdate::default() }).await;
    let forget = HistoryUpdate { forget_before: Some(minute(40)), ..HistoryUpdate::default() };
    remember(&*history, &forget).await;
    let kept = recall(&*history).await;
    let expected = BTreeMap::from([
        ("wiki".to_owned(), changes(&[(2, Up), (50, Down), (60, Up)])),
        ("late".to_owned(), changes(&[(55, Up)])),
        ("edge".to_owned(), changes(&[(40, Down)])),
    ]);
    assert_eq!(kept.changes, expected);
    assert_eq!(kept.latency.len(), 2, "latency has a time of its own");
    let forget = HistoryUpdate { forget_latency_before: Some(minute(40)), ..HistoryUpdate::default() };
    remember(&*history, &forget).await;
    let kept = recall(&*history).await;
    assert_eq!(kept.latency.keys().copied().collect::<Vec<_>>(), [minute(60)]);
}
