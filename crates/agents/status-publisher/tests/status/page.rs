use std::sync::Arc;

use lamplighter_core::Agent;
use lamplighter_core::ports::MonitorState::{self, Down, Pending, Up};
use lamplighter_core::ports::{Beat, Heartbeat, LastBeats, PlannedWork};
use lamplighter_core::words::status::{Contrast, OverallState, PlannedMaintenance, ServiceState, Status};
use lamplighter_core::words::{
    CatalogedService, CheckResult, CheckStatus, Finding, HealthReport, KnownFinding, ServiceCatalog, Severity, Source,
    WorkloadRef,
};
use lamplighter_status_publisher::{ClusterVerdict, MaintenanceWindow, ShownGroup, StatusPublisher, StatusSettings};
use lamplighter_testkit::ContextBuilder;
use lamplighter_testkit::fakes::{FakeClock, FakeHeartbeats, FakeMonitors, FakeUptimeHistory};
use serde_json::json;

use crate::world::{at, minutes, service};

fn catalog() -> ServiceCatalog {
    let wiki: CatalogedService = serde_json::from_value(json!({
        "name": "wiki", "monitors": ["wiki-http", "wiki-login"],
        "workloads": [{"kind": "deployment", "namespace": "apps", "name": "wiki"}],
    }))
    .unwrap();
    let mail: CatalogedService = serde_json::from_value(json!({"name": "mail", "monitors": ["mail"]})).unwrap();
    ServiceCatalog::new(vec![wiki, mail])
}

fn settings() -> StatusSettings {
    let group = |name: &str, services: &[&str], monitors: &[&str]| ShownGroup {
        name: name.to_owned(),
        services: services.iter().map(|name| (*name).to_owned()).collect(),
        monitors: monitors.iter().map(|name| (*name).to_owned()).collect(),
    };
    StatusSettings {
        groups: vec![group("Mail", &["mail"], &[]), group("Apps", &["wiki"], &["router"])],
        names: [("wiki".to_owned(), "The Wiki".to_owned()), ("router".to_owned(), "Router".to_owned())].into(),
        catalog: catalog(),
        ..StatusSettings::default()
    }
}

fn scan(findings: Vec<Finding>, status: CheckStatus, minute: i64) -> ClusterVerdict {
    let workloads =
        catalog().services().iter().flat_map(|service| &service.workloads).map(WorkloadRef::object).collect();
    let check = CheckResult { findings, workloads, ..CheckResult::new("deployments", status, "looked") };
    let report = HealthReport { taken_at: at(minute), cluster: "home".to_owned(), checks: vec![check] };
    ClusterVerdict::Scanned { report: Box::new(report) }
}

fn wiki_is_down() -> Finding {
    let object = catalog().services()[0].workloads[0].object();
    Finding { severity: Some(Severity::Sev2), ..Finding::new("no ready pod", object, Source::new("kubernetes"), at(0)) }
}

struct Page {
    clock: FakeClock,
    monitors: FakeMonitors,
    publisher: StatusPublisher,
}

impl Page {
    fn new(settings: StatusSettings) -> Self {
        let clock = FakeClock::new();
        let monitors = FakeMonitors::with_clock(Arc::new(clock.clone()));
        for name in ["wiki-http", "wiki-login", "mail", "router"] {
            monitors.set(name, Up, "");
        }
        let publisher = StatusPublisher::new(Arc::new(FakeUptimeHistory::new()), settings)
            .with_monitors(Arc::new(LastBeats(Arc::new(monitors.clone()))));
        Self { clock, monitors, publisher }
    }

    async fn at(&self, minute: i64, cluster: ClusterVerdict) -> Status {
        self.clock.set(at(minute));
        let cx = ContextBuilder::new("status").clock(self.clock.clone()).build();
        self.publisher.run(&cx, cluster).await.unwrap()
    }
}

