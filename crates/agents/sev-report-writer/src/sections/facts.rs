//! What several sections say about the facts.

use lamplighter_core::diagnosis::{Culprit, RootCause};
use lamplighter_core::markdown::{code, inert};
use lamplighter_core::ports::{MonitorState, MonitorStatus};
use lamplighter_core::words::{Finding, Health, Incident, ObjectRef, Source, Triage, Trigger};

use crate::evidence::Ledger;
use crate::moments;
use crate::wording::{clock, listed, span};

/// More reasons of triage are no help.
const REASONS: usize = 6;

/// The services that are affected, the one at fault first, as they are called.
pub(crate) fn services(incident: &Incident) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let culprit = incident.causes.first().filter(|cause| matches!(cause.culprit, Culprit::App { .. }));
    let of_culprit = |culprit: &Culprit| known_as(incident, &called(incident, culprit.in_namespace(), culprit.name()));
    let at_fault = culprit.map(|cause| of_culprit(&cause.culprit));
    let triaged = incident.triage.iter().flat_map(|triage| &triage.services);
    let triaged = triaged.map(|service| match service.rsplit_once('/') {
        Some((namespace, name)) => format!("{namespace}/{}", called(incident, Some(namespace), name)),
        None => service.clone(),
    });
    let affected = incident.causes.first().into_iter().flat_map(|cause| &cause.affects).map(of_culprit);
    for name in at_fault.into_iter().chain(triaged).chain(affected) {
        let is_known = names.iter().any(|known| *known == name || ends_in(known, &name) || ends_in(&name, known));
        if !is_known {
            names.push(name);
        }
    }
    names
}

/// What people call a pod: its workload, where that was seen too.
pub(crate) fn called(incident: &Incident, namespace: Option<&str>, name: &str) -> String {
    let of_causes = incident.causes.iter().flat_map(|cause| &cause.evidence);
    let of_triage = incident.triage.iter().flat_map(|triage| &triage.critical_findings);
    let seen = of_causes.chain(of_triage).chain(&incident.findings);
    let objects = seen.flat_map(|finding| [Some(&finding.object), finding.part_of.as_ref()]).flatten();
    let owners = objects.filter(|object| {
        matches!(object.kind.as_str(), "deployment" | "statefulset" | "daemonset")
            && object.namespace.as_deref() == namespace
            && name.strip_prefix(object.name.as_str()).is_some_and(|rest| rest.starts_with('-'))
    });
    let owner = owners.map(|object| object.name.as_str()).max_by_key(|owner| owner.len());
    owner.filter(|_| is_pod(incident, name)).unwrap_or(name).to_owned()
}

/// The culprit of a cause as people call it.
pub(super) fn culprit(incident: &Incident, cause: &RootCause) -> Culprit {
    match &cause.culprit {
        Culprit::App { namespace, name } => Culprit::app(namespace.clone(), called(incident, Some(namespace), name)),
        other => other.clone(),
    }
}

/// Whether a pod of this name was seen.
fn is_pod(incident: &Incident, name: &str) -> bool {
    let of_causes = incident.causes.iter().flat_map(|cause| &cause.evidence);
    let of_triage = incident.triage.iter().flat_map(|triage| &triage.critical_findings);
    of_causes.chain(of_triage).any(|finding| finding.object.kind == "pod" && finding.object.name == name)
}

/// Whether it was looked for trouble and none was found.
pub(crate) fn is_quiet(incident: &Incident) -> bool {
    let is_fine = |triage: &Triage| triage.services.is_empty() && triage.critical_findings.is_empty();
    incident.causes.is_empty()
        && incident.severity.is_none()
        && incident.issue.is_none()
        && incident.report.is_none()
        && incident.handed_over.is_none()
        && incident.triage.as_ref().is_some_and(is_fine)
}

