use jiff::SignedDuration;
use lamplighter_core::cluster::Namespace;
use lamplighter_core::words::{ObjectRef, Severity};

use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `namespaces-terminating`: no namespace is stuck in its deletion.
///
/// Relies on the phase `Terminating` and on `metadata.deletionTimestamp` (Kubernetes docs, Namespaces; Finalizers): a
/// namespace goes when everything in it is gone, and stays for ever when a finalizer is never taken off or an API of its
/// objects does not answer. Ten minutes are a warning, an hour is a failure.
#[derive(Debug, Clone, Copy)]
pub struct NamespacesTerminating;

const WARN: SignedDuration = SignedDuration::from_mins(10);
const FAIL: SignedDuration = SignedDuration::from_hours(1);

impl Check for NamespacesTerminating {
    fn name(&self) -> &'static str {
        "namespaces-terminating"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let namespaces = view.optional(&view.state().namespaces, "namespaces")?.iter();
        let watched = namespaces.filter(|namespace| view.is_watched_namespace(&namespace.metadata.name));
        Ok(Outcome::over("namespaces", watched, |namespace| look(view, namespace)))
    }
}

fn look(view: &ClusterView<'_>, namespace: &Namespace) -> Option<Observation> {
    let since = namespace.metadata.deletion_timestamp;
    if since.is_none() && namespace.status.phase != "Terminating" {
        return None;
    }
    // A recording without the time: that it is recorded in this state is all that is known.
    let age = since.map_or(WARN, |since| view.age(since));
    if age < WARN {
        return None;
    }
    let name = &namespace.metadata.name;
    let object = ObjectRef::global("namespace", name);
    let finding = view.finding(format!("namespace {name} is being deleted and does not go"), object, since);
    let left = view.graph().state().pods.items().iter().filter(|pod| pod.metadata.namespace() == name).count();
    let finding = finding.with_evidence(format!("{left} pods are left in it"));
    Some(Observation::fail(Severity::Sev3, finding).softened_if(age < FAIL))
}
