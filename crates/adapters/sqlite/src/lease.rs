//! Leases and the opening of the file: locks of the operating system, which end with their holder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use lamplighter_core::RunKey;
use lamplighter_core::ports::RunLease;
use sha2::{Digest, Sha256};

use crate::SqliteError;
use crate::audit::hex;

/// Waits for the right to open and migrate the file; it is held as long as the value lives.
pub(crate) async fn wait_to_open(database: &Path) -> Result<File, SqliteError> {
    let path = locks(database).join("open.lock");
    blocking(move || {
        let file = lock_file(&path)?;
        file.lock().map_err(|source| SqliteError::Open { path, source })?;
        Ok(file)
    })
    .await
}

/// Takes the right to work on a run.
pub(crate) async fn lease(database: &Path, run: &RunKey) -> Result<RunLease, SqliteError> {
    let path = locks(database).join(format!("{}.lock", hex(&Sha256::digest(run.as_str()))));
    let run = run.clone();
    blocking(move || {
        let mut file = lock_file(&path)?;
        match file.try_lock() {
            Ok(()) => {
                // For the person who wonders who has it. The lock is what counts, so a full disk is no reason to fail.
                let _ = file.set_len(0).and_then(|()| write!(file, "process {}", std::process::id()));
                Ok(RunLease::new(file))
            }
            Err(TryLockError::WouldBlock) => {
                Err(SqliteError::Leased { run: run.to_string(), holder: holder(&mut file) })
            }
            Err(TryLockError::Error(source)) => Err(SqliteError::Open { path, source }),
        }
    })
    .await
}

fn locks(database: &Path) -> PathBuf {
    let mut folder = database.as_os_str().to_owned();
    folder.push(".locks");
    folder.into()
}

/// Each opening of a lock file is a lock of its own, so that tasks of one process exclude each other as well.
fn lock_file(path: &Path) -> Result<File, SqliteError> {
    let open = || {
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        OpenOptions::new().create(true).read(true).write(true).truncate(false).open(path)
    };
    open().map_err(|source| SqliteError::Open { path: path.to_owned(), source })
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.take(64).read_to_string(&mut text) {
        Ok(_) if !text.is_empty() => text,
        _ => "somebody else".to_owned(),
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SqliteError> + Send + 'static,
) -> Result<T, SqliteError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(error) => Err(SqliteError::Open { path: PathBuf::new(), source: std::io::Error::other(error) }),
        },
    }
}
