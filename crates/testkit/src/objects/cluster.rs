use jiff::Timestamp;
use lamplighter_core::cluster::{ClusterState, Event, Job, Node, PersistentVolumeClaim, Pod, Service};
use lamplighter_core::words::Source;

use super::reconcile::reconcile;
use super::workload::WorkloadBuilder;
use super::{items, list};
use crate::fakes::FakeClock;

/// Makes a [`ClusterState`] in which every kind has been read.
#[must_use = "a builder makes nothing until it is built"]
pub struct ClusterBuilder(ClusterState);

/// An empty cluster, read at [`FakeClock::START`] from the `kubernetes api`.
pub fn cluster() -> ClusterBuilder {
    let state = ClusterState::unread(FakeClock::START, Source::new("kubernetes api")).all_seen();
    ClusterBuilder(state)
}

impl ClusterBuilder {
    /// The state, with counts and endpoints as the pods are.
    #[must_use]
    pub fn build(mut self) -> ClusterState {
        for (number, pod) in (10..).zip(items(&mut self.0.pods)) {
            if pod.spec.node_name.is_some() && pod.status.pod_ip.is_none() {
                pod.status.pod_ip = Some(format!("10.42.0.{number}"));
            }
        }
        reconcile(&mut self.0);
        self.0
    }

    /// Read at this time (UTC).
    pub fn taken_at(mut self, at: Timestamp) -> Self {
        self.0.taken_at = at;
        self
    }

    /// Read from this source.
    pub fn source(mut self, name: &str) -> Self {
        self.0.source = Source::new(name);
        self
    }

    /// With a workload: its objects and its pods.
    pub fn workload(mut self, workload: WorkloadBuilder) -> Self {
        workload.put_into(&mut self.0);
        self
    }

    /// With a node.
    pub fn node(mut self, node: impl Into<Node>) -> Self {
        list(&mut self.0.nodes).push(node.into());
        self
    }

    /// With a pod of its own.
    pub fn pod(mut self, pod: impl Into<Pod>) -> Self {
        list(&mut self.0.pods).push(pod.into());
        self
    }

    /// With a claim.
    pub fn claim(mut self, claim: impl Into<PersistentVolumeClaim>) -> Self {
        list(&mut self.0.claims).push(claim.into());
        self
    }

    /// With a job.
    pub fn job(mut self, job: impl Into<Job>) -> Self {
        list(&mut self.0.jobs).push(job.into());
        self
    }

    /// With an event.
    pub fn event(mut self, event: impl Into<Event>) -> Self {
        list(&mut self.0.events).push(event.into());
        self
    }

    /// With a service, and its endpoints.
    pub fn service(mut self, service: impl Into<Service>) -> Self {
        list(&mut self.0.services).push(service.into());
        self
    }

    /// With something that no builder makes, or with a kind that could not be read.
    pub fn change(mut self, change: impl FnOnce(&mut ClusterState)) -> Self {
        change(&mut self.0);
        self
    }
}

impl From<ClusterBuilder> for ClusterState {
    fn from(builder: ClusterBuilder) -> Self {
        builder.build()
    }
}
