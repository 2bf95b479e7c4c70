use std::sync::Arc;

use async_trait::async_trait;

use crate::Result;
use crate::cluster::ClusterState;
use crate::diagnosis::{Call, UnitStatus};

/// Who calls whom, as a mesh has seen it or somebody has declared it.
#[async_trait]
pub trait Topology: Send + Sync {
    /// Every call that is known, by the names of the apps.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) where nothing was recorded.
    async fn calls(&self) -> Result<Vec<Call>>;
}

/// The systemd units of the nodes.
#[async_trait]
pub trait NodeUnits: Send + Sync {
    /// The units that were recorded.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) where none were.
    async fn units(&self) -> Result<Vec<UnitStatus>>;
}

/// The objects as they were applied, to compare with the live ones.
#[async_trait]
pub trait Manifests: Send + Sync {
    /// Every object that was applied. Kinds of which none was applied are seen and empty.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) where nothing was recorded.
    async fn applied(&self) -> Result<Arc<ClusterState>>;
}
