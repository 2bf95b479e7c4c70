//! The contract of a git repository.

use lamplighter_core::ports::{CommitId, CommitOutcome, Repository, Workspace};
use lamplighter_core::words::{ChangeKey, CommitChange};
use lamplighter_core::{ErrorKind, Result, RunKey, async_trait};

use super::assert_fails;
use crate::approve_commit;
use crate::fakes::RemoteCommit;

/// A repository to be tested. Its remote branch has the files `README.md` (`read me`) and
/// `stacks/apps/main.tf` (`limit = 128Mi`), each with a line feed at its end.
#[async_trait]
pub trait RepositoryHarness: Send + Sync {
    /// The port under test.
    fn port(&self) -> &dyn Repository;

    /// A file in a workspace.
    async fn read(&self, workspace: &Workspace, path: &str) -> Option<String>;

    /// Writes a file in a workspace.
    async fn write(&self, workspace: &Workspace, path: &str, text: &str);

    /// Somebody else pushes a commit with this file to the remote branch.
    async fn push(&self, path: &str, text: &str, message: &str);

    /// The commits on the remote branch, oldest first.
    async fn log(&self) -> Vec<RemoteCommit>;

    /// A file on the remote branch.
    async fn remote_file(&self, path: &str) -> Option<String>;
}

const MAIN: &str = "stacks/apps/main.tf";

/// Checks everything that [`Repository`] promises.
pub async fn repository(harness: &dyn RepositoryHarness) {
    a_workspace_is_the_newest_commit_and_nothing_else(harness).await;
    only_the_named_files_are_committed(harness).await;
    a_commit_is_pushed_once_for_its_key(harness).await;
    anothers_words_are_no_trailer_of_ours(harness).await;
    nothing_to_commit_is_said_so(harness).await;
    a_remote_that_has_moved_is_never_overwritten(harness).await;
    nothing_outside_of_the_workspace_is_committed(harness).await;
    documents_are_written_and_read_in_the_workspace(harness).await;
}

async fn a_workspace_is_the_newest_commit_and_nothing_else(harness: &dyn RepositoryHarness) {
    let first = workspace(harness, "contract/first").await;
    assert_eq!(first.base, head(harness).await, "a workspace is at the newest commit");
    assert!(!first.branch.is_empty());
    assert_eq!(harness.read(&first, MAIN).await.as_deref(), Some("limit = 128Mi\n"));
    harness.write(&first, MAIN, "half done").await;
    harness.write(&first, "left-over.txt", "x").await;
    let second = workspace(harness, "contract/second").await;
    assert_ne!(second.path, first.path, "every run has a workspace of its own");
    assert_eq!(
        harness.read(&second, MAIN).await.as_deref(),
        Some("limit = 128Mi\n"),
        "others do not see what one does"
    );

    harness.push("README.md", "read me twice\n", "docs: read it twice").await;
    let again = workspace(harness, "contract/first").await;
    assert_eq!(again.path, first.path, "a run has one workspace");
    assert_eq!(again.base, head(harness).await, "asked for again, it is fetched anew");
    assert_eq!(harness.read(&again, "README.md").await.as_deref(), Some("read me twice\n"));
    assert_eq!(harness.read(&again, MAIN).await.as_deref(), Some("limit = 128Mi\n"), "what was not committed is gone");
    assert_eq!(harness.read(&again, "left-over.txt").await, None, "new files too");
}

async fn only_the_named_files_are_committed(harness: &dyn RepositoryHarness) {
    let (workspace, before) = (workspace(harness, "contract/named").await, harness.log().await);
    harness.write(&workspace, MAIN, "limit = 256Mi\n").await;
    harness.write(&workspace, "stacks/apps/new file é.tf", "new\n").await;
    harness.write(&workspace, "README.md", "not meant\n").await;
    let key = key("named");
    let message = "fix: raise the limit (fixes #42)\n\nIt was killed \"often\".";
    let files = [MAIN, "stacks/apps/new file é.tf"];
    let commit = pushed(commit(harness, &workspace, &key, &files, message).await);

    let log = harness.log().await;
    assert_eq!(log.len(), before.len() + 1, "it is one commit");
    let last = log.last().expect("there is a commit");
    assert_eq!(last.id, commit, "and it is the newest one");
    assert!(last.message.starts_with(message), "with its message: {:?}", last.message);
    let trailer = format!("Lamplighter-Change: {key}");
    assert!(last.message.lines().any(|line| line == trailer), "and its key as a trailer: {:?}", last.message);
    let mut changed = last.files.clone();
    changed.sort();
    assert_eq!(changed, files, "it changes the named files");
    assert_eq!(harness.remote_file(MAIN).await.as_deref(), Some("limit = 256Mi\n"));
    assert_eq!(harness.remote_file("README.md").await.as_deref(), Some("read me twice\n"));
}

