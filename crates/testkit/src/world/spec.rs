use std::collections::BTreeSet;

use lamplighter_core::cluster::Quantity;
use serde::{Deserialize, Serialize};

use super::WorldError;
use super::fault::Fault;
use super::ids::Key;

/// What a world consists of, as TOML writes it. Unknown keys are refused.
///
/// ```
/// use lamplighter_testkit::world::WorldSpec;
///
/// let spec: WorldSpec = r#"
///     nodes = [{ name = "n1" }, { name = "n2", ready = false }]
///
///     [[workload]]
///     namespace = "apps"
///     name = "wiki"
///     fault = { kind = "needs-memory", at_least = "200Mi" }
///     since_minutes = 25
///     restarts = 7
///
///     [[claim]]
///     namespace = "apps"
///     name = "wiki-data"
/// "#
/// .parse()?;
/// assert_eq!(spec.workload[0].memory_limit.as_ref().unwrap().as_str(), "128Mi");
/// # Ok::<(), lamplighter_testkit::world::WorldError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorldSpec {
    /// How long a container takes from its start until it is ready, or until it crashes (milliseconds).
    pub startup_ms: u32,
    /// How long a deleted pod stays and terminates before it is gone (milliseconds).
    pub termination_ms: u32,
    /// The nodes. One that is ready where none are named.
    pub nodes: Vec<NodeSpec>,
    /// The workloads.
    pub workload: Vec<WorkloadSpec>,
    /// The jobs.
    pub job: Vec<JobSpec>,
    /// The persistent volume claims.
    pub claim: Vec<ClaimSpec>,
    /// The monitors that exist from the start.
    pub monitor: Vec<MonitorSpec>,
    /// Other objects, as the API writes them: quotas, policies, volumes … They are served, and nothing acts on them.
    pub object: Vec<serde_json::Value>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeSpec {
    /// Its name.
    pub name: String,
    /// Whether its kubelet answers.
    #[serde(default = "yes")]
    pub ready: bool,
    /// For how many minutes it has not, where it does not.
    #[serde(default = "quarter_of_an_hour")]
    pub since_minutes: u32,
}

/// A workload and what ails it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkloadSpec {
    /// Its namespace.
    pub namespace: String,
    /// Its name, which no other workload of the namespace may have. Its service has the same one.
    pub name: String,
    /// Its kind.
    #[serde(default)]
    pub kind: Kind,
    /// Its container's image; `registry.example.org/NAME:1.0` where absent.
    #[serde(default)]
    pub image: Option<String>,
    /// Its container's name; the workload's where absent.
    #[serde(default)]
    pub container: Option<String>,
    /// How many pods it is set to have. A daemon set has one on each node, whatever stands here.
    #[serde(default = "one")]
    pub replicas: u32,
    /// How many it was set to have before somebody scaled it by hand, `since_minutes` ago.
    #[serde(default)]
    pub scaled_from: Option<u32>,
    /// `resources.limits.memory`.
    #[serde(default = "memory_limit")]
    pub memory_limit: Option<Quantity>,
    /// `resources.requests.memory`.
    #[serde(default)]
    pub memory_request: Option<Quantity>,
    /// `resources.limits.cpu`.
    #[serde(default)]
    pub cpu_limit: Option<Quantity>,
    /// The port that it listens on.
    #[serde(default = "port")]
    pub port: u16,
    /// Whether it has a service, and with it endpoints.
    #[serde(default = "yes")]
    pub service: bool,
    /// The claim that its pods mount.
    #[serde(default)]
    pub claim: Option<String>,
    /// What ails it.
    #[serde(default)]
    pub fault: Option<Fault>,
    /// For how many minutes it has been so: the fault's onset, or when it was scaled.
    #[serde(default = "quarter_of_an_hour")]
    pub since_minutes: u32,
    /// How often the container of each pod has restarted so far. Where absent, as often as the kubelet's
    /// back-off lets it in that time.
    #[serde(default)]
    pub restarts: Option<u32>,
    /// Workloads (`ns/name`) without which it does not become ready.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Lines that its log has besides those that follow from its state, as if written at the onset.
    #[serde(default)]
    pub logs: Vec<String>,
}

/// The kinds of workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Kind {
    /// `apps/v1` Deployment.
    #[default]
    Deployment,
    /// `apps/v1` `StatefulSet`, with `podManagementPolicy: Parallel`.
    StatefulSet,
    /// `apps/v1` `DaemonSet`.
    DaemonSet,
}

