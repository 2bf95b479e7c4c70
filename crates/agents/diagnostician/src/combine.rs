//! Ranking what specialists name: the cause explains the symptoms, not the loudest symptom wins.

use lamplighter_core::diagnosis::{Cause, Culprit, Likelihood, RootCause, Scene, SpecialistReport, Taxonomy};

/// A cause that another one explains keeps this part of its likelihood.
const EXPLAINED: f64 = 0.55;

/// A cause that says no more than that something fails keeps this part beside one that says why.
const GENERAL: f64 = 0.5;

/// Only what is as likely as this explains anything.
const EXPLAINS_FROM: Likelihood = Likelihood::new(0.6);

/// Less likely ones are not worth a line.
const WORTH_SAYING: Likelihood = Likelihood::new(0.15);

/// More than these nobody reads.
const MOST: usize = 10;

/// All causes that were named, each once, the one that explains the most first.
pub(crate) fn rank(scene: &Scene, reports: &[SpecialistReport]) -> Vec<RootCause> {
    let mut causes: Vec<RootCause> = Vec::new();
    for cause in reports.iter().flat_map(|report| &report.causes) {
        merge(&mut causes, cause);
    }
    let factors: Vec<f64> = causes.iter().map(|cause| factor(scene, cause, &causes)).collect();
    for (cause, factor) in causes.iter_mut().zip(factors) {
        cause.confidence = cause.confidence.times(factor);
    }
    causes.retain(|cause| cause.confidence >= WORTH_SAYING);
    causes.sort_by(|a, b| {
        let likelier = b.confidence.get().total_cmp(&a.confidence.get());
        likelier
            .then_with(|| a.taxonomy.cmp(&b.taxonomy))
            .then_with(|| b.affects.len().cmp(&a.affects.len()))
            .then_with(|| a.culprit.cmp(&b.culprit))
            .then_with(|| a.cause.cmp(&b.cause))
    });
    causes.truncate(MOST);
    causes
}

/// Specialists that name the same thing agree on it; they look at different things, so it is the likelier for that.
fn merge(causes: &mut Vec<RootCause>, cause: &RootCause) {
    let same = |known: &&mut RootCause| known.cause == cause.cause && known.culprit == cause.culprit;
    let Some(known) = causes.iter_mut().find(same) else {
        causes.push(cause.clone());
        return;
    };
    if cause.confidence > known.confidence {
        known.chain.clone_from(&cause.chain);
    }
    known.confidence = known.confidence.or(cause.confidence);
    for finding in &cause.evidence {
        if !known.evidence.contains(finding) {
            known.evidence.push(finding.clone());
        }
    }
    for app in &cause.affects {
        if !known.affects.contains(app) {
            known.affects.push(app.clone());
        }
    }
    known.named_by = format!("{}, {}", known.named_by, cause.named_by);
}

/// What part of its likelihood a cause keeps beside the others.
fn factor(scene: &Scene, cause: &RootCause, all: &[RootCause]) -> f64 {
    let mut factor: f64 = 1.0;
    for other in all.iter().filter(|other| !std::ptr::eq(*other, cause) && other.confidence >= EXPLAINS_FROM) {
        if other.culprit == cause.culprit && is_general(cause.cause) && !is_general(other.cause) {
            factor = factor.min(GENERAL);
        } else if explains(scene, other, cause) && !explains(scene, cause, other) {
            factor = factor.min(EXPLAINED);
        }
    }
    factor
}

/// Causes that say that something fails, and not why.
fn is_general(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::ApplicationCrash
            | Cause::RolloutStuck
            | Cause::ServerErrors
            | Cause::ContainerConfigInvalid
            | Cause::NodeUnavailable
            | Cause::NodeCapacityExhausted
            | Cause::AccessForbidden
    )
}

/// Whether what `cause` names brings about what `symptom` names.
fn explains(scene: &Scene, cause: &RootCause, symptom: &RootCause) -> bool {
    if cause.affects.contains(&symptom.culprit) && cause.taxonomy < symptom.taxonomy {
        return true;
    }
    match (&cause.culprit, &symptom.culprit) {
        // Without a scheduler or a controller nothing is placed or made.
        (Culprit::Node { .. }, _) if is_control_plane(cause.cause) => {
            matches!(symptom.taxonomy, Taxonomy::Scheduling | Taxonomy::Startup)
        }
        (Culprit::Node { name: node }, Culprit::App { namespace, name }) => {
            cause.taxonomy == Taxonomy::Infrastructure
                && symptom.taxonomy > Taxonomy::Scheduling
                && runs_on(scene, namespace, name, node)
        }
        // What is wrong with one node is told of by each of its parts.
        (Culprit::Node { name: one }, Culprit::Node { name: other }) => {
            one == other && is_node_service(cause.cause) && !is_node_service(symptom.cause)
        }
        (Culprit::Namespace { name }, Culprit::App { namespace, .. }) => {
            name == namespace && symptom.taxonomy > Taxonomy::Scheduling
        }
        (Culprit::App { name: one, .. }, Culprit::App { name: other, .. }) => {
            one != other && is_carried_on(symptom.cause) && scene.calls.depends_on(other, one)
        }
        _ => cause.cause == Cause::ClusterDnsUnavailable && symptom.cause == Cause::ServiceDnsResolutionFailure,
    }
}

fn is_control_plane(cause: Cause) -> bool {
    matches!(cause, Cause::KubeSchedulerUnavailable | Cause::ControlPlaneUnavailable)
}

fn is_node_service(cause: Cause) -> bool {
    matches!(cause, Cause::KubeletUnavailable | Cause::ContainerdUnavailable | Cause::KubeProxyUnavailable)
}

/// Troubles that a service has when something that it calls is in trouble.
fn is_carried_on(symptom: Cause) -> bool {
    matches!(
        symptom,
        Cause::ServerErrors
            | Cause::ApplicationCrash
            | Cause::PodNetworkDelay
            | Cause::PodCpuOverload
            | Cause::RolloutStuck
            | Cause::LivenessProbeIncorrectTiming
            | Cause::GatewayMisroute
    )
}

/// Whether an app has a pod on a node.
fn runs_on(scene: &Scene, namespace: &str, app: &str, node: &str) -> bool {
    scene.graph.pods_on(node).any(|pod| {
        pod.metadata.namespace() == namespace
            && scene.graph.workload_of(pod).is_some_and(|workload| workload.name == app)
    })
}
