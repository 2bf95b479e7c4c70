use lamplighter_core::cluster::Observed;
use lamplighter_core::ports::MonitorState;
use lamplighter_core::words::{Health, Report, Severity, Tier};
use lamplighter_testkit::objects::{ClusterBuilder, cluster, deployment, node, pod};
use proptest::prelude::*;

use super::{Case, entry};

/// How one of some services stands: pods that should be, pods that are ready, tier, monitor.
type Standing = (u32, u32, Tier, Option<MonitorState>);

fn standing() -> impl Strategy<Value = Standing> {
    let tier = prop_oneof![Just(Tier::Optional), Just(Tier::Important), Just(Tier::Critical)];
    let monitor = prop_oneof![
        Just(None),
        Just(Some(MonitorState::Up)),
        Just(Some(MonitorState::Down)),
        Just(Some(MonitorState::Pending)),
        Just(Some(MonitorState::Unknown)),
    ];
    (0_u32..4, 0_u32..4, tier, monitor)
}

fn name(index: usize) -> String {
    format!("service-{index}")
}

fn build(standings: &[Standing]) -> Case {
    let mut cluster: ClusterBuilder = cluster().node(node("n1"));
    for (index, (desired, ready, ..)) in standings.iter().enumerate() {
        let unready = desired.saturating_sub(*ready);
        let workload = deployment("apps", &name(index)).replicas(*desired);
        cluster =
            cluster.workload((0..unready).fold(workload, |workload, n| workload.pod(n, |pod| pod.crash_looping(3))));
    }
    let mut case = Case::of(cluster);
    for (index, (_, _, tier, monitor)) in standings.iter().enumerate() {
        let entry = entry(&name(index), *tier);
        if let Some(state) = monitor {
            case = case.monitor(&entry.monitors[0], *state);
        }
        case = case.cataloged(entry);
    }
    case
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn healthy_takes_two_sources(
        standings in proptest::collection::vec(standing(), 1..5),
        asked in proptest::option::of(0_usize..5),
        hide_cluster: bool,
        hide_monitors: bool,
    ) {
        let mut case = build(&standings);
        if hide_cluster {
            case.state.deployments = Observed::default();
            case.state.pods = Observed::default();
        }
        if hide_monitors {
            case.monitors = None;
        }
        if let Some(asked) = asked {
            case = case.asked(&name(asked));
        }
        let triage = case.triage();
        if triage.health == Health::Healthy {
            prop_assert!(!hide_cluster && !hide_monitors, "{:#?}", triage);
            let asked = asked.map_or(standings.as_slice(), |asked| &standings[asked..=asked]);
            for (desired, ready, _, monitor) in asked {
                prop_assert!(*desired > 0 && ready >= desired, "{:#?}", triage);
                prop_assert!(*monitor == Some(MonitorState::Up) || (monitor.is_none() && standings.len() > 1), "{:#?}", triage);
            }
        }
    }

    #[test]
    fn a_completed_pod_changes_nothing(standings in proptest::collection::vec(standing(), 0..5)) {
        let before = build(&standings);
        let mut after = before.clone();
        let Observed::Seen(pods) = &mut after.state.pods else { panic!("pods were seen") };
        pods.push(pod("apps", "done").completed().build());
        pods.push(pod("other", "done").owned_by("Job", "backup", "u").completed().build());
        prop_assert_eq!(before.triage(), after.triage());
    }

    #[test]
    fn one_more_important_service_down_never_lessens_the_severity(
        standings in proptest::collection::vec(standing(), 1..6),
        victim in 0_usize..6,
        by_scaling: bool,
    ) {
        let victim = victim % standings.len();
        let mut worse = standings.clone();
        let (desired, ready, tier, _) = &mut worse[victim];
        (*desired, *tier) = ((*desired).max(1), (*tier).max(Tier::Important));
        // Scaled to 0, one no longer sees how many of its pods are missing; so it is whole before.
        *ready = if by_scaling { *desired } else { *ready };
        let before = build(&worse);
        worse[victim].0 = if by_scaling { 0 } else { worse[victim].0 };
        (worse[victim].1, worse[victim].3) = (0, Some(MonitorState::Down));
        prop_assert!(build(&worse).triage().severity >= before.triage().severity);
        prop_assert!(build(&worse).triage().severity >= Some(Severity::Sev2));
    }

    #[test]
    fn the_reporters_words_never_change_the_severity(
        standings in proptest::collection::vec(standing(), 0..4),
        service in proptest::option::of("service-[0-3]"),
        what in "\\PC{0,40}",
        started in proptest::option::of("\\PC{0,20}"),
        scale in prop_oneof![Just("CRITICAL!!! everything is on fire"), Just("tiny cosmetic thing, no hurry"), Just("")],
    ) {
        let quiet = Report { service: service.clone(), ..Report::default() };
        let loud = Report { what: Some(format!("{what} {scale}")), started, ..quiet.clone() };
        let mut case = build(&standings);
        case.report = Some(quiet);
        let before = case.triage();
        case.report = Some(loud);
        prop_assert_eq!(before, case.triage());
    }
}
