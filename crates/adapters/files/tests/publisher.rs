//! The publisher among files of others, links and crashes.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::time::SystemTime;

use lamplighter_core::ErrorKind;
use lamplighter_core::ports::{Publisher, SiteFile};
use lamplighter_core::words::status::Renewal;
use lamplighter_files::FolderPublisher;
use tempfile::TempDir;

fn file(path: &str, content: &str) -> SiteFile {
    SiteFile { path: path.to_owned(), content: content.as_bytes().to_vec() }
}

async fn refused(publisher: &FolderPublisher, files: &[SiteFile]) -> ErrorKind {
    publisher.publish(files).await.unwrap_err().kind()
}

#[tokio::test]
async fn odd_paths_are_refused_and_nothing_is_written() {
    let folder = TempDir::new().unwrap();
    let site = folder.path().join("site");
    let publisher = FolderPublisher::new(&site);
    for path in [
        "",
        "/",
        "a/",
        "/a",
        "a//b",
        "./a",
        "a/./b",
        "..\\a",
        "a\\b",
        "C:a",
        "a\0",
        "a\nb",
        ".lamplighter.lock",
        ".Lamplighter-published.json",
        "..",
        "a/..",
    ] {
        assert_eq!(
            refused(&publisher, &[file("fine", ""), file(path, "x")]).await,
            ErrorKind::InvalidInput,
            "{path:?}"
        );
    }
    assert_eq!(refused(&publisher, &[file("a", "1"), file("a", "2")]).await, ErrorKind::InvalidInput);
    assert_eq!(refused(&publisher, &[file("a/b", "1"), file("a", "2")]).await, ErrorKind::InvalidInput);
    assert!(!site.exists());
}

#[tokio::test]
async fn a_file_of_somebody_else_is_never_overwritten() {
    let folder = TempDir::new().unwrap();
    let publisher = FolderPublisher::new(folder.path());
    std::fs::write(folder.path().join("index.html"), "theirs").unwrap();
    std::fs::create_dir(folder.path().join("dir")).unwrap();
    for files in [
        [file("new", "x"), file("index.html", "ours")],
        [file("new", "x"), file("index.html/a", "ours")],
        [file("new", "x"), file("dir", "ours")],
    ] {
        assert_eq!(refused(&publisher, &files).await, ErrorKind::Conflict);
    }
    assert!(!folder.path().join("new").exists(), "nothing is published in part");
    assert_eq!(std::fs::read_to_string(folder.path().join("index.html")).unwrap(), "theirs");
    // The same content is no quarrel.
    assert!(publisher.publish(&[file("index.html", "theirs")]).await.unwrap().is_unchanged());
}

#[tokio::test]
async fn a_folder_that_is_a_file_is_named_and_stays() {
    let folder = TempDir::new().unwrap();
    let theirs = folder.path().join("theirs");
    std::fs::write(&theirs, "theirs").unwrap();
    for dir in [theirs.clone(), theirs.join("site")] {
        let publisher = FolderPublisher::new(&dir);
        for error in [
            publisher.publish(&[file("index.html", "ours")]).await.unwrap_err(),
            publisher.published("index.html").await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert_eq!(error.to_string(), format!("{} is a file; name a folder", theirs.display()));
        }
    }
    assert_eq!(std::fs::read_to_string(theirs).unwrap(), "theirs");
}

