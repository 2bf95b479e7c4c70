//! Any status at all, also such as nobody would make.

use jiff::Timestamp;
use jiff::civil::Date;
use lamplighter_core::words::status::{
    ActiveIncident, Contrast, DayCell, IssuesRead, LatencyPoint, OpenReport, OpenReports, Outage, OverallState,
    PastIncidents, PlannedMaintenance, Ratio, Renewal, ResolvedIncident, SelfCheck, ServiceGroup, ServiceState,
    ServiceStatus, SourceState, SourceStatus, Status, TimelineEntry, TimelineWord, UptimeFigure, Uptimes,
};
use lamplighter_core::words::{ErrorKindReported, IssueNumber, ReportScope, Severity};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use crate::world::HOSTILE;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zA-Z0-9 ]{0,12}",
        2 => select(&HOSTILE[..]).prop_map(str::to_owned),
        2 => any::<String>(),
        1 => select(&["Up", "up", "operational", "All services are up", "is up", "none", ""][..]).prop_map(str::to_owned),
        1 => "[ab<>&\"'\u{202e}\u{200b}\n]{0,400}",
    ]
}

fn time() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        8 => (1_795_000_000_i64..1_796_000_000).prop_map(|second| Timestamp::from_second(second).unwrap()),
        1 => (Timestamp::MIN.as_second()..Timestamp::MAX.as_second()).prop_map(|s| Timestamp::from_second(s).unwrap()),
        1 => select(&[Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH][..]),
    ]
}

fn state() -> impl Strategy<Value = ServiceState> {
    prop_oneof![3 => Just(ServiceState::Up), 2 => select(&ServiceState::ALL[..])]
}

fn ratio() -> impl Strategy<Value = Ratio> {
    prop_oneof![Just(1_000_000_u64), 0..=1_000_000_u64].prop_map(|part| Ratio::of(part, 1_000_000).unwrap())
}

fn figure() -> impl Strategy<Value = UptimeFigure> {
    (of(ratio()), ratio(), any::<bool>()).prop_map(|(ratio, observed, told_by_source)| UptimeFigure {
        ratio,
        observed,
        told_by_source,
    })
}

fn day() -> impl Strategy<Value = DayCell> {
    let date = prop_oneof![
        9 => (0_i32..400).prop_map(|back| Date::constant(2026, 1, 1).saturating_add(jiff::Span::new().days(back))),
        1 => select(&[Date::MIN, Date::MAX][..]),
    ];
    let day = (date, of(ratio()), ratio(), any::<u32>());
    day.prop_map(|(date, uptime, observed, minutes_down)| DayCell { date, uptime, observed, minutes_down })
}

fn contrast() -> impl Strategy<Value = Contrast> {
    select(&[Contrast::DownOutsideUpInside, Contrast::UpOutsideDownInside][..])
}

fn service() -> impl Strategy<Value = ServiceStatus> {
    let point = (time(), of(any::<u32>())).prop_map(|(at, millis)| LatencyPoint { at, millis });
    let seen = (state(), of(time()), of(time()), of(text()), of(state()), of(state()), of(contrast()));
    let figures = (figure(), figure(), figure(), vec(point, 0..30), vec(day(), 0..100));
    (text(), text(), seen, figures).prop_map(
        |(id, name, (state, since, last_look, note, outside, inside, contrast), (day, week, month, latency, days))| {
            let uptime = Uptimes { day, week, month };
            let (is_unconfirmed, inside_last_look) = (since.is_none(), last_look);
            ServiceStatus {
                id,
                name,
                state,
                since,
                is_unconfirmed,
                last_look,
                note,
                outside,
                inside,
                inside_last_look,
                contrast,
                uptime,
                latency,
                days,
            }
        },
    )
}

fn group() -> impl Strategy<Value = ServiceGroup> {
    (text(), state(), vec(service(), 0..4)).prop_map(|(name, state, services)| ServiceGroup { name, state, services })
}

fn severity() -> impl Strategy<Value = Severity> {
    select(&Severity::ALL[..])
}

fn number() -> impl Strategy<Value = IssueNumber> {
    any::<u64>().prop_map(IssueNumber)
}

