use jiff::SignedDuration;
use lamplighter_core::diagnosis::{Cause, Examination, Likelihood, RootCause, Rule, Scene};

use crate::containers::{Member, app_of, events_of, members};
use crate::probing::is_kill;

/// A container exits with an error of its own.
///
/// Relied on: `lastState.terminated.exitCode` is what the program exited with; 137 and 143 are signals from outside,
/// 126 to 128 mean that it never ran (Kubernetes docs, Pod Lifecycle; POSIX shell exit status), and a container that
/// the kubelet killed for a probe has an event that says so. Languages write the reason last: `panic:` (Go, Rust),
/// `Exception in thread` (Java), `Traceback` (Python), `Unhandled` (Node, .NET).
pub(super) struct ApplicationCrash;

impl Rule for ApplicationCrash {
    fn name(&self) -> &'static str {
        "application-crash"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::ApplicationCrash]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        for member in members(scene) {
            if let Some(cause) = crashed(scene, member) {
                examination.name(cause);
            }
        }
    }
}

fn crashed(scene: &Scene, member: Member<'_>) -> Option<RootCause> {
    let Member { pod, status, .. } = member;
    let end = member.last_end();
    let looping = member.waits_for() == "CrashLoopBackOff";
    let code = end.map(|end| end.exit_code);
    let failed = match code {
        Some(code) => !matches!(code, 0 | 126..=128 | 137 | 143),
        // Not recorded; the back-off alone says that it ends again and again.
        None => looping,
    };
    let reason = end.and_then(|end| end.reason.as_deref()).unwrap_or_default();
    let of_another = matches!(reason, "OOMKilled" | "ContainerCannotRun" | "StartError" | "ContainerStatusUnknown");
    let by_probe = events_of(scene, pod).any(|event| is_kill(event, &status.name));
    let over = end
        .and_then(|end| end.finished_at)
        .is_some_and(|at| member.status.ready && scene.taken_at().duration_since(at) > SignedDuration::from_hours(1));
    let one_time = pod.spec.restart_policy.as_deref() == Some("Never") && pod.status.phase == "Failed";
    if !failed || of_another || by_probe || over || (one_time && scene.graph.workload_of(pod).is_none()) {
        return None;
    }
    let lines = last_words(scene, member);
    let elsewhere = lines.iter().any(|line| blames_another(line));
    let confidence = match (lines.is_empty(), elsewhere) {
        (_, true) => Likelihood::POSSIBLE,
        (false, false) => Likelihood::LIKELY,
        (true, false) => Likelihood::new(0.45),
    };
    let confidence = if member.has_recovered(scene.taken_at()) { confidence.times(0.6) } else { confidence };
    let summary = match code {
        Some(code) => {
            format!("container {} ended with exit code {code}, {} restarts", status.name, status.restart_count)
        }
        None => format!("container {} is restarted again and again, {} restarts", status.name, status.restart_count),
    };
    let mut evidence = member.finding(scene, summary, end.and_then(|end| end.finished_at));
    for line in lines.into_iter().take(5) {
        evidence = evidence.with_evidence(line);
    }
    if let Some(message) = end.and_then(|end| end.message.as_deref()) {
        evidence = evidence.with_evidence(message);
    }
    let cause = RootCause::new(Cause::ApplicationCrash, app_of(scene, pod), confidence, evidence)
        .then(format!("The program of container {} ends with an error of its own.", status.name))
        .then("The kubelet starts it again after longer and longer waits, and it does not answer in between.");
    Some(cause)
}

/// The lines that tell of a crash, those before the last restart first.
fn last_words(scene: &Scene, member: Member<'_>) -> Vec<String> {
    let app = app_of(scene, member.pod);
    let Some(logs) = scene.logs.seen() else { return Vec::new() };
    let said = logs.of_app(member.pod.metadata.namespace(), app.name());
    let mine = said.filter(|said| said.container.is_none_or(|name| name == member.status.name));
    let mut lines: Vec<(bool, String)> =
        mine.filter(|said| is_fatal(said.text)).map(|said| (!said.previous, said.text.to_owned())).collect();
    lines.sort();
    lines.dedup();
    lines.into_iter().map(|(_, line)| line).collect()
}

fn is_fatal(line: &str) -> bool {
    const FATAL: [&str; 20] = [
        "panic:",
        "panicked at",
        "fatal error",
        "Exception in thread",
        "Traceback (most recent call last)",
        "Unhandled exception",
        "UnhandledPromiseRejection",
        "Uncaught",
        "Application run failed",
        "APPLICATION FAILED TO START",
        "Segmentation fault",
        "SIGSEGV",
        "core dumped",
        "OutOfMemoryError",
        "heap out of memory",
        "terminate called",
        "Error: Cannot find module",
        "ModuleNotFoundError",
        "invalid configuration",
        "required environment variable",
    ];
    let upper = line.to_uppercase();
    FATAL.iter().any(|words| line.contains(words))
        || ["FATAL", "CRITICAL", "EMERG", "PANIC"]
            .iter()
            .any(|level| upper.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word == *level))
}

/// Whether the last words are about another service, whose failure is then the cause.
fn blames_another(line: &str) -> bool {
    let lower = line.to_lowercase();
    [
        "connection refused",
        "no such host",
        "unknownhost",
        "getaddrinfo",
        "name resolution",
        "communications link failure",
        "access denied",
        "too many connections",
        "too many clients",
        "permission denied",
        "read-only",
        "no space left",
        "timed out",
        "deadline exceeded",
        "x509",
        "econnrefused",
        "no reachable servers",
        "server selection",
    ]
    .iter()
    .any(|words| lower.contains(words))
}
