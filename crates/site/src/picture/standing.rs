//! How an app stands.

use lamplighter_core::cluster::{Endpoints, Pod, WorkloadStatus};

use crate::text::counted;

/// Whether an app works, as far as the cluster says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) enum State {
    /// Nobody can tell.
    #[default]
    Unknown,
    /// It wants no pods.
    Off,
    /// As many pods are ready as are wanted.
    Works,
    /// Some are.
    Degraded,
    /// None are, or nothing leads to them.
    Down,
}

impl State {
    /// All of them, the worst first.
    pub(super) const ALL: [Self; 5] = [Self::Down, Self::Degraded, Self::Unknown, Self::Off, Self::Works];

    /// Whether it fails, wholly or in part.
    pub(super) fn is_broken(self) -> bool {
        matches!(self, Self::Degraded | Self::Down)
    }

    /// Its name, which is also its class.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Off => "off",
            Self::Works => "works",
            Self::Degraded => "degraded",
            Self::Down => "down",
        }
    }

    /// Its name for several.
    pub(super) fn plural(self) -> &'static str {
        match self {
            Self::Works => "work",
            other => other.name(),
        }
    }
}

/// A state with what it rests on.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    pub(super) state: State,
    /// How many pods are ready and how many are wanted, where that is known.
    pub(super) pods: Option<(u32, u32)>,
    /// What is wrong, in the words of the API.
    pub(super) trouble: Vec<String>,
    known: bool,
}

impl Standing {
    pub(super) fn of_workload<'a>(status: &WorkloadStatus, pods: impl Iterator<Item = &'a Pod>) -> Self {
        let (ready, desired) = (status.ready, status.desired);
        let mut standing = Self::new(ready, desired);
        let broken: Vec<Trouble> = pods.filter_map(trouble_of).collect();
        // A pod that cannot start beside enough that are ready: a rollout that is stuck.
        if standing.state == State::Works && broken.iter().any(|trouble| trouble.lasts) {
            standing.state = State::Degraded;
        }
        standing.say(broken);
        standing
    }

    pub(super) fn of_pods<'a>(pods: impl Iterator<Item = &'a Pod>) -> Self {
        let pods: Vec<&Pod> = pods.collect();
        let ready = pods.iter().filter(|pod| pod.is_ready()).count();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let mut standing = Self::new(number(ready), number(pods.len()));
        standing.say(pods.into_iter().filter_map(trouble_of).collect());
        standing
    }

    /// Of a service by its endpoints, where they were read. One without a selector leads to whatever somebody has
    /// written down.
    pub(super) fn of_service(external: bool, endpoints: Option<&Endpoints>) -> Self {
        let ready = endpoints.map(Endpoints::ready);
        let (state, trouble) = match ready {
            Some(0) if !external => (State::Down, vec!["no ready endpoints".to_owned()]),
            Some(0) | None => (State::Unknown, Vec::new()),
            Some(_) => (State::Works, Vec::new()),
        };
        Self { state, pods: None, trouble, known: state != State::Unknown }
    }

    fn new(ready: u32, desired: u32) -> Self {
        let state = match (ready, desired) {
            (_, 0) => State::Off,
            (0, _) => State::Down,
            (ready, desired) if ready < desired => State::Degraded,
            _ => State::Works,
        };
        Self { state, pods: Some((ready, desired)), trouble: Vec::new(), known: true }
    }

    fn say(&mut self, troubles: Vec<Trouble>) {
        for trouble in troubles {
            if !self.trouble.contains(&trouble.reason) {
                self.trouble.push(trouble.reason);
            }
        }
    }

    /// With what another part of the same app looks like: the worse of both, where anything was known.
    pub(super) fn join(&mut self, other: Self) {
        self.state = if self.known { self.state.max(other.state) } else { other.state };
        self.known |= other.known;
        self.pods = match (self.pods, other.pods) {
            (Some(a), Some(b)) => Some((a.0.saturating_add(b.0), a.1.saturating_add(b.1))),
            (a, b) => a.or(b),
        };
        self.trouble.extend(other.trouble);
    }

    /// With the state of a service that leads to it: pods that are ready and that nothing leads to are no use.
    pub(super) fn reached_by(&mut self, service: &Self) {
        if service.state == State::Down && self.state == State::Works {
            self.state = State::Down;
            self.trouble.extend(service.trouble.clone());
        }
    }

    /// With a diagnosis that says that it fails, whatever its pods look like.
    pub(super) fn suspect(&mut self) {
        if matches!(self.state, State::Works | State::Off) {
            self.state = State::Degraded;
            self.trouble.push("named by the diagnosis".to_owned());
        }
    }

    /// In a few words: `1/3 ready`, `CrashLoopBackOff`.
    pub(super) fn words(&self) -> Vec<String> {
        let ready = match self.pods {
            Some((_, 0)) => Some("wants no pods".to_owned()),
            Some((ready, desired)) => Some(format!("{ready}/{desired} ready")),
            None if self.known && self.trouble.is_empty() => Some("has endpoints".to_owned()),
            None if self.known => None,
            None => Some("not seen".to_owned()),
        };
        ready.into_iter().chain(self.trouble.first().cloned()).collect()
    }

    /// In a sentence, for the tooltip.
    pub(super) fn sentence(&self) -> String {
        let pods = match self.pods {
            Some((ready, desired)) => {
                format!(", {ready} of {} ready", counted(usize::try_from(desired).unwrap_or(usize::MAX), "pod", "pods"))
            }
            None => String::new(),
        };
        let trouble = if self.trouble.is_empty() { String::new() } else { format!(": {}", self.trouble.join(", ")) };
        format!("{}{pods}{trouble}", self.state.name())
    }
}

