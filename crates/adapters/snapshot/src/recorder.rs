use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use lamplighter_core::cluster::{ClusterState, Observed};
use lamplighter_core::diagnosis::{Call, LogGroup, UnitStatus};
use lamplighter_core::ports::{Alert, MonitorStatus, Scope, Series};
use lamplighter_core::redact;
use serde::Serialize;
use serde_json::{Value, json};

use crate::SnapshotError;
use crate::folder::is_name;
use crate::kinds::{Recorded, every_kind};
use crate::scrub::scrub;

/// The namespace that every cluster has.
const DEFAULT_NAMESPACE: &str = "default";

/// Writes a snapshot that [`Snapshot`](crate::Snapshot) reads.
///
/// Everything is written into a folder beside the wanted one, which takes its name at the end: a recording that breaks
/// off leaves nothing. Files and folders are for their owner alone. What looks like a secret is taken out by
/// [`redact`](lamplighter_core::redact) and by the names of keys, and no value of a secret is written at all. All
/// methods block.
///
/// ```
/// use lamplighter_core::cluster::ClusterState;
/// use lamplighter_core::ports::{ClusterReader, Scope};
/// use lamplighter_core::words::Source;
/// use lamplighter_snapshot::{Snapshot, SnapshotRecorder};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let dir = tempfile::tempdir()?;
/// # let dir = dir.path().join("snapshot");
/// let state = ClusterState::unread(jiff::Timestamp::UNIX_EPOCH, Source::new("example")).all_seen();
///
/// let mut recorder = SnapshotRecorder::create(&dir)?;
/// recorder.state(&state, &Scope::everything())?;
/// recorder.finish()?;
///
/// let read = Snapshot::open(&dir)?.state(&Scope::everything()).await?;
/// assert_eq!(read.pods, state.pods);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct SnapshotRecorder {
    target: PathBuf,
    /// Where it is written meanwhile; nowhere any more once it is finished.
    work: Option<PathBuf>,
}

/// What one container has written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerLog {
    /// The container's name.
    pub container: String,
    /// Its lines, oldest first.
    pub lines: Vec<String>,
}

