//! Images that cannot be pulled, and what the container runtime says about it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use lamplighter_core::cluster::{ContainerStatus, Pod};
use lamplighter_core::diagnosis::{Culprit, Scene};

use crate::apps::{app_of, events_of, seen_at};
use crate::wording::any_of;

/// What is wrong with a pull, in the order in which one message that says several things is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Complaint {
    /// The registry's name does not resolve.
    UnknownHost,
    /// The registry does not answer, or not in time.
    Unreachable,
    /// The registry's certificate is refused.
    Untrusted,
    /// The registry has had too many pulls.
    TooMany,
    /// It is no valid reference.
    Invalid,
    /// The registry does not say whether the image is absent or secret.
    AbsentOrSecret,
    /// The registry wants credentials, or better ones.
    Denied,
    /// The registry has no such image, tag or platform.
    Absent,
    /// The image is not on the node and must not be pulled.
    NeverPulled,
    /// It fails, and nothing says why.
    Unsaid,
}

/// What a message of the kubelet says, in the words of containerd, CRI-O and Docker and of the registries behind them
/// (OCI Distribution Specification, Error Codes; Docker Registry HTTP API, Errors; `k8s.io/kubernetes/pkg/kubelet/images`).
pub(crate) fn complaint(message: &str) -> Option<Complaint> {
    let lower = message.to_ascii_lowercase();
    let says = |words: &[&str]| any_of(&lower, words);
    let resolves =
        ["no such host", "server misbehaving", "temporary failure in name resolution", "name or service not known"];
    let unknown_host = says(&resolves) || says(&["could not resolve host", "no address associated with hostname"]);
    Some(if unknown_host || (lower.contains("lookup ") && says(&["i/o timeout", "connection refused", "no such"])) {
        Complaint::UnknownHost
    } else if says(&["x509:", "certificate signed by", "tls: failed to verify", "certificate has expired"]) {
        Complaint::Untrusted
    } else if says(&["toomanyrequests", "too many requests", "rate limit"]) {
        Complaint::TooMany
    } else if says(&[
        "invalid reference format",
        "couldn't parse image",
        "invalidimagename",
        "short-name",
        "failed to apply default image tag",
    ]) {
        Complaint::Invalid
    } else if says(&["errimageneverpull", "not present with pull policy of never"]) {
        Complaint::NeverPulled
    } else if says(&[
        "does not exist or may require",
        "insufficient_scope",
        "does not exist or no pull access",
        "requested access to the resource is denied",
    ]) {
        Complaint::AbsentOrSecret
    } else if says(&[
        "401 unauthorized",
        "403 forbidden",
        "unauthorized",
        "authentication required",
        "no basic auth credentials",
        "failed to authorize",
        "failed to fetch anonymous token",
        "failed to fetch oauth token",
        "incorrect username or password",
        "invalid username/password",
        "authorization failed",
        "permission denied for",
        "denied: permission",
        "access denied",
        ": denied",
    ]) {
        Complaint::Denied
    } else if says(&[
        "manifest unknown",
        "manifest_unknown",
        "name unknown",
        "name_unknown",
        "code = notfound",
        "not found",
        "no matching manifest",
        "no match for platform",
        "no image found in",
        "does not exist",
    ]) {
        Complaint::Absent
    } else if says(&[
        "i/o timeout",
        "connection refused",
        "no route to host",
        "network is unreachable",
        "connection reset",
        "handshake timeout",
        "context deadline exceeded",
        "client.timeout exceeded",
        "503 service unavailable",
        "502 bad gateway",
        "500 internal server error",
        "unexpected eof",
    ]) {
        Complaint::Unreachable
    } else {
        return None;
    })
}

/// An image that a pod waits for.
#[derive(Debug)]
pub(crate) struct Pull<'a> {
    pub(crate) pod: &'a Pod,
    pub(crate) app: Culprit,
    pub(crate) container: &'a str,
    pub(crate) image: &'a str,
    pub(crate) complaint: Complaint,
    /// The words that it rests on, and since when they are known (UTC).
    pub(crate) words: Vec<(String, Timestamp)>,
    /// The pull secrets that the pod would use.
    pub(crate) secrets: BTreeSet<&'a str>,
    /// Those of them that are not there.
    pub(crate) missing_secrets: BTreeSet<String>,
}

/// Every image that cannot be pulled, once for each app.
pub(crate) fn failing(scene: &Scene) -> Vec<Pull<'_>> {
    let mut known = BTreeSet::new();
    let mut pulls = Vec::new();
    for pod in scene.state().pods.items() {
        if pod.is_completed() || pod.is_terminating() || pod.status.phase == "Failed" {
            continue;
        }
        for status in pod.all_container_statuses().filter(|status| is_pulling(status)) {
            let mut containers = pod.spec.containers.iter().chain(&pod.spec.init_containers);
            let image = containers.find(|it| it.name == status.name).map_or("", |it| it.image.as_str());
            let app = app_of(scene, pod);
            if known.insert((app.clone(), image)) {
                pulls.push(pull(scene, pod, app, status, image));
            }
        }
    }
    pulls
}

fn reason(status: &ContainerStatus) -> &str {
    status.state.waiting.as_ref().and_then(|waiting| waiting.reason.as_deref()).unwrap_or_default()
}

