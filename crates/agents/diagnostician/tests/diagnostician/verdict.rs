use lamplighter_core::diagnosis::{Cause, Culprit, Likelihood, RootCause};
use lamplighter_core::ports::MonitorState;
use lamplighter_core::words::{Health, Severity};
use lamplighter_testkit::objects::{cluster, deployment, node};
use lamplighter_testkit::scene::{SceneBuilder, scene};

use crate::{app, cause, diagnose, says, triage};

#[tokio::test]
async fn trouble_that_objects_do_not_show_is_still_trouble() {
    let slow = cause(Cause::PodNetworkDelay, app("wiki"), Likelihood::LIKELY);
    let unreachable = cause(Cause::ServicePortMappingMismatch, app("wiki"), Likelihood::SHOWN);
    let node_slow = cause(Cause::NodeNetworkDelay, Culprit::node("n1"), Likelihood::LIKELY);
    let guess = cause(Cause::PodNetworkDelay, app("wiki"), Likelihood::POSSIBLE);
    let cases = [
        (Health::Inconclusive, slow.clone(), Health::Degraded, Some(Severity::Sev3)),
        (Health::Healthy, slow, Health::Degraded, Some(Severity::Sev3)),
        (Health::Inconclusive, unreachable, Health::Down, Some(Severity::Sev2)),
        (Health::Inconclusive, node_slow, Health::Degraded, Some(Severity::Sev1)),
        (Health::Inconclusive, guess, Health::Inconclusive, None),
    ];
    for (triaged, named, verdict, severity) in cases {
        let name = format!("{triaged} with {} at {}", named.cause, named.confidence);
        let scene = scene(cluster().node(node("n1")).workload(deployment("apps", "wiki"))).build();
        let diagnosis = diagnose(scene, triage(triaged, None), vec![says("network", vec![named])]).await;
        assert_eq!((diagnosis.verdict, diagnosis.severity), (verdict, severity), "{name}");
        assert!(!diagnosis.reasons.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn where_only_probes_confirm_it_a_guess_or_lines_of_trouble_are_enough_for_doubt() {
    let verdict = async |scene: SceneBuilder, named: Vec<RootCause>| {
        diagnose(scene.build(), triage(Health::Healthy, None), vec![says("network", named)]).await.verdict
    };
    let quiet = || scene(cluster().node(node("n1")).workload(deployment("apps", "wiki")));
    let watched = || quiet().monitor("wiki", MonitorState::Up, "");
    let guess = || vec![cause(Cause::PodNetworkDelay, app("wiki"), Likelihood::POSSIBLE)];
    let lines = ["INFO ready", "ERROR could not store the page"];
    assert_eq!(verdict(quiet(), Vec::new()).await, Health::Healthy);
    assert_eq!(verdict(quiet(), guess()).await, Health::Inconclusive);
    assert_eq!(verdict(watched(), guess()).await, Health::Healthy);
    assert_eq!(verdict(quiet().said("apps", "wiki", &lines), Vec::new()).await, Health::Inconclusive);
    assert_eq!(verdict(quiet().said("apps", "wiki", &lines[..1]), Vec::new()).await, Health::Healthy);
    assert_eq!(verdict(watched().said("apps", "wiki", &lines), Vec::new()).await, Health::Healthy);
}

#[tokio::test]
async fn what_the_triage_saw_broken_stays_as_broken() {
    let slow = cause(Cause::PodNetworkDelay, app("wiki"), Likelihood::STATED);
    let scene = scene(cluster().node(node("n1")).workload(deployment("apps", "wiki"))).build();
    let triaged = triage(Health::Down, Some(Severity::Sev1));
    let diagnosis = diagnose(scene, triaged, vec![says("network", vec![slow])]).await;
    assert_eq!((diagnosis.verdict, diagnosis.severity), (Health::Down, Some(Severity::Sev1)));
    assert!(diagnosis.reasons[0].contains("app/wiki"), "{:?}", diagnosis.reasons);
}
