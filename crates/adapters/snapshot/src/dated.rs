//! When a dump was made that does not say so.

use jiff::Timestamp;

use crate::folder::Folder;

/// What is written again and again while a cluster lives: heartbeats of nodes, what happens, and how pods are.
const LIVELY: [&str; 2] = ["events.json", "pods.json"];
const NODES: &str = "nodes.json";

/// The length of `2026-03-01T14:05:00Z`.
const SHORTEST: usize = 20;
/// The length of a time with nanoseconds and an offset.
const LONGEST: usize = 35;

/// The newest time that is in its objects and not after its files were written: those say when the dump was copied, and
/// objects may name times that are still to come.
pub(crate) fn newest_said(folder: &Folder) -> Option<Timestamp> {
    let limit = folder.newest_file();
    let of_namespaces = folder.namespaces().iter().flat_map(|name| LIVELY.map(|file| format!("{name}/{file}")));
    let files = of_namespaces.chain([NODES.to_owned()]);
    // What cannot be read is told of by whoever needs it.
    files.filter_map(|file| newest_in(&folder.bytes(&file).ok()?, limit)).max()
}

fn newest_in(json: &[u8], limit: Timestamp) -> Option<Timestamp> {
    json.split(|byte| *byte == b'"').filter_map(time).filter(|time| *time <= limit).max()
}

/// A whole string that is a time as Kubernetes writes it.
fn time(string: &[u8]) -> Option<Timestamp> {
    let is_like_one = (SHORTEST..=LONGEST).contains(&string.len()) && string.get(10) == Some(&b'T');
    is_like_one.then(|| std::str::from_utf8(string).ok()?.parse().ok()).flatten()
}
