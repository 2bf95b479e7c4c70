use jiff::SignedDuration;
use lamplighter_core::Agent;
use lamplighter_core::cluster::Observed;
use lamplighter_core::ports::MonitorState;
use lamplighter_core::words::{
    CheckStatus, Domain, Finding, ObjectRef, Severity, Source, Tier, Triage, Trigger, WorkloadKind, WorkloadRef,
};
use lamplighter_testkit::context;
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::objects::{PodBuilder, WorkloadBuilder, deployment, event, node, service, stateful_set};

use super::{Case, entry, result, town};

fn wiki() -> WorkloadBuilder {
    deployment("apps", "wiki").pods(|pod| pod.out_of_memory(4))
}

/// What a scan says about the only pod of the wiki.
fn oom_scan(case: Case) -> Case {
    let workload = WorkloadRef::new(WorkloadKind::Deployment, "apps", "wiki");
    let name = case.state.pods_of(&workload)[0].metadata.name.clone();
    let at = FakeClock::START - SignedDuration::from_mins(2);
    let finding = Finding::new("was killed for its memory", ObjectRef::pod("apps", name), Source::new("test"), at);
    let finding = finding.with_evidence("container wiki exited with code 137 (OOMKilled)");
    case.checked(result("pods-oom-killed", CheckStatus::Fail, Some(Severity::Sev2), vec![finding]))
}

#[tokio::test]
async fn a_triage_reads_well_and_back() {
    let wiki_down = Case::of(town().workload(wiki()).node(node("n2").cordoned()));
    let mut cataloged = entry("wiki", Tier::Important);
    cataloged.name = "Wiki".to_owned();
    let case = oom_scan(wiki_down).cataloged(cataloged).monitor("wiki site", MonitorState::Down).asked("wiki");
    let triage = case.agent().run(&context("issue/1"), case.input()).await.unwrap();
    insta::assert_json_snapshot!(triage);
    let json = serde_json::to_string(&triage).unwrap();
    assert_eq!(serde_json::from_str::<Triage>(&json).unwrap(), triage);
}

#[test]
fn domains_and_specialists_come_from_the_evidence() {
    let of = |case: &Case| {
        let triage = case.triage();
        let called: Vec<_> = triage.specialists.iter().map(|call| call.specialist.clone()).collect();
        assert_eq!(called[..3], ["cluster-health", "sre", "observability"]);
        (triage.domains, called[3..].to_vec())
    };
    let oom = oom_scan(Case::of(town().workload(wiki())));
    assert_eq!(of(&oom), (vec![Domain::Compute], vec!["platform".to_owned()]));

    let image = deployment("apps", "wiki").pods(PodBuilder::image_pull_failing);
    let image = Case::of(town().workload(image));
    let object = ObjectRef::namespaced("deployment", "apps", "wiki");
    let finding = Finding::new("cannot get its image", object, Source::new("test"), FakeClock::START);
    let finding = finding.with_evidence("x509: certificate signed by unknown authority");
    let image = image.checked(result("pods-image-pull", CheckStatus::Fail, Some(Severity::Sev2), vec![finding]));
    assert_eq!(of(&image), (vec![Domain::Auth, Domain::Deploy], vec!["security".to_owned(), "deploy".to_owned()]));

    let database = stateful_set("apps", "db").image("mariadb:11").pods(PodBuilder::not_ready);
    let (domains, called) = of(&Case::of(town().workload(database)));
    assert_eq!((domains, called), (vec![Domain::Database], vec!["database".to_owned()]));

    let unled = Case::of(town().workload(deployment("apps", "wiki")).service(service("apps", "wiki").selecting("x")));
    assert_eq!(of(&unled), (vec![Domain::Networking], vec!["network".to_owned()]));

    let lost = Case::of(town().node(node("n2").unreachable()));
    assert_eq!(of(&lost), (vec![Domain::Compute], vec!["platform".to_owned()]));
}

