//! Incidents of a home that nobody lives in.

use jiff::Timestamp;
use lamplighter_core::diagnosis::{Cause, Culprit, Likelihood, RootCause};
use lamplighter_core::ports::{MonitorState, MonitorStatus};
use lamplighter_core::words::{
    CatalogedService, Detection, Domain, ErrorKindReported, Finding, Health, History, HistoryNote, Incident,
    IncidentEvent, IssueNumber, LostMember, Noticer, ObjectRef, PastIncident, PastItem, Place, Report, ReportScope,
    ServiceCatalog, Severity, Source, Tier, Trend, Triage, Trigger, Window, WorkloadKind, WorkloadRef,
};

pub(crate) fn at(time: &str) -> Timestamp {
    format!("2026-03-01T{time}Z").parse().unwrap()
}

fn seen(summary: &str, on: ObjectRef, source: &str, time: &str) -> Finding {
    Finding::new(summary, on, Source::new(source), at(time))
}

fn ledger() -> ObjectRef {
    ObjectRef::pod("office", "ledger-7d9f")
}

fn catalog() -> ServiceCatalog {
    let service = |name: &str, needs: &[&str]| CatalogedService {
        name: name.to_owned(),
        aliases: Vec::new(),
        tier: Tier::Important,
        workloads: vec![WorkloadRef::new(WorkloadKind::Deployment, "office", name)],
        monitors: vec![name.to_owned()],
        stack: None,
        depends_on: needs.iter().map(|&need| need.to_owned()).collect(),
        urls: vec![format!("https://{name}.example.org")],
    };
    ServiceCatalog::new(vec![service("ledger", &[]), service("invoices", &["ledger"]), service("tax", &["invoices"])])
}

/// A container that was killed for its memory, and whose limit was raised.
pub(crate) fn resolved() -> Incident {
    let killed =
        seen("container ledger of ledger-7d9f was killed for its memory", ledger(), "kubernetes api", "14:02:10")
            .with_evidence("exit code 137, reason OOMKilled, limit 128Mi");
    let said = seen("the last line of container ledger", ledger(), "logs", "14:02:09")
        .with_evidence("loading @everyone <b>2000</b> accounts | into memory");
    let cause = RootCause {
        chain: vec![
            "the working set grew past the limit of 128Mi".to_owned(),
            "the kernel killed the container, and the kubelet started it again".to_owned(),
        ],
        named_by: "sre/out-of-memory".to_owned(),
        ..RootCause::new(Cause::OomKilled, Culprit::app("office", "ledger"), Likelihood::STATED, killed.clone())
    }
    .and(said);
    let other = RootCause {
        named_by: "sre/application-crash".to_owned(),
        ..RootCause::new(
            Cause::ApplicationCrash,
            Culprit::app("office", "ledger"),
            Likelihood::POSSIBLE,
            killed.clone(),
        )
    };
    Incident {
        issue: Some(IssueNumber(7)),
        title: "Ledger shows 502".to_owned(),
        report: Some(Report {
            service: Some("Ledger".to_owned()),
            what: Some("Every page ends in an error.\n\nSince lunch!".to_owned()),
            error: Some(ErrorKindReported::BadGateway),
            scope: Some(ReportScope::Others),
            ..Report::default()
        }),
        written_at: at("14:31:00"),
        window: Some(Window { from: at("14:02:10"), to: Some(at("14:30:30")) }),
        severity: Some(Severity::Sev2),
        triage: Some(Triage {
            health: Health::Down,
            severity: Some(Severity::Sev2),
            reasons: vec!["ledger is important and has no pod that is ready".to_owned()],
            services: vec!["ledger".to_owned()],
            namespaces: vec!["office".to_owned()],
            domains: vec![Domain::Compute],
            window: Some(Window { from: at("14:02:10"), to: None }),
            trigger: Trigger::Unknown,
            nodes: Vec::new(),
            critical_findings: vec![killed],
            specialists: Vec::new(),
        }),
        causes: vec![cause, other],
        findings: vec![seen("node-a has room", ObjectRef::global("node", "node-a"), "kubernetes api", "14:20:00")],
        detection: Detection {
            by: Noticer::Person("mira".to_owned()),
            at: Some(at("14:20:00")),
            monitors: Some(vec![MonitorStatus {
                name: "ledger".to_owned(),
                state: MonitorState::Down,
                at: at("14:20:05"),
                detail: "HTTP 502".to_owned(),
            }]),
            alerts: Some(Vec::new()),
        },
        events: vec![
            event("began apply-plan on stack office", "14:21:00"),
            event("committed as 4a5b6c7", "14:21:30"),
        ],
        actions: vec![
            "raised the memory limit of deployment office/ledger from 128Mi to 256Mi at `stacks/office/main.tf:14`; commit `4a5b6c7`"
                .to_owned(),
        ],
        recovery: vec![
            seen("1 of 1 pods of deployment office/ledger are ready", ledger(), "kubernetes api", "14:30:20"),
            seen("monitor ledger says HTTP 200", ObjectRef::global("monitor", "ledger"), "HTTP probe", "14:30:30"),
        ],
        owner: Some("keeper".to_owned()),
        history: Some(History { searched: 4, ..History::default() }),
        catalog: catalog(),
        places: vec![
            Place {
                namespace: "office".to_owned(),
                name: "ledger".to_owned(),
                what: "replicas".to_owned(),
                stack: "office".to_owned(),
                file: "stacks/office/main.tf".to_owned(),
                line: 7,
                value: "1".to_owned(),
            },
            Place {
                namespace: "office".to_owned(),
                name: "ledger".to_owned(),
                what: "memory limit".to_owned(),
                stack: "office".to_owned(),
                file: "stacks/office/main.tf".to_owned(),
                line: 14,
                value: "256Mi".to_owned(),
            },
        ],
        ..Incident::default()
    }
}

