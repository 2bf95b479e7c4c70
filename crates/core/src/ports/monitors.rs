use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::words::{MonitorAddition, Source};
use crate::{Approved, Result};

/// How a monitor sees its service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MonitorState {
    /// It answers.
    Up,
    /// It does not.
    Down,
    /// It failed and is being tried again.
    Pending,
    /// Nobody is to be told: planned maintenance.
    Maintenance,
    /// The monitor cannot say.
    Unknown,
}

/// What a monitor says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorStatus {
    /// The monitor's name.
    pub name: String,
    /// How it sees its service.
    pub state: MonitorState,
    /// When it looked (UTC).
    pub at: Timestamp,
    /// What it saw: `HTTP 502`, `connection refused`.
    pub detail: String,
}

/// Watching services from outside of the cluster.
#[async_trait]
pub trait Monitors: Send + Sync {
    /// The status of every monitor. A monitor that cannot say is [`MonitorState::Unknown`]; it is not left
    /// out and not up.
    ///
    /// # Errors
    /// When no monitor at all can be asked.
    async fn statuses(&self) -> Result<Vec<MonitorStatus>>;

    /// The name of this source, for evidence.
    fn source(&self) -> Source;
}

/// Adding monitors, where they are not declared in a stack.
#[async_trait]
pub trait MonitorWriter: Send + Sync {
    /// Adds a monitor, which watches from then on. Where [there is one](MonitorAddition::is) of this name for this URL,
    /// nothing is done, whatever else is set on it.
    ///
    /// # Errors
    /// [`Conflict`](crate::ErrorKind::Conflict) when a monitor of this name watches something else;
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when it is not one that this system can have.
    async fn add(&self, addition: Approved<MonitorAddition>) -> Result<()>;

    /// Whether there is a monitor of this name for this URL.
    ///
    /// # Errors
    /// When that cannot be found out.
    async fn has(&self, addition: &MonitorAddition) -> Result<bool>;
}
