//! The promises of the port, kept by the real git.

#![expect(clippy::unwrap_used, reason = "this is a test")]

use std::path::{Path, PathBuf};
use std::process::Command;

use lamplighter_core::async_trait;
use lamplighter_core::ports::{CommitId, Repository, Workspace};
use lamplighter_git::{GitOptions, GitRepository};
use lamplighter_testkit::contract::{self, RepositoryHarness};
use lamplighter_testkit::fakes::RemoteCommit;
use tempfile::TempDir;

struct BareRemote {
    root: TempDir,
    repository: GitRepository,
}

impl BareRemote {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let bare = root.path().join("infra.git");
        git(root.path(), &["init", "--quiet", "--bare", "--initial-branch=main", "infra.git"]);
        git(root.path(), &["clone", "--quiet", "infra.git", "others"]);
        let options = GitOptions::new(bare.to_str().unwrap(), root.path().join("workspaces"));
        let remote = Self { root, repository: GitRepository::new(options).unwrap() };
        remote.push_all(&[("README.md", "read me\n"), ("stacks/apps/main.tf", "limit = 128Mi\n")], "first");
        remote
    }

    fn bare(&self) -> PathBuf {
        self.root.path().join("infra.git")
    }

    fn push_all(&self, files: &[(&str, &str)], message: &str) {
        let clone = self.root.path().join("others");
        if !files.iter().any(|(_, text)| *text == "read me\n") {
            git(&clone, &["pull", "--quiet", "--ff-only", "origin", "main"]);
        }
        for (path, text) in files {
            let file = clone.join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        git(&clone, &["add", "--all"]);
        git(&clone, &["commit", "--quiet", "-m", message]);
        git(&clone, &["push", "--quiet", "origin", "HEAD:main"]);
    }
}

fn git(dir: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@localhost", "-c", "core.quotePath=false"])
        .args(["-c", "init.defaultBranch=main"])
        .args(arguments)
        .current_dir(dir)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[async_trait]
impl RepositoryHarness for BareRemote {
    fn port(&self) -> &dyn Repository {
        &self.repository
    }

    async fn read(&self, workspace: &Workspace, path: &str) -> Option<String> {
        std::fs::read_to_string(workspace.path.join(path)).ok()
    }

    async fn write(&self, workspace: &Workspace, path: &str, text: &str) {
        std::fs::write(workspace.path.join(path), text).unwrap();
    }

    async fn push(&self, path: &str, text: &str, message: &str) {
        self.push_all(&[(path, text)], message);
    }

    async fn log(&self) -> Vec<RemoteCommit> {
        let ids = git(&self.bare(), &["rev-list", "--reverse", "main"]);
        let commit = |id: &str| RemoteCommit {
            id: CommitId::new(id),
            message: git(&self.bare(), &["log", "-1", "--format=%B", id]).trim_end().to_owned(),
            files: git(&self.bare(), &["show", "--name-only", "--format=", id]).lines().map(str::to_owned).collect(),
        };
        ids.lines().map(commit).collect()
    }

    async fn remote_file(&self, path: &str) -> Option<String> {
        Some(git(&self.bare(), &["show", &format!("main:{path}")]))
    }
}

#[tokio::test]
async fn a_git_repository_keeps_the_promises_of_its_port() {
    contract::repository(&BareRemote::new()).await;
}
