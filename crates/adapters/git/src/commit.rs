//! One commit of exactly the named files, pushed once and never by force.

use std::path::{Component, Path};

use lamplighter_core::ports::{CommitId, CommitOutcome, Workspace};
use lamplighter_core::words::{ChangeKey, CommitChange};

use crate::GitError;
use crate::command::Git;
use crate::message::{TRAILER, checked, compose};
use crate::workspace::{fetch, tracking};

/// Commits and pushes, unless that has been done or the remote branch has moved.
///
/// The commit is made beside the branch and the index of the workspace, so that a push that fails leaves
/// nothing behind that would have to be taken back.
pub(crate) async fn commit(
    git: &Git<'_>,
    workspace: &Workspace,
    key: &ChangeKey,
    change: &CommitChange,
) -> Result<CommitOutcome, GitError> {
    let branch = &git.options().branch;
    if change.branch != *branch {
        return Err(GitError::Commit(format!("commits go to branch `{branch}` and not to `{}`", change.branch)));
    }
    let message = compose(&change.message, key, git.options().co_author.as_deref())?;
    check_files(git.dir(), &change.files)?;
    let head = fetch(git).await?;
    if let Some(commit) = find(git, key).await? {
        return Ok(CommitOutcome::Pushed { commit });
    }
    if head != workspace.base {
        return Ok(CommitOutcome::RemoteMoved { head });
    }
    let commit = write(git, &head, &change.files, &message).await?;
    let refspec = format!("{commit}:refs/heads/{branch}");
    let arguments =
        ["--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no", "--", "origin", &refspec];
    let pushed = git.run("push", &arguments, b"").await?;
    if pushed.succeeded {
        return Ok(CommitOutcome::Pushed { commit });
    }
    // The answer may have been lost on its way, or somebody was faster.
    let now = fetch(git).await?;
    match find(git, key).await? {
        Some(commit) => Ok(CommitOutcome::Pushed { commit }),
        None if now != head => Ok(CommitOutcome::RemoteMoved { head: now }),
        None => Err(git.failure("push", &pushed)),
    }
}

/// The newest commit on the fetched remote branch whose trailer is exactly this key.
pub(crate) async fn find(git: &Git<'_>, key: &ChangeKey) -> Result<Option<CommitId>, GitError> {
    let key = checked(key)?;
    let format = format!("--format=%H%x1f%(trailers:key={TRAILER},valueonly,unfold,separator=%x1e)");
    let candidates = format!("--grep={key}");
    let branch = tracking(&git.options().branch);
    let arguments =
        ["-z", "--no-show-signature", "--fixed-strings", &candidates, &format, "--end-of-options", &branch, "--"];
    let log = git.text("log", &arguments).await?;
    let carries = |values: &str| values.split('\u{1e}').any(|value| value.trim() == key);
    let found = log.split('\0').filter_map(|record| record.split_once('\u{1f}')).find(|(_, values)| carries(values));
    Ok(found.map(|(commit, _)| CommitId::new(commit.trim())))
}

/// Makes the commit on `base`, of these files as they are in the workspace.
async fn write(git: &Git<'_>, base: &CommitId, files: &[String], message: &str) -> Result<CommitId, GitError> {
    let index = git.dir().join(".git").join("lamplighter-index");
    for stale in [index.clone(), index.with_extension("lock")] {
        match std::fs::remove_file(&stale) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(GitError::File { path: stale, source });
            }
            _ => {}
        }
    }
    let staging = git.with_index(&index);
    staging.text("read-tree", &[base.as_str()]).await?;
    let before = staging.text("write-tree", &[""; 0]).await?;
    let paths = files.join("\0") + "\0";
    staging.succeed("update-index", &["--add", "--remove", "-z", "--stdin"], paths.as_bytes()).await?;
    let after = staging.text("write-tree", &[""; 0]).await?;
    if before == after {
        return Err(GitError::Commit("none of the files differs from the base of the workspace".to_owned()));
    }
    let arguments = [after.as_str(), "-p", base.as_str(), "-F", "-"];
    let made = staging.succeed("commit-tree", &arguments, message.as_bytes()).await?;
    let id = String::from_utf8(made.stdout).map_err(|_| GitError::Output("commit-tree"))?;
    Ok(CommitId::new(id.trim()))
}

/// Plain files inside the workspace, or files that are gone from it.
pub(crate) fn check_files(root: &Path, files: &[String]) -> Result<(), GitError> {
    let refuse = |why: String| Err(GitError::Commit(why));
    if files.is_empty() {
        return refuse("a commit needs files".to_owned());
    }
    for file in files {
        let plain = |part| match part {
            Component::Normal(part) => !part.eq_ignore_ascii_case(".git"),
            _ => false,
        };
        if file.is_empty() || file.contains('\0') || file.ends_with('/') || !Path::new(file).components().all(plain) {
            return refuse(format!("`{}` is not a file inside the workspace", file.escape_debug()));
        }
        let mut path = root.to_owned();
        let parts: Vec<_> = Path::new(file).components().collect();
        for (index, part) in parts.iter().enumerate() {
            path.push(part);
            let Ok(metadata) = path.symlink_metadata() else { break };
            let last = index + 1 == parts.len();
            let fits = if last { metadata.is_file() } else { metadata.is_dir() };
            if !fits {
                return refuse(format!("`{}` is not a plain file inside the workspace", file.escape_debug()));
            }
        }
    }
    Ok(())
}
