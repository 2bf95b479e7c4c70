//! Documents in a workspace: read below a folder, and written to wait for a commit. Links are not followed.

use std::path::Path;

use lamplighter_core::ports::ArchivedDocument;

use crate::GitError;
use crate::commit::check_files;

/// The Markdown files below a folder, by path within it. What is not text is left out.
pub(crate) fn read(root: &Path, folder: &str) -> Result<Vec<ArchivedDocument>, GitError> {
    // A file in the folder has to be one that could be committed.
    check_files(root, &[format!("{folder}/any.md")])?;
    let mut documents = Vec::new();
    collect(&root.join(folder), "", &mut documents)?;
    documents.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(documents)
}

/// Writes a file, which makes the folders that it is in.
pub(crate) fn write(root: &Path, path: &str, text: &str) -> Result<(), GitError> {
    check_files(root, &[path.to_owned()])?;
    let target = root.join(path);
    let failed = |source| GitError::File { path: target.clone(), source };
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(&target, text).map_err(failed)
}

fn collect(dir: &Path, prefix: &str, documents: &mut Vec<ArchivedDocument>) -> Result<(), GitError> {
    let failed = |source| GitError::File { path: dir.to_owned(), source };
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let kind = entry.file_type().map_err(failed)?;
        let path = format!("{prefix}{name}");
        let is_markdown = Path::new(&name).extension().is_some_and(|end| end.eq_ignore_ascii_case("md"));
        if kind.is_dir() && !name.starts_with('.') {
            collect(&entry.path(), &format!("{path}/"), documents)?;
        } else if kind.is_file() && is_markdown {
            let bytes = std::fs::read(entry.path()).map_err(failed)?;
            documents.extend(String::from_utf8(bytes).ok().map(|text| ArchivedDocument { path, text }));
        }
    }
    Ok(())
}