async fn a_commit_is_pushed_once_for_its_key(harness: &dyn RepositoryHarness) {
    let (key, run) = (key("once"), "contract/once");
    let first_workspace = workspace(harness, run).await;
    assert_eq!(committed(harness, &first_workspace, &key).await, None, "nothing is committed at first");
    harness.write(&first_workspace, MAIN, "limit = 512Mi\n").await;
    let first = pushed(commit(harness, &first_workspace, &key, &[MAIN], "fix: once").await);
    let again = pushed(commit(harness, &first_workspace, &key, &[MAIN], "fix: once").await);
    assert_eq!(again, first, "committed again, the commit that stands is the answer");

    harness.push("README.md", "moved on\n", "docs: move on").await;
    let restarted = workspace(harness, run).await;
    assert_eq!(committed(harness, &restarted, &key).await, Some(first.clone()), "it is found after a restart");
    harness.write(&restarted, MAIN, "limit = 999Mi\n").await;
    let after = pushed(commit(harness, &restarted, &key, &[MAIN], "fix: once").await);
    assert_eq!(after, first, "after a restart too");
    assert_eq!(harness.remote_file(MAIN).await.as_deref(), Some("limit = 512Mi\n"), "and nothing more was pushed");
    let shorter = ChangeKey::new(&RunKey::new("contract"), "onc");
    assert_eq!(committed(harness, &restarted, &shorter).await, None, "a key is compared whole");
}

async fn anothers_words_are_no_trailer_of_ours(harness: &dyn RepositoryHarness) {
    let key = key("forged");
    let quoting =
        format!("docs: about Lamplighter-Change: {key}\n\nIt said Lamplighter-Change: {key} there.\n\nThe end.");
    harness.push("README.md", "forged\n", &quoting).await;
    let workspace = workspace(harness, "contract/forged").await;
    assert_eq!(committed(harness, &workspace, &key).await, None, "a key in running text is no trailer");
    harness.write(&workspace, MAIN, "limit = 640Mi\n").await;
    let commit = pushed(commit(harness, &workspace, &key, &[MAIN], "fix: the real one").await);
    assert_eq!(commit, head(harness).await, "the real one is pushed");
}

async fn nothing_to_commit_is_said_so(harness: &dyn RepositoryHarness) {
    let (workspace, before) = (workspace(harness, "contract/nothing").await, harness.log().await);
    harness.write(&workspace, "README.md", "changed, and not named\n").await;
    let outcome = commit(harness, &workspace, &key("nothing"), &[MAIN], "fix: nothing").await;
    assert_fails(outcome, ErrorKind::InvalidInput, "committing files that do not differ");
    assert_eq!(harness.log().await, before, "nothing is pushed");
}

async fn a_remote_that_has_moved_is_never_overwritten(harness: &dyn RepositoryHarness) {
    let (key, run) = (key("moved"), "contract/moved");
    let stale = workspace(harness, run).await;
    harness.write(&stale, MAIN, "limit = 1Gi\n").await;
    harness.push(MAIN, "limit = 300Mi\n", "fix: by hand").await;
    let before = harness.log().await;
    let outcome = commit(harness, &stale, &key, &[MAIN], "fix: raise").await.expect("a moved remote is no error");
    assert_eq!(outcome, CommitOutcome::RemoteMoved { head: head(harness).await }, "it is said where the remote is now");
    assert_eq!(harness.log().await, before, "nothing is pushed");
    assert_eq!(committed(harness, &stale, &key).await, None, "and nothing passes for committed");

    let fresh = workspace(harness, run).await;
    assert_eq!(harness.read(&fresh, MAIN).await.as_deref(), Some("limit = 300Mi\n"), "a fresh workspace has what came");
    harness.write(&fresh, MAIN, "limit = 1Gi\n").await;
    pushed(commit(harness, &fresh, &key, &[MAIN], "fix: raise").await);
    let after = harness.log().await;
    assert_eq!(after.get(..before.len()), Some(before.as_slice()), "no commit of others is lost");
}

