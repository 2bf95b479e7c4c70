use jiff::{SignedDuration, Timestamp};
use lamplighter_core::cluster::{
    Container, ContainerState, ContainerStatus, EnvVar, OwnerReference, Pod, PodCondition, PodSpec, PodStatus,
    StateRunning, StateTerminated, StateWaiting, Volume, VolumeClaim,
};

use super::{APP, ago, meta, quantity, yesterday};

/// Makes a [`Pod`].
#[derive(Debug, Clone)]
#[must_use = "a builder makes nothing until it is built"]
pub struct PodBuilder(Pod);

/// A pod that runs and is ready, with one container named `app`, on node `n1`, controlled by nobody.
pub fn pod(namespace: &str, name: &str) -> PodBuilder {
    let mut metadata = meta("pod", Some(namespace), name);
    metadata.labels.insert(APP.to_owned(), name.to_owned());
    let container =
        Container { name: "app".to_owned(), image: "registry.example.org/app:1.0".to_owned(), ..Container::default() };
    let spec = PodSpec {
        node_name: Some("n1".to_owned()),
        containers: vec![container],
        restart_policy: Some("Always".to_owned()),
        service_account_name: Some("default".to_owned()),
        ..PodSpec::default()
    };
    PodBuilder(Pod { metadata, spec, status: PodStatus::default() }).running()
}

impl PodBuilder {
    /// The pod.
    #[must_use]
    pub fn build(self) -> Pod {
        self.0
    }

    /// A builder that goes on with this pod.
    pub(crate) fn of(pod: Pod) -> Self {
        Self(pod)
    }

    /// With another label, or another value of one.
    pub fn label(mut self, key: &str, value: &str) -> Self {
        self.0.metadata.labels.insert(key.to_owned(), value.to_owned());
        self
    }

    /// On another node.
    pub fn on(mut self, node: &str) -> Self {
        self.0.spec.node_name = Some(node.to_owned());
        self
    }

    /// Created at this time (UTC).
    pub fn created_at(mut self, at: Timestamp) -> Self {
        self.0.metadata.creation_timestamp = Some(at);
        self.0.status.start_time = Some(at);
        self
    }

    /// With its first container called so.
    pub fn container(mut self, name: &str) -> Self {
        if let Some(status) = self.0.status.container_statuses.first_mut() {
            name.clone_into(&mut status.name);
        }
        self.edit_container(|container| name.clone_into(&mut container.name))
    }

    /// With this image in its first container.
    pub fn image(self, image: &str) -> Self {
        self.edit_container(|container| image.clone_into(&mut container.image))
    }

    /// With this memory limit and request on its first container: `128Mi`.
    pub fn memory_limit(self, limit: &str) -> Self {
        self.edit_container(|Container { resources, .. }| {
            resources.limits.insert("memory".to_owned(), quantity(limit));
            resources.requests.insert("memory".to_owned(), quantity(limit));
        })
    }

    /// With this CPU limit on its first container: `500m`.
    pub fn cpu_limit(self, limit: &str) -> Self {
        self.edit_container(|container| {
            container.resources.limits.insert("cpu".to_owned(), quantity(limit));
        })
    }

    /// With this environment variable in its first container.
    pub fn env(self, name: &str, value: &str) -> Self {
        let variable = EnvVar { name: name.to_owned(), value: Some(value.to_owned()), value_from: None };
        self.edit_container(|container| container.env.push(variable))
    }

    /// With a volume from this claim.
    pub fn claim(mut self, claim: &str) -> Self {
        let source = VolumeClaim { claim_name: claim.to_owned() };
        let volume = Volume { name: claim.to_owned(), persistent_volume_claim: Some(source), ..Volume::default() };
        self.0.spec.volumes.push(volume);
        self
    }

    /// Controlled by this owner.
    pub fn owned_by(mut self, kind: &str, name: &str, uid: &str) -> Self {
        self.0.metadata.owner_references = vec![OwnerReference {
            kind: kind.to_owned(),
            name: name.to_owned(),
            uid: uid.to_owned(),
            controller: Some(true),
        }];
        self
    }

    /// Running and ready, as it is at first.
    pub fn running(self) -> Self {
        let state = ContainerState { running: Some(StateRunning { started_at: Some(yesterday()) }), ..empty() };
        self.phase("Running").ready(true).container_state(&state, &empty(), 0)
    }

    /// Running, and not ready.
    pub fn not_ready(self) -> Self {
        let state = ContainerState { running: Some(StateRunning { started_at: Some(yesterday()) }), ..empty() };
        self.phase("Running").ready(false).container_state(&state, &empty(), 0)
    }

    /// Ready, after so many restarts, the last one an hour ago.
    pub fn restarted(self, times: u32) -> Self {
        let started_at = Some(ago(SignedDuration::from_mins(59)));
        let state = ContainerState { running: Some(StateRunning { started_at }), ..empty() };
        let last = terminated("Error", 1, SignedDuration::from_mins(60));
        self.phase("Running").ready(true).container_state(&state, &last, times)
    }

    /// Crash-looping: its container exits with code 1.
    pub fn crash_looping(self, restarts: u32) -> Self {
        self.backing_off("Error", 1, restarts)
    }

