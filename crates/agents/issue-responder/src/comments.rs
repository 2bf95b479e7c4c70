//! The comments. Each opens with a bold status word that the status page's timeline reads back; times are
//! absolute and UTC; what came from outside is inert.

use std::fmt::Write as _;

use jiff::Timestamp;
use lamplighter_core::diagnosis::RootCause;
use lamplighter_core::markdown::{code, inert, shorten};
use lamplighter_core::ports::{MonitorState, MonitorStatus};
use lamplighter_core::utc;
use lamplighter_core::words::{Change, CheckResult, CheckStatus, ErrorKindReported, Finding, Login, Report, Triage};

use crate::case::{Case, Survey};
use crate::desk::Handover;
use crate::intake::start_guess;
use crate::ports::SelfService;

/// How many findings a comment shows before it counts the rest.
const SHOWN: usize = 12;

/// A finding as a bullet without its dash.
pub(crate) fn bullet(finding: &Finding) -> String {
    let mut line = format!("{} ({}, {}", inert(&finding.summary), utc(finding.at), inert(finding.source.as_str()));
    line.push(')');
    for evidence in finding.evidence.iter().take(3) {
        let _ = write!(line, "\n  - {}", code(&shorten(evidence, 300)));
    }
    line
}

/// A root cause in one line.
pub(crate) fn root_cause(cause: &RootCause) -> String {
    let meaning = cause.cause.meaning().trim_end_matches('.');
    format!("{} ({}): {meaning} ({})", code(&cause.culprit.to_string()), cause.confidence, cause.cause)
}

pub(crate) fn queued() -> String {
    "**Queued for review:** this issue was filed by somebody without write access to this repository, so it was not read \
     automatically. A maintainer will look at it."
        .to_owned()
}

pub(crate) fn healthy(report: &Report, survey: &Survey, self_service: &[SelfService]) -> String {
    let mut body = format!("**Findings:** looked at {} and found nothing wrong.\n\n", utc(survey.at));
    push_sources(&mut body, survey);
    push_reasons(&mut body, &survey.triage);
    push_self_service(&mut body, report.error, self_service);
    body.push_str("\nClosed, since two independent sources agree. If it still fails for you, file a new issue with the time and the address.\n");
    body
}

pub(crate) fn ask_for_facts(report: &Report, survey: &Survey, self_service: &[SelfService]) -> String {
    let mut body = format!("**Findings:** the whole cluster was scanned at {}.\n\n", utc(survey.at));
    push_sources(&mut body, survey);
    for check in survey.health.checks.iter().filter(|check| check.status != CheckStatus::Pass) {
        let _ = writeln!(body, "- {}", check_line(check));
    }
    body.push_str("\nThe report does not say enough to look further. Please file a new one that says:\n\n");
    for field in report.missing() {
        let _ = writeln!(body, "- **{field}**");
    }
    push_self_service(&mut body, report.error, self_service);
    body
}

pub(crate) fn investigating(case: &Case, survey: &Survey) -> String {
    let triage = &survey.triage;
    let severity = triage.severity.map_or_else(|| "severity not yet known".to_owned(), |severity| severity.to_string());
    let mut body = format!("**Investigating:** {severity}, seen {}.\n\n", utc(survey.at));
    if !triage.services.is_empty() {
        let names: Vec<String> = triage.services.iter().map(|name| code(name)).collect();
        let _ = writeln!(body, "Affected: {}\n", names.join(", "));
    }
    push_start(&mut body, case);
    push_reasons(&mut body, triage);
    push_findings(&mut body, &triage.critical_findings);
    body
}

pub(crate) fn escalation(owner: &Login, handover: &Handover<'_>) -> String {
    let mut body = format!("**Escalating to @{owner}**\n\n{}.\n", upper_first(handover.why));
    if !handover.found.is_empty() {
        body.push_str("\nFound:\n\n");
        for line in handover.found.iter().take(SHOWN) {
            let _ = writeln!(body, "- {line}");
        }
        push_rest(&mut body, handover.found.len());
    }
    if !handover.actions.is_empty() {
        body.push_str("\nDone so far:\n\n");
        for action in handover.actions {
            let _ = writeln!(body, "- {action}");
        }
    }
    body
}

