//! The kinds of trouble that the evidence speaks of, and who should look.

use std::collections::BTreeMap;

use lamplighter_core::words::{Domain, SpecialistCall};

use crate::evidence::Scanned;
use crate::facts::{Facts, storage_trouble};
use crate::member::{Member, Standing};
use crate::roles::Role;
use crate::service::{Impact, Service};
use crate::survey::Survey;

/// The checks of the scan, each with the kind of trouble that it finds.
const CHECKS: [(&str, Domain); 6] = [
    ("pods-oom-killed", Domain::Compute),
    ("node-pressure", Domain::Compute),
    ("nodes-ready", Domain::Compute),
    ("claims-bound", Domain::Storage),
    ("pods-image-pull", Domain::Deploy),
    ("services-without-endpoints", Domain::Networking),
];

/// Words of Kubernetes and of TLS libraries, in lower case, each with the kind of trouble that they name.
const WORDS: [(&str, Domain); 26] = [
    ("oomkilled", Domain::Compute),
    ("insufficient cpu", Domain::Compute),
    ("insufficient memory", Domain::Compute),
    ("low on resource", Domain::Compute),
    ("nodes are available", Domain::Compute),
    ("failedmount", Domain::Storage),
    ("failedattachvolume", Domain::Storage),
    ("failedbinding", Domain::Storage),
    ("provisioningfailed", Domain::Storage),
    ("persistentvolumeclaim", Domain::Storage),
    ("no space left on device", Domain::Storage),
    ("read-only file system", Domain::Storage),
    ("progressdeadlineexceeded", Domain::Deploy),
    ("createcontainerconfigerror", Domain::Deploy),
    ("exceeded quota", Domain::Deploy),
    ("failedcreate", Domain::Deploy),
    ("imagepull", Domain::Deploy),
    ("errimage", Domain::Deploy),
    ("failedcreatepodsandbox", Domain::Networking),
    ("no such host", Domain::Networking),
    ("server misbehaving", Domain::Networking),
    ("networknotready", Domain::Networking),
    ("x509", Domain::Auth),
    ("certificate", Domain::Auth),
    ("unauthorized", Domain::Auth),
    ("serviceaccount", Domain::Auth),
];

/// Every kind of trouble with the first thing that speaks of it.
pub(crate) fn domains(
    survey: &Survey<'_>,
    scanned: &Scanned<'_>,
    services: &[&Service<'_>],
    facts: &Facts<'_>,
) -> BTreeMap<Domain, String> {
    let mut domains = BTreeMap::new();
    let mut add = |domain, why: String| {
        domains.entry(domain).or_insert(why);
    };
    for node in &facts.lost_nodes {
        add(Domain::Compute, format!("node {} is not ready", node.metadata.name));
    }
    for claim in &facts.lost_claims {
        add(Domain::Storage, format!("claim {} has lost its volume", claim.metadata.name));
    }
    for service in services {
        if service.impact() == Impact::Outside {
            add(Domain::Networking, format!("{} is seen down from outside only", service.name));
        }
        for member in service.members.iter().filter(|member| member.is_broken()) {
            for (domain, why) in of_member(survey, scanned, member) {
                add(domain, why);
            }
        }
    }
    domains
}

fn of_member(survey: &Survey<'_>, scanned: &Scanned<'_>, member: &Member<'_>) -> Vec<(Domain, String)> {
    let mut domains = Vec::new();
    let by_role = member.role.map(|role| match role {
        Role::Dns | Role::Ingress | Role::Network | Role::Tunnel => Domain::Networking,
        Role::Auth => Domain::Auth,
        Role::ControlPlane => Domain::Compute,
    });
    domains.extend(by_role.map(|domain| (domain, member.sentence())));
    if let Standing::Unreachable { .. } = member.standing {
        domains.push((Domain::Networking, member.sentence()));
    }
    if member.is_database {
        domains.push((Domain::Database, format!("{} runs a database", member.object)));
    }
    domains.extend(storage_trouble(survey, member).map(|trouble| (Domain::Storage, trouble)));
    for (check, finding) in scanned.on_member(member) {
        domains.extend(
            CHECKS.iter().filter(|(name, _)| *name == check).map(|(_, domain)| (*domain, finding.summary.clone())),
        );
        let text = finding.evidence.join("\n").to_lowercase();
        let spoken_of = WORDS.iter().filter(|(word, _)| text.contains(word));
        domains.extend(spoken_of.map(|(word, domain)| (*domain, format!("{}: {word}", finding.summary))));
    }
    domains
}

/// The three that always look (SPEC §5), and those that the kinds of trouble call for.
pub(crate) fn specialists(domains: &BTreeMap<Domain, String>) -> Vec<SpecialistCall> {
    let call = |specialist: &str, reason: String| SpecialistCall { specialist: specialist.to_owned(), reason };
    let mut calls = vec![
        call("cluster-health", "always: what else is wrong in the cluster".to_owned()),
        call("sre", "always: crashes, limits and logs of what is affected".to_owned()),
        call("observability", "always: alerts, anomalies and what was not noticed".to_owned()),
    ];
    for (domain, why) in domains {
        let specialist = match domain {
            Domain::Storage | Domain::Compute => "platform",
            Domain::Database => "database",
            Domain::Networking => "network",
            Domain::Auth => "security",
            Domain::Deploy => "deploy",
        };
        if !calls.iter().any(|call| call.specialist == specialist) {
            calls.push(call(specialist, why.clone()));
        }
    }
    calls
}
