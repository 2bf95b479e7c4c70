//! What the monitors outside of the cluster say.

use std::collections::HashMap;

use lamplighter_core::ports::{MonitorState, MonitorStatus};
use lamplighter_core::words::CatalogedService;

/// The monitors, by their names in lower case.
pub(crate) struct Outside<'a> {
    by_name: HashMap<String, Vec<&'a MonitorStatus>>,
}

impl<'a> Outside<'a> {
    pub(crate) fn new(monitors: &'a [MonitorStatus]) -> Self {
        let mut by_name: HashMap<String, Vec<_>> = HashMap::new();
        for monitor in monitors {
            by_name.entry(monitor.name.trim().to_lowercase()).or_default().push(monitor);
        }
        Self { by_name }
    }

    /// The monitors of this name, in any case.
    pub(crate) fn named(&self, name: &str) -> &[&'a MonitorStatus] {
        self.by_name.get(&name.trim().to_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The monitors of a service: those that the catalog lists, or where it lists none those that are called
    /// like the service.
    pub(crate) fn of_service(&self, service: &CatalogedService) -> Vec<&'a MonitorStatus> {
        let names: Vec<_> = match service.monitors.as_slice() {
            [] => std::iter::once(&service.name).chain(&service.aliases).collect(),
            listed => listed.iter().collect(),
        };
        let mut monitors: Vec<_> = names.into_iter().flat_map(|name| self.named(name).iter().copied()).collect();
        monitors.sort_by(|a, b| a.name.cmp(&b.name));
        monitors.dedup_by(|a, b| a == b);
        monitors
    }
}

/// What the monitors of one service come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// All of them see it up, and at least one does.
    Up,
    /// One sees it down.
    Down,
    /// One has seen it fail and tries again.
    Flapping,
    /// None says anything that counts: there is none, it is old, it does not know, it is silenced.
    Silent,
}

impl View {
    pub(crate) fn of(monitors: &[&MonitorStatus], is_fresh: impl Fn(&MonitorStatus) -> bool) -> Self {
        let mut fresh =
            monitors.iter().copied().filter(|monitor| is_fresh(monitor)).map(|monitor| monitor.state).peekable();
        if fresh.peek().is_none() {
            return Self::Silent;
        }
        let states: Vec<_> = fresh.collect();
        if states.contains(&MonitorState::Down) {
            Self::Down
        } else if states.contains(&MonitorState::Pending) {
            Self::Flapping
        } else if states.iter().all(|state| *state == MonitorState::Up) && states.len() == monitors.len() {
            Self::Up
        } else {
            Self::Silent
        }
    }
}

/// A monitor's word on one line, with its time.
pub(crate) fn line(monitor: &MonitorStatus) -> String {
    format!("{}, {}", said(monitor), lamplighter_core::utc(monitor.at))
}

/// The same for a finding, which has the time.
pub(crate) fn said(monitor: &MonitorStatus) -> String {
    let state = match monitor.state {
        MonitorState::Up => "up",
        MonitorState::Down => "down",
        MonitorState::Pending => "pending",
        MonitorState::Maintenance => "in maintenance",
        MonitorState::Unknown => "unknown",
    };
    let detail = if monitor.detail.is_empty() {
        String::new()
    } else {
        format!(", {}", crate::evidence::quoted(&monitor.detail))
    };
    format!("monitor {}: {state}{detail}", crate::evidence::quoted(&monitor.name))
}
