//! Whether what is asked about works.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use lamplighter_core::cluster::ClusterState;
use lamplighter_core::ports::{MonitorState, MonitorStatus};
use lamplighter_core::words::{CheckStatus, Health, HealthReport, Severity, Tier, TriageInput};

use crate::facts::Facts;
use crate::outside::line;
use crate::probed::all_answered;
use crate::question::Question;
use crate::service::{Impact, Service};
use crate::severity::{listed, of_scan, of_service};

/// A health with what it rests on, one sentence each.
pub(crate) struct Answer {
    pub(crate) health: Health,
    pub(crate) because: Vec<String>,
}

/// Answers the question.
pub(crate) fn answer(
    question: &Question,
    input: &TriageInput,
    services: &[Service<'_>],
    facts: &Facts<'_>,
    is_fresh: impl Fn(&MonitorStatus) -> bool,
    monitor_age: SignedDuration,
) -> Answer {
    match question {
        Question::Everything => everything(input, services, facts, is_fresh, monitor_age),
        Question::Services(positions) => named(positions, services, facts),
        Question::Stranger(name) => stranger(name, services, facts),
    }
}

fn named(positions: &BTreeSet<usize>, services: &[Service<'_>], facts: &Facts<'_>) -> Answer {
    let asked: Vec<_> = positions.iter().filter_map(|position| services.get(*position)).collect();
    let mut because: Vec<_> = asked
        .iter()
        .map(|service| format!("{} is {}: {}", service.name, service.health(), service.sentence()))
        .collect();
    let own = asked.iter().map(|service| service.health()).max().unwrap_or(Health::Inconclusive);
    let needed = broken_needs(&asked, services);
    let others = services.iter().enumerate().filter(|(position, _)| !positions.contains(position));
    let others = others.map(|(_, service)| service).filter(|service| !service.known);
    let elsewhere = if needed.is_empty() { rest(others, facts) } else { Health::Degraded };
    if !needed.is_empty() {
        because.push(format!("what it cannot work without is broken: {}", listed(&needed)));
    }
    // What is broken elsewhere means that not all is well, though the thing itself may be up.
    let health = if own == Health::Down { own } else { own.max(elsewhere) };
    Answer { health, because }
}

/// The services that the asked ones need, directly or not, and that are broken.
fn broken_needs<'s>(asked: &[&'s Service<'_>], services: &'s [Service<'_>]) -> Vec<&'s str> {
    let needs = |service: &'s Service<'_>| service.entry.map_or(&[][..], |entry| entry.depends_on.as_slice());
    let mut waiting: Vec<&str> = asked.iter().flat_map(|service| needs(service)).map(String::as_str).collect();
    let (mut visited, mut broken) = (BTreeSet::new(), Vec::new());
    while let Some(need) = waiting.pop() {
        if !visited.insert(need) {
            continue;
        }
        let is_meant =
            |service: &&Service<'_>| service.name == need || service.entry.is_some_and(|it| it.is_called(need));
        let Some(service) = services.iter().find(is_meant) else { continue };
        if service.health().is_broken() {
            broken.push(service.name.as_str());
        }
        waiting.extend(needs(service).iter().map(String::as_str));
    }
    broken
}

/// What everything else means for something that may itself be fine: only trouble worth SEV2 or more counts.
fn rest<'s>(others: impl Iterator<Item = &'s Service<'s>>, facts: &Facts<'_>) -> Health {
    let mut rest = if is_cluster_hurt(facts) { Health::Degraded } else { Health::Healthy };
    for service in others.filter(|service| of_service(service).is_some_and(|(severity, _)| severity >= Severity::Sev2))
    {
        rest = rest.max(if service.impact() == Impact::Outside { Health::Inconclusive } else { Health::Degraded });
    }
    rest
}

fn is_cluster_hurt(facts: &Facts<'_>) -> bool {
    !facts.lost_nodes.is_empty() || !facts.lost_claims.is_empty()
}

fn stranger(name: &str, services: &[Service<'_>], facts: &Facts<'_>) -> Answer {
    let unknown = format!("nothing called {:?} is in the catalog or in the cluster", crate::evidence::quoted(name));
    Answer { health: broken(services, facts).unwrap_or(Health::Inconclusive), because: vec![unknown] }
}

fn everything(
    input: &TriageInput,
    services: &[Service<'_>],
    facts: &Facts<'_>,
    is_fresh: impl Fn(&MonitorStatus) -> bool,
    monitor_age: SignedDuration,
) -> Answer {
    if let Some(health) = broken(services, facts) {
        return Answer { health, because: Vec::new() };
    }
    // What the scan fails on without any service suffering: a job, a claim that nothing mounts.
    if !of_scan(services, &input.health).is_empty() {
        return Answer { health: Health::Degraded, because: Vec::new() };
    }
    let mut doubts = scan_doubts(&input.health, input.scene.state());
    let monitors = input.scene.monitors.seen().map(Vec::as_slice);
    let probes = if monitors.is_none_or(<[_]>::is_empty) { all_answered(&input.scene, monitor_age) } else { None };
    if probes.is_none() {
        doubts.extend(monitor_doubts(monitors, is_fresh));
    }
    let uncertain = services.iter().filter(|service| !service.known && service.impact() > Impact::None);
    doubts.extend(uncertain.map(|service| format!("{}: {}", service.name, service.sentence())));
    if doubts.is_empty() {
        let outside = match probes {
            Some(number) => format!("all {number} probes are answered"),
            None => format!("all {} monitors are up", input.scene.monitors.items().len()),
        };
        let because = format!("every check of the scan passes and {outside}");
        return Answer { health: Health::Healthy, because: vec![because] };
    }
    Answer { health: Health::Inconclusive, because: doubts }
}

/// How bad it is where something is broken for certain. What it is stands among the reasons for the severity.
fn broken(services: &[Service<'_>], facts: &Facts<'_>) -> Option<Health> {
    let mut broken = services.iter().filter(|service| !service.known && service.health().is_broken()).peekable();
    if broken.peek().is_none() && !is_cluster_hurt(facts) {
        return None;
    }
    let is_down = |service: &Service<'_>| service.health() == Health::Down && service.tier >= Tier::Important;
    Some(if broken.any(is_down) { Health::Down } else { Health::Degraded })
}

fn scan_doubts(scan: &HealthReport, state: &ClusterState) -> Vec<String> {
    if scan.checks.is_empty() {
        return vec!["the cluster was not scanned".to_owned()];
    }
    let doubtful = scan.checks.iter().filter(|check| check.counts() && check.status != CheckStatus::Pass);
    let mut doubts: Vec<_> =
        doubtful.map(|check| format!("{} is {}: {}", check.check, check.status, check.summary)).collect();
    if let Err(reason) = state.pods.as_result() {
        doubts.push(format!("pods could not be read: {reason}"));
    }
    doubts
}

fn monitor_doubts(monitors: Option<&[MonitorStatus]>, is_fresh: impl Fn(&MonitorStatus) -> bool) -> Vec<String> {
    match monitors {
        None => vec!["the monitors could not be asked, so nothing confirms it from outside".to_owned()],
        Some([]) => vec!["there is no monitor, so nothing confirms it from outside".to_owned()],
        Some(monitors) => {
            let up = |monitor: &&MonitorStatus| monitor.state == MonitorState::Up && is_fresh(monitor);
            monitors.iter().filter(|monitor| !up(monitor)).map(line).collect()
        }
    }
}
