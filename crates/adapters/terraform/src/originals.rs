//! Our own edits in a workspace, and the way back.

use std::path::PathBuf;

use lamplighter_core::ports::CommitId;
use lamplighter_core::words::Digest;
use serde::{Deserialize, Serialize};

use crate::TerraformError;
use crate::files;
use crate::source::Edited;
use crate::stack::StackDir;

/// What was edited. Kept in the stack's `.terraform` folder, and good for one base: in a workspace that was
/// fetched anew, a file that looks like our edit may be our edit as it was committed.
#[derive(Default, Serialize, Deserialize)]
struct Originals {
    base: String,
    files: Vec<Original>,
}

/// What a file was before it was edited, and what the edit made of it.
#[derive(Serialize, Deserialize)]
struct Original {
    name: String,
    before: String,
    after: Digest,
}

/// Writes edited files, after their originals are safe.
pub(crate) fn write(dir: &StackDir, base: &CommitId, edited: &[Edited]) -> Result<(), TerraformError> {
    let files: Vec<Original> = edited
        .iter()
        .map(|file| Original {
            name: file.name.clone(),
            before: file.before.clone(),
            after: Digest::of(file.after.as_bytes()),
        })
        .collect();
    let record = record(dir);
    if let Some(folder) = record.parent() {
        std::fs::create_dir_all(folder).map_err(|source| TerraformError::File {
            doing: "make",
            path: folder.to_owned(),
            source,
        })?;
    }
    let originals = Originals { base: base.as_str().to_owned(), files };
    let json = serde_json::to_vec(&originals).map_err(|error| TerraformError::Internal(error.to_string()))?;
    files::write_private(&record, &json)?;
    edited.iter().try_for_each(|file| files::rewrite(&dir.path.join(&file.name), &file.after))
}

/// Takes back the edits of an earlier [`write`], also one that was interrupted. A file that has become
/// something else since is left alone.
pub(crate) fn restore(dir: &StackDir, base: &CommitId) -> Result<(), TerraformError> {
    let record = record(dir);
    let Ok(json) = std::fs::read(&record) else { return Ok(()) };
    let originals: Originals = serde_json::from_slice(&json).unwrap_or_default();
    let files = if originals.base == base.as_str() { originals.files } else { Vec::new() };
    for original in files {
        let path = dir.path.join(&original.name);
        if std::fs::read(&path).is_ok_and(|now| Digest::of(&now) == original.after) {
            files::rewrite(&path, &original.before)?;
        }
    }
    std::fs::remove_file(&record).map_err(|source| TerraformError::File { doing: "remove", path: record, source })
}

fn record(dir: &StackDir) -> PathBuf {
    dir.path.join(".terraform").join("lamplighter-originals.json")
}
