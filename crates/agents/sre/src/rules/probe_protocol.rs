use jiff::SignedDuration;
use lamplighter_core::cluster::Probe;
use lamplighter_core::diagnosis::{Cause, Examination, Likelihood, RootCause, Rule, Scene};

use super::probe_port;
use crate::probing::{Failure, ProbeKind, Trouble, first_verdict, speech, troubles};

/// A probe speaks another protocol than the port that it asks.
///
/// Relied on: a gRPC server speaks HTTP/2 with prior knowledge (RFC 9113 §3.3) and answers an HTTP/1.1 request with a
/// frame, which Go's client calls a `malformed HTTP response` or status code; other servers close the connection. The
/// gRPC probe of an HTTP/1.1 server gets no preface and ends in `failed to connect service … deadline exceeded`.
/// TLS to a plain port is `server gave HTTP response to HTTPS client` or `first record does not look like a TLS
/// handshake`, plain HTTP to a TLS port is commonly status 400. A TCP probe succeeds on every open port.
pub(super) struct ProbeProtocol;

impl Rule for ProbeProtocol {
    fn name(&self) -> &'static str {
        "probe-protocol"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::LivenessProbeIncorrectProtocol, Cause::ReadinessProbeIncorrectProtocol]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        for trouble in troubles(scene) {
            let Some((confidence, signs)) = judge(scene, &trouble) else { continue };
            let cause = match trouble.kind {
                ProbeKind::Readiness => Cause::ReadinessProbeIncorrectProtocol,
                ProbeKind::Liveness => Cause::LivenessProbeIncorrectProtocol,
            };
            let mut evidence = trouble.evidence(scene);
            for sign in signs {
                evidence = evidence.with_evidence(sign);
            }
            let settled = trouble.member.has_recovered(scene.taken_at());
            let confidence = if settled { confidence.times(0.6) } else { confidence };
            let named = RootCause::new(cause, trouble.app.clone(), confidence, evidence)
                .then(format!(
                    "The {} of container {} speaks another protocol than what listens there.",
                    trouble.described(),
                    trouble.spec.name
                ))
                .then(trouble.effect());
            examination.name(named);
        }
    }
}

/// How likely it is that a probe fails for its protocol, and what says that the port speaks another one.
pub(super) fn judge(scene: &Scene, trouble: &Trouble<'_>) -> Option<(Likelihood, Vec<String>)> {
    let at_another_port = probe_port::judge(scene, trouble).is_some_and(|port| port > Likelihood::POSSIBLE);
    if at_another_port {
        return None;
    }
    let same_port = |other: &Probe| trouble.port.is_some() && trouble.port_of(other) == trouble.port;
    let other = trouble.other().filter(|other| same_port(other) && speech(other) != speech(trouble.probe));
    let contrast = other.filter(|_| trouble.other_succeeds(scene));
    // A connection is all that a TCP probe wants: the port is open, and more is not known.
    let open = contrast.is_some_and(|other| matches!(speech(other), "TCP" | "command"));
    let mut signs = signs(scene, trouble);
    let grpc = trouble.probe.grpc.is_some();
    let patient = first_verdict(trouble.probe) > SignedDuration::from_secs(10);
    let confidence = match trouble.failure {
        Failure::Garbled if contrast.is_some() => Likelihood::new(0.92),
        Failure::Garbled => Likelihood::SHOWN,
        Failure::Refused if grpc && contrast.is_some() => Likelihood::SHOWN,
        Failure::Cut if open => Likelihood::LIKELY,
        Failure::Status(code) if open && is_of_another(code) => Likelihood::new(0.5),
        Failure::Cut | Failure::Status(_) if contrast.is_some() && !open => Likelihood::SHOWN,
        Failure::Slow if contrast.is_some() && !open => Likelihood::new(0.75),
        // The preface does not come: the port is open, and what it speaks is no HTTP/2.
        Failure::Refused if grpc && !signs.is_empty() => Likelihood::LIKELY,
        Failure::Cut | Failure::Slow if !signs.is_empty() => Likelihood::LIKELY,
        Failure::Status(code) if is_of_another(code) && !signs.is_empty() => Likelihood::new(0.6),
        // It may as well not listen yet, or not at all.
        Failure::Refused if grpc && patient && trouble.port.is_some_and(|port| trouble.ports.has(port)) => {
            Likelihood::new(0.5)
        }
        // Something listens where the container says so, and ends the connection at the first words.
        Failure::Cut if patient && trouble.port.is_some_and(|port| trouble.ports.has(port)) => Likelihood::new(0.6),
        // The events have expired; the container that never gets ready answers its other probe at the same port.
        Failure::Other
            if trouble.event.is_none() && trouble.kind == ProbeKind::Readiness && contrast.is_some() && !open =>
        {
            Likelihood::LIKELY
        }
        Failure::Cut | Failure::NoSuchCommand => Likelihood::POSSIBLE,
        _ => return None,
    };
    if let Some(other) = contrast {
        signs.insert(
            0,
            format!("the other probe of the container speaks {} to the same port and succeeds", speech(other)),
        );
    }
    Some((confidence, signs))
}

