use std::collections::BTreeSet;

use lamplighter_core::diagnosis::{Cause, ConnectionFailure, Culprit, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::Finding;

use crate::addresses::{Configured, Destination, configured, destination};
use crate::agreement::{Side, calls_by_port, who_is_off};
use crate::missing::{Gone, missing_names};
use crate::names::{is_alike, is_database};
use crate::symptoms::{ailing, complaints, is_to};

/// A workload that is configured with an address at which its dependency is not: a name that no service has, or a
/// port that the service does not have, while the service agrees with everybody else.
///
/// Kubernetes docs, DNS for Services and Pods: a name without a service does not resolve. Kubernetes docs, Virtual
/// IPs and Service Proxies: a port that is not among the service's is not forwarded.
pub(super) struct ConfiguredAddressThatMisses;

impl Rule for ConfiguredAddressThatMisses {
    fn name(&self) -> &'static str {
        "configured-address-that-misses"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::ServiceEnvVarAddressMismatch]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        for (service, port, callers) in calls_by_port(scene) {
            if who_is_off(scene, service, port, &callers) == Side::Service {
                continue;
            }
            for address in &callers {
                let to_it = |failure: &ConnectionFailure| {
                    is_to(scene, service, failure) && failure.port.is_none_or(|failed| failed == port)
                };
                let symptoms = felt_by(scene, address, to_it);
                let offered: Vec<String> = service.spec.ports.iter().map(|port| port.port.to_string()).collect();
                let says = format!("service {} has the ports {}", service.metadata.name, offered.join(", "));
                name_port(scene, address, &says, is_database(scene, service), symptoms, examination);
            }
        }
        for missing in missing_names(scene) {
            if missing.gone == Gone::NeverThere {
                for address in &missing.askers {
                    name_host(scene, address, &missing.name, examination);
                }
            }
        }
        others_disagree(scene, examination);
    }
}

/// Symptoms, and whether they are failed connections to that very address.
struct Felt {
    direct: bool,
    findings: Vec<Finding>,
}

fn felt_by(scene: &Scene, address: &Configured<'_>, to_it: impl Fn(&ConnectionFailure) -> bool) -> Felt {
    let workload = address.workload;
    let mut apps: BTreeSet<&str> = scene.calls.dependants(&workload.name);
    apps.insert(&workload.name);
    let told = |apps: &BTreeSet<&str>, wanted: &dyn Fn(&ConnectionFailure) -> bool| -> Vec<Finding> {
        complaints(scene, apps, wanted).iter().map(|complaint| complaint.finding(scene)).collect()
    };
    let heard = told(&apps, &to_it);
    if !heard.is_empty() {
        return Felt { direct: true, findings: heard };
    }
    let mut findings = ailing(scene, &workload.namespace, &workload.name);
    // Some drivers do not say to whom they could not connect.
    let own = std::iter::once(workload.name.as_str()).collect();
    let peerless = if findings.is_empty() { Vec::new() } else { told(&own, &|failure| failure.peer().is_none()) };
    let direct = !peerless.is_empty();
    findings.extend(peerless);
    Felt { direct, findings }
}

fn name_port(
    scene: &Scene,
    address: &Configured<'_>,
    says: &str,
    database: bool,
    symptoms: Felt,
    examination: &mut Examination,
) {
    let wrong = finding(scene, address).with_evidence(says);
    if symptoms.findings.is_empty() {
        examination.find(wrong);
        return;
    }
    let confidence = match (symptoms.direct, database) {
        (true, false) => Likelihood::new(0.9),
        // Whoever looks after databases says more exactly what is wrong then.
        (true, true) | (false, false) => Likelihood::LIKELY,
        (false, true) => Likelihood::LIKELY.times(0.7),
    };
    let port = address.port.map(|port| format!(":{port}")).unwrap_or_default();
    let why = format!("{} is configured with {}{port}, and {says}.", address.workload.name, address.host);
    examination.name(cause(scene, address, confidence, wrong, why, symptoms.findings));
}

