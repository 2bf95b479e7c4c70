use std::sync::Arc;

use jiff::SignedDuration;
use lamplighter_core::cluster::Observed;
use lamplighter_core::diagnosis::Signal;
use lamplighter_core::ports::MonitorState;
use lamplighter_core::words::{
    CheckStatus, Finding, Health, HealthReport, ObjectRef, Report, ServiceCatalog, Severity, Source, Tier, TriageInput,
};
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::objects::{PodBuilder, deployment, event, node, pod, service};
use lamplighter_testkit::scene::{SceneBuilder, scene};

use super::{Case, entry, result, town};
use crate::SevTriage;

#[track_caller]
fn check(case: &Case, health: Health) {
    let triage = case.triage();
    assert_eq!(triage.health, health, "{triage:#?}");
}

/// A whole wiki in the catalog, watched by a monitor.
fn wiki(state: MonitorState) -> Case {
    let cluster = town().workload(deployment("apps", "wiki").replicas(2));
    Case::of(cluster).cataloged(entry("wiki", Tier::Important)).monitor("wiki site", state).asked("wiki")
}

fn broken_wiki(unready: u32) -> Case {
    let wiki = (0..unready).fold(deployment("apps", "wiki").replicas(2), |wiki, n| wiki.pod(n, PodBuilder::not_ready));
    Case::of(town().workload(wiki)).cataloged(entry("wiki", Tier::Important)).asked("wiki")
}

#[test]
fn healthy_takes_the_cluster_and_a_monitor() {
    check(&wiki(MonitorState::Up), Health::Healthy);
    for state in [MonitorState::Down, MonitorState::Pending, MonitorState::Maintenance, MonitorState::Unknown] {
        check(&wiki(state), Health::Inconclusive);
    }
    let mut unasked = wiki(MonitorState::Up);
    unasked.monitors = None;
    check(&unasked, Health::Inconclusive);
    let mut other = wiki(MonitorState::Up);
    other.monitors.as_mut().unwrap()[0].name = "another site".to_owned();
    check(&other, Health::Inconclusive);
    let mut old = wiki(MonitorState::Up);
    old.monitors.as_mut().unwrap()[0].at = FakeClock::START - SignedDuration::from_hours(1);
    check(&old, Health::Inconclusive);
    check(&wiki(MonitorState::Up).monitor("WIKI SITE", MonitorState::Down), Health::Inconclusive);
    let mut unseen = wiki(MonitorState::Up);
    unseen.state.deployments = Observed::Unknown("forbidden".to_owned());
    unseen.state.pods = Observed::Unknown("forbidden".to_owned());
    check(&unseen, Health::Inconclusive);
}

#[test]
fn probes_that_are_answered_are_a_second_source_where_no_monitor_is_asked() {
    let verdict = |scene: SceneBuilder| {
        let scene = Arc::new(scene.build());
        let checks = vec![result("nodes-ready", CheckStatus::Pass, None, Vec::new())];
        let health = HealthReport { taken_at: scene.taken_at(), cluster: "test".to_owned(), checks };
        SevTriage::new(ServiceCatalog::new(Vec::new())).triage(&TriageInput { report: None, scene, health }).health
    };
    let probed = |value| scene(town()).app_series(Signal::Reachable, "town", "house-1", &[1.0, value]);
    assert_eq!(verdict(scene(town())), Health::Inconclusive);
    assert_eq!(verdict(probed(1.0)), Health::Healthy);
    assert_eq!(verdict(probed(0.0)), Health::Inconclusive);
    assert_eq!(verdict(probed(1.0).app_series(Signal::Reachable, "town", "house-2", &[0.0])), Health::Inconclusive);
    let ratio = |value| probed(1.0).app_series(Signal::SuccessRatio, "town", "house-1", &[value]);
    assert_eq!(verdict(ratio(0.999)), Health::Healthy);
    assert_eq!(verdict(ratio(0.6)), Health::Inconclusive);
    // A monitor outside is asked before a probe inside.
    assert_eq!(verdict(probed(1.0).monitor("house 1", MonitorState::Pending, "")), Health::Inconclusive);
}

#[test]
fn down_and_degraded_are_what_the_cluster_says() {
    check(&broken_wiki(2), Health::Down);
    check(&broken_wiki(1), Health::Degraded);
    check(&broken_wiki(1).monitor("wiki site", MonitorState::Down), Health::Down);
    // The cluster sees it; a monitor that still says up does not make it work.
    check(&broken_wiki(2).monitor("wiki site", MonitorState::Up), Health::Down);
    check(&broken_wiki(1).monitor("wiki site", MonitorState::Up), Health::Degraded);
}