impl SnapshotRecorder {
    /// Begins a recording that is to be at `dir`.
    ///
    /// # Errors
    /// [`SnapshotError::Occupied`] when `dir` is there and holds something or is no folder, and
    /// [`SnapshotError::Folder`] when nothing can be written beside it.
    pub fn create(dir: impl AsRef<Path>) -> Result<Self, SnapshotError> {
        let target = dir.as_ref().to_owned();
        let is_free = match fs::read_dir(&target) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) => error.kind() == io::ErrorKind::NotFound && !target.is_symlink(),
        };
        if !is_free {
            return Err(SnapshotError::Occupied(target));
        }
        let name = target.file_name().ok_or_else(|| SnapshotError::Occupied(target.clone()))?.to_string_lossy();
        let work = target.with_file_name(format!(".{name}.recording-{}", std::process::id()));
        private_folder(&work).map_err(|source| SnapshotError::Folder { path: work.clone(), source })?;
        Ok(Self { target, work: Some(work) })
    }

    /// Records the cluster as it was read for this scope. A kind that is unknown is not written, so that it will be
    /// unknown to whoever reads the snapshot. Objects are written in the order of their namespaces.
    ///
    /// # Errors
    /// When a file cannot be written, and [`SnapshotError::Name`] for a namespace that is none.
    pub fn state(&mut self, state: &ClusterState, scope: &Scope) -> Result<(), SnapshotError> {
        let recording = json!({
            "collected_at": state.taken_at,
            "source": redact(state.source.as_str()),
            "recorder": concat!("lamplighter ", env!("CARGO_PKG_VERSION")),
        });
        self.json("snapshot.json", &recording)?;
        let namespaces = namespaces(state, scope);
        macro_rules! write_each {
            ($($field:ident: $kind:ident of $version:literal in $file:literal per $place:ident,)*) => {
                $(self.kind(&state.$field, &namespaces)?;)*
            };
        }
        every_kind!(write_each);
        Ok(())
    }

    /// Records the logs of a pod's containers; `previous` for the instances before the last restart.
    ///
    /// # Errors
    /// When the file cannot be written, and [`SnapshotError::Name`] for a name that is none.
    pub fn logs(
        &mut self,
        namespace: &str,
        pod: &str,
        previous: bool,
        logs: &[ContainerLog],
    ) -> Result<(), SnapshotError> {
        let name = if previous { "logs-previous.txt" } else { "logs.txt" };
        let mut text = String::new();
        for ContainerLog { container, lines } in logs {
            let of = format!("logs for container {} of pod {namespace}/{pod} ====", checked(container)?);
            let (start, end) = (format!("==== START {of}\n"), format!("==== END {of}"));
            text.push_str(&start);
            for line in lines {
                let line = one_line(&redact(line));
                // A line that quotes the end is none.
                let quotes = if line.ends_with(&end) { " " } else { "" };
                text.extend([line.as_str(), quotes, "\n"]);
            }
            text.extend([end.as_str(), "\n"]);
        }
        self.write(&format!("{}/{}/{name}", checked(namespace)?, checked(pod)?), text.as_bytes())
    }

    /// Records series, as the answer to a range query. Times are kept to the millisecond.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn series(&mut self, series: &[Series]) -> Result<(), SnapshotError> {
        let result: Vec<Value> = series
            .iter()
            .map(|series| {
                let sample = |sample: &lamplighter_core::ports::Sample| {
                    #[expect(clippy::cast_precision_loss, reason = "milliseconds of our time fit into 53 bits")]
                    let seconds = sample.at.as_millisecond() as f64 / 1000.0;
                    json!([seconds, sample.value.to_string()])
                };
                json!({ "metric": series.labels, "values": series.samples.iter().map(sample).collect::<Vec<_>>() })
            })
            .collect();
        let answer = json!({ "status": "success", "data": { "resultType": "matrix", "result": result } });
        self.json("metrics.json", &answer)
    }

    /// Records the alerts that fire.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn alerts(&mut self, alerts: &[Alert]) -> Result<(), SnapshotError> {
        let alert = |alert: &Alert| {
            let safe = |texts: &BTreeMap<String, String>| -> BTreeMap<String, String> {
                texts.iter().map(|(name, text)| (name.clone(), redact(text))).collect()
            };
            let (labels, annotations) = (safe(&alert.labels), safe(&alert.annotations));
            let status = json!({ "state": "active" });
            json!({ "labels": labels, "annotations": annotations, "startsAt": alert.since, "status": status })
        };
        self.json("alerts.json", &alerts.iter().map(alert).collect::<Vec<_>>())
    }

    /// Records what monitors say.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn monitors(&mut self, monitors: &[MonitorStatus]) -> Result<(), SnapshotError> {
        let safe = |monitor: &MonitorStatus| MonitorStatus { detail: redact(&monitor.detail), ..monitor.clone() };
        self.json("monitors.json", &monitors.iter().map(safe).collect::<Vec<_>>())
    }

    /// Records who calls whom.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn calls(&mut self, calls: &[Call]) -> Result<(), SnapshotError> {
        self.json("dependencies.json", &json!({ "edges": calls }))
    }

    /// Records counted log lines.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn groups(&mut self, groups: &[LogGroup]) -> Result<(), SnapshotError> {
        let item = |LogGroup { namespace, service, count, sample }: &LogGroup| {
            let pattern = json!({ "count": count, "sample": redact(sample) });
            json!({ "namespace": namespace, "service": service, "patterns": [pattern] })
        };
        self.json("log-patterns.json", &json!({ "items": groups.iter().map(item).collect::<Vec<_>>() }))
    }

    /// Records units of nodes, in the form that `systemctl status` prints.
    ///
    /// # Errors
    /// When a file cannot be written, and [`SnapshotError::Name`] for a name that is none.
    pub fn units(&mut self, units: &[UnitStatus]) -> Result<(), SnapshotError> {
        for unit in units {
            let name = checked_unit(&unit.unit)?;
            let mut text = format!("● {name}.service\n     {}\n\n", one_line(&redact(&unit.detail)));
            for line in &unit.lines {
                text.extend([one_line(&redact(line)).as_str(), "\n"]);
            }
            self.write(&format!("node-logs/{}/{name}.txt", checked(&unit.node)?), text.as_bytes())?;
        }
        Ok(())
    }

    /// Records the objects as they were applied, kinds of which some are known alone.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn manifests(&mut self, applied: &ClusterState) -> Result<(), SnapshotError> {
        let mut items = Vec::new();
        macro_rules! add_each {
            ($($field:ident: $kind:ident of $version:literal in $file:literal per $place:ident,)*) => {
                $(for object in applied.$field.items() {
                    let mut object = scrubbed("manifests.json", object)?;
                    if let Some(fields) = object.as_object_mut() {
                        fields.insert("apiVersion".to_owned(), $version.into());
                        fields.insert("kind".to_owned(), stringify!($kind).into());
                    }
                    items.push(object);
                })*
            };
        }
        every_kind!(add_each);
        self.json("manifests.json", &json!({ "kind": "List", "apiVersion": "v1", "items": items }))
    }

    /// Gives the folder its name, and says where it is.
    ///
    /// # Errors
    /// [`SnapshotError::Occupied`] when something else has come there meanwhile; nothing is left behind then.
    pub fn finish(mut self) -> Result<PathBuf, SnapshotError> {
        let target = self.target.clone();
        if let Some(work) = &self.work {
            // An empty folder gives way, anything else does not.
            match fs::remove_dir(&target) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(SnapshotError::Occupied(target)),
                _ => {}
            }
            fs::rename(work, &target).map_err(|source| SnapshotError::Folder { path: target.clone(), source })?;
        }
        self.work = None;
        Ok(target)
    }

    fn kind<T: Recorded + Serialize>(
        &self,
        objects: &Observed<Vec<T>>,
        namespaces: &BTreeSet<&str>,
    ) -> Result<(), SnapshotError> {
        let Some(objects) = objects.seen() else { return Ok(()) };
        let mut lists: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        if T::CLUSTER_WIDE {
            lists.insert("", Vec::new());
        } else {
            lists.extend(namespaces.iter().map(|namespace| (*namespace, Vec::new())));
        }
        for object in objects {
            let namespace = if T::CLUSTER_WIDE { "" } else { namespace_of(object.meta().namespace()) };
            lists.entry(namespace).or_default().push(scrubbed(T::FILE, object)?);
        }
        for (namespace, items) in lists {
            let file =
                if T::CLUSTER_WIDE { T::FILE.to_owned() } else { format!("{}/{}", checked(namespace)?, T::FILE) };
            let list = json!({
                "kind": format!("{}List", T::KIND),
                "apiVersion": T::VERSION,
                "metadata": {},
                "items": items,
            });
            self.json(&file, &list)?;
        }
        Ok(())
    }

    fn json(&self, file: &str, value: &impl Serialize) -> Result<(), SnapshotError> {
        let bytes = serde_json::to_vec(value).map_err(|error| unwritable(file, error.into()))?;
        self.write(file, &bytes)
    }

    fn write(&self, file: &str, bytes: &[u8]) -> Result<(), SnapshotError> {
        let Some(work) = &self.work else { return Ok(()) };
        let path = work.join(file);
        let folders = path.parent().map_or(Ok(()), private_folders);
        folders.and_then(|()| private_file(&path)?.write_all(bytes)).map_err(|source| unwritable(file, source))
    }
}

