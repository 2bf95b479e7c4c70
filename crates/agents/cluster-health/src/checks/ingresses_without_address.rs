use std::collections::BTreeSet;

use lamplighter_core::cluster::Ingress;
use lamplighter_core::words::Severity;

use crate::lines::{object_ref, quoted};
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `ingresses-without-address`: some controller serves every ingress.
///
/// Relies on `status.loadBalancer.ingress`, which the controller of the ingress's class fills in (Kubernetes docs, Ingress;
/// `networkingv1.IngressStatus`). Some controllers never do, so that an ingress without an address is a failure where
/// another of the same class has one, and a warning otherwise.
#[derive(Debug, Clone, Copy)]
pub struct IngressesWithoutAddress;

impl Check for IngressesWithoutAddress {
    fn name(&self) -> &'static str {
        "ingresses-without-address"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let ingresses = view.optional(&view.state().ingresses, "ingresses")?;
        let served: BTreeSet<_> = ingresses.iter().filter(|ingress| has_address(ingress)).map(class).collect();
        let watched = ingresses.iter().filter(|ingress| view.is_watched(&ingress.metadata));
        Ok(Outcome::over("ingresses", watched, |ingress| look(view, ingress, &served)))
    }
}

fn has_address(ingress: &Ingress) -> bool {
    !ingress.status.load_balancer.ingress.is_empty()
}

/// The class, by the field or by the annotation that it replaced.
fn class(ingress: &Ingress) -> Option<&str> {
    let annotated = ingress.metadata.annotations.get("kubernetes.io/ingress.class");
    ingress.spec.ingress_class_name.as_deref().or(annotated.map(String::as_str))
}

fn look(view: &ClusterView<'_>, ingress: &Ingress, served: &BTreeSet<Option<&str>>) -> Option<Observation> {
    let meta = &ingress.metadata;
    if has_address(ingress) || view.is_new(meta) {
        return None;
    }
    let summary = format!("ingress {}/{} has no address", meta.namespace(), meta.name);
    let mut finding = view.finding(summary, object_ref("ingress", meta), None);
    let class = class(ingress);
    finding.evidence.push(class.map_or("no class".to_owned(), |class| format!("class {}", quoted(class))));
    let hosts: Vec<_> = ingress.spec.rules.iter().filter_map(|rule| rule.host.as_deref()).collect();
    finding.evidence.extend((!hosts.is_empty()).then(|| format!("hosts {}", quoted(&hosts.join(", ")))));
    let is_served = served.contains(&class);
    finding.evidence.extend(is_served.then(|| "other ingresses of this class have an address".to_owned()));
    finding.evidence.extend(view.warnings_about("Ingress", meta.namespace(), &meta.name));
    Some(Observation::fail(Severity::Sev3, finding).softened_if(!is_served))
}
