use async_trait::async_trait;

use crate::Result;

/// The global stop switch: while it is on, nothing is changed anywhere.
#[async_trait]
pub trait StopSwitch: Send + Sync {
    /// Why everything is stopped; `None` while it is not.
    ///
    /// # Errors
    /// When it cannot be read. That counts as stopped.
    async fn stopped(&self) -> Result<Option<String>>;
}
