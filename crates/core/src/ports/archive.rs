use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::Result;

/// A document of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedDocument {
    /// Its path within the archive, with forward slashes.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Past post-mortems, known issues and patterns.
#[async_trait]
pub trait Archive: Send + Sync {
    /// All documents, by path. A file that is not text is left out.
    ///
    /// # Errors
    /// When the archive cannot be read. An archive that is not there is empty.
    async fn documents(&self) -> Result<Vec<ArchivedDocument>>;
}

/// Keeping documents in an archive.
#[async_trait]
pub trait ArchiveWriter: Send + Sync {
    /// Puts a document there, whole or not at all. One of the same path is replaced.
    ///
    /// # Idempotency
    /// By path and content: what already is as it should be is left alone.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a path that leads out of the archive.
    async fn put(&self, document: &ArchivedDocument) -> Result<()>;
}
