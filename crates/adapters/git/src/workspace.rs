//! A clone for each run, fit for use whatever happened to it before.

use std::path::{Path, PathBuf};

use lamplighter_core::RunKey;
use lamplighter_core::ports::{CommitId, Workspace};
use lamplighter_core::words::Digest;

use crate::command::Git;
use crate::{GitError, GitOptions};

/// The longest readable part of a folder's name.
const READABLE: usize = 40;

/// The run's workspace at the newest commit of the remote branch.
///
/// One that does not come clean (a git that was killed in it, another remote, a broken object) is replaced by a
/// new clone.
pub(crate) async fn workspace(options: &GitOptions, run: &RunKey) -> Result<Workspace, GitError> {
    let path = options.workspaces_dir.join(folder_name(run));
    let reused = if path.join(".git").exists() { refresh(options, &path).await } else { Err(absent(&path)) };
    let base = match reused {
        Ok(base) => base,
        Err(error) => {
            tracing::debug!(%error, "making the workspace anew");
            replace(options, &path).await?;
            refresh(options, &path).await?
        }
    };
    Ok(Workspace { path, branch: options.branch.clone(), base })
}

/// The remote branch, looked up now.
pub(crate) async fn fetch(git: &Git<'_>) -> Result<CommitId, GitError> {
    let branch = &git.options().branch;
    // This moves our note of where the remote branch is; the branch itself is not ours to move.
    let refspec = format!("+refs/heads/{branch}:{}", tracking(branch));
    git.text("fetch", &["--quiet", "--no-tags", "--no-recurse-submodules", "--", "origin", &refspec]).await?;
    let commit = format!("{}^{{commit}}", tracking(branch));
    Ok(CommitId::new(git.text("rev-parse", &["--verify", "--quiet", "--end-of-options", &commit]).await?))
}

/// Where the remote branch is noted.
pub(crate) fn tracking(branch: &str) -> String {
    format!("refs/remotes/origin/{branch}")
}

async fn refresh(options: &GitOptions, path: &Path) -> Result<CommitId, GitError> {
    let git = Git::new(options, path);
    remove_locks(&path.join(".git"))?;
    if git.text("config", &["--local", "--get", "remote.origin.url"]).await? != options.remote {
        return Err(GitError::Options("the workspace is of another remote".to_owned()));
    }
    let base = fetch(&git).await?;
    git.text("checkout", &["--quiet", "--force", "--detach", base.as_str(), "--"]).await?;
    git.text("clean", &["--quiet", "-ffdx"]).await?;
    Ok(base)
}

/// Clones beside the workspace and puts the clone in its place, so that half a clone is never found there.
async fn replace(options: &GitOptions, path: &Path) -> Result<(), GitError> {
    let parent = &options.workspaces_dir;
    let failed = |source| GitError::File { path: path.to_owned(), source };
    std::fs::create_dir_all(parent).map_err(failed)?;
    let partial = tempfile::Builder::new().prefix(".clone-").tempdir_in(parent).map_err(failed)?;
    let target = partial.path().join("clone");
    let mut arguments =
        ["--quiet", "--no-checkout", "--no-tags", "--single-branch", "--template="].map(PathBuf::from).to_vec();
    arguments.extend(["--branch", &options.branch, "--", &options.remote].map(PathBuf::from));
    arguments.push(target.clone());
    Git::new(options, parent).text("clone", &arguments).await?;
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    std::fs::rename(&target, path).map_err(failed)
}

/// Removes the locks of a git that was killed. The workspace is the run's alone, so nobody holds them.
pub(crate) fn remove_locks(folder: &Path) -> Result<(), GitError> {
    let failed = |source| GitError::File { path: folder.to_owned(), source };
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() && entry.file_name() != "objects" {
            remove_locks(&entry.path())?;
        } else if kind.is_file() && entry.path().extension().is_some_and(|extension| extension == "lock") {
            std::fs::remove_file(entry.path()).map_err(failed)?;
        }
    }
    Ok(())
}

fn absent(path: &Path) -> GitError {
    GitError::File { path: path.to_owned(), source: std::io::ErrorKind::NotFound.into() }
}

/// Readable, safe as the name of a folder, and another one for every run.
fn folder_name(run: &RunKey) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let readable: String = run.as_str().chars().map(safe).take(READABLE).collect();
    format!("run-{readable}-{}", Digest::of(run.as_str().as_bytes()).short())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_has_a_folder_of_its_own_that_leads_nowhere() {
        let names: Vec<String> = ["issue/42", "issue-42", "../../etc", "", "\0", "ünï", &"x".repeat(10_000)]
            .iter()
            .map(|run| folder_name(&RunKey::new(*run)))
            .collect();
        for (index, name) in names.iter().enumerate() {
            assert!(name.starts_with("run-") && name.len() < 100 && !name.contains(['/', '.', '\0']), "{name}");
            assert!(!names[..index].contains(name));
        }
        assert!(names[0].starts_with("run-issue-42-"));
    }
}
