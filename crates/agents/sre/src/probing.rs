//! Probes that fail, and how.
//!
//! Relied on: the kubelet writes events of reason `Unhealthy` with `Liveness probe failed: …` (`… errored: …` when
//! the probe could not be made) and of reason `Killing` with `failed liveness probe, will be restarted`; older
//! kubelets write `Killing container with id …: Container failed liveness probe`. An HTTP or gRPC probe goes to the
//! pod's address; a probe that is not given settings has a period of 10 s, a timeout of 1 s and 3 failures
//! (Kubernetes docs, Configure Liveness, Readiness and Startup Probes).

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::cluster::{Container, Event, IntOrString, Probe};
use lamplighter_core::diagnosis::{Culprit, LogBook, LogStream, Scene};
use lamplighter_core::words::Finding;

use crate::containers::{Member, app_of, events_of, may_concern, members, told};
use crate::listening::{Ports, number_of};

/// Which probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProbeKind {
    /// Its failure takes the pod out of its services.
    Readiness,
    /// Its failure restarts the container. A startup probe's does as well.
    Liveness,
}

/// How a probe fails, by the words of the kubelet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing takes the connection.
    Refused,
    /// No answer in time.
    Slow,
    /// The answer is of another protocol.
    Garbled,
    /// The connection is closed without an answer.
    Cut,
    /// An HTTP status that is none of success.
    Status(u16),
    /// The port that is named does not exist.
    NoSuchPort,
    /// The command of the probe cannot be run.
    NoSuchCommand,
    /// Something else.
    Other,
}

/// A probe that fails and does harm by it.
#[derive(Debug)]
pub(crate) struct Trouble<'a> {
    pub member: Member<'a>,
    pub spec: &'a Container,
    pub app: Culprit,
    pub kind: ProbeKind,
    pub probe: &'a Probe,
    pub failure: Failure,
    /// The number of the port that the probe asks; `None` for one that asks none.
    pub port: Option<u16>,
    pub event: Option<&'a Event>,
    pub kills: Option<&'a Event>,
    pub ports: Ports,
}

/// Every probe that fails and does harm: a container that is not ready for longer than it may take, or one that is
/// restarted for it.
pub(crate) fn troubles(scene: &Scene) -> Vec<Trouble<'_>> {
    let suffering: Vec<Member<'_>> =
        members(scene).filter(|member| !member.status.ready || member.status.restart_count > 0).collect();
    if suffering.is_empty() {
        return Vec::new();
    }
    let mut logs: HashMap<(&str, &str), Vec<&LogStream>> = HashMap::new();
    for stream in scene.logs.seen().into_iter().flat_map(LogBook::streams) {
        logs.entry((&stream.namespace, &stream.app)).or_default().push(stream);
    }
    let mut troubles = Vec::new();
    for member in suffering {
        let Some(spec) = member.spec else { continue };
        let app = app_of(scene, member.pod);
        let said = logs.get(&(member.pod.metadata.namespace(), app.name())).map_or(&[][..], Vec::as_slice);
        for kind in [ProbeKind::Readiness, ProbeKind::Liveness] {
            troubles.extend(trouble(scene, member, spec, &app, kind, said));
        }
    }
    troubles
}

