use lamplighter_core::ports::{Archive, ArchiveWriter, ArchivedDocument};
use lamplighter_core::{ErrorKind, async_trait};

use super::assert_fails;

/// An archive to be tested, that is not there yet.
#[async_trait]
pub trait ArchiveHarness: Send + Sync {
    /// The port under test.
    fn port(&self) -> &dyn Archive;

    /// Puts a file into the archive, which is there from then on.
    async fn put(&self, path: &str, content: &[u8]);
}

/// Checks everything that [`Archive`] promises.
pub async fn archive(harness: &dyn ArchiveHarness) {
    assert_eq!(read(harness).await, [], "an archive that is not there is empty");
    let documents = [
        ("2026-01-02-wiki.md", "# Wiki\r\n\r\ndown ☂\n"),
        ("known-issues/a.md", ""),
        ("known-issues/é.md", "x"),
        ("patterns.md", "y"),
    ];
    for (path, text) in documents.iter().rev() {
        harness.put(path, text.as_bytes()).await;
    }
    harness.put("diagram.png", &[0x89, b'P', b'N', b'G', 0xFF, 0xFE]).await;
    let expected = documents.map(|(path, text)| (path.to_owned(), text.to_owned()));
    assert_eq!(read(harness).await, expected, "all texts are there, as they are, by path; what is no text is not");
}

/// Checks everything that [`ArchiveWriter`] promises. The archive is not there yet.
pub async fn archive_writer(writer: &dyn ArchiveWriter, harness: &dyn ArchiveHarness) {
    let document = |path: &str, text: &str| ArchivedDocument { path: path.to_owned(), text: text.to_owned() };
    for (path, text) in [("2026/b.md", "first"), ("a.md", "☂\r\n"), ("2026/b.md", "b"), ("2026/b.md", "b")] {
        writer.put(&document(path, text)).await.expect("writing works");
    }
    let expected = [("2026/b.md", "b"), ("a.md", "☂\r\n")].map(|(path, text)| (path.to_owned(), text.to_owned()));
    assert_eq!(read(harness).await, expected, "what was put last is there, as it is");
    for path in ["../outside.md", "/outside.md", "a/../../outside.md", ""] {
        let outcome = writer.put(&document(path, "x")).await;
        assert_fails(outcome, ErrorKind::InvalidInput, "a path that leads out of the archive");
    }
    assert_eq!(read(harness).await, expected, "and nothing else has changed");
}

async fn read(harness: &dyn ArchiveHarness) -> Vec<(String, String)> {
    let documents = harness.port().documents().await.expect("reading works");
    documents.into_iter().map(|document| (document.path, document.text)).collect()
}
