use lamplighter_core::cluster::Service;
use lamplighter_core::words::{Severity, WorkloadKind, WorkloadRef};

use crate::lines::object_ref;
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `services-without-endpoints`: behind every service there is a pod that is ready.
///
/// Relies on the `Endpoints` object of the same name, which the endpoints controller keeps for every service
/// with a selector; pods that are not ready are in its `notReadyAddresses` (Kubernetes docs, Services). No
/// ready address is a failure when the service selects pods, or selects none although a workload of its own
/// name is there to be selected. When nothing of that kind exists, or all of it is scaled to 0, the service
/// is a leftover or switched off, and only a warning. Services without a selector and `ExternalName` services
/// are kept by somebody else.
#[derive(Debug, Clone, Copy)]
pub struct ServicesWithoutEndpoints;

impl Check for ServicesWithoutEndpoints {
    fn name(&self) -> &'static str {
        "services-without-endpoints"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let services = view.state().services.as_result()?.iter();
        view.state().endpoints.as_result()?;
        let watched = services.filter(|service| view.is_watched(&service.metadata));
        Ok(Outcome::over("services", watched, |service| look(view, service)))
    }
}

fn look(view: &ClusterView<'_>, service: &Service) -> Option<Observation> {
    let endpoints = view.graph().endpoints_of(service);
    let is_kept_elsewhere = service.spec.selector.is_empty() || service.spec.r#type.as_deref() == Some("ExternalName");
    if is_kept_elsewhere || endpoints.is_some_and(|endpoints| endpoints.ready() > 0) || view.is_new(&service.metadata) {
        return None;
    }
    let pods = view.graph().pods_behind(service);
    let ready = pods.iter().filter(|pod| pod.is_ready()).count();
    let meta = &service.metadata;
    let summary = format!("service {}/{} has no ready endpoint", meta.namespace(), meta.name);
    let mut finding = view.finding(summary, object_ref("service", meta), None);
    let selector: Vec<_> = service.spec.selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
    finding.evidence.push(format!("selector {}", selector.join(",")));
    finding.evidence.push(match pods.len() {
        0 => "it selects no pod".to_owned(),
        number => format!("it selects {number} pods, of which {ready} are ready"),
    });
    if endpoints.is_none() {
        finding.evidence.push("there is no Endpoints object".to_owned());
    }
    finding.evidence.extend(view.warnings_about("Service", meta.namespace(), &meta.name));
    let is_starting = !pods.is_empty() && pods.iter().all(|pod| view.is_new(&pod.metadata));
    let is_unused = pods.is_empty() && !has_something_to_serve(view, service);
    Some(Observation::fail(Severity::Sev2, finding).softened_if(is_unused || is_starting))
}

/// Whether a workload that should run is behind the service, or has its name and so was probably meant.
fn has_something_to_serve(view: &ClusterView<'_>, service: &Service) -> bool {
    let (namespace, name) = (service.metadata.namespace(), service.metadata.name.as_str());
    let kinds = [WorkloadKind::Deployment, WorkloadKind::StatefulSet, WorkloadKind::DaemonSet];
    let namesakes = kinds.map(|kind| WorkloadRef::new(kind, namespace, name));
    let behind = view.graph().workloads_behind(service);
    let candidates = if behind.is_empty() { namesakes.iter().collect() } else { behind };
    candidates.into_iter().any(|workload| view.graph().workload(workload).is_some_and(|status| status.desired > 0))
}
