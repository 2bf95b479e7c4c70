//! The port over the real git and bare repositories in folders of their own.

#![expect(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use lamplighter_core::ports::{CommitId, CommitOutcome, Repository as _, Workspace};
use lamplighter_core::words::{ChangeKey, CommitChange};
use lamplighter_core::{ErrorKind, RunKey};
use lamplighter_git::{GitOptions, GitRepository};
use lamplighter_testkit::approve_commit;
use tempfile::TempDir;

struct Remote {
    root: TempDir,
}

impl Remote {
    /// A bare repository that refuses force pushes and deletions, with one commit.
    fn new() -> Self {
        let remote = Self::empty(&[]);
        remote.push(&[("stacks/apps/main.tf", "memory = \"128Mi\"\n"), ("README.md", "hello\n")], "first");
        remote
    }

    fn empty(init: &[&str]) -> Self {
        let remote = Self { root: tempfile::tempdir().unwrap() };
        let bare = remote.bare();
        let mut arguments = vec!["init", "--quiet", "--bare", "--initial-branch=main"];
        arguments.extend(init);
        arguments.push(bare.to_str().unwrap());
        git(remote.root.path(), &arguments);
        git(&bare, &["config", "receive.denyNonFastForwards", "true"]);
        git(&bare, &["config", "receive.denyDeletes", "true"]);
        remote
    }

    fn bare(&self) -> PathBuf {
        self.root.path().join("infra repo ü.git")
    }

