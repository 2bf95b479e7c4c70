use std::collections::BTreeMap;

use lamplighter_core::diagnosis::{
    Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene, Signal, SignalSeries, Subject,
};
use lamplighter_core::words::{WorkloadKind, WorkloadRef};

use crate::containers::Member;

/// The memory of a workload grows towards its limit.
///
/// Relied on: the kernel kills a container whose working set exceeds its limit (Kubernetes docs, Assign Memory
/// Resources). Memory that is taken by load comes and goes with it; memory that is lost only grows, and falls when
/// the container is restarted.
pub(super) struct MemoryLeak;

/// Growth over the window that is more than warming up.
const GROWTH: f64 = 1.3;

/// This near its limit, the next growth ends it.
const NEAR: f64 = 0.8;

impl Rule for MemoryLeak {
    fn name(&self) -> &'static str {
        "memory-leak"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::MemoryLeak]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let Some(signals) = scene.signals.seen() else { return };
        let mut worst: BTreeMap<(&str, &str), (&SignalSeries, Growth)> = BTreeMap::new();
        for series in signals.of(Signal::MemoryWorkingSet) {
            let Subject::App { namespace, name } = &series.subject else { continue };
            let Some(growth) = Growth::of(series) else { continue };
            let known = worst.entry((namespace, name)).or_insert((series, growth));
            if growth.to > known.1.to {
                *known = (series, growth);
            }
        }
        for ((namespace, name), (series, growth)) in worst {
            let Some(limit) = memory_limit(scene, namespace, name) else { continue };
            let killed = is_killed(scene, namespace, name);
            let near = growth.to >= NEAR * limit;
            if !near && !killed {
                continue;
            }
            let confidence = match (near && killed, growth.after_restarts) {
                (true, _) => Likelihood::LIKELY,
                (_, true) => Likelihood::new(0.5),
                _ => Likelihood::POSSIBLE,
            };
            let app = Culprit::app(namespace, name);
            let at = series.last().map_or_else(|| scene.taken_at(), |sample| sample.at);
            let evidence = scene.finding(format!("the memory of {name} grows steadily"), app.object()).with_evidence(
                format!("working set {:.0} bytes at first, {:.0} at {at}, limit {limit:.0}", growth.from, growth.to),
            );
            examination.name(
                RootCause::new(Cause::MemoryLeak, app, confidence, evidence)
                    .then(format!("{name} keeps memory that it does not need any more."))
                    .then("At its limit the kernel kills it, and it begins anew."),
            );
        }
    }
}

/// A steady growth.
#[derive(Debug, Clone, Copy)]
struct Growth {
    from: f64,
    to: f64,
    /// Whether it fell to where it began in between, and grew again.
    after_restarts: bool,
}

impl Growth {
    /// The growth of a series since its last fall: each fifth of it above the one before.
    fn of(series: &SignalSeries) -> Option<Self> {
        let values: Vec<f64> =
            series.samples.iter().map(|sample| sample.value).filter(|value| value.is_finite()).collect();
        let fell = values.windows(2).rposition(|pair| matches!(pair, [before, after] if *after < 0.6 * *before));
        let since = values.get(fell.map_or(0, |at| at + 1)..)?;
        if since.len() < 10 {
            return None;
        }
        let fifths: Vec<f64> = since.chunks(since.len().div_ceil(5)).filter_map(middle).collect();
        let steady = fifths.windows(2).all(|pair| matches!(pair, [before, after] if after > before));
        let (from, to) = (*fifths.first()?, *fifths.last()?);
        // A step and a plateau is warming up: no fifth has more than half of the growth.
        let leap = fifths.windows(2).any(|pair| matches!(pair, [before, after] if after - before > 0.5 * (to - from)));
        (steady && !leap && to >= GROWTH * from).then_some(Self { from, to, after_restarts: fell.is_some() })
    }
}

fn middle(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

fn workload(scene: &Scene, namespace: &str, name: &str) -> Option<WorkloadRef> {
    [WorkloadKind::Deployment, WorkloadKind::StatefulSet, WorkloadKind::DaemonSet]
        .map(|kind| WorkloadRef::new(kind, namespace, name))
        .into_iter()
        .find(|workload| scene.graph.workload(workload).is_some())
}

#[expect(clippy::cast_precision_loss, reason = "bytes of memory")]
fn memory_limit(scene: &Scene, namespace: &str, name: &str) -> Option<f64> {
    let template = scene.graph.template_of(&workload(scene, namespace, name)?)?;
    let limits = template.spec.containers.iter().map(|container| container.resources.limits.get("memory")?.units());
    limits.sum::<Option<i128>>().map(|bytes| bytes as f64)
}

fn is_killed(scene: &Scene, namespace: &str, name: &str) -> bool {
    let Some(workload) = workload(scene, namespace, name) else { return false };
    let killed = |pod| {
        let statuses = lamplighter_core::cluster::Pod::all_container_statuses(pod);
        let mut ends = statuses.filter_map(|status| Member { pod, spec: None, status }.last_end());
        ends.any(|end| end.reason.as_deref() == Some("OOMKilled"))
    };
    scene.graph.pods_of(&workload).any(killed)
}
