use std::collections::BTreeSet;

use lamplighter_core::ports::{Publisher, SiteFile};
use lamplighter_core::{ErrorKind, async_trait};

use super::assert_fails;

/// A publisher to be tested, with an empty site.
#[async_trait]
pub trait PublisherHarness: Send + Sync {
    /// The port under test.
    fn port(&self) -> &dyn Publisher;

    /// The content of a file of the site.
    async fn read(&self, path: &str) -> Option<Vec<u8>>;

    /// Somebody else writes a file into the site, over one of ours where there is one.
    async fn plant(&self, path: &str, content: &[u8]);

    /// What can be seen around the site, where something could escape to: the names in the folder above.
    async fn surroundings(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Checks everything that [`Publisher`] promises.
pub async fn publisher(harness: &dyn PublisherHarness) {
    what_has_not_changed_is_not_written(harness).await;
    what_is_not_in_the_set_is_removed_if_it_was_ours(harness).await;
    any_content_and_name_is_published(harness).await;
    nothing_leads_out_of_the_site(harness).await;
}

async fn what_has_not_changed_is_not_written(harness: &dyn PublisherHarness) {
    let site = [("index.html", "<p>all is well</p>"), ("css/page.css", "p{}"), ("status.json", "{}")];
    check(harness, &site, &["index.html", "css/page.css", "status.json"], &[]).await;
    check(harness, &site, &[], &[]).await;
    let changed = [("status.json", "{\"sev1\":1}"), ("index.html", "<p>all is well</p>"), ("css/page.css", "p{}")];
    check(harness, &changed, &["status.json"], &[]).await;
    harness.plant("index.html", b"<p>defaced</p>").await;
    check(harness, &changed, &["index.html"], &[]).await;
}

async fn what_is_not_in_the_set_is_removed_if_it_was_ours(harness: &dyn PublisherHarness) {
    harness.plant("CNAME", b"status.example.org").await;
    harness.plant("css/theirs.css", b"q{}").await;
    check(
        harness,
        &[("index.html", "1"), ("a/b/c.html", "2")],
        &["index.html", "a/b/c.html"],
        &["css/page.css", "status.json"],
    )
    .await;
    check(harness, &[("index.html", "1"), ("a/b", "3")], &["a/b"], &["a/b/c.html"]).await;
    check(harness, &[("a/b/c.html", "2")], &["a/b/c.html"], &["a/b", "index.html"]).await;
    assert_eq!(
        harness.read("CNAME").await.as_deref(),
        Some(&b"status.example.org"[..]),
        "a file of others is left alone"
    );
    assert_eq!(harness.read("css/theirs.css").await.as_deref(), Some(&b"q{}"[..]), "in a folder of ours too");
    check(harness, &[], &[], &["a/b/c.html"]).await;
}

async fn any_content_and_name_is_published(harness: &dyn PublisherHarness) {
    let huge = vec![0xA5; 1 << 20];
    let contents: [(&str, &[u8]); 5] = [
        ("empty", b""),
        ("binary", &[0, 255, 13, 10, 128]),
        ("huge.bin", &huge),
        ("é ☂.html", b"x"),
        ("..dots..", b"y"),
    ];
    let files: Vec<_> = contents.iter().map(|(path, content)| file(path, content)).collect();
    harness.port().publish(&files).await.expect("publishing works");
    for (path, content) in contents {
        assert!(harness.read(path).await.as_deref() == Some(content), "{path:?} is published byte by byte");
    }
    assert!(harness.port().publish(&files).await.expect("publishing works").is_unchanged(), "and then has not changed");
}

async fn nothing_leads_out_of_the_site(harness: &dyn PublisherHarness) {
    let before = harness.surroundings().await;
    for path in ["../escaped", "..", "/tmp/lamplighter-escaped", "a/../../escaped", "a/b/../../../escaped"] {
        let outcome = harness.port().publish(&[file(path, b"x")]).await;
        assert_fails(outcome, ErrorKind::InvalidInput, &format!("publishing {path:?}"));
        assert_fails(harness.port().published(path).await, ErrorKind::InvalidInput, &format!("reading {path:?}"));
        assert_eq!(harness.surroundings().await, before, "{path:?} has written something outside of the site");
    }
}

async fn check(harness: &dyn PublisherHarness, site: &[(&str, &str)], written: &[&str], removed: &[&str]) {
    let files: Vec<_> = site.iter().map(|(path, content)| file(path, content.as_bytes())).collect();
    let published = harness.port().publish(&files).await.expect("publishing works");
    assert_eq!(as_set(&published.written), written.iter().copied().collect(), "written of {site:?}");
    assert_eq!(as_set(&published.removed), removed.iter().copied().collect(), "removed for {site:?}");
    assert_eq!(published.is_unchanged(), written.is_empty() && removed.is_empty());
    for (path, content) in site {
        assert_eq!(harness.read(path).await.as_deref(), Some(content.as_bytes()), "{path} is there");
        let read = harness.port().published(path).await.expect("what is published can be read");
        assert_eq!(read.as_deref(), Some(content.as_bytes()), "{path} can be read back");
    }
    for path in removed {
        assert_eq!(harness.read(path).await, None, "{path} is gone");
        assert_eq!(harness.port().published(path).await.expect("that can be asked"), None, "{path} is gone");
    }
}

fn as_set(paths: &[String]) -> BTreeSet<&str> {
    paths.iter().map(String::as_str).collect()
}

fn file(path: &str, content: &[u8]) -> SiteFile {
    SiteFile { path: path.to_owned(), content: content.to_vec() }
}
