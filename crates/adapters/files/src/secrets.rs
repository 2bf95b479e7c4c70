use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use lamplighter_core::Result;
use lamplighter_core::ports::{SecretPath, Secrets};
use secrecy::SecretString;

use crate::FilesError;
use crate::disk::blocking;

/// How much of a file is read, in bytes. Kubernetes keeps no secret of more than a mebibyte.
const LIMIT: u64 = 1 << 20;

/// Secrets that are files, as Kubernetes mounts them: a folder for each secret, and in it a file for each field.
///
/// The file is read at each call, so that a secret that is replaced is found. One line end at its end is not part of the
/// value: people and `echo` write one. Links are followed as long as they stay below the folder, which those of a mounted
/// secret do.
///
/// ```
/// use lamplighter_core::ports::{SecretPath, Secrets};
/// use lamplighter_files::FileSecrets;
/// use secrecy::ExposeSecret;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> lamplighter_core::Result<()> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// std::fs::create_dir(folder.path().join("wiki")).expect("a folder");
/// std::fs::write(folder.path().join("wiki/password"), "tr0ub4dor\n").expect("written by hand");
///
/// let secrets = FileSecrets::new(folder.path());
/// let path = SecretPath { path: "wiki".to_owned(), field: "password".to_owned() };
/// assert_eq!(secrets.get(&path).await?.expose_secret(), "tr0ub4dor");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct FileSecrets {
    folder: PathBuf,
}

impl FileSecrets {
    /// The secrets below a folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }
}

#[async_trait]
impl Secrets for FileSecrets {
    async fn get(&self, path: &SecretPath) -> Result<SecretString> {
        let (folder, path) = (self.folder.clone(), path.clone());
        Ok(blocking(move || read(&folder, &path)).await?)
    }
}

fn read(folder: &Path, path: &SecretPath) -> Result<SecretString, FilesError> {
    let absent = |what: &'static str| FilesError::NoSecret { path: path.clone(), what };
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => absent("there is no such file"),
        _ => FilesError::io("read the secret in", folder)(error),
    };
    let segments = || path.path.split('/').chain([path.field.as_str()]);
    if !segments().all(is_name) || path.field.contains('/') {
        return Err(absent("it is no path below the folder"));
    }
    let root = folder.canonicalize().map_err(FilesError::io("read the secrets in", folder))?;
    let file = segments().fold(root.clone(), |file, segment| file.join(segment));
    let file = file.canonicalize().map_err(unreadable)?;
    if !file.starts_with(&root) {
        return Err(absent("it leads out of the folder"));
    }
    // Whatever else can be opened might be waited for without end.
    if !file.metadata().map_err(unreadable)?.is_file() {
        return Err(absent("it is no file"));
    }
    let mut bytes = Vec::new();
    let read = File::open(&file).and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes));
    read.map_err(unreadable)?;
    if bytes.len() as u64 > LIMIT {
        return Err(FilesError::UnusableSecret { path: path.clone(), what: "larger than a mebibyte" });
    }
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| FilesError::UnusableSecret { path: path.clone(), what: "no text in UTF-8" })?;
    let line = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    Ok(line.into())
}

/// Whether a part of a path is the name of something in the folder before it.
fn is_name(segment: &str) -> bool {
    !matches!(segment, "" | "." | "..") && !segment.contains(['\\', '\0'])
}
