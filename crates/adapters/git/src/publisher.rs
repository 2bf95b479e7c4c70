//! A site on a branch: one commit for each change of it, and none where nothing changed.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use lamplighter_core::Result;
use lamplighter_core::ports::{Published, Publisher, SiteFile};
use lamplighter_core::words::Digest;
use tokio::sync::Mutex;

use crate::command::Git;
use crate::site::{Difference, MANIFEST, Tree, check_path};
use crate::workspace::remove_locks;
use crate::{GitError, GitOptions};

/// The trailer by which a commit is known to be one of a publisher.
const TRAILER: &str = "Lamplighter-Published";
/// Where a commit is made before it is pushed.
const NEXT: &str = "refs/lamplighter/next";
/// Where the branch of the remote is noted.
const SEEN: &str = "refs/lamplighter/seen";
/// How often it is tried while somebody else pushes.
const ATTEMPTS: u32 = 4;

/// Publishes onto a branch of a remote repository, which is made where it is not there.
///
/// It works in a bare repository of its own below [`GitOptions::workspaces_dir`], with no work tree and no index. Files of
/// the branch that it has not published, such as `CNAME`, stay as they are; which are its own stands in
/// `.lamplighter-published` on the branch.
///
/// # How long the history gets
/// Of commits of its own at the end of the branch, unbroken by anybody else's, it keeps as many as
/// [`keeping`](Self::keeping) says. One more, and they become one commit. Nothing else in Lamplighter replaces commits: it
/// is done with a lease on the exact commit that was looked at (`--force-with-lease=<branch>:<commit>`), so that nobody's
/// push is lost, and only commits that carry our trailer and our address are replaced. The newest commit of anybody else,
/// and all before it, stay, which the log says. A remote that refuses gets the change as an ordinary commit instead.
#[derive(Debug, Clone)]
pub struct GitPublisher {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    options: GitOptions,
    keep: usize,
    repository: PathBuf,
    /// One at a time: the repository is one.
    turn: Mutex<()>,
    /// Whether the remote has refused to have commits replaced.
    is_refused: AtomicBool,
}

/// What a push came to.
enum Push {
    Done,
    Moved,
    /// Commits may not be replaced there.
    NotReplaced(GitError),
}

impl GitPublisher {
    /// A publisher onto the branch of these options. Nothing is run yet. All commits are kept.
    ///
    /// # Errors
    /// For options that cannot be used.
    pub fn new(options: GitOptions) -> std::result::Result<Self, GitError> {
        let options = options.checked()?;
        let name = Digest::of(format!("{}\n{}", options.remote, options.branch).as_bytes());
        let repository = options.workspaces_dir.join(format!("site-{}", name.short()));
        Ok(Self { shared: Arc::new(Shared::new(options, repository, usize::MAX)) })
    }

    /// The same keeping at most so many commits of its own, at least one.
    #[must_use]
    pub fn keeping(self, commits: usize) -> Self {
        let Shared { options, repository, .. } = &*self.shared;
        Self { shared: Arc::new(Shared::new(options.clone(), repository.clone(), commits.max(1))) }
    }
}

#[async_trait]
impl Publisher for GitPublisher {
    async fn publish(&self, files: &[SiteFile]) -> Result<Published> {
        let shared = &self.shared;
        let _turn = shared.turn.lock().await;
        let published = match shared.publish(files).await {
            // A repository that was damaged is made anew: the remote has everything.
            Err(GitError::Failed { command, reason }) if !is_remote(command) => {
                tracing::debug!(command, reason, "making the repository of the site anew");
                shared.forget()?;
                shared.publish(files).await
            }
            published => published,
        };
        Ok(published?)
    }

    async fn published(&self, path: &str) -> Result<Option<Vec<u8>>> {
        check_path(path)?;
        let shared = &self.shared;
        let _turn = shared.turn.lock().await;
        let git = shared.open().await?;
        let head = shared.look(&git).await?;
        let tree = Tree::of(&git, head.as_deref()).await?;
        Ok(tree.contents(&git, &[path]).await?.remove(path))
    }
}

impl Shared {
    fn new(options: GitOptions, repository: PathBuf, keep: usize) -> Self {
        Self { options, keep, repository, turn: Mutex::new(()), is_refused: AtomicBool::new(false) }
    }

    async fn publish(&self, files: &[SiteFile]) -> std::result::Result<Published, GitError> {
        let git = self.open().await?;
        for _ in 0..ATTEMPTS {
            let head = self.look(&git).await?;
            let difference = Tree::of(&git, head.as_deref()).await?.difference(&git, files).await?;
            if difference.is_none() {
                return Ok(difference.published);
            }
            match self.add(&git, head.as_deref(), &difference, files).await? {
                Push::Done => return Ok(difference.published),
                Push::Moved => {}
                Push::NotReplaced(error) => {
                    tracing::warn!(%error, branch = self.options.branch, "the history of the site is not shortened");
                    self.is_refused.store(true, Ordering::Relaxed);
                }
            }
        }
        Err(GitError::KeepsMoving(self.options.branch.clone()))
    }