#[tokio::test]
async fn groups_names_and_their_order_are_those_of_the_configuration() {
    let status = Page::new(settings()).at(0, ClusterVerdict::NotAsked).await;
    let shown: Vec<_> = status.groups.iter().map(|group| (group.name.as_str(), group.services.len())).collect();
    assert_eq!(shown, [("Mail", 1), ("Apps", 2)]);
    let names: Vec<_> = status.services().map(|service| (service.id.as_str(), service.name.as_str())).collect();
    assert_eq!(names, [("mail", "mail"), ("the-wiki", "The Wiki"), ("router", "Router")]);
    assert_eq!(status.state, OverallState::Operational);
}

#[tokio::test]
async fn a_flap_of_one_look_opens_nothing_and_a_second_look_does() {
    let page = Page::new(settings());
    page.at(0, ClusterVerdict::NotAsked).await;
    page.monitors.set("mail", Down, "refused");
    let once = page.at(5, ClusterVerdict::NotAsked).await;
    assert_eq!(service(&once, "mail").state, ServiceState::Pending);
    assert!(once.outages.is_empty() && once.state == OverallState::Degraded);
    let twice = page.at(10, ClusterVerdict::NotAsked).await;
    let mail = service(&twice, "mail");
    assert_eq!((mail.state, mail.since), (ServiceState::Down, Some(at(5))));
    assert_eq!(twice.outages.len(), 1);
    page.monitors.set("mail", Up, "");
    let over = page.at(15, ClusterVerdict::NotAsked).await;
    assert_eq!(service(&over, "mail").state, ServiceState::Up);
    assert!(over.outages.is_empty());
}

#[tokio::test]
async fn what_a_system_calls_down_after_looking_again_is_down_at_once_and_an_outage_with_the_second_look() {
    let (kuma, clock) = (FakeHeartbeats::new().looking_again(), FakeClock::new());
    let publisher = StatusPublisher::new(Arc::new(FakeUptimeHistory::new()), StatusSettings::default())
        .with_monitors(Arc::new(kuma.clone()));
    let cx = ContextBuilder::new("status").clock(clock.clone()).build();
    let asked = async |minute, state| {
        clock.set(at(minute));
        kuma.set("wiki", vec![Beat { at: at(minute), state, millis: None }]);
        kuma.set("mail", vec![Beat { at: at(minute), state: Up, millis: None }]);
        let status = publisher.run(&cx, ClusterVerdict::NotAsked).await.unwrap();
        let wiki = service(&status, "wiki").clone();
        (wiki.state, wiki.is_unconfirmed, status.outages.len(), status.state, wiki.since)
    };
    let outage = OverallState::PartialOutage;
    assert_eq!(asked(0, Up).await, (ServiceState::Up, false, 0, OverallState::Operational, None));
    assert_eq!(asked(5, Down).await, (ServiceState::Down, true, 0, outage, Some(at(5))));
    assert_eq!(asked(10, Down).await, (ServiceState::Down, false, 1, outage, Some(at(5))));
    assert_eq!(asked(15, Pending).await.0, ServiceState::Pending, "it is being looked at again");
    assert_eq!(asked(20, Up).await.0, ServiceState::Up);
}

#[tokio::test]
async fn outside_and_inside_are_told_apart() {
    let page = Page::new(settings());
    page.at(0, scan(Vec::new(), CheckStatus::Pass, 0)).await;
    let both = page.at(5, scan(Vec::new(), CheckStatus::Pass, 5)).await;
    let wiki = service(&both, "The Wiki");
    assert_eq!((wiki.outside, wiki.inside, wiki.contrast), (Some(ServiceState::Up), Some(ServiceState::Up), None));
    assert_eq!(service(&both, "mail").inside, None, "it has no workloads");

    let inside = page.at(10, scan(vec![wiki_is_down()], CheckStatus::Fail, 10)).await;
    let wiki = service(&inside, "The Wiki");
    assert_eq!((wiki.state, wiki.contrast), (ServiceState::Degraded, Some(Contrast::UpOutsideDownInside)));

    for name in ["wiki-http", "wiki-login"] {
        page.monitors.set(name, Down, "502");
    }
    page.at(15, scan(Vec::new(), CheckStatus::Pass, 15)).await;
    let outside = page.at(20, scan(Vec::new(), CheckStatus::Pass, 20)).await;
    let wiki = service(&outside, "The Wiki");
    assert_eq!((wiki.state, wiki.contrast), (ServiceState::Down, Some(Contrast::DownOutsideUpInside)));
    page.monitors.set("wiki-http", Up, "");
    let part = page.at(25, scan(Vec::new(), CheckStatus::Pass, 25)).await;
    assert_eq!(service(&part, "The Wiki").state, ServiceState::Degraded, "one of two monitors fails");
}

