//! Events: those of the controllers are recorded, those about a pod follow from how it stands.

use jiff::{SignedDuration, Timestamp};

use super::cluster::{Claim, Job};
use super::ids::{Key, hex, uid};
use super::pod::{Pod, Standing, Trouble};
use super::spec::Kind;
use super::workload::Workload;

/// How often a readiness probe asks.
const PROBE_PERIOD: SignedDuration = SignedDuration::from_secs(10);

/// The object that an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct About {
    pub(super) api_version: &'static str,
    pub(super) kind: &'static str,
    pub(super) key: Key,
    pub(super) uid: String,
    pub(super) field_path: Option<String>,
}

/// An event and how often it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) about: About,
    pub(super) warning: bool,
    pub(super) reason: &'static str,
    pub(super) message: String,
    pub(super) source: &'static str,
    pub(super) count: u32,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
}

/// The events that were recorded.
#[derive(Debug, Default)]
pub(super) struct Events(Vec<Event>);

impl Events {
    /// Adds an event, or counts it where it is there already.
    pub(super) fn record(&mut self, event: Event) {
        match self.0.iter_mut().find(|known| known.same_as(&event)) {
            Some(known) => {
                known.count = known.count.saturating_add(event.count);
                known.last = known.last.max(event.last);
            }
            None => self.0.push(event),
        }
    }

    pub(super) fn forget_before(&mut self, time: Timestamp) {
        self.0.retain(|event| event.last >= time);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Event> {
        self.0.iter()
    }
}

impl About {
    pub(super) fn workload(workload: &Workload) -> Self {
        Self::apps(workload.kind.as_str(), workload.key.clone(), workload.uid.clone())
    }

    fn replica_set(workload: &Workload, hash: &str) -> Self {
        let key = Key::new(&workload.key.namespace, workload.replica_set(hash));
        Self::apps("ReplicaSet", key, workload.replica_set_uid(hash))
    }

    fn apps(kind: &'static str, key: Key, uid: String) -> Self {
        Self { api_version: "apps/v1", kind, key, uid, field_path: None }
    }

    pub(super) fn pod(pod: &Pod) -> Self {
        Self { api_version: "v1", kind: "Pod", key: pod.key.clone(), uid: pod.uid.clone(), field_path: None }
    }

    pub(super) fn container(pod: &Pod) -> Self {
        Self { field_path: Some(format!("spec.containers{{{}}}", pod.container)), ..Self::pod(pod) }
    }

    /// A node. Its events are in the namespace `default`, and their UID is its name.
    pub(super) fn node(name: &str) -> Self {
        let key = Key::new("default", name);
        Self { api_version: "v1", kind: "Node", key, uid: name.to_owned(), field_path: None }
    }
}

impl Event {
    fn at(about: About, warning: bool, reason: &'static str, message: impl Into<String>, time: Timestamp) -> Self {
        let message = message.into();
        Self { about, warning, reason, message, source: "kubelet", count: 1, first: time, last: time }
    }

    pub(super) fn normal(
        about: About,
        reason: &'static str,
        message: impl Into<String>,
        source: &'static str,
        time: Timestamp,
    ) -> Self {
        Self { source, ..Self::at(about, false, reason, message, time) }
    }

    fn warning(about: About, reason: &'static str, message: impl Into<String>, time: Timestamp) -> Self {
        Self::at(about, true, reason, message, time)
    }

    fn from(self, source: &'static str) -> Self {
        Self { source, ..self }
    }

    /// The same seen every `period` until `now`.
    fn repeated(self, period: SignedDuration, now: Timestamp) -> Self {
        let times = now.duration_since(self.first).as_secs() / period.as_secs().max(1);
        let count = u32::try_from(times.max(0) + 1).unwrap_or(u32::MAX);
        Self { count, last: self.first + period * (i32::try_from(times.max(0)).unwrap_or(i32::MAX)), ..self }
    }

    /// The deployment scaled one of its replica sets.
    pub(super) fn scaled(workload: &Workload, hash: &str, from: u32, to: u32, time: Timestamp) -> Self {
        let direction = if to > from { "up" } else { "down" };
        let message = format!("Scaled {direction} replica set {} from {from} to {to}", workload.replica_set(hash));
        Self::normal(About::workload(workload), "ScalingReplicaSet", message, "deployment-controller", time)
    }

    pub(super) fn created(workload: &Workload, pod: &str, time: Timestamp) -> Self {
        let (about, source) = creator(workload, &workload.hash());
        let message = match workload.kind {
            Kind::StatefulSet => format!("create Pod {pod} in StatefulSet {} successful", workload.key.name),
            Kind::Deployment | Kind::DaemonSet => format!("Created pod: {pod}"),
        };
        Self::normal(about, "SuccessfulCreate", message, source, time)
    }

    pub(super) fn deleted(workload: &Workload, hash: &str, pod: &str, time: Timestamp) -> Self {
        let (about, source) = creator(workload, hash);
        let message = match workload.kind {
            Kind::StatefulSet => format!("delete Pod {pod} in StatefulSet {} successful", workload.key.name),
            Kind::Deployment | Kind::DaemonSet => format!("Deleted pod: {pod}"),
        };
        Self::normal(about, "SuccessfulDelete", message, source, time)
    }

    /// Its name: stable as long as it is the same event.
    pub(super) fn name(&self) -> String {
        format!("{}.{}", self.about.key.name, hex(&[&self.about.uid, self.reason, &self.message], 16))
    }

    pub(super) fn uid(&self) -> String {
        uid(&["Event", &self.about.uid, self.reason, &self.message])
    }