/// The reasons with which the kubelet waits for an image (`pkg/kubelet/images/types.go`).
fn is_pulling(status: &ContainerStatus) -> bool {
    let reasons = [
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "ErrImageNeverPull",
        "RegistryUnavailable",
        "ImageInspectError",
        "SignatureValidationFailed",
    ];
    reasons.contains(&reason(status))
}

fn pull<'a>(scene: &'a Scene, pod: &'a Pod, app: Culprit, status: &'a ContainerStatus, image: &'a str) -> Pull<'a> {
    let message = status.state.waiting.as_ref().and_then(|waiting| waiting.message.as_deref()).unwrap_or_default();
    let mut words: Vec<(String, Timestamp)> = vec![(format!("{}: {message}", reason(status)), scene.taken_at())];
    let mut missing_secrets = BTreeSet::new();
    for event in events_of(scene, pod) {
        let at = seen_at(scene, event);
        match event.reason.as_str() {
            "FailedToRetrieveImagePullSecret" => {
                let names = event.message.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
                let names = names.map(|(names, _)| names).unwrap_or_default();
                missing_secrets.extend(names.split(',').map(|name| name.trim().to_owned()));
                words.push((event.message.clone(), at));
            }
            "Failed" | "InspectFailed" | "ErrImageNeverPull" | "FailedPull" if event.message.contains(image) => {
                words.push((event.message.clone(), at));
            }
            _ => {}
        }
    }
    // The last that says anything is nearest to what is wrong now; the state comes with no time of its own.
    let state = complaint(&format!("{}: {message}", reason(status)));
    let newest = words.iter().skip(1).rev().find_map(|(words, _)| complaint(words));
    let complaint = state.or(newest).unwrap_or(Complaint::Unsaid);
    let secrets = pull_secrets(scene, pod);
    if scene.state().secrets.seen().is_some() {
        let namespace = pod.metadata.namespace();
        let absent = secrets.iter().filter(|name| scene.graph.secret(namespace, name).is_none());
        missing_secrets.extend(absent.map(|name| (*name).to_owned()));
    }
    Pull { pod, app, container: &status.name, image, complaint, words, secrets, missing_secrets }
}

/// The pull secrets of a pod, else those of its service account: admission copies the latter into pods that have none
/// (Kubernetes docs, Add `ImagePullSecrets` to a service account).
fn pull_secrets<'a>(scene: &'a Scene, pod: &'a Pod) -> BTreeSet<&'a str> {
    let of_pod = &pod.spec.image_pull_secrets;
    let account = pod.spec.service_account_name.as_deref().unwrap_or("default");
    let of_account = || scene.graph.service_account(pod.metadata.namespace(), account).map(|it| &it.image_pull_secrets);
    let references = if of_pod.is_empty() { of_account() } else { Some(of_pod) };
    references.into_iter().flatten().map(|reference| reference.name.as_str()).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runtimes_and_registries_are_understood() {
        for (message, expected) in [
            (
                "rpc error: code = NotFound desc = failed to resolve reference \"r.example/a:9\": r.example/a:9: not found",
                Complaint::Absent,
            ),
            (
                "Error response from daemon: manifest for a:9 not found: manifest unknown: manifest unknown",
                Complaint::Absent,
            ),
            (
                "initializing source docker://r.example/a:9: reading manifest 9 in r.example/a: name unknown: unknown",
                Complaint::Absent,
            ),
            ("no matching manifest for linux/arm64/v8 in the manifest list entries", Complaint::Absent),
            (
                "pull access denied for a, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
                Complaint::AbsentOrSecret,
            ),
            (
                "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
                Complaint::AbsentOrSecret,
            ),
            (
                "failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://r.example/token: 403 Forbidden",
                Complaint::Denied,
            ),
            (
                "unexpected status from HEAD request to https://r.example/v2/a/manifests/1: 401 Unauthorized",
                Complaint::Denied,
            ),
            (
                "pulling from host 1.dkr.ecr.eu-west-1.amazonaws.com failed: no basic auth credentials",
                Complaint::Denied,
            ),
            ("dial tcp: lookup r.example on 10.0.0.2:53: no such host", Complaint::UnknownHost),
            ("dial tcp: lookup r.example on 10.0.0.2:53: server misbehaving", Complaint::UnknownHost),
            ("dial tcp: lookup r.example: i/o timeout", Complaint::UnknownHost),
            ("lookup r.example: Temporary failure in name resolution", Complaint::UnknownHost),
            ("dial tcp 192.0.2.7:443: i/o timeout", Complaint::Unreachable),
            ("dial tcp 192.0.2.7:5000: connect: connection refused", Complaint::Unreachable),
            ("x509: certificate signed by unknown authority", Complaint::Untrusted),
            ("toomanyrequests: You have reached your pull rate limit", Complaint::TooMany),
            (
                "Failed to apply default image tag \"R.example/A:\": couldn't parse image name: invalid reference format",
                Complaint::Invalid,
            ),
            ("Container image \"a:1\" is not present with pull policy of Never", Complaint::NeverPulled),
        ] {
            assert_eq!(complaint(message), Some(expected), "{message}");
        }
        assert_eq!(complaint("Back-off pulling image \"a:1\""), None);
        assert_eq!(complaint("Error: ImagePullBackOff"), None);
    }
}