/// The status codes with which servers answer a protocol that they do not expect.
const fn is_of_another(code: u16) -> bool {
    matches!(code, 400 | 404 | 405 | 415 | 426 | 464 | 501 | 505)
}

/// What says that the port of a probe speaks something else than the probe: names of ports of the container and of
/// services, `appProtocol`, what the program says as it starts.
fn signs(scene: &Scene, trouble: &Trouble<'_>) -> Vec<String> {
    let Some(number) = trouble.port else { return Vec::new() };
    let mine = speech(trouble.probe);
    let mut signs = Vec::new();
    let mut look = |name: Option<&str>, what: String| {
        if let Some(theirs) = name.and_then(protocol_in).filter(|theirs| *theirs != mine) {
            signs.push(format!("{what} says {theirs}"));
        }
    };
    for port in trouble.spec.ports.iter().filter(|port| port.container_port == number) {
        let name = port.name.as_deref();
        look(name, format!("the name of container port {number}, {},", name.unwrap_or_default()));
    }
    let workload = scene.graph.workload_of(trouble.member.pod);
    for service in workload.iter().flat_map(|workload| scene.graph.services_of(workload)) {
        for port in &service.spec.ports {
            let target = crate::listening::number_of(trouble.member.pod, port.target_port.as_ref(), port.port);
            if target == Some(number) {
                let name = port.app_protocol.as_deref().or(port.name.as_deref());
                look(name, format!("port {} of service {}", name.unwrap_or_default(), service.metadata.name));
            }
        }
    }
    if let Some(line) = trouble.ports.spoken.get(&number) {
        look(Some(line), format!("the log, {line:?},"));
    }
    // A program with one port speaks on it what its framework does.
    if signs.is_empty() && mine == "gRPC" && trouble.spec.ports.len() <= 1 {
        let said = workload.iter().flat_map(|workload| scene.said_by(workload));
        let lines: Vec<_> = said.map(|said| said.text).collect();
        let grpc = lines.iter().any(|line| line.to_lowercase().contains("grpc"));
        let framework = lines.iter().find(|line| names_an_http_server(line)).filter(|_| !grpc);
        signs.extend(framework.map(|line| format!("the log, {line:?}, is of an HTTP server")));
    }
    signs
}

/// The names that HTTP servers and frameworks write into their logs as they start and serve.
fn names_an_http_server(line: &str) -> bool {
    const SERVERS: [&str; 12] = [
        "tomcat",
        "jetty",
        "undertow",
        "spring boot",
        "uvicorn",
        "gunicorn",
        "werkzeug",
        "kestrel",
        "express",
        "nginx",
        "apache/",
        "http/1.1\"",
    ];
    let lower = line.to_lowercase();
    SERVERS.iter().any(|name| lower.contains(name))
}

/// The protocol that a name or a line says, by the prefixes that Istio and `appProtocol` use.
fn protocol_in(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let has = |names: &[&str]| words.iter().any(|word| names.contains(word));
    if has(&["grpc", "grpcs", "h2c"]) {
        Some("gRPC")
    } else if has(&["https", "tls", "ssl"]) {
        Some("HTTPS")
    } else if has(&["http", "web"]) {
        Some("HTTP")
    } else if has(&["tcp", "mysql", "mysqld", "postgres", "postgresql", "redis", "mongo", "mongodb", "amqp", "kafka"]) {
        Some("TCP")
    } else {
        None
    }
}
