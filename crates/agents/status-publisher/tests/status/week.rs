use lamplighter_core::ports::MonitorState::{self, Down, Maintenance, Pending, Up};
use lamplighter_core::words::status::{ServiceState, SourceState};
use lamplighter_status_publisher::StatusSettings;

use crate::world::{Fault, World, at, service};

const WEEK: i64 = 7 * 24 * 60;
/// How far a figure may be from the truth: 0.01 %.
const EXACT: f64 = 0.000_1;

/// A monitor that is up but for these minutes.
fn monitor(name: &str, outages: &[(i64, i64, MonitorState)]) -> (String, Vec<MonitorState>) {
    let mut states = vec![Up; usize::try_from(WEEK).unwrap() + 1];
    for (from, to, state) in outages {
        for minute in *from..*to {
            states[usize::try_from(minute).unwrap()] = *state;
        }
    }
    (name.to_owned(), states)
}

fn monitors() -> Vec<(String, Vec<MonitorState>)> {
    let flapping: Vec<_> = (0..400).map(|n| (n * 25 + 3, n * 25 + 4, Down)).collect();
    let retried: Vec<_> =
        (0..50).flat_map(|n| [(n * 200 + 7, n * 200 + 10, Pending), (n * 200 + 10, n * 200 + 17, Down)]).collect();
    vec![
        monitor("always up", &[]),
        monitor("one outage", &[(4_321, 4_389, Down)]),
        monitor("down for two days", &[(3_000, 5_880, Down)]),
        monitor("flapping", &flapping),
        monitor("retried", &retried),
        monitor("serviced", &[(600, 720, Maintenance), (9_000, 9_030, Down), (9_030, 9_100, Maintenance)]),
        monitor("never up", &[(0, WEEK + 1, Down)]),
        monitor("down since just now", &[(WEEK - 2, WEEK + 1, Down)]),
        monitor("down around faults", &[(2_000, 2_010, Down), (2_110, 2_180, Down), (6_995, 7_300, Down)]),
    ]
}

/// What is wrong with the source at a minute of the week.
fn fault(minute: i64) -> Option<Fault> {
    match minute {
        // The first is short enough for what it tells afterwards.
        1_000..1_060 | 2_000..2_185 => Some(Fault::Away),
        3_500..3_620 => Some(Fault::Ahead(7)),
        4_100..4_130 => Some(Fault::Empty),
        7_000..7_400 => Some(Fault::Frozen(minute - 6_998)),
        8_000..8_020 => Some(Fault::Mute),
        _ => None,
    }
}

#[tokio::test]
async fn a_week_is_told_as_it_was() {
    let mut world = World::new(monitors(), StatusSettings::default());
    let mut last = None;
    for minute in (0..=WEEK).step_by(5) {
        if [1_500, 5_555, 6_100].contains(&minute) {
            world.restart();
        }
        let wrong = fault(minute);
        let status = world.refresh(minute, wrong).await;
        assert_eq!(status.generated_at, at(minute));
        for (name, states) in &world.truth {
            let Some(shown) = status.services().find(|service| service.name == *name) else {
                assert_eq!(wrong, Some(Fault::Empty), "{name} at {minute}");
                continue;
            };
            let (now, before) = {
                let index = usize::try_from(minute).unwrap();
                (states[index], states[index.saturating_sub(1)])
            };
            // Within its patience what is repeated is a look that is not too old.
            let is_blind = match wrong {
                Some(Fault::Frozen(behind)) => behind > 10,
                wrong => wrong.is_some(),
            };
            let place = format!("{name} at {minute}, {wrong:?}");
            match (shown.state, is_blind) {
                (ServiceState::Unknown, true) => {}
                (state, true) => panic!("{place}: nobody can tell and it is {state:?}"),
                (_, false) if wrong.is_some() => {}
                (ServiceState::Up, false) => assert_eq!(now, Up, "{place}"),
                (ServiceState::Maintenance, false) => assert_eq!(now, Maintenance, "{place}"),
                (ServiceState::Pending, false) => assert_ne!(now, Up, "{place}"),
                (ServiceState::Down, false) => {
                    assert!(now == Down && before != Up && minute > 0, "{place}: once is not enough");
                }
                (state, false) => panic!("{place}: it is {state:?}"),
            }
        }
        last = Some(status);
    }
    let status = last.unwrap();
    for (index, (name, _)) in world.truth.iter().enumerate() {
        let shown = service(&status, name);
        for (figure, length) in [(shown.uptime.day, 1_440), (shown.uptime.week, WEEK), (shown.uptime.month, 30 * 1_440)]
        {
            let (ratio, seen) = world.truly_up(index, WEEK, length);
            let told = figure.ratio.unwrap().as_f64();
            assert!((told - ratio).abs() <= EXACT, "{name}: {told} of the last {length} minutes, and truly {ratio}");
            #[expect(clippy::cast_precision_loss, reason = "a few thousand minutes")]
            let observed = seen as f64 / length as f64;
            let told = figure.observed.as_f64();
            assert!((0.0..0.01).contains(&(observed - told)), "{name}: observed {told}, and truly {observed}");
        }
    }
    let before = service(&status, "down since just now");
    assert_eq!((before.state, before.since), (ServiceState::Down, Some(at(WEEK - 2))));
    assert_eq!(service(&status, "always up").uptime.day.ratio.unwrap().percent(), "100 %");
}