fn incident() -> impl Strategy<Value = ActiveIncident> {
    let entry = (of(time()), select(&TimelineWord::ALL[..]), text()).prop_map(|(at, word, text)| TimelineEntry {
        at,
        word,
        text,
    });
    (number(), vec(number(), 0..2), of(text()), of(severity()), of(time()), vec(text(), 0..3), vec(entry, 0..12))
        .prop_map(|(number, also, title, severity, opened_at, services, timeline)| ActiveIncident {
            number,
            also,
            title,
            severity,
            opened_at,
            services,
            timeline,
        })
}

fn resolved() -> impl Strategy<Value = ResolvedIncident> {
    let place = prop_oneof![Just("docs/a.md".to_owned()), Just("https://a.example/b".to_owned()), text()];
    (number(), of(text()), of(severity()), of(time()), time(), vec(text(), 0..3), of(place)).prop_map(
        |(number, title, severity, opened_at, resolved_at, services, post_mortem)| ResolvedIncident {
            number,
            title,
            severity,
            opened_at,
            resolved_at,
            services,
            post_mortem,
        },
    )
}

const ERRORS: [ErrorKindReported; 8] = [
    ErrorKindReported::PageWontLoad,
    ErrorKindReported::BadGateway,
    ErrorKindReported::ServiceUnavailable,
    ErrorKindReported::LoginBroken,
    ErrorKindReported::Slow,
    ErrorKindReported::FeatureBroken,
    ErrorKindReported::DataMissing,
    ErrorKindReported::NotSure,
];

fn issues() -> impl Strategy<Value = IssuesRead> {
    let scope = select(&[ReportScope::JustMe, ReportScope::Others, ReportScope::NotSure][..]);
    let report = (number(), of(time()), of(text()), of(select(&ERRORS[..])), of(scope))
        .prop_map(|(number, opened_at, service, error, scope)| OpenReport { number, opened_at, service, error, scope });
    let reports = (0..9_usize, vec(report, 0..3)).prop_map(|(total, newest)| OpenReports { total, newest });
    (time(), vec(incident(), 0..3), reports, of(vec(resolved(), 0..3)))
        .prop_map(|(read_at, incidents, reports, resolved)| IssuesRead { read_at, incidents, reports, resolved })
}

fn source() -> impl Strategy<Value = SourceStatus> {
    let state = select(&[SourceState::Reached, SourceState::Unreachable, SourceState::ClockSkewed][..]);
    let name = prop_oneof![Just("tracker".to_owned()), text()];
    (name, state, of(time()), of(text())).prop_map(|(name, state, last_look, reason)| SourceStatus {
        name,
        state,
        last_look,
        reason,
    })
}

fn beside() -> impl Strategy<Value = (Vec<PlannedMaintenance>, Vec<SelfCheck>, Option<PastIncidents>, Vec<Outage>)> {
    let planned = (text(), time(), time(), any::<bool>(), vec(text(), 0..2), of(text())).prop_map(
        |(title, from, to, is_under_way, services, source)| PlannedMaintenance {
            title,
            from,
            to,
            is_under_way,
            services,
            source,
        },
    );
    let check = (select(&ERRORS[..]), "[a-z `*_]{0,30}").prop_map(|(symptom, check)| SelfCheck { symptom, check });
    let past = (time(), vec(resolved(), 0..6), any::<bool>())
        .prop_map(|(since, incidents, is_cut_off)| PastIncidents { since, incidents, is_cut_off });
    let outage =
        (text(), of(time()), of(number())).prop_map(|(service, since, incident)| Outage { service, since, incident });
    (vec(planned, 0..3), vec(check, 0..3), of(past), vec(outage, 0..2))
}

pub(crate) fn status() -> impl Strategy<Value = Status> {
    let overall = select(
        &[
            OverallState::Operational,
            OverallState::Operational,
            OverallState::Maintenance,
            OverallState::Unknown,
            OverallState::Degraded,
            OverallState::PartialOutage,
            OverallState::MajorOutage,
        ][..],
    );
    let renewal = select(&[Renewal::EveryLook, Renewal::Modified, Renewal::OnChange][..]);
    (text(), time(), renewal, overall, vec(source(), 0..4), vec(group(), 0..4), of(issues()), beside()).prop_map(
        |(title, generated_at, renewal, state, sources, groups, issues, beside)| {
            let (maintenance, self_service, past, outages) = beside;
            Status {
                version: 1,
                title,
                generated_at,
                renewal,
                state,
                sources,
                groups,
                outages,
                issues,
                maintenance,
                self_service,
                past,
            }
        },
    )
}
