use std::collections::BTreeSet;

use lamplighter_core::diagnosis::{
    Cause, Culprit, Examination, Likelihood, LogBook, RootCause, Rule, Scene, Signal, Subject,
};
use lamplighter_core::words::{Finding, Source};

use crate::apps::{Unwell, app, app_addressed, app_of_event, said, told};
use crate::wording::any_of;

/// A secret store is sealed.
///
/// Vault and `OpenBao` start sealed and answer every request with 503 and `Vault is sealed` until they are unsealed; the
/// readiness probe of their charts runs `vault status`, which ends with code 2 and prints `Sealed true` (Vault docs,
/// Seal/Unseal; HTTP API, status codes; `vault_core_unsealed`).
pub(super) struct SealedStore;

impl Rule for SealedStore {
    fn name(&self) -> &'static str {
        "sealed-store"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::SecretStoreSealed]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let stores = stores(scene);
        let the_store = || stores.first().filter(|_| stores.len() == 1).cloned();
        let unwell = Unwell::new(scene);
        let mut clients = Vec::new();
        for line in scene.logs.seen().into_iter().flat_map(LogBook::all) {
            if !is_sealed(line.text) {
                continue;
            }
            let writer = Culprit::app(line.app.0, line.app.1);
            let finding = said(scene, format!("{writer} says that the secret store is sealed"), &line);
            let own = stores.contains(&writer);
            // A store says so once at each start, before it is unsealed.
            if own && !unwell.has(&writer) {
                examination.find(finding);
                continue;
            }
            let addressed = || app_addressed(scene, line.app.0, line.text).filter(|it| stores.contains(it));
            let culprit =
                if own { writer.clone() } else { addressed().or_else(the_store).unwrap_or_else(|| writer.clone()) };
            let harmed = unwell.has(&writer) || line.count > 1;
            let sure = if harmed { Likelihood::STATED } else { Likelihood::LIKELY };
            clients.push((culprit, writer, sure, finding));
        }
        for event in scene.state().events.items().iter().filter(|it| it.is_warning() && is_sealed(&it.message)) {
            let about = app_of_event(scene, event);
            if !scene.graph.is_current(event) || !unwell.has(&about) {
                continue;
            }
            let culprit =
                if stores.contains(&about) { about.clone() } else { the_store().unwrap_or_else(|| about.clone()) };
            let finding = told(scene, "The secret store is sealed".to_owned(), event);
            clients.push((culprit, about, Likelihood::STATED, finding));
        }
        for (culprit, finding) in measured(scene, &the_store) {
            clients.push((culprit.clone(), culprit, Likelihood::STATED, finding));
        }
        for (culprit, writer, sure, finding) in clients {
            let root = RootCause::new(Cause::SecretStoreSealed, culprit.clone(), sure, finding)
                .then(format!("{culprit} is sealed: it has its data and not the key to it."))
                .then("It refuses to give secrets, and who starts or renews a lease fails.")
                .affecting(writer);
            examination.name(root);
        }
    }
}

