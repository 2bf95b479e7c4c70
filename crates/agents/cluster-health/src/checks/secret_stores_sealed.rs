use lamplighter_core::diagnosis::Signal;
use lamplighter_core::words::Severity;

use crate::measured::{Measured, newest};
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `secret-stores-sealed`: no secret store is sealed.
///
/// Relies on [`Signal::SecretStoreSealed`], for Vault the opposite of `vault_core_unsealed` (Vault docs, Telemetry). A
/// sealed Vault refuses every request until somebody unseals it, and seals itself whenever it restarts (Vault docs,
/// Seal/Unseal). It is critical where every instance is sealed, and a loss of redundancy where one is.
#[derive(Debug, Clone, Copy)]
pub struct SecretStoresSealed;

impl Check for SecretStoresSealed {
    fn name(&self) -> &'static str {
        "secret-stores-sealed"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let stores = newest(view, Signal::SecretStoreSealed, f64::max)?;
        let all = stores.iter().all(is_sealed);
        Ok(Outcome::over("secret stores", &stores, |store| is_sealed(store).then(|| sealed(store, all))))
    }
}

fn is_sealed(store: &Measured<'_>) -> bool {
    store.value >= 0.5
}

fn sealed(store: &Measured<'_>, all: bool) -> Observation {
    let finding = store.finding(format!("{} is sealed", store.object("secret store")), "secret store");
    let (severity, line) = if all {
        (Severity::Sev1, "every instance is sealed: nobody gets a secret until somebody unseals one")
    } else {
        (Severity::Sev2, "another instance is not sealed")
    };
    Observation::fail(severity, finding.with_evidence(line))
}
