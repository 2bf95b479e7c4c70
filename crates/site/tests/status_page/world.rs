//! What a page is made of in the tests: an ordinary day with incidents, and a quiet one.

mod ends;

use jiff::{SignedDuration, Timestamp, ToSpan as _, tz::TimeZone};
use lamplighter_core::words::status::{
    ActiveIncident, Contrast, DayCell, IssuesRead, LatencyPoint, OpenReport, OpenReports, OverallState, PastIncidents,
    PlannedMaintenance, Ratio, Renewal, ResolvedIncident, STATUS_VERSION, SelfCheck, ServiceGroup, ServiceState,
    ServiceStatus, SourceState, SourceStatus, Status, TimelineEntry, TimelineWord, UptimeFigure, Uptimes,
};
use lamplighter_core::words::{ErrorKindReported, IssueNumber, ReportScope, Severity};
use lamplighter_site::StatusPageSettings;

pub(crate) use ends::{HOSTILE, blind, hostile, many, nothing, one};

/// 14:07:30 UTC on 28 November 2026.
pub(crate) const NOW: Timestamp = Timestamp::constant(1_795_874_850, 0);

pub(crate) fn settings() -> StatusPageSettings {
    StatusPageSettings {
        base_url: Some("https://status.example.org/".to_owned()),
        issues_url: Some("https://code.example.org/infra/issues".to_owned()),
        repository_url: Some("https://code.example.org/infra/blob/main".to_owned()),
        report_url: Some("https://code.example.org/infra/issues/new/choose".to_owned()),
    }
}

fn ago(minutes: i64) -> Timestamp {
    NOW - SignedDuration::from_mins(minutes)
}

fn share(millionths: u64) -> Option<Ratio> {
    Ratio::of(millionths, 1_000_000)
}

fn figure(millionths: u64) -> UptimeFigure {
    UptimeFigure { ratio: share(millionths), observed: Ratio::ALL, told_by_source: false }
}

/// The last 90 days: failures on some of them, by how far back they are.
fn days(failed: &[(usize, u64)], unknown: usize) -> Vec<DayCell> {
    let today = TimeZone::UTC.to_datetime(NOW).date();
    let cell = |back: usize| {
        let date = today - i64::try_from(back).unwrap().days();
        let uptime = failed.iter().find(|(at, _)| *at == back).map_or(1_000_000, |(_, uptime)| *uptime);
        let uptime = if back >= 90 - unknown { None } else { share(uptime) };
        let length = if back == 0 { 848 } else { 1_440 };
        let failed = uptime.map_or(0, |ratio| u64::from(1_000_000 - ratio.millionths()) * length);
        DayCell {
            date,
            uptime,
            observed: if uptime.is_some() { Ratio::ALL } else { Ratio::NONE },
            minutes_down: u32::try_from(failed.div_ceil(1_000_000)).unwrap(),
        }
    };
    (0..90).rev().map(cell).collect()
}

fn latency(seed: u32, gap: Option<usize>) -> Vec<LatencyPoint> {
    let hour = Timestamp::from_second(NOW.as_second() / 3_600 * 3_600).unwrap();
    let point = |back: u32| {
        let wave = (back * 7 + seed * 13) % 17 + (back * back + seed) % 11;
        let millis = (gap != Some(back as usize)).then_some(20 + seed * 3 % 90 + wave * 2);
        LatencyPoint { at: hour - SignedDuration::from_hours(i64::from(back)), millis }
    };
    (1..=24).rev().map(point).collect()
}

pub(crate) fn service(id: &str, name: &str) -> ServiceStatus {
    let seed = u32::try_from(name.len()).unwrap() * 5 + u32::from(name.as_bytes()[0]);
    ServiceStatus {
        id: id.to_owned(),
        name: name.to_owned(),
        state: ServiceState::Up,
        since: Some(ago(60 * 24 * 9)),
        is_unconfirmed: false,
        last_look: None,
        note: None,
        outside: Some(ServiceState::Up),
        inside: Some(ServiceState::Up),
        inside_last_look: None,
        contrast: None,
        uptime: Uptimes { day: figure(1_000_000), week: figure(999_871), month: figure(999_412) },
        latency: latency(seed % 40, None),
        days: days(&[(31, 998_200), (seed as usize % 80, 984_000)], 0),
    }
}

fn named(name: &str) -> ServiceStatus {
    service(&name.to_lowercase().replace([' ', '.'], "-").replace(['(', ')'], ""), name)
}

fn group(name: &str, services: Vec<ServiceStatus>) -> ServiceGroup {
    let state = services.iter().map(|one| one.state).max().unwrap_or(ServiceState::Unknown);
    ServiceGroup { name: name.to_owned(), state, services }
}

fn source(name: &str) -> SourceStatus {
    SourceStatus { name: name.to_owned(), state: SourceState::Reached, last_look: Some(NOW), reason: None }
}

