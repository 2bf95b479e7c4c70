//! What is in a world, and how it begins.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::api::Resource;
use super::events::{About, Event, Events};
use super::extra::extra;
use super::ids::{Key, uid};
use super::json::text;
use super::pod::{End, Owner, Pod, Standing, Surroundings, Template};
use super::revisions::Revisions;
use super::spec::{ClaimSpec, ClaimStatus, JobOutcome, JobSpec, MonitorSpec, NodeSpec, WorkloadSpec, WorldSpec};
use super::workload::Workload;

/// How long everything has been there that a spec names.
pub(super) const AGE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A world's state. One mutex holds it; [`advance`](Cluster::advance) brings it up to date.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) now: Timestamp,
    pub(super) born_at: Timestamp,
    pub(super) startup: SignedDuration,
    pub(super) termination: SignedDuration,
    pub(super) nodes: Vec<Node>,
    pub(super) workloads: BTreeMap<Key, Workload>,
    pub(super) pods: BTreeMap<Key, Pod>,
    pub(super) jobs: BTreeMap<Key, Job>,
    pub(super) claims: BTreeMap<Key, Claim>,
    pub(super) monitors: BTreeMap<String, MonitorSpec>,
    /// Objects on which nothing acts.
    pub(super) extra: Vec<(Resource, Value)>,
    pub(super) events: Events,
    pub(super) revisions: Revisions,
    /// Counts the pods, so that each gets its own name and UID.
    serial: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) ready: bool,
    pub(super) since: Timestamp,
}

#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) key: Key,
    pub(super) uid: String,
    pub(super) outcome: JobOutcome,
    pub(super) message: Option<String>,
    pub(super) started_at: Timestamp,
    pub(super) ended_at: Timestamp,
}

#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub(super) key: Key,
    pub(super) spec: ClaimSpec,
}

impl Cluster {
    pub(super) fn new(spec: &WorldSpec, now: Timestamp) -> Self {
        let mut cluster = Self {
            now,
            born_at: now - AGE,
            startup: SignedDuration::from_millis(spec.startup_ms.into()),
            termination: SignedDuration::from_millis(spec.termination_ms.into()),
            nodes: nodes(&spec.nodes, now - AGE),
            workloads: BTreeMap::new(),
            pods: BTreeMap::new(),
            jobs: BTreeMap::new(),
            claims: spec.claim.iter().map(Claim::new).map(|claim| (claim.key.clone(), claim)).collect(),
            monitors: spec.monitor.iter().map(|monitor| (monitor.name.clone(), monitor.clone())).collect(),
            // What does not pass here was refused by the spec's check.
            extra: spec.object.iter().filter_map(|object| extra(object, now - AGE).ok()).collect(),
            events: Events::default(),
            revisions: Revisions::default(),
            serial: 0,
        };
        spec.workload.iter().for_each(|workload| cluster.begin_workload(workload));
        spec.job.iter().for_each(|job| cluster.begin_job(job));
        for node in spec.nodes.iter().filter(|node| !node.ready) {
            cluster.set_node(&node.name, false, now - SignedDuration::from_mins(node.since_minutes.into()));
        }
        cluster.advance(now);
        for workload in &spec.workload {
            cluster.set_restarts(workload);
        }
        cluster
    }

    /// A workload that has been there for long, with its pods.
    fn begin_workload(&mut self, spec: &WorkloadSpec) {
        let now = self.now;
        let mut workload = Workload::new(spec, self.born_at, now);
        let key = workload.key.clone();
        if let Some(before) = spec.scaled_from {
            workload.generation += 1;
            let at = now - SignedDuration::from_mins(spec.since_minutes.into());
            self.events.record(Event::scaled(&workload, &workload.hash(), before, workload.replicas, at));
        }
        self.workloads.insert(key.clone(), workload);
        self.now = self.born_at;
        self.control(&key);
        self.now = now;
        self.events.forget_before(now - SignedDuration::from_hours(1));
        for pod in self.pods.values_mut().filter(|pod| pod.owned_by(&key)) {
            pod.stuck = spec.fault.is_some();
        }
    }

    fn begin_job(&mut self, spec: &JobSpec) {
        let job = Job::new(spec, self.now);
        let pod = self.job_pod(&job);
        self.pods.insert(pod.key.clone(), pod);
        self.jobs.insert(job.key.clone(), job);
    }

