//! What the page tells beside its services: incidents, reports, maintenance, self-service, sources.

use jiff::Timestamp;
use lamplighter_core::words::Severity;
use lamplighter_core::words::status::{
    ActiveIncident, OpenReport, PlannedMaintenance, ResolvedIncident, SourceState, Status, TimelineEntry, source_title,
};
use serde::Serialize;

use super::services::{Named, Places};
use super::words::{self, Moment};
use super::{StatusPageSettings, checks};
use crate::text::grouped;

/// How many lines of a timeline are shown, the newest.
const LINES: usize = 8;

/// Everything of it.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    incidents: Vec<Incident>,
    maintenance: Vec<Maintenance>,
    reports: Option<Reports>,
    /// Nothing: the tracker does not tell.
    resolved: Option<Vec<Resolved>>,
    checks: Vec<checks::Check>,
    sources: Vec<Source>,
    report_url: Option<String>,
}

/// How bad something is, as a badge.
#[derive(Debug, Serialize)]
pub(super) struct Grade {
    class: &'static str,
    name: String,
}

#[derive(Debug, Serialize)]
struct Incident {
    number: u64,
    issue: Option<String>,
    also: Vec<Issue>,
    title: String,
    grade: Option<Grade>,
    opened: Option<Moment>,
    services: Vec<Named>,
    timeline: Vec<Line>,
    /// How many lines there are before these.
    earlier: usize,
}

/// An issue, with its address where that is known.
#[derive(Debug, Serialize)]
struct Issue {
    number: u64,
    issue: Option<String>,
}

#[derive(Debug, Serialize)]
struct Line {
    at: Option<Moment>,
    word: &'static str,
    text: String,
}

#[derive(Debug, Serialize)]
struct Maintenance {
    title: String,
    from: Moment,
    to: Moment,
    is_under_way: bool,
    services: Vec<Named>,
    /// The monitoring system that tells of it.
    source: Option<String>,
}

#[derive(Debug, Serialize)]
struct Reports {
    total: String,
    newest: Vec<Report>,
    more: usize,
}

#[derive(Debug, Serialize)]
struct Report {
    number: u64,
    issue: Option<String>,
    at: Option<Moment>,
    service: String,
    error: &'static str,
    scope: &'static str,
}

/// An incident that is over.
#[derive(Debug, Serialize)]
pub(super) struct Resolved {
    number: u64,
    issue: Option<String>,
    title: String,
    grade: Option<Grade>,
    at: Moment,
    took: Option<String>,
    services: Vec<Named>,
    post_mortem: Option<String>,
}

#[derive(Debug, Serialize)]
struct Source {
    name: String,
    class: &'static str,
    word: &'static str,
    last_look: Option<Moment>,
    reason: Option<String>,
}

/// What is needed to tell it: the time of the page, where its services are, and where things lead.
pub(super) struct Teller<'a> {
    pub(super) page: Timestamp,
    pub(super) places: &'a Places<'a>,
    pub(super) settings: &'a StatusPageSettings,
}

impl Told {
    pub(super) fn of(status: &Status, places: &Places<'_>, settings: &StatusPageSettings) -> Self {
        let teller = Teller { page: status.generated_at, places, settings };
        let issues = status.issues.as_ref();
        let reports = issues.map(|issues| &issues.reports).filter(|reports| reports.total > 0);
        Self {
            incidents: issues
                .iter()
                .flat_map(|issues| &issues.incidents)
                .map(|incident| teller.incident(incident))
                .collect(),
            maintenance: status.maintenance.iter().map(|planned| teller.maintenance(planned)).collect(),
            reports: reports.map(|reports| Reports {
                total: grouped(reports.total),
                newest: reports.newest.iter().map(|report| teller.report(report)).collect(),
                more: reports.total.saturating_sub(reports.newest.len()),
            }),
            resolved: issues
                .and_then(|issues| issues.resolved.as_ref())
                .map(|resolved| resolved.iter().map(|one| teller.resolved(one)).collect()),
            checks: checks::of(&status.self_service),
            sources: status.sources.iter().map(|source| teller.source(source)).collect(),
            report_url: settings.report(),
        }
    }
}

/// What an incident is called; outsiders' words are not repeated.
pub(super) fn title(title: Option<&str>, number: u64) -> String {
    title.map_or_else(|| format!("Incident #{number}"), str::to_owned)
}

fn grade(severity: Option<Severity>) -> Option<Grade> {
    severity.map(|severity| Grade { class: severity.label(), name: severity.to_string() })
}

impl Teller<'_> {
    fn at(&self, at: Timestamp) -> Moment {
        Moment::of(at, self.page)
    }

    fn incident(&self, incident: &ActiveIncident) -> Incident {
        let number = incident.number.0;
        let line = |entry: &TimelineEntry| Line {
            at: entry.at.map(|at| self.at(at)),
            word: entry.word.as_str(),
            text: entry.text.clone(),
        };
        Incident {
            number,
            issue: self.settings.issue(number),
            also: incident
                .also
                .iter()
                .map(|other| Issue { number: other.0, issue: self.settings.issue(other.0) })
                .collect(),
            title: title(incident.title.as_deref(), number),
            grade: grade(incident.severity),
            opened: incident.opened_at.map(|at| self.at(at)),
            services: self.places.named(&incident.services),
            timeline: incident.timeline.iter().rev().take(LINES).map(line).collect(),
            earlier: incident.timeline.len().saturating_sub(LINES),
        }
    }

    fn maintenance(&self, planned: &PlannedMaintenance) -> Maintenance {
        Maintenance {
            title: planned.title.clone(),
            from: self.at(planned.from),
            to: self.at(planned.to),
            is_under_way: planned.is_under_way,
            services: self.places.named(&planned.services),
            source: planned.source.as_deref().map(source_title),
        }
    }

    fn report(&self, report: &OpenReport) -> Report {
        Report {
            number: report.number.0,
            issue: self.settings.issue(report.number.0),
            at: report.opened_at.map(|at| self.at(at)),
            service: report.service.clone().unwrap_or_else(|| "Service not named".to_owned()),
            error: report.error.map_or("", words::error),
            scope: report.scope.map_or("", words::scope),
        }
    }

    pub(super) fn resolved(&self, one: &ResolvedIncident) -> Resolved {
        Resolved {
            number: one.number.0,
            issue: self.settings.issue(one.number.0),
            title: title(one.title.as_deref(), one.number.0),
            grade: grade(one.severity),
            at: self.at(one.resolved_at),
            took: one.opened_at.and_then(|from| words::duration(from, one.resolved_at)),
            services: self.places.named(&one.services),
            post_mortem: one.post_mortem.as_deref().and_then(|place| self.settings.post_mortem(place)),
        }
    }

    fn source(&self, source: &lamplighter_core::words::status::SourceStatus) -> Source {
        let (class, word) = match source.state {
            SourceState::Reached => ("reached", "Answers"),
            SourceState::Unreachable => ("unknown", "Cannot be reached"),
            SourceState::ClockSkewed => ("unknown", "Its clock is wrong"),
        };
        Source {
            name: source_title(&source.name),
            class,
            word,
            last_look: source.last_look.map(|at| self.at(at)),
            reason: source.reason.clone(),
        }
    }
}
