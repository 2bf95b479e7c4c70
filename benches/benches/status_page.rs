//! Making the whole site of a status page: 500 services with 90 days each and 1,000 past incidents, beside writing the same
//! data as JSON.

use std::any::Any;
use std::error::Error;

use jiff::{SignedDuration, Timestamp, ToSpan as _, tz::TimeZone};
use lamplighter_benches::alternately;
use lamplighter_core::words::status::{
    DayCell, IssuesRead, LatencyPoint, OpenReports, OverallState, PastIncidents, Ratio, Renewal, ResolvedIncident,
    STATUS_VERSION, ServiceGroup, ServiceState, ServiceStatus, SourceState, SourceStatus, Status, UptimeFigure,
    Uptimes,
};
use lamplighter_core::words::{IssueNumber, Severity};
use lamplighter_site::{StatusPage, StatusPageSettings};

const SERVICES: usize = 500;
const GROUP: usize = 25;
const INCIDENTS: u32 = 1_000;
const ROUNDS: usize = 15;

/// 28 November 2026, 14:07:30 UTC.
const NOW: Timestamp = Timestamp::constant(1_795_874_850, 0);

fn service(number: usize) -> Result<ServiceStatus, Box<dyn Error>> {
    let today = TimeZone::UTC.to_datetime(NOW).date();
    let day = |back: i64| {
        let number = i64::try_from(number).unwrap_or_default();
        let uptime = match (back * 7 + number) % 41 {
            0 => None,
            1 => Ratio::of(97, 100),
            _ => Some(Ratio::ALL),
        };
        DayCell {
            date: today.saturating_sub(back.days()),
            uptime,
            observed: uptime.map_or(Ratio::NONE, |_| Ratio::ALL),
            minutes_down: if uptime == Ratio::of(97, 100) { 44 } else { 0 },
        }
    };
    let hour = |back: u32| LatencyPoint {
        at: Timestamp::constant(1_795_874_400, 0) - SignedDuration::from_hours(i64::from(back)),
        millis: Some(20 + back * 37 % 60 + u32::try_from(number % 50).unwrap_or_default()),
    };
    let figure = UptimeFigure { ratio: Ratio::of(99_971, 100_000), observed: Ratio::ALL, told_by_source: false };
    let state = *ServiceState::ALL.get(number % 60).unwrap_or(&ServiceState::Up);
    Ok(ServiceStatus {
        id: format!("service-{number}"),
        name: format!("Service {number}"),
        state,
        since: Some(NOW - SignedDuration::from_hours(i64::try_from(number)?)),
        is_unconfirmed: false,
        last_look: None,
        note: (state != ServiceState::Up).then(|| "some of its monitors fail".to_owned()),
        outside: Some(state),
        inside: None,
        inside_last_look: None,
        contrast: None,
        uptime: Uptimes { day: figure, week: figure, month: figure },
        latency: (1..=24).rev().map(hour).collect(),
        days: (0..90).rev().map(day).collect(),
    })
}

fn incident(number: u32) -> ResolvedIncident {
    let resolved_at = NOW - SignedDuration::from_hours(i64::from(number) * 23);
    let severity = *Severity::ALL.get(number as usize % 5).unwrap_or(&Severity::Sev3);
    ResolvedIncident {
        number: IssueNumber(u64::from(5_000 - number)),
        title: Some(format!("Service {} returned 502 at its public address", number % 500)),
        severity: Some(severity),
        opened_at: Some(resolved_at - SignedDuration::from_mins(i64::from(number % 300))),
        resolved_at,
        services: vec![format!("Service {}", number % 500)],
        post_mortem: severity.requires_postmortem().then(|| format!("docs/post-mortems/{number}.md")),
    }
}

fn status() -> Result<Status, Box<dyn Error>> {
    let services: Vec<ServiceStatus> = (0..SERVICES).map(service).collect::<Result<_, _>>()?;
    let group = |(at, services): (usize, &[ServiceStatus])| ServiceGroup {
        name: format!("Group {at}"),
        state: ServiceState::Down,
        services: services.to_vec(),
    };
    let incidents: Vec<ResolvedIncident> = (0..INCIDENTS).map(incident).collect();
    let last_days = incidents.iter().take(7).cloned().collect();
    Ok(Status {
        version: STATUS_VERSION,
        title: "Status".to_owned(),
        generated_at: NOW,
        renewal: Renewal::EveryLook,
        state: OverallState::PartialOutage,
        sources: vec![SourceStatus {
            name: "Uptime Kuma".to_owned(),
            state: SourceState::Reached,
            last_look: Some(NOW),
            reason: None,
        }],
        groups: services.chunks(GROUP).enumerate().map(group).collect(),
        outages: Vec::new(),
        issues: Some(IssuesRead {
            read_at: NOW,
            incidents: Vec::new(),
            reports: OpenReports::default(),
            resolved: Some(last_days),
        }),
        maintenance: Vec::new(),
        self_service: Vec::new(),
        past: Some(PastIncidents { since: Timestamp::UNIX_EPOCH, incidents, is_cut_off: false }),
    })
}

#[expect(clippy::print_stdout, reason = "that is what a benchmark is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let status = status()?;
    let page = StatusPage::new(&status, StatusPageSettings::default());
    let files = page.files()?;
    let bytes: usize = files.iter().map(|file| file.content.len()).sum();
    let index = files.iter().find(|file| file.path == "index.html").map_or(0, |file| file.content.len());
    println!(
        "{SERVICES} services, {INCIDENTS} past incidents: {} files, {bytes} bytes, of which the page {index}; {ROUNDS} rounds",
        files.len()
    );
    let measured = alternately(
        ROUNDS,
        [
            ("the same data as JSON, once", &mut || -> Box<dyn Any> {
                Box::new(serde_json::to_vec(&(&status, &status.past)).ok())
            }),
            ("the whole site", &mut || -> Box<dyn Any> { Box::new(page.files().ok()) }),
        ],
    );
    for one in &measured {
        println!("{one}  {:.2} times", one.times(&measured[0]));
    }
    Ok(())
}