#[test]
fn a_service_is_found_by_name_alias_address_and_workload() {
    for name in ["wiki", " WIKI ", "Wiki Alias", "wiki.example.org", "https://WIKI.example.org:443/page?x#y"] {
        check(&broken_wiki(2).asked(name), Health::Down);
    }
    let mut by_url = broken_wiki(2);
    by_url.report = Some(Report { url: Some("https://wiki.example.org/page".to_owned()), ..Report::default() });
    check(&by_url, Health::Down);

    let uncataloged = |name: &str| {
        let shop = deployment("apps", "größe").replicas(2).pods(PodBuilder::not_ready);
        let case = Case::of(town().workload(shop).service(service("apps", "storefront").selecting("größe")));
        case.asked(name)
    };
    for name in ["GRÖSSE", "größe", "GRÖßE", "apps/größe", "Storefront"] {
        let triage = uncataloged(name).triage();
        let health = if name == "GRÖSSE" { "nothing called" } else { "apps/größe is down" };
        assert!(triage.reasons.iter().any(|reason| reason.contains(health)), "{name}: {triage:#?}");
    }
}

#[test]
fn what_nobody_knows_is_never_healthy() {
    let case = Case::of(town()).monitor("town/house-1", MonitorState::Up).asked("no such thing\r\n`x`");
    check(&case, Health::Inconclusive);
}

#[test]
fn scaled_to_zero_is_down_when_somebody_expects_it_to_serve() {
    let off = || town().workload(deployment("apps", "wiki").replicas(0));
    check(&Case::of(off()), Health::Inconclusive);
    assert_eq!(Case::of(off()).triage().severity, None, "somebody may mean it");
    check(&Case::of(off()).asked("wiki"), Health::Down);
    check(&Case::of(off()).cataloged(entry("wiki", Tier::Important)), Health::Down);
    check(&Case::of(off()).monitor("wiki", MonitorState::Down), Health::Down);
    let scaled = event(
        &ObjectRef::namespaced("deployment", "apps", "wiki"),
        "ScalingReplicaSet",
        "Scaled down replica set wiki-5d4 to 0 from 2",
    )
    .normal();
    check(&Case::of(off().event(scaled.clone())), Health::Inconclusive);
    check(&Case::of(off().event(scaled).service(service("apps", "wiki"))), Health::Down);
}

#[test]
fn what_the_catalog_lists_and_nobody_finds_is_down() {
    check(&Case::of(town()).cataloged(entry("wiki", Tier::Important)).asked("wiki"), Health::Down);
}

#[test]
fn something_new_is_starting_unless_it_fails() {
    let new = FakeClock::START - SignedDuration::from_secs(30);
    let starting = |fails: bool| {
        let wiki = deployment("apps", "wiki").pods(move |pod| {
            let pod = pod.created_at(new);
            if fails { pod.image_pull_failing() } else { pod.waiting("ContainerCreating", "") }
        });
        let mut case = Case::of(town().workload(wiki)).asked("wiki");
        let Observed::Seen(deployments) = &mut case.state.deployments else { panic!("they were seen") };
        for wiki in deployments.iter_mut().filter(|deployment| deployment.metadata.name == "wiki") {
            wiki.metadata.creation_timestamp = Some(new);
        }
        case
    };
    check(&starting(false), Health::Inconclusive);
    assert_eq!(starting(false).triage().severity, None);
    check(&starting(true), Health::Down);
    let about = event(&ObjectRef::pod("apps", "any"), "FailedCreatePodSandBox", "init was OOM-killed");
    let warned = |times: u32, reason: &str, message: &str| {
        let mut case = starting(false);
        let mut event = about.clone().seen(times, new).build();
        event.involved_object.name =
            case.state.pods_of(&entry("wiki", Tier::Important).workloads[0])[0].metadata.name.clone();
        (event.reason, event.message) = (reason.to_owned(), message.to_owned());
        let Observed::Seen(events) = &mut case.state.events else { panic!("they were seen") };
        events.push(event);
        case
    };
    check(&warned(3, "FailedCreatePodSandBox", "init was OOM-killed"), Health::Down);
    check(&warned(1, "FailedMount", "secret not found"), Health::Inconclusive);
    check(&warned(9, "Unhealthy", "Readiness probe failed"), Health::Inconclusive);
    check(&warned(9, "Unhealthy", "Liveness probe failed"), Health::Down);
    // A pod that was just replaced in a deployment of old: nothing serves meanwhile.
    let replaced = deployment("apps", "wiki").pods(move |pod| pod.waiting("ContainerCreating", "").created_at(new));
    check(&Case::of(town().workload(replaced)).asked("wiki"), Health::Down);
    let rollout = deployment("apps", "wiki").replicas(2).pod(0, move |pod| pod.not_ready().created_at(new));
    check(&Case::of(town().workload(rollout)).asked("wiki"), Health::Inconclusive);
}

