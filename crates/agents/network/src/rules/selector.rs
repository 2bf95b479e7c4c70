use std::collections::BTreeMap;

use lamplighter_core::cluster::{IntOrString, Pod, Service, WorkloadStatus};
use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::{Finding, ObjectRef};

use crate::addresses::configured;
use crate::listening::target;
use crate::names::{plain, stem, workload_named};
use crate::symptoms::unreachable;

/// A service whose selector selects no pods, or those of another workload, while pods are there that it is meant for.
///
/// Kubernetes docs, Service: the selector is compared with the labels of pods in the same namespace, every pair must
/// be equal, and the endpoints are those pods' addresses; without endpoints `kube-proxy` refuses connections.
pub(super) struct SelectorThatMisses;

impl Rule for SelectorThatMisses {
    fn name(&self) -> &'static str {
        "selector-that-misses"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::ServiceSelectorMismatch]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        for service in scene.state().services.items() {
            let spec = &service.spec;
            if spec.r#type.as_deref() == Some("ExternalName") {
                continue;
            }
            let pods = scene.graph.pods_behind(service);
            let pods: Vec<&Pod> = pods.into_iter().filter(|pod| !pod.is_terminating()).collect();
            if pods.is_empty() {
                selects_nothing(scene, service, examination);
            } else {
                selects_others(scene, service, &pods, examination);
            }
        }
    }
}

fn selects_nothing(scene: &Scene, service: &Service, examination: &mut Examination) {
    let endpoints = scene.graph.endpoints_of(service);
    if endpoints.is_some_and(|endpoints| endpoints.ready() > 0) || !scene.graph.workloads_behind(service).is_empty() {
        return;
    }
    let named = meant_workload(scene, service);
    let Some(meant) = named.or_else(|| fitting_workload(scene, service)) else { return };
    let labels = labels_of(scene, meant);
    let misses = misses(&service.spec.selector, labels);
    let symptoms = unreachable(scene, service);
    // A service may be left over from something else that is gone, or be a second one that waits for its pods: of a
    // canary, of another version.
    if symptoms.is_empty() && (named.is_none() || is_spare(scene, service, meant)) {
        return;
    }
    // Without a selector somebody else keeps the endpoints (Kubernetes docs, Services without selectors).
    if service.spec.selector.is_empty() && symptoms.is_empty() {
        return;
    }
    let confidence = match (meant.ready > 0, symptoms.is_empty()) {
        (true, false) => Likelihood::new(0.9),
        (true, true) if endpoints.is_some() => Likelihood::SHOWN,
        (true, true) => Likelihood::LIKELY,
        (false, _) => Likelihood::LIKELY.times(0.8),
    };
    let name = &service.metadata.name;
    let app = &meant.workload.name;
    let ready = format!("{} of {} pods of {app} are ready", meant.ready, meant.desired);
    let finding = scene
        .finding(format!("service {name} selects no pod, and {ready}"), object(service))
        .with_evidence(format!("selector of service {name}: {}", pairs(&service.spec.selector)))
        .with_evidence(format!("labels of the pods of {app}: {}", labels.map(pairs).unwrap_or_default()));
    let finding = match endpoints {
        Some(_) => finding.with_evidence(format!("endpoints of service {name}: none")),
        None => finding,
    };
    let why = if misses.is_empty() { "it has no selector".to_owned() } else { format!("no pod has {misses}") };
    let cause = RootCause::new(Cause::ServiceSelectorMismatch, culprit(service, app), confidence, finding)
        .then(format!("The service {name} selects none of the pods of {app}: {why}."))
        .then(format!("It has no endpoints, so connections to {name} are refused although its pods are ready."));
    examination.name(with(scene, service, cause, symptoms));
}

/// Pods of another workload than the one of the service's own name. Services that lead to a workload of another name
/// on purpose are common, so that this needs to have been felt.
fn selects_others(scene: &Scene, service: &Service, pods: &[&Pod], examination: &mut Examination) {
    let name = &service.metadata.name;
    let namespace = service.metadata.namespace();
    let Some(own) = workload_named(scene, namespace, name).filter(|own| own.ready > 0) else { return };
    let other = pods.iter().find_map(|pod| {
        let workload = scene.graph.workload_of(pod).filter(|workload| *workload != own.workload)?;
        // The other one has a service of its own: the selector has gone astray rather than been moved.
        scene.graph.service(namespace, &workload.name).is_some().then_some(workload)
    });
    let Some(other) = other else { return };
    let own_too = pods.iter().any(|pod| scene.graph.workload_of(pod).as_ref() == Some(&own.workload));
    let symptoms = unreachable(scene, service);
    if symptoms.is_empty() {
        return;
    }
    let confidence = if own_too { Likelihood::POSSIBLE } else { Likelihood::SHOWN };
    let finding = scene
        .finding(format!("service {name} selects pods of {}", other.name), object(service))
        .with_evidence(format!("selector of service {name}: {}", pairs(&service.spec.selector)))
        .with_evidence(format!(
            "labels of the pods of {name}: {}",
            labels_of(scene, own).map(pairs).unwrap_or_default()
        ));
    let cause = RootCause::new(Cause::ServiceSelectorMismatch, culprit(service, name), confidence, finding)
        .then(format!("The service {name} selects pods of {} instead of those of {name}.", other.name))
        .then(format!("Whoever connects to {name} gets to {}, which does not answer as {name} would.", other.name));
    examination.name(with(scene, service, cause, symptoms));
}

