use lamplighter_core::cluster::PersistentVolumeClaim;
use lamplighter_core::words::Severity;

use crate::lines::{object_ref, quoted};
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `claims-bound`: every claim on storage has its volume.
///
/// Relies on `status.phase` of the claim: `Bound`, `Pending`, or `Lost` when the volume that it was bound to is
/// gone, which means data at risk (Kubernetes docs, Persistent Volumes). A claim of a storage class with
/// `volumeBindingMode: WaitForFirstConsumer` stays pending until a pod mounts it, so a pending claim that no
/// pod mounts is a warning.
#[derive(Debug, Clone, Copy)]
pub struct ClaimsBound;

impl Check for ClaimsBound {
    fn name(&self) -> &'static str {
        "claims-bound"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let claims = view.state().claims.as_result()?.iter();
        let watched = claims.filter(|claim| view.is_watched(&claim.metadata));
        Ok(Outcome::over("claims", watched, |claim| look(view, claim)))
    }
}

fn look(view: &ClusterView<'_>, claim: &PersistentVolumeClaim) -> Option<Observation> {
    let meta = &claim.metadata;
    // Where pods are not known, a pod may be waiting for it.
    let is_mounted = view.state().pods.seen().is_none()
        || view.graph().pods_with_claim(meta.namespace(), &meta.name).next().is_some();
    let name = format!("{}/{}", meta.namespace(), meta.name);
    let (severity, summary) = match claim.status.phase.as_str() {
        "Bound" => return None,
        "Lost" => (Severity::Sev1, format!("claim {name} has lost its volume")),
        "Pending" if view.is_new(meta) => return None,
        "Pending" => (Severity::Sev2, format!("claim {name} gets no volume")),
        "" => (Severity::Sev3, format!("claim {name} does not say whether it has its volume")),
        phase => (Severity::Sev3, format!("claim {name} is in the unknown phase {}", quoted(phase))),
    };
    let since = meta.creation_timestamp.filter(|_| claim.status.phase == "Pending");
    let mut finding = view.finding(summary, object_ref("persistentvolumeclaim", meta), since);
    finding.evidence.push(format!("phase {}", quoted(&claim.status.phase)));
    let class = claim.spec.storage_class_name.as_deref();
    finding
        .evidence
        .push(class.map_or("no storage class".to_owned(), |class| format!("storage class {}", quoted(class))));
    finding.evidence.extend(claim.spec.volume_name.as_ref().map(|volume| format!("volume {}", quoted(volume))));
    if !is_mounted {
        finding.evidence.push("no pod mounts it".to_owned());
    }
    finding.evidence.extend(view.warnings_about("PersistentVolumeClaim", meta.namespace(), &meta.name));
    let is_mild = severity == Severity::Sev3 || (severity == Severity::Sev2 && !is_mounted);
    Some(Observation::fail(severity, finding).softened_if(is_mild))
}