#[tokio::test]
async fn what_is_not_there_or_known_to_fail_is_not_up_inside() {
    let inside = async |change: fn(&mut CheckResult)| {
        let ClusterVerdict::Scanned { mut report } = scan(Vec::new(), CheckStatus::Pass, 0) else { unreachable!() };
        change(&mut report.checks[0]);
        let status = Page::new(settings()).at(0, ClusterVerdict::Scanned { report }).await;
        service(&status, "The Wiki").inside
    };
    assert_eq!(inside(|_| ()).await, Some(ServiceState::Up));
    // Its workload is misspelt, or gone, or in a namespace that nobody wants to be told of.
    assert_eq!(inside(|check| check.workloads.clear()).await, Some(ServiceState::Unknown));
    let known = |check: &mut CheckResult| {
        check.known = vec![KnownFinding { finding: wiki_is_down(), note: "until Monday".to_owned() }];
    };
    assert_eq!(inside(known).await, Some(ServiceState::Down));
}

#[tokio::test]
async fn a_scan_that_is_old_failed_or_did_not_look_says_nothing() {
    for cluster in [
        scan(Vec::new(), CheckStatus::Pass, -20),
        scan(Vec::new(), CheckStatus::Pass, 20),
        scan(Vec::new(), CheckStatus::Unknown, 0),
        ClusterVerdict::Unreadable { reason: "a system could not be reached".to_owned() },
    ] {
        let status = Page::new(settings()).at(0, cluster.clone()).await;
        let wiki = service(&status, "The Wiki");
        assert_eq!((wiki.inside, wiki.state), (Some(ServiceState::Unknown), ServiceState::Up), "{cluster:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_seen_inside_is_told_beside_what_the_monitors_say_with_the_last_look() {
    let page = Page::new(settings());
    let away = || ClusterVerdict::Unreadable { reason: "a system could not be reached".to_owned() };
    let wiki = |status: &Status| {
        let wiki = service(status, "The Wiki");
        (wiki.state, wiki.inside, wiki.inside_last_look)
    };
    let unknown = Some(ServiceState::Unknown);
    assert_eq!(wiki(&page.at(0, away()).await), (ServiceState::Up, unknown, None), "it was never seen");
    let seen = page.at(5, scan(Vec::new(), CheckStatus::Pass, 5)).await;
    assert_eq!(wiki(&seen), (ServiceState::Up, Some(ServiceState::Up), None));
    let first = page.at(10, away()).await;
    assert_eq!(wiki(&first), (ServiceState::Up, unknown, Some(at(5))));
    assert_eq!(service(&first, "mail").inside, None, "it has nothing there");
    let unchecked = page.at(15, scan(Vec::new(), CheckStatus::Unknown, 15)).await;
    assert_eq!(wiki(&unchecked), (ServiceState::Up, unknown, Some(at(5))), "what was not checked was not seen");
    assert!(first.state == OverallState::Operational, "the monitors vouch for it");
}

#[tokio::test]
async fn a_monitor_that_is_configured_and_not_there_is_unknown() {
    let mut settings = settings();
    settings.groups[0].monitors = vec!["nobody knows".to_owned()];
    let status = Page::new(settings).at(0, ClusterVerdict::NotAsked).await;
    let missing = service(&status, "nobody knows");
    assert_eq!((missing.state, missing.last_look), (ServiceState::Unknown, None));
    assert!(missing.uptime.month.ratio.is_none() && missing.days.is_empty());
    assert_eq!(status.state, OverallState::Unknown);
}

#[tokio::test]
async fn what_fails_in_planned_maintenance_is_no_outage() {
    let window = MaintenanceWindow {
        title: "New disks".to_owned(),
        from: at(60),
        to: at(120),
        services: vec!["mail".to_owned()],
    };
    let page = Page::new(StatusSettings { maintenance: vec![window], ..settings() });
    let mut status = None;
    for minute in (0..=180).step_by(5) {
        page.monitors.set("mail", if (60..120).contains(&minute) { Down } else { Up }, "");
        let now = page.at(minute, ClusterVerdict::NotAsked).await;
        let expected = if (60..120).contains(&minute) { ServiceState::Maintenance } else { ServiceState::Up };
        assert_eq!(service(&now, "mail").state, expected, "at {minute}");
        assert_eq!(now.maintenance.len(), usize::from(minute < 120));
        assert_eq!(now.maintenance.first().is_some_and(|one| one.is_under_way), (60..120).contains(&minute));
        status = Some(now);
    }
    let mail = service(status.as_ref().unwrap(), "mail").clone();
    assert_eq!(mail.uptime.day.ratio.unwrap().percent(), "100 %");
    assert_eq!(mail.uptime.day.observed.percent(), "12.00 %", "it was seen all the time");
}

#[tokio::test]
async fn a_window_of_a_name_that_nothing_has_is_of_nothing_and_the_operator_is_told() {
    let window = |services: &[&str]| MaintenanceWindow {
        title: "New disks".to_owned(),
        from: at(-10),
        to: at(60),
        services: services.iter().map(|name| (*name).to_owned()).collect(),
    };
    let mut settings = settings();
    settings.maintenance = vec![window(&["mial"]), window(&["router", "mial", "secret-db"])];
    settings.names.insert("ruoter".to_owned(), "Router".to_owned());
    settings.groups[0].monitors = vec!["dns".to_owned()];
    let page = Page::new(settings);
    let status = page.at(0, ClusterVerdict::NotAsked).await;
    let services: Vec<_> = status.maintenance.iter().map(|planned| planned.services.clone()).collect();
    let elsewhere = "a service that is not on this page";
    assert_eq!(services, [vec![elsewhere], vec!["Router", elsewhere]]);
    assert_eq!(service(&status, "mail").state, ServiceState::Up, "it is not meant");
    assert_eq!(service(&status, "Router").state, ServiceState::Maintenance);
    let of_mail =
        "[[status.maintenance]] \"New disks\" is of \"mial\", which is not on the page; did you mean \"mail\"?";
    assert_eq!(
        page.publisher.remarks().await,
        [
            of_mail,
            of_mail,
            "[[status.maintenance]] \"New disks\" is of \"secret-db\", which is not on the page",
            "[status.names] has one for \"ruoter\", which is not there; did you mean \"router\"?",
            "[[status.group]] \"Mail\" shows \"dns\", a monitor that is not there",
        ]
    );
    page.monitors.calls().fail_always("statuses", || {
        lamplighter_core::Error::new(lamplighter_core::ErrorKind::Unavailable, "10.0.0.7: refused, token=hunter2")
    });
    page.at(5, ClusterVerdict::NotAsked).await;
    let remarks = page.publisher.remarks().await;
    assert_eq!(remarks, ["HTTP probe: 10.0.0.7: refused, token=[redacted]"], "which names there are nobody knows now");
}

#[tokio::test]
async fn maintenance_that_a_source_plans_is_told_also_while_it_is_away() {
    let (page, clock) = (FakeHeartbeats::new(), FakeClock::new());
    let work = |title: &str, from, to| PlannedWork { title: title.to_owned(), from: at(from), to: at(to) };
    page.plan(vec![work("New\u{202e} disks", 10, 20), work("Over", -20, -10), work("Nonsense", 30, 25)]);
    let window = MaintenanceWindow { title: "Router".to_owned(), from: at(5), to: at(40), services: Vec::new() };
    let settings = StatusSettings { maintenance: vec![window], ..StatusSettings::default() };
    let publisher =
        StatusPublisher::new(Arc::new(FakeUptimeHistory::new()), settings).with_monitors(Arc::new(page.clone()));
    let cx = ContextBuilder::new("status").clock(clock.clone()).build();
    let asked = async |minute| {
        clock.set(at(minute));
        let status = publisher.run(&cx, ClusterVerdict::NotAsked).await.unwrap();
        let told = |one: &PlannedMaintenance| (one.title.clone(), one.source.clone(), one.is_under_way);
        status.maintenance.iter().map(told).collect::<Vec<_>>()
    };
    let kuma = |under_way| ("New disks".to_owned(), Some("Uptime Kuma".to_owned()), under_way);
    let ours = |under_way| ("Router".to_owned(), None, under_way);
    assert_eq!(asked(0).await, [ours(false), kuma(false)]);
    page.calls().fail_always("planned_work", || lamplighter_core::Error::internal("x"));
    assert_eq!(asked(12).await, [ours(true), kuma(true)]);
    assert_eq!(asked(20).await, [ours(true)]);
}

#[tokio::test]
async fn a_history_that_cannot_be_read_is_said_and_the_present_is_told() {
    let (clock, history) = (FakeClock::new(), FakeUptimeHistory::new());
    let monitors = FakeMonitors::with_clock(Arc::new(clock.clone())).up("wiki");
    let publisher = StatusPublisher::new(Arc::new(history.clone()), StatusSettings::default())
        .with_monitors(Arc::new(LastBeats(Arc::new(monitors))));
    let cx = ContextBuilder::new("status").clock(clock.clone()).build();
    history.calls().fail_always("recall", || lamplighter_core::Error::internal("disk 7 of host 3"));
    let status = publisher.run(&cx, ClusterVerdict::NotAsked).await.unwrap();
    assert_eq!(service(&status, "wiki").state, ServiceState::Up);
    let reason = status.sources.iter().find(|source| source.name == "history").unwrap().reason.clone().unwrap();
    assert_eq!(reason, "an internal error", "and no more than is safe in public");
    assert!(history.calls().of("remember").is_empty(), "what is not known is not overwritten");
    history.calls().recover();
    clock.advance(minutes(5));
    let status = publisher.run(&cx, ClusterVerdict::NotAsked).await.unwrap();
    assert!(status.sources.iter().all(|source| source.name != "history"));
}

/// Monitors with an id, a name and a group, looked at five minutes long.
fn monitors(all: &[(&str, &str, &str, MonitorState)]) -> Vec<Heartbeat> {
    let beats = |state| (0..=5).map(|minute| Beat { at: at(minute), state, millis: None }).collect();
    let monitor = |(id, name, group, state): &(&str, &str, &str, MonitorState)| Heartbeat {
        id: Some((*id).to_owned()),
        name: (*name).to_owned(),
        group: Some((*group).to_owned()),
        beats: beats(*state),
        day: None,
    };
    all.iter().map(monitor).collect()
}

/// A publisher of its own with the memory of the ones before, at the sixth minute.
async fn anew(kuma: &FakeHeartbeats, history: &FakeUptimeHistory, settings: StatusSettings) -> Status {
    let clock = FakeClock::new();
    clock.set(at(5));
    let publisher = StatusPublisher::new(Arc::new(history.clone()), settings).with_monitors(Arc::new(kuma.clone()));
    publisher.run(&ContextBuilder::new("status").clock(clock).build(), ClusterVerdict::NotAsked).await.unwrap()
}

fn shown(status: &Status) -> Vec<(&str, &str, ServiceState)> {
    status.services().map(|service| (service.id.as_str(), service.name.as_str(), service.state)).collect()
}

#[tokio::test]
async fn monitors_of_one_name_are_told_apart_whatever_comes_and_goes() {
    use ServiceState::{Down as IsDown, Unknown as IsUnknown, Up as IsUp};
    let (kuma, history) = (FakeHeartbeats::new(), FakeUptimeHistory::new());
    kuma.set_all(monitors(&[("3", "mail", "A", Up), ("9", "mail", "A", Down), ("4", " ", "A", Up)]));
    let all = anew(&kuma, &history, StatusSettings::default()).await;
    let (one, other, blank) = (("mail", "mail"), ("mail-9", "mail (9)"), ("monitor-4", "Monitor 4"));
    let with = |of: (&'static str, &'static str), state| (of.0, of.1, state);
    assert_eq!(shown(&all), [with(one, IsUp), with(other, IsDown), with(blank, IsUp)]);
    // In another order, by another process, and without the first of them.
    kuma.set_all(monitors(&[("4", "", "A", Up), ("9", "mail", "A", Down), ("3", "mail", "A", Up)]));
    let again = anew(&kuma, &history, StatusSettings::default()).await;
    assert_eq!(shown(&again), [with(blank, IsUp), with(other, IsDown), with(one, IsUp)]);
    kuma.set_all(monitors(&[("9", "mail", "A", Down)]));
    assert_eq!(shown(&anew(&kuma, &history, StatusSettings::default()).await), [with(other, IsDown)]);
    kuma.calls().fail_always("heartbeats", || lamplighter_core::Error::internal("x"));
    assert_eq!(shown(&anew(&kuma, &history, StatusSettings::default()).await), [with(other, IsUnknown)]);
}

#[tokio::test]
async fn a_service_has_all_monitors_of_a_name_and_a_group_shows_each() {
    let (kuma, history) = (FakeHeartbeats::new(), FakeUptimeHistory::new());
    kuma.set_all(monitors(&[
        ("3", "mail", "A", Up),
        ("9", "mail", "A", Down),
        ("5", "dns", "A", Up),
        ("6", "dns", "A", Up),
    ]));
    let mut settings = settings();
    settings.groups[0].monitors = vec!["dns".to_owned()];
    settings.names.insert("dns".to_owned(), "Names".to_owned());
    let status = anew(&kuma, &history, settings).await;
    assert_eq!(service(&status, "mail").state, ServiceState::Degraded, "one of its two fails");
    for name in ["Names", "Names (6)"] {
        assert_eq!(service(&status, name).state, ServiceState::Up);
    }
}

#[tokio::test]
async fn while_a_source_is_away_there_are_the_monitors_of_its_last_look_in_their_order() {
    let (kuma, history) = (FakeHeartbeats::new(), FakeUptimeHistory::new());
    let (zeta, gone, alpha) = (("1", "zeta", "Net", Up), ("2", "gone", "Apps", Up), ("3", "alpha", "Apps", Up));
    kuma.set_all(monitors(&[zeta, gone, alpha]));
    anew(&kuma, &history, StatusSettings::default()).await;
    kuma.set_all(monitors(&[zeta, alpha]));
    anew(&kuma, &history, StatusSettings::default()).await;
    kuma.calls().fail_always("heartbeats", || lamplighter_core::Error::internal("x"));
    let status = anew(&kuma, &history, StatusSettings::default()).await;
    let groups: Vec<_> = status
        .groups
        .iter()
        .map(|group| (group.name.as_str(), group.services[0].name.as_str(), group.services.len()))
        .collect();
    assert_eq!(groups, [("Net", "zeta", 1), ("Apps", "alpha", 1)]);
    assert!(status.services().all(|service| service.state == ServiceState::Unknown));
}