impl Drop for SnapshotRecorder {
    fn drop(&mut self) {
        if let Some(work) = self.work.take()
            && let Err(error) = fs::remove_dir_all(&work)
        {
            tracing::warn!(folder = %work.display(), %error, "an unfinished recording is left behind");
        }
    }
}

/// The namespaces of which there is something to be written.
fn namespaces<'a>(state: &'a ClusterState, scope: &'a Scope) -> BTreeSet<&'a str> {
    if !scope.namespaces.is_empty() {
        return scope.namespaces.iter().map(String::as_str).collect();
    }
    let mut found: BTreeSet<&str> = state.namespaces.items().iter().map(|it| it.metadata.name.as_str()).collect();
    macro_rules! add_each {
        ($($field:ident: $kind:ident of $version:literal in $file:literal per $place:ident,)*) => {
            $(if !lamplighter_core::cluster::$kind::CLUSTER_WIDE {
                found.extend(state.$field.items().iter().map(|object| namespace_of(object.metadata.namespace())));
            })*
        };
    }
    every_kind!(add_each);
    if found.is_empty() {
        found.insert(DEFAULT_NAMESPACE);
    }
    found
}

/// What has no namespace is in the default one (Kubernetes docs, Namespaces).
fn namespace_of(namespace: &str) -> &str {
    if namespace.is_empty() { DEFAULT_NAMESPACE } else { namespace }
}

fn scrubbed<T: Recorded + Serialize>(file: &str, object: &T) -> Result<Value, SnapshotError> {
    let mut object = serde_json::to_value(object).map_err(|error| unwritable(file, error.into()))?;
    scrub(T::KIND, &mut object);
    Ok(object)
}

fn unwritable(file: &str, source: io::Error) -> SnapshotError {
    SnapshotError::Unwritable { file: file.to_owned(), source }
}

/// A name that goes into a path comes from outside, and could lead elsewhere.
fn checked(name: &str) -> Result<&str, SnapshotError> {
    if is_name(name) { Ok(name) } else { Err(SnapshotError::Name(name.to_owned())) }
}

/// The name of a unit: letters, digits, `:`, `-`, `_`, `.` and `@` (systemd.unit(5)).
fn checked_unit(name: &str) -> Result<&str, SnapshotError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_' | '.' | '@');
    let is_unit = !name.is_empty() && name.len() < 240 && !name.starts_with('.') && name.chars().all(allowed);
    if is_unit { Ok(name) } else { Err(SnapshotError::Name(name.to_owned())) }
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

fn private_folders(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    path.parent().map_or(Ok(()), private_folders)?;
    private_folder(path)
}

fn private_folder(path: &Path) -> io::Result<()> {
    let mut folder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(path)
}

fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create(true).truncate(true).open(path)
}
