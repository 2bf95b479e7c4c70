use std::path::{Path, PathBuf};

use async_trait::async_trait;
use lamplighter_core::Result;
use lamplighter_core::ports::{Archive, ArchiveWriter, ArchivedDocument, check_site_path};

use crate::FilesError;
use crate::disk::{FolderLock, blocking};

/// The endings of the files that are read.
const ENDINGS: [&str; 4] = ["md", "markdown", "html", "htm"];

/// The Markdown and HTML files in a folder and the folders below it, but for hidden ones. Links are not followed.
#[derive(Debug, Clone)]
pub struct FolderArchive {
    dir: PathBuf,
}

/// What a folder has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FolderContents {
    /// Its documents, by path.
    pub documents: Vec<ArchivedDocument>,
    /// The files that are none, by path.
    pub left_out: Vec<LeftOut>,
}

/// A file that is no document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// Its path within the folder, with forward slashes.
    pub path: String,
    /// Why, in a few words for a person.
    pub why: &'static str,
}

impl FolderArchive {
    /// The archive in this folder. A folder that is not there is an empty archive.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// Everything that is in the folder, with what is no document.
    ///
    /// # Errors
    /// When the folder or a file in it cannot be read.
    pub async fn contents(&self) -> Result<FolderContents> {
        let dir = self.dir.clone();
        let read = move || {
            let mut contents = FolderContents::default();
            collect(&dir, "", &mut contents)?;
            contents.documents.sort_by(|one, other| one.path.cmp(&other.path));
            contents.left_out.sort();
            Ok(contents)
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
    check_site_path(&document.path)?;
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

#[async_trait]
impl Archive for FolderArchive {
    async fn documents(&self) -> Result<Vec<ArchivedDocument>> {
        Ok(self.contents().await?.documents)
    }
}

fn collect(dir: &Path, prefix: &str, contents: &mut FolderContents) -> Result<(), FilesError> {
    let Some(entries) = unless_gone(std::fs::read_dir(dir), dir)? else { return Ok(()) };
    for entry in entries {
        let entry = entry.map_err(FilesError::io("read", dir))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().map_err(FilesError::io("read", &entry.path()))?;
        let path = format!("{prefix}{name}");
        let mut leave_out = |why| contents.left_out.push(LeftOut { path: path.clone(), why });
        if name.starts_with('.') && kind.is_dir() {
            continue;
        }
        if entry.file_name().to_str().is_none() {
            leave_out("its name is not UTF-8");
        } else if kind.is_dir() {
            collect(&entry.path(), &format!("{path}/"), contents)?;
        } else if !kind.is_file() {
            leave_out("a link, or no plain file");
        } else if !is_document(&name) {
            leave_out("neither Markdown nor HTML");
        } else if let Some(bytes) = unless_gone(std::fs::read(entry.path()), &entry.path())? {
            match String::from_utf8(bytes) {
                Ok(text) => contents.documents.push(ArchivedDocument { path, text }),
                Err(_) => leave_out("not UTF-8"),
            }
        }
    }
    Ok(())
}

fn is_document(name: &str) -> bool {
    let ending = Path::new(name).extension();
    ending.is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// What has gone since it was seen is not there.
fn unless_gone<T>(read: std::io::Result<T>, path: &Path) -> Result<Option<T>, FilesError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FilesError::io("read", path)(error)),
    }
}
