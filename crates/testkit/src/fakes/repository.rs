//! A git repository in memory.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};

use lamplighter_core::ports::{ArchivedDocument, CommitId, CommitOutcome, Repository, Workspace};
use lamplighter_core::words::{ChangeKey, CommitChange, Digest};
use lamplighter_core::{Approved, Error, ErrorKind, Result, RunKey, async_trait};

use super::{Calls, locked};

/// A git repository in memory: one remote branch, `main`, and the working copies of runs.
#[derive(Clone)]
pub struct FakeRepository(Arc<Inner>);

struct Inner {
    git: Mutex<Git>,
    calls: Calls,
}

struct Git {
    remote: Vec<Commit>,
    copies: BTreeMap<PathBuf, Copy>,
}

struct Commit {
    id: CommitId,
    message: String,
    key: Option<String>,
    changed: Vec<String>,
    files: Files,
}

struct Copy {
    base: CommitId,
    committed: Files,
    files: Files,
}

type Files = BTreeMap<String, String>;

/// A commit on the remote branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteCommit {
    /// Its id.
    pub id: CommitId,
    /// Its whole message, trailers included.
    pub message: String,
    /// The paths of the files that it changed.
    pub files: Vec<String>,
}

const BRANCH: &str = "main";

impl FakeRepository {
    /// A repository with one commit and without files.
    #[must_use]
    pub fn new() -> Self {
        let first = Commit {
            id: id_of(0, "first"),
            message: "first".to_owned(),
            key: None,
            changed: Vec::new(),
            files: Files::new(),
        };
        let git = Git { remote: vec![first], copies: BTreeMap::new() };
        Self(Arc::new(Inner { git: Mutex::new(git), calls: Calls::default() }))
    }

    /// The same with a file, pushed by somebody.
    #[must_use]
    pub fn with_file(self, path: &str, text: &str) -> Self {
        self.push(path, text, "add a file");
        self
    }

    /// What it was asked, and what it is to fail at.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }

    /// Somebody else pushes a commit with this file.
    pub fn push(&self, path: &str, text: &str, message: &str) {
        let written = [(path.to_owned(), text.to_owned())].into();
        locked(&self.0.git).push(written, message.to_owned(), None);
    }

    /// The newest commit of the remote branch.
    #[must_use]
    pub fn head(&self) -> CommitId {
        locked(&self.0.git).head()
    }

    /// The commits on the remote branch, oldest first.
    #[must_use]
    pub fn log(&self) -> Vec<RemoteCommit> {
        let shown = |commit: &Commit| RemoteCommit {
            id: commit.id.clone(),
            message: commit.message.clone(),
            files: commit.changed.clone(),
        };
        locked(&self.0.git).remote.iter().map(shown).collect()
    }

    /// A file on the remote branch.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<String> {
        locked(&self.0.git).files().get(path).cloned()
    }

    /// A file in a workspace.
    #[must_use]
    pub fn read(&self, workspace: &Workspace, path: &str) -> Option<String> {
        locked(&self.0.git).copies.get(&workspace.path)?.files.get(path).cloned()
    }

    /// Writes a file in a workspace.
    pub fn write(&self, workspace: &Workspace, path: &str, text: &str) {
        if let Some(copy) = locked(&self.0.git).copies.get_mut(&workspace.path) {
            copy.files.insert(path.to_owned(), text.to_owned());
        }
    }

    /// The files of a workspace.
    pub(super) fn files_in(&self, workspace: &Workspace) -> Result<Files> {
        let git = locked(&self.0.git);
        git.copies.get(&workspace.path).map(|copy| copy.files.clone()).ok_or_else(no_workspace)
    }

    /// Throws away what is not committed in a workspace.
    pub(super) fn restore(&self, workspace: &Workspace) -> Result<()> {
        let mut git = locked(&self.0.git);
        let copy = git.copies.get_mut(&workspace.path).ok_or_else(no_workspace)?;
        copy.files.clone_from(&copy.committed);
        Ok(())
    }
}

impl Default for FakeRepository {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Repository for FakeRepository {
    async fn workspace(&self, run: &RunKey) -> Result<Workspace> {
        self.0.calls.begin("workspace", run)?;
        let mut git = locked(&self.0.git);
        let path = PathBuf::from(format!("/workspaces/{run}"));
        let (base, files) = (git.head(), git.files().clone());
        git.copies.insert(path.clone(), Copy { base: base.clone(), committed: files.clone(), files });
        Ok(Workspace { path, branch: BRANCH.to_owned(), base })
    }

