//! The services in their groups.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lamplighter_core::words::status::{Contrast, ServiceState, ServiceStatus, Status, UptimeFigure};
use serde::Serialize;

use super::pictures;
use super::words::{self, Moment};
use crate::layout::Safe;
use crate::slug::slug;
use crate::text::counted;

/// From so many services on groups are folded where all is well.
const FOLDED: usize = 80;

/// A window of which less than this was seen says how much.
const ENOUGH: u32 = 900_000;

/// The services of the page.
#[derive(Debug, Serialize)]
pub(super) struct Services {
    pub(super) groups: Vec<Group>,
    /// How many are not up; nothing where all are.
    pub(super) troubled: Option<String>,
    /// Whether some have a history of days, so that it needs a key.
    pub(super) has_days: bool,
    /// Whether there may be others, of which nobody can tell now.
    is_unseen: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Group {
    anchor: String,
    name: String,
    class: &'static str,
    /// `12 services, 2 of them not up`
    told: String,
    is_open: bool,
    is_calm: bool,
    services: Vec<Row>,
}

#[derive(Debug, Serialize)]
pub(super) struct Row {
    anchor: String,
    name: String,
    class: &'static str,
    word: &'static str,
    since: Option<Moment>,
    /// `since`, or what else the time is of.
    prefix: &'static str,
    notes: Vec<String>,
    figures: [Figure; 3],
    latency: Option<Latency>,
    days: Safe,
}

/// How much of a window it was up.
#[derive(Debug, Serialize)]
pub(super) struct Figure {
    share: String,
    /// `of 40 % seen`
    seen: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Latency {
    line: Safe,
    last: String,
}

/// The places of services on the page, by their names.
#[derive(Debug)]
pub(super) struct Places<'a>(BTreeMap<&'a str, String>);

/// A service by its name, with its place.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Named {
    name: String,
    anchor: Option<String>,
}

impl Named {
    pub(super) fn of(service: &ServiceStatus) -> Self {
        Self { name: service.name.clone(), anchor: Some(anchor(service)) }
    }
}

impl<'a> Places<'a> {
    pub(super) fn of(status: &'a Status) -> Self {
        let mut places = BTreeMap::new();
        for service in status.services() {
            places.entry(service.name.as_str()).or_insert_with(|| anchor(service));
        }
        Self(places)
    }

    pub(super) fn named(&self, names: &[String]) -> Vec<Named> {
        names.iter().map(|name| Named { name: name.clone(), anchor: self.0.get(name.as_str()).cloned() }).collect()
    }
}

impl Services {
    pub(super) fn of(status: &Status) -> Self {
        let all = status.services().count();
        let mut anchors: BTreeMap<String, usize> = BTreeMap::new();
        let groups = status.groups.iter().map(|group| {
            let plain = slug(&group.name);
            let number = anchors.entry(plain.clone()).or_default();
            *number += 1;
            let troubled = group.services.iter().filter(|service| service.state != ServiceState::Up).count();
            let count = counted(group.services.len(), "service", "services");
            Group {
                anchor: if *number == 1 { format!("g-{plain}") } else { format!("g-{plain}.{number}") },
                name: group.name.clone(),
                class: group.state.as_str(),
                told: if troubled == 0 { count } else { format!("{count}, {troubled} not up") },
                is_open: all < FOLDED || troubled > 0,
                is_calm: troubled == 0,
                services: group.services.iter().map(|service| Row::of(service, status.generated_at)).collect(),
            }
        });
        let troubled = status.services().filter(|service| service.state != ServiceState::Up).count();
        Self {
            groups: groups.collect(),
            troubled: (troubled > 0).then(|| troubled.to_string()),
            is_unseen: super::verdict::is_unseen(status),
            has_days: status.services().any(|service| !service.days.is_empty()),
        }
    }
}

impl Row {
    fn of(service: &ServiceStatus, page: Timestamp) -> Self {
        let (prefix, since) = match service.state {
            ServiceState::Up => ("", None),
            ServiceState::Unknown => ("last seen", service.last_look),
            _ => ("since", service.since),
        };
        let contrast = service.contrast.map(|contrast| match contrast {
            Contrast::DownOutsideUpInside => "Down from outside, up inside: it runs, and cannot be reached.",
            Contrast::UpOutsideDownInside => "Up from outside, down inside: it answers, and not well.",
        });
        let note = service.note.as_deref().filter(|_| contrast.is_none() || service.is_unconfirmed).map(sentence);
        let uptime = &service.uptime;
        Self {
            anchor: anchor(service),
            name: service.name.clone(),
            class: service.state.as_str(),
            word: words::state(service.state),
            since: since.map(|at| Moment::of(at, page)),
            prefix,
            notes: contrast.map(str::to_owned).into_iter().chain(note).chain(unseen_inside(service, page)).collect(),
            figures: [uptime.day, uptime.week, uptime.month].map(|figure| Figure::of(&figure)),
            latency: latency(service),
            days: Safe(pictures::days(&service.days)),
        }
    }
}

/// That the cluster could not be looked at, where the monitors have their say alone.
fn unseen_inside(service: &ServiceStatus, page: Timestamp) -> Option<String> {
    if service.inside != Some(ServiceState::Unknown) || service.outside.is_none() {
        return None;
    }
    let last = service.inside_last_look.map(|at| format!(", last seen {}", Moment::of(at, page).short));
    Some(format!("How it is inside the cluster cannot be seen{}.", last.unwrap_or_default()))
}

impl Figure {
    fn of(figure: &UptimeFigure) -> Self {
        let is_little = figure.observed.millionths() < ENOUGH && !figure.told_by_source;
        match figure.ratio {
            None => Self { share: "–".to_owned(), seen: None },
            Some(ratio) => Self { share: ratio.percent(), seen: is_little.then(|| words::seen(figure.observed)) },
        }
    }
}

fn latency(service: &ServiceStatus) -> Option<Latency> {
    let line = pictures::latency(&service.latency);
    let last = service.latency.last()?.millis.map_or_else(|| "–".to_owned(), words::millis);
    (!line.is_empty()).then_some(Latency { line: Safe(line), last })
}

/// The place of a service on the page.
pub(super) fn anchor(service: &ServiceStatus) -> String {
    format!("s-{}", service.id)
}

/// A note as a sentence.
fn sentence(note: &str) -> String {
    let note = super::verdict::capitalised(note);
    if note.ends_with(['.', '!', '?', '…']) { note } else { format!("{note}.") }
}
