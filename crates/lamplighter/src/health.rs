use std::collections::BTreeSet;

use lamplighter_cluster_health::Repairs;
use lamplighter_core::cluster::{Named, Observed};
use lamplighter_core::diagnosis::Scene;
use lamplighter_core::ports::Scope;
use lamplighter_core::words::HealthReport;
use lamplighter_core::{Agent, Error, ErrorKind, Result, RunKey};
use lamplighter_health_filer::Filing;

use crate::Lamplighter;

impl Lamplighter {
    /// Scans the cluster; changes nothing.
    ///
    /// # Errors
    /// When the cluster cannot be read at all, and [`NotFound`](ErrorKind::NotFound) naming the nearest one when it has
    /// no namespace of a name that the scope names.
    pub async fn health(&self, scope: &Scope) -> Result<HealthReport> {
        let scene = self.scene(scope).await?;
        has_namespaces(&scene, scope)?;
        self.diagnostics.health(&self.context(RunKey::new("health")), scene).await
    }

    /// Mends what undoes itself: failed pods and pods that crash again and again are deleted where a controller recreates
    /// them. Each goes through the guardrails; in a dry run nothing is done and each says so.
    ///
    /// # Idempotency
    /// By the pods' UIDs. Each call is a run of its own.
    ///
    /// # Errors
    /// As [`Lamplighter::health`], and those of the journal and the audit log.
    pub async fn repair(&self, scope: &Scope) -> Result<Repairs> {
        let scene = self.scene(scope).await?;
        has_namespaces(&scene, scope)?;
        // What was refused in one scan may be allowed in the next.
        let cx = self.context(RunKey::new(format!("health/repair/{}", self.clock.now())));
        self.repairer.run(&cx, scene).await
    }

    /// Files an issue for each serious condition of a report of the whole cluster, and says on those filed before what
    /// is over.
    ///
    /// # Idempotency
    /// By the conditions: the same report again changes nothing.
    ///
    /// # Errors
    /// As [`HealthFiler`](lamplighter_health_filer::HealthFiler).
    pub async fn file_issues(&self, report: HealthReport) -> Result<Filing> {
        self.filer.run(&self.context(RunKey::new("health/filing")), report).await
    }
}

/// A namespace that is not there has no pods, and nothing is wrong with them.
fn has_namespaces(scene: &Scene, scope: &Scope) -> Result<()> {
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
