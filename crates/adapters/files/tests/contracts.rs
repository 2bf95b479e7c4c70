//! The contract suites over real folders.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use lamplighter_core::async_trait;
use lamplighter_core::ports::{
    Archive, ArchiveWriter, ArchivedDocument, IssueReader, IssueWriter, Publisher, StopSwitch,
};
use lamplighter_core::words::{IssueNumber, IssueText, Label};
use lamplighter_files::{FileStopSwitch, FilesTracker, FolderArchive, FolderPublisher};
use lamplighter_testkit::contract::{self, ArchiveHarness, IssuesHarness, PublisherHarness, StopSwitchHarness};
use lamplighter_testkit::fakes::FakeClock;
use tempfile::TempDir;

/// People who write their issues by hand, as the documentation says that they can.
struct ByHand {
    folder: TempDir,
    tracker: FilesTracker,
}

impl ByHand {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let tracker = FilesTracker::open(folder.path(), Arc::new(FakeClock::new())).unwrap();
        Self { folder, tracker }
    }

    fn file(&self, number: IssueNumber) -> std::path::PathBuf {
        let prefix = format!("{:04}-", number.0);
        let is_it = |path: &std::path::PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with(&prefix);
        std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path()).find(is_it).unwrap()
    }

    fn comment_blocks(&self, number: IssueNumber) -> Vec<String> {
        let text = std::fs::read_to_string(self.file(number)).unwrap();
        let Some(thread) = text.lines().find_map(|line| line.strip_prefix("thread = ")) else { return Vec::new() };
        let end = format!(" ({})", thread.trim_matches('"'));
        let mut blocks: Vec<String> = Vec::new();
        for line in text.split_inclusive('\n') {
            if line.starts_with("## Comment by ") && line.trim_end().ends_with(&end) {
                blocks.push(String::new());
            } else if let Some(block) = blocks.last_mut() {
                block.push_str(line);
            }
        }
        blocks.iter().map(|block| block.trim_matches('\n').to_owned()).collect()
    }
}

#[async_trait]
impl IssuesHarness for ByHand {
    fn reader(&self) -> &dyn IssueReader {
        &self.tracker
    }

    fn writer(&self) -> &dyn IssueWriter {
        &self.tracker
    }

    async fn make_collaborator(&self, login: &str) {
        let list = self.folder.path().join("collaborators.txt");
        let mut text = std::fs::read_to_string(&list).unwrap_or_default();
        writeln!(text, "{login} # since today").unwrap();
        std::fs::write(list, text).unwrap();
    }

    async fn open(&self, author: &str, text: &IssueText, labels: &BTreeSet<Label>) -> IssueNumber {
        let count = |entry: &std::io::Result<std::fs::DirEntry>| {
            entry.as_ref().unwrap().path().extension().is_some_and(|end| end == "md")
        };
        let number = std::fs::read_dir(self.folder.path()).unwrap().filter(count).count() + 1;
        let labels: Vec<_> = labels.iter().map(|label| format!("{label:?}")).collect();
        let (title, labels, body) = (&text.title, labels.join(", "), &text.body);
        let file = format!("+++\ntitle = '{title}'\nauthor = \"{author}\"\nlabels = [{labels}]\n+++\n\n{body}\n");
        std::fs::write(self.folder.path().join(format!("{number:04}-by-hand.md")), file).unwrap();
        IssueNumber(number as u64)
    }

    async fn say(&self, number: IssueNumber, author: &str, body: &str) {
        let path = self.file(number);
        let mut text = std::fs::read_to_string(&path).unwrap();
        if !text.contains("\nthread = ") {
            text = text.replacen("+++\n", "+++\nthread = \"chosen-by-hand\"\n", 1);
        }
        let thread = text.lines().find_map(|line| line.strip_prefix("thread = ")).unwrap().trim_matches('"').to_owned();
        write!(text, "\n## Comment by {author} at 2026-03-01 14:10 ({thread})\n\n{body}\n").unwrap();
        std::fs::write(path, text).unwrap();
    }

    async fn edit(&self, number: IssueNumber, by: &str, body: &str) -> bool {
        let path = self.file(number);
        let text = std::fs::read_to_string(&path).unwrap();
        let front = text.replacen("+++\n", &format!("+++\nedited_by = \"{by}\"\n"), 1);
        let end = front.rfind("+++\n").unwrap() + 4;
        std::fs::write(path, format!("{}{body}\n", &front[..end])).unwrap();
        true
    }

    async fn bodies(&self, number: IssueNumber) -> Vec<String> {
        self.comment_blocks(number)
    }

    async fn assignees(&self, number: IssueNumber) -> Vec<String> {
        let text = std::fs::read_to_string(self.file(number)).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("assignees = ")).unwrap_or("[]");
        serde_json::from_str(line).unwrap()
    }
}

#[tokio::test]
async fn a_folder_is_a_tracker() {
    contract::issues(&ByHand::new()).await;
}