fn is_sealed(text: &str) -> bool {
    if !any_of(text, &["sealed", "Sealed", "SEALED"]) {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    if any_of(
        &lower,
        &[
            "vault is sealed",
            "bao is sealed",
            "core is sealed",
            "store is sealed",
            "\"sealed\":true",
            "security barrier not unsealed",
        ],
    ) {
        return true;
    }
    let mut words = lower.split_whitespace();
    lower.contains("seal type") && words.any(|word| word == "sealed") && words.next() == Some("true")
}

/// The workloads that run a secret store, by the names of its images.
fn stores(scene: &Scene) -> BTreeSet<Culprit> {
    let runs_store = |image: &str| {
        let path = image.split(['@']).next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default().split(':').next().unwrap_or_default();
        matches!(name, "vault" | "vault-enterprise" | "openbao" | "openbao-ubi")
    };
    let workloads = scene.graph.workloads().map(|status| &status.workload);
    let of_store = workloads.filter(|workload| {
        let template = scene.graph.template_of(workload);
        template.is_some_and(|it| it.spec.containers.iter().any(|container| runs_store(&container.image)))
    });
    of_store.map(app).collect()
}

/// The stores that are measured as sealed.
fn measured(scene: &Scene, the_store: &dyn Fn() -> Option<Culprit>) -> Vec<(Culprit, Finding)> {
    let series = scene.signals.seen().into_iter().flat_map(|signals| signals.of(Signal::SecretStoreSealed));
    let sealed = series.filter_map(|series| Some((series, series.last().filter(|last| last.value > 0.5)?)));
    let named = sealed.map(|(series, last)| {
        let culprit = match &series.subject {
            Subject::App { namespace, name } => Culprit::app(namespace, name),
            Subject::Target(name) | Subject::Node(name) | Subject::Claim { name, .. } => {
                let service = scene.service_at("", name).map(|(service, _)| service);
                let addressed = service.map(|it| Culprit::app(it.metadata.namespace(), scene.graph.app_of_service(it)));
                addressed.or_else(the_store).unwrap_or_else(|| Culprit::app("", name))
            }
        };
        let summary = format!("{culprit} is measured as sealed");
        let finding = Finding::new(summary, culprit.object(), Source::new("metrics"), last.at);
        (culprit, finding)
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use lamplighter_core::words::ObjectRef;
    use lamplighter_testkit::objects::{WorkloadBuilder, cluster, deployment, event, service, stateful_set};
    use lamplighter_testkit::scene::{SceneBuilder, scene};

    use super::*;
    use crate::rules::tests::{check_healthy, check_named};

    const SEALED: &str = "error reading secret: Error making API request. Code: 503. Errors: * Vault is sealed";
    const NAMED: &[(&str, &str, f64)] = &[("secret_store_sealed", "app/keys", 0.95)];

    fn keys() -> WorkloadBuilder {
        stateful_set("safe", "keys").image("registry.example/vault:1.18")
    }

    fn with(keys: WorkloadBuilder, shop: WorkloadBuilder) -> SceneBuilder {
        scene(cluster().workload(keys).workload(shop).service(service("safe", "keys")))
    }

    #[test]
    fn its_clients_say_so() {
        let shop = || deployment("apps", "shop").pods(|pod| pod.crash_looping(3));
        check_named(&SealedStore, &with(keys(), shop()).said("apps", "shop", &[SEALED]).build(), NAMED);
        let once = with(keys(), deployment("apps", "shop")).said("apps", "shop", &[SEALED]).build();
        check_named(&SealedStore, &once, &[("secret_store_sealed", "app/keys", 0.65)]);
        let outside = scene(cluster().workload(shop())).said("apps", "shop", &[SEALED]).build();
        check_named(&SealedStore, &outside, &[("secret_store_sealed", "app/shop", 0.95)]);
    }

    #[test]
    fn its_own_probe_says_so() {
        let message =
            "Readiness probe failed: Key Value --- ----- Seal Type shamir Initialized true Sealed true Total Shares 5";
        let about = ObjectRef::namespaced("StatefulSet", "safe", "keys");
        let scene_of =
            |keys, message: &str| scene(cluster().workload(keys).event(event(&about, "Unhealthy", message))).build();
        check_named(
            &SealedStore,
            &scene_of(keys().pods(lamplighter_testkit::objects::PodBuilder::not_ready), message),
            NAMED,
        );
        check_healthy(&SealedStore, &scene_of(keys(), message));
        let open = message.replace("Sealed true", "Sealed false");
        check_healthy(&SealedStore, &scene_of(keys().pods(lamplighter_testkit::objects::PodBuilder::not_ready), &open));
    }

    #[test]
    fn it_is_measured() {
        for (value, sealed) in [(1.0, true), (0.0, false)] {
            let target = Subject::Target("10.0.0.9:8200".to_owned());
            let scene = with(keys(), deployment("apps", "shop"))
                .series(Signal::SecretStoreSealed, target, &[], &[value])
                .build();
            if sealed { check_named(&SealedStore, &scene, NAMED) } else { check_healthy(&SealedStore, &scene) }
        }
    }

    #[test]
    fn a_store_that_was_unsealed_is_healthy() {
        let line = "core: vault is sealed";
        check_healthy(&SealedStore, &with(keys(), deployment("apps", "shop")).said("safe", "keys", &[line]).build());
        let still = with(keys().pods(lamplighter_testkit::objects::PodBuilder::not_ready), deployment("apps", "shop"));
        check_named(&SealedStore, &still.said("safe", "keys", &[line]).build(), NAMED);
    }
}