    /// Makes the pods of a workload show the restarts that its spec says, whatever the back-off came to.
    fn set_restarts(&mut self, spec: &WorkloadSpec) {
        let Some(wanted) = spec.restarts else { return };
        let key = Key::new(&spec.namespace, &spec.name);
        let pods: Vec<(Key, Standing)> = self.standings().into_iter().map(|(pod, s)| (pod.key.clone(), s)).collect();
        for (pod_key, standing) in pods {
            if let Some(pod) = self.pods.get_mut(&pod_key).filter(|pod| pod.owned_by(&key)) {
                pod.restarts += i64::from(wanted) - i64::from(pod.restart_count(&standing));
            }
        }
    }

    /// A pod of a workload, placed on a node where one takes it.
    pub(super) fn create_pod(&mut self, workload: &Key, ordinal: Option<u32>, node: Option<String>) -> Option<Key> {
        self.serial += 1;
        let serial = self.serial.to_string();
        let workload = self.workloads.get(workload)?;
        let hash = workload.hash();
        let node = if self.unschedulable(workload).is_some() { None } else { node.or_else(|| self.free_node()) };
        let key = Key::new(&workload.key.namespace, workload.pod_name(&hash, ordinal, &serial));
        let pod = Pod {
            uid: uid(&["Pod", &key.to_string(), &serial]),
            owner: Owner::Workload(workload.key.clone()),
            container: workload.container.clone(),
            template: workload.template.clone(),
            hash,
            ordinal,
            node,
            ip: self.pod_ip(),
            created_at: self.now,
            up_at: self.now + self.startup,
            restarts: 0,
            last_end: None,
            stuck: false,
            deleting: None,
            ready: None,
            key: key.clone(),
        };
        self.pods.insert(key.clone(), pod);
        Some(key)
    }

    fn job_pod(&mut self, job: &Job) -> Pod {
        self.serial += 1;
        let failed = job.outcome == JobOutcome::Failed;
        let key = Key::new(&job.key.namespace, format!("{}-{}", job.key.name, super::ids::suffix(&[&job.uid], 5)));
        Pod {
            uid: uid(&["Pod", &key.to_string()]),
            owner: Owner::Job(job.key.clone()),
            container: job.key.name.clone(),
            template: Template { image: format!("registry.example.org/{}:1.0", job.key.name), ..Template::default() },
            hash: String::new(),
            ordinal: None,
            node: self.free_node(),
            ip: self.pod_ip(),
            created_at: job.started_at,
            up_at: job.started_at,
            restarts: 0,
            last_end: Some(End {
                reason: if failed { "Error" } else { "Completed" },
                exit_code: failed.into(),
                started_at: job.started_at,
                at: job.ended_at,
            }),
            stuck: false,
            deleting: None,
            ready: None,
            key,
        }
    }

    fn pod_ip(&self) -> String {
        format!("10.244.{}.{}", (self.serial / 250) % 250, self.serial % 250 + 2)
    }

    /// The ready nodes in turn.
    fn free_node(&self) -> Option<String> {
        let ready: Vec<&Node> = self.nodes.iter().filter(|node| node.ready).collect();
        let turn = usize::try_from(self.serial).unwrap_or_default().checked_rem(ready.len())?;
        ready.get(turn).map(|node| node.name.clone())
    }

    /// The node that would take a pod now.
    pub(super) fn node_for(&self, pod: &Pod) -> Option<String> {
        let workload = self.workload_of(pod)?;
        if self.unschedulable(workload).is_some() { None } else { self.free_node() }
    }

    /// Why no node takes pods of this workload, if none does.
    fn unschedulable(&self, workload: &Workload) -> Option<String> {
        let count = self.nodes.len();
        let claim = workload.claim.as_ref().map(|name| Key::new(&workload.key.namespace, name));
        if claim.and_then(|key| self.claims.get(&key)).is_some_and(|claim| claim.spec.status == ClaimStatus::Pending) {
            return Some(format!("0/{count} nodes are available: pod has unbound immediate PersistentVolumeClaims."));
        }
        let down = "node(s) had untolerated taint {node.kubernetes.io/unreachable: }";
        (!self.nodes.iter().any(|node| node.ready)).then(|| format!("0/{count} nodes are available: {count} {down}."))
    }

    /// What is around a pod now.
    pub(super) fn around(&self, pod: &Pod) -> Surroundings {
        let workload = self.workload_of(pod);
        Surroundings {
            now: self.now,
            startup: self.startup,
            node_down_since: self.node_of(pod).filter(|node| !node.ready).map(|node| node.since),
            unschedulable: workload.and_then(|workload| self.unschedulable(workload)),
            missing: workload.and_then(|workload| workload.needs.iter().find(|need| !self.serves(need)).cloned()),
        }
    }

