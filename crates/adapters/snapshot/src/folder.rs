use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::SnapshotError;
use crate::kinds::{cluster_wide_files, namespaced_files};
use crate::objects::namespaces;

/// The folder of a dump: reads files by their names relative to it, and nothing outside of it.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    namespaces: Vec<String>,
    all_namespaces: Option<Vec<String>>,
}

/// A file that can be read.
#[derive(Debug)]
pub(crate) struct Found {
    path: PathBuf,
    /// How many bytes it has.
    pub(crate) size: u64,
}

impl Folder {
    pub(crate) fn open(dir: &Path) -> Result<Self, SnapshotError> {
        let failed = |source| SnapshotError::Folder { path: dir.to_owned(), source };
        let root = fs::canonicalize(dir).map_err(failed)?;
        if !root.is_dir() {
            return Err(SnapshotError::NotADump(dir.to_owned()));
        }
        let mut folder = Self { root, namespaces: Vec::new(), all_namespaces: None };
        for entry in fs::read_dir(&folder.root).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            folder.namespaces.extend(folder.namespace(&entry));
        }
        folder.namespaces.sort();
        let mut of_dump = cluster_wide_files().chain(["snapshot.json"]);
        if folder.namespaces.is_empty() && !of_dump.any(|file| folder.root.join(file).is_file()) {
            return Err(SnapshotError::NotADump(dir.to_owned()));
        }
        folder.all_namespaces = namespaces(&folder);
        Ok(folder)
    }

    /// The folder's own name.
    pub(crate) fn name(&self) -> String {
        self.root.file_name().unwrap_or(self.root.as_os_str()).to_string_lossy().into_owned()
    }

    /// The namespaces of which something has been recorded, sorted.
    pub(crate) fn namespaces(&self) -> &[String] {
        &self.namespaces
    }

    /// Whether the cluster had no such namespace. One that was merely not recorded it may have had.
    pub(crate) fn is_without(&self, namespace: &str) -> bool {
        let is = |name: &String| name == namespace;
        let recorded = self.namespaces.iter().any(is);
        !is_name(namespace) || (!recorded && self.all_namespaces.as_ref().is_some_and(|all| !all.iter().any(is)))
    }

    /// Whether it is still there.
    pub(crate) fn check(&self) -> Result<(), SnapshotError> {
        match fs::metadata(&self.root) {
            Ok(_) => Ok(()),
            Err(source) => Err(SnapshotError::Folder { path: self.root.clone(), source }),
        }
    }

    /// When the newest file of the dump was written.
    pub(crate) fn newest_file(&self) -> Timestamp {
        let in_namespaces = self.namespaces.iter().flat_map(|namespace| {
            let file = move |file| format!("{namespace}/{file}");
            namespaced_files().map(file)
        });
        let modified = |file: String| fs::metadata(self.root.join(file)).and_then(|meta| meta.modified()).ok();
        let times = in_namespaces.chain(cluster_wide_files().map(str::to_owned)).filter_map(modified);
        times.max().and_then(|time| Timestamp::try_from(time).ok()).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Where a file is, if it is one and within the folder.
    pub(crate) fn find(&self, file: &str) -> Result<Found, SnapshotError> {
        let unreadable = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => SnapshotError::absent(file),
            _ => SnapshotError::Unreadable { file: file.to_owned(), source },
        };
        let refused = |why| SnapshotError::Refused { file: file.to_owned(), why };
        let mut path = self.root.join(file);
        let mut meta = fs::symlink_metadata(&path).map_err(unreadable)?;
        if meta.is_symlink() || self.passes_a_link(&path) {
            path = fs::canonicalize(&path).map_err(unreadable)?;
            if !path.starts_with(&self.root) {
                return Err(refused("a link that leaves the folder"));
            }
            meta = fs::metadata(&path).map_err(unreadable)?;
        }
        // A named pipe would never end.
        if !meta.is_file() {
            return Err(refused("not a regular file"));
        }
        Ok(Found { path, size: meta.len() })
    }

    /// The bytes of a file.
    pub(crate) fn bytes(&self, file: &str) -> Result<Vec<u8>, SnapshotError> {
        let found = self.find(file)?;
        fs::read(&found.path).map_err(|source| SnapshotError::Unreadable { file: file.to_owned(), source })
    }

    /// The names of what a folder of the dump holds, sorted; links are left out.
    pub(crate) fn names(&self, folder: &str) -> Result<Vec<String>, SnapshotError> {
        let path = self.root.join(folder);
        if !fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_dir()) || self.passes_a_link(&path) {
            return Err(SnapshotError::absent(folder));
        }
        let unreadable = |source| SnapshotError::Unreadable { file: folder.to_owned(), source };
        let mut names = Vec::new();
        for entry in fs::read_dir(path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            names.extend(entry.file_name().into_string().ok().filter(|_| !link));
        }
        names.sort();
        Ok(names)
    }

    /// Whether a folder on the way to a path is not simply a folder.
    fn passes_a_link(&self, path: &Path) -> bool {
        let between = path.ancestors().skip(1).take_while(|ancestor| *ancestor != self.root);
        let mut folders = between.map(fs::symlink_metadata);
        folders.any(|meta| !meta.is_ok_and(|meta| meta.is_dir()))
    }

    /// A file read as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self, file: &str) -> Result<T, SnapshotError> {
        let bytes = self.bytes(file)?;
        serde_json::from_slice(without_byte_order_mark(&bytes))
            .map_err(|source| SnapshotError::Malformed { file: file.to_owned(), source })
    }

    fn namespace(&self, entry: &DirEntry) -> Option<String> {
        let name = entry.file_name().into_string().ok().filter(|name| is_name(name))?;
        let path = fs::canonicalize(entry.path()).ok().filter(|path| path.starts_with(&self.root))?;
        let recorded = namespaced_files().any(|file| path.join(file).is_file());
        recorded.then_some(name)
    }
}

/// Whether this can be the name of a Kubernetes object, and so of a file that is looked for: a DNS
/// subdomain (Kubernetes docs, "Object Names and IDs"). `..` and `a/b` are none.
pub(crate) fn is_name(name: &str) -> bool {
    let is_label = |label: &str| {
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && label.chars().all(inner)
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

/// Editors and shells of one operating system put a mark in front, which JSON does not know.
pub(crate) fn without_byte_order_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}
