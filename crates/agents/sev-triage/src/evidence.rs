//! What a severity rests on, and since when.

use std::collections::HashMap;

use jiff::Timestamp;
use lamplighter_core::cluster::Pod;
use lamplighter_core::ports::MonitorState;
use lamplighter_core::words::{Finding, HealthReport, ObjectRef, Source, Window};

use crate::facts::{Facts, lost_since};
use crate::member::{Member, Standing};
use crate::service::Service;
use crate::survey::Survey;

/// The longest text of somebody else's that is quoted, in characters.
const QUOTED: usize = 300;

/// How many lines of evidence one finding carries.
const LINES: usize = 8;

/// How many pods of one workload are quoted.
const PODS: usize = 3;

/// The findings of the scan, by object.
pub(crate) struct Scanned<'a>(HashMap<&'a ObjectRef, Vec<(&'a str, &'a Finding)>>);

impl<'a> Scanned<'a> {
    pub(crate) fn new(scan: &'a HealthReport) -> Self {
        let mut by_object: HashMap<_, Vec<_>> = HashMap::new();
        for check in &scan.checks {
            for finding in &check.findings {
                by_object.entry(&finding.object).or_default().push((check.check.as_str(), finding));
            }
        }
        Self(by_object)
    }

    /// The names of the checks that found something on an object, with what they found.
    pub(crate) fn on(&self, object: &ObjectRef) -> &[(&'a str, &'a Finding)] {
        self.0.get(object).map_or(&[], Vec::as_slice)
    }

    /// What was found on a member of a service and on its pods that do not serve.
    pub(crate) fn on_member(&self, member: &Member<'_>) -> Vec<(&'a str, &'a Finding)> {
        let own = self.on(&member.object).iter().copied();
        let pods = member.broken_pods().map(|pod| ObjectRef::pod(pod.metadata.namespace(), &pod.metadata.name));
        own.chain(pods.flat_map(|pod| self.on(&pod).to_vec())).collect()
    }
}

/// One finding for each part of a service that is broken, and one for each monitor that sees it down.
pub(crate) fn of_service(survey: &Survey<'_>, scanned: &Scanned<'_>, service: &Service<'_>) -> Vec<Finding> {
    let broken = service.members.iter().filter(|member| member.is_broken() && !member.known);
    let mut findings: Vec<_> = broken.map(|member| of_member(survey, scanned, member)).collect();
    let down = service.monitors.iter().filter(|monitor| monitor.state == MonitorState::Down);
    findings.extend(down.map(|monitor| {
        let object = ObjectRef::global("monitor", &monitor.name);
        Finding::new(crate::outside::said(monitor), object, Source::new("monitors"), monitor.at)
    }));
    findings
}

fn of_member(survey: &Survey<'_>, scanned: &Scanned<'_>, member: &Member<'_>) -> Finding {
    let at = onset(survey, member).unwrap_or(survey.state.taken_at);
    let mut finding = Finding::new(member.sentence(), member.object.clone(), survey.state.source.clone(), at);
    let pods = member.broken_pods().take(PODS);
    let pods = pods.flat_map(|pod| scanned.on(&ObjectRef::pod(pod.metadata.namespace(), &pod.metadata.name)));
    let found: Vec<_> = scanned.on(&member.object).iter().chain(pods).map(|(_, finding)| *finding).collect();
    let lines = found.iter().flat_map(|found| std::iter::once(&found.summary).chain(&found.evidence));
    for line in lines {
        if finding.evidence.len() < LINES && *line != finding.summary && !finding.evidence.contains(line) {
            finding.evidence.push(line.clone());
        }
    }
    finding
}

/// One finding for each node that is lost and each claim that has lost its volume.
pub(crate) fn of_facts(survey: &Survey<'_>, facts: &Facts<'_>) -> Vec<Finding> {
    let is_lost = |finding: &&Finding| facts.lost_nodes.iter().any(|node| node.metadata.name == finding.object.name);
    let nodes = facts.nodes.iter().filter(is_lost).cloned();
    let claims = facts.lost_claims.iter().map(|claim| {
        let (namespace, name) = (claim.metadata.namespace(), claim.metadata.name.as_str());
        let object = ObjectRef::namespaced("persistentvolumeclaim", namespace, name);
        let summary = format!("claim {namespace}/{name} has lost its volume");
        let finding = Finding::new(summary, object, survey.state.source.clone(), survey.state.taken_at);
        finding.with_evidence("phase Lost")
    });
    nodes.chain(claims).collect()
}

/// From the first sign of anything that is broken; open, since it still is.
pub(crate) fn window(survey: &Survey<'_>, services: &[&Service<'_>], facts: &Facts<'_>) -> Option<Window> {
    let members = services.iter().flat_map(|service| &service.members).filter(|member| member.is_broken());
    let inside = members.filter_map(|member| onset(survey, member));
    let monitors = services.iter().flat_map(|service| &service.monitors);
    let outside = monitors.filter(|monitor| monitor.state == MonitorState::Down).map(|monitor| monitor.at);
    let nodes = facts.lost_nodes.iter().filter_map(|node| lost_since(node));
    let from = inside.chain(outside).chain(nodes).min()?;
    Some(Window { from: from.min(survey.state.taken_at), to: None })
}

/// The first sign that a member is broken (UTC).
pub(crate) fn onset(survey: &Survey<'_>, member: &Member<'_>) -> Option<Timestamp> {
    if let Standing::Off { .. } = member.standing {
        let scaled = member.workload.as_ref().and_then(|workload| survey.scaled_to_zero(workload));
        return scaled.and_then(lamplighter_core::cluster::Event::last_seen);
    }
    member.broken_pods().filter_map(|pod| pod_onset(survey, pod)).min()
}

fn pod_onset(survey: &Survey<'_>, pod: &Pod) -> Option<Timestamp> {
    let conditions = pod.status.conditions.iter();
    let bad = conditions.filter(|condition| {
        condition.status != "True" && matches!(condition.r#type.as_str(), "Ready" | "PodScheduled")
    });
    let conditions = bad.filter_map(|condition| condition.last_transition_time);
    let ends = pod.all_container_statuses().flat_map(|status| [&status.state, &status.last_state]);
    let ends = ends.filter_map(|state| state.terminated.as_ref()).filter(|end| end.exit_code != 0);
    let ends = ends.filter_map(|end| end.finished_at);
    let events = survey.index.events_about("Pod", pod.metadata.namespace(), &pod.metadata.name);
    let warnings = events.filter(|event| event.is_warning()).filter_map(lamplighter_core::cluster::Event::first_seen);
    // A pod that has not come up since it was made is broken since then.
    let never_up = pod.metadata.creation_timestamp.filter(|_| pod.status.phase == "Pending");
    let not_before = pod.metadata.creation_timestamp;
    let first = conditions.chain(ends).chain(warnings).chain(never_up).min();
    first.map(|first| not_before.map_or(first, |created| first.max(created)))
}

/// Somebody else's text on one line, cut where it is long.
pub(crate) fn quoted(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
