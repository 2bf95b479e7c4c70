use jiff::SignedDuration;
use lamplighter_core::diagnosis::{Cause, Examination, Likelihood, RootCause, Rule, Scene};

use super::{probe_port, probe_protocol};
use crate::probing::{Failure, ProbeKind, Trouble, first_verdict, troubles};

/// A liveness probe kills a container that would have answered.
///
/// Relied on: without a startup probe, a liveness probe begins `initialDelaySeconds` after the container does, and
/// after `failureThreshold` failures, `periodSeconds` apart and each of at most `timeoutSeconds`, the kubelet kills
/// the container with its grace period, whatever it is doing (Kubernetes docs, Configure Liveness, Readiness and
/// Startup Probes). The container ends by the signal (exit code 137 or 143) or by its own way of stopping.
pub(super) struct ProbeTiming;

impl Rule for ProbeTiming {
    fn name(&self) -> &'static str {
        "probe-timing"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::LivenessProbeIncorrectTiming]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        for trouble in troubles(scene).iter().filter(|trouble| trouble.kind == ProbeKind::Liveness) {
            let Some((confidence, reason)) = judge(scene, trouble) else { continue };
            let evidence = trouble.evidence(scene).with_evidence(settings(trouble)).with_evidence(&reason);
            let settled = trouble.member.has_recovered(scene.taken_at());
            let confidence = if settled { confidence.times(0.8) } else { confidence };
            let cause = Cause::LivenessProbeIncorrectTiming;
            let named = RootCause::new(cause, trouble.app.clone(), confidence, evidence)
                .then(format!(
                    "The {} of container {} gives it {:.0} s from its start; {reason}.",
                    trouble.described(),
                    trouble.spec.name,
                    first_verdict(trouble.probe).as_secs_f64()
                ))
                .then(trouble.effect());
            examination.name(named);
        }
    }
}

fn judge(scene: &Scene, trouble: &Trouble<'_>) -> Option<(Likelihood, String)> {
    // Its events expire, and the signal that ended the last instance stays.
    let signal = trouble.member.last_end().is_some_and(|end| matches!(end.exit_code, 137 | 143));
    if trouble.kills.is_none() && !signal {
        return None;
    }
    let memory = trouble.member.last_end().is_some_and(|end| end.reason.as_deref() == Some("OOMKilled"));
    let in_time = matches!(trouble.failure, Failure::Refused | Failure::Slow | Failure::Cut | Failure::Other)
        || matches!(trouble.failure, Failure::Status(500..));
    let likely = Some(Likelihood::POSSIBLE);
    let port = probe_port::judge(scene, trouble) > likely;
    let protocol = probe_protocol::judge(scene, trouble).map(|(confidence, _)| confidence) > likely;
    if memory || !in_time || port || protocol {
        return None;
    }
    let given = first_verdict(trouble.probe);
    let slow = startup_time(scene, trouble);
    if let Some((needed, line)) = slow.filter(|(needed, _)| *needed > given) {
        return Some((Likelihood::new(0.9), format!("it needs {:.0} s to start ({line})", needed.as_secs_f64())));
    }
    let ready = trouble.member.status.ready;
    if given <= SignedDuration::from_secs(10) {
        let confidence = if ready || trouble.other_succeeds(scene) { Likelihood::SHOWN } else { Likelihood::new(0.75) };
        return Some((confidence, "few programs start or recover in that time".to_owned()));
    }
    let short = trouble.probe.timeout_seconds.unwrap_or(1) <= 1;
    if trouble.failure == Failure::Slow && short && trouble.other_succeeds(scene) {
        return Some((Likelihood::LIKELY, "it answers, and takes longer than the probe waits".to_owned()));
    }
    if given <= SignedDuration::from_secs(30) && trouble.probe.initial_delay_seconds.unwrap_or(0) < 15 {
        return Some((Likelihood::new(0.55), "it does not answer within that time".to_owned()));
    }
    Some((Likelihood::POSSIBLE, "it does not answer within that time".to_owned()))
}

/// How long the container took to start: by what it says, or by when it became ready.
fn startup_time(scene: &Scene, trouble: &Trouble<'_>) -> Option<(SignedDuration, String)> {
    let workload = scene.graph.workload_of(trouble.member.pod)?;
    let said = scene.said_by(&workload).filter_map(|said| Some((seconds_to_start(said.text)?, said.text.to_owned())));
    let spoken = said.max_by_key(|(seconds, _)| *seconds);
    let status = trouble.member.status;
    let began = status.state.running.as_ref().and_then(|running| running.started_at);
    let ready = trouble.member.pod.condition("Ready").filter(|ready| ready.status == "True");
    let became = ready.and_then(|ready| ready.last_transition_time);
    let seen = began
        .zip(became)
        .map(|(began, became)| (became.duration_since(began), "from its start until it was ready".to_owned()));
    spoken.or_else(|| seen.filter(|(time, _)| time.is_positive()))
}

/// The seconds that a line says a program took to start: `Started Ledger in 12.3 seconds (process running for 13)`,
/// `started in 4500 ms`, `ready in 8s`.
fn seconds_to_start(line: &str) -> Option<SignedDuration> {
    let lower = line.to_lowercase();
    let at = ["started", "startup", "ready in", "up in", "initialized in"]
        .iter()
        .filter_map(|word| lower.find(word))
        .min()?;
    let (_, rest) = lower.get(at..)?.split_once(" in ")?;
    let rest = rest.trim_start_matches(['[', '(']);
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let (number, unit) = rest.split_at_checked(end)?;
    let number: f64 = number.trim_end_matches('.').parse().ok()?;
    let unit = unit.trim_start();
    let seconds = if unit.starts_with("ms") || unit.starts_with("milli") {
        number / 1000.0
    } else if unit.starts_with('s') {
        number
    } else if unit.starts_with("min") {
        number * 60.0
    } else {
        return None;
    };
    SignedDuration::try_from_secs_f64(seconds).ok()
}

fn settings(trouble: &Trouble<'_>) -> String {
    let probe = trouble.probe;
    format!(
        "initialDelaySeconds {} periodSeconds {} timeoutSeconds {} failureThreshold {}",
        probe.initial_delay_seconds.unwrap_or(0),
        probe.period_seconds.unwrap_or(10),
        probe.timeout_seconds.unwrap_or(1),
        probe.failure_threshold.unwrap_or(3)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_say_how_long_they_took() {
        let cases = [
            ("Started LedgerApplication in 12.345 seconds (process running for 13.1)", Some(12_345)),
            ("[main] INFO Server - Started @4500ms", None),
            ("WildFly started in 23456ms - Started 300 services", Some(23_456)),
            ("ledger ready in 8s", Some(8_000)),
            ("Started worker in background", None),
            ("Quarkus 3.2 on JVM started in 1.5s. Listening on: http://0.0.0.0:8080", Some(1_500)),
        ];
        for (line, millis) in cases {
            assert_eq!(seconds_to_start(line), millis.map(SignedDuration::from_millis), "{line}");
        }
    }
}
