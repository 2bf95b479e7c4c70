use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The `ActiveState` of a systemd unit (`org.freedesktop.systemd1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnitState {
    /// It runs.
    Active,
    /// It is being started.
    Activating,
    /// It is being stopped.
    Deactivating,
    /// It was stopped.
    Inactive,
    /// It has failed.
    Failed,
    /// Nobody can tell.
    Unknown,
}

impl UnitState {
    /// A state by systemd's name for it. `reloading` is active.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name.trim() {
            "active" | "reloading" | "refreshing" => Self::Active,
            "activating" => Self::Activating,
            "deactivating" => Self::Deactivating,
            "inactive" => Self::Inactive,
            "failed" => Self::Failed,
            _ => Self::Unknown,
        }
    }
}

/// A systemd unit of a node, such as the kubelet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitStatus {
    /// The node.
    pub node: String,
    /// The unit without `.service`: `kubelet`, `containerd`.
    pub unit: String,
    /// Its state.
    pub state: UnitState,
    /// The line that says so, as it was written.
    pub detail: String,
    /// Since when (UTC), where that is said and can be read.
    pub since: Option<Timestamp>,
    /// Its last lines, oldest first; none where they were not recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
}