#[tokio::test]
async fn a_folder_tells_what_was_closed() {
    let by_hand = ByHand::new();
    contract::closed_issues(&by_hand, &by_hand.tracker).await;
}

struct Site {
    folder: TempDir,
    publisher: FolderPublisher,
}

#[async_trait]
impl PublisherHarness for Site {
    fn port(&self) -> &dyn Publisher {
        &self.publisher
    }

    async fn read(&self, path: &str) -> Option<Vec<u8>> {
        std::fs::read(self.folder.path().join("site").join(path)).ok()
    }

    async fn plant(&self, path: &str, content: &[u8]) {
        plant(&self.folder.path().join("site").join(path), content);
    }

    async fn surroundings(&self) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn plant(path: &Path, content: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
}

#[tokio::test]
async fn a_folder_is_a_site() {
    let folder = TempDir::new().unwrap();
    let publisher = FolderPublisher::new(folder.path().join("site"));
    contract::publisher(&Site { folder, publisher }).await;
}

struct Shelf {
    folder: TempDir,
    archive: FolderArchive,
}

#[async_trait]
impl ArchiveHarness for Shelf {
    fn port(&self) -> &dyn Archive {
        &self.archive
    }

    async fn put(&self, path: &str, content: &[u8]) {
        plant(&self.folder.path().join("shelf").join(path), content);
    }
}

#[tokio::test]
async fn a_folder_is_an_archive() {
    let folder = TempDir::new().unwrap();
    let archive = FolderArchive::new(folder.path().join("shelf"));
    let shelf = Shelf { folder, archive };
    contract::archive(&shelf).await;
    for (path, content) in
        [("bad.md", &b"\xff\xfe"[..]), (".git/x.md", b"x"), ("notes.txt", b"x"), ("d.md/UP.MD", b"x"), ("e.html", b"x")]
    {
        shelf.put(path, content).await;
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(shelf.folder.path(), shelf.folder.path().join("shelf/loop")).unwrap();
    let paths: Vec<_> = shelf.archive.documents().await.unwrap().into_iter().map(|document| document.path).collect();
    assert_eq!(paths.len(), 6, "{paths:?}");
    assert!(paths.contains(&"d.md/UP.MD".to_owned()), "{paths:?}");
    let left_out = shelf.archive.contents().await.unwrap().left_out;
    let left_out: Vec<_> = left_out.iter().map(|file| (file.path.as_str(), file.why)).collect();
    assert!(left_out.contains(&("bad.md", "not UTF-8")), "{left_out:?}");
    assert!(left_out.contains(&("notes.txt", "neither Markdown nor HTML")), "{left_out:?}");

    let folder = TempDir::new().unwrap();
    let archive = FolderArchive::new(folder.path().join("shelf"));
    contract::archive_writer(&archive.clone(), &Shelf { folder, archive }).await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_in_an_archive_leads_no_document_out() {
    let folder = TempDir::new().unwrap();
    let archive = FolderArchive::new(folder.path().join("shelf"));
    std::fs::create_dir_all(folder.path().join("shelf")).unwrap();
    std::fs::create_dir_all(folder.path().join("outside")).unwrap();
    std::os::unix::fs::symlink(folder.path().join("outside"), folder.path().join("shelf/way")).unwrap();
    let document = ArchivedDocument { path: "way/x.md".to_owned(), text: "x".to_owned() };
    assert!(archive.put(&document).await.is_err());
    assert!(!folder.path().join("outside/x.md").exists());
}

struct Switch {
    folder: TempDir,
    switch: FileStopSwitch,
}

#[async_trait]
impl StopSwitchHarness for Switch {
    fn port(&self) -> &dyn StopSwitch {
        &self.switch
    }

    async fn stop(&self, reason: &str) {
        plant(&self.folder.path().join("run/stop"), reason.as_bytes());
    }

    async fn resume(&self) {
        std::fs::remove_file(self.folder.path().join("run/stop")).unwrap();
    }

    async fn break_it(&self) -> bool {
        std::fs::remove_dir_all(self.folder.path().join("run")).unwrap();
        true
    }
}

#[tokio::test]
async fn a_file_is_a_stop_switch() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("run/stop");
    std::fs::create_dir(folder.path().join("run")).unwrap();
    let switch = Switch { folder, switch: FileStopSwitch::new(path.clone()) };
    contract::stop_switch(&switch).await;
    for (content, reason) in [
        (&b"\xef\xbb\xbf first line \r\nsecond"[..], "first line"),
        (b"", "no reason given"),
        (b"\n\nlater", "no reason given"),
        (b"\xff\xfe", "\u{fffd}\u{fffd}"),
    ] {
        plant(&path, content);
        assert_eq!(switch.switch.stopped().await.unwrap().as_deref(), Some(reason));
    }
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    switch.switch.stopped().await.expect_err("a folder cannot be read");
    std::fs::remove_dir(&path).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", &path).unwrap();
        switch.switch.stopped().await.expect_err("a link that leads nowhere cannot be read");
    }
}
