use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lamplighter_core::markdown::shorten;
use lamplighter_core::words::{Domain, HistoryQuestion, Incident, Trigger};

/// The most that is said of symptoms, in characters.
const SYMPTOMS: usize = 4_000;

/// What the history is asked about an incident.
///
/// Everything up to its own day counts, so that of two incidents of one day the second knows the first. Its own document,
/// where it has one already, does not.
#[must_use]
pub fn history_question(incident: &Incident) -> HistoryQuestion {
    let triage = incident.triage.as_ref();
    let cause = incident.causes.first();
    HistoryQuestion {
        title: incident.title.clone(),
        symptoms: symptoms(incident),
        services: services(incident),
        cause: cause.map(|cause| cause.cause.code().to_owned()),
        trigger: triage.and_then(|triage| trigger(triage.trigger)).map(str::to_owned),
        domains: triage.iter().flat_map(|triage| &triage.domains).map(|domain| name(*domain).to_owned()).collect(),
        before: day(incident).and_then(|day| day.checked_add(1.day()).ok()),
        mark: Some(incident.mark()),
    }
}

fn symptoms(incident: &Incident) -> String {
    let causes = incident.causes.iter().take(2);
    let of_causes = causes.clone().flat_map(|cause| &cause.evidence);
    let of_triage = incident.triage.iter().flat_map(|triage| &triage.critical_findings);
    let mut said: Vec<&str> = incident.report.iter().filter_map(|report| report.what.as_deref()).collect();
    for finding in of_causes.chain(of_triage) {
        said.push(&finding.summary);
        said.extend(finding.evidence.iter().map(String::as_str));
    }
    said.extend(causes.flat_map(|cause| cause.chain.iter().map(String::as_str)));
    let mut lines: Vec<&str> = Vec::new();
    for line in said {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    shorten(&lines.join("\n"), SYMPTOMS)
}

/// The one at fault first.
fn services(incident: &Incident) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let culprit = incident.causes.first().map(|cause| cause.culprit.name().to_owned());
    let reported = incident.report.iter().filter_map(|report| report.service.clone());
    let triaged = incident.triage.iter().flat_map(|triage| triage.services.iter().cloned());
    for name in culprit.into_iter().chain(triaged).chain(reported) {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
            names.push(name);
        }
    }
    names
}

fn day(incident: &Incident) -> Option<Date> {
    let at = incident.window.map(|window| window.from).or(incident.detection.at)?;
    Some(TimeZone::UTC.to_datetime(at).date())
}

fn trigger(trigger: Trigger) -> Option<&'static str> {
    match trigger {
        Trigger::Deploy => Some("deploy"),
        Trigger::ConfigChange => Some("config-change"),
        Trigger::Upstream => Some("upstream"),
        Trigger::Hardware => Some("hardware"),
        Trigger::Unknown => None,
    }
}

fn name(domain: Domain) -> &'static str {
    match domain {
        Domain::Storage => "storage",
        Domain::Database => "database",
        Domain::Networking => "networking",
        Domain::Auth => "auth",
        Domain::Compute => "compute",
        Domain::Deploy => "deploy",
    }
}
