//! Everything in one sentence.

use lamplighter_core::words::Severity;
use lamplighter_core::words::status::{OverallState, ServiceState, SourceState, Status, source_title};
use serde::Serialize;

use super::services::Named;
use super::words::{self, Moment};
use crate::text::{counted, grouped};

/// How many services a sentence names.
const NAMED: usize = 3;

/// A list of so many services needs no links into it.
const SHORT: usize = 10;

/// How many services that are not up are linked to.
const LINKED: usize = 8;

/// The name by which the publisher calls the tracker among its sources.
const TRACKER: &str = "tracker";

/// What the page says first.
#[derive(Debug, Serialize)]
pub(super) struct Verdict {
    /// The state whose colour and shape it has.
    pub(super) class: &'static str,
    /// One sentence, without a full stop.
    pub(super) headline: String,
    /// What has to be known besides.
    pub(super) also: Vec<String>,
    /// How many services are in which state, the worst first.
    pub(super) tally: Vec<Tally>,
    /// The services that are not up, the worst first, where they have to be looked for.
    pub(super) troubled: Vec<Named>,
    /// How many there are beside these.
    pub(super) more: usize,
}

/// How many services are in a state.
#[derive(Debug, Serialize)]
pub(super) struct Tally {
    class: &'static str,
    count: String,
    word: &'static str,
}

/// The class of everything: the state of a service that looks like it.
pub(super) const fn class(state: OverallState) -> ServiceState {
    match state {
        OverallState::Operational => ServiceState::Up,
        OverallState::Maintenance => ServiceState::Maintenance,
        OverallState::Unknown => ServiceState::Unknown,
        OverallState::Degraded => ServiceState::Degraded,
        OverallState::PartialOutage | OverallState::MajorOutage => ServiceState::Down,
    }
}

impl Verdict {
    pub(super) fn of(status: &Status) -> Self {
        let mut troubled: Vec<_> = status.services().filter(|service| service.state != ServiceState::Up).collect();
        let all = status.services().count();
        let is_list = all > SHORT && troubled.len() < all;
        troubled.sort_by_key(|service| std::cmp::Reverse(service.state));
        troubled.truncate(if is_list { usize::MAX } else { 0 });
        let tally = ServiceState::ALL.into_iter().rev().filter_map(|state| {
            let (count, word) = (count(status, state), words::state(state));
            (count > 0).then(|| Tally { class: state.as_str(), count: grouped(count), word })
        });
        Self {
            class: class(status.state).as_str(),
            headline: headline(status),
            also: [incidents(status)].into_iter().flatten().chain(sources(status)).collect(),
            tally: tally.collect(),
            more: troubled.len().saturating_sub(LINKED),
            troubled: troubled.into_iter().take(LINKED).map(Named::of).collect(),
        }
    }
}

/// The worst that there is. That all is well is said only where nothing else can be.
fn headline(status: &Status) -> String {
    let all = status.services().count();
    let seen = |state: ServiceState| count(status, state);
    let open = status.issues.as_ref().map(|issues| &*issues.incidents).unwrap_or_default();
    let is_critical = open.iter().any(|incident| incident.severity == Some(Severity::Sev1));
    if all == 0 {
        let told =
            if is_unseen(status) { "We cannot see which services there are" } else { "No service is watched yet" };
        return told.to_owned();
    }
    if seen(ServiceState::Down) > 0 {
        return down(status, all);
    }
    if is_critical {
        return "A critical incident is open".to_owned();
    }
    if seen(ServiceState::Unknown) == all {
        return "We cannot see how the services are".to_owned();
    }
    if seen(ServiceState::Degraded) > 0 {
        return format!("{} only in part", doing(status, ServiceState::Degraded, "works", "work"));
    }
    match open.len() {
        0 => {}
        1 => return "An incident is open".to_owned(),
        many => return format!("{many} incidents are open"),
    }
    if seen(ServiceState::Unknown) > 0 {
        return unseen(status, all);
    }
    if seen(ServiceState::Pending) > 0 {
        return format!(
            "{} looked at again after a failed check",
            doing(status, ServiceState::Pending, "is being", "are being")
        );
    }
    if seen(ServiceState::Maintenance) > 0 {
        return format!("{} in maintenance", doing(status, ServiceState::Maintenance, "is", "are"));
    }
    match status.services().next() {
        _ if status.state != OverallState::Operational => "Something is not well".to_owned(),
        Some(only) if all == 1 => format!("{} is up", only.name),
        _ => "All services are up".to_owned(),
    }
}

