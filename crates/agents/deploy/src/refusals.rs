//! What the API server refused to make and is still missing.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::cluster::{Event, ReplicaSet, WorkloadCondition};
use lamplighter_core::diagnosis::{Culprit, Scene};
use lamplighter_core::words::{Finding, ObjectRef, WorkloadKind, WorkloadRef};

use crate::apps::{app, app_of_job, seen_at, standing_pods};

/// What is refused to an owner that cannot be looked at counts for so long: longer than a controller waits before
/// it tries again (`workqueue.DefaultControllerRateLimiter` waits 1000 s at most).
const RECENT: SignedDuration = SignedDuration::from_mins(20);

/// An object, such as a pod, that an owner wants to make and the API server refuses.
#[derive(Debug, Clone)]
pub(crate) struct Refusal<'a> {
    /// Whose object it is.
    pub(crate) app: Culprit,
    /// Who wants to make it.
    pub(crate) owner: ObjectRef,
    /// In the words of the API server.
    pub(crate) message: &'a str,
    /// When it was last refused (UTC).
    pub(crate) at: Timestamp,
    /// When it was first said, as a line of evidence, where it was said again.
    pub(crate) since: Option<String>,
}

impl Refusal<'_> {
    /// The namespace of the owner.
    pub(crate) fn namespace(&self) -> &str {
        self.owner.namespace.as_deref().unwrap_or_default()
    }

    /// As evidence.
    pub(crate) fn finding(&self, scene: &Scene) -> Finding {
        let summary = format!("The API server refuses what {} wants to make", self.owner);
        let finding = Finding::new(summary, self.owner.clone(), scene.source(), self.at).with_evidence(self.message);
        self.since.iter().fold(finding, Finding::with_evidence)
    }
}

/// The latest refusal of each owner that still lacks what was refused.
///
/// Controllers record a `FailedCreate` event each time (Kubernetes source, `pkg/controller/controller_utils.go`), and a
/// deployment has the condition `ReplicaFailure` with the message as long as the refusal lasts (Kubernetes docs, Failed
/// Deployment). Events outlive what they tell of: one whose owner has all of its pods by now is over, and of several
/// about one owner only the last is true.
pub(crate) fn standing(scene: &Scene) -> Vec<Refusal<'_>> {
    let mut last: HashMap<(&str, &str, &str), &Event> = HashMap::new();
    for event in scene.state().events.items().iter().filter(|event| is_refusal(event)) {
        let object = &event.involved_object;
        let key = (object.kind.as_str(), object.namespace.as_deref().unwrap_or_default(), object.name.as_str());
        let known = last.entry(key).or_insert(event);
        if event.last_seen() >= known.last_seen() {
            *known = event;
        }
    }
    let sets = if last.is_empty() { HashMap::new() } else { replica_sets(scene) };
    let mut refusals: Vec<_> = last.into_values().filter_map(|event| refusal(scene, event, &sets)).collect();
    refusals.sort_by(|a, b| a.owner.cmp(&b.owner));
    let known: std::collections::HashSet<Culprit> = refusals.iter().map(|refusal| refusal.app.clone()).collect();
    refusals.extend(conditions(scene).filter(|refusal| !known.contains(&refusal.app)));
    refusals
}

fn is_refusal(event: &Event) -> bool {
    matches!(event.reason.as_str(), "FailedCreate" | "ReplicaSetCreateError" | "FailedDaemonPod")
}

type Sets<'a> = HashMap<(&'a str, &'a str), &'a ReplicaSet>;

fn replica_sets(scene: &Scene) -> Sets<'_> {
    let sets = scene.state().replica_sets.items().iter();
    sets.map(|set| ((set.metadata.namespace(), set.metadata.name.as_str()), set)).collect()
}

