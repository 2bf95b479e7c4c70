use lamplighter_core::diagnosis::Signal;
use lamplighter_core::words::Severity;

use crate::measured::{Measured, newest};
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `volumes-nearly-full`: every claim has space left.
///
/// Relies on [`Signal::VolumeUsed`], the used part of what the kubelet measures of a mounted volume
/// (`kubelet_volume_stats_used_bytes` and `_capacity_bytes`, Kubernetes docs, Metrics). Databases stop writing when a
/// volume is full, so it fails before that: from 95 %; from 85 % on it is a warning.
#[derive(Debug, Clone, Copy)]
pub struct VolumesNearlyFull;

const WARN: f64 = 0.85;
const FAIL: f64 = 0.95;

impl Check for VolumesNearlyFull {
    fn name(&self) -> &'static str {
        "volumes-nearly-full"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let volumes = newest(view, Signal::VolumeUsed, f64::max)?;
        Ok(Outcome::over("volumes", volumes, |volume| look(view, &volume)))
    }
}

fn look(view: &ClusterView<'_>, volume: &Measured<'_>) -> Option<Observation> {
    if volume.value < WARN {
        return None;
    }
    let object = volume.object("volume");
    let (namespace, name) = (object.namespace.clone().unwrap_or_default(), object.name.clone());
    let mut finding = volume.finding(format!("{object} is {} full", volume.percent()), "volume");
    let capacity = view.graph().claim(&namespace, &name).and_then(|claim| claim.status.capacity.get("storage"));
    finding.evidence.extend(capacity.map(|capacity| format!("capacity {capacity}")));
    let pods: Vec<_> = view.graph().pods_with_claim(&namespace, &name).map(|pod| pod.metadata.name.as_str()).collect();
    finding.evidence.extend((!pods.is_empty()).then(|| format!("used by {}", pods.join(", "))));
    Some(Observation::fail(Severity::Sev2, finding).softened_if(volume.value < FAIL))
}