/// Whether monitors did not answer: the services that they would tell of are missing.
pub(super) fn is_unseen(status: &Status) -> bool {
    status.sources.iter().any(|source| source.tells_services() && source.state != SourceState::Reached)
}

fn unseen(status: &Status, all: usize) -> String {
    match named(status, ServiceState::Unknown) {
        Some((names, is_many)) => format!("We cannot see how {names} {}", if is_many { "are" } else { "is" }),
        None => format!("We cannot see {} of {all} services", grouped(count(status, ServiceState::Unknown))),
    }
}

fn count(status: &Status, state: ServiceState) -> usize {
    status.services().filter(|service| service.state == state).count()
}

fn down(status: &Status, all: usize) -> String {
    let down: Vec<_> = status.services().filter(|service| service.state == ServiceState::Down).collect();
    if down.len() == all && all > 1 {
        return format!("All {all} services are down");
    }
    match down.as_slice() {
        [only] => match only.since {
            Some(since) => {
                format!("{} has been down since {}", only.name, Moment::of(since, status.generated_at).short)
            }
            None => format!("{} is down", only.name),
        },
        _ => match named(status, ServiceState::Down) {
            Some((names, _)) => format!("{names} are down"),
            None => format!("{} of {all} services are down", down.len()),
        },
    }
}

/// `Wiki works`, `Wiki and Mail work`, `12 services work`.
fn doing(status: &Status, state: ServiceState, one: &str, many: &str) -> String {
    if let Some((names, is_many)) = named(status, state) {
        return format!("{names} {}", if is_many { many } else { one });
    }
    format!("{} {many}", counted(count(status, state), "service", "services"))
}

/// The services in a state by their names, and whether these are several; nothing where they are too many to be named.
fn named(status: &Status, state: ServiceState) -> Option<(String, bool)> {
    let names: Vec<&str> =
        status.services().filter(|service| service.state == state).map(|service| service.name.as_str()).collect();
    (names.len() <= NAMED).then(|| (words::list(&names), names.len() > 1))
}

/// What is known of incidents.
fn incidents(status: &Status) -> Option<String> {
    let is_asked = status.sources.iter().any(|source| source.name == TRACKER);
    let Some(issues) = &status.issues else {
        return is_asked.then(|| "Whether there are incidents is not known: the tracker could not be read.".to_owned());
    };
    let count = match issues.incidents.len() {
        0 if status.services().any(|service| service.state == ServiceState::Down) => {
            "No incident is open yet".to_owned()
        }
        0 => "No incident is open".to_owned(),
        1 => "An incident is open".to_owned(),
        many => format!("{many} incidents are open"),
    };
    let is_old = issues.read_at < status.generated_at;
    let read_at = Moment::of(issues.read_at, status.generated_at).short;
    Some(if is_old { format!("{count}, as far as could be read at {read_at}.") } else { format!("{count}.") })
}

/// The sources that did not answer; those of which the same is to be said together.
fn sources(status: &Status) -> Vec<String> {
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    for source in status.sources.iter().filter(|source| source.state != SourceState::Reached) {
        let what = match source.state {
            SourceState::ClockSkewed => "not believed: a clock is wrong",
            _ => "out of reach",
        };
        let last_look = source.last_look.filter(|at| *at < status.generated_at);
        let said = match last_look {
            Some(at) => format!("{what}; the last good look was at {}", Moment::of(at, status.generated_at).short),
            None => what.to_owned(),
        };
        let name = source_title(&source.name);
        match told.iter_mut().find(|(other, _)| *other == said) {
            Some((_, names)) => names.push(name),
            None => told.push((said, vec![name])),
        }
    }
    let sentence = |(said, names): (String, Vec<String>)| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        format!("{} {} {said}.", words::list(&names), if names.len() == 1 { "is" } else { "are" })
    };
    told.into_iter().map(sentence).collect()
}

/// With a capital letter at the begin.
pub(super) fn capitalised(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
