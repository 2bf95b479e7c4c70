use lamplighter_core::ports::{MonitorState, MonitorStatus};
use lamplighter_core::words::{Finding, ObjectRef, Severity, Source};

use crate::lines::quoted;
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `monitors-down`: everything that is watched from outside answers.
///
/// Relies on what monitors say of themselves: down is a failure; tried again, not able to say, or not heard of for as
/// long as something is news, is a warning; planned maintenance is what somebody wanted. Where no monitor can say
/// anything, neither can this check.
#[derive(Debug, Clone, Copy)]
pub struct MonitorsDown;

impl Check for MonitorsDown {
    fn name(&self) -> &'static str {
        "monitors-down"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let monitors = view.optional(&view.scene().monitors, "monitors")?;
        if monitors.is_empty() {
            return Err(Unreadable::absent("there is no monitor"));
        }
        if monitors.iter().all(|monitor| monitor.state == MonitorState::Unknown) {
            return Err("no monitor can say anything".into());
        }
        Ok(Outcome::over("monitors", monitors, |monitor| look(view, monitor)))
    }
}

fn look(view: &ClusterView<'_>, monitor: &MonitorStatus) -> Option<Observation> {
    let is_old = !view.is_recent(monitor.at);
    let what = match monitor.state {
        MonitorState::Maintenance => return None,
        _ if is_old => "has not looked for long",
        MonitorState::Up => return None,
        MonitorState::Down => "is down",
        MonitorState::Pending => "failed and is being tried again",
        MonitorState::Unknown => "cannot say",
    };
    let object = ObjectRef::global("monitor", &monitor.name);
    let mut finding = Finding::new(format!("{object} {what}"), object, Source::new("monitors"), monitor.at);
    finding.evidence.extend((!monitor.detail.trim().is_empty()).then(|| quoted(&monitor.detail)));
    let is_down = monitor.state == MonitorState::Down && !is_old;
    Some(Observation::fail(Severity::Sev2, finding).softened_if(!is_down))
}
