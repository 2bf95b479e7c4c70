use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use lamplighter_core::Result;
use lamplighter_core::ports::StopSwitch;

use crate::FilesError;
use crate::disk::blocking;

/// Everything is stopped while a file is there; its first line says why. `touch` stops, `rm` resumes.
///
/// The folder of the file has to be there: a folder that has vanished (a volume that is not mounted) must not look
/// like a switch that is off.
#[derive(Debug, Clone)]
pub struct FileStopSwitch {
    path: PathBuf,
}

impl FileStopSwitch {
    /// The switch that is on while this file is there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

#[async_trait]
impl StopSwitch for FileStopSwitch {
    async fn stopped(&self) -> Result<Option<String>> {
        let path = self.path.clone();
        Ok(blocking(move || reason(&path)).await?)
    }
}

fn reason(path: &Path) -> Result<Option<String>, FilesError> {
    const LONGEST: u64 = 1000;
    // A link that leads nowhere is there, and cannot be read.
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return off(path).map(|()| None),
        Err(error) => return Err(FilesError::io("read the stop switch", path)(error)),
        Ok(_) => {}
    }
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes));
    read.map_err(FilesError::io("read the stop switch", path))?;
    let text = String::from_utf8_lossy(&bytes);
    let line = text.lines().next().unwrap_or_default().trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    Ok(Some(if line.is_empty() { "no reason given".to_owned() } else { line.to_owned() }))
}

/// Off is only what can be seen to be off.
fn off(path: &Path) -> Result<(), FilesError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::read_dir(folder).map(drop).map_err(FilesError::io("find the folder of the stop switch", folder))
}
