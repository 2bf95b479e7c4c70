use lamplighter_core::markdown::code;
use lamplighter_core::words::Incident;

use super::{facts, row};
use crate::moments;
use crate::name;
use crate::wording::{clock, hour};

/// The title and the metadata table.
pub(crate) fn head(incident: &Incident, title: &str) -> String {
    let mut text = format!("# {title}\n\n");
    row(&mut text, &["Field", "Value"]);
    row(&mut text, &["---", "---"]);
    row(&mut text, &["Date", &name::day(incident).to_string()]);
    row(&mut text, &["Duration", &duration(incident)]);
    let severity = incident.severity.map_or_else(|| "not known".to_owned(), |severity| severity.to_string());
    row(&mut text, &["Severity", &severity]);
    row(&mut text, &["Classification", &classification(incident)]);
    let services = facts::services(incident);
    let services: Vec<String> = services.iter().map(|service| code(service).replace('|', "\\|")).collect();
    let services = if services.is_empty() { "none that is known".to_owned() } else { services.join(", ") };
    row(&mut text, &["Affected Services", &services]);
    let issue = incident.issue.map_or_else(|| "none".to_owned(), |issue| issue.to_string());
    row(&mut text, &["Issue", &issue]);
    row(&mut text, &["Status", &status(incident)]);
    text
}

fn duration(incident: &Incident) -> String {
    let Some(window) = incident.window else { return facts::duration(incident) };
    if !moments::is_begin_known(incident) {
        return format!("not known (at least since {}, still open)", clock(window.from));
    }
    let to = window.to.map_or_else(|| "still open".to_owned(), |to| format!("to {}", hour(to)));
    format!("{} ({}, {to})", facts::duration(incident), clock(window.from))
}

fn classification(incident: &Incident) -> String {
    let Some(cause) = incident.causes.first() else { return "unknown".to_owned() };
    format!("{} / {}", code(cause.taxonomy.code()), code(cause.cause.code()))
}

fn status(incident: &Incident) -> String {
    if facts::is_quiet(incident) {
        return "Nothing was found".to_owned();
    }
    if incident.is_over() {
        return "Resolved".to_owned();
    }
    match (&incident.handed_over, &incident.owner) {
        (Some(_), Some(owner)) => format!("Open, handed to {}", code(owner)),
        (Some(_), None) => "Open, handed to a person".to_owned(),
        (None, _) => "Open".to_owned(),
    }
}
