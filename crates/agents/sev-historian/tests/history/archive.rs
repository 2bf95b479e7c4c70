//! The archives below `tests/archives`, and small ones that are made here.

use std::path::Path;
use std::sync::Arc;

use lamplighter_core::ports::ArchivedDocument;
use lamplighter_sev_historian::{Index, Library};

/// The reports of an archive.
pub(crate) fn reports(name: &str) -> Vec<ArchivedDocument> {
    let dir = archive(name).join("reports");
    let mut reports: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            document(entry.file_name().to_str().unwrap(), &std::fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    reports.sort_by(|one, other| one.path.cmp(&other.path));
    reports
}

/// The lines of a file of an archive, but for its comments.
pub(crate) fn lines(name: &str, file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(archive(name).join(file)).unwrap();
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

fn archive(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/archives").join(name)
}

pub(crate) fn document(path: &str, text: &str) -> ArchivedDocument {
    ArchivedDocument { path: path.to_owned(), text: text.to_owned() }
}

pub(crate) fn index(documents: &[ArchivedDocument]) -> Index {
    let (library, _) = Library::default().refreshed(documents);
    Index::new(Arc::new(library))
}
