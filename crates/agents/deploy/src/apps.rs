use lamplighter_core::cluster::{Event, Pod};
use lamplighter_core::diagnosis::{Culprit, Scene};
use lamplighter_core::words::{ObjectRef, WorkloadRef};

/// The app of a workload.
pub(crate) fn app(workload: &WorkloadRef) -> Culprit {
    Culprit::app(&workload.namespace, &workload.name)
}

/// The app that a pod belongs to: its workload, the cron job or job that made it, else what its labels say
/// (Kubernetes docs, Recommended Labels), else itself.
pub(crate) fn app_of(scene: &Scene, pod: &Pod) -> Culprit {
    let namespace = pod.metadata.namespace();
    if let Some(workload) = scene.graph.workload_of(pod) {
        return app(&workload);
    }
    let owner = pod.metadata.controller();
    if let Some(job) = owner.filter(|owner| owner.kind == "Job") {
        return Culprit::app(namespace, app_of_job(scene, namespace, &job.name));
    }
    let labels = ["app.kubernetes.io/name", "app", "k8s-app"];
    let labelled = labels.iter().find_map(|label| pod.metadata.labels.get(*label));
    let name = labelled.or_else(|| owner.map(|owner| &owner.name)).unwrap_or(&pod.metadata.name);
    Culprit::app(namespace, name)
}

/// The cron job that makes a job, else the job.
pub(crate) fn app_of_job<'a>(scene: &'a Scene, namespace: &str, job: &'a str) -> &'a str {
    let mut jobs = scene.state().jobs.items().iter();
    let found = jobs.find(|it| it.metadata.name == job && it.metadata.namespace() == namespace);
    let owner = found.and_then(|job| job.metadata.controller()).filter(|owner| owner.kind == "CronJob");
    owner.map_or(job, |owner| &owner.name)
}

/// The pods of a workload that are there to stay: not completed, not failed, not being deleted.
pub(crate) fn standing_pods<'a>(scene: &'a Scene, workload: &WorkloadRef) -> impl Iterator<Item = &'a Pod> {
    scene.graph.pods_of(workload).filter(|pod| !pod.is_terminating() && pod.status.phase != "Failed")
}

/// A pod for findings.
pub(crate) fn pod_object(pod: &Pod) -> ObjectRef {
    ObjectRef::pod(pod.metadata.namespace(), &pod.metadata.name)
}

/// When an event was last seen, else when the scene was read (UTC).
pub(crate) fn seen_at(scene: &Scene, event: &Event) -> jiff::Timestamp {
    event.last_seen().unwrap_or_else(|| scene.taken_at())
}

/// The events about a pod as it is now, not about one of its name before it, oldest first.
pub(crate) fn events_of<'a>(scene: &'a Scene, pod: &'a Pod) -> impl Iterator<Item = &'a Event> {
    let events = scene.graph.events_about("Pod", pod.metadata.namespace(), &pod.metadata.name);
    events.filter(|event| scene.graph.is_current(event))
}