fn checks() -> Vec<SelfCheck> {
    let check = |symptom, check: &str| SelfCheck { symptom, check: check.to_owned() };
    vec![
        check(ErrorKindReported::BadGateway, "Look at this page first: if the service is down here, we know of it."),
        check(ErrorKindReported::LoginBroken, "Try a private window; it has no old session."),
        check(ErrorKindReported::Slow, "See the [node pressure dashboard](https://grafana.example.org/d/nodes)."),
        check(ErrorKindReported::PageWontLoad, "Run `nslookup wiki.example.org 10.0.0.53`."),
    ]
}

const GROUPS: [(&str, &[&str]); 5] = [
    ("Files and work", &["Nextcloud", "Collabora", "Paperless", "Vaultwarden", "Wiki", "Git", "CI", "Mail"]),
    ("Media", &["Jellyfin", "Immich", "Navidrome", "Audiobookshelf", "Kavita", "Tube Archivist"]),
    ("Home", &["Home Assistant", "Zigbee2MQTT", "Frigate", "ESPHome", "Node-RED", "Mosquitto"]),
    (
        "Platform",
        &[
            "Authentik",
            "Traefik",
            "DNS (internal)",
            "DNS (public)",
            "Tunnel",
            "PostgreSQL",
            "Redis",
            "Object storage",
            "Registry",
            "Vault",
        ],
    ),
    (
        "Monitoring",
        &[
            "Prometheus",
            "Grafana",
            "Loki",
            "Alertmanager",
            "Uptime Kuma",
            "Speedtest",
            "Backups",
            "Notifications",
            "Certificates",
            "NTP",
        ],
    ),
];

/// A day on which nothing is wrong: 40 services.
pub(crate) fn quiet() -> Status {
    let groups = GROUPS.iter().map(|(name, services)| group(name, services.iter().map(|name| named(name)).collect()));
    Status {
        version: STATUS_VERSION,
        title: "Home lab".to_owned(),
        generated_at: NOW,
        renewal: Renewal::EveryLook,
        state: OverallState::Operational,
        sources: vec![source("Uptime Kuma"), source("cluster"), source("tracker")],
        groups: groups.collect(),
        outages: Vec::new(),
        issues: Some(IssuesRead {
            read_at: NOW,
            incidents: Vec::new(),
            reports: OpenReports::default(),
            resolved: Some(Vec::new()),
        }),
        maintenance: Vec::new(),
        self_service: checks(),
        past: None,
    }
}

pub(crate) fn set(status: &mut Status, name: &str, change: impl FnOnce(&mut ServiceStatus)) {
    let one = status.groups.iter_mut().flat_map(|group| &mut group.services).find(|one| one.name == name).unwrap();
    change(one);
    for group in &mut status.groups {
        group.state = group.services.iter().map(|one| one.state).max().unwrap();
    }
}

fn entry(minutes: i64, word: TimelineWord, text: &str) -> TimelineEntry {
    TimelineEntry { at: Some(ago(minutes)), word, text: text.to_owned() }
}

pub(crate) fn resolved(number: u64, title: &str, days: i64, severity: Option<Severity>) -> ResolvedIncident {
    ResolvedIncident {
        number: IssueNumber(number),
        title: Some(title.to_owned()),
        severity,
        opened_at: Some(ago(days * 1_440 + 97)),
        resolved_at: ago(days * 1_440),
        services: vec!["Wiki".to_owned()],
        post_mortem: (severity == Some(Severity::Sev2))
            .then(|| format!("docs/post-mortems/2026-11-{:02}-wiki.md", 28 - days)),
    }
}

/// What the tracker tells on that day.
fn issues() -> IssuesRead {
    let incidents = vec![
        ActiveIncident {
            number: IssueNumber(412),
            also: vec![IssueNumber(413)],
            title: Some("Nextcloud returns 502 at its public address".to_owned()),
            severity: Some(Severity::Sev2),
            opened_at: Some(ago(5)),
            services: vec!["Nextcloud".to_owned(), "Collabora".to_owned()],
            timeline: vec![
                entry(5, TimelineWord::Investigating, "SEV2, seen 2026-11-28 14:02:30 UTC."),
                entry(
                    3,
                    TimelineWord::Findings,
                    "The pods are ready and answer inside the cluster; the tunnel has had no connection since 14:01 UTC.",
                ),
                entry(
                    1,
                    TimelineWord::Escalating,
                    "The tunnel's credentials were refused, and secrets are not ours to change.",
                ),
            ],
        },
        ActiveIncident {
            number: IssueNumber(409),
            also: Vec::new(),
            title: None,
            severity: None,
            opened_at: Some(ago(60 * 30)),
            services: Vec::new(),
            timeline: vec![TimelineEntry { at: None, word: TimelineWord::QueuedForReview, text: String::new() }],
        },
    ];
    let report = |number, minutes, service: Option<&str>, error, scope| OpenReport {
        number: IssueNumber(number),
        opened_at: Some(ago(minutes)),
        service: service.map(str::to_owned),
        error,
        scope,
    };
    IssuesRead {
        read_at: NOW,
        incidents,
        reports: OpenReports {
            total: 5,
            newest: vec![
                report(414, 2, Some("Nextcloud"), Some(ErrorKindReported::BadGateway), Some(ReportScope::Others)),
                report(411, 44, Some("Jellyfin"), Some(ErrorKindReported::Slow), Some(ReportScope::JustMe)),
                report(408, 60 * 31, None, None, None),
            ],
        },
        resolved: Some(vec![
            resolved(401, "Wiki was killed for memory", 2, Some(Severity::Sev2)),
            resolved(399, "A certificate of the registry ran out", 4, Some(Severity::Sev3)),
            resolved(396, "Backups took too long", 6, None),
        ]),
    }
}

