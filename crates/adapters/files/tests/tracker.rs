//! The tracker under hands, processes and hostile text.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use jiff::Timestamp;
use lamplighter_core::ports::{CloseReason, ClosedIssues as _, IssueReader, IssueWriter, NewIssue};
use lamplighter_core::words::{IssueNumber, Label, Login, Permission};
use lamplighter_core::{Clock as _, ErrorKind, Result};
use lamplighter_files::FilesTracker;
use lamplighter_testkit::fakes::FakeClock;
use tempfile::TempDir;

const FOLDER: &str = "LAMPLIGHTER_TEST_FOLDER";
const WRITER: &str = "LAMPLIGHTER_TEST_WRITER";

fn tracker(folder: &Path) -> FilesTracker {
    FilesTracker::open(folder, Arc::new(FakeClock::new())).unwrap()
}

fn labels<const N: usize>(labels: [&str; N]) -> BTreeSet<Label> {
    labels.map(str::to_owned).into()
}

fn new_issue(title: &str) -> NewIssue {
    NewIssue { title: title.to_owned(), body: "**Findings:** one".to_owned(), labels: labels(["incident"]) }
}

#[tokio::test]
async fn a_whole_conversation_looks_as_documented() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("0007-wiki.md");
    std::fs::write(&path, "---\nauthor: maria   # of the wiki\ncollaborator: true\n---\n# Wiki is down\n\n502")
        .unwrap();
    let tracker = tracker(folder.path());
    let number = IssueNumber(7);
    tracker.comment(number, "ack", "**Investigating:** looking").await.unwrap();
    tracker.relabel(number, &labels(["sev2", "incident"]), &labels([])).await.unwrap();
    tracker.assign(number, &Login::new("maria")).await.unwrap();
    tracker.close(number, CloseReason::Completed).await.unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let thread = text.lines().find_map(|line| line.strip_prefix("thread: ")).unwrap().trim_matches('"').to_owned();
    let expected = "---\nauthor: maria   # of the wiki\ncollaborator: true\nthread: \"THREAD\"\n\
        labels: [incident, sev2]\nassignees: [maria]\nstate: closed\nclosed_as: completed\nclosed_at: \"2026-03-01T12:00:00Z\"\n---\n# Wiki is down\n\n502\n\n\
        ## Comment by lamplighter at 2026-03-01T12:00:00Z (THREAD)\n\n\
        **Investigating:** looking\n\n<!-- lamplighter:ack -->\n";
    assert_eq!(text.replace(&thread, "THREAD").replace("thread: THREAD", "thread: \"THREAD\""), expected);
}

#[tokio::test]
async fn a_filed_issue_has_a_readable_name_and_the_next_number() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("41.md"), "# old").unwrap();
    std::fs::write(folder.path().join("README.md"), "# no issue").unwrap();
    let tracker = tracker(folder.path());
    for (key, title, name) in [
        ("a", "Node n1: \"not ready\"!", "0042-node-n1-not-ready.md"),
        ("b", "../../etc/passwd\0\n", "0043-etc-passwd.md"),
        ("c", "日本", "0044.md"),
        ("d", &"long word ".repeat(1000), "0045-long-word-long-word-long-word-long-word-long-word.md"),
    ] {
        tracker.file(key, &new_issue(title)).await.unwrap();
        assert!(
            folder.path().join(name).is_file(),
            "{name}: {:?}",
            std::fs::read_dir(folder.path()).unwrap().collect::<Vec<_>>()
        );
    }
}