/// Everything has existed for a month, and what is not ready was until two minutes ago.
fn broken_lately(mut case: Case) -> Case {
    let month_ago = Some(FakeClock::START - SignedDuration::from_hours(24 * 30));
    let Observed::Seen(pods) = &mut case.state.pods else { panic!("they were seen") };
    for condition in pods.iter_mut().flat_map(|pod| &mut pod.status.conditions) {
        condition.last_transition_time = Some(FakeClock::START - SignedDuration::from_mins(2));
    }
    let Observed::Seen(sets) = &mut case.state.replica_sets else { panic!("they were seen") };
    for set in sets {
        set.metadata.creation_timestamp = month_ago;
    }
    let Observed::Seen(deployments) = &mut case.state.deployments else { panic!("they were seen") };
    for deployment in deployments {
        deployment.metadata.creation_timestamp = month_ago;
    }
    case
}

#[test]
fn the_window_opens_with_the_first_sign_and_stays_open() {
    let case = broken_lately(Case::of(town().workload(wiki())));
    let workload = WorkloadRef::new(WorkloadKind::Deployment, "apps", "wiki");
    let pod = case.state.pods_of(&workload)[0].metadata.name.clone();
    let first = FakeClock::START - SignedDuration::from_mins(50);
    let mut earlier = case.clone();
    let Observed::Seen(events) = &mut earlier.state.events else { panic!("they were seen") };
    events.push(event(&ObjectRef::pod("apps", pod), "BackOff", "Back-off").seen(9, first).build());
    let window = earlier.triage().window.unwrap();
    assert_eq!((window.from, window.to), (first, None));
    assert!(Case::of(town()).triage().window.is_none(), "nothing happened");
}

#[test]
fn the_trigger_is_what_points_at_it_most_clearly() {
    let trigger = |case: &Case| case.triage().trigger;
    let crashing = || broken_lately(Case::of(town().workload(wiki())));
    assert_eq!(trigger(&crashing()), Trigger::Unknown);
    assert_eq!(trigger(&Case::of(town().workload(wiki()).node(node("n2").unreachable()))), Trigger::Hardware);
    assert_eq!(trigger(&Case::of(town())), Trigger::Unknown);

    let rolled_out = |minutes: i64| {
        let mut case = crashing();
        let Observed::Seen(sets) = &mut case.state.replica_sets else { panic!("they were seen") };
        let mut newer = sets.iter().find(|set| set.metadata.namespace() == "apps").unwrap().clone();
        newer.metadata.name = "wiki-new".to_owned();
        newer.metadata.creation_timestamp = Some(FakeClock::START - SignedDuration::from_mins(minutes));
        sets.push(newer);
        case
    };
    assert_eq!(trigger(&rolled_out(12)), Trigger::Deploy);
    assert_eq!(trigger(&rolled_out(600)), Trigger::Unknown);

    let off = Case::of(town().workload(deployment("apps", "wiki").replicas(0))).asked("wiki");
    assert_eq!(trigger(&off), Trigger::ConfigChange);
    let unset = deployment("apps", "wiki").pods(|pod| pod.waiting("CreateContainerConfigError", "secret not found"));
    assert_eq!(trigger(&broken_lately(Case::of(town().workload(unset)))), Trigger::ConfigChange);
    let outside = Case::of(town().workload(deployment("apps", "wiki"))).monitor("wiki", MonitorState::Down);
    assert_eq!(trigger(&outside), Trigger::Upstream);
}

#[test]
fn ten_thousand_pods_are_triaged() {
    let town = (0..500).fold(town(), |town, n| {
        let broken = deployment("apps", &format!("shop-{n}")).replicas(20).pods(|pod| pod.crash_looping(3));
        town.workload(broken).service(service("apps", &format!("shop-{n}")))
    });
    let triage = Case::of(town).triage();
    assert_eq!((triage.severity, triage.services.len()), (Some(Severity::Sev1), 500));
    assert!(triage.reasons.iter().any(|reason| reason.contains("10000 of 10010 pods")), "{:#?}", triage.reasons);
}
