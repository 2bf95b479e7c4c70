//! Locks, whole-file writes, and a thread for them.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use crate::FilesError;

const LOCK: &str = ".lamplighter.lock";
const TEMPORARY: &str = ".lamplighter-tmp-";

/// Runs file work where it may block: a lock can be waited for, and a disk can be slow. Work that has begun is
/// done to its end even when nobody waits for it any more.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FilesError> + Send + 'static,
) -> Result<T, FilesError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(FilesError::Interrupted),
        },
    }
}

/// The right to write in a folder, held as long as the value lives. Excludes other processes and other tasks; the
/// operating system gives it back when its holder dies.
pub(crate) struct FolderLock(#[expect(dead_code, reason = "held for its Drop")] File);

impl FolderLock {
    /// Waits for it. Clears away what a writer who was killed has left.
    pub(crate) fn take(folder: &Path) -> Result<Self, FilesError> {
        let path = folder.join(LOCK);
        let open = || {
            let file = File::options().create(true).truncate(false).write(true).open(&path)?;
            file.lock().map(|()| file)
        };
        let lock = open().map_err(FilesError::io("lock", &path))?;
        for name in names(folder)? {
            if name.starts_with(TEMPORARY) {
                // What cannot be removed is in nobody's way.
                let _ = std::fs::remove_file(folder.join(name));
            }
        }
        Ok(Self(lock))
    }

    /// Writes a file whole or not at all: a temporary file in `folder` is written, brought to the disk and renamed.
    pub(crate) fn write(&self, folder: &Path, target: &Path, content: &[u8]) -> Result<(), FilesError> {
        self.stage(folder, target, content)?.put()
    }

    /// Does all of it that a full disk can spoil, so that several files can be put in their places one right after the other.
    #[expect(clippy::unused_self, reason = "only who has the lock may write")]
    pub(crate) fn stage(&self, folder: &Path, target: &Path, content: &[u8]) -> Result<Staged, FilesError> {
        let mut temporary = temporary(folder, content)?;
        // What is there keeps its rights; what is new has those of any new file.
        let standing = std::fs::symlink_metadata(target).ok().filter(std::fs::Metadata::is_file);
        if let Some(permissions) = standing.map(|metadata| metadata.permissions()) {
            temporary.as_file_mut().set_permissions(permissions).map_err(FilesError::io("write", target))?;
        }
        Ok(Staged { temporary: temporary.into_temp_path(), target: target.to_owned() })
    }
}

/// A file that is on the disk and not in its place yet. It is cleared away unless it is put there.
#[must_use]
pub(crate) struct Staged {
    temporary: TempPath,
    target: PathBuf,
}

impl Staged {
    pub(crate) fn put(self) -> Result<(), FilesError> {
        let Self { temporary, target } = self;
        temporary.persist(&target).map_err(|error| FilesError::io("write", &target)(error.error))?;
        sync_folder_of(&target)
    }
}

/// The file names in a folder that are text, in no order.
pub(crate) fn names(folder: &Path) -> Result<Vec<String>, FilesError> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(FilesError::io("read", folder))? {
        let entry = entry.map_err(FilesError::io("read", folder))?;
        names.extend(entry.file_name().into_string());
    }
    Ok(names)
}

fn temporary(folder: &Path, content: &[u8]) -> Result<NamedTempFile, FilesError> {
    let write = || {
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.prefix(TEMPORARY).tempfile_in(folder)?;
        file.write_all(content)?;
        file.as_file().sync_all().map(|()| file)
    };
    write().map_err(FilesError::io("write a file in", folder))
}

/// A rename survives a power cut only when its folder is on the disk too.
fn sync_folder_of(path: &Path) -> Result<(), FilesError> {
    let Some(folder) = path.parent().filter(|_| cfg!(unix)) else { return Ok(()) };
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(FilesError::io("write", folder))
}
