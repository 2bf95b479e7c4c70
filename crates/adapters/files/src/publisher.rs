use std::collections::BTreeSet;
use std::fs::{File, FileTimes, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use jiff::Timestamp;
use lamplighter_core::Result;
use lamplighter_core::ports::{Published, Publisher, SiteFile, check_site_path, site_paths};
use lamplighter_core::words::status::Renewal;
use serde::{Deserialize, Serialize};

use crate::FilesError;
use crate::disk::{FolderLock, blocking};

const MANIFEST: &str = ".lamplighter-published.json";
/// What leads to the rest.
const INDEX: &str = "index.html";

/// Publishes into a folder.
///
/// The list of what is ours stands in `.lamplighter-published.json` in the folder, and is written before the files:
/// after a crash nothing of ours is taken for somebody else's. A file that is not on it and in the way is a
/// [`Conflict`](lamplighter_core::ErrorKind::Conflict), unless it already is what is to be published.
///
/// All that has changed is brought to the disk before any of it is put in its place, so that a full disk leaves the site as it
/// was. What was removed goes last and `index.html` comes after everything that it leads to, so that nobody is led to what is not
/// there. A look that found nothing new is told by the time of modification of a file, which web servers tell as
/// `Last-Modified`.
///
/// Paths that leave the folder are refused, through `..`, a root, a drive or a symbolic link on the way. Whoever can
/// exchange folders for links while we write can still lead us astray: give the folder to us alone.
#[derive(Debug, Clone)]
pub struct FolderPublisher {
    dir: PathBuf,
}

impl FolderPublisher {
    /// Publishes into this folder, which is made when it is first needed.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }
}

#[async_trait]
impl Publisher for FolderPublisher {
    async fn publish(&self, files: &[SiteFile]) -> Result<Published> {
        let (dir, files) = (self.dir.clone(), files.to_vec());
        Ok(blocking(move || publish(&dir, &files)).await?)
    }

    async fn published(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let (dir, path) = (self.dir.clone(), path.to_owned());
        Ok(blocking(move || published(&dir, &path)).await?)
    }

    fn renewal(&self) -> Renewal {
        Renewal::Modified
    }

    async fn confirm(&self, path: &str, at: Timestamp) -> Result<()> {
        let (dir, path) = (self.dir.clone(), path.to_owned());
        Ok(blocking(move || confirm(&dir, &path, at)).await?)
    }
}

/// What we have published.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Manifest {
    version: u32,
    files: BTreeSet<String>,
}

fn publish(dir: &Path, files: &[SiteFile]) -> Result<Published, FilesError> {
    let paths = site_paths(files)?;
    check_folder(dir)?;
    std::fs::create_dir_all(dir).map_err(FilesError::io("make the folder", dir))?;
    let lock = FolderLock::take(dir)?;
    let ours = Manifest::read(dir)?;
    let gone: Vec<_> = ours.files.difference(&paths).cloned().collect();
    let mut changed = Vec::new();
    for file in files {
        if !stands(dir, file, &ours)? {
            changed.push(file);
        }
    }
    changed.sort_by_key(|file| file.path == INDEX);
    let mut staged = Vec::new();
    for file in changed {
        staged.push((file, lock.stage(dir, &dir.join(&file.path), &file.content)?));
    }
    let during = Manifest { version: 1, files: ours.files.union(&paths).cloned().collect() };
    during.write_unless(&ours, &lock, dir)?;
    let mut published = Published::default();
    let (in_the_way, gone): (Vec<_>, Vec<_>) = gone.into_iter().partition(|path| is_in_the_way(path, &paths));
    for path in in_the_way {
        if remove(dir, &path)? {
            published.removed.push(path);
        }
    }
    for (file, staged) in staged {
        if let Some(folder) = dir.join(&file.path).parent() {
            std::fs::create_dir_all(folder).map_err(FilesError::io("make the folder", folder))?;
        }
        staged.put()?;
        published.written.push(file.path.clone());
    }
    for path in gone {
        if remove(dir, &path)? {
            published.removed.push(path);
        }
    }
    Manifest { version: 1, files: paths }.write_unless(&during, &lock, dir)?;
    Ok(published)
}

/// An error where a file is in the place of the folder, or of one on the way to it.
fn check_folder(dir: &Path) -> Result<(), FilesError> {
    let file = dir.ancestors().find(|path| path.is_file());
    file.map_or(Ok(()), |path| Err(FilesError::NotAFolder { path: path.to_owned() }))
}

/// A file where there is to be a folder, or the other way round.
fn is_in_the_way(path: &str, wanted: &BTreeSet<String>) -> bool {
    let is_below = |one: &str, other: &str| one.strip_prefix(other).is_some_and(|rest| rest.starts_with('/'));
    wanted.iter().any(|other| is_below(other, path) || is_below(path, other))
}

