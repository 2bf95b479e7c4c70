//! The recorded incidents beside the repository. They are not a part of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lamplighter::adapters::Snapshot;
use lamplighter::core::diagnosis::{Diagnosis, DiagnosisRequest, RootCause};
use lamplighter::{Diagnostics, Options, Sources, standalone};
use serde_json::Value;

/// One recorded incident and what was wrong.
pub(crate) struct Incident {
    pub(crate) id: String,
    pub(crate) folder: PathBuf,
    pub(crate) truth: Value,
}

impl Incident {
    /// Whether a cause is the true one: its family, its object and its code.
    pub(crate) fn is_named_by(&self, cause: &RootCause) -> bool {
        let text = |key: &str| self.truth.get(key).and_then(Value::as_str).unwrap_or_default();
        let taxonomy = serde_json::to_value(cause.taxonomy).unwrap();
        taxonomy.as_str() == Some(text("fault_taxonomy"))
            && cause.culprit.to_string() == text("fault_object")
            && cause.cause.code() == text("root_cause")
    }
}

/// All of them; none where they are not there, which is said.
pub(crate) fn incidents() -> Vec<Incident> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/bench/cloudops");
    let Ok(truths) = fs::read_dir(root.join("truth")) else {
        eprintln!("skipped: there are no recorded incidents beside the repository (../shared/bench/cloudops)");
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = truths.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let incident = |path: PathBuf| {
        let id = path.file_stem().unwrap().to_string_lossy().into_owned();
        let truth = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        Incident { folder: root.join("snapshots").join(&id), id, truth }
    };
    paths.into_iter().map(incident).collect()
}

/// The diagnosis of a dump, as `lamplighter diagnose` makes it.
pub(crate) async fn diagnose(folder: &Path) -> Diagnosis {
    let snapshot = Arc::new(Snapshot::open(folder).unwrap());
    let sources = Sources::new(snapshot.clone())
        .with_logs(snapshot.clone())
        .with_metrics(snapshot.clone())
        .with_monitors(snapshot.clone())
        .with_topology(snapshot.clone())
        .with_units(snapshot.clone())
        .with_manifests(snapshot);
    let diagnostics = Diagnostics::new(sources, &Options::default());
    diagnostics.diagnose(&standalone("diagnose"), DiagnosisRequest::default()).await.unwrap()
}
