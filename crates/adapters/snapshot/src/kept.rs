use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use lamplighter_core::cluster::Pod;
use lamplighter_core::ports::Alert;

use crate::SnapshotError;
use crate::folder::Folder;
use crate::metrics::{Recording, recorded_alerts};
use crate::objects::in_namespace;

/// What is asked for many times in one diagnosis and parsed once.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    recording: OnceLock<Recording>,
    alerts: OnceLock<Vec<Alert>>,
    /// By namespace and pod.
    default_containers: Mutex<HashMap<String, HashMap<String, String>>>,
}

impl Kept {
    pub(crate) fn recording(&self, folder: &Folder) -> Result<&Recording, SnapshotError> {
        once(&self.recording, || folder.json("metrics.json"))
    }

    pub(crate) fn alerts(&self, folder: &Folder, taken_at: jiff::Timestamp) -> Result<&[Alert], SnapshotError> {
        once(&self.alerts, || recorded_alerts(folder, taken_at)).map(Vec::as_slice)
    }

    /// See [`Pod::default_container`]. None where the pods do not read.
    pub(crate) fn default_container(&self, folder: &Folder, namespace: &str, pod: &str) -> Option<String> {
        let mut known = self.default_containers.lock().unwrap_or_else(PoisonError::into_inner);
        let containers = known.entry(namespace.to_owned()).or_insert_with(|| {
            let pods: Vec<Pod> = in_namespace(folder, namespace).unwrap_or_default();
            let named = |pod: &Pod| Some((pod.metadata.name.clone(), pod.default_container()?.to_owned()));
            pods.iter().filter_map(named).collect()
        });
        containers.get(pod).cloned()
    }
}

/// A failure is not kept: the next to ask may do better.
fn once<T>(kept: &OnceLock<T>, read: impl FnOnce() -> Result<T, SnapshotError>) -> Result<&T, SnapshotError> {
    if let Some(value) = kept.get() {
        return Ok(value);
    }
    let value = read()?;
    Ok(kept.get_or_init(|| value))
}
