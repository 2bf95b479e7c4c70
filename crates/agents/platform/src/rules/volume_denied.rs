use lamplighter_core::cluster::{Event, Volume};
use lamplighter_core::diagnosis::{Cause, Examination, Likelihood, RootCause, Rule, Scene, Utterance};
use lamplighter_core::words::{Finding, ObjectRef};

use crate::sight::event_finding;
use crate::volumes::{Failing, Mounted, failing, mount_of, mounts, paths, said};

/// A container that may not use the volume that is mounted into it.
///
/// Relies on: POSIX `EACCES`, `EPERM` and `EROFS` as C libraries, Go, Java, Python, Node and .NET word them; the event
/// `FailedMount` with the words of mount(8); Kubernetes docs, Configure a Security Context (`fsGroup` makes volumes
/// writable for a group, and has no effect on `hostPath`) and Volumes (files of a `hostPath` belong to whom they belong
/// on the node).
#[derive(Debug)]
pub(super) struct VolumeDenied;

const DENIED: [&str; 9] = [
    "permission denied",
    "eacces",
    "errno 13",
    "accessdeniedexception",
    "read-only file system",
    "read-only directory",
    "erofs",
    "operation not permitted",
    "is not writable",
];

/// What is refused to others than users of files: ports, tables, keys, programs.
const OTHER: [&str; 14] = [
    "bind",
    "listen",
    "socket",
    "connect",
    "dial",
    "for table",
    "for relation",
    "for schema",
    "for database",
    "publickey",
    "exec:",
    "exec /",
    "setns",
    "iptables",
];

impl Rule for VolumeDenied {
    fn name(&self) -> &'static str {
        "volume-denied"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::VolumeMountPermissionDenied]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        for failing in failing(scene) {
            let by_event = event(scene, &failing).map(|event| {
                let about = ObjectRef::pod(failing.pod.metadata.namespace(), &failing.pod.metadata.name);
                (Likelihood::STATED, event_finding(scene, event, "a volume of it may not be used", about), None)
            });
            let Some((likelihood, evidence, mounted)) = by_event.or_else(|| by_words(scene, &failing)) else {
                continue;
            };
            let cause = RootCause::new(Cause::VolumeMountPermissionDenied, failing.app.clone(), likelihood, evidence);
            let cause = match mounted {
                Some(mounted) => cause.and(ground(scene, &failing, mounted)),
                None => cause,
            };
            let name = failing.app.name();
            examination.name(
                cause
                    .then(format!("A container of {name} may not use the volume that is mounted into it."))
                    .then(format!("It ends or does not start, and {name} is not ready.")),
            );
        }
    }
}

/// The last event by which a volume of the pod could not be mounted for want of permission.
fn event<'a>(scene: &'a Scene, failing: &Failing<'_>) -> Option<&'a Event> {
    let meta = &failing.pod.metadata;
    let events = scene.graph.events_about("Pod", meta.namespace(), &meta.name);
    let refused = |event: &&Event| {
        let message = event.message.to_ascii_lowercase();
        let denied = ["permission denied", "access denied", "operation not permitted", "read-only file system"];
        let mounting = event.reason == "FailedMount"
            || (event.reason == "Failed" && (message.contains("mounting") || message.contains("mount ")));
        mounting && denied.iter().any(|words| message.contains(words))
    };
    events.filter(refused).filter(|event| scene.graph.is_current(event)).last()
}

/// What a container says, and on which mount.
fn by_words<'a>(scene: &'a Scene, failing: &Failing<'a>) -> Option<(Likelihood, Finding, Option<Mounted<'a>>)> {
    let spec = &failing.pod.spec;
    let mut loose = None;
    for utterance in said(scene, &failing.app) {
        if !denies(utterance.text) {
            continue;
        }
        let mut paths = paths(utterance.text).peekable();
        let named = paths.peek().is_some();
        if let Some(mounted) = paths.find_map(|path| mount_of(spec, utterance.container, path)) {
            let likelihood = if exits(failing) { Likelihood::STATED } else { Likelihood::SHOWN };
            return Some((likelihood, words(scene, failing, &utterance), Some(mounted)));
        }
        if !named && loose.is_none() {
            // A name without a path is below the directory in which a server works, which is that of its data.
            let mounted = mounts(spec)
                .filter(Mounted::is_for_data)
                .find(|mounted| utterance.container.is_none_or(|name| name == mounted.container.name));
            loose = mounted.map(|mounted| (words(scene, failing, &utterance), mounted));
        }
    }
    let (evidence, mounted) = loose?;
    let likelihood = if exits(failing) { Likelihood::SHOWN } else { Likelihood::LIKELY };
    Some((likelihood, evidence, Some(mounted)))
}

fn denies(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    // `initandlisten` listens to nobody.
    let says = |words: &&str| {
        text.match_indices(*words).any(|(at, _)| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            before.is_none_or(|c| !c.is_ascii_alphanumeric())
        })
    };
    DENIED.iter().any(|words| text.contains(words)) && !OTHER.iter().any(says)
}

/// Whether a container of the pod ends with an error.
fn exits(failing: &Failing<'_>) -> bool {
    failing.pod.all_container_statuses().any(|status| {
        let ends = [&status.state, &status.last_state].into_iter().filter_map(|state| state.terminated.as_ref());
        ends.into_iter().any(|end| end.exit_code != 0)
    })
}

fn words(scene: &Scene, failing: &Failing<'_>, utterance: &Utterance<'_>) -> Finding {
    let about = ObjectRef::pod(failing.pod.metadata.namespace(), &failing.pod.metadata.name);
    let summary = format!("{} says that it may not use a file", failing.app.name());
    scene.finding(summary, about).with_evidence(utterance.text)
}

/// Which volume it is, and as whom the container runs.
fn ground(scene: &Scene, failing: &Failing<'_>, mounted: Mounted<'_>) -> Finding {
    let about = ObjectRef::pod(failing.pod.metadata.namespace(), &failing.pod.metadata.name);
    let kind = match mounted.volume {
        Some(Volume { host_path: Some(path), .. }) => format!("hostPath {}", path.path),
        Some(Volume { persistent_volume_claim: Some(claim), .. }) => format!("claim {}", claim.claim_name),
        Some(Volume { nfs: Some(nfs), .. }) => format!("nfs {}:{}", nfs.server, nfs.path),
        Some(Volume { secret: Some(secret), .. }) => format!("secret {}", secret.secret_name),
        Some(Volume { config_map: Some(map), .. }) => format!("config map {}", map.name),
        _ => format!("volume {}", mounted.mount.name),
    };
    let read_only = if mounted.mount.read_only == Some(true) { ", readOnly" } else { "" };
    let path = &mounted.mount.mount_path;
    let finding = scene.finding(format!("{path} of {} is a mount", mounted.container.name), about);
    let own = mounted.container.security_context.as_ref();
    let pod = failing.pod.spec.security_context.as_ref();
    let user = own.and_then(|context| context.run_as_user).or_else(|| pod.and_then(|context| context.run_as_user));
    let group = pod.and_then(|context| context.fs_group);
    let written = |id: Option<i64>| id.map_or_else(|| "unset".to_owned(), |id| id.to_string());
    finding.with_evidence(format!("{path}: {kind}{read_only}; runAsUser {}, fsGroup {}", written(user), written(group)))
}
