use lamplighter_core::cluster::{
    DaemonSet, Deployment, Endpoints, Event, Job, Meta, Node, Observed, PersistentVolumeClaim, Pod, ReplicaSet,
    Service, StatefulSet,
};
use lamplighter_core::ports::Scope;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::SnapshotError;
use crate::folder::{Folder, without_byte_order_mark};

/// The files that make a folder a namespace of a dump.
pub(crate) const NAMESPACED_FILES: [&str; 10] = [
    Pod::FILE,
    Event::FILE,
    Service::FILE,
    Endpoints::FILE,
    Deployment::FILE,
    ReplicaSet::FILE,
    StatefulSet::FILE,
    DaemonSet::FILE,
    Job::FILE,
    PersistentVolumeClaim::FILE,
];

/// A kind of object that a dump holds.
pub(crate) trait Recorded: DeserializeOwned {
    /// Its kind in the API.
    const KIND: &'static str;
    /// The name of its file, in each namespace's folder or, for nodes, in the dump's.
    const FILE: &'static str;
    /// Its metadata.
    fn meta_mut(&mut self) -> &mut Meta;
}

macro_rules! recorded {
    ($($kind:ident in $file:literal,)*) => {$(
        impl Recorded for $kind {
            const KIND: &'static str = stringify!($kind);
            const FILE: &'static str = $file;

            fn meta_mut(&mut self) -> &mut Meta {
                &mut self.metadata
            }
        }
    )*};
}

recorded! {
    Node in "nodes.json",
    Namespace in "namespaces.json",
    Pod in "pods.json",
    Event in "events.json",
    Service in "services.json",
    Endpoints in "endpoints.json",
    Deployment in "deployments.json",
    ReplicaSet in "replicasets.json",
    StatefulSet in "statefulsets.json",
    DaemonSet in "daemonsets.json",
    Job in "jobs.json",
    PersistentVolumeClaim in "persistentvolumeclaims.json",
}

/// `corev1.Namespace`: which ones the cluster had.
#[derive(Deserialize)]
struct Namespace {
    metadata: Meta,
}

/// The names of all namespaces of the cluster, where they were recorded.
pub(crate) fn namespaces(folder: &Folder) -> Option<Vec<String>> {
    let namespaces: Vec<Namespace> = list(folder, Namespace::FILE).ok()?;
    Some(namespaces.into_iter().map(|namespace| namespace.metadata.name).collect())
}

/// The nodes.
pub(crate) fn nodes(folder: &Folder) -> Observed<Vec<Node>> {
    observed(list(folder, Node::FILE))
}

/// The objects of a kind in every namespace of the scope.
///
/// Of a namespace that the scope names the kind has to be recorded, unless the cluster had no such namespace.
/// Where it names none, the namespaces in which the kind has been recorded count, and there has to be one.
pub(crate) fn in_scope<T: Recorded>(folder: &Folder, scope: &Scope) -> Observed<Vec<T>> {
    let named = !scope.namespaces.is_empty();
    let namespaces = if named { &scope.namespaces } else { folder.namespaces() };
    let mut objects = None;
    for namespace in namespaces {
        match in_namespace::<T>(folder, namespace) {
            Ok(found) => objects.get_or_insert_with(Vec::new).extend(found),
            Err(SnapshotError::Absent { .. }) if !named => {
                tracing::debug!(%namespace, file = T::FILE, "not recorded in this namespace");
            }
            Err(error) => return Observed::Unknown(error.to_string()),
        }
    }
    observed(objects.ok_or_else(|| SnapshotError::absent(format!("{} in any namespace", T::FILE))))
}

/// The objects of a kind in one namespace.
pub(crate) fn in_namespace<T: Recorded>(folder: &Folder, namespace: &str) -> Result<Vec<T>, SnapshotError> {
    if folder.is_without(namespace) {
        return Ok(Vec::new());
    }
    let mut objects: Vec<T> = list(folder, &format!("{namespace}/{}", T::FILE))?;
    for meta in objects.iter_mut().map(Recorded::meta_mut) {
        meta.namespace.get_or_insert_with(|| namespace.to_owned());
    }
    Ok(objects)
}

fn observed<T>(outcome: Result<Vec<T>, SnapshotError>) -> Observed<Vec<T>> {
    match outcome {
        Ok(objects) => Observed::Seen(objects),
        Err(error) => Observed::Unknown(error.to_string()),
    }
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
