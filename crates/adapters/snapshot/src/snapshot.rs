use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use lamplighter_core::words::Source;
use lamplighter_core::{Error, Result};
use serde::Deserialize;

use crate::SnapshotError;
use crate::folder::Folder;

/// A recorded cluster. Cheap to clone; every call reads the folder anew and changes nothing.
#[derive(Debug, Clone)]
pub struct Snapshot {
    folder: Arc<Folder>,
    taken_at: Timestamp,
    dated_by_files: bool,
}

impl Snapshot {
    /// Opens a dump folder. Reads the names in it and `snapshot.json`, nothing else; blocks while it does.
    ///
    /// The time of the recording (UTC) is `collected_at` of `snapshot.json`. Where that is missing it is the
    /// time at which the newest file of the dump was written, and [`Snapshot::source`] says so.
    ///
    /// # Errors
    /// [`SnapshotError::NotADump`] when the folder is none, and when it or `snapshot.json` cannot be read.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, SnapshotError> {
        let folder = Folder::open(dir.as_ref())?;
        let recorded = collected_at(&folder)?;
        Ok(Self {
            taken_at: recorded.unwrap_or_else(|| folder.newest_file()),
            dated_by_files: recorded.is_none(),
            folder: Arc::new(folder),
        })
    }

    /// When it was recorded (UTC).
    #[must_use]
    pub fn taken_at(&self) -> Timestamp {
        self.taken_at
    }

    /// Its name as a source of evidence: `snapshot FOLDER`.
    #[must_use]
    pub fn source(&self) -> Source {
        let note = if self.dated_by_files { " (dated by its newest file)" } else { "" };
        Source::new(format!("snapshot {}{note}", self.folder.name()))
    }

    /// Reads files away from the threads that run agents.
    pub(crate) async fn read<T, F>(&self, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Folder) -> Result<T, SnapshotError> + Send + 'static,
    {
        let folder = Arc::clone(&self.folder);
        let read = move || folder.check().and_then(|()| read(&folder));
        match tokio::task::spawn_blocking(read).await {
            Ok(outcome) => Ok(outcome?),
            Err(error) => Err(Error::internal("reading the snapshot did not finish").with_source(error)),
        }
    }
}

fn collected_at(folder: &Folder) -> Result<Option<Timestamp>, SnapshotError> {
    #[derive(Deserialize)]
    struct Recording {
        collected_at: Option<Timestamp>,
    }

    const FILE: &str = "snapshot.json";
    match folder.json::<Recording>(FILE) {
        Ok(recording) => Ok(recording.collected_at),
        Err(SnapshotError::Absent { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
