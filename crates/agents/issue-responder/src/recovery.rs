//! After every change: has it recovered? Two independent sources have to say so, inside a window.

use lamplighter_core::cluster::ClusterState;
use lamplighter_core::ports::{MonitorState, MonitorStatus};
use lamplighter_core::words::{Finding, Health, ObjectRef, Source};
use lamplighter_core::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::desk::Desk;
use crate::diagnosis::Suspect;
use crate::survey::survey;

/// What was seen of a recovery.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Recovery {
    /// Whether two independent sources said that everything works.
    pub(crate) confirmed: bool,
    /// What each source said last.
    pub(crate) seen: Vec<Finding>,
}

/// Looks again and again until two sources agree that every suspect serves, or the window is over.
///
/// Where the report names a service, its triage has to be healthy as well: a neighbour that works again does not
/// close somebody's report.
pub(crate) async fn wait_for_recovery(desk: &Desk, cx: &Context, name: &str, case: &Case) -> Result<Recovery> {
    cx.step(&format!("recovery:{name}"), || async {
        let until = cx.now() + desk.settings.recovery_window;
        loop {
            let (survey, state) = survey(&desk.ports, cx, &case.report).await?;
            let monitors = survey.monitors.as_deref().unwrap_or_default();
            let mut recovery = judge(desk, cx, &state, monitors, &case.suspects);
            recovery.confirmed &= case.report.is_bare() || survey.triage.health == Health::Healthy;
            if recovery.confirmed || cx.now() >= until {
                return Ok(recovery);
            }
            cx.go_on()?;
            cx.clock().sleep(desk.settings.recovery_poll).await;
        }
    })
    .await
}

fn judge(
    desk: &Desk,
    cx: &Context,
    state: &ClusterState,
    monitors: &[MonitorStatus],
    suspects: &[Suspect],
) -> Recovery {
    let mut seen = Vec::new();
    let mut confirmed = !suspects.is_empty();
    for suspect in suspects {
        let status = state.workload(&suspect.workload);
        let serves = status.as_ref().is_some_and(|status| status.desired > 0 && status.ready >= status.desired);
        let counts = status.map_or_else(
            || format!("{} was not seen", suspect.workload),
            |status| format!("{} of {} pods of {} are ready", status.ready, status.desired, suspect.workload),
        );
        seen.push(Finding::new(counts, suspect.workload.object(), state.source.clone(), state.taken_at));

        let watching: Vec<_> = monitors.iter().filter(|monitor| desk.watches(monitor, &suspect.service)).collect();
        let answers = !watching.is_empty() && watching.iter().all(|monitor| monitor.state == MonitorState::Up);
        let source = desk.ports.monitors.as_ref().map_or_else(|| Source::new("monitors"), |monitors| monitors.source());
        if watching.is_empty() {
            let summary = format!("no monitor watches {}, so nothing confirms it from outside", suspect.service);
            seen.push(Finding::new(summary, ObjectRef::global("service", &suspect.service), source, cx.now()));
        } else {
            seen.extend(watching.iter().map(|monitor| {
                let summary = format!("monitor {} says {}", monitor.name, monitor.detail);
                Finding::new(summary, ObjectRef::global("monitor", &monitor.name), source.clone(), monitor.at)
            }));
        }
        confirmed = confirmed && serves && answers;
    }
    Recovery { confirmed, seen }
}

impl Desk {
    fn watches(&self, monitor: &MonitorStatus, service: &str) -> bool {
        match self.settings.catalog.find(service) {
            Some(service) if !service.monitors.is_empty() => service.monitors.contains(&monitor.name),
            Some(service) => service.is_called(&monitor.name),
            None => monitor.name.eq_ignore_ascii_case(service.rsplit('/').next().unwrap_or(service)),
        }
    }
}
