//! Looks for why nodes, the control plane, the scheduler and storage fail their pods (SPEC §5, specialists).
//!
//! [`Platform`] takes a [`Scene`](lamplighter_core::diagnosis::Scene) and names root causes with their evidence: no
//! node takes a pod and which of its wishes is in the way, no volume fits a claim and in what it misses, a kubelet,
//! a container runtime, a service proxy or the scheduler that does not run, a node under pressure, a volume that is
//! full or may not be used.
//!
//! ```
//! use lamplighter_core::diagnosis::Cause;
//! use lamplighter_platform::Platform;
//! use lamplighter_testkit::scene::scene_of;
//! use serde_json::json;
//!
//! let wiki = json!({
//!     "kind": "Pod",
//!     "metadata": {"namespace": "apps", "name": "wiki"},
//!     "spec": {"nodeSelector": {"disk": "fast"}, "containers": [{"name": "wiki"}]},
//!     "status": {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False"}]},
//! });
//! let node = json!({
//!     "kind": "Node",
//!     "metadata": {"name": "n1", "labels": {"disk": "slow"}},
//!     "status": {"conditions": [{"type": "Ready", "status": "True"}]},
//! });
//!
//! let report = Platform::new().examine(&scene_of([wiki, node]).build());
//! assert_eq!(report.causes[0].cause, Cause::NodeSelectorMismatch);
//! assert_eq!(report.causes[0].culprit.to_string(), "app/wiki");
//! ```
//!
//! # Rules
//! - Why a pod is on no node is found by going through the filters of the scheduler for each node, and asking which
//!   wish of the pod, given up alone, would let it be placed. What the scheduler itself says corroborates that.
//! - Why a claim has no volume is found by comparing it with each volume: the one that misses in one respect says
//!   which.
//! - A component that is said to be stopped is a cause when its node or its pods show it, or when its peers run.
//!
//! What is deliberately not here: quotas and admission, which keep pods from being made; services, DNS and
//! ingresses; why a container crashes, unless a volume is at fault. It reads nothing and changes nothing.

mod agent;
mod binding;
mod placement;
mod rules;
mod sight;
mod units;
mod volumes;

pub use agent::Platform;