    /// The repository, made where it is not there.
    async fn open(&self) -> std::result::Result<Git<'_>, GitError> {
        let git = Git::new(&self.options, &self.repository);
        let failed = |source| GitError::File { path: self.repository.clone(), source };
        if !self.repository.join("HEAD").exists() {
            std::fs::create_dir_all(&self.options.workspaces_dir).map_err(failed)?;
            let init = ["--quiet", "--bare", "--template="].map(PathBuf::from).into_iter();
            let arguments: Vec<PathBuf> = init.chain([PathBuf::from("--"), self.repository.clone()]).collect();
            Git::new(&self.options, &self.options.workspaces_dir).text("init", &arguments).await?;
        }
        remove_locks(&self.repository)?;
        Ok(git)
    }

    fn forget(&self) -> std::result::Result<(), GitError> {
        match std::fs::remove_dir_all(&self.repository) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(GitError::File { path: self.repository.clone(), source })
            }
            _ => Ok(()),
        }
    }

    /// The commit that the branch is at, with all that it has. Where it is known already nothing is written.
    async fn look(&self, git: &Git<'_>) -> std::result::Result<Option<String>, GitError> {
        let branch = format!("refs/heads/{}", self.options.branch);
        let told = git.text("ls-remote", &["--quiet", "--", &self.options.remote, &branch]).await?;
        let id = |line: &str| line.split_once('\t').filter(|(_, name)| *name == branch).map(|(id, _)| id.to_owned());
        let Some(head) = told.lines().find_map(id) else { return Ok(None) };
        let seen = git.run("rev-parse", &["--verify", "--quiet", "--end-of-options", SEEN], b"").await?;
        if String::from_utf8_lossy(&seen.stdout).trim() != head {
            let refspec = format!("+{branch}:{SEEN}");
            let quiet = ["--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--"];
            let arguments: Vec<&str> = quiet.into_iter().chain([self.options.remote.as_str(), &refspec]).collect();
            git.text("fetch", &arguments).await?;
        }
        let head = git.text("rev-parse", &["--verify", "--quiet", "--end-of-options", SEEN]).await?;
        Ok(Some(head))
    }

    /// One commit more, or one instead of those of ours that are too many.
    async fn add(
        &self,
        git: &Git<'_>,
        head: Option<&str>,
        difference: &Difference,
        files: &[SiteFile],
    ) -> std::result::Result<Push, GitError> {
        let mut replaces = None;
        let is_bounded = self.keep < usize::MAX && !self.is_refused.load(Ordering::Relaxed);
        if let Some(head) = head.filter(|_| is_bounded) {
            let ours = self.ours_at_the_end(git, head).await?;
            replaces = (ours.count >= self.keep).then_some(ours.before);
            if let Some(Some(commit)) = &replaces {
                let branch = &self.options.branch;
                tracing::info!(branch, commit, "shortening: a commit of somebody else and all before it stay");
            }
        }
        let parent = match &replaces {
            Some(before) => before.as_deref(),
            None => head,
        };
        // The files are those of the branch, whatever the commit comes after.
        let tree = match head.filter(|head| Some(*head) != parent) {
            Some(head) => Some(git.text("rev-parse", &["--verify", "--quiet", &format!("{head}^{{tree}}")]).await?),
            None => None,
        };
        let stream = stream(&self.options, parent, tree.as_deref(), difference, files);
        // What an attempt before this one left there.
        git.text("update-ref", &["-d", NEXT]).await?;
        git.succeed("fast-import", &["--quiet", "--done", "--date-format=now"], &stream).await?;
        let commit = git.text("rev-parse", &["--verify", "--quiet", "--end-of-options", NEXT]).await?;
        self.push(git, head, &commit, replaces.is_some()).await
    }

    async fn push(
        &self,
        git: &Git<'_>,
        head: Option<&str>,
        commit: &str,
        replaces: bool,
    ) -> std::result::Result<Push, GitError> {
        let branch = &self.options.branch;
        let refspec = format!("{commit}:refs/heads/{branch}");
        let lease = format!("--force-with-lease=refs/heads/{branch}:{}", head.unwrap_or_default());
        let mut arguments = vec!["--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"];
        if replaces {
            arguments.push(&lease);
        }
        arguments.extend(["--", &self.options.remote, &refspec]);
        let pushed = git.run("push", &arguments, b"").await?;
        // The answer may have been lost on its way, or somebody was faster.
        let now = if pushed.succeeded { Some(commit.to_owned()) } else { self.look(git).await? };
        if now.as_deref() == Some(commit) {
            git.text("update-ref", &[SEEN, commit]).await?;
            if replaces {
                self.tidy(git).await;
            }
            return Ok(Push::Done);
        }
        if now.as_deref() != head {
            return Ok(Push::Moved);
        }
        let error = git.failure("push", &pushed);
        if replaces && matches!(error, GitError::Permission(_)) { Ok(Push::NotReplaced(error)) } else { Err(error) }
    }

    /// What was replaced is not needed any more. Where it cannot be cleared away it is in nobody's way.
    async fn tidy(&self, git: &Git<'_>) {
        if let Err(error) = git.text("gc", &["--quiet", "--prune=now"]).await {
            tracing::debug!(%error, "what was replaced is not cleared away");
        }
    }

    /// The commits of ours at the end of the branch, down to the newest of somebody else.
    async fn ours_at_the_end(&self, git: &Git<'_>, head: &str) -> std::result::Result<Ours, GitError> {
        let format = format!("--format=%H%x1f%P%x1f%ce%x1f%(trailers:key={TRAILER},valueonly,separator=%x1e)");
        let log = git.text("log", &["-z", "--no-show-signature", &format, "--end-of-options", head, "--"]).await?;
        let mut ours = Ours::default();
        for record in log.split('\0').filter(|record| !record.is_empty()) {
            let mut fields = record.split('\u{1f}');
            let (Some(id), Some(parents), Some(address), Some(marker)) =
                (fields.next(), fields.next(), fields.next(), fields.next())
            else {
                return Err(GitError::Output("log"));
            };
            let is_ours = address == self.options.author_email && !marker.trim().is_empty() && !parents.contains(' ');
            if !is_ours {
                ours.before = Some(id.trim().to_owned());
                break;
            }
            ours.count += 1;
        }
        Ok(ours)
    }
}

