use jiff::SignedDuration;
use lamplighter_core::cluster::Ingress;
use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::ObjectRef;

/// An ingress that no controller serves.
///
/// Kubernetes docs, Ingress: an ingress does nothing by itself; the controller of its class takes it up and, as a
/// rule, writes the address at which it is served into `status.loadBalancer`. Some controllers never write one, so an
/// ingress without an address says something only where others of the cluster have one.
pub(super) struct IngressWithoutAddress;

/// Controllers take a while.
const GRACE: SignedDuration = SignedDuration::from_mins(5);

impl Rule for IngressWithoutAddress {
    fn name(&self) -> &'static str {
        "ingress-without-address"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::IngressWithoutAddress]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let ingresses = scene.state().ingresses.items();
        let served: Vec<&Ingress> = ingresses.iter().filter(|ingress| has_address(ingress)).collect();
        if served.is_empty() {
            return;
        }
        for ingress in ingresses.iter().filter(|ingress| !has_address(ingress)) {
            let young =
                ingress.metadata.creation_timestamp.is_some_and(|made| scene.taken_at().duration_since(made) < GRACE);
            if young {
                continue;
            }
            let class = class_of(ingress);
            let same_class = served.iter().any(|other| class_of(other) == class);
            let confidence = if same_class { Likelihood::POSSIBLE } else { Likelihood::LIKELY };
            let (namespace, name) = (ingress.metadata.namespace(), &ingress.metadata.name);
            let finding = scene
                .finding(
                    format!("ingress {name} has no address, and others have"),
                    ObjectRef::namespaced("ingress", namespace, name),
                )
                .with_evidence(format!("ingress class: {}", class.unwrap_or("none")));
            let classes: Vec<&str> = served.iter().filter_map(|other| class_of(other)).collect();
            let cause =
                RootCause::new(Cause::IngressWithoutAddress, Culprit::app(namespace, name), confidence, finding)
                    .then(format!(
                        "No controller has taken up the ingress {name} of class {}; those that are served have {}.",
                        class.unwrap_or("none"),
                        classes.join(", ")
                    ))
                    .then("Requests for its hosts do not get to its services.");
            examination.name(cause);
        }
    }
}

fn has_address(ingress: &Ingress) -> bool {
    ingress.status.load_balancer.ingress.iter().any(|at| at.ip.is_some() || at.hostname.is_some())
}

/// `spec.ingressClassName`, before Kubernetes 1.18 an annotation.
fn class_of(ingress: &Ingress) -> Option<&str> {
    let annotated = || ingress.metadata.annotations.get("kubernetes.io/ingress.class").map(String::as_str);
    ingress.spec.ingress_class_name.as_deref().or_else(annotated)
}
