//! What `deploy/README.md` tells.

use std::path::{Path, PathBuf};

use crate::files::{deploy, text};

#[test]
fn the_guide_names_every_file_and_no_other() {
    let guide = text("README.md");
    let mut files = Vec::new();
    collect(&deploy(), &mut files);
    assert!(files.len() > 15, "only {} files were found", files.len());
    for file in &files {
        let path = file.strip_prefix(deploy()).unwrap().to_str().unwrap();
        assert!(path == "README.md" || guide.contains(&format!("`{path}`")), "README.md does not name {path}");
    }
    let is_path =
        |word: &&str| word.contains('/') && Path::new(word).extension().is_some() && !word.contains([' ', ':']);
    for path in guide.split('`').skip(1).step_by(2).filter(is_path).filter(|path| !path.starts_with(['/', '.'])) {
        assert!(deploy().join(path).exists(), "README.md names {path}, which is not there");
    }
}

/// A value that is an example stands in the list of what to change.
#[test]
fn the_guide_lists_every_value_to_change() {
    let guide = text("README.md");
    let mut files = Vec::new();
    collect(&deploy(), &mut files);
    let examples = ["example.org", "example.internal", "your-"];
    let is_setting = |line: &&str| !line.trim_start().starts_with('#') && examples.iter().any(|e| line.contains(e));
    for file in files.iter().filter(|file| !file.ends_with("README.md")) {
        let path = file.strip_prefix(deploy()).unwrap().to_str().unwrap();
        let whole = std::fs::read_to_string(file).unwrap();
        if whole.lines().any(|line| is_setting(&line) && !line.contains("placeholder:")) {
            let row = guide.lines().find(|line| line.starts_with(&format!("| `{path}`")));
            assert!(row.is_some(), "README.md has no row of what to change in {path}");
        }
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}