    async fn documents(&self, workspace: &Workspace, folder: &str) -> Result<Vec<ArchivedDocument>> {
        self.0.calls.begin("documents", folder)?;
        stays_inside(folder)?;
        let prefix = format!("{folder}/");
        let is_markdown = |path: &str| Path::new(path).extension().is_some_and(|end| end.eq_ignore_ascii_case("md"));
        let files = self.files_in(workspace)?.into_iter();
        let below = files.filter_map(|(path, text)| Some((path.strip_prefix(&prefix)?.to_owned(), text)));
        let documents = below.filter(|(path, _)| is_markdown(path));
        Ok(documents.map(|(path, text)| ArchivedDocument { path, text }).collect())
    }

    async fn write_document(&self, workspace: &Workspace, path: &str, text: &str) -> Result<()> {
        self.0.calls.begin("write_document", path)?;
        stays_inside(path)?;
        self.write(workspace, path, text);
        self.0.calls.end("write_document")
    }

    async fn commit(
        &self,
        workspace: &Workspace,
        key: &ChangeKey,
        approved: Approved<CommitChange>,
    ) -> Result<CommitOutcome> {
        self.0.calls.begin("commit", key)?;
        let outcome = locked(&self.0.git).commit(workspace, key, &approved.into_change())?;
        self.0.calls.end("commit").map(|()| outcome)
    }

    async fn committed(&self, _workspace: &Workspace, key: &ChangeKey) -> Result<Option<CommitId>> {
        self.0.calls.begin("committed", key)?;
        Ok(locked(&self.0.git).find(key))
    }
}

impl Git {
    fn head(&self) -> CommitId {
        self.remote.last().map_or_else(|| CommitId::new(""), |commit| commit.id.clone())
    }

    fn files(&self) -> &Files {
        static NONE: Files = Files::new();
        self.remote.last().map_or(&NONE, |commit| &commit.files)
    }

    fn find(&self, key: &ChangeKey) -> Option<CommitId> {
        let carries = |commit: &&Commit| commit.key.as_deref() == Some(key.as_str());
        self.remote.iter().find(carries).map(|commit| commit.id.clone())
    }

    fn push(&mut self, written: Files, message: String, key: Option<String>) -> CommitId {
        let id = id_of(self.remote.len(), &message);
        let changed = written.keys().cloned().collect();
        let mut files = self.files().clone();
        files.extend(written);
        self.remote.push(Commit { id: id.clone(), message, key, changed, files });
        id
    }

    fn commit(&mut self, workspace: &Workspace, key: &ChangeKey, change: &CommitChange) -> Result<CommitOutcome> {
        if let Some(commit) = self.find(key) {
            return Ok(CommitOutcome::Pushed { commit });
        }
        for path in &change.files {
            stays_inside(path)?;
        }
        let head = self.head();
        let copy = self.copies.get(&workspace.path).ok_or_else(no_workspace)?;
        let differs = |path: &&String| copy.files.get(*path) != copy.committed.get(*path);
        let written: Files = change
            .files
            .iter()
            .filter(differs)
            .filter_map(|path| Some((path.clone(), copy.files.get(path)?.clone())))
            .collect();
        if written.is_empty() {
            return Err(Error::invalid("none of the files differs from the base; there is nothing to commit"));
        }
        if copy.base != head {
            return Ok(CommitOutcome::RemoteMoved { head });
        }
        let message = format!("{}\n\nLamplighter-Change: {key}\n", change.message.trim_end());
        let commit = self.push(written, message, Some(key.as_str().to_owned()));
        let files = self.files().clone();
        if let Some(copy) = self.copies.get_mut(&workspace.path) {
            copy.base = commit.clone();
            copy.committed = files;
        }
        Ok(CommitOutcome::Pushed { commit })
    }
}

fn id_of(number: usize, message: &str) -> CommitId {
    let digest = Digest::of(format!("{number} {message}").as_bytes());
    CommitId::new(digest.as_str().get(..40).unwrap_or_default())
}

fn stays_inside(path: &str) -> Result<()> {
    let mut parts = Path::new(path).components();
    if !path.is_empty() && parts.all(|part| matches!(part, Component::Normal(name) if name != ".git")) {
        return Ok(());
    }
    Err(Error::invalid(format!("{path:?} is not in the repository; name files relative to it")))
}

fn no_workspace() -> Error {
    Error::new(ErrorKind::NotFound, "this workspace was not made by this repository; ask for one")
}
