//! When it began, what it is called, and what a reader has to know first.

use lamplighter_core::diagnosis::{Cause, Culprit};
use lamplighter_core::words::{Finding, Health, Incident, ObjectRef, Source, Triage};

use crate::incidents::{at, obscure, of, resolved};
use crate::write;

fn crash() -> Incident {
    let mut incident = of(Cause::ApplicationCrash, Culprit::app("office", "ledger-7d-001"));
    let pod = ObjectRef::pod("office", "ledger-7d-001");
    let seen = Finding::new("it ends", pod, Source::new("snapshot"), at("11:00:00"));
    incident.causes.first_mut().unwrap().evidence =
        vec![seen.with_evidence("container ledger: 6 times").with_evidence("FATAL: LEDGER_URL is not set")];
    incident.looked_at = Some(at("11:00:00"));
    incident
}

#[test]
fn what_was_seen_only_when_it_was_recorded_began_at_least_then() {
    let text = write(&crash()).text;
    assert!(text.contains("at least since 2026-03-01 11:00:00 UTC"), "{text}");
    assert!(!text.contains("so far"), "{text}");
}

#[test]
fn it_began_at_the_earliest_time_that_the_evidence_says() {
    let mut incident = crash();
    let finding = incident.causes.first_mut().unwrap().evidence.first_mut().unwrap();
    finding.evidence.push("first at 2026-03-01 10:15:00 UTC".to_owned());
    let text = write(&incident).text;
    assert!(text.contains("| Duration | 45 minutes so far (2026-03-01 10:15:00 UTC, still open) |"), "{text}");
    assert!(text.contains("\n| 2026-03-01 10:15:00 | it ends"), "{text}");
}

#[test]
fn a_pod_is_called_by_its_workload_and_the_line_that_says_why_is_in_the_summary() {
    let mut incident = crash();
    let workload = ObjectRef::namespaced("deployment", "office", "ledger");
    incident.findings.push(Finding::new("1 of 3 is ready", workload, Source::new("snapshot"), at("11:00:00")));
    let written = write(&incident);
    assert_eq!(written.name, "2026-03-01-ledger-application-crash.md");
    let summary = written.text.split("\n## ").nth(1).unwrap();
    assert!(summary.contains("`FATAL: LEDGER_URL is not set`"), "{summary}");
}

#[test]
fn what_cannot_be_read_is_said_in_the_summary() {
    let mut incident = obscure();
    incident.gaps = vec!["pods: office/pods.json of the snapshot does not parse".to_owned()];
    let text = write(&incident).text;
    let summary = text.split("\n## ").nth(1).unwrap();
    assert!(summary.contains("pods: office/pods.json of the snapshot does not parse"), "{summary}");
}

#[test]
fn where_nothing_is_wrong_no_incident_is_told() {
    let triage = Triage {
        health: Health::Inconclusive,
        severity: None,
        services: Vec::new(),
        critical_findings: Vec::new(),
        ..resolved().triage.unwrap()
    };
    let quiet = Incident {
        triage: Some(Triage { window: None, ..triage }),
        looked_at: Some(at("11:00:00")),
        ..Incident::default()
    };
    let written = write(&quiet);
    assert_eq!(written.name, "2026-03-01-nothing-was-found-to-be.md");
    assert!(written.text.contains("| Status | Nothing was found |"), "{}", written.text);
    assert!(!written.text.contains("| P0 |"), "{}", written.text);
}
