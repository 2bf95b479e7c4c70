//! `api/v2/summary.json` and `api/v2/status.json` in the shape of Statuspage's public API, so that widgets made for it work.
//!
//! | here | component | indicator |
//! |---|---|---|
//! | up | `operational` | `none`, only where everything is |
//! | maintenance | `under_maintenance` | `minor` |
//! | pending, unknown, degraded | `degraded_performance` | `minor` |
//! | down | `major_outage` | `major`, or `critical` for a major outage |
//!
//! That API has no word for "nobody can tell". It is never `operational`; the component's description has our own word.

use jiff::Timestamp;
use lamplighter_core::words::Severity;
use lamplighter_core::words::status::{
    ActiveIncident, OverallState, PlannedMaintenance, ServiceState, ServiceStatus, Status, TimelineEntry, TimelineWord,
};
use serde::Serialize;

use super::StatusPageSettings;
use super::told::title;
use super::words::{self, whole_seconds};
use crate::slug::slug;

const PAGE: &str = "status";

/// `api/v2/summary.json`
#[derive(Debug, Serialize)]
pub(super) struct Summary<'a> {
    #[serde(flatten)]
    short: Short<'a>,
    components: Vec<Component>,
    incidents: Vec<Incident>,
    scheduled_maintenances: Vec<Incident>,
}

/// `api/v2/status.json`
#[derive(Debug, Clone, Serialize)]
pub(super) struct Short<'a> {
    page: Page<'a>,
    status: Indicator,
}

#[derive(Debug, Clone, Serialize)]
struct Page<'a> {
    id: &'static str,
    name: &'a str,
    url: String,
    time_zone: &'static str,
    updated_at: String,
}

#[derive(Debug, Clone, Serialize)]
struct Indicator {
    indicator: &'static str,
    description: &'static str,
}

#[derive(Debug, Clone, Serialize)]
struct Component {
    id: String,
    name: String,
    status: &'static str,
    created_at: String,
    updated_at: String,
    position: usize,
    description: Option<String>,
    showcase: bool,
    start_date: Option<String>,
    group_id: Option<String>,
    page_id: &'static str,
    group: bool,
    only_show_if_degraded: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    components: Vec<String>,
}

/// An incident, or a maintenance: there these are one.
#[derive(Debug, Serialize)]
struct Incident {
    id: String,
    name: String,
    status: &'static str,
    impact: &'static str,
    created_at: String,
    updated_at: String,
    started_at: String,
    monitoring_at: Option<String>,
    resolved_at: Option<String>,
    shortlink: String,
    page_id: &'static str,
    #[serde(rename = "incident_updates")]
    updates: Vec<Update>,
    components: Vec<Component>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_for: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_until: Option<String>,
}

#[derive(Debug, Serialize)]
struct Update {
    id: String,
    status: &'static str,
    body: String,
    incident_id: String,
    created_at: String,
    updated_at: String,
    display_at: String,
}

/// The page in short.
pub(super) fn short<'a>(status: &'a Status, settings: &StatusPageSettings) -> Short<'a> {
    Short {
        page: Page {
            id: PAGE,
            name: &status.title,
            url: settings.address(""),
            time_zone: "Etc/UTC",
            updated_at: whole_seconds(status.generated_at),
        },
        status: indicator(status.state),
    }
}

/// The page with all that is on it now.
pub(super) fn summary<'a>(status: &'a Status, settings: &StatusPageSettings) -> Summary<'a> {
    let now = status.generated_at;
    let mut components = Vec::new();
    let mut members = Vec::new();
    for (position, group) in status.groups.iter().enumerate() {
        // Services have ids without a dot.
        let id = format!("group.{}.{}", position + 1, slug(&group.name));
        let services = group.services.iter().enumerate();
        let of_it: Vec<Component> =
            services.map(|(at, service)| component(service, at + 1, Some(id.clone()), now)).collect();
        components.push(Component {
            group: true,
            components: of_it.iter().map(|component| component.id.clone()).collect(),
            description: None,
            group_id: None,
            ..blank(id, group.name.clone(), group.state, position + 1, whole_seconds(now))
        });
        members.extend(of_it);
    }
    let incidents = status.issues.iter().flat_map(|issues| &issues.incidents);
    let incidents = incidents.map(|one| incident(one, &members, now, settings)).collect();
    let planned = status.maintenance.iter().map(|one| maintenance(one, &members, now, settings)).collect();
    components.extend(members);
    Summary { short: short(status, settings), components, incidents, scheduled_maintenances: planned }
}

const fn indicator(state: OverallState) -> Indicator {
    let (indicator, description) = match state {
        OverallState::Operational => ("none", "All Systems Operational"),
        OverallState::Maintenance => ("minor", "Service Under Maintenance"),
        OverallState::Unknown => ("minor", "Service State Unknown"),
        OverallState::Degraded => ("minor", "Partially Degraded Service"),
        OverallState::PartialOutage => ("major", "Partial System Outage"),
        OverallState::MajorOutage => ("critical", "Major System Outage"),
    };
    Indicator { indicator, description }
}

