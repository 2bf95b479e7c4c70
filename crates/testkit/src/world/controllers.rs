//! The controllers: they make pods until what is there is what is declared, like those of Kubernetes.
//!
//! They run at each request, and only then, until nothing is left for them to do at that moment.

use jiff::{SignedDuration, Timestamp};

use super::cluster::Cluster;
use super::events::Event;
use super::ids::{Key, suffix};
use super::pod::Pod;
use super::spec::Kind;
use super::workload::Workload;

/// Events are kept for an hour (`kube-apiserver --event-ttl`).
pub(super) const EVENT_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// One thing that a controller does.
enum Step {
    Create { ordinal: Option<u32>, node: Option<String> },
    Delete(Key),
}

impl Cluster {
    /// Brings everything up to `now`.
    pub(super) fn advance(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
        let now = self.now;
        self.pods.retain(|_, pod| pod.deleting.is_none_or(|deleting| deleting.gone_at > now));
        self.place_pending_pods();
        self.observe_readiness();
        let keys: Vec<Key> = self.workloads.keys().cloned().collect();
        for key in keys {
            self.control(&key);
        }
        self.observe_readiness();
        self.events.forget_before(now - EVENT_LIFE);
    }

    /// Lets a workload's controller work until it has nothing left to do.
    pub(super) fn control(&mut self, key: &Key) {
        while let Some(step) = self.workloads.get(key).and_then(|workload| self.next_step(workload)) {
            match step {
                Step::Create { ordinal, node } => self.create_for(key, ordinal, node),
                Step::Delete(pod) => self.delete_for(key, &pod),
            }
        }
        self.note_progress(key);
    }

    fn next_step(&self, workload: &Workload) -> Option<Step> {
        let pods: Vec<&Pod> = self.pods_of(&workload.key).collect();
        match workload.kind {
            Kind::Deployment => next_for_deployment(workload, &pods),
            Kind::StatefulSet => next_for_stateful_set(workload, &pods),
            Kind::DaemonSet => self.next_for_daemon_set(workload, &pods),
        }
    }

    fn create_for(&mut self, key: &Key, ordinal: Option<u32>, node: Option<String>) {
        let Some(pod) = self.create_pod(key, ordinal, node) else { return };
        if let Some(workload) = self.workloads.get(key) {
            self.events.record(Event::created(workload, &pod.name, self.now));
        }
    }

    fn delete_for(&mut self, key: &Key, pod: &Key) {
        let hash = self.pods.get(pod).map(|pod| pod.hash.clone()).unwrap_or_default();
        self.delete_pod(pod);
        if let Some(workload) = self.workloads.get(key) {
            self.events.record(Event::deleted(workload, &hash, &pod.name, self.now));
        }
    }

    /// A roll-out is through when every pod is of the present template and ready.
    fn note_progress(&mut self, key: &Key) {
        let Some(workload) = self.workloads.get(key) else { return };
        let wanted = self.desired(workload);
        let hash = workload.hash();
        let pods: Vec<&Pod> = self.pods_of(key).collect();
        let current = pods.iter().filter(|pod| pod.hash == hash && pod.is_ready()).count();
        if current == pods.len()
            && current >= wanted
            && let Some(workload) = self.workloads.get_mut(key)
        {
            workload.rolling_since = None;
        }
    }

    /// How many pods a workload should have.
    pub(super) fn desired(&self, workload: &Workload) -> usize {
        match workload.kind {
            Kind::DaemonSet => self.nodes.len(),
            Kind::Deployment | Kind::StatefulSet => size(workload.replicas),
        }
    }

    fn next_for_daemon_set(&self, workload: &Workload, pods: &[&Pod]) -> Option<Step> {
        let bare = self.nodes.iter().find(|node| !pods.iter().any(|pod| pod.node.as_ref() == Some(&node.name)));
        match bare {
            Some(node) => Some(Step::Create { ordinal: None, node: Some(node.name.clone()) }),
            None => next_outdated(workload, pods),
        }
    }

    /// The scheduler's second look: what could not be placed may be now.
    fn place_pending_pods(&mut self) {
        let pending: Vec<Key> =
            self.pods.values().filter(|pod| pod.node.is_none()).map(|pod| pod.key.clone()).collect();
        for key in pending {
            let node = self.pods.get(&key).and_then(|pod| self.node_for(pod));
            if let (Some(pod), Some(node)) = (self.pods.get_mut(&key), node) {
                pod.node = Some(node);
                pod.up_at = self.now + self.startup;
            }
        }
    }

    /// Notes for each pod whether it is ready, and since when. Workloads come after those that they need.
    fn observe_readiness(&mut self) {
        let mut left: Vec<Key> = self.workloads.keys().cloned().collect();
        while !left.is_empty() {
            let waits = |key: &Key| {
                self.workloads.get(key).is_some_and(|workload| workload.needs.iter().any(|need| left.contains(need)))
            };
            let (later, ready): (Vec<Key>, Vec<Key>) = left.iter().cloned().partition(waits);
            // Workloads that need each other in a circle wait for ever; they are looked at as they are.
            let (later, ready) = if ready.is_empty() { (ready, later) } else { (later, ready) };
            for key in &ready {
                self.observe(key);
            }
            left = later;
        }
    }

