use jiff::SignedDuration;
use lamplighter_core::cluster::{ContainerStatus, Event, Pod, Quantity};
use lamplighter_core::diagnosis::{Cause, Examination, Likelihood, RootCause, Rule, Scene, Signal};
use lamplighter_core::words::ObjectRef;

use crate::containers::{Member, app_of, events_of, may_concern, members, staying, told};
use crate::probing::is_kill;

/// A container needs more memory than its limit.
///
/// Relied on: the kernel kills a process of a cgroup that would exceed its limit, and the runtime reports the
/// container as terminated for reason `OOMKilled` with exit code 137 (Kubernetes docs, Assign Memory Resources). A
/// limit too low for the runtime to make the container at all shows as `container init was OOM-killed` in the message
/// of the runtime (runc `libcontainer/process_linux.go`), or as a broken pipe to its init process. Eviction for the
/// memory of the node is another thing and leaves `status.reason` `Evicted`.
pub(super) struct OutOfMemory;

/// What came to an end this long ago and has been well since is not what is wrong now.
const PAST: SignedDuration = SignedDuration::from_hours(24);

/// A limit below this is less than the runtime itself needs to make a container (runc asks for at least 6 MB).
const LEAST_LIMIT: i128 = 12 << 20;

impl Rule for OutOfMemory {
    fn name(&self) -> &'static str {
        "out-of-memory"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::OomKilled]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        for member in members(scene) {
            if let Some(cause) = killed(scene, member) {
                examination.name(cause);
            }
        }
        for pod in staying(scene).filter(|pod| !pod.is_ready()) {
            let told_so = |message: &str| is_stillbirth(message) || (has_tiny_limit(pod) && is_broken_birth(message));
            let event = events_of(scene, pod).filter(|event| event.is_warning() && told_so(&event.message)).last();
            let object = ObjectRef::pod(pod.metadata.namespace(), &pod.metadata.name);
            let unheard = || has_tiny_limit(pod) && is_long_in_the_making(scene, pod);
            let evidence = match (event, message_of(pod).find(|message| told_so(message))) {
                (Some(event), _) => told(scene, object, event),
                (None, Some(message)) => scene.finding("a container cannot be made", object).with_evidence(message),
                (None, None) if unheard() => {
                    scene.finding("a container is not made, and its memory limit is tiny", object)
                }
                (None, None) => continue,
            };
            let stated = evidence.evidence.iter().any(|line| is_stillbirth(line));
            let confidence = match (stated, evidence.evidence.is_empty()) {
                (true, _) => Likelihood::STATED,
                (false, false) => Likelihood::LIKELY,
                (false, true) => Likelihood::new(0.6),
            };
            let name = &pod.metadata.name;
            examination.name(
                RootCause::new(Cause::OomKilled, app_of(scene, pod), confidence, evidence)
                    .then(format!("The memory limit of pod {name} is too low for its container to be made."))
                    .then("The container never starts, so that the workload has no pod to answer."),
            );
        }
    }
}

fn killed(scene: &Scene, member: Member<'_>) -> Option<RootCause> {
    let Member { pod, spec, status } = member;
    let end = member.last_end()?;
    let now = scene.taken_at();
    let past = end.finished_at.is_some_and(|at| now.duration_since(at) > PAST);
    if past && member.has_recovered(now) {
        return None;
    }
    let limit = spec.and_then(|spec| spec.resources.limits.get("memory"));
    let by_reason = end.reason.as_deref() == Some("OOMKilled");
    let by_probe = events_of(scene, pod).any(|event| is_kill(event, &status.name));
    let by_event = events_of(scene, pod).filter(|event| is_oom_event(event) && may_concern(event, &status.name)).last();
    let is_looping = member.waits_for() == "CrashLoopBackOff" && status.restart_count > 1;
    let is_probed = spec.is_some_and(|spec| spec.liveness_probe.is_some() || spec.startup_probe.is_some());
    let near = limit.and_then(|limit| near_limit(scene, member, limit.units()?));
    let mut confidence = match (by_reason, limit.is_some()) {
        (true, true) => Likelihood::STATED,
        // Without a limit of its own it was the node, or the pod, that had no memory left.
        (true, false) => Likelihood::SHOWN,
        (false, _) if by_event.is_some() => Likelihood::SHOWN,
        (false, true) if end.exit_code == 137 && !by_probe && near.is_some() => Likelihood::LIKELY,
        // Nobody else kills a container again and again that has no probe to fail.
        (false, true) if end.exit_code == 137 && is_looping && !is_probed => Likelihood::new(0.6),
        _ => return None,
    };
    if member.has_recovered(now) {
        confidence = confidence.times(0.7);
    }
    let reason = end.reason.as_deref().unwrap_or("no reason");
    let summary = format!("container {} ended for {reason} with exit code {}", status.name, end.exit_code);
    let mut evidence = member.finding(scene, summary, end.finished_at);
    if let Some(limit) = limit {
        evidence = evidence.with_evidence(format!("memory limit {limit}"));
    }
    if let Some(used) = near {
        evidence = evidence.with_evidence(format!("working set {used:.0} bytes before it ended"));
    }
    let limit = limit.map(|limit| format!(" of {limit}")).unwrap_or_default();
    let cause = RootCause::new(Cause::OomKilled, app_of(scene, pod), confidence, evidence)
        .then(format!("Container {} needs more memory than its limit{limit}.", status.name))
        .then(format!(
            "The kernel kills it, {} times by now, and it does not answer until it is up again.",
            status.restart_count.max(1)
        ));
    Some(match by_event {
        Some(event) => cause.and(told(scene, member.object(), event)),
        None => cause,
    })
}

