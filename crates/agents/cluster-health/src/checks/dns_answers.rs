use lamplighter_core::cluster::Service;
use lamplighter_core::diagnosis::Signal;
use lamplighter_core::words::Severity;

use crate::lines::object_ref;
use crate::measured::newest;
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `dns-answers`: the cluster's DNS server answers.
///
/// Relies on [`Signal::DnsAnswers`] and on the service of the cluster's DNS server, which carries the label
/// `k8s-app=kube-dns` whatever server is behind it (Kubernetes docs, DNS for Services and Pods; Debugging DNS
/// Resolution): without a ready endpoint of it no pod resolves a name. Both are looked at where both are there. It is
/// critical where none answers, and a loss of redundancy where one of several does not.
#[derive(Debug, Clone, Copy)]
pub struct DnsAnswers;

impl Check for DnsAnswers {
    fn name(&self) -> &'static str {
        "dns-answers"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let services = dns_services(view);
        let servers = match newest(view, Signal::DnsAnswers, f64::min) {
            Ok(servers) => servers,
            // The endpoints say something as well.
            Err(_) if !services.is_empty() => Vec::new(),
            Err(reason) => return Err(reason),
        };
        let mut outcome = Outcome::over("DNS servers", &services, |service| silent_service(view, service));
        let none = servers.iter().all(|server| server.value < 0.5);
        for server in &servers {
            let is_silent = server.value < 0.5;
            outcome.look(is_silent.then(|| {
                let finding = server.finding(format!("{} does not answer", server.object("dns server")), "dns server");
                let (severity, line) =
                    if none { (Severity::Sev1, "none answers") } else { (Severity::Sev2, "another one answers") };
                Observation::fail(severity, finding.with_evidence(line))
            }));
        }
        Ok(outcome)
    }
}

/// The services of the cluster's DNS server, where their endpoints are known.
fn dns_services<'a>(view: &ClusterView<'a>) -> Vec<&'a Service> {
    if view.state().endpoints.seen().is_none() {
        return Vec::new();
    }
    let is_dns = |service: &&Service| service.metadata.labels.get("k8s-app").is_some_and(|app| app == "kube-dns");
    view.state().services.items().iter().filter(is_dns).collect()
}

fn silent_service(view: &ClusterView<'_>, service: &Service) -> Option<Observation> {
    let ready = view.graph().endpoints_of(service).map_or(0, lamplighter_core::cluster::Endpoints::ready);
    (ready == 0 && !view.is_new(&service.metadata)).then(|| {
        let meta = &service.metadata;
        let summary = format!("the DNS service {}/{} has no ready endpoint", meta.namespace(), meta.name);
        let finding = view.finding(summary, object_ref("service", meta), None);
        Observation::fail(Severity::Sev1, finding.with_evidence("no pod of the cluster resolves a name"))
    })
}