fn refusal<'a>(scene: &'a Scene, event: &'a Event, sets: &Sets<'a>) -> Option<Refusal<'a>> {
    let object = &event.involved_object;
    let namespace = object.namespace.as_deref().unwrap_or_default();
    let at = seen_at(scene, event);
    let recent = scene.taken_at().duration_since(at) <= RECENT;
    let refusal = |app| {
        let owner = ObjectRef::namespaced(object.kind.to_lowercase(), namespace, &object.name);
        Some(Refusal { app, owner, message: &event.message, at, since: event.since() })
    };
    if object.kind == "ReplicaSet" {
        let set = sets.get(&(namespace, object.name.as_str()));
        let read = scene.state().replica_sets.seen().is_some();
        // Most refusals are of sets that have their pods by now: those are left at once.
        if set.map_or(read, |set| set.spec.replicas.unwrap_or(1) <= set.status.replicas) {
            return None;
        }
        let workload = scene.graph.workload_of_event(event);
        let lacks = set.is_some() || (recent && workload.as_ref().is_none_or(|it| lacks_pods(scene, it)));
        let name = || set.and_then(|set| set.metadata.controller()).map_or(&object.name, |owner| &owner.name);
        let app = workload.as_ref().map_or_else(|| Culprit::app(namespace, name()), app);
        return lacks.then(|| refusal(app)).flatten();
    }
    let workload = scene.graph.workload_of_event(event);
    if let Some(workload) = workload {
        let lacks = lacks_pods(scene, &workload) || has_failed_to_update(scene, &workload);
        return lacks.then(|| refusal(app(&workload))).flatten();
    }
    if object.kind == "Job" {
        let mut jobs = scene.state().jobs.items().iter();
        let job = jobs.find(|job| job.metadata.name == object.name && job.metadata.namespace() == namespace);
        let lacks = job.map_or(recent, |job| job.status.active + job.status.succeeded + job.status.failed == 0);
        return lacks.then(|| refusal(Culprit::app(namespace, app_of_job(scene, namespace, &object.name)))).flatten();
    }
    let gone = matches!(object.kind.as_str(), "Deployment" | "StatefulSet" | "DaemonSet");
    (recent && !gone).then(|| refusal(Culprit::app(namespace, &object.name))).flatten()
}

/// Whether a workload has fewer pods than it is set to have. Where pods were not read, fewer ready ones.
pub(crate) fn lacks_pods(scene: &Scene, workload: &WorkloadRef) -> bool {
    let Some(status) = scene.graph.workload(workload) else { return false };
    if scene.state().pods.seen().is_none() {
        return status.ready < status.desired;
    }
    usize::try_from(status.desired).is_ok_and(|desired| standing_pods(scene, workload).take(desired).count() < desired)
}

/// Whether a deployment has pods of its newest template for only a part of its replicas, because it could not make
/// a replica set.
fn has_failed_to_update(scene: &Scene, workload: &WorkloadRef) -> bool {
    let deployment = scene.graph.deployment(workload);
    deployment.is_some_and(|it| it.status.updated_replicas < it.spec.replicas.unwrap_or(1))
}

/// The refusals that deployments and replica sets tell of in their conditions: those are there when events are not.
fn conditions(scene: &Scene) -> impl Iterator<Item = Refusal<'_>> {
    let deployments = scene.state().deployments.items().iter().flat_map(|deployment| {
        let workload =
            WorkloadRef::new(WorkloadKind::Deployment, deployment.metadata.namespace(), &deployment.metadata.name);
        let refusal =
            move |(message, at)| Refusal { app: app(&workload), owner: workload.object(), message, at, since: None };
        failures(scene, &deployment.status.conditions).map(refusal)
    });
    // A deployment repeats what its replica set says, where its conditions were recorded with their messages.
    let told = |namespace: &str, name: &str| {
        let deployment = scene.graph.deployment(&WorkloadRef::new(WorkloadKind::Deployment, namespace, name));
        deployment.is_some_and(|it| failures(scene, &it.status.conditions).next().is_some())
    };
    let sets = scene.state().replica_sets.items().iter().filter(|set| !set.status.conditions.is_empty());
    let sets = sets.filter(|set| set.spec.replicas.unwrap_or(1) > set.status.replicas);
    let sets = sets.flat_map(move |set| {
        let (namespace, name) = (set.metadata.namespace(), set.metadata.name.as_str());
        let app = set.metadata.controller().map_or(name, |owner| owner.name.as_str());
        let repeated = app != name && told(namespace, app);
        failures(scene, &set.status.conditions).filter(move |_| !repeated).map(move |(message, at)| Refusal {
            app: Culprit::app(namespace, app),
            owner: ObjectRef::namespaced("replicaset", namespace, name),
            message,
            at,
            since: None,
        })
    });
    deployments.chain(sets)
}

fn failures<'a>(
    scene: &'a Scene,
    conditions: &'a [WorkloadCondition],
) -> impl Iterator<Item = (&'a str, Timestamp)> + use<'a> {
    let failed = conditions.iter().filter(|it| it.r#type == "ReplicaFailure" && it.status == "True");
    failed.filter_map(|it| {
        let at = it.last_update_time.or(it.last_transition_time).unwrap_or_else(|| scene.taken_at());
        it.message.as_deref().filter(|message| !message.is_empty()).map(|message| (message, at))
    })
}
