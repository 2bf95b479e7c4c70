use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::diagnosis::{
    Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene, Shift, Signal, SignalSeries, Signals, Subject,
};
use lamplighter_core::words::WorkloadKind;

/// A workload wants more CPU than it may have, or than is usual for it.
///
/// Relied on: a container at its CPU limit is not killed but held back for the rest of each 100 ms period (Linux CFS
/// bandwidth control; Kubernetes docs, Resource Management), which cAdvisor counts as
/// `container_cpu_cfs_throttled_seconds_total`; requests then wait, and those of callers with them. CPU that grows
/// while nobody waits longer is no fault. A program that has nothing to do because its network is slow uses less CPU.
pub(super) struct CpuOverload;

/// Held back for less than this part of the time is no overload.
const THROTTLED: f64 = 0.1;

/// Growth that is more than the ups and downs of load.
const GROWTH: f64 = 1.8;

/// A node that is used more than this has none to spare.
const NODE_FULL: f64 = 0.9;

/// What was measured of one app.
#[derive(Debug, Default)]
struct Load {
    cpu: Option<Shift>,
    throttled: Option<Shift>,
    latency: Option<Shift>,
    requests: Option<Shift>,
    used: f64,
    /// For how much of the time it is held back now.
    held: f64,
}

impl Rule for CpuOverload {
    fn name(&self) -> &'static str {
        "cpu-overload"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::PodCpuOverload]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let signals = match scene.signals.as_result() {
            Ok(signals) => signals,
            Err(reason) => {
                if scene.alerts.seen().is_some_and(|alerts| !alerts.is_empty()) {
                    examination.gap(format!("CPU use could not be looked at: metrics {reason}"));
                }
                return;
            }
        };
        let loads = loads(signals);
        let slow: BTreeSet<&str> =
            loads.iter().filter(|(_, load)| load.is_slower()).map(|((_, name), _)| name.as_str()).collect();
        let mut found: Vec<(Culprit, Likelihood, &Load)> = Vec::new();
        for ((namespace, name), load) in &loads {
            let limit = cpu_limit(scene, namespace, name);
            let Some(confidence) = load.judge(limit, on_full_node(scene, signals, namespace, name)) else { continue };
            found.push((Culprit::app(namespace, name), confidence, load));
        }
        for (app, confidence, load) in &found {
            // What waits for an overloaded service is slower by it; that it works more is then a consequence.
            let below = found
                .iter()
                .any(|(other, theirs, _)| scene.calls.depends_on(app.name(), other.name()) && theirs >= confidence);
            let confidence = if below { confidence.times(0.75) } else { *confidence };
            examination.name(name(scene, app, confidence, load, &slow));
        }
    }
}

fn name(scene: &Scene, app: &Culprit, confidence: Likelihood, load: &Load, slow: &BTreeSet<&str>) -> RootCause {
    let mut evidence = scene.finding(format!("{} is short of CPU", app.name()), app.object());
    let lines = [("CPU, cores", load.cpu), ("held back, s per s", load.throttled), ("latency, s", load.latency)];
    for (what, shift) in lines {
        if let Some(shift) = shift {
            let at = jiff::Timestamp::strftime(&shift.at, "%Y-%m-%dT%H:%M:%SZ");
            evidence =
                evidence.with_evidence(format!("{what}: {:.4} before {at}, {:.4} after", shift.before, shift.after));
        }
    }
    let mut cause = RootCause::new(Cause::PodCpuOverload, app.clone(), confidence, evidence)
        .then(format!("{} needs more CPU than it gets.", app.name()))
        .then("Its requests wait for CPU, and everything that calls it waits with them.");
    for caller in scene.calls.dependants(app.name()).into_iter().filter(|caller| slow.contains(caller)) {
        cause = cause.affecting(Culprit::app(app.in_namespace().unwrap_or_default(), caller));
    }
    cause
}

impl Load {
    fn is_slower(&self) -> bool {
        self.latency.is_some_and(|latency| latency.grew(2.0))
    }

