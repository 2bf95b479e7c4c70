//! The volumes of a workload, and what its containers say of them.

use std::collections::BTreeMap;

use lamplighter_core::cluster::{Container, Pod, PodSpec, Volume, VolumeMount};
use lamplighter_core::diagnosis::{Culprit, Scene, Utterance};

use crate::sight::{app_of, says_not_ready};

/// An app with pods that are not ready or have been restarted, and one of those pods.
#[derive(Debug)]
pub(crate) struct Failing<'a> {
    pub(crate) app: Culprit,
    pub(crate) pod: &'a Pod,
}

/// The apps of which a pod is on a node and fails, each with its worst pod.
pub(crate) fn failing(scene: &Scene) -> Vec<Failing<'_>> {
    let mut worst: BTreeMap<Culprit, &Pod> = BTreeMap::new();
    let pods = scene.state().pods.items().iter();
    let on_node = pods.filter(|pod| pod.spec.node_name.is_some() && !pod.is_completed() && !pod.is_terminating());
    for pod in on_node.filter(|pod| says_not_ready(pod)) {
        let known = worst.entry(app_of(scene, pod)).or_insert(pod);
        if pod.restarts() > known.restarts() {
            *known = pod;
        }
    }
    worst.into_iter().map(|(app, pod)| Failing { app, pod }).collect()
}

/// What an app has said, in kinds.
pub(crate) fn said<'a>(scene: &'a Scene, app: &Culprit) -> Vec<Utterance<'a>> {
    let namespace = app.in_namespace().unwrap_or_default();
    scene.logs.seen().map(|logs| logs.of_app(namespace, app.name()).collect()).unwrap_or_default()
}

/// A volume that is mounted into a container.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mounted<'a> {
    pub(crate) container: &'a Container,
    pub(crate) mount: &'a VolumeMount,
    /// The volume, where the pod's list has it.
    pub(crate) volume: Option<&'a Volume>,
}

impl Mounted<'_> {
    /// Whether it is there for data: not a secret, a config map, or the token of the service account.
    pub(crate) fn is_for_data(&self) -> bool {
        let given = self.volume.is_some_and(|volume| volume.secret.is_some() || volume.config_map.is_some());
        !given && !is_token(&self.mount.mount_path) && self.mount.read_only != Some(true)
    }
}

fn is_token(path: &str) -> bool {
    path.starts_with("/var/run/secrets/kubernetes.io/") || path.starts_with("/run/secrets/kubernetes.io/")
}

/// The mounts of a pod but for the token of its service account.
pub(crate) fn mounts(spec: &PodSpec) -> impl Iterator<Item = Mounted<'_>> {
    let containers = spec.containers.iter().chain(&spec.init_containers);
    containers.flat_map(|container| {
        let mounts = container.volume_mounts.iter().filter(|mount| !is_token(&mount.mount_path));
        mounts.map(|mount| {
            let volume = spec.volumes.iter().find(|volume| volume.name == mount.name);
            Mounted { container, mount, volume }
        })
    })
}

/// The mount that a path is below, the deepest one.
pub(crate) fn mount_of<'a>(spec: &'a PodSpec, container: Option<&str>, path: &str) -> Option<Mounted<'a>> {
    let here = |mounted: &Mounted<'_>| container.is_none_or(|name| name == mounted.container.name);
    let below = |mounted: &Mounted<'_>| {
        let root = mounted.mount.mount_path.trim_end_matches('/');
        !root.is_empty() && path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    mounts(spec).filter(|mounted| here(mounted) && below(mounted)).max_by_key(|mounted| mounted.mount.mount_path.len())
}

/// The absolute paths in a line.
pub(crate) fn paths(line: &str) -> impl Iterator<Item = &str> {
    let words = line.split(|c: char| {
        c.is_whitespace() || matches!(c, '\'' | '"' | '`' | '(' | ')' | '[' | ']' | ',' | ';' | '=' | '<' | '>')
    });
    words.filter_map(|word| {
        let word = word.strip_prefix("file://").unwrap_or(word);
        let word = word.trim_end_matches([':', '.', '!', '?']);
        // `open:/data/x` and the like.
        let at = word.find('/')?;
        let (before, path) = word.split_at_checked(at)?;
        let plain = before.is_empty() || (before.ends_with(':') && !path.starts_with("//"));
        (plain && path.len() > 1).then_some(path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_as_programs_write_them() {
        let cases: [(&str, &[&str]); 6] = [
            ("open /data/x.db: permission denied", &["/data/x.db"]),
            ("mkdir: cannot create directory '/srv/lib': Permission denied", &["/srv/lib"]),
            ("java.nio.file.AccessDeniedException: /var/lib/store/node.lock", &["/var/lib/store/node.lock"]),
            ("PermissionError: [Errno 13] Permission denied: '/srv/app.log'", &["/srv/app.log"]),
            ("GET https://example.org/data 200", &[]),
            ("Error: EACCES: permission denied, open '/srv/app.log'", &["/srv/app.log"]),
        ];
        for (line, expected) in cases {
            assert_eq!(paths(line).collect::<Vec<_>>(), expected, "{line}");
        }
    }
}
