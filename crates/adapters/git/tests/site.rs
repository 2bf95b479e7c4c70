//! A site on a branch, over the real git and a bare repository.

#![expect(clippy::unwrap_used, reason = "these are tests")]

use std::path::{Path, PathBuf};
use std::process::Command;

use lamplighter_core::ports::{Publisher, SiteFile};
use lamplighter_core::words::status::Renewal;
use lamplighter_core::{ErrorKind, async_trait};
use lamplighter_git::{GitOptions, GitPublisher};
use lamplighter_testkit::contract::{self, PublisherHarness};
use tempfile::TempDir;

struct Remote {
    root: TempDir,
    publisher: GitPublisher,
}

impl Remote {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        git(root.path(), &["init", "--quiet", "--bare", "--initial-branch=main", "site.git"]);
        let publisher = publisher(root.path());
        Self { root, publisher }
    }

    fn keeping(commits: usize) -> Self {
        let remote = Self::new();
        Self { publisher: remote.publisher.keeping(commits), root: remote.root }
    }

    fn bare(&self) -> PathBuf {
        self.root.path().join("site.git")
    }

    /// Somebody pushes a file.
    fn push(&self, path: &str, content: &[u8]) -> String {
        let clone = tempfile::tempdir().unwrap();
        git(clone.path(), &["init", "--quiet", "."]);
        git(clone.path(), &["remote", "add", "origin", self.bare().to_str().unwrap()]);
        if self.has_branch() {
            git(clone.path(), &["fetch", "--quiet", "origin", "gh-pages"]);
            git(clone.path(), &["checkout", "--quiet", "-B", "gh-pages", "FETCH_HEAD"]);
        } else {
            git(clone.path(), &["checkout", "--quiet", "-B", "gh-pages"]);
        }
        let file = clone.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
        git(clone.path(), &["add", "--all"]);
        git(clone.path(), &["commit", "--quiet", "--allow-empty", "-m", "by hand"]);
        git(clone.path(), &["push", "--quiet", "origin", "gh-pages"]);
        git(clone.path(), &["rev-parse", "HEAD"])
    }

    fn has_branch(&self) -> bool {
        !git(&self.bare(), &["for-each-ref", "refs/heads/gh-pages"]).is_empty()
    }

    fn head(&self) -> String {
        git(&self.bare(), &["rev-parse", "gh-pages"])
    }

    fn subjects(&self) -> Vec<String> {
        git(&self.bare(), &["log", "--format=%s", "gh-pages"]).lines().map(str::to_owned).collect()
    }

    fn file(&self, path: &str) -> Option<Vec<u8>> {
        let output = command(&self.bare(), &["cat-file", "blob", &format!("gh-pages:{path}")]).output().unwrap();
        output.status.success().then_some(output.stdout)
    }

    /// The times and sizes of all files of the publisher's own repository, by which a write is noticed.
    fn traces(&self) -> Vec<(PathBuf, std::time::SystemTime, u64)> {
        let (mut found, mut open) = (Vec::new(), vec![self.root.path().to_owned()]);
        while let Some(dir) = open.pop() {
            for entry in std::fs::read_dir(dir).unwrap() {
                let entry = entry.unwrap();
                let metadata = entry.metadata().unwrap();
                if metadata.is_dir() {
                    open.push(entry.path());
                }
                found.push((entry.path(), metadata.modified().unwrap(), metadata.len()));
            }
        }
        found.sort();
        found
    }
}

fn publisher(root: &Path) -> GitPublisher {
    let options = GitOptions::new(root.join("site.git").to_str().unwrap(), root.join("state"));
    GitPublisher::new(GitOptions { branch: "gh-pages".to_owned(), ..options }).unwrap()
}

fn command(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@localhost", "-c", "core.quotePath=false"])
        .args(arguments)
        .current_dir(dir)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    command
}

