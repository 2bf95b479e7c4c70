//! A git repository over the git command line: a workspace for each run, commits that happen once.
//!
//! [`GitRepository`] is the port [`Repository`] for one branch of one remote. A run's workspace is a clone of its
//! own below [`GitOptions::workspaces_dir`], brought to the newest commit of the remote branch whenever it is
//! asked for. A commit is made with git's plumbing on that commit, of exactly the named files, and pushed as a
//! fast-forward; if somebody was faster, nothing is pushed and the caller is told. Every commit carries its
//! change's key as the trailer `Lamplighter-Change`, so that an interrupted run can ask the remote whether it has
//! pushed already.
//!
//! ```no_run
//! use lamplighter_core::RunKey;
//! use lamplighter_core::ports::Repository as _;
//! use lamplighter_git::{GitOptions, GitRepository};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter_core::Result<()> {
//! let repository = GitRepository::new(GitOptions {
//!     co_author: Some("issue-responder <responder@example.org>".to_owned()),
//!     ..GitOptions::new("https://git.example.org/infra.git", "/var/lib/lamplighter/workspaces")
//! })?;
//! let workspace = repository.workspace(&RunKey::new("issue/42")).await?;
//! println!("{} is at {}", workspace.path.display(), workspace.base);
//! # Ok(())
//! # }
//! ```
//!
//! [`GitPublisher`] is the port [`Publisher`](lamplighter_core::ports::Publisher) for a branch that is a site, such as one of
//! GitHub Pages.
//!
//! git runs without a shell, without prompts, without hooks and without anybody's configuration but the file that
//! the options name. A command that takes too long is killed with its children, and so is one whose future is
//! dropped: a push may have reached the remote then, and [`Repository::committed`] tells.
//!
//! What is deliberately not here: reset and rebase; force, but for the one place where [`GitPublisher`] replaces commits of
//! its own; merging with what others have pushed (the caller plans
//! again on it); submodules, large file storage and signing.

mod command;
mod commit;
mod documents;
mod error;
mod message;
mod options;
mod publisher;
mod site;
mod workspace;

use std::path::Path;

use async_trait::async_trait;
use lamplighter_core::ports::{ArchivedDocument, CommitId, CommitOutcome, Repository, Workspace};
use lamplighter_core::words::{ChangeKey, CommitChange};
use lamplighter_core::{Approved, Result, RunKey};

pub use error::GitError;
pub use options::GitOptions;
pub use publisher::GitPublisher;

use command::Git;

/// A remote repository and one of its branches.
///
/// Runs may be served at once, each in its workspace; one workspace is for one caller at a time.
#[derive(Debug, Clone)]
pub struct GitRepository {
    options: GitOptions,
}

impl GitRepository {
    /// A repository with these options. Nothing is run yet.
    ///
    /// # Errors
    /// For options that cannot be used.
    pub fn new(options: GitOptions) -> Result<Self, GitError> {
        Ok(Self { options: options.checked()? })
    }

    fn git<'g>(&'g self, path: &'g Path) -> Git<'g> {
        Git::new(&self.options, path)
    }
}

#[async_trait]
impl Repository for GitRepository {
    async fn workspace(&self, run: &RunKey) -> Result<Workspace> {
        Ok(workspace::workspace(&self.options, run).await?)
    }

    async fn documents(&self, workspace: &Workspace, folder: &str) -> Result<Vec<ArchivedDocument>> {
        Ok(documents::read(&workspace.path, folder)?)
    }

    async fn write_document(&self, workspace: &Workspace, path: &str, text: &str) -> Result<()> {
        Ok(documents::write(&workspace.path, path, text)?)
    }

    async fn commit(
        &self,
        workspace: &Workspace,
        key: &ChangeKey,
        approved: Approved<CommitChange>,
    ) -> Result<CommitOutcome> {
        let change = approved.into_change();
        Ok(commit::commit(&self.git(&workspace.path), workspace, key, &change).await?)
    }

    async fn committed(&self, workspace: &Workspace, key: &ChangeKey) -> Result<Option<CommitId>> {
        let git = self.git(&workspace.path);
        workspace::fetch(&git).await?;
        Ok(commit::find(&git, key).await?)
    }
}