#[tokio::test]
async fn the_cells_of_days_are_the_truth_of_those_days() {
    let mut world = World::new(monitors(), StatusSettings::default());
    let mut status = None;
    for minute in (0..=WEEK).step_by(5) {
        status = Some(world.refresh(minute, fault(minute)).await);
    }
    let status = status.unwrap();
    for (index, (name, _)) in world.truth.iter().enumerate() {
        let days = &service(&status, name).days;
        assert_eq!(days.len(), 90);
        // The week begins and ends at noon.
        for (day, end) in (0..7).map(|day| (day, 720 + day * 1_440)) {
            let cell = days[82 + usize::try_from(day).unwrap()];
            let (ratio, _) = world.truly_up(index, end, if day == 0 { 720 } else { 1_440 });
            let told = cell.uptime.unwrap().as_f64();
            assert!((told - ratio).abs() <= 2.0 * EXACT, "{name} on {}: {told}, and truly {ratio}", cell.date);
            let (_, seen) = world.truly_up(index, end, if day == 0 { 720 } else { 1_440 });
            let observed = cell.observed.as_f64() * 1_440.0;
            #[expect(clippy::cast_precision_loss, reason = "the minutes of a day")]
            let seen = seen as f64;
            assert!((-14.4..=14.4).contains(&(seen - observed)), "{name} on {}: {observed} of {seen}", cell.date);
            assert!(f64::from(cell.minutes_down) <= seen * (1.0 - ratio) + 1.0, "{name} on {}: {cell:?}", cell.date);
        }
        assert!(days[..82].iter().all(|cell| cell.uptime.is_none()), "nobody looked before");
    }
}

#[tokio::test]
async fn a_day_is_down_for_as_long_as_somebody_saw_it_so() {
    let mut world =
        World::new(vec![monitor("wiki", &[(30, 60, Down)]), monitor("fine", &[])], StatusSettings::default());
    for minute in (0..=60).step_by(5) {
        world.refresh(minute, None).await;
    }
    let hours_later = world.refresh(10 * 60, Some(Fault::Away)).await;
    let today = *service(&hours_later, "wiki").days.last().unwrap();
    assert_eq!((today.minutes_down, today.uptime.unwrap().percent()), (30, "50.00 %".to_owned()));
    assert_eq!(today.observed.percent(), "4.00 %", "an hour of the 22 that the day has had");
    let days_later = world.refresh(2 * 1_440, Some(Fault::Away)).await;
    let day = service(&days_later, "wiki").days[87];
    assert_eq!((day.minutes_down, day.observed.percent()), (30, "4.00 %".to_owned()), "an hour of 24");
    let fine = service(&days_later, "fine").days[87];
    assert_eq!((fine.minutes_down, fine.observed.percent()), (0, "4.00 %".to_owned()));
    let unseen = *service(&days_later, "wiki").days.last().unwrap();
    assert_eq!((unseen.uptime, unseen.observed.percent(), unseen.minutes_down), (None, "0.00 %".to_owned(), 0));
}

#[tokio::test]
async fn a_refresh_that_sees_the_same_writes_nothing() {
    let mut world = World::new(vec![monitor("wiki", &[(300, 310, Down)])], StatusSettings::default());
    let mut pages = Vec::new();
    let mut writes = Vec::new();
    for minute in (0..=600).step_by(5) {
        world.history.calls().clear();
        pages.push((minute, world.refresh(minute, None).await));
        writes.push((minute, world.history.calls().of("remember").len()));
    }
    let written: Vec<_> = writes.iter().filter(|(_, count)| *count > 0).map(|(minute, _)| *minute).collect();
    // Each hour its latencies, the outage, and until when it was seen where that is half an hour ago.
    let hours = (0..=600).filter(|minute| minute % 30 == 0 && *minute != 330);
    let mut expected: Vec<i64> = hours.chain([310, 340]).collect();
    expected.sort_unstable();
    assert_eq!(written, expected);
    let quiet = |minute: i64| &pages[usize::try_from(minute / 5).unwrap()].1;
    assert!(quiet(245).says_the_same_as(quiet(250)), "nothing is new, so nothing has to be written");
    assert!(!quiet(295).says_the_same_as(quiet(300)));
    world.refresh(605, Some(Fault::Away)).await;
    assert_eq!(world.refresh(610, Some(Fault::Away)).await.sources[0].state, SourceState::Unreachable);
}
