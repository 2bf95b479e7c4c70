//! A status that keeps what its words promise.

use std::collections::BTreeSet;

use lamplighter_core::markdown::line;
use lamplighter_core::words::Severity;
use lamplighter_core::words::status::{
    IssuesRead, OverallState, ResolvedIncident, STATUS_VERSION, ServiceGroup, ServiceState, ServiceStatus, Status,
};

use super::settings::is_place;
use crate::slug::slug;

/// How long texts may be, in characters.
const NAME: usize = 80;
const TITLE: usize = 140;
const NOTE: usize = 240;
const TEXT: usize = 400;

/// How many days and hours are shown.
const DAYS: usize = 90;
const HOURS: usize = 24;

/// The same status, with every promise of its words kept whoever made it: text is one line without characters that are not
/// seen, every service has an id of its own that is safe as a name of a file, and neither a group nor the whole is said to
/// be better than what is in it.
pub(super) fn kept(status: &Status) -> Status {
    let mut kept = status.clone();
    kept.version = STATUS_VERSION;
    kept.title = named(&kept.title, "Status");
    for source in &mut kept.sources {
        source.name = named(&source.name, "source");
        source.reason = source.reason.as_deref().and_then(|reason| said(reason, NOTE));
    }
    let mut ids = BTreeSet::new();
    kept.groups.iter_mut().for_each(|group| self::group(group, &mut ids));
    for outage in &mut kept.outages {
        outage.service = named(&outage.service, "service");
    }
    kept.issues.iter_mut().for_each(issues);
    kept.past.iter_mut().flat_map(|past| &mut past.incidents).for_each(resolved);
    for planned in &mut kept.maintenance {
        planned.title = said(&planned.title, TITLE).unwrap_or_else(|| "Maintenance".to_owned());
        let is_of_some = !planned.services.is_empty();
        names(&mut planned.services);
        if is_of_some && planned.services.is_empty() {
            // Without names it would be of all.
            planned.services.push("a service".to_owned());
        }
        planned.source = planned.source.as_deref().and_then(|source| said(source, NAME));
    }
    kept.state = kept.state.max(at_least(&kept));
    kept
}

fn group(group: &mut ServiceGroup, ids: &mut BTreeSet<String>) {
    group.name = named(&group.name, "Services");
    group.services.iter_mut().for_each(|one| service(one, ids));
    group.state = group.services.iter().map(|one| one.state).max().unwrap_or(ServiceState::Unknown);
}

fn service(service: &mut ServiceStatus, ids: &mut BTreeSet<String>) {
    let plain = slug(&service.id);
    let others = (2_u32..).map(|number| format!("{plain}-{number}"));
    let id = std::iter::once(plain.clone()).chain(others).find(|id| !ids.contains(id));
    service.id = id.unwrap_or_default();
    ids.insert(service.id.clone());
    service.name = named(&service.name, "service");
    service.note = service.note.as_deref().and_then(|note| said(note, NOTE));
    service.days.drain(..service.days.len().saturating_sub(DAYS));
    service.latency.drain(..service.latency.len().saturating_sub(HOURS));
}

fn issues(issues: &mut IssuesRead) {
    for incident in &mut issues.incidents {
        incident.title = incident.title.as_deref().and_then(|title| said(title, TITLE));
        names(&mut incident.services);
        for entry in &mut incident.timeline {
            entry.text = line(&entry.text, TEXT);
        }
    }
    for report in &mut issues.reports.newest {
        report.service = report.service.as_deref().and_then(|name| said(name, NAME));
    }
    issues.resolved.iter_mut().flatten().for_each(resolved);
}

fn resolved(incident: &mut ResolvedIncident) {
    incident.title = incident.title.as_deref().and_then(|title| said(title, TITLE));
    incident.post_mortem.take_if(|place| !is_place(place));
    names(&mut incident.services);
}

fn names(names: &mut Vec<String>) {
    *names = names.iter().filter_map(|name| said(name, NAME)).collect();
}

fn named(name: &str, otherwise: &str) -> String {
    said(name, NAME).unwrap_or_else(|| otherwise.to_owned())
}

fn said(text: &str, limit: usize) -> Option<String> {
    Some(line(text, limit)).filter(|text| !text.is_empty())
}

/// How bad everything is at the least, as its services and incidents say.
fn at_least(status: &Status) -> OverallState {
    let count = |wanted: ServiceState| status.services().filter(|service| service.state == wanted).count();
    let incidents = status.issues.iter().flat_map(|issues| &issues.incidents);
    let worst = status.services().map(|service| service.state).max().unwrap_or(ServiceState::Unknown);
    let seen = status.services().count() - count(ServiceState::Unknown);
    let of_services = match worst {
        ServiceState::Up => OverallState::Operational,
        ServiceState::Maintenance => OverallState::Maintenance,
        ServiceState::Unknown => OverallState::Unknown,
        ServiceState::Pending | ServiceState::Degraded => OverallState::Degraded,
        ServiceState::Down if count(ServiceState::Down) * 2 > seen => OverallState::MajorOutage,
        ServiceState::Down => OverallState::PartialOutage,
    };
    let of_incidents = incidents.map(|incident| match incident.severity {
        Some(Severity::Sev1) => OverallState::MajorOutage,
        _ => OverallState::Degraded,
    });
    of_incidents.max().unwrap_or(OverallState::Operational).max(of_services)
}
