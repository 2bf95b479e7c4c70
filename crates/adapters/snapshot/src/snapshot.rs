use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use lamplighter_core::words::Source;
use lamplighter_core::{Error, Result};
use serde::Deserialize;

use crate::SnapshotError;
use crate::dated::newest_said;
use crate::folder::Folder;
use crate::kept::Kept;

/// A recorded cluster. Cheap to clone; changes nothing.
///
/// The folder is taken to stay as it is: metrics, alerts and which container is a pod's default are parsed when they
/// are first asked for and then kept, by all clones. Everything else is read anew by each call.
#[derive(Debug, Clone)]
pub struct Snapshot {
    folder: Arc<Folder>,
    kept: Arc<Kept>,
    taken_at: Timestamp,
    /// What its date is taken from where the dump does not say it.
    dated: &'static str,
}

impl Snapshot {
    /// Opens a dump folder. Reads the names in it and `snapshot.json`, nothing else; blocks while it does.
    ///
    /// The time of the recording (UTC) is `collected_at` of `snapshot.json`. Where that is missing it is the newest time in
    /// its nodes, events and pods, which are read for it, or else the time at which its newest file was written, and
    /// [`Snapshot::source`] says so.
    ///
    /// # Errors
    /// [`SnapshotError::NotADump`] when the folder is none, and when it or `snapshot.json` cannot be read.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, SnapshotError> {
        let folder = Folder::open(dir.as_ref())?;
        let recorded = collected_at(&folder)?;
        let (taken_at, dated) = if let Some(recorded) = recorded {
            (recorded, "")
        } else if let Some(newest) = newest_said(&folder) {
            (newest, " (dated by the newest time in it)")
        } else {
            (folder.newest_file(), " (dated by its newest file)")
        };
        Ok(Self { taken_at, dated, folder: Arc::new(folder), kept: Arc::default() })
    }

    /// When it was recorded (UTC).
    #[must_use]
    pub fn taken_at(&self) -> Timestamp {
        self.taken_at
    }

    /// Its name as a source of evidence: `snapshot FOLDER`.
    #[must_use]
    pub fn source(&self) -> Source {
        Source::new(format!("snapshot {}{}", self.folder.name(), self.dated))
    }

    /// Reads files away from the threads that run agents.
    pub(crate) async fn read<T, F>(&self, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Folder) -> Result<T, SnapshotError> + Send + 'static,
    {
        self.read_kept(move |folder, _kept| read(folder)).await
    }

    /// The same, with what was parsed before.
    pub(crate) async fn read_kept<T, F>(&self, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Folder, &Kept) -> Result<T, SnapshotError> + Send + 'static,
    {
        let (folder, kept) = (Arc::clone(&self.folder), Arc::clone(&self.kept));
        let read = move || folder.check().and_then(|()| read(&folder, &kept));
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
