//! What set it off.

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::cluster::Pod;
use lamplighter_core::words::{Trigger, WorkloadKind};

use crate::evidence::onset;
use crate::facts::Facts;
use crate::member::{Member, Standing};
use crate::service::{Impact, Service};
use crate::survey::Survey;

/// A new version counts when it came at most this long before the first sign of trouble, in seconds.
const BEFORE: i64 = 3600;

/// And at most this long after it: signs are dated to the second, controllers are not that quick.
const AFTER: i64 = 60;

/// The label of the pods of stateful and daemon sets that says which version they are of (Kubernetes API,
/// `ControllerRevision`).
const REVISION: &str = "controller-revision-hash";

/// What points at a trigger, the clearest first.
pub(crate) fn trigger(survey: &Survey<'_>, services: &[&Service<'_>], facts: &Facts<'_>) -> Trigger {
    if !facts.lost_nodes.is_empty() {
        return Trigger::Hardware;
    }
    let broken: Vec<_> =
        services.iter().flat_map(|service| &service.members).filter(|member| member.is_broken()).collect();
    let any = |points_at: fn(&Survey<'_>, &Member<'_>) -> bool| broken.iter().any(|member| points_at(survey, member));
    let is_off = |_: &Survey<'_>, member: &Member<'_>| matches!(member.standing, Standing::Off { .. });
    let is_seen_outside_only =
        !services.is_empty() && services.iter().all(|service| service.impact() == Impact::Outside);
    if any(is_off) {
        Trigger::ConfigChange
    } else if any(was_rolled_out) {
        Trigger::Deploy
    } else if any(was_reconfigured) {
        Trigger::ConfigChange
    } else if is_seen_outside_only {
        Trigger::Upstream
    } else {
        Trigger::Unknown
    }
}

/// A new version came just before the trouble.
fn was_rolled_out(survey: &Survey<'_>, member: &Member<'_>) -> bool {
    let (Some(workload), Some(onset)) = (&member.workload, onset(survey, member)) else { return false };
    let is_just_before = |at: Timestamp| {
        at >= onset - SignedDuration::from_secs(BEFORE) && at <= onset + SignedDuration::from_secs(AFTER)
    };
    if member.created_at.is_some_and(is_just_before) {
        return true;
    }
    match workload.kind {
        WorkloadKind::Deployment => survey.newest_version(workload).is_some_and(is_just_before),
        WorkloadKind::StatefulSet | WorkloadKind::DaemonSet => {
            let revision = |pod: &Pod| pod.metadata.labels.get(REVISION).cloned();
            let broken: Vec<_> = member.broken_pods().filter_map(revision).collect();
            let serving = member.pods.iter().filter(|pod| crate::member::serves(pod)).filter_map(|pod| revision(pod));
            let mut others = serving.peekable();
            !broken.is_empty() && others.peek().is_some() && others.all(|revision| !broken.contains(&revision))
        }
    }
}

/// Its pods or its service cannot work as they are set: a service that leads nowhere, a setting or secret that
/// is not there.
fn was_reconfigured(survey: &Survey<'_>, member: &Member<'_>) -> bool {
    if let Standing::Unreachable { .. } = member.standing {
        return true;
    }
    member.broken_pods().any(|pod| {
        let waits = pod.all_container_statuses().filter_map(|status| status.state.waiting.as_ref()?.reason.as_deref());
        let mut events = survey.index.events_about("Pod", pod.metadata.namespace(), &pod.metadata.name);
        let unset = |message: &str| {
            let message = message.to_lowercase();
            (message.contains("configmap") || message.contains("secret")) && message.contains("not found")
        };
        waits.into_iter().any(|reason| reason == "CreateContainerConfigError")
            || events.any(|event| unset(&event.message))
    })
}