const fn of_component(state: ServiceState) -> &'static str {
    match state {
        ServiceState::Up => "operational",
        ServiceState::Maintenance => "under_maintenance",
        ServiceState::Pending | ServiceState::Unknown | ServiceState::Degraded => "degraded_performance",
        ServiceState::Down => "major_outage",
    }
}

fn blank(id: String, name: String, state: ServiceState, position: usize, at: String) -> Component {
    Component {
        id,
        name,
        status: of_component(state),
        created_at: at.clone(),
        updated_at: at,
        position,
        description: None,
        showcase: false,
        start_date: None,
        group_id: None,
        page_id: PAGE,
        group: false,
        only_show_if_degraded: false,
        components: Vec::new(),
    }
}

fn component(service: &ServiceStatus, position: usize, group_id: Option<String>, now: Timestamp) -> Component {
    let at = whole_seconds(service.since.unwrap_or(now));
    let word = words::state(service.state);
    let note = service.note.as_deref().map_or_else(|| word.to_owned(), |note| format!("{word}: {note}"));
    let description = (service.state != ServiceState::Up).then_some(note);
    let blank = blank(service.id.clone(), service.name.clone(), service.state, position, at);
    Component { description, group_id, ..blank }
}

/// The services with these names.
fn among(members: &[Component], names: &[String]) -> Vec<Component> {
    members.iter().filter(|component| names.contains(&component.name)).cloned().collect()
}

fn incident(
    incident: &ActiveIncident,
    members: &[Component],
    now: Timestamp,
    settings: &StatusPageSettings,
) -> Incident {
    let number = incident.number.0;
    let id = format!("incident-{number}");
    let opened = incident.opened_at.or(incident.timeline.first().and_then(|entry| entry.at)).unwrap_or(now);
    let last = incident.timeline.iter().filter_map(|entry| entry.at).max().unwrap_or(opened);
    let entries = incident.timeline.iter().enumerate();
    let mut updates: Vec<Update> = entries.map(|(at, entry)| update(entry, at, &id, opened)).collect();
    // The newest first, as there.
    updates.reverse();
    let word = incident.timeline.last().map(|entry| entry.word);
    Incident {
        name: title(incident.title.as_deref(), number),
        status: word.map_or("investigating", stage),
        impact: match incident.severity {
            Some(Severity::Sev1) => "critical",
            Some(Severity::Sev2) => "major",
            Some(Severity::Sev3) | None => "minor",
        },
        created_at: whole_seconds(opened),
        updated_at: whole_seconds(last),
        started_at: whole_seconds(opened),
        monitoring_at: None,
        resolved_at: None,
        shortlink: settings.issue(number).unwrap_or_else(|| settings.address(&format!("#{id}"))),
        page_id: PAGE,
        updates,
        components: among(members, &incident.services),
        scheduled_for: None,
        scheduled_until: None,
        id,
    }
}

fn update(entry: &TimelineEntry, at: usize, incident: &str, opened: Timestamp) -> Update {
    let when = whole_seconds(entry.at.unwrap_or(opened));
    let text = if entry.text.is_empty() { entry.word.as_str() } else { &entry.text };
    Update {
        id: format!("{incident}-{}", at + 1),
        status: stage(entry.word),
        body: text.to_owned(),
        incident_id: incident.to_owned(),
        created_at: when.clone(),
        updated_at: when.clone(),
        display_at: when,
    }
}

/// How far an incident is that is open: never "resolved".
const fn stage(word: TimelineWord) -> &'static str {
    match word {
        TimelineWord::Investigating | TimelineWord::Escalating | TimelineWord::QueuedForReview => "investigating",
        TimelineWord::Findings => "identified",
        TimelineWord::Resolved | TimelineWord::Postmortem => "monitoring",
    }
}

fn maintenance(
    planned: &PlannedMaintenance,
    members: &[Component],
    now: Timestamp,
    settings: &StatusPageSettings,
) -> Incident {
    let (from, to) = (whole_seconds(planned.from), whole_seconds(planned.to));
    let id = format!("maintenance-{}-{}", planned.from.as_second(), slug(&planned.title));
    // Without names all are meant, unless a monitoring system tells of it: that one does not say which.
    let is_all = planned.services.is_empty() && planned.source.is_none();
    let services = if is_all { members.to_vec() } else { among(members, &planned.services) };
    let begun = whole_seconds(planned.from.min(now));
    Incident {
        name: planned.title.clone(),
        status: if planned.is_under_way { "in_progress" } else { "scheduled" },
        impact: "maintenance",
        created_at: begun.clone(),
        updated_at: begun,
        started_at: from.clone(),
        monitoring_at: None,
        resolved_at: None,
        shortlink: settings.address("#maintenance"),
        page_id: PAGE,
        updates: Vec::new(),
        components: services,
        scheduled_for: Some(from),
        scheduled_until: Some(to),
        id,
    }
}
