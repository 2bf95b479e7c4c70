use lamplighter_core::ports::MonitorState::{self, Down, Maintenance, Pending, Unknown, Up};
use lamplighter_core::words::status::{OverallState, ServiceState, SourceState};
use lamplighter_status_publisher::StatusSettings;
use proptest::prelude::*;
use tokio::runtime::Builder;

use crate::world::{Fault, World, at, service};

const LENGTH: usize = 601;

fn states() -> impl Strategy<Value = Vec<MonitorState>> {
    let state = prop::sample::select(vec![Up, Up, Up, Down, Pending, Maintenance, Unknown]);
    prop::collection::vec((state, 1..120_usize), 1..40).prop_map(|runs| {
        let mut all: Vec<_> = runs.into_iter().flat_map(|(state, length)| vec![state; length]).collect();
        all.resize(LENGTH, Up);
        all
    })
}

fn fault() -> impl Strategy<Value = Option<Fault>> {
    prop_oneof![
        4 => Just(None),
        1 => Just(Some(Fault::Away)),
        1 => (2..600_i64).prop_map(|minutes| Some(Fault::Ahead(minutes))),
        1 => (11..600_i64).prop_map(|minutes| Some(Fault::Frozen(minutes))),
        1 => Just(Some(Fault::Empty)),
        1 => Just(Some(Fault::Mute)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever a source does, nobody is told that a service is up which was not just seen to be.
    #[test]
    fn never_a_false_green(
        wiki in states(), mail in states(), faults in prop::collection::vec(fault(), 121), restarts in prop::collection::vec(0..121_usize, 0..4),
    ) {
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let truth = vec![("wiki".to_owned(), wiki), ("mail".to_owned(), mail)];
            let mut world = World::new(truth, StatusSettings::default());
            for (step, fault) in faults.iter().enumerate() {
                if restarts.contains(&step) {
                    world.restart();
                }
                let minute = i64::try_from(step * 5).unwrap();
                let status = world.refresh(minute, *fault).await;
                for shown in status.services() {
                    let truth = &world.truth.iter().find(|(name, _)| *name == shown.name).unwrap().1;
                    let is_green = shown.state == ServiceState::Up;
                    prop_assert!(!(is_green && fault.is_some()), "{} is up at {minute} with {fault:?}", shown.name);
                    prop_assert!(!is_green || truth[step * 5] == Up, "{} is up at {minute}", shown.name);
                    prop_assert!(shown.last_look.is_none_or(|look| look <= status.generated_at));
                    prop_assert!(shown.since.is_none_or(|since| since <= status.generated_at));
                }
                let is_calm = status.state == OverallState::Operational;
                prop_assert!(!(is_calm && fault.is_some()), "all is well at {minute} with {fault:?}");
            }
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn what_cannot_be_seen_is_unknown_with_the_time_of_the_last_look() {
    let up = vec![Up; LENGTH];
    for (fault, state, look, note) in [
        (Fault::Away, SourceState::Unreachable, 60, "cannot be reached"),
        (Fault::Ahead(30), SourceState::ClockSkewed, 60, "clock"),
        (Fault::Frozen(20), SourceState::Reached, 45, "too long"),
        (Fault::Mute, SourceState::Reached, 60, "not looked yet"),
    ] {
        let mut world = World::new(vec![("wiki".to_owned(), up.clone())], StatusSettings::default());
        world.refresh(60, None).await;
        let status = world.refresh(65, Some(fault)).await;
        let wiki = service(&status, "wiki");
        assert_eq!((wiki.state, wiki.last_look), (ServiceState::Unknown, Some(at(look))), "{fault:?}");
        assert!(wiki.note.as_ref().unwrap().contains(note), "{fault:?}: {:?}", wiki.note);
        assert_eq!((status.sources[0].state, status.state), (state, OverallState::Unknown), "{fault:?}");
        let back = world.refresh(70, None).await;
        assert_eq!(
            (service(&back, "wiki").state, back.state),
            (ServiceState::Up, OverallState::Operational),
            "{fault:?}"
        );
        assert_eq!(service(&back, "wiki").uptime.day.ratio.unwrap().percent(), "100 %", "{fault:?} is no outage");
    }
}

#[tokio::test]
async fn an_outage_of_the_source_leaves_the_past_as_it_was() {
    let mut truth = vec![Up; LENGTH];
    truth[10..20].fill(Down);
    let mut world = World::new(vec![("wiki".to_owned(), truth)], StatusSettings::default());
    let before = world.refresh(60, None).await;
    let after = world.refresh(500, Some(Fault::Away)).await;
    let ratio = |status| service(status, "wiki").uptime.day.ratio;
    assert_eq!(ratio(&before), ratio(&after));
    let observed = service(&after, "wiki").uptime.day.observed;
    assert_eq!(observed.percent(), "4.00 %", "an hour was seen");
}