/// Why a pod does not serve.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    /// In the words of the API.
    pub(super) reason: String,
    /// Whether it is more than a start that takes its time.
    lasts: bool,
}

/// Why a pod does not serve; `None` when it does, is done or is being removed.
///
/// A container that cannot run is waiting with a reason, one that has ended has an exit code, a pod without a node has
/// the condition `PodScheduled` set to `False`, and one that was removed has a reason of its own (Kubernetes docs, Pod
/// Lifecycle).
pub(super) fn trouble_of(pod: &Pod) -> Option<Trouble> {
    if pod.is_ready() || pod.is_completed() || pod.is_terminating() {
        return None;
    }
    let lasting = |reason: String| Some(Trouble { reason, lasts: true });
    for container in pod.all_container_statuses() {
        let waiting = container.state.waiting.as_ref().and_then(|waiting| waiting.reason.as_deref());
        let starting = |reason: &&str| !matches!(*reason, "ContainerCreating" | "PodInitializing");
        if let Some(reason) = waiting.filter(starting) {
            let last = container.last_state.terminated.as_ref().and_then(|ended| ended.reason.as_deref());
            return lasting(match last {
                Some("OOMKilled") => "OOMKilled, in back-off".to_owned(),
                _ => reason.to_owned(),
            });
        }
        if let Some(ended) = container.state.terminated.as_ref().filter(|ended| ended.exit_code != 0) {
            let exit = format!("exit code {}", ended.exit_code);
            return lasting(ended.reason.clone().filter(|reason| reason != "Error").unwrap_or(exit));
        }
    }
    let unscheduled = pod.condition("PodScheduled").filter(|condition| condition.status == "False");
    if let Some(condition) = unscheduled {
        return lasting(condition.reason.clone().unwrap_or_else(|| "Unschedulable".to_owned()));
    }
    let reason = match pod.status.reason.as_deref() {
        Some(reason) => reason.to_owned(),
        None if pod.status.phase == "Running" => "not ready".to_owned(),
        None if pod.status.phase.is_empty() => "unknown phase".to_owned(),
        None => pod.status.phase.clone(),
    };
    Some(Trouble { reason, lasts: false })
}