#[derive(Debug, Default)]
struct Ours {
    count: usize,
    /// The newest commit of somebody else.
    before: Option<String>,
}

const fn is_remote(command: &str) -> bool {
    matches!(command.as_bytes(), b"push" | b"fetch" | b"ls-remote")
}

/// A commit as `git fast-import` reads it: one process makes it, whatever it is made of.
fn stream(
    options: &GitOptions,
    parent: Option<&str>,
    tree: Option<&str>,
    difference: &Difference,
    files: &[SiteFile],
) -> Vec<u8> {
    let Difference { published, manifest } = difference;
    let message = message(published);
    let mut text = format!("commit {NEXT}\ncommitter {} <{}> now\n", options.author_name, options.author_email);
    let _ = write!(text, "data {}\n{message}\n", message.len());
    if let Some(parent) = parent {
        let _ = writeln!(text, "from {parent}");
    }
    if let Some(tree) = tree {
        let _ = writeln!(text, "M 040000 {tree} \"\"");
    }
    let mut stream = text.into_bytes();
    for path in &published.removed {
        stream.extend(format!("D {}\n", quoted(path)).bytes());
    }
    let changed = files.iter().filter(|file| published.written.contains(&file.path));
    let contents = changed.map(|file| (file.path.as_str(), file.content.as_slice()));
    for (path, content) in contents.chain(manifest.iter().map(|list| (MANIFEST, list.as_bytes()))) {
        stream.extend(format!("M 100644 inline {}\ndata {}\n", quoted(path), content.len()).bytes());
        stream.extend(content);
        stream.push(b'\n');
    }
    stream.extend(b"done\n");
    stream
}

fn message(published: &Published) -> String {
    let count = |number: usize| if number == 1 { "1 file".to_owned() } else { format!("{number} files") };
    let mut said = Vec::new();
    if !published.written.is_empty() {
        said.push(format!("publish {}", count(published.written.len())));
    }
    if !published.removed.is_empty() {
        said.push(format!("remove {}", count(published.removed.len())));
    }
    let subject = if said.is_empty() { "list what is published".to_owned() } else { said.join(", ") };
    format!("site: {subject}\n\n{TRAILER}: site\n")
}

/// As `fast-import` takes a path. Line ends and backslashes are refused before.
fn quoted(path: &str) -> String {
    format!("\"{}\"", path.replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_how_much_and_nothing_of_what() {
        let published = |written: &[&str], removed: &[&str]| Published {
            written: written.iter().map(|path| (*path).to_owned()).collect(),
            removed: removed.iter().map(|path| (*path).to_owned()).collect(),
        };
        for (published, subject) in [
            (published(&["a"], &[]), "site: publish 1 file"),
            (published(&["a", "b"], &["c"]), "site: publish 2 files, remove 1 file"),
            (published(&[], &[]), "site: list what is published"),
        ] {
            assert_eq!(message(&published), format!("{subject}\n\nLamplighter-Published: site\n"));
        }
    }

    #[test]
    fn a_path_is_one_path_whatever_is_in_it() {
        assert_eq!(quoted("a \"b\" é/c"), "\"a \\\"b\\\" é/c\"");
    }
}
