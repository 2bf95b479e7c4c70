//! Telling a namespace in which all is well from one that is not there.

use std::collections::BTreeSet;

use lamplighter_core::cluster::{Named, Observed};
use lamplighter_core::diagnosis::Scene;
use lamplighter_core::ports::Scope;
use lamplighter_core::{Error, ErrorKind, Result};

/// A namespace that is not there has no pods, and nothing is wrong with them.
pub(crate) fn has_namespaces(scene: &Scene, scope: &Scope) -> Result<()> {
    if scope.namespaces.is_empty() {
        return Ok(());
    }
    let found = inhabited(scene);
    for wanted in scope.namespaces.iter().filter(|wanted| !found.contains(wanted.as_str())) {
        let Observed::Seen(namespaces) = &scene.state().namespaces else {
            let why = scene.state().namespaces.as_result().err().unwrap_or_default();
            return Err(missing(format!(
                "nothing was found in namespace {wanted:?}, and the list of namespaces {why}"
            )));
        };
        let names = || namespaces.iter().map(|namespace| namespace.metadata.name.as_str());
        if names().any(|name| name == wanted) {
            continue;
        }
        let nearest = names().min_by_key(|name| strsim::damerau_levenshtein(wanted, name));
        let near = nearest.map(|name| format!("; did you mean {name:?}?")).unwrap_or_default();
        return Err(missing(format!("there is no namespace {wanted:?}{near}")));
    }
    Ok(())
}

fn missing(message: String) -> Error {
    Error::new(ErrorKind::NotFound, message)
}

/// The namespaces in which something was found.
fn inhabited(scene: &Scene) -> BTreeSet<&str> {
    fn of<T: Named>(items: &[T]) -> impl Iterator<Item = &str> {
        items.iter().map(|item| item.meta().namespace())
    }
    let state = scene.state();
    let workloads = scene.graph.workloads().map(|status| status.workload.namespace.as_str());
    let plain = of(state.pods.items()).chain(of(state.services.items())).chain(of(state.claims.items()));
    plain.chain(of(state.events.items())).chain(workloads).collect()
}
