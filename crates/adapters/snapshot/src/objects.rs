use lamplighter_core::cluster::{Namespace, Observed};
use lamplighter_core::ports::Scope;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::SnapshotError;
use crate::folder::{Folder, without_byte_order_mark};
use crate::kinds::Recorded;

/// The names of all namespaces of the cluster, where they were recorded.
pub(crate) fn namespaces(folder: &Folder) -> Option<Vec<String>> {
    let namespaces: Vec<Namespace> = list(folder, Namespace::FILE).ok()?;
    Some(namespaces.into_iter().map(|namespace| namespace.metadata.name).collect())
}

/// The objects of a kind in a scope, to be read file by file.
///
/// Of a namespace that the scope names the kind has to be recorded, unless the cluster had no such namespace.
/// Where it names none, the namespaces in which the kind has been recorded count, and there has to be one.
#[derive(Debug)]
pub(crate) struct Pieces<'a, T> {
    folder: &'a Folder,
    named: bool,
    files: Vec<Piece<'a, T>>,
}

/// What one file holds, or is yet to be read for.
#[derive(Debug)]
struct Piece<'a, T> {
    namespace: Option<&'a str>,
    objects: Option<Result<Vec<T>, SnapshotError>>,
}

/// Reading one file.
pub(crate) struct Reading<'a> {
    /// How many bytes it has.
    pub(crate) size: u64,
    /// Reads it.
    pub(crate) read: Box<dyn FnOnce() + Send + 'a>,
}

impl<'a, T: Recorded> Pieces<'a, T> {
    pub(crate) fn new(folder: &'a Folder, scope: &'a Scope) -> Self {
        let named = !scope.namespaces.is_empty();
        let namespaces: Vec<_> = match (T::CLUSTER_WIDE, named) {
            (true, _) => vec![None],
            (false, true) => scope.namespaces.iter().map(|namespace| Some(namespace.as_str())).collect(),
            (false, false) => folder.namespaces().iter().map(|namespace| Some(namespace.as_str())).collect(),
        };
        let files = namespaces.into_iter().map(|namespace| Piece { namespace, objects: None }).collect();
        Self { folder, named, files }
    }

    /// What is to be read, one by one and in any order. A file that is not there needs no reading.
    pub(crate) fn readings(&mut self) -> impl Iterator<Item = Reading<'_>> {
        let folder = self.folder;
        self.files.iter_mut().filter_map(move |Piece { namespace, objects }| {
            let namespace = *namespace;
            if namespace.is_some_and(|namespace| folder.is_without(namespace)) {
                *objects = Some(Ok(Vec::new()));
                return None;
            }
            let file = namespace.map_or_else(|| T::FILE.to_owned(), |namespace| format!("{namespace}/{}", T::FILE));
            match folder.find(&file) {
                Ok(found) => {
                    let read = move || *objects = Some(read(folder, &file, namespace));
                    Some(Reading { size: found.size, read: Box::new(read) })
                }
                Err(error) => {
                    *objects = Some(Err(error));
                    None
                }
            }
        })
    }

    /// All of it, once it is read.
    pub(crate) fn joined(self) -> Observed<Vec<T>> {
        let mut joined: Option<Vec<T>> = None;
        for Piece { namespace, objects } in self.files {
            let absent = || SnapshotError::absent(T::FILE);
            match objects.unwrap_or_else(|| Err(absent())) {
                Ok(found) => match &mut joined {
                    Some(objects) => objects.extend(found),
                    None => joined = Some(found),
                },
                Err(SnapshotError::Absent { .. }) if namespace.is_some() && !self.named => {
                    tracing::debug!(namespace, file = T::FILE, "not recorded in this namespace");
                }
                Err(error @ SnapshotError::Absent { .. }) => return Observed::Absent(error.to_string()),
                Err(error) => return Observed::Unknown(error.to_string()),
            }
        }
        match joined {
            Some(objects) => Observed::Seen(objects),
            None => Observed::Absent(SnapshotError::absent(format!("{} in any namespace", T::FILE)).to_string()),
        }
    }
}

/// The objects of a kind in one namespace.
pub(crate) fn in_namespace<T: Recorded>(folder: &Folder, namespace: &str) -> Result<Vec<T>, SnapshotError> {
    if folder.is_without(namespace) {
        return Ok(Vec::new());
    }
    read(folder, &format!("{namespace}/{}", T::FILE), Some(namespace))
}

/// An object that does not say so is in the namespace that its file belongs to.
fn read<T: Recorded>(folder: &Folder, file: &str, namespace: Option<&str>) -> Result<Vec<T>, SnapshotError> {
    let mut objects: Vec<T> = list(folder, file)?;
    if let Some(namespace) = namespace {
        for meta in objects.iter_mut().map(Recorded::meta_mut) {
            meta.namespace.get_or_insert_with(|| namespace.to_owned());
        }
    }
    Ok(objects)
}

fn list<T: Recorded>(folder: &Folder, file: &str) -> Result<Vec<T>, SnapshotError> {
    let bytes = folder.bytes(file)?;
    parse(file, without_byte_order_mark(&bytes))
}

/// Reads `PodList`, `List`, a list without a kind, a bare array and a single object.
fn parse<T: Recorded>(file: &str, bytes: &[u8]) -> Result<Vec<T>, SnapshotError> {
    #[derive(Deserialize)]
    #[serde(bound = "T: DeserializeOwned")]
    struct Document<T> {
        kind: Option<String>,
        items: Option<Vec<T>>,
        message: Option<String>,
    }

    let malformed = |source| SnapshotError::Malformed { file: file.to_owned(), source };
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'[') {
        return serde_json::from_slice(bytes).map_err(malformed);
    }
    let document: Document<T> = serde_json::from_slice(bytes).map_err(malformed)?;
    let kind = document.kind.unwrap_or_default();
    let is_list = kind == "List" || kind.strip_suffix("List") == Some(T::KIND);
    match document.items {
        Some(items) if is_list || kind.is_empty() => Ok(items),
        None if is_list => Ok(Vec::new()),
        None if kind == T::KIND => Ok(vec![serde_json::from_slice(bytes).map_err(malformed)?]),
        None if kind == "Status" => Err(SnapshotError::RefusedByServer {
            file: file.to_owned(),
            message: document.message.unwrap_or_else(|| "no reason given".to_owned()),
        }),
        _ => Err(SnapshotError::Mismatch {
            file: file.to_owned(),
            expected: T::KIND,
            found: if kind.is_empty() { "no list".to_owned() } else { format!("kind {kind}") },
        }),
    }
}
