use std::collections::BTreeMap;

use jiff::Timestamp;
use lamplighter_core::diagnosis::{Signal, Subject, UnitState};
use lamplighter_core::words::{Finding, ObjectRef, Severity};

use crate::lines::quoted;
use crate::measured::fresh;
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `node-units`: the systemd units of the nodes run.
///
/// Relies on the `ActiveState` of units (`org.freedesktop.systemd1`), as it was recorded or as the node exporter's systemd
/// collector reports it ([`Signal::UnitState`]). A kubelet that does not run, and a container runtime that failed, take
/// their node with them; any other unit that failed is a warning. Units that were stopped are what somebody wanted.
#[derive(Debug, Clone, Copy)]
pub struct NodeUnits;

/// The units of container runtimes (Kubernetes docs, Container Runtimes).
const RUNTIMES: [&str; 4] = ["containerd", "crio", "docker", "cri-docker"];

/// How many of its last lines are quoted.
const LINES: usize = 3;

/// A unit, whoever tells of it.
struct Unit<'a> {
    state: UnitState,
    detail: Option<&'a str>,
    at: Option<Timestamp>,
    lines: &'a [String],
}

impl Check for NodeUnits {
    fn name(&self) -> &'static str {
        "node-units"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let units = units(view)?;
        Ok(Outcome::over("units", &units, |((node, name), unit)| look(view, node, name, unit)))
    }
}

/// What was recorded of a unit counts more than what was measured.
fn units<'a>(view: &ClusterView<'a>) -> Result<BTreeMap<(&'a str, &'a str), Unit<'a>>, Unreadable> {
    let mut units = BTreeMap::new();
    let measured = fresh(view, Signal::UnitState);
    for series in measured.iter().flatten() {
        let Subject::Node(node) = &series.subject else { continue };
        let Some(last) = series.last().filter(|last| last.value >= 0.5) else { continue };
        let state = UnitState::named(series.label("state"));
        let name = series.label("name").trim_end_matches(".service");
        units.insert((node.as_str(), name), Unit { state, detail: None, at: Some(last.at), lines: &[] });
    }
    match view.optional(&view.scene().units, "the units of nodes") {
        Ok(recorded) => {
            for unit in recorded {
                let (detail, at) = (Some(unit.detail.as_str()), unit.since);
                let told = Unit { state: unit.state, detail, at, lines: &unit.lines };
                units.insert((unit.node.as_str(), unit.unit.as_str()), told);
            }
        }
        Err(reason) if measured.is_err() => return Err(reason),
        Err(_) => {}
    }
    if units.is_empty() { Err(Unreadable::absent("no unit of a node was recorded")) } else { Ok(units) }
}

fn look(view: &ClusterView<'_>, node: &str, name: &str, unit: &Unit<'_>) -> Option<Observation> {
    let (what, is_needed) = match (name, unit.state) {
        ("kubelet", UnitState::Failed | UnitState::Inactive | UnitState::Deactivating) => ("does not run", true),
        (name, UnitState::Failed) => ("has failed", RUNTIMES.contains(&name)),
        _ => return None,
    };
    let summary = format!("unit {} of node {node} {what}", quoted(name));
    let mut finding: Finding = view.finding(summary, ObjectRef::global("node", node), unit.at);
    finding.evidence.extend(unit.detail.map(quoted));
    let last = unit.lines.len().saturating_sub(LINES);
    finding.evidence.extend(unit.lines.iter().skip(last).map(|line| quoted(line)));
    Some(Observation::fail(Severity::Sev2, finding).softened_if(!is_needed))
}
