//! A simulated cluster that speaks the Kubernetes API over loopback HTTP.
//!
//! A [`World`] is made from a [`WorldSpec`]: nodes, workloads and what ails them. Clients find what they find
//! in a real cluster: paths, pages, `Status` errors, logs, events, and controllers that recreate pods and
//! roll out templates. The world's state lives in the process that started it, so a program under test can be
//! killed and started again while its world goes on.
//!
//! ```
//! use lamplighter_testkit::world::{World, WorldSpec};
//!
//! let spec: WorldSpec = r#"
//!     [[workload]]
//!     namespace = "apps"
//!     name = "wiki"
//!     fault = { kind = "stuck" }
//! "#
//! .parse()?;
//! let world = World::start(spec)?;
//! assert!(world.kubeconfig().contains("http://127.0.0.1:"));
//! assert!(!world.is_ready("apps", "wiki"), "it is stuck until somebody restarts its pod");
//! # Ok::<(), lamplighter_testkit::world::WorldError>(())
//! ```
//!
//! Time is real, and controllers act when somebody looks: at each request, and at each call of a method
//! here. Names and UIDs are the same each time the same spec is played.
//!
//! What is deliberately not here: watches, TLS, more than one user, creating objects through the API, and
//! deleting anything but pods.

mod ailing;
mod api;
mod cluster;
mod connection;
mod controllers;
mod crash_loop;
mod declared;
mod disruption;
mod error;
mod events;
mod extra;
mod fault;
mod github;
mod ids;
mod json;
mod ledger;
mod listening;
mod logs;
mod merge;
mod pod;
mod provider;
mod render;
mod revisions;
mod server;
mod shared;
mod spec;
pub mod vault;
mod workload;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

pub use disruption::Disruption;
pub use error::WorldError;
pub use fault::Fault;
pub use github::{GithubApp, GithubComment, GithubExchange, GithubIssue, GithubRole, GithubWorld, WebhookDelivery};
pub use ledger::{DeletedPod, Outcome, RequestRecord, Scaled};
pub use spec::{ClaimSpec, ClaimStatus, JobOutcome, JobSpec, Kind, MonitorSpec, NodeSpec, WorkloadSpec, WorldSpec};
pub use vault::VaultWorld;

use api::{Denial, TOKEN};
use cluster::Cluster;
use ids::Key;
use ledger::Ledger;
use provider::FollowedState;
use server::Server;
use shared::Shared;

/// A simulated cluster. It stops when it is dropped.
#[derive(Debug)]
pub struct World {
    shared: Arc<Shared>,
    server: Server,
}

impl World {
    /// Starts a world on two free ports of the loopback interface. It answers at once.
    ///
    /// # Errors
    /// [`WorldError::Spec`] when the spec contradicts itself, [`WorldError::Serve`] when there is no port.
    #[expect(clippy::needless_pass_by_value, reason = "a spec is made for one world and goes with it")]
    pub fn start(spec: WorldSpec) -> Result<Self, WorldError> {
        spec.check()?;
        let shared = Arc::new(Shared::new(Cluster::new(&spec, Timestamp::now())));
        let server = Server::start(Arc::clone(&shared))?;
        Ok(Self { shared, server })
    }