/// The same again, a month after.
pub(crate) fn second() -> Incident {
    let past = |path: &str, title: &str, date: &str, is_recurrence, items: &[(usize, &str, &str)]| PastIncident {
        path: path.to_owned(),
        title: title.to_owned(),
        date: Some(date.parse().unwrap()),
        severity: Some(Severity::Sev2),
        score: 0.9,
        why: vec!["the same cause, oom_killed, of the same service".to_owned()],
        is_recurrence,
        resolution: Some("The limit was raised to 128Mi.".to_owned()),
        open_items: items
            .iter()
            .map(|(line, action, status)| PastItem {
                line: *line,
                action: (*action).to_owned(),
                status: (*status).to_owned(),
            })
            .collect(),
    };
    let items =
        [(61, "Alert when ledger is near its limit", "TODO"), (70, "Measure what ledger needs | under load", "")];
    Incident {
        history: Some(History {
            searched: 12,
            related: vec![
                past("2026-01-09-ledger-out-of-memory.md", "Ledger out of memory", "2026-01-09", true, &items),
                past("2025-12-01-wiki-slow.md", "Wiki slow", "2025-12-01", false, &[]),
            ],
            known_issues: vec![HistoryNote {
                path: "known-issues.md".to_owned(),
                title: "Ledger loads all accounts".to_owned(),
                text: "restart it before the end of the month".to_owned(),
            }],
            patterns: Vec::new(),
            cascade: vec!["invoices".to_owned(), "tax".to_owned()],
            trend: Some(Trend {
                times: 1,
                first: Some("2026-01-09".parse().unwrap()),
                last: Some("2026-01-09".parse().unwrap()),
                median_days_between: None,
                is_rising: None,
            }),
        }),
        ..resolved()
    }
}

/// Nobody knows why, nobody saw it, half of the team was away.
pub(crate) fn obscure() -> Incident {
    Incident {
        issue: Some(IssueNumber(9)),
        title: "Nothing works".to_owned(),
        written_at: at("15:00:00"),
        window: Some(Window { from: at("14:40:00"), to: None }),
        severity: Some(Severity::Sev1),
        detection: Detection { by: Noticer::Scan, at: Some(at("14:45:00")), ..Detection::default() },
        handed_over: Some("it is broken, and no workload in the cluster explains it".to_owned()),
        owner: Some("keeper".to_owned()),
        history: None,
        lost: vec![LostMember { member: "sev-historian".to_owned(), why: "not done within 60s".to_owned() }],
        gaps: vec!["alerts: connection refused".to_owned()],
        ..Incident::default()
    }
}

/// An incident with this cause and nothing else that is known.
pub(crate) fn of(cause: Cause, culprit: Culprit) -> Incident {
    let finding = seen("it fails", culprit.object(), "kubernetes api", "10:00:00");
    Incident {
        causes: vec![RootCause::new(cause, culprit, Likelihood::SHOWN, finding)],
        written_at: at("11:00:00"),
        ..Incident::default()
    }
}

fn event(what: &str, time: &str) -> IncidentEvent {
    IncidentEvent { at: at(time), what: what.to_owned(), source: Source::new("audit log") }
}