/// Asks the collaborators whether a change may be carried out.
pub(crate) fn approval(change: &Change, shown: &[String], until: Timestamp) -> String {
    let object = code(&change.object().to_string());
    let mut body = format!("**Approval needed:** {} of {object}.\n\n", code(change.action.kind()));
    let _ = writeln!(body, "Why: {}\n", inert(&change.reason));
    for line in shown.iter().take(SHOWN) {
        let _ = writeln!(body, "- {line}");
    }
    push_rest(&mut body, shown.len());
    let _ = writeln!(
        body,
        "\nA collaborator decides by a comment that says `/approve` or `/deny`. Without one by {} it is handed over.",
        utc(until)
    );
    body
}

pub(crate) fn resolved(service: &str, cause: &str, actions: &[String], recovery: &[Finding]) -> String {
    let mut body =
        format!("**Resolved:** {} works again.\n\nRoot cause: {cause}.\n\nWhat was done:\n\n", code(service));
    if actions.is_empty() {
        body.push_str("- nothing: it recovered by itself\n");
    }
    for action in actions {
        let _ = writeln!(body, "- {action}");
    }
    body.push_str("\nRecovery, from independent sources:\n\n");
    for finding in recovery {
        let _ = writeln!(body, "- {}", bullet(finding));
    }
    body
}

pub(crate) fn implemented(what: &str, actions: &[String]) -> String {
    let mut body = format!("**Resolved:** {what}.\n\nWhat was done:\n\n");
    for action in actions {
        let _ = writeln!(body, "- {action}");
    }
    body
}

/// One line on a check that did not pass.
pub(crate) fn check_line(check: &CheckResult) -> String {
    format!("{} {}: {}", check.status, code(&check.check), inert(&check.summary))
}

/// One line on a monitor.
pub(crate) fn monitor_line(monitor: &MonitorStatus) -> String {
    let state = match monitor.state {
        MonitorState::Up => "up",
        MonitorState::Down => "down",
        MonitorState::Pending => "being tried again",
        MonitorState::Maintenance => "in maintenance",
        MonitorState::Unknown => "unknown",
    };
    format!("monitor {} is {state} ({}, {})", code(&monitor.name), inert(&monitor.detail), utc(monitor.at))
}

fn push_sources(body: &mut String, survey: &Survey) {
    let checks = &survey.health.checks;
    let passed = checks.iter().filter(|check| check.status == CheckStatus::Pass).count();
    let _ = writeln!(
        body,
        "- {}: {passed} of {} checks pass ({})",
        inert(&survey.health.cluster),
        checks.len(),
        utc(survey.health.taken_at)
    );
    match &survey.monitors {
        Ok(monitors) => {
            for monitor in monitors.iter().take(SHOWN) {
                let _ = writeln!(body, "- {}", monitor_line(monitor));
            }
            push_rest(body, monitors.len());
        }
        Err(reason) => {
            let _ = writeln!(body, "- the monitors could not be asked: {}", inert(reason));
        }
    }
}

/// When the reporter says that it began, as an absolute time where that can be made of it.
fn push_start(body: &mut String, case: &Case) {
    let Some(said) = &case.report.started else { return };
    let guess = case.filed_at.and_then(|filed_at| start_guess(said, filed_at));
    let _ = match guess {
        Some(guess) => {
            let minutes = guess.plus_minus.as_mins();
            writeln!(
                body,
                "Reported to have begun about {}, give or take {minutes} minutes ({})\n",
                utc(guess.at),
                inert(said)
            )
        }
        None => writeln!(body, "Reported to have begun: {}\n", inert(said)),
    };
}

fn push_reasons(body: &mut String, triage: &Triage) {
    for (index, reason) in triage.reasons.iter().enumerate() {
        // A severity repeats the fact that it rests on; once is enough for a reader.
        let is_said = triage.reasons.iter().take(index).any(|said| said.ends_with(reason.as_str()));
        if !is_said {
            let _ = writeln!(body, "- {}", inert(reason));
        }
    }
}

fn push_findings(body: &mut String, findings: &[Finding]) {
    if findings.is_empty() {
        return;
    }
    body.push_str("\nEvidence:\n\n");
    for finding in findings.iter().take(SHOWN) {
        let _ = writeln!(body, "- {}", bullet(finding));
    }
    push_rest(body, findings.len());
}

fn push_rest(body: &mut String, all: usize) {
    if all > SHOWN {
        let _ = writeln!(body, "- and {} more", all - SHOWN);
    }
}

fn push_self_service(body: &mut String, error: Option<ErrorKindReported>, table: &[SelfService]) {
    let Some(row) = table.iter().find(|row| Some(row.symptom) == error) else { return };
    let _ = writeln!(body, "\nWhat you can check yourself: {}", row.check);
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