/// git as a test's own tool, without the configuration of who runs the test.
fn git(dir: &Path, arguments: &[&str]) -> String {
    let output = command(dir, arguments).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn files(files: &[(&str, &str)]) -> Vec<SiteFile> {
    let file =
        |(path, content): &(&str, &str)| SiteFile { path: (*path).to_owned(), content: content.as_bytes().to_vec() };
    files.iter().map(file).collect()
}

#[async_trait]
impl PublisherHarness for Remote {
    fn port(&self) -> &dyn Publisher {
        &self.publisher
    }

    async fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.file(path)
    }

    async fn plant(&self, path: &str, content: &[u8]) {
        self.push(path, content);
    }

    async fn surroundings(&self) -> Vec<String> {
        let names = std::fs::read_dir(self.root.path()).unwrap();
        let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[tokio::test]
async fn a_branch_is_a_site() {
    let remote = Remote::new();
    contract::publisher(&remote).await;
    assert_eq!(remote.publisher.renewal(), Renewal::OnChange);
    contract::publisher(&Remote::keeping(2)).await;
}

#[tokio::test]
async fn a_change_is_one_commit_and_nothing_new_is_no_commit_no_push_and_no_write() {
    let remote = Remote::new();
    let site = [("index.html", "<p>up</p>"), ("status.json", "{}"), ("badges/a b.svg", "x")];
    remote.publisher.publish(&files(&site)).await.unwrap();
    let (head, traces) = (remote.head(), remote.traces());
    for _ in 0..3 {
        assert!(remote.publisher.publish(&files(&site)).await.unwrap().is_unchanged());
        assert!(remote.publisher.published("status.json").await.unwrap().is_some());
    }
    assert_eq!((remote.head(), remote.traces()), (head, traces));
    let changed = [("index.html", "<p>down</p>"), ("status.json", "{}")];
    let published = remote.publisher.publish(&files(&changed)).await.unwrap();
    assert_eq!(
        (published.written, published.removed),
        (vec!["index.html".to_owned()], vec!["badges/a b.svg".to_owned()])
    );
    assert_eq!(remote.subjects(), ["site: publish 1 file, remove 1 file", "site: publish 3 files"]);
    let author = git(
        &remote.bare(),
        &["log", "-1", "--format=%an <%ae> %(trailers:key=Lamplighter-Published,valueonly)", "gh-pages"],
    );
    assert_eq!(author, "Lamplighter <lamplighter@localhost> site");
    // Another process, with nothing of its own.
    std::fs::remove_dir_all(remote.root.path().join("state")).unwrap();
    assert!(publisher(remote.root.path()).publish(&files(&changed)).await.unwrap().is_unchanged());
}

#[tokio::test]
async fn the_history_is_shortened_to_what_it_may_be_and_the_files_stay() {
    let remote = Remote::keeping(3);
    let mut counts = Vec::new();
    for n in 0..8 {
        let site = [("index.html", n.to_string()), ("fixed.css", "p{}".to_owned())];
        let site: Vec<_> = site.iter().map(|(path, content)| (*path, content.as_str())).collect();
        assert!(!remote.publisher.publish(&files(&site)).await.unwrap().is_unchanged());
        counts.push(remote.subjects().len());
        assert_eq!(remote.file("index.html").unwrap(), n.to_string().as_bytes());
        assert_eq!(remote.file("fixed.css").unwrap(), b"p{}");
    }
    assert_eq!(counts, [1, 2, 3, 1, 2, 3, 1, 2]);
}

#[tokio::test]
async fn commits_of_others_are_never_replaced() {
    let remote = Remote::keeping(2);
    let theirs = remote.push("CNAME", b"status.example.org");
    for n in 0..4 {
        remote.publisher.publish(&files(&[("index.html", &n.to_string())])).await.unwrap();
    }
    assert_eq!(remote.subjects(), ["site: publish 1 file", "site: publish 1 file", "by hand"]);
    let later = remote.push(".nojekyll", b"");
    for n in 4..9 {
        remote.publisher.publish(&files(&[("index.html", &n.to_string())])).await.unwrap();
    }
    let log = git(&remote.bare(), &["log", "--format=%H", "gh-pages"]);
    assert!(log.contains(&theirs) && log.contains(&later), "{log}");
    assert!(remote.subjects().len() <= 2 + 2 + 2);
    assert_eq!(remote.file("CNAME").unwrap(), b"status.example.org");
    assert!(remote.file(".nojekyll").is_some());
}

#[tokio::test]
async fn a_commit_that_only_claims_to_be_ours_is_not_replaced() {
    let remote = Remote::keeping(1);
    remote.publisher.publish(&files(&[("index.html", "0")])).await.unwrap();
    let clone = tempfile::tempdir().unwrap();
    git(clone.path(), &["clone", "--quiet", "--branch", "gh-pages", remote.bare().to_str().unwrap(), "."]);
    git(clone.path(), &["commit", "--quiet", "--allow-empty", "-m", "mine\n\nLamplighter-Published: site"]);
    git(clone.path(), &["push", "--quiet", "origin", "gh-pages"]);
    let mine = git(clone.path(), &["rev-parse", "HEAD"]);
    for n in 1..4 {
        remote.publisher.publish(&files(&[("index.html", &n.to_string())])).await.unwrap();
    }
    assert!(git(&remote.bare(), &["log", "--format=%H", "gh-pages"]).contains(&mine));
}

#[tokio::test]
async fn a_remote_that_refuses_to_have_commits_replaced_gets_them_added() {
    let remote = Remote::keeping(1);
    git(&remote.bare(), &["config", "receive.denyNonFastForwards", "true"]);
    for n in 0..3 {
        remote.publisher.publish(&files(&[("index.html", &n.to_string())])).await.unwrap();
    }
    assert_eq!(remote.subjects().len(), 3);
    assert_eq!(remote.file("index.html").unwrap(), b"2");
}

/// What the remote does with each push.
fn hook(remote: &Remote, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let hook = remote.bare().join("hooks/pre-receive");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// A hook of the remote lets somebody push right before we do.
fn let_somebody_be_faster(remote: &Remote, times: u32) {
    let script = format!(
        "unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\nn=$(cat n 2>/dev/null || echo 0)\n[ \"$n\" -ge {times} ] && exit 0\n\
         echo $((n + 1)) > n\nexport GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=a@x GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=a@x\n\
         new=$(echo other | git commit-tree gh-pages^{{tree}} -p gh-pages) && git update-ref refs/heads/gh-pages $new"
    );
    hook(remote, &script);
}

#[tokio::test]
async fn what_a_remote_says_when_it_refuses_is_told_to_the_operator_alone() {
    let remote = Remote::new();
    hook(
        &remote,
        "echo 'Pushes here need a review: see https://u:hunter2@example.org/rules'; echo 'token=hunter2 is out of date' >&2\nexit 1",
    );
    let error = remote.publisher.publish(&files(&[("index.html", "1")])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Permission);
    let said = error.to_string();
    for expected in ["pre-receive hook declined", "Pushes here need a review: see (an address)", "is out of date"] {
        assert!(said.contains(expected), "{said}");
    }
    assert!(!said.contains("hunter2") && !said.contains('\n') && !said.contains("site.git"), "{said}");
    assert!(!error.public_message().contains("review"), "{}", error.public_message());
    hook(&remote, "yes 'no \u{1b}[31mway' | head -n 100000 >&2\nexit 1");
    let said = remote.publisher.publish(&files(&[("index.html", "1")])).await.unwrap_err().to_string();
    assert!(said.contains("no") && said.chars().count() < 800 && !said.contains(char::is_control), "{said}");
}

/// Lines of a log, in memory.
#[derive(Clone, Default)]
struct Lines(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn where_a_commit_of_somebody_else_ends_the_shortening_the_log_says_so() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _listening = tracing::subscriber::set_default(subscriber);
    let told = || String::from_utf8(std::mem::take(&mut *lines.0.lock().unwrap())).unwrap();
    let remote = Remote::keeping(2);
    for n in 0..3 {
        remote.publisher.publish(&files(&[("index.html", &n.to_string())])).await.unwrap();
    }
    assert!(!told().contains("of somebody else"), "there is none");
    let theirs = remote.push("CNAME", b"status.example.org");
    for n in 3..6 {
        remote.publisher.publish(&files(&[("index.html", &n.to_string())])).await.unwrap();
    }
    let told = told();
    assert_eq!(told.matches("a commit of somebody else and all before it stay").count(), 1, "{told}");
    assert!(told.contains(&theirs) && told.contains("gh-pages"), "{told}");
}

#[tokio::test]
async fn a_push_that_loses_the_race_is_made_again_on_what_is_there() {
    for keep in [usize::MAX, 1] {
        let remote = Remote::keeping(keep);
        remote.publisher.publish(&files(&[("index.html", "0")])).await.unwrap();
        let_somebody_be_faster(&remote, 2);
        remote.publisher.publish(&files(&[("index.html", "1")])).await.unwrap();
        assert_eq!(remote.file("index.html").unwrap(), b"1");
        assert_eq!(remote.subjects().iter().filter(|subject| *subject == "other").count(), 2, "nobody's push is lost");
    }
    let remote = Remote::new();
    remote.publisher.publish(&files(&[("index.html", "0")])).await.unwrap();
    let_somebody_be_faster(&remote, 100);
    let error = remote.publisher.publish(&files(&[("index.html", "1")])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_file_of_somebody_else_is_never_overwritten() {
    let remote = Remote::new();
    remote.push("index.html", b"theirs");
    let head = remote.head();
    for site in [[("a", "1"), ("index.html", "ours")], [("a", "1"), ("index.html/b", "ours")]] {
        let error = remote.publisher.publish(&files(&site)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
    }
    assert_eq!(remote.head(), head, "nothing is published in part");
    remote.push("dir/x", b"theirs");
    assert_eq!(remote.publisher.publish(&files(&[("dir", "1")])).await.unwrap_err().kind(), ErrorKind::Conflict);
    for path in [".git/config", "a/.GIT/x", ".gitmodules", "a\nb", "GIT~1", ".lamplighter-published", "a//b", ""] {
        let error = remote.publisher.publish(&files(&[(path, "1")])).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{path:?}");
    }
}

#[tokio::test]
async fn a_damaged_repository_of_our_own_is_made_anew_and_a_remote_that_is_away_is_told() {
    let remote = Remote::new();
    remote.publisher.publish(&files(&[("index.html", "0")])).await.unwrap();
    let state = remote.root.path().join("state");
    let own = std::fs::read_dir(&state).unwrap().next().unwrap().unwrap().path();
    for entry in std::fs::read_dir(own.join("objects")).unwrap() {
        std::fs::remove_dir_all(entry.unwrap().path()).unwrap();
    }
    remote.publisher.publish(&files(&[("index.html", "1")])).await.unwrap();
    assert_eq!(remote.file("index.html").unwrap(), b"1");
    std::fs::rename(remote.bare(), remote.root.path().join("away")).unwrap();
    let error = remote.publisher.publish(&files(&[("index.html", "2")])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(!error.public_message().contains("site.git"), "{}", error.public_message());
}