/// An ordinary bad day: 40 services, of which some are in each state.
pub(crate) fn busy() -> Status {
    let mut status = quiet();
    set(&mut status, "Nextcloud", |one| {
        one.state = ServiceState::Down;
        one.since = Some(ago(5));
        one.outside = Some(ServiceState::Down);
        one.contrast = Some(Contrast::DownOutsideUpInside);
        one.note = Some("it runs, and cannot be reached from outside".to_owned());
        one.uptime.day = figure(996_527);
        one.days = days(&[(0, 991_400), (12, 905_000), (13, 610_000), (45, 999_000)], 0);
        one.latency = latency(9, Some(1));
    });
    set(&mut status, "Immich", |one| {
        one.state = ServiceState::Degraded;
        one.since = None;
        one.inside = Some(ServiceState::Down);
        one.contrast = Some(Contrast::UpOutsideDownInside);
    });
    set(&mut status, "Frigate", |one| {
        one.state = ServiceState::Pending;
        one.since = Some(ago(1));
        one.note = Some("it failed and is being looked at again".to_owned());
    });
    set(&mut status, "Speedtest", |one| {
        one.state = ServiceState::Unknown;
        one.outside = Some(ServiceState::Unknown);
        one.inside = None;
        one.since = None;
        one.last_look = Some(ago(60 * 26));
        one.note = Some("its monitor has not looked for too long".to_owned());
        one.uptime.day = UptimeFigure::default();
        one.uptime.week.observed = Ratio::of(71, 100).unwrap();
        one.latency = Vec::new();
        one.days = days(&[(40, 980_000)], 60);
    });
    set(&mut status, "Registry", |one| {
        one.state = ServiceState::Maintenance;
        one.since = Some(ago(37));
        one.days = days(&[], 3);
    });
    set(&mut status, "Kavita", |one| {
        one.inside = Some(ServiceState::Unknown);
        one.inside_last_look = Some(ago(64));
        one.days[60..70].iter_mut().for_each(|day| day.observed = Ratio::of(4, 100).unwrap());
    });
    status.issues = Some(issues());
    status.maintenance = vec![
        PlannedMaintenance {
            title: "The registry moves to new disks".to_owned(),
            from: ago(37),
            to: ago(-83),
            is_under_way: true,
            services: vec!["Registry".to_owned()],
            source: None,
        },
        PlannedMaintenance {
            title: "Power works in the house".to_owned(),
            from: ago(-60 * 40),
            to: ago(-60 * 42),
            is_under_way: false,
            services: Vec::new(),
            source: None,
        },
    ];
    status.state = OverallState::PartialOutage;
    status.past = Some(past(40));
    status
}

/// Incidents that are over, of some years.
pub(crate) fn past(count: usize) -> PastIncidents {
    let names = ["Wiki was killed for memory", "The tunnel lost its connection", "A certificate ran out", "Disk full"];
    let incident = |number: usize| {
        let back = i64::try_from(number).unwrap();
        let severity = [Some(Severity::Sev3), Some(Severity::Sev2), None, Some(Severity::Sev1)][number * 7 % 4];
        let resolved_at = ago(back * 1_400 + back % 13 * 60);
        ResolvedIncident {
            number: IssueNumber(5_000 - u64::try_from(number).unwrap()),
            title: Some(names[number % 4].to_owned()),
            severity,
            opened_at: Some(resolved_at - SignedDuration::from_mins(back % 7 * 200 + 3)),
            resolved_at,
            services: ["Wiki", "Tunnel", "Mail"][..number % 4].iter().map(|name| (*name).to_owned()).collect(),
            post_mortem: (severity > Some(Severity::Sev3)).then(|| format!("docs/post-mortems/{number}.md")),
        }
    };
    PastIncidents { since: ago(60 * 24 * 1_100), incidents: (0..count).map(incident).collect(), is_cut_off: false }
}
