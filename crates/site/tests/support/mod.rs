//! The archive of the tests: post-mortems in the shapes that people write them in, and one that means harm.

use std::path::Path;

use lamplighter_core::ports::SiteFile;
use lamplighter_documents::PostMortem;
use lamplighter_site::{Page, PostMortems};

pub(crate) fn page(path: &str, text: &str) -> Page {
    Page { document: PostMortem::read(path, text), markdown: text.to_owned(), cause: None }
}

/// The documents below `tests/archive`, by path.
pub(crate) fn archive() -> Vec<Page> {
    let mut pages = Vec::new();
    collect(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/archive")), "", &mut pages);
    pages.sort_by(|one, other| one.document.path.cmp(&other.document.path));
    assert!(pages.len() >= 9, "the archive has {} documents", pages.len());
    pages
}

fn collect(folder: &Path, prefix: &str, pages: &mut Vec<Page>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{prefix}{}", entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &format!("{path}/"), pages);
        } else {
            pages.push(page(&path, &std::fs::read_to_string(entry.path()).unwrap()));
        }
    }
}

pub(crate) fn site(pages: &[Page]) -> Vec<SiteFile> {
    PostMortems::new(pages).titled("Our post-mortems").files().unwrap()
}