fn trouble<'a>(
    scene: &'a Scene,
    member: Member<'a>,
    spec: &'a Container,
    app: &Culprit,
    kind: ProbeKind,
    said: &[&LogStream],
) -> Option<Trouble<'a>> {
    let failures = || events_of(scene, member.pod).filter(|event| event.reason == "Unhealthy");
    let kills = events_of(scene, member.pod).filter(|event| is_kill(event, &spec.name)).last();
    let (event, probe) = match kind {
        ProbeKind::Readiness => {
            let probe = spec.readiness_probe.as_ref()?;
            (failures().filter(|event| is_of(event, &["Readiness probe"], spec, probe)).last(), probe)
        }
        ProbeKind::Liveness => {
            let of = |probe: Option<&'a Probe>, words: &'static [&'static str]| {
                let probe = probe?;
                Some((failures().filter(|event| is_of(event, words, spec, probe)).last()?, probe))
            };
            let live = of(spec.liveness_probe.as_ref(), &["Liveness probe"]);
            let starts = || of(spec.startup_probe.as_ref(), &["Startup probe"]);
            match live.or_else(starts) {
                Some((event, probe)) => (Some(event), probe),
                // The kill is told and the failures are not: they may have expired.
                None => (kills, spec.liveness_probe.as_ref().filter(|_| kills.is_some())?),
            }
        }
    };
    let harmful = match kind {
        ProbeKind::Readiness => keeps_out(member, probe, event, scene.taken_at()),
        ProbeKind::Liveness => kills.is_some() || event.is_some_and(|event| often(event, probe)),
    };
    if !harmful {
        return None;
    }
    let ports = Ports::of(scene, member.pod, said);
    let port = probe.port();
    let number = port.as_ref().and_then(|port| number_of(member.pod, Some(port), 0));
    let nameless = matches!(port, Some(IntOrString::String(_))) && number.is_none();
    let failure = match event.map(|event| failure_of(&event.message)) {
        _ if nameless => Failure::NoSuchPort,
        Some(failure) => failure,
        None => Failure::Other,
    };
    Some(Trouble { member, spec, app: app.clone(), kind, probe, failure, port: number, event, kills, ports })
}

/// Whether an event tells of this probe. Where it does not say which container, the port in its words does.
fn is_of(event: &Event, begins: &[&str], spec: &Container, probe: &Probe) -> bool {
    let words = begins.iter().any(|begin| event.message.starts_with(begin));
    if !words || !may_concern(event, &spec.name) {
        return false;
    }
    match probe.port() {
        Some(IntOrString::Int(port)) if event.involved_object.field_path.is_none() => {
            !names_a_port(&event.message) || event.message.contains(&format!(":{port}"))
        }
        _ => true,
    }
}

fn names_a_port(message: &str) -> bool {
    message.contains("http://")
        || message.contains("https://")
        || message.contains("dial tcp")
        || message.contains("service \"")
}

/// Whether an event tells that the kubelet killed a container for its liveness or startup probe.
pub(crate) fn is_kill(event: &Event, container: &str) -> bool {
    let message = event.message.to_lowercase();
    let for_probe = message.contains("liveness probe")
        || message.contains("startup probe")
        || message.contains("container is unhealthy");
    event.reason == "Killing" && for_probe && may_concern(event, container) && message.contains(container)
}

/// Whether a container is not ready for longer than its probe needs to find it so.
fn keeps_out(member: Member<'_>, probe: &Probe, event: Option<&Event>, now: Timestamp) -> bool {
    if member.status.ready || member.status.state.running.is_none() {
        return false;
    }
    let long = member.runs_for(now).is_some_and(|time| time > first_verdict(probe) + SignedDuration::from_secs(10));
    event.is_some_and(|event| often(event, probe)) || long
}

fn often(event: &Event, probe: &Probe) -> bool {
    event.count.is_some_and(|count| count >= failures_until(probe))
}

/// How many failures make a verdict.
fn failures_until(probe: &Probe) -> u32 {
    probe.failure_threshold.unwrap_or(3).max(1)
}

/// How long a container that never answers has from its start to the verdict of a probe.
pub(crate) fn first_verdict(probe: &Probe) -> SignedDuration {
    let period = probe.period_seconds.unwrap_or(10).max(1);
    let timeout = probe.timeout_seconds.unwrap_or(1).max(1);
    let rounds = failures_until(probe).saturating_sub(1).saturating_mul(period);
    let seconds = probe.initial_delay_seconds.unwrap_or(0).saturating_add(rounds).saturating_add(timeout);
    SignedDuration::from_secs(seconds.into())
}

