use std::fmt;
use std::path::PathBuf;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::ArchivedDocument;
use crate::words::{ChangeKey, CommitChange};
use crate::{Approved, Result, RunKey};

/// A commit's id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommitId(String);

impl CommitId {
    /// A commit by its full id.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The full id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first seven digits.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A working copy of the repository that belongs to one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    /// Where it is.
    pub path: PathBuf,
    /// The branch that commits go to.
    pub branch: String,
    /// The commit that it was made from.
    pub base: CommitId,
}

/// What came of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitOutcome {
    /// It is on the remote branch, now or since an earlier attempt.
    Pushed {
        /// Its id there.
        commit: CommitId,
    },
    /// The remote branch has moved. Nothing was pushed: fetch a new workspace and plan again.
    RemoteMoved {
        /// Where the branch is now.
        head: CommitId,
    },
}

/// A git repository.
#[async_trait]
pub trait Repository: Send + Sync {
    /// A working copy for a run at the newest commit of the remote branch. The operator's own checkout is
    /// left alone.
    ///
    /// # Idempotency
    /// A run has one working copy; asked again it is fetched anew and everything uncommitted in it is
    /// thrown away.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) when the remote cannot be reached.
    async fn workspace(&self, run: &RunKey) -> Result<Workspace>;

    /// The Markdown files in a folder of the workspace and the folders below it, by path within that folder. A folder
    /// that is not there is empty.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the folder is not in the workspace.
    async fn documents(&self, workspace: &Workspace, folder: &str) -> Result<Vec<ArchivedDocument>>;

    /// Writes a document in the workspace, where it waits for a commit. `path` is relative to the repository.
    ///
    /// # Idempotency
    /// May be repeated; the last text stands.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the path is not in the workspace.
    async fn write_document(&self, workspace: &Workspace, path: &str, text: &str) -> Result<()>;

    /// Commits the named files as they are in the workspace and pushes. Never a force push, never a reset
    /// of the branch.
    ///
    /// # Idempotency
    /// By `key`, which travels as the trailer `Lamplighter-Change`: a commit on the remote branch that
    /// carries it is the answer.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when none of the files differs from the base.
    async fn commit(
        &self,
        workspace: &Workspace,
        key: &ChangeKey,
        approved: Approved<CommitChange>,
    ) -> Result<CommitOutcome>;

    /// The commit on the remote branch that carries this key.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) when the remote cannot be reached.
    async fn committed(&self, workspace: &Workspace, key: &ChangeKey) -> Result<Option<CommitId>>;
}