fn with(scene: &Scene, service: &Service, cause: RootCause, symptoms: Vec<Finding>) -> RootCause {
    let namespace = service.metadata.namespace();
    let callers = scene.calls.callers(&service.metadata.name).map(|caller| Culprit::app(namespace, caller));
    let cause = callers.fold(cause, RootCause::affecting);
    symptoms.into_iter().fold(cause, RootCause::and)
}

/// Whether a service inside the cluster is not the only one of a workload, not called like it, and nobody's.
fn is_spare(scene: &Scene, service: &Service, meant: &WorkloadStatus) -> bool {
    let name = &service.metadata.name;
    let is_inside = matches!(service.spec.r#type.as_deref(), None | Some("ClusterIP"));
    let is_called = scene.calls.callers(name).next().is_some()
        || configured(scene).iter().any(|address| address.host.split('.').next() == Some(name.as_str()));
    let has_another = scene.graph.services_of(&meant.workload).next().is_some();
    is_inside && !is_called && has_another && *name != meant.workload.name
}

/// The workload that a service is plainly meant for: the one of its name, else the only one whose labels say the
/// same as its selector but for spelling, else the only one of a name that differs by a usual ending.
fn meant_workload<'a>(scene: &'a Scene, service: &Service) -> Option<&'a WorkloadStatus> {
    let namespace = service.metadata.namespace();
    let name = &service.metadata.name;
    if let Some(own) = workload_named(scene, namespace, name) {
        return Some(own);
    }
    let wanted: Vec<String> = service.spec.selector.values().map(|value| plain(value)).collect();
    let says_so = |status: &&WorkloadStatus| {
        let values = labels_of(scene, status).into_iter().flat_map(BTreeMap::values);
        values
            .map(|value| plain(value))
            .any(|value| wanted.contains(&value) && names_an_app(&value, &status.workload.name))
    };
    let related = || candidates(scene, service).filter(|status| stem(&status.workload.name) == stem(name));
    only(candidates(scene, service).filter(says_so)).or_else(|| only(related()))
}

/// The workload that a service fits: the only one that has most pairs of its selector, else the only one that no
/// other service selects and that listens where the service forwards to.
fn fitting_workload<'a>(scene: &'a Scene, service: &Service) -> Option<&'a WorkloadStatus> {
    let selector = &service.spec.selector;
    let is_close = |status: &&WorkloadStatus| {
        let labels = labels_of(scene, status);
        let equal = selector.iter().filter(|(key, value)| labels.and_then(|of| of.get(*key)) == Some(*value));
        equal.count() * 2 > selector.len()
    };
    let targets: Vec<IntOrString> = service.spec.ports.iter().map(target).collect();
    let is_unserved = |status: &&WorkloadStatus| {
        let template = scene.graph.template_of(&status.workload);
        let containers = template.map(|template| template.spec.containers.as_slice()).unwrap_or_default();
        let listens = containers.iter().flat_map(|container| &container.ports).any(|port| {
            targets.iter().any(|target| match target {
                IntOrString::Int(number) => *number == i64::from(port.container_port),
                IntOrString::String(named) => port.name.as_ref() == Some(named),
            })
        });
        listens && scene.graph.services_of(&status.workload).next().is_none()
    };
    let unserved = || only(candidates(scene, service).filter(is_unserved));
    only(candidates(scene, service).filter(is_close)).or_else(unserved)
}

fn candidates<'a>(scene: &'a Scene, service: &Service) -> impl Iterator<Item = &'a WorkloadStatus> {
    let namespace = service.metadata.namespace();
    scene.graph.workloads().filter(move |status| status.workload.namespace == namespace)
}

/// The only one of several, if it is the only one.
fn only<'a>(mut several: impl Iterator<Item = &'a WorkloadStatus>) -> Option<&'a WorkloadStatus> {
    let first = several.next();
    first.filter(|_| several.next().is_none())
}

/// Labels such as `tier=backend` say nothing of who it is.
fn names_an_app(value: &str, workload: &str) -> bool {
    let workload = plain(workload);
    workload.contains(value) || value.contains(&workload)
}

fn labels_of<'a>(scene: &'a Scene, status: &WorkloadStatus) -> Option<&'a BTreeMap<String, String>> {
    scene.graph.template_of(&status.workload).map(|template| &template.metadata.labels)
}

/// The pairs of a selector that the labels do not have.
fn misses(selector: &BTreeMap<String, String>, labels: Option<&BTreeMap<String, String>>) -> String {
    let missing = selector.iter().filter(|(key, value)| labels.and_then(|labels| labels.get(*key)) != Some(*value));
    missing.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ")
}

fn pairs(labels: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if pairs.is_empty() { "none".to_owned() } else { pairs.join(", ") }
}

fn object(service: &Service) -> ObjectRef {
    ObjectRef::namespaced("service", service.metadata.namespace(), &service.metadata.name)
}

fn culprit(service: &Service, app: &str) -> Culprit {
    Culprit::app(service.metadata.namespace(), app)
}