/// How a probe fails, by the words of the kubelet, of Go's HTTP and gRPC clients.
pub(crate) fn failure_of(message: &str) -> Failure {
    const GARBLED: [&str; 9] = [
        "malformed HTTP",
        "server gave HTTP response to HTTPS client",
        "first record does not look like a TLS handshake",
        "error reading server preface",
        "frame too large",
        "does not implement the grpc health protocol",
        "unexpected HTTP status code received from server",
        "received unexpected content-type",
        "tls: ",
    ];
    const REFUSED: [&str; 3] = ["connection refused", "failed to connect service", "no route to host"];
    let has = |words: &str| message.contains(words);
    if GARBLED.iter().any(|words| has(words)) {
        Failure::Garbled
    } else if let Some(code) = message.split("statuscode: ").nth(1).and_then(|rest| rest.get(..3)?.parse().ok()) {
        Failure::Status(code)
    } else if REFUSED.iter().any(|words| has(words)) || (has("dial tcp") && has("timeout")) {
        Failure::Refused
    } else if has("executable file not found") || has("no such file or directory") {
        Failure::NoSuchCommand
    } else if has("couldn't find port") || has("no container port with name") || has("strconv.Atoi") {
        Failure::NoSuchPort
    } else if has("EOF") || has("connection reset") || has("broken pipe") || has("server closed") {
        Failure::Cut
    } else if has("health rpc did not complete")
        || has("deadline exceeded")
        || has("timed out")
        || has("Client.Timeout")
        || has("request canceled")
    {
        Failure::Slow
    } else {
        Failure::Other
    }
}

impl<'a> Trouble<'a> {
    /// The other probe of the same container.
    pub(crate) fn other(&self) -> Option<&'a Probe> {
        match self.kind {
            ProbeKind::Readiness => self.spec.liveness_probe.as_ref(),
            ProbeKind::Liveness => self.spec.readiness_probe.as_ref(),
        }
    }

    /// Whether the other probe is seen to succeed: a liveness probe that has restarted nothing while it runs, or a
    /// readiness probe that makes the container ready, or did while no failure of it is told.
    pub(crate) fn other_succeeds(&self, scene: &Scene) -> bool {
        let fails = |words: &str| {
            let events = || events_of(scene, self.member.pod).filter(|event| event.reason == "Unhealthy");
            events().any(|event| event.message.starts_with(words) && may_concern(event, &self.spec.name))
        };
        match (self.kind, self.other()) {
            (_, None) => false,
            (ProbeKind::Readiness, Some(_)) => self.kills.is_none() && !fails("Liveness probe"),
            (ProbeKind::Liveness, Some(_)) => self.member.status.ready || !fails("Readiness probe"),
        }
    }

    /// The number of a port of another probe of this pod.
    pub(crate) fn port_of(&self, probe: &Probe) -> Option<u16> {
        number_of(self.member.pod, Some(&probe.port()?), 0)
    }

    /// What the events say.
    pub(crate) fn evidence(&self, scene: &Scene) -> Finding {
        let object = self.member.object();
        match self.event {
            Some(event) => told(scene, object, event),
            None => scene.finding(format!("container {} is not ready", self.spec.name), object),
        }
    }

    /// What people notice.
    pub(crate) fn effect(&self) -> String {
        let Self { member, spec, kind, .. } = self;
        match kind {
            ProbeKind::Readiness => {
                format!("Pod {} is never ready and gets no requests from its services.", member.pod.metadata.name)
            }
            ProbeKind::Liveness => format!(
                "The kubelet kills container {} for it again and again ({} restarts), and requests fail meanwhile.",
                spec.name, member.status.restart_count
            ),
        }
    }

    /// What the probe is, in words.
    pub(crate) fn described(&self) -> String {
        let kind = match self.kind {
            ProbeKind::Readiness => "readiness",
            ProbeKind::Liveness => "liveness",
        };
        let port = self.probe.port().map(|port| format!(" to port {port}")).unwrap_or_default();
        format!("{} {kind} probe{port}", speech(self.probe))
    }
}

/// What a probe speaks.
pub(crate) fn speech(probe: &Probe) -> &'static str {
    let https = || probe.http_get.as_ref().and_then(|http| http.scheme.as_deref()) == Some("HTTPS");
    match probe {
        Probe { http_get: Some(_), .. } if https() => "HTTPS",
        Probe { http_get: Some(_), .. } => "HTTP",
        Probe { grpc: Some(_), .. } => "gRPC",
        Probe { tcp_socket: Some(_), .. } => "TCP",
        _ => "command",
    }
}
