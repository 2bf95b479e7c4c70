use lamplighter_core::diagnosis::LogGroup;
use serde::Deserialize;

use crate::SnapshotError;
use crate::folder::Folder;

/// `log-patterns.json`: the error lines of each service, grouped and counted.
#[derive(Deserialize)]
struct Recorded {
    #[serde(default)]
    items: Vec<RecordedService>,
}

#[derive(Deserialize)]
struct RecordedService {
    #[serde(default)]
    namespace: String,
    service: String,
    #[serde(default)]
    patterns: Vec<RecordedGroup>,
}

#[derive(Deserialize)]
struct RecordedGroup {
    count: u64,
    sample: String,
}

/// The groups in the order of the recording; none where nothing was recorded.
pub(crate) fn groups(folder: &Folder) -> Result<Vec<LogGroup>, SnapshotError> {
    let recorded: Recorded = match folder.json("log-patterns.json") {
        Err(SnapshotError::Absent { .. }) => return Ok(Vec::new()),
        recorded => recorded?,
    };
    let services = recorded.items.into_iter().flat_map(|RecordedService { namespace, service, patterns }| {
        patterns.into_iter().map(move |RecordedGroup { count, sample }| LogGroup {
            namespace: namespace.clone(),
            service: service.clone(),
            count,
            sample,
        })
    });
    Ok(services.collect())
}
