//! The shipped files.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

/// The folder of the shipped files.
pub(crate) fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("deploy")
}

/// What one of them says.
pub(crate) fn text(path: &str) -> String {
    let file = deploy().join(path);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The same, as YAML.
pub(crate) fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A copy of one of them in which one passage reads otherwise. It keeps its name: what a file is called may matter.
pub(crate) fn broken(path: &str, from: &str, to: &str) -> (TempDir, PathBuf) {
    let whole = text(path);
    assert!(whole.contains(from), "{path} does not contain {from:?}");
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join(Path::new(path).file_name().unwrap());
    std::fs::write(&copy, whole.replacen(from, to, 1)).unwrap();
    (folder, copy)
}
