use jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::words::{IssueNumber, Severity};

const NOON: Timestamp = Timestamp::constant(1_772_366_400, 0);

fn service() -> ServiceStatus {
    let figure = UptimeFigure { ratio: Ratio::of(1, 3), observed: Ratio::ALL, told_by_source: false };
    ServiceStatus {
        id: "wiki".to_owned(),
        name: "Wiki".to_owned(),
        state: ServiceState::Down,
        since: Some(NOON),
        is_unconfirmed: false,
        last_look: None,
        note: None,
        outside: Some(ServiceState::Down),
        inside: Some(ServiceState::Up),
        inside_last_look: None,
        contrast: Some(Contrast::DownOutsideUpInside),
        uptime: Uptimes { day: figure, week: UptimeFigure::default(), month: UptimeFigure::default() },
        latency: vec![LatencyPoint { at: NOON, millis: None }],
        days: vec![DayCell {
            date: "2026-03-01".parse().unwrap(),
            uptime: None,
            observed: Ratio::NONE,
            minutes_down: 0,
        }],
    }
}

fn status() -> Status {
    Status {
        version: STATUS_VERSION,
        title: "Home".to_owned(),
        generated_at: NOON,
        renewal: Renewal::Modified,
        state: OverallState::PartialOutage,
        sources: vec![SourceStatus {
            name: "Uptime Kuma".to_owned(),
            state: SourceState::Reached,
            last_look: Some(NOON),
            reason: None,
        }],
        groups: vec![ServiceGroup { name: "Apps".to_owned(), state: ServiceState::Down, services: vec![service()] }],
        outages: vec![Outage { service: "Wiki".to_owned(), since: Some(NOON), incident: Some(IssueNumber(7)) }],
        issues: Some(IssuesRead {
            read_at: NOON,
            incidents: vec![ActiveIncident {
                number: IssueNumber(7),
                also: Vec::new(),
                title: None,
                severity: Some(Severity::Sev2),
                opened_at: Some(NOON),
                services: vec!["Wiki".to_owned()],
                timeline: vec![TimelineEntry { at: None, word: TimelineWord::QueuedForReview, text: String::new() }],
            }],
            reports: OpenReports::default(),
            resolved: None,
        }),
        maintenance: Vec::new(),
        self_service: Vec::new(),
        past: None,
    }
}

#[test]
fn it_reads_back_as_it_was_and_is_as_documented() {
    let json = serde_json::to_value(status()).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["generated_at"], "2026-03-01T12:00:00Z");
    assert_eq!(json["state"], "partial_outage");
    assert_eq!(json["renewal"], "modified");
    let service = &json["groups"][0]["services"][0];
    assert_eq!(service["uptime"]["day"], json!({"ratio": 0.333_333, "observed": 1.0}));
    assert_eq!(service["uptime"]["week"], json!({"observed": 0.0}));
    assert_eq!(service["contrast"], "down_outside_up_inside");
    assert_eq!(service["days"][0], json!({"date": "2026-03-01"}), "unknown is not there, and neither 0 nor 1");
    assert_eq!(json["issues"]["incidents"][0]["timeline"][0]["word"], "queued_for_review");
    assert_eq!(serde_json::from_value::<Status>(json).unwrap(), status());
}

#[test]
fn what_is_over_is_not_in_the_json_and_without_a_word_of_renewal_only_a_new_copy_is_one() {
    let since = NOON - SignedDuration::from_hours(24 * 365);
    let with = Status { past: Some(PastIncidents { since, incidents: Vec::new(), is_cut_off: false }), ..status() };
    let mut json = serde_json::to_value(&with).unwrap();
    assert_eq!(json, serde_json::to_value(status()).unwrap());
    json.as_object_mut().unwrap().remove("renewal");
    assert_eq!(serde_json::from_value::<Status>(json).unwrap().renewal, Renewal::EveryLook);
}

#[test]
fn a_field_of_a_later_version_is_no_trouble() {
    let mut json = serde_json::to_value(status()).unwrap();
    json["more"] = json!({"a": 1});
    json["groups"][0]["services"][0]["more"] = json!(1);
    assert_eq!(serde_json::from_value::<Status>(json).unwrap(), status());
}

#[test]
fn the_time_alone_changes_nothing_that_is_said() {
    let (before, mut after) = (status(), status());
    let later = NOON + jiff::SignedDuration::from_mins(5);
    after.generated_at = later;
    after.sources[0].last_look = Some(later);
    after.issues.as_mut().unwrap().read_at = later;
    after.renewal = Renewal::EveryLook;
    after.groups[0].services[0].uptime.day.ratio = Some(Ratio::of(333_399, 1_000_000).unwrap());
    assert!(before.says_the_same_as(&after), "33.33 % is shown in both");
    after.groups[0].services[0].uptime.day.ratio = Some(Ratio::of(333_400, 1_000_000).unwrap());
    assert!(!before.says_the_same_as(&after));
    after.groups[0].services[0].uptime = before.groups[0].services[0].uptime;
    after.sources[0].last_look = Some(NOON);
    assert!(!before.says_the_same_as(&after), "a look that is older than the page is news");
    after.sources[0].last_look = Some(later);
    after.issues.as_mut().unwrap().read_at = NOON;
    assert!(!before.says_the_same_as(&after));
    after.issues.as_mut().unwrap().read_at = later;
    after.groups[0].services[0].state = ServiceState::Up;
    assert!(!before.says_the_same_as(&after));
}

#[test]
fn each_day_says_something_new() {
    let at = |hours: i64| Status { generated_at: NOON + SignedDuration::from_hours(hours), ..status() };
    let seen = |hours: i64| Status { sources: Vec::new(), issues: None, ..at(hours) };
    assert!(seen(0).says_the_same_as(&seen(11)));
    assert!(!seen(11).says_the_same_as(&seen(12)));
}

#[test]
fn a_ratio_is_rounded_down_and_reads_back() {
    assert_eq!(Ratio::of(999_999_999, 1_000_000_000).unwrap().percent(), "99.99 %");
    assert_eq!(Ratio::ALL.percent(), "100 %");
    assert_eq!(Ratio::of(5, 3), Some(Ratio::ALL));
    assert_eq!(Ratio::of(u64::MAX / 2, u64::MAX).unwrap().millionths(), 499_999);
    assert_eq!(Ratio::of(999_949, 1_000_000).unwrap().coarser(100).percent(), "99.99 %");
    for millionths in [0, 1, 7, 333_333, 999_999, 1_000_000] {
        let ratio = Ratio::of(millionths, 1_000_000).unwrap();
        let json = serde_json::to_string(&ratio).unwrap();
        assert_eq!(serde_json::from_str::<Ratio>(&json).unwrap(), ratio, "{json}");
    }
    for json in ["-0.1", "1.1", "null", "\"1\""] {
        assert!(serde_json::from_str::<Ratio>(json).is_err(), "{json}");
    }
    assert_eq!(Ratio::from_f64(f64::NAN), None);
    assert_eq!(Ratio::from_f64(0.999_999_9).unwrap().millionths(), 999_999);
}
