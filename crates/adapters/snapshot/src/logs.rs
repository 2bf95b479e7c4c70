use async_trait::async_trait;
use lamplighter_core::Result;
use lamplighter_core::diagnosis::LogGroup;
use lamplighter_core::ports::{Logs, LogsRequest};

use crate::folder::{Folder, is_name};
use crate::groups::groups;
use crate::kept::Kept;
use crate::{Snapshot, SnapshotError};

#[async_trait]
impl Logs for Snapshot {
    async fn tail(&self, request: &LogsRequest) -> Result<Vec<String>> {
        let request = request.clone();
        self.read_kept(move |folder, kept| tail(folder, kept, &request)).await
    }

    async fn groups(&self) -> Result<Vec<LogGroup>> {
        self.read(groups).await
    }
}

fn tail(folder: &Folder, kept: &Kept, request: &LogsRequest) -> Result<Vec<String>, SnapshotError> {
    let LogsRequest { namespace, pod, .. } = request;
    let name = if request.previous { "logs-previous.txt" } else { "logs.txt" };
    let file = format!("{namespace}/{pod}/{name}");
    if !is_name(namespace) || !is_name(pod) {
        return Err(SnapshotError::absent(file));
    }
    let bytes = folder.bytes(&file)?;
    let text = String::from_utf8_lossy(&bytes);
    let sections = sections(&text, namespace, pod);
    let section = match &request.container {
        Some(container) => sections.iter().find(|section| section.is_of(container)),
        None => default_section(folder, kept, request, &sections),
    };
    let Some(section) = section else {
        let container = request.container.as_deref().unwrap_or("any container");
        return Err(SnapshotError::absent(format!("logs of {container} in {file}")));
    };
    let first = section.lines.len().saturating_sub(request.lines as usize);
    Ok(section.lines.iter().skip(first).map(|line| (*line).to_owned()).collect())
}

/// The section of the container that a live cluster would pick: see `Pod::default_container`.
fn default_section<'a, 'b>(
    folder: &Folder,
    kept: &Kept,
    request: &LogsRequest,
    sections: &'b [Section<'a>],
) -> Option<&'b Section<'a>> {
    if sections.len() < 2 {
        return sections.first();
    }
    let container = kept.default_container(folder, &request.namespace, &request.pod);
    let wanted = sections.iter().find(|section| container.as_ref().is_some_and(|name| section.is_of(name)));
    wanted.or_else(|| sections.first())
}

/// The logs of one container; without its name where the file has no marker lines.
struct Section<'a> {
    container: Option<&'a str>,
    lines: Vec<&'a str>,
}

impl Section<'_> {
    fn is_of(&self, container: &str) -> bool {
        self.container.is_none_or(|name| name == container)
    }
}

/// Takes a log file apart by the marker lines that `kubectl` writes around each container's logs
/// (kubectl's `clusterinfo_dump.go`).
///
/// A container's logs may quote markers, so only its own END ends it. The last line of a log may lack its
/// line feed; the END stands right behind it then. A file that was cut off ends its last section.
/// A file without any markers, as `kubectl logs` prints it, is the log of the pod's only container.
fn sections<'a>(text: &'a str, namespace: &str, pod: &str) -> Vec<Section<'a>> {
    let of_pod = format!(" of pod {namespace}/{pod} ====");
    let mut sections: Vec<Section<'a>> = Vec::new();
    let mut open: Option<(Section<'a>, String)> = None;
    for line in text.lines() {
        let Some((section, end)) = &mut open else {
            let container = line.strip_prefix("==== START logs for container ");
            open = container.and_then(|rest| rest.strip_suffix(&of_pod)).map(|container| {
                let end = format!("==== END logs for container {container}{of_pod}");
                (Section { container: Some(container), lines: Vec::new() }, end)
            });
            continue;
        };
        match line.strip_suffix(end.as_str()) {
            None => section.lines.push(line),
            Some(rest) => {
                section.lines.extend((!rest.is_empty()).then_some(rest));
                sections.extend(open.take().map(|(section, _)| section));
            }
        }
    }
    sections.extend(open.map(|(section, _)| section));
    if sections.is_empty() && !text.is_empty() {
        sections.push(Section { container: None, lines: text.lines().collect() });
    }
    sections
}
