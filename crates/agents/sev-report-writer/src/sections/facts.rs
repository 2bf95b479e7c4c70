//! What several sections say about the facts.

use lamplighter_core::diagnosis::{Culprit, RootCause};
use lamplighter_core::markdown::{code, inert};
use lamplighter_core::ports::{MonitorState, MonitorStatus};
use lamplighter_core::words::{Finding, Health, Incident, ObjectRef, Source};

use crate::evidence::Ledger;
use crate::wording::{listed, span};

/// More reasons of triage are no help.
const REASONS: usize = 6;

/// The services that are affected, the one at fault first, as they are called.
pub(super) fn services(incident: &Incident) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let culprit = incident.causes.first().filter(|cause| matches!(cause.culprit, Culprit::App { .. }));
    let at_fault = culprit.map(|cause| known_as(incident, cause.culprit.name()));
    let triaged = incident.triage.iter().flat_map(|triage| triage.services.iter().cloned());
    let affected = incident.causes.first().into_iter().flat_map(|cause| &cause.affects);
    let affected = affected.map(|culprit| known_as(incident, culprit.name()));
    for name in at_fault.into_iter().chain(triaged).chain(affected) {
        let is_known = names.iter().any(|known| *known == name || ends_in(known, &name) || ends_in(&name, known));
        if !is_known {
            names.push(name);
        }
    }
    names
}

/// `office/wiki` and `wiki` are one service.
fn ends_in(long: &str, short: &str) -> bool {
    long.rsplit_once('/').is_some_and(|(_, name)| name == short)
}

/// The name in the catalog of a workload's service, or the workload's own.
fn known_as(incident: &Incident, workload: &str) -> String {
    let mut services = incident.catalog.services().iter();
    let found = services.find(|service| service.workloads.iter().any(|known| known.name == workload));
    found.map_or_else(|| workload.to_owned(), |service| service.name.clone())
}

/// Those that cannot work without a service, through all levels, by the catalog or as the history says.
pub(super) fn dependents(incident: &Incident) -> Vec<String> {
    let named = services(incident);
    let mut found: Vec<String> = incident.history.iter().flat_map(|history| history.cascade.iter().cloned()).collect();
    let mut open = named.clone();
    while let Some(name) = open.pop() {
        for service in incident.catalog.services() {
            let needs = service.depends_on.iter().any(|need| need.eq_ignore_ascii_case(&name));
            if needs && !found.contains(&service.name) {
                found.push(service.name.clone());
                open.push(service.name.clone());
            }
        }
    }
    found.retain(|name| !named.contains(name));
    found
}

/// What was wrong with them, as a predicate.
pub(super) fn state(incident: &Incident) -> &'static str {
    match incident.triage.as_ref().map(|triage| triage.health) {
        Some(Health::Down) => "did not work",
        Some(Health::Degraded) => "worked only in part",
        Some(Health::Healthy) => "worked when it was looked at",
        _ => "had trouble",
    }
}

/// How long, as far as anybody knows.
pub(super) fn duration(incident: &Incident) -> String {
    match incident.window {
        Some(window) => match window.to {
            Some(to) => span(window.from, to),
            None => format!("{} so far", span(window.from, incident.looked_at.unwrap_or(incident.written_at))),
        },
        None => "not known".to_owned(),
    }
}

/// A cause in words: what it means, its code and how likely it is.
pub(super) fn cause_in_words(cause: &RootCause) -> String {
    format!(
        "{} ({}, {}; {} likely)",
        cause.cause.meaning().trim_end_matches('.'),
        code(&cause.culprit.to_string()),
        code(cause.cause.code()),
        cause.confidence
    )
}

/// Names as code, in a sentence.
pub(super) fn names(names: &[String]) -> String {
    listed(&names.iter().map(|name| code(name)).collect::<Vec<_>>())
}

/// What a monitor said, as evidence.
pub(super) fn of_monitor(monitor: &MonitorStatus) -> Finding {
    let state = match monitor.state {
        MonitorState::Up => "up",
        MonitorState::Down => "down",
        MonitorState::Pending => "being tried again",
        MonitorState::Maintenance => "in maintenance",
        MonitorState::Unknown => "not known",
    };
    let summary = format!("monitor {} says {state}: {}", monitor.name, monitor.detail);
    Finding::new(summary, ObjectRef::global("monitor", &monitor.name), Source::new("monitors"), monitor.at)
}

/// The monitors that saw it.
pub(super) fn monitors_that_saw_it(incident: &Incident) -> Vec<&MonitorStatus> {
    let all = incident.detection.monitors.iter().flatten();
    all.filter(|monitor| matches!(monitor.state, MonitorState::Down | MonitorState::Pending)).collect()
}

/// Cites what triage and the first cause rest on.
pub(super) fn grounds(incident: &Incident, ledger: &mut Ledger) -> String {
    let of_cause = incident.causes.first().into_iter().flat_map(|cause| &cause.evidence);
    let of_triage = incident.triage.iter().flat_map(|triage| &triage.critical_findings);
    let cited = ledger.findings(of_cause.chain(of_triage), 3);
    if cited.is_empty() { ledger.finding_or_issue(incident) } else { cited }
}

impl Ledger {
    /// Cites the issue, or the run where there is none: for facts that nothing else says.
    pub(super) fn finding_or_issue(&mut self, incident: &Incident) -> String {
        match incident.issue {
            Some(number) => self.note(incident.detection.at, "tracker", &format!("issue {number}")),
            None => self.note(Some(incident.written_at), "lamplighter", "this run, which was started by hand"),
        }
    }

    /// Cites what triage said.
    pub(super) fn triage(&mut self, incident: &Incident) -> String {
        let Some(triage) = &incident.triage else { return self.finding_or_issue(incident) };
        let mut reasons: Vec<String> = Vec::new();
        for reason in triage.reasons.iter().map(|reason| inert(reason)) {
            // A severity repeats the fact that it rests on; once is enough for a reader.
            if reasons.len() < REASONS && !reasons.iter().any(|said| said.ends_with(&reason)) {
                reasons.push(reason);
            }
        }
        let said = if reasons.is_empty() { "no reason was recorded".to_owned() } else { reasons.join("; ") };
        self.note(None, "sev-triage", &said)
    }

    /// Cites that the alerts were asked for.
    pub(super) fn alerts(&mut self, incident: &Incident) -> String {
        self.note(incident.detection.at, "alerts", "asked for, and none fired")
    }

    /// Cites that the monitors were asked.
    pub(super) fn monitors(&mut self, incident: &Incident) -> String {
        self.note(incident.detection.at, "monitors", "asked, and none saw it")
    }

    /// Cites the service catalog.
    pub(super) fn catalog(&mut self) -> String {
        self.note(None, "service catalog", "the services, and which cannot work without which")
    }

    /// Cites what the history answered.
    pub(super) fn history(&mut self, searched: usize) -> String {
        let documents = if searched == 1 { "document".to_owned() } else { "documents".to_owned() };
        self.note(None, "sev-historian", &format!("looked through {searched} {documents}"))
    }
}
