//! Where in the repository that is declared which is at fault.

use lamplighter_core::diagnosis::Culprit;
use lamplighter_core::ports::{Knob, Workspace};
use lamplighter_core::words::{Incident, Place, WorkloadKind, WorkloadRef};
use lamplighter_core::{Context, Result};

use crate::case::Case;
use crate::desk::Desk;
use crate::diagnosis::Cause;
use lamplighter_core::delivery::Delivery;

/// More culprits than these are in no plan.
const CULPRITS: usize = 2;

/// The places; none where there are no stacks, or where they cannot be read: a report without them is better than none.
pub(super) async fn of(desk: &Desk, cx: &Context, incident: &Incident, case: &Case) -> Vec<Place> {
    let Some(delivery) = &desk.ports.delivery else { return Vec::new() };
    match look(delivery, cx, incident, case).await {
        Ok(places) => places,
        Err(error) => {
            tracing::warn!(parent: cx.span(), error = error.chain(), "where it is declared is not known");
            Vec::new()
        }
    }
}

async fn look(delivery: &Delivery, cx: &Context, incident: &Incident, case: &Case) -> Result<Vec<Place>> {
    let workloads = workloads(incident, case);
    if workloads.is_empty() {
        return Ok(Vec::new());
    }
    let workspace = delivery.repository.workspace(cx.run()).await?;
    let mut places = Vec::new();
    for (workload, container) in &workloads {
        places.extend(places_of(delivery, &workspace, workload, container).await?);
    }
    Ok(places)
}

async fn places_of(
    delivery: &Delivery,
    workspace: &Workspace,
    workload: &WorkloadRef,
    container: &str,
) -> Result<Vec<Place>> {
    let container = || container.to_owned();
    let knobs = [
        ("memory limit", Knob::MemoryLimit { container: container() }),
        ("memory request", Knob::MemoryRequest { container: container() }),
        ("cpu limit", Knob::CpuLimit { container: container() }),
        ("replicas", Knob::Replicas),
    ];
    let mut places = Vec::new();
    for (what, knob) in knobs {
        if let Some(setting) = delivery.stacks.locate(workspace, workload, &knob).await? {
            places.push(Place {
                namespace: workload.namespace.clone(),
                name: workload.name.clone(),
                what: what.to_owned(),
                stack: setting.stack.as_str().to_owned(),
                file: setting.file,
                line: setting.line,
                value: setting.value,
            });
        }
    }
    Ok(places)
}

/// The workloads at fault, each with the container that is meant: the one that was killed, or the one that carries the
/// workload's name, as most do.
fn workloads(incident: &Incident, case: &Case) -> Vec<(WorkloadRef, String)> {
    let mut found: Vec<(WorkloadRef, String)> = Vec::new();
    for suspect in &case.suspects {
        let container = match &suspect.cause {
            Cause::OutOfMemory { container, .. } => container.clone(),
            _ => suspect.workload.name.clone(),
        };
        found.push((suspect.workload.clone(), container));
    }
    for cause in incident.causes.iter().take(CULPRITS) {
        let Culprit::App { namespace, name } = &cause.culprit else { continue };
        if found.iter().any(|(workload, _)| workload.name == *name && workload.namespace == *namespace) {
            continue;
        }
        let kinds = [WorkloadKind::Deployment, WorkloadKind::StatefulSet, WorkloadKind::DaemonSet];
        found.extend(kinds.map(|kind| (WorkloadRef::new(kind, namespace, name), name.clone())));
    }
    found
}
