//! One pod, and how it stands as a function of time. Nothing here changes by itself.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::cluster::Quantity;
use serde_json::Value;

use super::crash_loop::{CrashLoop, crash_loop};
use super::fault::Fault;
use super::ids::{Key, hex};
use super::workload::Workload;

/// What a pod is made from: `spec.template`, as far as this world knows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Template {
    pub(super) image: String,
    pub(super) memory_limit: Option<Quantity>,
    pub(super) memory_request: Option<Quantity>,
    pub(super) cpu_limit: Option<Quantity>,
    pub(super) cpu_request: Option<Quantity>,
    pub(super) env: Vec<Value>,
    pub(super) annotations: BTreeMap<String, String>,
}

impl Template {
    /// Changes whenever anything in the template does, and makes new pods.
    pub(super) fn hash(&self) -> String {
        hex(&[&format!("{self:?}")], 10)
    }
}

/// Who made a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Owner {
    Workload(Key),
    Job(Key),
}

/// A pod.
#[derive(Debug, Clone)]
pub(super) struct Pod {
    pub(super) key: Key,
    pub(super) uid: String,
    pub(super) owner: Owner,
    pub(super) container: String,
    pub(super) template: Template,
    pub(super) hash: String,
    pub(super) ordinal: Option<u32>,
    /// Where it runs; `None` while nothing would take it.
    pub(super) node: Option<String>,
    pub(super) ip: String,
    pub(super) created_at: Timestamp,
    /// When its container started, apart from the restarts that its fault brings.
    pub(super) up_at: Timestamp,
    /// Restarts besides those that the crash loop of its fault brings.
    pub(super) restarts: i64,
    /// How the last instance ended before the crash loop of its fault.
    pub(super) last_end: Option<End>,
    /// Whether it was there when a stuck workload got stuck.
    pub(super) stuck: bool,
    /// Until when it terminates.
    pub(super) deleting: Option<Deleting>,
    /// Whether it is ready, and since when it is or is not.
    pub(super) ready: Option<(bool, Timestamp)>,
}

/// A pod that was deleted and is not gone yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Deleting {
    pub(super) at: Timestamp,
    pub(super) gone_at: Timestamp,
}

/// How a container ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct End {
    pub(super) reason: &'static str,
    pub(super) exit_code: i32,
    pub(super) started_at: Timestamp,
    pub(super) at: Timestamp,
}

/// How a pod stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// No node takes it.
    Unscheduled { why: String },
    /// Its container is being created.
    Creating,
    /// Its image cannot be pulled.
    PullFails { since: Timestamp },
    /// Its container dies again and again.
    Crashes { how: Crash, cycle: CrashLoop },
    /// Its container runs.
    Runs { up_at: Timestamp, trouble: Option<Trouble> },
    /// Its container has ended and is not started again.
    Ended(End),
}

/// Why a container dies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Crash {
    OutOfMemory,
    Error { message: String },
}

/// Why a container that runs is not ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It answers its readiness probe with an error.
    Stuck { since: Timestamp },
    /// A workload that it needs has no ready pod.
    Misses { need: Key },
    /// The node's kubelet no longer answers.
    NodeDown { since: Timestamp },
}

/// What is around a pod.
#[derive(Debug, Clone)]
pub(super) struct Surroundings {
    pub(super) now: Timestamp,
    pub(super) startup: SignedDuration,
    /// Since when its node does not answer, if it does not.
    pub(super) node_down_since: Option<Timestamp>,
    /// Why it cannot be placed, if it cannot.
    pub(super) unschedulable: Option<String>,
    /// The first workload that it needs and that does not serve.
    pub(super) missing: Option<Key>,
}

impl Crash {
    pub(super) fn end(&self, started_at: Timestamp, at: Timestamp) -> End {
        match self {
            Self::OutOfMemory => End { reason: "OOMKilled", exit_code: 137, started_at, at },
            Self::Error { .. } => End { reason: "Error", exit_code: 1, started_at, at },
        }
    }
}