/// A job and its one pod.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobSpec {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// How it went.
    #[serde(default)]
    pub outcome: JobOutcome,
    /// What its pod wrote last.
    #[serde(default)]
    pub message: Option<String>,
    /// How many minutes ago it ended.
    #[serde(default = "quarter_of_an_hour")]
    pub since_minutes: u32,
}

/// How a job went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobOutcome {
    /// It did what it should.
    #[default]
    Completed,
    /// Its pod failed, and it gave up.
    Failed,
}

/// A persistent volume claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimSpec {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Whether it has a volume. Pods that mount one that has none stay pending.
    #[serde(default)]
    pub status: ClaimStatus,
    /// How much it asks for.
    #[serde(default = "claim_size")]
    pub size: Quantity,
    /// Its storage class.
    #[serde(default = "storage_class")]
    pub storage_class: String,
}

/// Whether a claim has a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum ClaimStatus {
    /// It has one.
    #[default]
    Bound,
    /// It waits for one.
    Pending,
}

/// A monitor: something outside the cluster that looks at a URL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonitorSpec {
    /// Its name.
    pub name: String,
    /// What it looks at.
    pub url: String,
}

impl Default for WorldSpec {
    fn default() -> Self {
        Self {
            startup_ms: 50,
            termination_ms: 0,
            nodes: Vec::new(),
            workload: Vec::new(),
            job: Vec::new(),
            claim: Vec::new(),
            monitor: Vec::new(),
            object: Vec::new(),
        }
    }
}

impl WorkloadSpec {
    /// A healthy deployment with one pod and a service.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            namespace: namespace.into(),
            name: name.into(),
            kind: Kind::default(),
            image: None,
            container: None,
            replicas: one(),
            scaled_from: None,
            memory_limit: memory_limit(),
            memory_request: None,
            cpu_limit: None,
            port: port(),
            service: yes(),
            claim: None,
            fault: None,
            since_minutes: quarter_of_an_hour(),
            restarts: None,
            needs: Vec::new(),
            logs: Vec::new(),
        }
    }
}

impl std::str::FromStr for WorldSpec {
    type Err = WorldError;

    fn from_str(text: &str) -> Result<Self, WorldError> {
        let spec: Self = toml::from_str(text)?;
        spec.check()?;
        Ok(spec)
    }
}

impl WorldSpec {
    /// Whether everything that it names is there, once.
    pub(super) fn check(&self) -> Result<(), WorldError> {
        unique("node", self.nodes.iter().map(|node| node.name.clone()))?;
        unique("job", self.job.iter().map(|job| format!("{}/{}", job.namespace, job.name)))?;
        unique("claim", self.claim.iter().map(|claim| format!("{}/{}", claim.namespace, claim.name)))?;
        for object in &self.object {
            super::extra::extra(object, jiff::Timestamp::UNIX_EPOCH)?;
        }
        let names = || self.workload.iter().map(|workload| format!("{}/{}", workload.namespace, workload.name));
        unique("workload", names())?;
        let known: BTreeSet<String> = names().collect();
        for workload in &self.workload {
            if let Some(need) = workload.needs.iter().find(|need| !known.contains(*need)) {
                let hint = if Key::parse(need).is_none() { "; write it as namespace/name" } else { "" };
                return Err(WorldError::Spec(format!("{} needs {need}, which is no workload{hint}", workload.name)));
            }
            if let Some(claim) = &workload.claim
                && !self.claim.iter().any(|known| known.namespace == workload.namespace && known.name == *claim)
            {
                return Err(WorldError::Spec(format!("{} mounts {claim}, which is no claim", workload.name)));
            }
        }
        Ok(())
    }
}

fn unique(what: &str, names: impl Iterator<Item = String>) -> Result<(), WorldError> {
    let mut seen = BTreeSet::new();
    for name in names {
        if seen.contains(&name) {
            return Err(WorldError::Spec(format!("the {what} {name} is there twice")));
        }
        seen.insert(name);
    }
    Ok(())
}

fn yes() -> bool {
    true
}

fn one() -> u32 {
    1
}

fn port() -> u16 {
    8080
}

fn quarter_of_an_hour() -> u32 {
    15
}

fn memory_limit() -> Option<Quantity> {
    "128Mi".parse().ok()
}

fn claim_size() -> Quantity {
    Quantity::from_bytes(1 << 30)
}

fn storage_class() -> String {
    "standard".to_owned()
}