fn published(dir: &Path, path: &str) -> Result<Option<Vec<u8>>, FilesError> {
    check_site_path(path)?;
    check_folder(dir)?;
    // What is behind somebody's link or file is not a part of the site.
    if !matches!(is_reached_by_folders(dir, path, &Manifest::default()), Ok(true)) {
        return Ok(None);
    }
    let target = dir.join(path);
    match look(&target)? {
        Some(metadata) if metadata.is_file() => {
            std::fs::read(&target).map(Some).map_err(FilesError::io("read", &target))
        }
        _ => Ok(None),
    }
}

fn confirm(dir: &Path, path: &str, at: Timestamp) -> Result<(), FilesError> {
    check_site_path(path)?;
    let target = dir.join(path);
    if !look(&target)?.is_some_and(|metadata| metadata.is_file()) {
        return Err(FilesError::io("find", &target)(ErrorKind::NotFound.into()));
    }
    // Opened for reading alone: nothing of it can be written. Both times, as only one of them would be told as a change of
    // content to those who watch the folder.
    let times = FileTimes::new().set_accessed(at.into()).set_modified(at.into());
    let touch = || File::open(&target)?.set_times(times);
    touch().map_err(FilesError::io("set the time of", &target))
}

impl Manifest {
    fn read(dir: &Path) -> Result<Self, FilesError> {
        let path = dir.join(MANIFEST);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(FilesError::io("read", &path)(error)),
        };
        let manifest: Self = serde_json::from_slice(&bytes).map_err(|source| FilesError::Manifest { path, source })?;
        manifest.files.iter().try_for_each(|path| check_site_path(path))?;
        Ok(manifest)
    }

    fn write_unless(&self, standing: &Self, lock: &FolderLock, dir: &Path) -> Result<(), FilesError> {
        if self.files == standing.files {
            return Ok(());
        }
        let path = dir.join(MANIFEST);
        let text =
            serde_json::to_vec_pretty(self).map_err(|source| FilesError::Manifest { path: path.clone(), source })?;
        lock.write(dir, &path, &text)
    }
}

/// Whether a file is there as it is to be. An error where it cannot or must not be put there.
fn stands(dir: &Path, file: &SiteFile, ours: &Manifest) -> Result<bool, FilesError> {
    let target = dir.join(&file.path);
    if !is_reached_by_folders(dir, &file.path, ours)? {
        return Ok(false);
    }
    let Some(metadata) = look(&target)? else { return Ok(false) };
    let is_same = metadata.is_file()
        && usize::try_from(metadata.len()) == Ok(file.content.len())
        && std::fs::read(&target).map_err(FilesError::io("read", &target))? == file.content;
    // A folder in which everything is ours goes when what is in it goes.
    let is_ours = ours.files.contains(&file.path) || (metadata.is_dir() && is_folder_of(ours, &file.path));
    if is_same || is_ours { Ok(is_same) } else { Err(FilesError::NotOurs { path: target }) }
}

/// Whether all folders of a path are there. An error where one is a link, or somebody's file.
fn is_reached_by_folders(dir: &Path, path: &str, ours: &Manifest) -> Result<bool, FilesError> {
    for (at, _) in path.match_indices('/') {
        let Some(folder) = path.get(..at) else { continue };
        let Some(metadata) = look(&dir.join(folder))? else { return Ok(false) };
        if metadata.is_symlink() {
            return Err(FilesError::Path { path: path.to_owned(), what: "a symbolic link is on the way" });
        }
        if !metadata.is_dir() {
            if ours.files.contains(folder) {
                return Ok(false);
            }
            return Err(FilesError::NotOurs { path: dir.join(folder) });
        }
    }
    Ok(true)
}

fn is_folder_of(ours: &Manifest, folder: &str) -> bool {
    ours.files.iter().any(|path| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
}

/// Removes a file of ours and the folders that are empty without it. `false` when it was not there.
fn remove(dir: &Path, path: &str) -> Result<bool, FilesError> {
    match is_reached_by_folders(dir, path, &Manifest::default()) {
        Ok(true) => {}
        Err(error @ FilesError::Io { .. }) => return Err(error),
        // What is behind somebody's link or file is not what we published.
        Ok(false) | Err(_) => return Ok(false),
    }
    let target = dir.join(path);
    match look(&target)? {
        Some(metadata) if !metadata.is_dir() => {
            std::fs::remove_file(&target).map_err(FilesError::io("remove", &target))?;
        }
        _ => return Ok(false),
    }
    let folders = target.ancestors().skip(1).take_while(|folder| *folder != dir);
    for folder in folders {
        if std::fs::remove_dir(folder).is_err() {
            break;
        }
    }
    Ok(true)
}

fn look(path: &Path) -> Result<Option<Metadata>, FilesError> {
    match std::fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FilesError::io("read", path)(error)),
    }
}
