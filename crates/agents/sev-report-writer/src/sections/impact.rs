use std::fmt::Write as _;

use lamplighter_core::diagnosis::Cause;
use lamplighter_core::markdown::{code, inert, shorten};
use lamplighter_core::words::{ErrorKindReported, Incident, ReportScope};

use super::{facts, heading, line};
use crate::evidence::Ledger;

/// The longest quotation of a report, in characters.
const LONGEST_QUOTE: usize = 300;

/// What users met, how far it reached, how long, what was lost, who was not watching.
pub(super) fn impact(incident: &Incident, ledger: &mut Ledger, text: &mut String) {
    heading(text, "Impact");
    line(text, &format!("- **User-facing:** {}", user_facing(incident, ledger)));
    line(text, &format!("- **Blast radius:** {}", blast_radius(incident, ledger)));
    line(text, &format!("- **Duration:** {}. {}", facts::duration(incident), ledger.begin(incident)));
    line(text, &format!("- **Data loss:** {}", data_loss(incident, ledger)));
    line(text, &format!("- **Monitoring gap:** {}", monitoring_gap(incident, ledger)));
}

fn user_facing(incident: &Incident, ledger: &mut Ledger) -> String {
    let services = facts::services(incident);
    let mut said = if services.is_empty() {
        "not known: no service is named.".to_owned()
    } else {
        format!("{} {}. {}", facts::names(&services), facts::state(incident), ledger.triage(incident))
    };
    if let Some(report) = &incident.report {
        let cited = ledger.finding_or_issue(incident);
        if let Some(error) = report.error {
            let _ = write!(said, " Reported as: {}. {cited}", error_in_words(error));
        }
        if let Some(what) = &report.what {
            let _ = write!(said, " In the reporter's words: “{}” {cited}", inert(&shorten(what, LONGEST_QUOTE)));
        }
        if report.scope == Some(ReportScope::Others) {
            let _ = write!(said, " Others had it too. {cited}");
        }
    }
    said
}

fn error_in_words(error: ErrorKindReported) -> &'static str {
    match error {
        ErrorKindReported::PageWontLoad => "the page does not load",
        ErrorKindReported::BadGateway => "HTTP 502",
        ErrorKindReported::ServiceUnavailable => "HTTP 503",
        ErrorKindReported::LoginBroken => "nobody can log in",
        ErrorKindReported::Slow => "slow",
        ErrorKindReported::FeatureBroken => "one feature does not work",
        ErrorKindReported::DataMissing => "data is missing",
        ErrorKindReported::NotSure => "not sure",
    }
}

fn blast_radius(incident: &Incident, ledger: &mut Ledger) -> String {
    let mut said = Vec::new();
    if let Some(triage) = incident.triage.as_ref().filter(|triage| !triage.namespaces.is_empty()) {
        let spaces: Vec<String> = triage.namespaces.clone();
        said.push(format!("namespace {}. {}", facts::names(&spaces), ledger.triage(incident)));
    }
    if let Some(cause) = incident.causes.first().filter(|cause| !cause.affects.is_empty()) {
        let affected: Vec<String> = cause.affects.iter().map(|culprit| culprit.name().to_owned()).collect();
        let from = ledger.findings(&cause.evidence, 2);
        said.push(format!("Affected by it, as is inferred from {from}: {}.", facts::names(&affected)));
    }
    let dependents = facts::dependents(incident);
    if !dependents.is_empty() {
        said.push(format!("Cannot work without it: {}. {}", facts::names(&dependents), ledger.catalog()));
    }
    if said.is_empty() { "nothing beyond it is known to suffer.".to_owned() } else { said.join(" ") }
}

fn data_loss(incident: &Incident, ledger: &mut Ledger) -> String {
    let at_risk = incident.causes.iter().find(|cause| {
        matches!(cause.cause, Cause::DbReadOnly | Cause::DbReplicationBroken | Cause::DbStorageFull | Cause::VolumeFull)
    });
    match at_risk {
        Some(cause) => format!(
            "possible: writes of that time may have been refused or lost ({}). Compare with the last backup. {}",
            code(cause.cause.code()),
            ledger.findings(&cause.evidence, 1)
        ),
        None => "none is known. Nothing that was looked at measures it.".to_owned(),
    }
}

fn monitoring_gap(incident: &Incident, ledger: &mut Ledger) -> String {
    let saw = facts::monitors_that_saw_it(incident);
    let alerts = incident.detection.alerts.as_deref();
    let monitors = match (&incident.detection.monitors, saw.first()) {
        (None, _) => "no monitor could be asked".to_owned(),
        (Some(_), None) => format!("no monitor saw it {}", ledger.monitors(incident)),
        (Some(_), Some(first)) => {
            let names: Vec<String> = saw.iter().map(|monitor| monitor.name.clone()).collect();
            format!("seen by monitor {} {}", facts::names(&names), ledger.finding(&facts::of_monitor(first)))
        }
    };
    let alerts = match alerts {
        None => "no alert could be asked for".to_owned(),
        Some([]) => format!("no alert fired {}", ledger.alerts(incident)),
        Some(fired) => format!("alerts fired {}", ledger.findings(fired, 3)),
    };
    format!("{monitors}; {alerts}.")
}