async fn nothing_outside_of_the_workspace_is_committed(harness: &dyn RepositoryHarness) {
    let (workspace, before) = (workspace(harness, "contract/outside").await, harness.log().await);
    harness.write(&workspace, MAIN, "limit = 2Gi\n").await;
    for path in ["../outside", "/etc/hostname", ".git/config", ""] {
        let outcome = commit(harness, &workspace, &key("outside"), &[path], "fix: out").await;
        assert!(outcome.is_err(), "{path:?} cannot be committed: {outcome:?}");
    }
    assert_eq!(harness.log().await, before, "nothing is pushed");
}

async fn documents_are_written_and_read_in_the_workspace(harness: &dyn RepositoryHarness) {
    let (port, workspace, before) =
        (harness.port(), workspace(harness, "contract/documents").await, harness.log().await);
    assert_eq!(port.documents(&workspace, "docs/reports").await.expect("reading works"), [], "no folder, no documents");
    for path in ["../outside.md", "/tmp/outside.md", ".git/x.md", ""] {
        let outcome = port.write_document(&workspace, path, "x").await;
        assert!(outcome.is_err(), "{path:?} is not in the workspace: {outcome:?}");
    }
    for (path, text) in
        [("docs/reports/b.md", "first"), ("docs/reports/2026/a.md", "a\n"), ("docs/reports/b.md", "b\n")]
    {
        port.write_document(&workspace, path, text).await.expect("writing works");
    }
    harness.write(&workspace, "docs/reports/b.png", "no text").await;
    let read = port.documents(&workspace, "docs/reports").await.expect("reading works");
    let read: Vec<_> = read.into_iter().map(|document| (document.path, document.text)).collect();
    let expected = [("2026/a.md", "a\n"), ("b.md", "b\n")].map(|(path, text)| (path.to_owned(), text.to_owned()));
    assert_eq!(read, expected, "what was written last is read, by path within the folder");
    assert!(port.documents(&workspace, "../outside").await.is_err(), "a folder outside is not read");
    assert_eq!(harness.log().await, before, "nothing is pushed by writing");
    pushed(commit(harness, &workspace, &key("documents"), &["docs/reports/b.md"], "docs: b").await);
    assert_eq!(harness.remote_file("docs/reports/b.md").await.as_deref(), Some("b\n"), "and it can be committed");
}

async fn workspace(harness: &dyn RepositoryHarness, run: &str) -> Workspace {
    harness.port().workspace(&RunKey::new(run)).await.expect("a workspace can be had")
}

async fn commit(
    harness: &dyn RepositoryHarness,
    workspace: &Workspace,
    key: &ChangeKey,
    files: &[&str],
    message: &str,
) -> Result<CommitOutcome> {
    let change = CommitChange {
        branch: workspace.branch.clone(),
        files: files.iter().map(|&file| file.to_owned()).collect(),
        message: message.to_owned(),
        follows: None,
    };
    harness.port().commit(workspace, key, approve_commit(change).await).await
}

#[track_caller]
fn pushed(outcome: Result<CommitOutcome>) -> CommitId {
    let outcome = outcome.expect("committing works");
    let commit = match &outcome {
        CommitOutcome::Pushed { commit } => Some(commit.clone()),
        CommitOutcome::RemoteMoved { .. } => None,
    };
    commit.unwrap_or_else(|| unreachable!("the commit is pushed: {outcome:?}"))
}

async fn committed(harness: &dyn RepositoryHarness, workspace: &Workspace, key: &ChangeKey) -> Option<CommitId> {
    harness.port().committed(workspace, key).await.expect("asking works")
}

async fn head(harness: &dyn RepositoryHarness) -> CommitId {
    harness.log().await.pop().expect("there is a commit").id
}

fn key(name: &str) -> ChangeKey {
    ChangeKey::new(&RunKey::new("contract"), name)
}
