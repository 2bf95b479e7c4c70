use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::words::status::Renewal;

/// A file of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteFile {
    /// Its path within the site, relative, with forward slashes, as [`check_site_path`](super::check_site_path) lets it through.
    pub path: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// What came of publishing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Published {
    /// The paths that were written.
    pub written: Vec<String>,
    /// The paths that were there, are not in the set any more and were removed.
    pub removed: Vec<String>,
}

impl Published {
    /// Whether nothing had changed.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.written.is_empty() && self.removed.is_empty()
    }
}

/// Publishing a set of files.
#[async_trait]
pub trait Publisher: Send + Sync {
    /// Makes the site consist of these files and no others. Each file is replaced whole or not at all, and a
    /// file that has not changed is not written. Files that were not published by us are left alone.
    ///
    /// # Idempotency
    /// By content.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a path that leads out of the site.
    async fn publish(&self, files: &[SiteFile]) -> Result<Published>;

    /// A file of the site as it is published now, whoever put it there. `None` where there is none.
    ///
    /// # Errors
    /// As [`publish`](Self::publish).
    async fn published(&self, path: &str) -> Result<Option<Vec<u8>>>;

    /// How those who read what is published here can learn of a look that found nothing new.
    fn renewal(&self) -> Renewal {
        Renewal::OnChange
    }

    /// Tells readers that the site was looked at then and that what this file of it says is right. It writes no byte. Where
    /// the [`renewal`](Self::renewal) is not [`Modified`](Renewal::Modified) it does nothing.
    ///
    /// # Errors
    /// When the file is not there.
    async fn confirm(&self, _path: &str, _at: Timestamp) -> Result<()> {
        Ok(())
    }
}
