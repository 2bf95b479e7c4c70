//! What is written on issues.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use lamplighter_core::markdown::{code, inert, shorten};
use lamplighter_core::ports::NewIssue;
use lamplighter_core::utc;
use lamplighter_core::words::{Finding, HealthReport, Severity, labels};

use crate::condition::Condition;

/// How many findings are told, and how many lines of evidence of each.
const FINDINGS: usize = 10;
const LINES: usize = 4;
/// The longest title, in characters.
const TITLE: usize = 120;

pub(crate) fn issue(report: &HealthReport, condition: &Condition<'_>) -> NewIssue {
    let object = condition.object.to_string();
    let summary = condition.found.first().map(|(_, finding)| finding.summary.as_str()).unwrap_or_default();
    let title = if summary.contains(&object) { summary.to_owned() } else { format!("{object}: {summary}") };
    let mut body = opening(report);
    for (check, finding) in condition.found.iter().take(FINDINGS) {
        push_finding(&mut body, check, finding);
    }
    push_rest(&mut body, condition.found.len());
    let _ = write!(
        body,
        "\n{} by what the scan saw. Each scan looks again; a comment says when it is over.",
        condition.severity
    );
    NewIssue { title: title_line(&title), body, labels: labels_of(condition.severity) }
}

pub(crate) fn overflow(report: &HealthReport, conditions: &[Condition<'_>]) -> NewIssue {
    let severity = conditions.iter().map(|condition| condition.severity).max().unwrap_or(Severity::Sev2);
    let mut body = opening(report);
    for condition in conditions.iter().take(FINDINGS) {
        let summary = condition.found.first().map(|(_, finding)| inert(&finding.summary)).unwrap_or_default();
        let _ = writeln!(body, "- {} {}: {summary}", condition.severity, code(&condition.object.to_string()));
    }
    push_rest(&mut body, conditions.len());
    body.push_str(
        "\nSo many conditions at once mostly have one cause. These have no issues of their own, so that the ones that \
         have can be seen. A comment says when none is left.",
    );
    NewIssue { title: format!("{} more conditions", conditions.len()), body, labels: labels_of(severity) }
}

/// `taken_at` is when it was seen that it is over: it ended between that scan and the one before.
pub(crate) fn recovered(taken_at: Timestamp, check: &str) -> String {
    let by = if check.is_empty() { String::new() } else { format!(" by {}", code(check)) };
    format!("**Resolved:** it was not seen any more at {}{by}, without anything that we did.", utc(taken_at))
}

pub(crate) fn back(taken_at: Timestamp) -> String {
    format!("**Investigating:** it was seen again at {}.", utc(taken_at))
}

fn opening(report: &HealthReport) -> String {
    format!("**Findings:** a scan of {} found this at {}.\n\n", code(&report.cluster), utc(report.taken_at))
}

fn push_finding(body: &mut String, check: &str, finding: &Finding) {
    let _ = writeln!(
        body,
        "- {}: {} ({}, {})",
        code(check),
        inert(&finding.summary),
        inert(finding.source.as_str()),
        utc(finding.at)
    );
    for line in finding.evidence.iter().take(LINES) {
        let _ = writeln!(body, "  - {}", code(&shorten(line, 300)));
    }
}

fn push_rest(body: &mut String, all: usize) {
    if all > FINDINGS {
        let _ = writeln!(body, "- and {} more", all - FINDINGS);
    }
}

fn labels_of(severity: Severity) -> BTreeSet<String> {
    [labels::INCIDENT.to_owned(), severity.label().to_owned()].into()
}

/// A title is plain text, in which only a mention does anything.
fn title_line(text: &str) -> String {
    let words: Vec<_> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    shorten(&words.join(" ").replace('@', "@\u{200b}"), TITLE)
}