#[tokio::test]
async fn a_folder_of_somebody_else_keeps_all_that_is_in_it() {
    let folder = TempDir::new().unwrap();
    for path in ["notes.txt", ".profile", "history/2020.txt", "badges/mine.svg"] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "theirs").unwrap();
    }
    let publisher = FolderPublisher::new(folder.path());
    publisher
        .publish(&[file("index.html", "1"), file("history/index.html", "1"), file("badges/a.svg", "1")])
        .await
        .unwrap();
    publisher.publish(&[]).await.unwrap();
    for path in ["notes.txt", ".profile", "history/2020.txt", "badges/mine.svg"] {
        assert_eq!(std::fs::read_to_string(folder.path().join(path)).unwrap(), "theirs", "{path}");
    }
    assert!(!folder.path().join("index.html").exists() && !folder.path().join("history/index.html").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn links_lead_nowhere() {
    let folder = TempDir::new().unwrap();
    let (site, outside) = (folder.path().join("site"), folder.path().join("outside"));
    std::fs::create_dir_all(&outside).unwrap();
    std::fs::write(outside.join("kept"), "kept").unwrap();
    let publisher = FolderPublisher::new(&site);
    publisher.publish(&[file("page", "1"), file("dir/kept", "2")]).await.unwrap();

    // A file of ours that somebody made a link: the link is replaced, what it leads to is not touched.
    std::fs::remove_file(site.join("page")).unwrap();
    std::os::unix::fs::symlink(outside.join("kept"), site.join("page")).unwrap();
    let outcome = publisher.publish(&[file("page", "kept"), file("dir/kept", "2")]).await.unwrap();
    assert_eq!(outcome.written, ["page"]);
    assert!(site.join("page").symlink_metadata().unwrap().is_file());

    // A folder that somebody made a link: nothing is written or removed behind it.
    std::fs::remove_dir_all(site.join("dir")).unwrap();
    std::os::unix::fs::symlink(&outside, site.join("dir")).unwrap();
    assert_eq!(refused(&publisher, &[file("dir/kept", "evil")]).await, ErrorKind::InvalidInput);
    publisher.publish(&[]).await.unwrap();
    assert_eq!(std::fs::read_to_string(outside.join("kept")).unwrap(), "kept");
}

#[tokio::test]
async fn what_a_crash_has_left_is_taken_up() {
    let folder = TempDir::new().unwrap();
    let publisher = FolderPublisher::new(folder.path());
    publisher.publish(&[file("a", "1")]).await.unwrap();
    // As it stands when the process dies after the list and some of the files.
    let list = folder.path().join(".lamplighter-published.json");
    std::fs::write(&list, r#"{"version":1,"files":["a","b","c/d"],"later":true}"#).unwrap();
    std::fs::write(folder.path().join("b"), "half").unwrap();
    std::fs::write(folder.path().join(".lamplighter-tmp-x"), "rubbish").unwrap();
    let outcome = publisher.publish(&[file("b", "whole"), file("e", "2")]).await.unwrap();
    assert_eq!(outcome.written, ["b", "e"]);
    assert_eq!(outcome.removed, ["a"]);
    assert!(!folder.path().join(".lamplighter-tmp-x").exists());
    assert!(!std::fs::read_to_string(list).unwrap().contains("c/d"));
}

#[tokio::test]
async fn a_list_that_was_tampered_with_removes_nothing() {
    let folder = TempDir::new().unwrap();
    let site = folder.path().join("site");
    std::fs::create_dir(&site).unwrap();
    std::fs::write(folder.path().join("kept"), "kept").unwrap();
    for list in [r#"{"version":1,"files":["../kept"]}"#, r#"{"version":1,"files":["/kept"]}"#, "nonsense"] {
        std::fs::write(site.join(".lamplighter-published.json"), list).unwrap();
        FolderPublisher::new(&site).publish(&[]).await.unwrap_err();
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("kept")).unwrap(), "kept");
}

#[tokio::test]
async fn the_page_comes_after_what_it_leads_to_and_what_is_gone_goes_last() {
    let folder = TempDir::new().unwrap();
    let publisher = FolderPublisher::new(folder.path());
    publisher.publish(&[file("old", "1"), file("x/y", "1"), file("index.html", "1")]).await.unwrap();
    let next = [file("index.html", "2"), file("x", "2"), file("a/index.html", "2"), file("style.css", "2")];
    let outcome = publisher.publish(&next).await.unwrap();
    assert_eq!(outcome.written, ["x", "a/index.html", "style.css", "index.html"]);
    assert_eq!(outcome.removed, ["x/y", "old"], "what is in the way has to go first");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn all_is_on_the_disk_before_any_of_it_is_in_its_place() {
    use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};

    let folder = TempDir::new().unwrap();
    let publisher = FolderPublisher::new(folder.path());
    publisher.publish(&[file("a", "1"), file("b", "1"), file("index.html", "1")]).await.unwrap();
    let watch = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).unwrap();
    inotify::add_watch(&watch, folder.path(), WatchFlags::CREATE | WatchFlags::MOVED_TO).unwrap();
    publisher.publish(&[file("a", "2"), file("b", "2"), file("index.html", "2")]).await.unwrap();
    let (mut buffer, mut happened) = ([std::mem::MaybeUninit::uninit(); 4096], Vec::new());
    let mut events = inotify::Reader::new(&watch, &mut buffer);
    while let Ok(event) = events.next() {
        happened.push(if event.events().contains(ReadFlags::MOVED_TO) { "put" } else { "written" });
    }
    assert_eq!(happened, ["written", "written", "written", "put", "put", "put"]);
}

#[tokio::test]
async fn a_look_is_told_by_the_time_of_a_file_and_no_byte_of_it() {
    let folder = TempDir::new().unwrap();
    let publisher = FolderPublisher::new(folder.path());
    let at = "2026-03-01T12:05:00Z".parse().unwrap();
    assert_eq!(publisher.renewal(), Renewal::Modified);
    assert!(publisher.confirm("status.json", at).await.is_err(), "there is none");
    publisher.publish(&[file("status.json", "{}")]).await.unwrap();
    publisher.confirm("status.json", at).await.unwrap();
    let metadata = std::fs::metadata(folder.path().join("status.json")).unwrap();
    assert_eq!(metadata.modified().unwrap(), SystemTime::from(at));
    assert_eq!(publisher.published("status.json").await.unwrap().unwrap(), b"{}");
    assert_eq!(publisher.published("dir/none").await.unwrap(), None);
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_is_read_or_touched_through_a_link() {
    let folder = TempDir::new().unwrap();
    let (site, outside) = (folder.path().join("site"), folder.path().join("outside"));
    std::fs::create_dir_all(&outside).unwrap();
    std::fs::write(outside.join("kept"), "kept").unwrap();
    std::fs::create_dir(&site).unwrap();
    std::os::unix::fs::symlink(&outside, site.join("dir")).unwrap();
    std::os::unix::fs::symlink(outside.join("kept"), site.join("kept")).unwrap();
    let publisher = FolderPublisher::new(&site);
    for path in ["dir/kept", "kept"] {
        assert_eq!(publisher.published(path).await.unwrap(), None);
    }
    assert!(publisher.confirm("kept", "2026-03-01T12:05:00Z".parse().unwrap()).await.is_err());
}