#[tokio::test]
async fn who_may_write_is_said_by_the_list_or_else_by_the_newest_issue() {
    let folder = TempDir::new().unwrap();
    for (name, text) in [
        ("1.md", "---\nauthor: maria\ncollaborator: true\ncollaborators: [otto]\n---\n"),
        ("2.md", "---\nauthor: eve\ncollaborator: true\n---\n"),
        ("3.md", "---\nauthor: Eve\ncollaborator: false\n---\n"),
        ("4.md", "---\nauthor: maria\n---\n"),
        ("5.md", "---\nauthor: unknown\ncollaborator: true\n---\n"),
        ("6.md", "collaborator: true\n"),
        ("7.md", "+++\nbroken"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let tracker = tracker(folder.path());
    let check = async |expected: &[(&str, Permission)]| {
        for (login, permission) in expected {
            assert_eq!(tracker.permission(&Login::new(*login)).await.unwrap(), *permission, "{login}");
        }
    };
    let (none, write) = (Permission::None, Permission::Write);
    check(&[
        ("maria", write),
        ("MARIA", write),
        ("otto", write),
        ("eve", none),
        ("unknown", none),
        ("", none),
        ("lamplighter", write),
    ])
    .await;
    let list = folder.path().join("collaborators.txt");
    std::fs::write(&list, "\u{feff}# people\r\notto\r\nanna admin # boss\r\n").unwrap();
    check(&[
        ("maria", none),
        ("otto", write),
        ("Anna", Permission::Admin),
        ("#", none),
        ("boss", none),
        ("lamplighter", write),
    ])
    .await;
    std::fs::remove_file(&list).unwrap();
    std::fs::create_dir(&list).unwrap();
    tracker.permission(&Login::new("maria")).await.unwrap_err();
}

#[tokio::test]
async fn a_broken_file_names_itself_and_hides_no_other() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("1.md"), "+++\nstate = \"odd\"\n+++\n").unwrap();
    std::fs::write(folder.path().join("2.md"), b"\xff\xfe").unwrap();
    std::fs::write(folder.path().join("0003-a.md"), "a").unwrap();
    std::fs::write(folder.path().join("3-b.md"), "b").unwrap();
    std::fs::write(folder.path().join("4.md"), "fine").unwrap();
    let tracker = tracker(folder.path());
    for (number, says) in [(1, "1.md"), (2, "UTF-8"), (3, "rename one of them")] {
        let error = tracker.issue(IssueNumber(number)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(!error.public_message().contains("md"), "{}", error.public_message());
        tracker.comment(IssueNumber(number), "k", "x").await.unwrap_err();
    }
    let open = tracker.open_issues(&labels([])).await.unwrap();
    assert_eq!(open.iter().map(|issue| issue.number.0).collect::<Vec<_>>(), [4]);
    assert_eq!(std::fs::read(folder.path().join("2.md")).unwrap(), b"\xff\xfe");
}

#[tokio::test]
async fn a_key_that_no_marker_can_hold_is_refused() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("1.md"), "a").unwrap();
    let tracker = tracker(folder.path());
    for key in ["a -->", "a\nb", "a\0"] {
        let commented = tracker.comment(IssueNumber(1), key, "x").await.unwrap_err();
        let filed = tracker.file(key, &new_issue("a")).await.unwrap_err();
        assert_eq!([commented.kind(), filed.kind()], [ErrorKind::InvalidInput; 2], "{key:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn links_are_no_issues_and_rights_are_kept() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let outside = TempDir::new().unwrap();
    let secret = outside.path().join("secret.md");
    std::fs::write(&secret, "secret").unwrap();
    std::os::unix::fs::symlink(&secret, folder.path().join("1.md")).unwrap();
    let path = folder.path().join("2.md");
    std::fs::write(&path, "a").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let tracker = tracker(folder.path());
    assert_eq!(tracker.issue(IssueNumber(1)).await.unwrap_err().kind(), ErrorKind::NotFound);
    tracker.comment(IssueNumber(2), "k", "x").await.unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(std::fs::read_to_string(&secret).unwrap(), "secret");
}

#[tokio::test]
async fn a_huge_issue_is_read_and_commented_on() {
    let folder = TempDir::new().unwrap();
    let body = "a line of a log that somebody has pasted ☂\r\n".repeat(500_000);
    std::fs::write(folder.path().join("1.md"), format!("# Huge\n\n{body}")).unwrap();
    let tracker = tracker(folder.path());
    tracker.comment(IssueNumber(1), "k", "x").await.unwrap();
    assert_eq!(tracker.comments(IssueNumber(1)).await.unwrap().len(), 1);
    assert!(std::fs::read_to_string(folder.path().join("1.md")).unwrap().contains(&body));
}

/// Not a test: what the child processes do, this binary once more.
#[tokio::test]
async fn a_child_writes() -> Result<()> {
    let (Some(folder), Ok(writer)) = (std::env::var_os(FOLDER), std::env::var(WRITER)) else { return Ok(()) };
    let tracker = tracker(Path::new(&folder));
    for n in 0..20 {
        tracker.comment(IssueNumber(1), &format!("{writer}/{n}"), "own").await?;
        tracker.comment(IssueNumber(1), &format!("shared/{n}"), "shared").await?;
        tracker.relabel(IssueNumber(1), &labels([&format!("{writer}-{n}")]), &labels([])).await?;
        tracker.file(&format!("{writer}/{n}"), &new_issue(&format!("{writer} {n}"))).await?;
        tracker.file(&format!("shared/{n}"), &new_issue(&format!("shared {n}"))).await?;
    }
    Ok(())
}

#[tokio::test]
async fn processes_that_write_at_once_lose_nothing_and_do_nothing_twice() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("0001-busy.md"), "# Busy\n").unwrap();
    let children: Vec<_> = ["a", "b", "c"]
        .into_iter()
        .map(|writer| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "a_child_writes", "--nocapture"])
                .env(FOLDER, folder.path())
                .env(WRITER, writer)
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let tracker = tracker(folder.path());
    let comments = tracker.comments(IssueNumber(1)).await.unwrap();
    let keys: BTreeSet<_> = comments.iter().map(|comment| comment.key.clone().unwrap()).collect();
    assert_eq!((comments.len(), keys.len()), (80, 80));
    let open = tracker.open_issues(&labels([])).await.unwrap();
    assert_eq!(open.first().unwrap().labels.len(), 60);
    assert_eq!(open.iter().map(|issue| issue.number.0).collect::<Vec<_>>(), (1..=81).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_cannot_be_understood_is_told_and_what_was_closed_by_hand_is_closed() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("1.md", "+++\nstate = \"closed\"\n+++\n# By hand\n");
    write("2.md", "+++\nstate = \"closed\"\nclosed_at = 2999-01-01T00:00:00Z\n+++\n# In the future\n");
    let clock = FakeClock::new();
    let tracker = FilesTracker::open(folder.path(), Arc::new(clock.clone())).unwrap();
    let closed = async || tracker.closed_issues(&labels([]), Timestamp::MIN).await.unwrap();
    let numbers: BTreeSet<_> = closed().await.iter().map(|closed| closed.issue.number.0).collect();
    assert_eq!(numbers, [1, 2].into());
    assert!(closed().await.iter().all(|closed| closed.closed_at == clock.now()), "none later than now");
    assert!(tracker.left_out().await.unwrap().is_empty());

    write("1-again.md", "# A copy\n");
    let left_out = tracker.left_out().await.unwrap();
    assert!(left_out.len() == 1 && left_out[0].contains("1-again.md"), "{left_out:?}");
}