/// The line that tells most about a cause, with what it is a line of.
pub(super) fn telling(cause: &RootCause) -> Option<(&Finding, &str)> {
    const SIGNS: [&str; 14] = [
        "fatal",
        "error",
        "fail",
        "cannot",
        "denied",
        "forbidden",
        "not found",
        "refused",
        "not set",
        "exceeded",
        "missing",
        "no such",
        "unable",
        "panic",
    ];
    let lines = || {
        let all = cause.evidence.iter();
        all.flat_map(|finding| finding.evidence.iter().map(move |line| (finding, line.as_str())))
    };
    let tells = |line: &str| {
        let line = line.to_lowercase();
        SIGNS.iter().any(|sign| line.contains(sign))
    };
    lines().find(|(_, line)| tells(line)).or_else(|| lines().next())
}

/// The names of an incident, which stay as they are at the begin of a sentence.
pub(super) fn known_names(incident: &Incident) -> Vec<String> {
    let mut names: Vec<String> = services(incident);
    for cause in &incident.causes {
        names.push(cause.culprit.name().to_owned());
        names.extend(cause.affects.iter().map(|culprit| culprit.name().to_owned()));
        names.extend(cause.evidence.iter().map(|finding| finding.object.name.clone()));
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
            None if !moments::is_begin_known(incident) => "not known: nothing says when it began".to_owned(),
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

/// What triage answered, in words.
fn answer(triage: &Triage) -> String {
    let severity = triage.severity.map_or_else(|| "no severity".to_owned(), |severity| severity.to_string());
    let mut said = vec![format!("{severity}, {}", triage.health)];
    if !triage.services.is_empty() {
        said.push(names(&triage.services));
    }
    if !triage.namespaces.is_empty() {
        said.push(format!("namespace {}", names(&triage.namespaces)));
    }
    if let Some(window) = triage.window {
        said.push(format!("since {}", clock(window.from)));
    }
    if let Some(trigger) = trigger(triage.trigger) {
        said.push(format!("taken to be set off by {trigger}"));
    }
    said.join("; ")
}

/// What set it off, in words.
pub(super) fn trigger(trigger: Trigger) -> Option<&'static str> {
    match trigger {
        Trigger::Deploy => Some("a rollout"),
        Trigger::ConfigChange => Some("a change of a setting"),
        Trigger::Upstream => Some("something outside of the cluster"),
        Trigger::Hardware => Some("a machine"),
        Trigger::Unknown => None,
    }
}

impl Ledger {
    /// Cites the issue, or the run where there is none: for facts that nothing else says.
    pub(super) fn finding_or_issue(&mut self, incident: &Incident) -> String {
        match incident.issue {
            Some(number) => self.note(incident.detection.at, "tracker", &format!("issue {number}")),
            None => self.note(Some(incident.written_at), "lamplighter", "this run, which was started by hand"),
        }
    }

    /// Cites what says when it began: evidence of that time, or triage.
    pub(super) fn begin(&mut self, incident: &Incident) -> String {
        let from = incident.window.map(|window| window.from);
        match moments::evidence(incident).find(|finding| Some(moments::happened(finding)) == from) {
            Some(finding) => self.finding(finding),
            None => self.triage(incident),
        }
    }

    /// Cites why a person has it.
    pub(super) fn handover(&mut self, incident: &Incident) -> String {
        let why = incident.handed_over.as_ref();
        why.map_or_else(String::new, |why| self.note(None, "the run", &format!("handed over: {}", inert(why))))
    }

    /// Cites what triage said.
    pub(super) fn triage(&mut self, incident: &Incident) -> String {
        let Some(triage) = &incident.triage else { return self.finding_or_issue(incident) };
        let mut reasons: Vec<String> = vec![answer(triage)];
        for reason in triage.reasons.iter().map(|reason| inert(reason)) {
            // A severity repeats the fact that it rests on; once is enough for a reader.
            if reasons.len() <= REASONS && !reasons.iter().any(|said| said.ends_with(&reason)) {
                reasons.push(reason);
            }
        }
        self.note(None, "sev-triage", &reasons.join("; "))
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