fn name_host(scene: &Scene, address: &Configured<'_>, name: &str, examination: &mut Examination) {
    let to_it = |failure: &ConnectionFailure| failure.host.as_deref() == Some(address.host.as_str());
    let symptoms = felt_by(scene, address, to_it);
    let services = || {
        scene
            .state()
            .services
            .items()
            .iter()
            .filter(|service| service.metadata.namespace() == address.workload.namespace)
    };
    let alike = services().find(|service| is_alike(&service.metadata.name, name));
    let says = match alike {
        Some(service) => format!("there is no service {name}, and one called {}", service.metadata.name),
        None => format!("there is no service {name}"),
    };
    let wrong = finding(scene, address).with_evidence(says.as_str());
    // Optional dependencies that nobody has installed are common: without a failed connection to that very name,
    // only a name that looks like a slip of the pen tells something.
    let confidence = match (symptoms.direct, alike.is_some()) {
        (true, true) => Likelihood::new(0.9),
        (true, false) if !is_telemetry(address) => Likelihood::LIKELY,
        (false, true) if !symptoms.findings.is_empty() => Likelihood::LIKELY.times(0.8),
        _ => {
            examination.find(wrong);
            return;
        }
    };
    let why = format!("{} is configured with the host {}, and {says}.", address.workload.name, address.host);
    examination.name(cause(scene, address, confidence, wrong, why, symptoms.findings));
}

/// Whether an address is that of a collector of traces or metrics. Libraries send to it beside the work, drop what
/// they cannot send, and say so (OpenTelemetry, Error handling in OpenTelemetry).
fn is_telemetry(address: &Configured<'_>) -> bool {
    const WORDS: [&str; 9] =
        ["OTEL", "OTLP", "JAEGER", "ZIPKIN", "STATSD", "TRACING", "TELEMETRY", "COLLECTOR", "PYROSCOPE"];
    const PORTS: [u16; 7] = [4317, 4318, 6831, 6832, 14268, 9411, 8125];
    let variable = address.variable.to_ascii_uppercase();
    WORDS.iter().any(|word| variable.contains(word)) || address.port.is_some_and(|port| PORTS.contains(&port))
}

/// A variable that has another service than the variables of the same name of all others.
fn others_disagree(scene: &Scene, examination: &mut Examination) {
    let all = configured(scene);
    let mut by_variable: std::collections::BTreeMap<(&str, &str), Vec<&Configured<'_>>> =
        std::collections::BTreeMap::new();
    for address in all.iter().filter(|address| address.variable.len() > 4 && address.place.contains(" of container ")) {
        by_variable.entry((&address.workload.namespace, &address.variable)).or_default().push(address);
    }
    for ((_, variable), addresses) in by_variable.into_iter().filter(|(_, addresses)| addresses.len() > 2) {
        let service_of = |address: &Configured<'_>| match destination(scene, &address.workload.namespace, &address.host)
        {
            Destination::Service(service) => Some(service.metadata.name.clone()),
            _ => None,
        };
        for odd in &addresses {
            let Some(theirs) = service_of(odd) else { continue };
            let mut others =
                addresses.iter().filter(|other| other.workload != odd.workload).map(|other| service_of(other));
            let Some(Some(agreed)) = others.next() else { continue };
            if agreed == theirs || !others.all(|other| other.as_deref() == Some(agreed.as_str())) {
                continue;
            }
            let symptoms = ailing(scene, &odd.workload.namespace, &odd.workload.name);
            if symptoms.is_empty() {
                continue;
            }
            let says = format!("everybody else's {variable} leads to {agreed}");
            let wrong = finding(scene, odd).with_evidence(says.as_str());
            let why = format!("{} is configured with {}, and {says}.", odd.workload.name, odd.host);
            examination.name(cause(scene, odd, Likelihood::LIKELY, wrong, why, symptoms));
        }
    }
}

fn finding(scene: &Scene, address: &Configured<'_>) -> Finding {
    let name = &address.workload.name;
    scene
        .finding(format!("{name} is configured with an address that leads nowhere"), address.workload.object())
        .with_evidence(format!("{}: {}", address.place, address.value))
}

fn cause(
    scene: &Scene,
    address: &Configured<'_>,
    confidence: Likelihood,
    wrong: Finding,
    why: String,
    symptoms: Vec<Finding>,
) -> RootCause {
    let workload = address.workload;
    let culprit = Culprit::app(&workload.namespace, &workload.name);
    let cause = RootCause::new(Cause::ServiceEnvVarAddressMismatch, culprit, confidence, wrong)
        .then(why)
        .then(format!("{} cannot connect to it, and fails whatever needs it.", workload.name));
    let callers = scene.calls.callers(&workload.name).map(|caller| Culprit::app(&workload.namespace, caller));
    let cause = callers.fold(cause, RootCause::affecting);
    symptoms.into_iter().fold(cause, RootCause::and)
}