    /// How likely it is that this is overload. `limit` is what all its pods together may use, in cores.
    fn judge(&self, limit: Option<f64>, node_full: bool) -> Option<Likelihood> {
        let grew = self.cpu.is_some_and(|cpu| cpu.grew(GROWTH));
        let held = |shift: &Shift| shift.after >= THROTTLED;
        let throttled = self.throttled.is_some_and(|it| held(&it) && it.grew(2.0));
        let always = !throttled && self.held >= THROTTLED;
        let at_limit = limit.is_some_and(|limit| self.used >= 0.85 * limit);
        // Work that comes with requests is load, and is too much only where there is no CPU left for it.
        let by_requests = self.requests.zip(self.cpu).is_some_and(|(rate, cpu)| rate.ratio() * 1.3 >= cpu.ratio());
        match (grew, throttled, self.is_slower()) {
            (true, true, true) if !by_requests => Some(Likelihood::new(0.88)),
            (true | false, true, true) => Some(Likelihood::new(0.75)),
            (true, true, false) => Some(Likelihood::LIKELY),
            (true, false, true) if at_limit || node_full => Some(Likelihood::new(0.75)),
            (true, false, true) if !by_requests => Some(Likelihood::new(0.55)),
            // The window holds nothing from before it began.
            (false, false, _) if at_limit && always => Some(Likelihood::new(0.5)),
            (true, false, false) if node_full => Some(Likelihood::new(0.5)),
            _ => None,
        }
    }
}

fn loads(signals: &Signals) -> BTreeMap<(String, String), Load> {
    let mut loads: BTreeMap<(String, String), Load> = BTreeMap::new();
    let mut each = |signal, put: &mut dyn FnMut(&mut Load, &SignalSeries)| {
        for series in signals.of(signal) {
            if let Subject::App { namespace, name } = &series.subject {
                put(loads.entry((namespace.clone(), name.clone())).or_default(), series);
            }
        }
    };
    each(Signal::CpuUsage, &mut |load, series| {
        load.cpu = greater(load.cpu, series.shift());
        load.used += recent(series);
    });
    each(Signal::CpuThrottled, &mut |load, series| {
        load.throttled = greater(load.throttled, series.shift());
        load.held += recent(series);
    });
    each(Signal::Latency, &mut |load, series| load.latency = greater(load.latency, series.shift()));
    each(Signal::RequestRate, &mut |load, series| load.requests = greater(load.requests, series.shift()));
    loads
}

/// The one that has grown more, in its own measure; pods and quantiles have a series each.
fn greater(a: Option<Shift>, b: Option<Shift>) -> Option<Shift> {
    let growth = |shift: &Shift| if shift.grew(1.5) { shift.after - shift.before } else { 0.0 };
    match (a, b) {
        (Some(a), Some(b)) => Some(if growth(&b) > growth(&a) { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// The middle of the last samples.
fn recent(series: &SignalSeries) -> f64 {
    let mut last: Vec<f64> = series.samples.iter().rev().take(5).map(|sample| sample.value).collect();
    last.sort_by(f64::total_cmp);
    last.get(last.len() / 2).copied().unwrap_or_default()
}

/// What all pods of a workload may use together, in cores; `None` where one has no limit.
#[expect(clippy::cast_precision_loss, reason = "millicores")]
fn cpu_limit(scene: &Scene, namespace: &str, name: &str) -> Option<f64> {
    let workload = workload_named(scene, namespace, name)?;
    let template = scene.graph.template_of(&workload)?;
    let limits = template.spec.containers.iter().map(|container| container.resources.limits.get("cpu")?.millis());
    let each: i128 = limits.sum::<Option<i128>>()?;
    let pods = scene.graph.pods_of(&workload).count().max(1);
    Some(each as f64 / 1000.0 * pods as f64)
}

fn workload_named(scene: &Scene, namespace: &str, name: &str) -> Option<lamplighter_core::words::WorkloadRef> {
    [WorkloadKind::Deployment, WorkloadKind::StatefulSet, WorkloadKind::DaemonSet]
        .map(|kind| lamplighter_core::words::WorkloadRef::new(kind, namespace, name))
        .into_iter()
        .find(|workload| scene.graph.workload(workload).is_some())
}

/// Whether an app has a pod on a node that has no CPU to spare.
fn on_full_node(scene: &Scene, signals: &Signals, namespace: &str, name: &str) -> bool {
    let Some(workload) = workload_named(scene, namespace, name) else { return false };
    let mut nodes = scene.graph.pods_of(&workload).filter_map(|pod| pod.spec.node_name.as_deref());
    nodes.any(|node| signals.of_node(Signal::NodeCpu, node).any(|series| recent(series) >= NODE_FULL))
}