impl Pod {
    /// How it stands.
    pub(super) fn standing(&self, workload: Option<&Workload>, around: &Surroundings) -> Standing {
        let Some(workload) = workload else {
            return self.last_end.clone().map_or(Standing::Creating, Standing::Ended);
        };
        if self.node.is_none() {
            let why = around.unschedulable.clone().unwrap_or_else(|| "0 nodes are available.".to_owned());
            return Standing::Unscheduled { why };
        }
        let onset = workload.ailment.as_ref().map_or(self.created_at, |ailment| ailment.since.max(self.created_at));
        let trouble = match workload.ailment.as_ref().map(|ailment| &ailment.fault) {
            Some(Fault::ImagePull {}) if workload.image_is_bad(&self.template) => {
                return if around.now < self.created_at + around.startup {
                    Standing::Creating
                } else {
                    Standing::PullFails { since: onset }
                };
            }
            Some(Fault::NeedsMemory { at_least }) if self.has_less_memory_than(at_least) => {
                return self.crashing(Crash::OutOfMemory, onset, around);
            }
            Some(Fault::Crash { message }) => {
                return self.crashing(Crash::Error { message: message.clone() }, onset, around);
            }
            Some(Fault::Stuck { restart_cures }) if self.stuck || !restart_cures => {
                Some(Trouble::Stuck { since: onset.max(self.up_at) })
            }
            _ => None,
        };
        if around.now < self.up_at {
            return Standing::Creating;
        }
        let node_down = around.node_down_since.map(|since| Trouble::NodeDown { since });
        let missing = around.missing.clone().map(|need| Trouble::Misses { need });
        Standing::Runs { up_at: self.up_at, trouble: node_down.or(trouble).or(missing) }
    }

    fn crashing(&self, how: Crash, onset: Timestamp, around: &Surroundings) -> Standing {
        let from = onset.max(self.up_at);
        if around.now < from {
            return Standing::Creating;
        }
        Standing::Crashes { how, cycle: crash_loop(from, around.startup, around.now) }
    }

    fn has_less_memory_than(&self, needed: &Quantity) -> bool {
        self.template.memory_limit.as_ref().is_some_and(|limit| limit.millis() < needed.millis())
    }

    /// How often its container has restarted, standing like this.
    pub(super) fn restart_count(&self, standing: &Standing) -> u32 {
        let of_loop = if let Standing::Crashes { cycle, .. } = standing { cycle.restarts } else { 0 };
        u32::try_from((self.restarts + i64::from(of_loop)).max(0)).unwrap_or(u32::MAX)
    }

    /// How the instance before the present one ended.
    pub(super) fn previous_end(&self, standing: &Standing) -> Option<End> {
        match standing {
            Standing::Crashes { how, cycle } => {
                cycle.last.map(|(started_at, at)| how.end(started_at, at)).or_else(|| self.last_end.clone())
            }
            Standing::Ended(_) => None,
            _ => self.last_end.clone(),
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        self.deleting.is_none() && matches!(self.ready, Some((true, _)))
    }

    pub(super) fn owned_by(&self, workload: &Key) -> bool {
        matches!(&self.owner, Owner::Workload(owner) if owner == workload)
    }
}

impl Standing {
    /// Whether a pod that stands like this is ready.
    pub(super) fn is_ready(&self) -> bool {
        matches!(self, Self::Runs { trouble: None, .. })
    }

    /// When it began to stand like this, as far as that follows from the standing alone.
    pub(super) fn since(&self, pod: &Pod) -> Timestamp {
        match self {
            Self::Unscheduled { .. } | Self::Creating => pod.created_at,
            Self::Crashes { cycle, .. } => cycle.began_at,
            Self::Runs { up_at, trouble: None | Some(Trouble::Misses { .. }) } => *up_at,
            Self::PullFails { since }
            | Self::Runs { trouble: Some(Trouble::Stuck { since } | Trouble::NodeDown { since }), .. } => *since,
            Self::Ended(end) => end.at,
        }
    }
}