    /// Crash-looping: its container is killed for want of memory.
    pub fn out_of_memory(self, restarts: u32) -> Self {
        self.backing_off("OOMKilled", 137, restarts)
    }

    /// Waiting for an image that cannot be had.
    pub fn image_pull_failing(self) -> Self {
        let image = self.0.spec.containers.first().map(|container| container.image.clone()).unwrap_or_default();
        let state = waiting("ImagePullBackOff", &format!("Back-off pulling image \"{image}\""));
        self.phase("Pending").ready(false).container_state(&state, &empty(), 0)
    }

    /// Waiting to start for this reason: `CreateContainerConfigError`, `ContainerCreating`.
    pub fn waiting(self, reason: &str, message: &str) -> Self {
        self.phase("Pending").ready(false).container_state(&waiting(reason, message), &empty(), 0)
    }

    /// On no node, since the scheduler has found none for this reason.
    pub fn unschedulable(self, message: &str) -> Self {
        let mut this = self.phase("Pending");
        this.0.spec.node_name = None;
        this.0.status.start_time = None;
        this.0.status.container_statuses.clear();
        this.0.status.conditions = vec![PodCondition {
            reason: Some("Unschedulable".to_owned()),
            message: Some(message.to_owned()),
            ..condition("PodScheduled", false)
        }];
        this
    }

    /// Run to its end.
    pub fn completed(self) -> Self {
        let done = terminated("Completed", 0, SignedDuration::from_hours(1));
        let mut this = self.phase("Succeeded").ready(false).container_state(&done, &empty(), 0);
        this.0.spec.restart_policy = Some("Never".to_owned());
        this
    }

    /// Failed, and not to be tried again.
    pub fn failed(self) -> Self {
        let dead = terminated("Error", 1, SignedDuration::from_hours(1));
        let mut this = self.phase("Failed").ready(false).container_state(&dead, &empty(), 0);
        this.0.spec.restart_policy = Some("Never".to_owned());
        this
    }

    /// Evicted by its node.
    pub fn evicted(self) -> Self {
        let mut this = self.phase("Failed");
        this.0.status.reason = Some("Evicted".to_owned());
        this.0.status.message = Some("The node was low on resource: ephemeral-storage.".to_owned());
        this.0.status.conditions.clear();
        this.0.status.container_statuses.clear();
        this
    }

    /// Being deleted.
    pub fn terminating(mut self) -> Self {
        self.0.metadata.deletion_timestamp = Some(ago(SignedDuration::from_secs(5)));
        self
    }

    fn backing_off(self, reason: &str, code: i32, restarts: u32) -> Self {
        let message = "back-off 5m0s restarting failed container";
        let last = terminated(reason, code, SignedDuration::from_mins(2));
        self.phase("Running").ready(false).container_state(&waiting("CrashLoopBackOff", message), &last, restarts)
    }

    fn phase(mut self, phase: &str) -> Self {
        phase.clone_into(&mut self.0.status.phase);
        self.0.status.start_time = self.0.metadata.creation_timestamp;
        self.0.status.reason = None;
        self.0.status.message = None;
        self
    }

    fn ready(mut self, ready: bool) -> Self {
        self.0.status.conditions = vec![
            condition("Initialized", true),
            condition("Ready", ready),
            condition("ContainersReady", ready),
            condition("PodScheduled", true),
        ];
        self
    }

    fn container_state(mut self, state: &ContainerState, last_state: &ContainerState, restart_count: u32) -> Self {
        let ready = self.0.is_ready();
        let status = |container: &Container| ContainerStatus {
            name: container.name.clone(),
            ready,
            restart_count,
            started: Some(state.running.is_some()),
            state: state.clone(),
            last_state: last_state.clone(),
        };
        self.0.status.container_statuses = self.0.spec.containers.iter().map(status).collect();
        self
    }

    fn edit_container(mut self, edit: impl FnOnce(&mut Container)) -> Self {
        if let Some(container) = self.0.spec.containers.first_mut() {
            edit(container);
        }
        self
    }
}

impl From<PodBuilder> for Pod {
    fn from(builder: PodBuilder) -> Self {
        builder.build()
    }
}

fn condition(r#type: &str, holds: bool) -> PodCondition {
    PodCondition {
        r#type: r#type.to_owned(),
        status: if holds { "True" } else { "False" }.to_owned(),
        last_transition_time: Some(yesterday()),
        ..PodCondition::default()
    }
}

fn empty() -> ContainerState {
    ContainerState::default()
}

fn waiting(reason: &str, message: &str) -> ContainerState {
    let waiting = StateWaiting { reason: Some(reason.to_owned()), message: Some(message.to_owned()) };
    ContainerState { waiting: Some(waiting), ..empty() }
}

fn terminated(reason: &str, exit_code: i32, before: SignedDuration) -> ContainerState {
    let terminated = StateTerminated {
        exit_code,
        reason: Some(reason.to_owned()),
        message: None,
        started_at: Some(ago(before + SignedDuration::from_mins(1))),
        finished_at: Some(ago(before)),
    };
    ContainerState { terminated: Some(terminated), ..empty() }
}