    /// How every pod stands.
    pub(super) fn standings(&self) -> Vec<(&Pod, Standing)> {
        self.pods.values().map(|pod| (pod, self.standing(pod))).collect()
    }

    pub(super) fn standing(&self, pod: &Pod) -> Standing {
        pod.standing(self.workload_of(pod), &self.around(pod))
    }

    pub(super) fn workload_of(&self, pod: &Pod) -> Option<&Workload> {
        match &pod.owner {
            Owner::Workload(key) => self.workloads.get(key),
            Owner::Job(_) => None,
        }
    }

    /// The pods of a workload: their names all begin with its own and a hyphen.
    pub(super) fn pods_of<'a>(&'a self, workload: &'a Key) -> impl Iterator<Item = &'a Pod> {
        let bound = |end: char| Key::new(&workload.namespace, format!("{}{end}", workload.name));
        let named_alike = self.pods.range(bound('-')..bound('.')).map(|(_, pod)| pod);
        named_alike.filter(move |pod| pod.owned_by(workload))
    }

    /// Whether a workload has a ready pod.
    pub(super) fn serves(&self, workload: &Key) -> bool {
        self.pods_of(workload).any(Pod::is_ready)
    }

    fn node_of(&self, pod: &Pod) -> Option<&Node> {
        self.nodes.iter().find(|node| Some(&node.name) == pod.node.as_ref())
    }

    pub(super) fn namespaces(&self) -> BTreeSet<String> {
        let keys = self.workloads.keys().chain(self.jobs.keys()).chain(self.claims.keys());
        let used = keys.map(|key| key.namespace.clone());
        let extra = self.extra.iter().map(|(_, object)| text(object, "/metadata/namespace").to_owned());
        let used = used.chain(extra.filter(|namespace| !namespace.is_empty()));
        used.chain(["default".to_owned(), "kube-system".to_owned()]).collect()
    }

    /// Makes a node's kubelet answer or not. False if there is no such node.
    pub(super) fn set_node(&mut self, name: &str, ready: bool, since: Timestamp) -> bool {
        let Some(node) = self.nodes.iter_mut().find(|node| node.name == name) else { return false };
        if node.ready != ready {
            (node.ready, node.since) = (ready, since);
            let reason = if ready { "NodeReady" } else { "NodeNotReady" };
            let message = format!("Node {name} status is now: {reason}");
            let event = Event::normal(About::node(name), reason, message, "node-controller", since);
            self.events.record(event);
        }
        true
    }

    /// Deletes a pod. Its controller makes another one at the next [`advance`](Cluster::advance).
    pub(super) fn delete_pod(&mut self, key: &Key) {
        let Some(pod) = self.pods.get(key).cloned() else { return };
        if pod.deleting.is_some() {
            return;
        }
        let history = super::events::of_pod(&pod, &self.standing(&pod), self.now);
        for event in history {
            self.events.record(event);
        }
        let message = format!("Stopping container {}", pod.container);
        self.events.record(Event::normal(About::container(&pod), "Killing", message, "kubelet", self.now));
        if self.termination.is_zero() {
            self.pods.remove(key);
        } else if let Some(pod) = self.pods.get_mut(key) {
            pod.deleting = Some(super::pod::Deleting { at: self.now, gone_at: self.now + self.termination });
            pod.ready = Some((false, self.now));
        }
    }
}

impl Job {
    fn new(spec: &JobSpec, now: Timestamp) -> Self {
        let ended_at = now - SignedDuration::from_mins(spec.since_minutes.into());
        Self {
            key: Key::new(&spec.namespace, &spec.name),
            uid: uid(&["Job", &spec.namespace, &spec.name]),
            outcome: spec.outcome,
            message: spec.message.clone(),
            started_at: ended_at - SignedDuration::from_secs(42),
            ended_at,
        }
    }
}

impl Claim {
    fn new(spec: &ClaimSpec) -> Self {
        Self { key: Key::new(&spec.namespace, &spec.name), spec: spec.clone() }
    }
}

/// The nodes, all of them ready: the pods that were there from the start could be placed.
fn nodes(specs: &[NodeSpec], since: Timestamp) -> Vec<Node> {
    let node = |name: &str| Node { name: name.to_owned(), ready: true, since };
    if specs.is_empty() {
        return vec![node("node-1")];
    }
    specs.iter().map(|spec| node(&spec.name)).collect()
}