    fn same_as(&self, other: &Self) -> bool {
        self.about == other.about && self.reason == other.reason && self.message == other.message
    }
}

fn creator(workload: &Workload, hash: &str) -> (About, &'static str) {
    match workload.kind {
        Kind::Deployment => (About::replica_set(workload, hash), "replicaset-controller"),
        Kind::StatefulSet => (About::workload(workload), "statefulset-controller"),
        Kind::DaemonSet => (About::workload(workload), "daemonset-controller"),
    }
}

/// The events about a pod that stands like this.
pub(super) fn of_pod(pod: &Pod, standing: &Standing, now: Timestamp) -> Vec<Event> {
    if let Standing::Unscheduled { why } = standing {
        let event = Event::warning(About::pod(pod), "FailedScheduling", why, pod.created_at);
        return vec![event.from("default-scheduler").repeated(SignedDuration::from_mins(5), now)];
    }
    let mut events = placed(pod);
    match standing {
        Standing::PullFails { since } => events.extend(pull_failure(pod, *since, now)),
        Standing::Crashes { cycle, .. } if cycle.last.is_some() => {
            let starts = pod.restart_count(standing).saturating_add(1);
            events.extend(started(pod, (cycle.began_at, cycle.started_at), starts));
            events.push(back_off(pod, cycle.began_at, now));
        }
        Standing::Runs { trouble, up_at } => {
            events.extend(started(pod, (*up_at, *up_at), 1));
            events.extend(trouble.as_ref().map(|trouble| unhealthy(pod, trouble, now)));
        }
        _ => {}
    }
    events
}

fn placed(pod: &Pod) -> Vec<Event> {
    let node = pod.node.as_deref().unwrap_or_default();
    let message = format!("Successfully assigned {} to {node}", pod.key);
    vec![Event::normal(About::pod(pod), "Scheduled", message, "default-scheduler", pod.created_at)]
}

fn started(pod: &Pod, (first, last): (Timestamp, Timestamp), starts: u32) -> Vec<Event> {
    let image = &pod.template.image;
    let messages = [
        ("Pulled", format!("Container image \"{image}\" already present on machine")),
        ("Created", format!("Created container: {}", pod.container)),
        ("Started", format!("Started container {}", pod.container)),
    ];
    let event = |(reason, message)| Event {
        count: starts,
        last,
        ..Event::normal(About::container(pod), reason, message, "kubelet", first)
    };
    messages.map(event).into()
}

fn back_off(pod: &Pod, since: Timestamp, now: Timestamp) -> Event {
    let message = format!(
        "Back-off restarting failed container {} in pod {}_{}({})",
        pod.container, pod.key.name, pod.key.namespace, pod.uid
    );
    Event::warning(About::container(pod), "BackOff", message, since).repeated(SignedDuration::from_secs(15), now)
}

fn unhealthy(pod: &Pod, trouble: &Trouble, now: Timestamp) -> Event {
    let (since, message) = match trouble {
        Trouble::Stuck { since } => (
            *since,
            format!(
                "Readiness probe failed: Get \"http://{}/healthz\": context deadline exceeded \
                 (Client.Timeout exceeded while awaiting headers)",
                pod.ip
            ),
        ),
        Trouble::Misses { .. } => {
            let since = pod.ready.map_or(pod.up_at, |(_, since)| since);
            (since, "Readiness probe failed: HTTP probe failed with statuscode: 503".to_owned())
        }
        Trouble::NodeDown { since } => {
            let about = About::pod(pod);
            return Event::warning(about, "NodeNotReady", "Node is not ready", *since).from("node-controller");
        }
    };
    Event::warning(About::container(pod), "Unhealthy", message, since).repeated(PROBE_PERIOD, now)
}

fn pull_failure(pod: &Pod, since: Timestamp, now: Timestamp) -> Vec<Event> {
    let image = &pod.template.image;
    let about = || About::container(pod);
    let pulls = SignedDuration::from_mins(5);
    vec![
        Event::normal(about(), "Pulling", format!("Pulling image \"{image}\""), "kubelet", since).repeated(pulls, now),
        Event::warning(about(), "Failed", super::render::pull_error(image), since).repeated(pulls, now),
        Event::warning(about(), "Failed", "Error: ErrImagePull", since).repeated(pulls, now),
        Event::warning(about(), "Failed", "Error: ImagePullBackOff", since).repeated(PROBE_PERIOD * 2, now),
        Event::normal(about(), "BackOff", format!("Back-off pulling image \"{image}\""), "kubelet", since)
            .repeated(PROBE_PERIOD * 2, now),
    ]
}

/// A job that gave up says so.
pub(super) fn of_job(job: &Job) -> Event {
    let about =
        About { api_version: "batch/v1", kind: "Job", key: job.key.clone(), uid: job.uid.clone(), field_path: None };
    match job.outcome {
        super::spec::JobOutcome::Completed => {
            Event::normal(about, "Completed", "Job completed", "job-controller", job.ended_at)
        }
        super::spec::JobOutcome::Failed => {
            let message = "Job has reached the specified backoff limit";
            Event::warning(about, "BackoffLimitExceeded", message, job.ended_at).from("job-controller")
        }
    }
}

/// A claim that waits for a volume says so.
pub(super) fn of_pending_claim(claim: &Claim, since: Timestamp, now: Timestamp) -> Event {
    let about = About {
        api_version: "v1",
        kind: "PersistentVolumeClaim",
        key: claim.key.clone(),
        uid: claim.uid(),
        field_path: None,
    };
    let message = format!(
        "storageclass.storage.k8s.io \"{}\" has no provisioner that can create a volume now",
        claim.spec.storage_class
    );
    Event::warning(about, "ProvisioningFailed", message, since)
        .from("persistentvolume-controller")
        .repeated(PROBE_PERIOD * 3 / 2, now)
}
