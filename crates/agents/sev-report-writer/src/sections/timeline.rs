use jiff::Timestamp;
use lamplighter_core::markdown::{code, inert, shorten};
use lamplighter_core::words::{Finding, Incident, Noticer, ObjectRef};

use super::{facts, heading, line, row};
use crate::evidence::Ledger;
use crate::moments;
use crate::wording::clock;

/// More findings of one kind are left to the raw data.
const FINDINGS: usize = 8;

/// More rows are left to the raw data.
const ROWS: usize = 60;

/// What happened when, from all sources.
pub(super) fn timeline(incident: &Incident, ledger: &mut Ledger, text: &mut String) {
    heading(text, "Timeline (UTC)");
    let rows = rows(incident, ledger);
    if rows.is_empty() {
        line(text, "Nothing was recorded with a time.");
        return;
    }
    row(text, &["Time (UTC)", "What", "Source", "Evidence"]);
    row(text, &["---", "---", "---", "---"]);
    for entry in rows.iter().take(ROWS) {
        let at = clock(entry.at);
        row(text, &[at.trim_end_matches(" UTC"), &entry.what, &entry.source, &entry.cited]);
    }
    if rows.len() > ROWS {
        line(text, "");
        line(text, &format!("And {} more, in the raw data.", rows.len() - ROWS));
    }
}

struct Entry {
    at: Timestamp,
    what: String,
    source: String,
    cited: String,
}

fn rows(incident: &Incident, ledger: &mut Ledger) -> Vec<Entry> {
    let mut rows = Vec::new();
    let mut findings: Vec<&Finding> = Vec::new();
    for cause in incident.causes.iter().take(2) {
        findings.extend(cause.evidence.iter().take(FINDINGS));
    }
    findings.extend(incident.triage.iter().flat_map(|triage| triage.critical_findings.iter().take(FINDINGS)));
    findings.extend(incident.triage.iter().flat_map(|triage| triage.nodes.iter().take(FINDINGS)));
    findings.extend(incident.detection.alerts.iter().flatten().take(FINDINGS));
    findings.extend(incident.recovery.iter().take(FINDINGS));
    let saw = facts::monitors_that_saw_it(incident).into_iter().map(facts::of_monitor);
    let is_told = |seen: &Finding| findings.iter().any(|told| told.object == seen.object && told.at == seen.at);
    let monitors: Vec<Finding> = saw.filter(|seen| !is_told(seen)).take(FINDINGS).collect();
    findings.extend(&monitors);
    let mut told: Vec<(Timestamp, &str, &ObjectRef, Option<&String>)> = Vec::new();
    for finding in findings {
        // Several members see the same thing; a reader needs it once.
        let at = moments::happened(finding);
        let object = &finding.object;
        let is_told = |(then, what, on, line): &(Timestamp, &str, &ObjectRef, Option<&String>)| {
            *then == at
                && (*what == finding.summary || (*on == object && line.is_some() && *line == finding.evidence.first()))
        };
        if told.iter().any(is_told) {
            continue;
        }
        told.push((at, &finding.summary, object, finding.evidence.first()));
        rows.push(Entry {
            at,
            what: if is_of_the_look(incident, at) {
                format!("{}, when looked at", with_its_line(finding))
            } else {
                with_its_line(finding)
            },
            source: inert(finding.source.as_str()),
            cited: ledger.finding(finding),
        });
    }
    if let (Some(at), Some(number)) = (incident.detection.at, incident.issue) {
        let what = match &incident.detection.by {
            Noticer::Person(name) => format!("{} filed issue {number}", inert(name)),
            Noticer::Scan => format!("The health scan filed issue {number}"),
            Noticer::Unknown => format!("Issue {number} was filed"),
        };
        rows.push(Entry { at, what, source: "tracker".to_owned(), cited: ledger.finding_or_issue(incident) });
    }
    for event in &incident.events {
        rows.push(Entry {
            at: event.at,
            what: inert(&event.what),
            source: inert(event.source.as_str()),
            cited: ledger.event(event),
        });
    }
    rows.sort_by_key(|entry| entry.at);
    rows
}

/// Whether nothing says when it came to be so: it was so when somebody looked.
fn is_of_the_look(incident: &Incident, at: Timestamp) -> bool {
    at == incident.looked_at.unwrap_or(incident.written_at)
}

/// The longest line that is shown beside what was seen, in characters.
const LONGEST_LINE: usize = 160;

/// What was seen, with the first line that it rests on.
fn with_its_line(finding: &Finding) -> String {
    let first = finding.evidence.first().filter(|line| !finding.summary.contains(line.as_str()));
    let first = first.map(|line| code(&shorten(line, LONGEST_LINE)).replace('|', "\\|"));
    first.map_or_else(|| inert(&finding.summary), |line| format!("{}: {line}", inert(&finding.summary)))
}
