use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lamplighter_core::Result;
use lamplighter_core::diagnosis::{Call, LogBook, Scene, Signal};
use lamplighter_core::ports::{Scope, Series};
use lamplighter_snapshot::{ContainerLog, SnapshotRecorder};

/// Records a scene as a folder that [`Snapshot`](lamplighter_snapshot::Snapshot) reads: the cluster as it was read for
/// this scope, and the metrics, alerts, monitors, logs and calls of the scene. Blocks while it writes.
///
/// Values of secrets are never written; what looks like one elsewhere is taken out. What could not be read is not
/// written, and is unknown to whoever reads the recording.
///
/// # Errors
/// [`InvalidInput`](lamplighter_core::ErrorKind::InvalidInput) when `dir` holds something already, and when it cannot be
/// written. Nothing is left behind then.
pub fn record(scene: &Scene, scope: &Scope, dir: &Path) -> Result<PathBuf> {
    let mut recorder = SnapshotRecorder::create(dir)?;
    recorder.state(scene.state(), scope)?;
    if scene.signals.seen().is_some() {
        recorder.series(&series(scene))?;
    }
    if let Some(alerts) = scene.alerts.seen() {
        recorder.alerts(alerts)?;
    }
    if let Some(monitors) = scene.monitors.seen() {
        recorder.monitors(monitors)?;
    }
    if !scene.calls.is_empty() {
        let call = |(from, to): (&str, &str)| Call { from: from.to_owned(), to: to.to_owned() };
        recorder.calls(&scene.calls.iter().map(call).collect::<Vec<_>>())?;
    }
    if let Some(units) = scene.units.seen() {
        recorder.units(units)?;
    }
    if let Some(manifests) = scene.manifests.seen() {
        recorder.manifests(manifests)?;
    }
    for ((namespace, pod, previous), logs) in logs(scene) {
        recorder.logs(namespace, pod, previous, &logs)?;
    }
    Ok(recorder.finish()?)
}

/// Every series under the name by which a snapshot is asked for its signal.
fn series(scene: &Scene) -> Vec<Series> {
    let of_signal = |signal: Signal| {
        let name = signal.queries().first().copied().unwrap_or_default();
        scene.signals.seen().into_iter().flat_map(move |signals| signals.of(signal)).map(move |series| {
            let mut labels = series.labels.clone();
            labels.insert("__name__".to_owned(), name.to_owned());
            Series { labels, samples: series.samples.clone() }
        })
    };
    Signal::ALL.into_iter().flat_map(of_signal).collect()
}

type LogsByPod<'a> = BTreeMap<(&'a str, &'a str, bool), Vec<ContainerLog>>;

fn logs(scene: &Scene) -> LogsByPod<'_> {
    let mut logs = LogsByPod::new();
    for stream in scene.logs.seen().into_iter().flat_map(LogBook::streams) {
        let of = (stream.namespace.as_str(), stream.pod.as_str(), stream.previous);
        let log = ContainerLog { container: stream.container.clone(), lines: stream.lines.clone() };
        logs.entry(of).or_default().push(log);
    }
    logs
}
