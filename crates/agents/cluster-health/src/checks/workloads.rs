//! What deployments, stateful sets and daemon sets have in common.

use std::collections::BTreeSet;

use jiff::Timestamp;
use lamplighter_core::cluster::{Event, Meta, WorkloadCondition};
use lamplighter_core::words::{Finding, ObjectRef, Severity, WorkloadKind, WorkloadRef};

use crate::lines::{condition_line, event_line, quoted};
use crate::{ClusterView, Observation, Outcome};

/// How a workload stands against what it should be.
pub(super) struct Standing<'a> {
    pub(super) workload: WorkloadRef,
    /// Its kind as events write it.
    pub(super) event_kind: &'static str,
    pub(super) meta: &'a Meta,
    pub(super) desired: u32,
    pub(super) ready: u32,
    /// How many pods are of the newest version, where that is known.
    pub(super) updated: Option<u32>,
    pub(super) observed_generation: Option<i64>,
    pub(super) conditions: &'a [WorkloadCondition],
}

/// What comes of looking at each of these workloads.
pub(super) fn over<'a>(
    what: &'static str,
    standings: impl Iterator<Item = Standing<'a>>,
    view: &ClusterView<'_>,
) -> Outcome {
    let mut outcome = Outcome::of(what);
    for standing in standings {
        outcome.look(standing.look(view));
        outcome.workloads.extend(standing.to_run());
    }
    outcome
}

impl Standing<'_> {
    /// What comes of it: not enough ready pods, or a rollout that does not get on.
    pub(super) fn look(&self, view: &ClusterView<'_>) -> Option<Observation> {
        if self.desired == 0 {
            return self.scaled_down(view);
        }
        let observation = if self.ready < self.desired { self.short(view) } else { self.rollout(view)? };
        let cannot_start = self.conditions.iter().any(is_failure);
        Some(observation.softened_if(view.is_new(self.meta) && !cannot_start))
    }

    /// Itself, if it is to run.
    pub(super) fn to_run(&self) -> Option<ObjectRef> {
        (self.desired > 0).then(|| self.workload.object())
    }

    fn short(&self, view: &ClusterView<'_>) -> Observation {
        let (ready, desired) = (self.ready, self.desired);
        let summary = match ready {
            0 => format!("{} has no ready pod of {desired}", self.workload),
            _ => format!("{} has {ready} ready pods of {desired}", self.workload),
        };
        let severity = if ready.saturating_mul(2) <= desired { Severity::Sev2 } else { Severity::Sev3 };
        let observation = Observation::fail(severity, self.finding(view, summary, self.since()));
        // The ones that are missing may simply be starting: a rollout, or a pod that was just replaced.
        let starting = view.graph().pods_of(&self.workload).filter(|pod| !pod.is_ready());
        let starting = starting.filter(|pod| view.is_new(&pod.metadata)).count();
        observation.softened_if(ready > 0 && u32::try_from(starting).unwrap_or(u32::MAX) >= desired - ready)
    }

    fn rollout(&self, view: &ClusterView<'_>) -> Option<Observation> {
        let failed = self.conditions.iter().find(|condition| is_failure(condition));
        if let Some(condition) = failed {
            let summary = format!("{} does not get its new version out", self.workload);
            return Some(Observation::fail(
                Severity::Sev3,
                self.finding(view, summary, condition.last_transition_time),
            ));
        }
        let updated = self.updated.filter(|updated| *updated < self.desired);
        let is_unseen = self.observed_generation.zip(self.meta.generation).is_some_and(|(seen, now)| seen < now);
        let summary = match updated {
            Some(updated) => format!("{} has {updated} of {} pods on its newest version", self.workload, self.desired),
            None if is_unseen => format!("{} was changed and its controller has not looked yet", self.workload),
            None => return None,
        };
        Some(Observation::warn(self.finding(view, summary, None)))
    }

    /// Somebody set it to no replicas although it seems to be meant to serve. The number of a daemon set follows
    /// from the nodes.
    fn scaled_down(&self, view: &ClusterView<'_>) -> Option<Observation> {
        if self.workload.kind == WorkloadKind::DaemonSet {
            return None;
        }
        let declared = self.meta.applied_replicas().filter(|replicas| *replicas > 0);
        let events = view.graph().events_about(self.event_kind, self.meta.namespace(), &self.meta.name);
        let scaled = events.filter(|event| event.is_scale_to_zero()).last();
        let has_service = view.graph().services_of(&self.workload).next().is_some();
        let was_meant = declared.is_some() || scaled.is_some();
        if !was_meant && !has_service {
            return None;
        }
        let summary = format!("{} is scaled to 0", self.workload);
        let mut finding = view.finding(summary, self.workload.object(), scaled.and_then(Event::last_seen));
        finding.evidence.push("spec.replicas=0".to_owned());
        finding.evidence.extend(declared.map(|replicas| format!("it was last applied with {replicas} replicas")));
        finding.evidence.extend(scaled.map(event_line));
        if has_service {
            finding.evidence.push("a service selects its pods".to_owned());
        }
        let callers = running_callers(view, &self.workload.name);
        if !callers.is_empty() {
            finding.evidence.push(format!("called by {}, which run", quoted(&callers.join(", "))));
        }
        Some(Observation::fail(Severity::Sev2, finding).softened_if(!was_meant || callers.is_empty()))
    }

    fn since(&self) -> Option<Timestamp> {
        let available = self.conditions.iter().find(|condition| condition.r#type == "Available");
        available.filter(|condition| condition.status == "False")?.last_transition_time
    }

    fn finding(&self, view: &ClusterView<'_>, summary: String, at: Option<Timestamp>) -> Finding {
        let mut finding = view.finding(summary, self.workload.object(), at);
        finding.evidence.push(format!("desired {}, ready {}", self.desired, self.ready));
        let failures = self.conditions.iter().filter(|condition| is_failure(condition) || is_unavailable(condition));
        finding.evidence.extend(failures.map(condition_line));
        finding.evidence.extend(view.warnings_about(self.event_kind, self.meta.namespace(), &self.meta.name));
        finding
    }
}

/// The apps that call this one and have a ready pod, so that they miss it.
fn running_callers<'a>(view: &ClusterView<'a>, app: &str) -> Vec<&'a str> {
    let callers: BTreeSet<&str> = view.scene().calls.callers(app).collect();
    let running = view.graph().workloads().filter(|status| status.ready > 0);
    running.map(|status| status.workload.name.as_str()).filter(|name| callers.contains(name)).collect()
}

/// Source: Kubernetes docs, Deployments, "Failed Deployment".
fn is_failure(condition: &WorkloadCondition) -> bool {
    let stuck = condition.r#type == "Progressing" && condition.status == "False";
    stuck || (condition.r#type == "ReplicaFailure" && condition.status == "True")
}

fn is_unavailable(condition: &WorkloadCondition) -> bool {
    condition.r#type == "Available" && condition.status == "False"
}
