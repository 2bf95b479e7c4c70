//! The systemd units of the nodes, from wherever they were recorded.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lamplighter_core::diagnosis::{Scene, Signal, Subject, UnitState, UnitStatus};

/// What is known of a unit.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) state: UnitState,
    /// The line or the series that says so.
    pub(crate) detail: String,
    pub(crate) since: Option<Timestamp>,
    /// Its last line.
    pub(crate) last_line: Option<String>,
}

impl Unit {
    /// Whether it is said not to run. `activating` is that of a service that systemd starts again and again.
    pub(crate) fn is_stopped(&self) -> bool {
        matches!(self.state, UnitState::Inactive | UnitState::Failed | UnitState::Deactivating)
            || (self.state == UnitState::Activating && self.detail.contains("auto-restart"))
    }
}

/// Whether a node has a unit at all: `systemctl status` also speaks of those that are not installed, and of those that
/// somebody has masked because another takes their place.
fn is_there(status: &UnitStatus) -> bool {
    let mut lines = std::iter::once(&status.detail).chain(&status.lines);
    !lines.any(|line| ["could not be found", "Loaded: not-found", "Loaded: masked"].iter().any(|it| line.contains(it)))
}

/// The units of all nodes, by unit and node.
#[derive(Debug, Default)]
pub(crate) struct Units(BTreeMap<String, BTreeMap<String, Unit>>);

impl Units {
    /// The units of a scene: those of `systemctl status`, and those of the node exporter's
    /// `node_systemd_unit_state{name, state}`, which is 1 for the state that a unit is in (node exporter docs, systemd
    /// collector).
    pub(crate) fn of(scene: &Scene) -> Self {
        let mut units = Self::default();
        let series = || scene.signals.seen().into_iter().flat_map(|signals| signals.of(Signal::UnitState));
        // Many keep the active state alone; the others, where they are kept, say more.
        let inactive = series().filter_map(|series| {
            let last = series.last().filter(|last| last.value < 0.5 && series.label("state") == "active")?;
            Some((series, last, UnitState::Inactive))
        });
        let in_state = series().filter_map(|series| {
            let last = series.last().filter(|last| last.value >= 0.5)?;
            Some((series, last, UnitState::named(series.label("state"))))
        });
        for (series, last, state) in inactive.chain(in_state) {
            let Subject::Node(node) = &series.subject else { continue };
            let (name, label) = (series.label("name"), series.label("state"));
            let value = last.value;
            let detail = format!("node_systemd_unit_state{{name=\"{name}\", state=\"{label}\"}} {value}");
            units.insert(name, node, Unit { state, detail, since: Some(last.at), last_line: None });
        }
        let known = |status: &&UnitStatus| status.state != UnitState::Unknown && is_there(status);
        for status in scene.units.seen().into_iter().flatten().filter(known) {
            let unit = Unit {
                state: status.state,
                detail: status.detail.trim().to_owned(),
                since: status.since,
                last_line: status.lines.last().cloned(),
            };
            units.insert(&status.unit, &status.node, unit);
        }
        units
    }

    fn insert(&mut self, name: &str, node: &str, unit: Unit) {
        let name = name.strip_suffix(".service").unwrap_or(name);
        self.0.entry(name.to_owned()).or_default().insert(node.to_owned(), unit);
    }

    /// A unit of a node, by the first of its names that is known there.
    pub(crate) fn on<'a>(&'a self, node: &str, names: &[&'a str]) -> Option<(&'a str, &'a Unit)> {
        names.iter().find_map(|name| Some((*name, self.0.get(*name)?.get(node)?)))
    }

    /// The nodes on which one of these units is said not to run, with what is said, and on which none of the others
    /// does.
    pub(crate) fn stopped<'a>(&'a self, names: &[&'a str]) -> Vec<(&'a str, &'a str, &'a Unit)> {
        let nodes = names.iter().filter_map(|name| self.0.get(*name)).flat_map(|nodes| nodes.keys());
        let nodes: BTreeSet<&String> = nodes.collect();
        let mut stopped = Vec::new();
        for node in nodes {
            let here = || names.iter().filter_map(|name| Some((*name, self.0.get(*name)?.get(node)?)));
            if here().all(|(_, unit)| unit.is_stopped())
                && let Some((name, unit)) = here().next()
            {
                stopped.push((node.as_str(), name, unit));
            }
        }
        stopped
    }

    /// Whether one of these units runs somewhere.
    pub(crate) fn runs_somewhere(&self, names: &[&str]) -> bool {
        let units = names.iter().filter_map(|name| self.0.get(*name)).flat_map(|nodes| nodes.values());
        units
            .into_iter()
            .any(|unit| matches!(unit.state, UnitState::Active | UnitState::Activating) && !unit.is_stopped())
    }
}
