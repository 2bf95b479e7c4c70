//! Where a workload's knob is set.

use lamplighter_core::ports::Knob;
use lamplighter_core::words::{WorkloadKind, WorkloadRef};

use crate::literal::Literal;
use crate::resolve::Sharing;
use crate::source::{Module, TopBlock};
use crate::view::View;

/// The names that the blocks and the lists of containers have.
const CONTAINERS: [&str; 5] = ["container", "containers", "init_container", "init_containers", "initContainers"];

/// The literal that sets a knob of a workload in this module.
///
/// `None` where the workload is not declared, is declared more than once, or sets the knob by something that
/// is computed, set from outside of the files, or shared with other resources.
pub(crate) fn find(module: &Module, workload: &WorkloadRef, knob: &Knob) -> Option<Literal> {
    let declarations = declarations(module, workload);
    let [declaration] = declarations.as_slice() else { return None };
    let value = knob_value(module, declaration, knob)?;
    let place = value.place()?.follow(module, Sharing::Refused)?;
    Literal::at(module, &place)
}

fn declarations<'m>(module: &'m Module, workload: &WorkloadRef) -> Vec<View<'m>> {
    let mut found = Vec::new();
    for resource in module.blocks("resource") {
        let in_blocks = resource.label(0).and_then(block_kind) == Some(workload.kind);
        let objects = View::objects(resource).filter(|object| object_kind(module, object) == Some(workload.kind));
        let views = in_blocks.then(|| View::of(resource)).into_iter().chain(objects);
        let called: Vec<_> = views.filter(|view| is_called(module, view, workload)).collect();
        // An override file can set anything in it anew, so it is as good as declared twice.
        let times = if is_overridden(module, resource) { 2 } else { 1 };
        found.extend(std::iter::repeat_n(called, times).flatten());
    }
    found
}

/// The kind of workload that a resource type of the Kubernetes provider declares.
fn block_kind(resource_type: &str) -> Option<WorkloadKind> {
    match resource_type.strip_suffix("_v1").unwrap_or(resource_type) {
        "kubernetes_deployment" => Some(WorkloadKind::Deployment),
        "kubernetes_stateful_set" => Some(WorkloadKind::StatefulSet),
        "kubernetes_daemonset" | "kubernetes_daemon_set" => Some(WorkloadKind::DaemonSet),
        _ => None,
    }
}

fn object_kind(module: &Module, object: &View<'_>) -> Option<WorkloadKind> {
    match object.text(module, &["kind"])?.as_str() {
        "Deployment" => Some(WorkloadKind::Deployment),
        "StatefulSet" => Some(WorkloadKind::StatefulSet),
        "DaemonSet" => Some(WorkloadKind::DaemonSet),
        _ => None,
    }
}

fn is_called(module: &Module, view: &View<'_>, workload: &WorkloadRef) -> bool {
    if view.text(module, &["metadata", "name"]).as_deref() != Some(workload.name.as_str()) {
        return false;
    }
    match view.along(module, &["metadata", "namespace"], Sharing::Allowed) {
        Some(_) => view.text(module, &["metadata", "namespace"]).as_deref() == Some(workload.namespace.as_str()),
        None => workload.namespace == "default",
    }
}

fn is_overridden(module: &Module, resource: TopBlock<'_>) -> bool {
    let same = |other: &TopBlock<'_>| (other.label(0), other.label(1)) == (resource.label(0), resource.label(1));
    module.blocks("resource").filter(same).count() > 1
}

fn knob_value<'m>(module: &'m Module, workload: &View<'m>, knob: &Knob) -> Option<View<'m>> {
    let (container, group, resource) = match knob {
        Knob::Replicas => return workload.along(module, &["spec", "replicas"], Sharing::Refused),
        Knob::MemoryLimit { container } => (container, "limits", "memory"),
        Knob::MemoryRequest { container } => (container, "requests", "memory"),
        Knob::CpuLimit { container } => (container, "limits", "cpu"),
    };
    let pod = workload.along(module, &["spec", "template", "spec"], Sharing::Refused)?;
    let named = CONTAINERS
        .iter()
        .flat_map(|key| pod.members(module, key, Sharing::Refused))
        .flat_map(|list| list.elements(module, Sharing::Refused))
        .filter(|candidate| candidate.text(module, &["name"]).as_deref() == Some(container.as_str()));
    crate::resolve::only(named)?.along(module, &["resources", group, resource], Sharing::Refused)
}

#[cfg(test)]
mod tests;
