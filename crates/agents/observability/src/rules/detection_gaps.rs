use std::collections::BTreeSet;

use lamplighter_core::diagnosis::{Cause, Examination, Rule, Scene};
use lamplighter_core::ports::MonitorState;

use crate::subjects::{app_of_alert, watches};

/// What is down without anybody being told.
///
/// Relied on: an outage that no alert and no monitor reports is found by users (SPEC §7, Detection). A workload is down
/// where it is to have pods and none is ready. Only where both alerts and monitors were read can a gap be seen.
pub(super) struct DetectionGaps;

impl Rule for DetectionGaps {
    fn name(&self) -> &'static str {
        "detection-gaps"
    }

    fn causes(&self) -> &'static [Cause] {
        &[]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let (Some(alerts), Some(monitors)) = (scene.alerts.seen(), scene.monitors.seen()) else { return };
        let alerted: BTreeSet<(String, String)> =
            alerts.iter().filter_map(|alert| app_of_alert(scene, alert)).collect();
        let is_alerted = |namespace: &str, name: &str| {
            alerted.iter().any(|(its, app)| app == name && (its == namespace || its.is_empty()))
        };
        for status in scene.graph.workloads().filter(|status| status.desired > 0) {
            let workload = &status.workload;
            if scene.graph.pods_of(workload).any(lamplighter_core::cluster::Pod::is_ready) || status.ready > 0 {
                continue;
            }
            if is_alerted(&workload.namespace, &workload.name) {
                continue;
            }
            let mut watching = monitors.iter().filter(|monitor| watches(scene, monitor, workload)).peekable();
            let missing = if watching.peek().is_none() { "no monitor watches it" } else { "its monitor is not down" };
            let told = watching.any(|monitor| matches!(monitor.state, MonitorState::Down | MonitorState::Maintenance));
            if !told {
                let summary = format!("{workload} is down, and nobody was told: no alert fires for it, and {missing}");
                let finding = scene.finding(summary, workload.object());
                examination.find(finding.with_evidence(format!("0 of {} pods ready", status.desired)));
            }
        }
    }
}
