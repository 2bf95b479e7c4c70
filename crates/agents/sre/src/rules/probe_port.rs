use lamplighter_core::diagnosis::{Cause, Examination, Likelihood, RootCause, Rule, Scene};

use crate::probing::{Failure, ProbeKind, Trouble, speech, troubles};

/// A probe asks a port on which nothing listens.
///
/// Relied on: the kubelet makes the connection of a probe to the pod's address and the probe's port; where nothing
/// listens the kernel answers with a reset (`connect: connection refused`, RFC 9293 §3.10.7.1), and the gRPC probe
/// says `failed to connect service`. A port that a probe gives by name is one of the container's ports of that name
/// (Kubernetes docs, Configure Liveness, Readiness and Startup Probes).
pub(super) struct ProbePort;

impl Rule for ProbePort {
    fn name(&self) -> &'static str {
        "probe-port"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::LivenessProbeIncorrectPort, Cause::ReadinessProbeIncorrectPort]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        for trouble in troubles(scene) {
            let Some(confidence) = judge(scene, &trouble) else { continue };
            let cause = match trouble.kind {
                ProbeKind::Readiness => Cause::ReadinessProbeIncorrectPort,
                ProbeKind::Liveness => Cause::LivenessProbeIncorrectPort,
            };
            let mut evidence = trouble.evidence(scene);
            for reason in trouble.ports.reasons().take(6) {
                evidence = evidence.with_evidence(reason);
            }
            let settled = trouble.member.has_recovered(scene.taken_at());
            let confidence = if settled { confidence.times(0.6) } else { confidence };
            let named = RootCause::new(cause, trouble.app.clone(), confidence, evidence)
                .then(format!(
                    "The {} of container {} asks a port on which nothing listens.",
                    trouble.described(),
                    trouble.spec.name
                ))
                .then(trouble.effect());
            examination.name(named);
        }
    }
}

/// How likely it is that a probe fails for its port; `None` where it is not.
pub(super) fn judge(scene: &Scene, trouble: &Trouble<'_>) -> Option<Likelihood> {
    let Trouble { ports, failure, .. } = trouble;
    if *failure == Failure::NoSuchPort {
        return Some(Likelihood::SHOWN);
    }
    let port = trouble.port?;
    if ports.spoken.contains_key(&port) {
        return None;
    }
    // Another probe of the same container that succeeds elsewhere tells what is wrong with this one.
    let elsewhere = trouble.other().is_some_and(|other| trouble.port_of(other).is_some_and(|other| other != port));
    let contrast = elsewhere && trouble.other_succeeds(scene);
    let alike = trouble.other().is_some_and(|other| speech(other) == speech(trouble.probe));
    let declared = ports.declared.contains_key(&port);
    match failure {
        Failure::Refused if declared && contrast => Some(Likelihood::LIKELY),
        Failure::Refused if declared && !ports.spoken.is_empty() => Some(Likelihood::POSSIBLE),
        Failure::Refused if declared => None,
        Failure::Refused if contrast => Some(Likelihood::new(0.92)),
        Failure::Refused if ports.is_empty() => Some(Likelihood::POSSIBLE),
        Failure::Refused => Some(Likelihood::SHOWN),
        Failure::Slow | Failure::Cut | Failure::Garbled | Failure::Status(_) if !declared && contrast && alike => {
            Some(Likelihood::LIKELY)
        }
        // The events have expired; the state is as a wrong port leaves it.
        Failure::Other if !declared && !ports.is_empty() => Some(Likelihood::LIKELY),
        _ => None,
    }
}
