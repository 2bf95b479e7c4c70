use std::path::{Path, PathBuf};

use async_trait::async_trait;
use lamplighter_core::Result;
use lamplighter_core::ports::{Archive, ArchiveWriter, ArchivedDocument};

use crate::FilesError;
use crate::disk::{FolderLock, blocking};
use crate::publisher::check_path;

/// The Markdown files (`.md`) in a folder and the folders below it, but for hidden ones. Links are not followed.
#[derive(Debug, Clone)]
pub struct FolderArchive {
    dir: PathBuf,
}

impl FolderArchive {
    /// The archive in this folder. A folder that is not there is an empty archive.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }
}

#[async_trait]
impl Archive for FolderArchive {
    async fn documents(&self) -> Result<Vec<ArchivedDocument>> {
        let dir = self.dir.clone();
        let read = move || {
            let mut documents = Vec::new();
            collect(&dir, "", &mut documents)?;
            documents.sort_by(|one, other| one.path.cmp(&other.path));
            Ok(documents)
        };
        Ok(blocking(read).await?)
    }
}

#[async_trait]
impl ArchiveWriter for FolderArchive {
    async fn put(&self, document: &ArchivedDocument) -> Result<()> {
        let (dir, document) = (self.dir.clone(), document.clone());
        Ok(blocking(move || put(&dir, &document)).await?)
    }
}

fn put(dir: &Path, document: &ArchivedDocument) -> Result<(), FilesError> {
    check_path(&document.path)?;
    let target = dir.join(&document.path);
    let folder = target.parent().unwrap_or(dir);
    std::fs::create_dir_all(folder).map_err(FilesError::io("make the folder", folder))?;
    // A link in the archive could lead out of it.
    let real = |path: &Path| path.canonicalize().map_err(FilesError::io("read", path));
    if !real(folder)?.starts_with(real(dir)?) || target.is_symlink() {
        return Err(FilesError::Path { path: document.path.clone(), what: "a symbolic link is on the way" });
    }
    let lock = FolderLock::take(dir)?;
    if std::fs::read(&target).is_ok_and(|standing| standing == document.text.as_bytes()) {
        return Ok(());
    }
    lock.write(dir, &target, document.text.as_bytes())
}

fn collect(dir: &Path, prefix: &str, documents: &mut Vec<ArchivedDocument>) -> Result<(), FilesError> {
    let Some(entries) = unless_gone(std::fs::read_dir(dir), dir)? else { return Ok(()) };
    for entry in entries {
        let entry = entry.map_err(FilesError::io("read", dir))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let kind = entry.file_type().map_err(FilesError::io("read", &entry.path()))?;
        let path = format!("{prefix}{name}");
        if kind.is_dir() && !name.starts_with('.') {
            collect(&entry.path(), &format!("{path}/"), documents)?;
        } else if kind.is_file() && Path::new(&name).extension().is_some_and(|end| end.eq_ignore_ascii_case("md")) {
            let Some(bytes) = unless_gone(std::fs::read(entry.path()), &entry.path())? else { continue };
            if let Ok(text) = String::from_utf8(bytes) {
                documents.push(ArchivedDocument { path, text });
            } else {
                tracing::warn!(path, "left out of the archive: not UTF-8");
            }
        }
    }
    Ok(())
}

/// What has gone since it was seen is not there.
fn unless_gone<T>(read: std::io::Result<T>, path: &Path) -> Result<Option<T>, FilesError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FilesError::io("read", path)(error)),
    }
}
