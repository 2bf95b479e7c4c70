//! SPEC §4: how bad it is, and why.

use std::collections::HashSet;

use lamplighter_core::words::{CheckStatus, HealthReport, ObjectRef, Severity, Tier};

use crate::TriageSettings;
use crate::facts::{Facts, Pods, storage_trouble};
use crate::member::Member;
use crate::service::{Impact, Service};
use crate::survey::Survey;

/// The kinds of object that services consist of.
const PARTS_OF_SERVICES: [&str; 7] =
    ["pod", "deployment", "statefulset", "daemonset", "replicaset", "service", "endpoints"];

/// One reason for a severity.
pub(crate) type Reason = (Severity, String);

/// Every reason for a severity, the worst first.
pub(crate) fn reasons(
    survey: &Survey<'_>,
    services: &[Service<'_>],
    facts: &Facts<'_>,
    scan: &HealthReport,
) -> Vec<Reason> {
    let counted: Vec<_> = services.iter().filter(|service| !service.known).collect();
    let mut reasons = several_down(survey.settings, &counted);
    reasons.extend(counted.iter().filter_map(|service| of_service(service)));
    reasons.extend(of_nodes(facts));
    reasons.extend(of_data(survey, &counted, facts));
    reasons.extend(of_majority(survey.settings, facts));
    reasons.extend(of_scan(services, scan));
    reasons.sort_by_key(|(severity, _)| std::cmp::Reverse(*severity));
    reasons
}

fn several_down(settings: &TriageSettings, services: &[&Service<'_>]) -> Vec<Reason> {
    let is_down = |service: &&&Service<'_>| {
        service.tier >= Tier::Important && matches!(service.impact(), Impact::Down | Impact::Outside)
    };
    let down: Vec<_> = services.iter().filter(is_down).map(|service| service.name.as_str()).collect();
    if down.len() < settings.several_services.max(2) {
        return Vec::new();
    }
    vec![(Severity::Sev1, format!("{} services that matter are down: {}", down.len(), listed(&down)))]
}

/// What one service is worth on its own.
pub(crate) fn of_service(service: &Service<'_>) -> Option<Reason> {
    let name = &service.name;
    let role = service.role().filter(|_| service.entry.is_none());
    let what = match (service.tier, role) {
        (Tier::Critical, Some(role)) => format!("{name}, {}, on which others depend,", role.as_str()),
        (Tier::Critical, None) => format!("{name}, on which others depend,"),
        (Tier::Important, _) => name.clone(),
        (Tier::Optional, _) => format!("{name}, which is optional,"),
    };
    let (severity, state) = match (service.tier, service.impact()) {
        (_, Impact::None) => return None,
        (_, Impact::Flapping) => (Severity::Sev3, "comes and goes"),
        (Tier::Critical, Impact::Down) => (Severity::Sev1, "is down"),
        (Tier::Critical, Impact::Bad | Impact::Slight) => (Severity::Sev2, "is degraded but redundant"),
        (Tier::Important, Impact::Down) => (Severity::Sev2, "is down"),
        (Tier::Important, Impact::Bad) => (Severity::Sev2, "is badly degraded"),
        (Tier::Critical | Tier::Important, Impact::Outside) => {
            (Severity::Sev2, "is seen down from outside, which the cluster does not confirm")
        }
        (Tier::Important, Impact::Slight) => (Severity::Sev3, "is slightly degraded"),
        (Tier::Optional, Impact::Down | Impact::Outside) => (Severity::Sev3, "is down"),
        (Tier::Optional, Impact::Bad | Impact::Slight) => (Severity::Sev3, "is degraded"),
    };
    Some((severity, format!("{what} {state}: {}", service.sentence())))
}

fn of_nodes(facts: &Facts<'_>) -> Option<Reason> {
    let names: Vec<_> = facts.lost_nodes.iter().map(|node| node.metadata.name.as_str()).collect();
    let are = if names.len() == 1 { "node is" } else { "nodes are" };
    (!names.is_empty())
        .then(|| (Severity::Sev1, format!("{} {are} not ready or not heard of: {}", names.len(), listed(&names))))
}

fn of_data(survey: &Survey<'_>, services: &[&Service<'_>], facts: &Facts<'_>) -> Vec<Reason> {
    let lost = facts.lost_claims.iter().map(|claim| {
        let name = format!("{}/{}", claim.metadata.namespace(), claim.metadata.name);
        (Severity::Sev1, format!("data is at risk: claim {name} has lost its volume"))
    });
    let members = services.iter().flat_map(|service| &service.members);
    let databases = members.filter(|member| member.is_database && member.is_broken());
    let stranded = databases.filter_map(|member: &Member<'_>| {
        let trouble = storage_trouble(survey, member)?;
        Some((Severity::Sev1, format!("data is at risk: database {} waits for its storage, {trouble}", member.object)))
    });
    lost.chain(stranded).collect()
}

/// Over half of all pods. One small service that is down is most of a small cluster, and still one service.
fn of_majority(settings: &TriageSettings, facts: &Facts<'_>) -> Option<Reason> {
    let Pods { all, unhealthy, affected_services } = facts.pods;
    let says_something = affected_services > 1 || all >= settings.pods_for_a_majority;
    let is_majority = says_something && unhealthy.saturating_mul(2) > all;
    is_majority.then(|| (Severity::Sev1, format!("{unhealthy} of {all} pods that matter are not ready")))
}

/// What the scan found on things that no service consists of: claims, jobs, nodes under pressure.
pub(crate) fn of_scan(services: &[Service<'_>], scan: &HealthReport) -> Vec<Reason> {
    let judged = judged(services);
    let failing = scan.checks.iter().filter(|check| check.status == CheckStatus::Fail);
    let reasons = failing.flat_map(|check| {
        let unjudged = check.findings.iter().filter(|finding| !judged.contains(&finding.object));
        let (stray, other): (Vec<_>, Vec<_>) =
            unjudged.partition(|finding| PARTS_OF_SERVICES.contains(&finding.object.kind.as_str()));
        // Pods of jobs, services of nothing: no service suffers.
        let reasons = [(Severity::Sev3, stray), (check.severity.unwrap_or(Severity::Sev3), other)];
        reasons.into_iter().filter(|(_, findings)| !findings.is_empty()).map(|(severity, findings)| {
            let summaries: Vec<_> = findings.iter().map(|finding| finding.summary.as_str()).collect();
            (severity, format!("{}: {}", check.check, listed(&summaries)))
        })
    });
    reasons.collect()
}

/// The objects that are judged as parts of their service.
fn judged(services: &[Service<'_>]) -> HashSet<ObjectRef> {
    let members = || services.iter().flat_map(|service| &service.members);
    let pods = members().flat_map(|member| &member.pods);
    let pods = pods.map(|pod| ObjectRef::pod(pod.metadata.namespace(), &pod.metadata.name));
    let leads = services.iter().flat_map(|service| {
        let namespaces = service.members.iter().filter_map(|member| member.object.namespace.as_ref());
        namespaces.flat_map(|namespace| {
            service.leads_here.iter().map(move |name| ObjectRef::namespaced("service", namespace, name))
        })
    });
    members().map(|member| member.object.clone()).chain(pods).chain(leads).collect()
}

/// The first few of many.
pub(crate) fn listed(names: &[&str]) -> String {
    const FEW: usize = 5;
    let first = names.iter().take(FEW).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(FEW) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