    /// The API's address: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.server.api)
    }

    /// The bearer token that the API wants.
    #[must_use]
    pub fn token(&self) -> &'static str {
        TOKEN
    }

    /// A kubeconfig with one context, `world`.
    #[must_use]
    pub fn kubeconfig(&self) -> String {
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: world\n\
             clusters:\n- name: world\n  cluster:\n    server: {}\n\
             users:\n- name: lamplighter\n  user:\n    token: {TOKEN}\n\
             contexts:\n- name: world\n  context:\n    cluster: world\n    user: lamplighter\n",
            self.url()
        )
    }

    /// Writes the kubeconfig to `DIR/kubeconfig` and says where that is.
    ///
    /// # Errors
    /// [`WorldError::Write`].
    pub fn write_kubeconfig(&self, dir: impl AsRef<Path>) -> Result<PathBuf, WorldError> {
        let path = dir.as_ref().join("kubeconfig");
        match std::fs::write(&path, self.kubeconfig()) {
            Ok(()) => Ok(path),
            Err(source) => Err(WorldError::Write { path, source }),
        }
    }

    /// Where a monitor outside the cluster would look at a service. It answers 200 when the service has a ready
    /// endpoint, 503 when it has none, and 502 when there is no such service.
    #[must_use]
    pub fn probe_url(&self, namespace: &str, service: &str) -> String {
        format!("http://{}/probe/{namespace}/{service}", self.server.probe)
    }

    /// Plays the provider for a Terraform stack: whenever the state file at this path has changed, what its
    /// `terraform_data` resources have as `input` comes about.
    ///
    /// An input is a manifest of a Deployment, `StatefulSet` or `DaemonSet`, or `{ kind = "Monitor", name, url }`,
    /// or a list of these. What the file says already counts as having come about; only changes act. A resource
    /// that leaves the state takes its workload or monitor with it.
    pub fn follow_state(&self, path: impl Into<PathBuf>) {
        let followed = FollowedState::new(path.into());
        let mut state = self.shared.now();
        for monitor in followed.monitors() {
            state.cluster.monitors.insert(monitor.name.clone(), monitor.clone());
        }
        state.states.push(followed);
    }

    /// The monitors that exist, by name.
    #[must_use]
    pub fn monitors(&self) -> Vec<MonitorSpec> {
        self.shared.now().cluster.monitors.values().cloned().collect()
    }

    /// Whether a workload has all its pods, of the present template, and all of them are ready.
    #[must_use]
    pub fn is_ready(&self, namespace: &str, name: &str) -> bool {
        let key = Key::new(namespace, name);
        let state = self.shared.now();
        let Some(workload) = state.cluster.workloads.get(&key) else { return false };
        let hash = workload.hash();
        let pods = || state.cluster.pods_of(&key);
        pods().all(|pod| pod.is_ready() && pod.hash == hash) && pods().count() == state.cluster.desired(workload)
    }

    /// Makes something ail a workload from now on, its present pods included.
    ///
    /// # Errors
    /// [`WorldError::Unknown`] when there is no such workload.
    pub fn break_workload(&self, namespace: &str, name: &str, fault: Fault) -> Result<(), WorldError> {
        self.shared.now().cluster.break_workload(&Key::new(namespace, name), fault)
    }

    /// Makes a workload well again, without new pods.
    ///
    /// # Errors
    /// [`WorldError::Unknown`] when there is no such workload.
    pub fn heal_workload(&self, namespace: &str, name: &str) -> Result<(), WorldError> {
        self.shared.now().cluster.heal_workload(&Key::new(namespace, name))
    }

    /// Makes a node's kubelet answer or fall silent.
    ///
    /// # Errors
    /// [`WorldError::Unknown`] when there is no such node.
    pub fn set_node_ready(&self, name: &str, ready: bool) -> Result<(), WorldError> {
        let mut state = self.shared.now();
        let now = state.cluster.now;
        if state.cluster.set_node(name, ready, now) { Ok(()) } else { Err(WorldError::Unknown(format!("node {name}"))) }
    }

    /// Denies a verb (`list`, `get`, `delete`, `patch`, `update`) on a resource (`pods`, `pods/log`,
    /// `deployments/scale` …) with 403. `*` stands for all of them.
    pub fn deny(&self, verb: impl Into<String>, resource: impl Into<String>) {
        self.shared.raw().denials.push(Denial { verb: verb.into(), resource: resource.into() });
    }

    /// Takes back every denial.
    pub fn permit_everything(&self) {
        self.shared.raw().denials.clear();
    }

    /// Makes something go wrong with the next requests that match. Disruptions strike in the order in which
    /// they were added.
    pub fn disrupt(&self, disruption: Disruption) {
        self.shared.raw().disruptions.push(disruption);
    }

    /// Answers the next requests with 500.
    pub fn fail_next(&self, requests: usize) {
        self.disrupt(Disruption::status(500).times(requests));
    }

    /// Resets the connections of the next requests, which do nothing.
    pub fn reset_next(&self, requests: usize) {
        self.disrupt(Disruption::reset().times(requests));
    }

    /// Makes each request to the API wait so long before anything is done.
    pub fn set_latency(&self, latency: Duration) {
        self.shared.raw().latency = latency;
    }

    /// Every request that the API got and has dealt with, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.shared.raw().ledger.requests.clone()
    }

    /// The pods that clients deleted, oldest first. Dry runs and failed preconditions are not among them.
    #[must_use]
    pub fn pods_deleted(&self) -> Vec<DeletedPod> {
        self.shared.raw().ledger.pods_deleted.clone()
    }

    /// The replica counts that clients changed, oldest first.
    #[must_use]
    pub fn scales(&self) -> Vec<Scaled> {
        self.shared.raw().ledger.scales.clone()
    }
}