    fn observe(&mut self, workload: &Key) {
        let needs_turned = self.needs_turned(workload);
        let seen: Vec<(Key, bool, Timestamp)> = self
            .pods_of(workload)
            .filter(|pod| pod.deleting.is_none())
            .map(|pod| {
                let standing = self.standing(pod);
                (pod.key.clone(), standing.is_ready(), standing.since(pod).max(needs_turned))
            })
            .collect();
        for (key, ready, since) in seen {
            let now = self.now;
            let Some(pod) = self.pods.get_mut(&key) else { continue };
            match pod.ready {
                Some((before, _)) if before == ready => {}
                Some((_, before)) if since <= before => pod.ready = Some((ready, now)),
                _ => pod.ready = Some((ready, since.min(now))),
            }
        }
    }

    /// When a workload that this one needs last began or ceased to serve.
    fn needs_turned(&self, workload: &Key) -> Timestamp {
        let needs = self.workloads.get(workload).map(|workload| workload.needs.as_slice()).unwrap_or_default();
        let turns =
            needs.iter().flat_map(|need| self.pods_of(need).filter_map(|pod| pod.ready).map(|(_, since)| since));
        turns.max().unwrap_or(self.born_at)
    }
}

impl Workload {
    /// The name of its next pod.
    pub(super) fn pod_name(&self, hash: &str, ordinal: Option<u32>, serial: &str) -> String {
        let name = &self.key.name;
        let random = || suffix(&[&self.uid, serial], 5);
        match (self.kind, ordinal) {
            (Kind::Deployment, _) => format!("{name}-{hash}-{}", random()),
            (Kind::StatefulSet, Some(ordinal)) => format!("{name}-{ordinal}"),
            (Kind::StatefulSet, None) | (Kind::DaemonSet, _) => format!("{name}-{}", random()),
        }
    }

    /// How many pods may be missing during a roll-out: a quarter, rounded down.
    pub(super) fn max_unavailable(&self) -> usize {
        size(self.replicas) / 4
    }
}

/// Rolls like `maxSurge: 25%, maxUnavailable: 25%`: never fewer ready pods than that allows, and pods of the
/// old template that are not ready go first.
fn next_for_deployment(workload: &Workload, pods: &[&Pod]) -> Option<Step> {
    let hash = workload.hash();
    let wanted = size(workload.replicas);
    let alive = pods.iter().copied().filter(|pod| pod.deleting.is_none());
    let (new, old): (Vec<&Pod>, Vec<&Pod>) = alive.partition(|pod| pod.hash == hash);
    if new.len() > wanted {
        return first_to_go(&new);
    }
    let surge = if old.is_empty() { 0 } else { wanted.div_ceil(4) };
    if new.len() < wanted && new.len() + old.len() < wanted + surge {
        return Some(Step::Create { ordinal: None, node: None });
    }
    let not_ready = |pods: &[&Pod]| pods.iter().filter(|pod| !pod.is_ready()).count();
    let must_stay = wanted.saturating_sub(workload.max_unavailable()) + not_ready(&new);
    if new.len() + old.len() <= must_stay {
        return None;
    }
    let ready = new.len() + old.len() - not_ready(&new) - not_ready(&old);
    let one_may_go = not_ready(&old) > 0 || ready > wanted.saturating_sub(workload.max_unavailable());
    if one_may_go { first_to_go(&old) } else { None }
}

fn next_for_stateful_set(workload: &Workload, pods: &[&Pod]) -> Option<Step> {
    let missing = (0..workload.replicas).find(|ordinal| !pods.iter().any(|pod| pod.ordinal == Some(*ordinal)));
    if let Some(ordinal) = missing {
        return Some(Step::Create { ordinal: Some(ordinal), node: None });
    }
    let surplus = pods.iter().filter(|pod| pod.deleting.is_none() && pod.ordinal >= Some(workload.replicas));
    match surplus.max_by_key(|pod| pod.ordinal) {
        Some(pod) => Some(Step::Delete(pod.key.clone())),
        None => next_outdated(workload, pods),
    }
}

/// One pod of the old template at a time, from the highest ordinal down, each after the one before is ready.
fn next_outdated(workload: &Workload, pods: &[&Pod]) -> Option<Step> {
    let hash = workload.hash();
    let (new, old): (Vec<&Pod>, Vec<&Pod>) = pods.iter().copied().partition(|pod| pod.hash == hash);
    if new.iter().any(|pod| !pod.is_ready()) || old.iter().any(|pod| pod.deleting.is_some()) {
        return None;
    }
    old.iter().max_by_key(|pod| (!pod.is_ready(), pod.ordinal)).map(|pod| Step::Delete(pod.key.clone()))
}

/// Pods that are not ready go before those that are, and young ones before old ones.
fn first_to_go(pods: &[&Pod]) -> Option<Step> {
    pods.iter().max_by_key(|pod| (!pod.is_ready(), pod.created_at)).map(|pod| Step::Delete(pod.key.clone()))
}

fn size(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
