use lamplighter_core::async_trait;
use lamplighter_core::ports::Archive;

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

async fn read(harness: &dyn ArchiveHarness) -> Vec<(String, String)> {
    let documents = harness.port().documents().await.expect("reading works");
    documents.into_iter().map(|document| (document.path, document.text)).collect()
}