#[test]
fn warnings_since_it_became_ready_speak_against_it() {
    let warned = |about: &str, at: i64| {
        let warning = event(&ObjectRef::pod("apps", about), "Unhealthy", "Liveness probe failed");
        let warning = warning.at(FakeClock::START - SignedDuration::from_secs(at));
        let mut case = wiki(MonitorState::Up);
        let name = case.state.pods_of(&case.catalog[0].workloads[0])[0].metadata.name.clone();
        let mut warning = warning.build();
        if about == "first" {
            warning.involved_object.name = name;
        }
        let Observed::Seen(events) = &mut case.state.events else { panic!("they were seen") };
        events.push(warning);
        case
    };
    check(&warned("first", 60), Health::Inconclusive);
    assert_eq!(warned("first", 60).triage().severity, Some(Severity::Sev3));
    check(&warned("first", 3000), Health::Healthy);
    check(&warned("a pod that is gone", 60), Health::Healthy);
}

#[test]
fn what_is_broken_elsewhere_means_that_not_all_is_well() {
    let with = |shop: Tier, need: bool| {
        let cluster = town().workload(deployment("apps", "wiki"));
        let cluster = cluster.workload(deployment("apps", "shop").pods(|pod| pod.crash_looping(4)));
        let mut entry_of_wiki = entry("wiki", Tier::Important);
        entry_of_wiki.depends_on = if need { vec!["SHOP alias".to_owned()] } else { Vec::new() };
        let case = Case::of(cluster).cataloged(entry_of_wiki).cataloged(entry("shop", shop));
        case.monitor("wiki site", MonitorState::Up).asked("wiki")
    };
    check(&with(Tier::Important, false), Health::Degraded);
    check(&with(Tier::Optional, false), Health::Healthy);
    check(&with(Tier::Optional, true), Health::Degraded);
    assert_eq!(with(Tier::Optional, false).triage().services, ["shop"]);
}

#[test]
fn needs_that_go_in_a_circle_are_survived() {
    let mut wiki_entry = entry("wiki", Tier::Important);
    wiki_entry.depends_on = vec!["wiki".to_owned(), "nobody".to_owned()];
    let mut case = wiki(MonitorState::Up);
    case.catalog = vec![wiki_entry];
    check(&case, Health::Healthy);
}

#[test]
fn the_whole_cluster_is_healthy_when_the_scan_passes_and_every_monitor_is_up() {
    let all_up = || Case::of(town()).monitor("a", MonitorState::Up).monitor("b", MonitorState::Up);
    check(&all_up(), Health::Healthy);
    assert!(all_up().triage().specialists.is_empty());
    check(&all_up().monitor("c", MonitorState::Unknown), Health::Inconclusive);
    check(&Case::of(town()), Health::Inconclusive);
    for (status, health) in [
        (CheckStatus::Unknown, Health::Inconclusive),
        (CheckStatus::Warn, Health::Inconclusive),
        (CheckStatus::Fail, Health::Inconclusive),
    ] {
        check(&all_up().checked(result("jobs-failed", status, None, Vec::new())), health);
    }
    let object = ObjectRef::namespaced("job", "apps", "backup");
    let finding = Finding::new("job apps/backup has failed", object, Source::new("test"), FakeClock::START);
    let failed = result("jobs-failed", CheckStatus::Fail, Some(Severity::Sev3), vec![finding]);
    check(&all_up().checked(failed), Health::Degraded);
    let mut unscanned = all_up();
    unscanned.checks.clear();
    check(&unscanned, Health::Inconclusive);
    check(&Case { state: town().node(node("n2").not_ready()).build(), ..all_up() }, Health::Degraded);
    check(&Case { state: town().pod(pod("apps", "by-hand").not_ready()).build(), ..all_up() }, Health::Degraded);
}