/// Why the containers of a pod wait or have ended, in the words of the runtime.
fn message_of(pod: &Pod) -> impl Iterator<Item = &String> {
    let states = pod.all_container_statuses().flat_map(|status| [&status.state, &status.last_state]);
    states.flat_map(|state| {
        let waiting = state.waiting.as_ref().and_then(|it| it.message.as_ref());
        waiting.into_iter().chain(state.terminated.as_ref().and_then(|it| it.message.as_ref()))
    })
}

/// `OOMKilling` is what node-problem-detector calls it.
fn is_oom_event(event: &Event) -> bool {
    event.reason == "OOMKilling" || event.reason == "OOMKilled" || event.message.contains("OOMKilled")
}

/// The greatest working set of the app, where it came within a tenth of the limit.
#[expect(clippy::cast_precision_loss, reason = "a comparison to a tenth")]
fn near_limit(scene: &Scene, member: Member<'_>, limit: i128) -> Option<f64> {
    let app = app_of(scene, member.pod);
    let series = scene.signals.seen()?.of_app(Signal::MemoryWorkingSet, member.pod.metadata.namespace(), app.name());
    let most = series.flat_map(|series| &series.samples).map(|sample| sample.value).fold(0.0, f64::max);
    (most >= 0.9 * limit as f64).then_some(most)
}

/// The words of runc and of the kernel when even the first process of a container does not fit.
fn is_stillbirth(message: &str) -> bool {
    message.contains("OOM-killed")
        || message.contains("memory limit too low")
        || message.contains("Minimum memory limit")
}

/// What the runtime sees when the first process of a container is gone before it is told what to do.
fn is_broken_birth(message: &str) -> bool {
    let made = message.contains("runc create failed")
        || message.contains("OCI runtime create failed")
        || message.contains("pod sandbox");
    let gone = [
        "broken pipe",
        "signal: killed",
        "init-p",
        "cannot allocate memory",
        "connection reset by peer",
        "memory.limit_in_bytes",
    ];
    made && gone.iter().any(|words| message.contains(words))
}

/// Whether a pod has been placed a while ago, its containers wait to be made, and no event that is known says why.
fn is_long_in_the_making(scene: &Scene, pod: &Pod) -> bool {
    let waits = |status: &ContainerStatus| {
        status.state.waiting.as_ref().is_some_and(|it| it.reason.as_deref() == Some("ContainerCreating"))
    };
    let since = pod.status.start_time.or(pod.metadata.creation_timestamp);
    let long = since.is_some_and(|since| scene.taken_at().duration_since(since) > SignedDuration::from_mins(1));
    let told = events_of(scene, pod).any(Event::is_warning);
    long && !told && pod.all_container_statuses().any(waits)
}

fn has_tiny_limit(pod: &Pod) -> bool {
    let limits = pod.spec.containers.iter().filter_map(|container| container.resources.limits.get("memory"));
    limits.filter_map(Quantity::units).any(|bytes| bytes > 0 && bytes < LEAST_LIMIT)
}