    /// Somebody else pushes files.
    fn push(&self, files: &[(&str, &str)], message: &str) -> String {
        let clone = tempfile::tempdir_in(self.root.path()).unwrap();
        git(clone.path(), &["clone", "--quiet", self.bare().to_str().unwrap(), "."]);
        for (name, text) in files {
            let file = clone.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        git(clone.path(), &["add", "--all"]);
        git(clone.path(), &["commit", "--quiet", "--allow-empty", "-m", message]);
        git(clone.path(), &["push", "--quiet", "origin", "HEAD:main"]);
        git(clone.path(), &["rev-parse", "HEAD"])
    }

    fn options(&self) -> GitOptions {
        let mut options = GitOptions::new(self.bare().to_str().unwrap(), self.root.path().join("workspaces"));
        options.co_author = Some("issue-responder <responder@localhost>".to_owned());
        options
    }

    fn repository(&self) -> GitRepository {
        GitRepository::new(self.options()).unwrap()
    }

    fn head(&self) -> String {
        git(&self.bare(), &["rev-parse", "main"])
    }

    fn count(&self) -> usize {
        git(&self.bare(), &["rev-list", "--count", "main"]).parse().unwrap()
    }
}

/// git as a test's own tool, without the configuration of who runs the test.
fn git(dir: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@localhost", "-c", "init.defaultBranch=main"])
        .args(arguments)
        .current_dir(dir)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn run(name: &str) -> RunKey {
    RunKey::new(name)
}

fn key(name: &str) -> ChangeKey {
    ChangeKey::new(&run("issue/42"), name)
}

fn change(files: &[&str]) -> CommitChange {
    CommitChange {
        branch: "main".to_owned(),
        files: files.iter().map(|&file| file.to_owned()).collect(),
        message: "fix: more memory (fixes #42)".to_owned(),
        follows: None,
    }
}

const STACK: &str = "stacks/apps/main.tf";

fn edit(workspace: &Workspace, file: &str, text: &str) {
    let file = workspace.path.join(file);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

async fn commit(
    repository: &GitRepository,
    workspace: &Workspace,
    name: &str,
    change: CommitChange,
) -> lamplighter_core::Result<CommitOutcome> {
    repository.commit(workspace, &key(name), approve_commit(change).await).await
}

async fn pushed(repository: &GitRepository, workspace: &Workspace, name: &str, change: CommitChange) -> CommitId {
    match commit(repository, workspace, name, change).await.unwrap() {
        CommitOutcome::Pushed { commit } => commit,
        moved @ CommitOutcome::RemoteMoved { .. } => panic!("{moved:?}"),
    }
}

#[tokio::test]
async fn a_commit_holds_the_named_files_and_its_trailers() {
    let remote = Remote::new();
    let repository = remote.repository();
    let workspace = repository.workspace(&run("issue/42")).await.unwrap();
    assert_eq!((workspace.base.as_str(), workspace.branch.as_str()), (remote.head().as_str(), "main"));
    edit(&workspace, STACK, "memory = \"256Mi\"\n");
    edit(&workspace, "README.md", "not named\n");
    edit(&workspace, "docs/größe & mehr.md", "new\n");

    let commit = pushed(&repository, &workspace, "commit", change(&[STACK, "docs/größe & mehr.md"])).await;
    let bare = remote.bare();
    assert_eq!(commit.as_str(), remote.head());
    assert_eq!(
        git(&bare, &["log", "-1", "--format=%an <%ae>%n%B", "main"]),
        "Lamplighter <lamplighter@localhost>\nfix: more memory (fixes #42)\n\nLamplighter-Change: \
         issue/42/commit\nCo-authored-by: issue-responder <responder@localhost>"
    );
    let changed = git(&bare, &["-c", "core.quotePath=false", "show", "--name-only", "--format=", "main"]);
    assert_eq!(changed, "docs/größe & mehr.md\nstacks/apps/main.tf");
    assert_eq!(git(&bare, &["show", "main:stacks/apps/main.tf"]), "memory = \"256Mi\"");
}

#[tokio::test]
async fn a_change_is_committed_once() {
    let remote = Remote::new();
    let repository = remote.repository();
    let workspace = repository.workspace(&run("issue/42")).await.unwrap();
    assert_eq!(repository.committed(&workspace, &key("commit")).await.unwrap(), None);
    edit(&workspace, STACK, "1\n");
    let first = pushed(&repository, &workspace, "commit", change(&[STACK])).await;
    remote.push(&[("other", "1")], "somebody else goes on");
    assert_eq!(pushed(&repository, &workspace, "commit", change(&[STACK])).await, first);
    let anew = repository.workspace(&run("issue/42")).await.unwrap();
    assert_eq!(pushed(&repository, &anew, "commit", change(&[STACK])).await, first);
    assert_eq!(repository.committed(&anew, &key("commit")).await.unwrap(), Some(first));
    assert_eq!(remote.count(), 3);
    for similar in ["commi", "commit-2", "ommit", "commit.", "comm.t"] {
        assert_eq!(repository.committed(&anew, &key(similar)).await.unwrap(), None, "{similar}");
    }
}

#[tokio::test]
async fn a_remote_that_has_moved_is_told_and_nothing_is_pushed() {
    let remote = Remote::new();
    let repository = remote.repository();
    let workspace = repository.workspace(&run("issue/42")).await.unwrap();
    edit(&workspace, STACK, "1\n");
    let head = remote.push(&[("other", "1")], "somebody was faster");
    let outcome = commit(&repository, &workspace, "commit", change(&[STACK])).await.unwrap();
    assert_eq!(outcome, CommitOutcome::RemoteMoved { head: CommitId::new(head.clone()) });
    assert_eq!(remote.head(), head);
    let anew = repository.workspace(&run("issue/42")).await.unwrap();
    assert_eq!(anew.path, workspace.path);
    let text = std::fs::read_to_string(anew.path.join(STACK)).unwrap();
    assert_eq!(text, "memory = \"128Mi\"\n", "the edit was thrown away");
    edit(&anew, STACK, "1\n");
    pushed(&repository, &anew, "commit", change(&[STACK])).await;
    assert_eq!(remote.count(), 3);
}

/// A git that does something right before it pushes, and writes down every command line.
fn wrapped(remote: &Remote, before_push: &str) -> GitOptions {
    let script = remote.root.path().join("git");
    let log = remote.root.path().join("log");
    let text = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$*\" >> '{}'\ncase \"$*\" in *' push '*) {before_push} ;; esac\nexec git \"$@\"\n",
        log.display()
    );
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    GitOptions { binary: script, ..remote.options() }
}

#[tokio::test]
async fn a_push_that_loses_the_race_is_a_moved_remote_and_never_forced() {
    let remote = Remote::new();
    let other = remote.repository().workspace(&run("other")).await.unwrap();
    git(&other.path, &["commit", "--quiet", "--allow-empty", "-m", "faster"]);
    let faster = git(&other.path, &["rev-parse", "HEAD"]);
    let race = format!("git -C '{}' push --quiet origin HEAD:main", other.path.display());
    let repository = GitRepository::new(wrapped(&remote, &race)).unwrap();
    let workspace = repository.workspace(&run("issue/42")).await.unwrap();
    edit(&workspace, STACK, "1\n");
    let outcome = commit(&repository, &workspace, "commit", change(&[STACK])).await.unwrap();
    assert_eq!(outcome, CommitOutcome::RemoteMoved { head: CommitId::new(faster.clone()) });
    assert_eq!(remote.head(), faster);

    let log = std::fs::read_to_string(remote.root.path().join("log")).unwrap();
    let pushes: Vec<&str> = log.lines().filter(|line| line.contains(" push ")).collect();
    assert_eq!(pushes.len(), 1);
    for line in log.lines() {
        let forced = line.contains(" push ")
            && [" -f", "--force", " +", "--mirror", "--delete"].iter().any(|word| line.contains(word));
        assert!(!forced && !line.contains(" reset "), "{line}");
    }
}

#[tokio::test]
async fn a_push_whose_answer_is_lost_is_found_on_the_remote() {
    let remote = Remote::new();
    let repository = GitRepository::new(wrapped(&remote, "git \"$@\"; exit 1")).unwrap();
    let workspace = repository.workspace(&run("issue/42")).await.unwrap();
    edit(&workspace, STACK, "1\n");
    let commit = pushed(&repository, &workspace, "commit", change(&[STACK])).await;
    assert_eq!(commit.as_str(), remote.head());
    assert_eq!(remote.count(), 2);
}

#[tokio::test]
async fn a_remote_that_refuses_is_an_error_and_no_moved_branch() {
    let remote = Remote::new();
    let hook = remote.bare().join("hooks/pre-receive");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, "#!/bin/sh\nexit 1\n").unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    let repository = remote.repository();
    let workspace = repository.workspace(&run("issue/42")).await.unwrap();
    edit(&workspace, STACK, "1\n");
    let error = commit(&repository, &workspace, "commit", change(&[STACK])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Permission, "{error}");
    assert_eq!(remote.count(), 1);
}

#[tokio::test]
async fn only_plain_changed_files_inside_the_workspace_are_committed() {
    let remote = Remote::new();
    let repository = remote.repository();
    let workspace = repository.workspace(&run("issue/42")).await.unwrap();
    edit(&workspace, "new", "1\n");
    std::os::unix::fs::symlink("/etc", workspace.path.join("link")).unwrap();
    let outside = remote.root.path().join("outside");
    std::fs::write(&outside, "secret").unwrap();
    for files in [
        &[][..],
        &[""],
        &["../outside"],
        &["/etc/hostname"],
        &["stacks/../new"],
        &["./new"],
        &["new\0"],
        &[".git/config"],
        &["a/.GIT/config"],
        &["link"],
        &["link/hostname"],
        &["stacks"],
        &["stacks/"],
        &["README.md"],
        &["absent"],
        &["*"],
        &[":(glob)**"],
        &["--all"],
        &["new", "../outside"],
    ] {
        let error = commit(&repository, &workspace, "commit", change(files)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{files:?}: {error}");
    }
    let mut elsewhere = change(&["new"]);
    elsewhere.branch = "release".to_owned();
    let error = commit(&repository, &workspace, "commit", elsewhere).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(remote.count(), 1);
}

#[tokio::test]
async fn removed_ignored_and_oddly_named_files_can_be_committed() {
    let remote = Remote::new();
    remote.push(&[(".gitignore", "*.log\n")], "ignore");
    let repository = remote.repository();
    let workspace = repository.workspace(&run("issue/42")).await.unwrap();
    std::fs::remove_file(workspace.path.join("README.md")).unwrap();
    let odd = ["a.log", "-f", "a b\n\"c\"", "*", "ünï/😀"];
    for name in odd {
        edit(&workspace, name, "1\n");
    }
    let files: Vec<&str> = odd.iter().copied().chain(["README.md"]).collect();
    pushed(&repository, &workspace, "commit", change(&files)).await;
    let listed = git(&remote.bare(), &["ls-tree", "-r", "-z", "--name-only", "main"]);
    let mut names: Vec<&str> = listed.split('\0').filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    let mut expected = vec![".gitignore", STACK];
    expected.extend(odd);
    expected.sort_unstable();
    assert_eq!(names, expected);
}

#[tokio::test]
async fn words_of_an_issue_do_not_become_trailers() {
    let remote = Remote::new();
    let repository = remote.repository();
    let workspace = repository.workspace(&run("issue/42")).await.unwrap();
    edit(&workspace, STACK, "1\n");
    let message = "feat: a\n\nLamplighter-Change: issue/42/apply\nCo-authored-by: x <x@x>";
    pushed(&repository, &workspace, "commit", CommitChange { message: message.to_owned(), ..change(&[STACK]) }).await;
    assert_eq!(repository.committed(&workspace, &key("apply")).await.unwrap(), None);
    assert!(repository.committed(&workspace, &key("commit")).await.unwrap().is_some());
    let co_authors = git(&remote.bare(), &["log", "-1", "--format=%(trailers:key=Co-authored-by,valueonly)", "main"]);
    assert_eq!(co_authors, "issue-responder <responder@localhost>");
}

#[tokio::test]
async fn a_trailer_in_the_middle_of_somebodys_message_is_no_answer() {
    let remote = Remote::new();
    remote.push(&[("a", "1")], "quote\n\nLamplighter-Change: issue/42/commit\n\nwas the trailer");
    let repository = remote.repository();
    let workspace = repository.workspace(&run("issue/42")).await.unwrap();
    assert_eq!(repository.committed(&workspace, &key("commit")).await.unwrap(), None);
}

#[tokio::test]
async fn two_runs_at_once_commit_after_one_another() {
    let remote = Remote::new();
    let repository = remote.repository();
    let (one_run, other_run) = (run("issue/1"), run("issue/2"));
    let (one, other) = tokio::join!(repository.workspace(&one_run), repository.workspace(&other_run));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_ne!(one.path, other.path);
    edit(&one, "one", "1\n");
    edit(&other, "other", "1\n");
    let outcomes = tokio::join!(
        commit(&repository, &one, "one", change(&["one"])),
        commit(&repository, &other, "other", change(&["other"])),
    );
    let outcomes = [outcomes.0.unwrap(), outcomes.1.unwrap()];
    let moved = outcomes.iter().filter(|outcome| matches!(outcome, CommitOutcome::RemoteMoved { .. })).count();
    assert_eq!((moved, remote.count()), (1, 2), "{outcomes:?}");
    let (late, name) =
        if matches!(outcomes[0], CommitOutcome::RemoteMoved { .. }) { (one_run, "one") } else { (other_run, "other") };
    let workspace = repository.workspace(&late).await.unwrap();
    edit(&workspace, name, "1\n");
    pushed(&repository, &workspace, name, change(&[name])).await;
    assert_eq!(remote.count(), 3);
}

#[tokio::test]
async fn a_workspace_survives_what_a_killed_git_leaves_behind() {
    let remote = Remote::new();
    remote.push(&[(".gitignore", ".terraform/\n")], "ignore");
    let repository = remote.repository();
    let path = repository.workspace(&run("issue/42")).await.unwrap().path;
    let dirty: [&dyn Fn(); 6] = [
        &|| {
            for lock in
                ["index.lock", "HEAD.lock", "config.lock", "refs/remotes/origin/main.lock", "lamplighter-index.lock"]
            {
                std::fs::write(path.join(".git").join(lock), "").unwrap();
            }
        },
        &|| std::fs::remove_file(path.join(".git/HEAD")).unwrap(),
        &|| std::fs::write(path.join(".git/index"), "garbage").unwrap(),
        &|| std::fs::remove_dir_all(path.join(".git/objects")).unwrap(),
        &|| {
            std::fs::remove_dir_all(&path).unwrap();
            std::fs::create_dir_all(path.join(".git")).unwrap();
        },
        &|| {
            std::fs::write(path.join(STACK), "uncommitted").unwrap();
            let nested = path.join("stacks/apps/.terraform/nested");
            std::fs::create_dir_all(&nested).unwrap();
            git(&nested, &["init", "--quiet"]);
            std::fs::write(path.join("stacks/apps/.terraform/x"), "left over").unwrap();
        },
    ];
    for (index, spoil) in dirty.iter().enumerate() {
        spoil();
        let workspace = repository.workspace(&run("issue/42")).await.unwrap_or_else(|error| panic!("{index}: {error}"));
        assert_eq!(git(&workspace.path, &["status", "--porcelain", "--ignored"]), "", "{index}");
        assert_eq!(std::fs::read_to_string(path.join(STACK)).unwrap(), "memory = \"128Mi\"\n");
        edit(&workspace, "n", &format!("{index}\n"));
        pushed(&repository, &workspace, &format!("commit-{index}"), change(&["n"])).await;
    }
    let left: Vec<_> = std::fs::read_dir(remote.root.path().join("workspaces")).unwrap().collect();
    assert_eq!(left.len(), 1, "no half clone is left over");
}

#[tokio::test]
async fn a_git_that_hangs_is_killed_with_its_children() {
    let remote = Remote::new();
    let pid = remote.root.path().join("pid");
    let hang = format!("sleep 1000 & echo $! > '{}'; wait", pid.display());
    let options = GitOptions { timeout: Duration::from_secs(2), ..wrapped(&remote, &hang) };
    let repository = GitRepository::new(options).unwrap();
    let workspace = repository.workspace(&run("issue/42")).await.unwrap();
    edit(&workspace, STACK, "1\n");
    let error = commit(&repository, &workspace, "commit", change(&[STACK])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(remote.count(), 1);
    let stat = format!("/proc/{}/stat", std::fs::read_to_string(pid).unwrap().trim());
    let gone = || std::fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z "));
    while !gone() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let workspace = remote.repository().workspace(&run("issue/42")).await.unwrap();
    edit(&workspace, STACK, "1\n");
    pushed(&remote.repository(), &workspace, "commit", change(&[STACK])).await;
}

#[tokio::test]
async fn remotes_that_are_not_there_are_told_apart_and_not_named_in_public() {
    let remote = Remote::new();
    let empty = Remote::empty(&[]);
    let missing = "https://ann:s3cr3t@127.0.0.1:9/infra.git";
    for (options, kind) in [
        (GitOptions { remote: missing.to_owned(), ..remote.options() }, ErrorKind::Unavailable),
        (GitOptions { remote: "/nowhere/s3cr3t.git".to_owned(), ..remote.options() }, ErrorKind::Unavailable),
        (GitOptions { branch: "develop".to_owned(), ..remote.options() }, ErrorKind::NotFound),
        (empty.options(), ErrorKind::NotFound),
        (GitOptions { binary: "/nowhere/git".into(), ..remote.options() }, ErrorKind::Unavailable),
    ] {
        let error = GitRepository::new(options).unwrap().workspace(&run("issue/42")).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(!error.public_message().contains("127.0.0.1"), "{}", error.public_message());
        assert!(!error.chain().contains("s3cr3t"), "{}", error.chain());
    }
}

#[tokio::test]
async fn a_workspace_of_another_remote_is_made_anew() {
    let (old, new) = (Remote::new(), Remote::new());
    new.push(&[("new", "1")], "another repository");
    let workspaces = old.root.path().join("workspaces");
    old.repository().workspace(&run("issue/42")).await.unwrap();
    let options = GitOptions { workspaces_dir: workspaces, ..new.options() };
    let workspace = GitRepository::new(options).unwrap().workspace(&run("issue/42")).await.unwrap();
    assert!(workspace.path.join("new").exists());
}

#[tokio::test]
async fn repositories_with_long_ids_and_hooks_are_no_matter() {
    let remote = Remote::empty(&["--object-format=sha256"]);
    remote.push(&[(STACK, "0\n"), (".gitattributes", "*.tf filter=evil\n")], "first");
    let repository = remote.repository();
    let workspace = repository.workspace(&run("issue/42")).await.unwrap();
    let (hooks, ran) = (workspace.path.join(".git/hooks"), remote.root.path().join("ran"));
    std::fs::create_dir_all(&hooks).unwrap();
    for hook in ["pre-commit", "pre-push", "post-checkout", "post-index-change", "reference-transaction"] {
        std::fs::write(hooks.join(hook), format!("#!/bin/sh\necho {hook} >> '{}'\n", ran.display())).unwrap();
        std::fs::set_permissions(hooks.join(hook), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let workspace = repository.workspace(&run("issue/42")).await.unwrap();
    edit(&workspace, STACK, "1\n");
    let commit = pushed(&repository, &workspace, "commit", change(&[STACK])).await;
    assert_eq!(commit.as_str().len(), 64);
    assert!(hooks.exists(), "the workspace is still the same clone");
    assert_eq!(std::fs::read_to_string(ran).ok(), None, "no hook has run");
}
