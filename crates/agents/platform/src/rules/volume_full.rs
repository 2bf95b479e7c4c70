use std::collections::BTreeMap;

use lamplighter_core::cluster::Pod;
use lamplighter_core::diagnosis::{
    Cause, Culprit, Examination, Likelihood, LogBook, RootCause, Rule, Scene, Signal, SignalSeries, Subject,
};
use lamplighter_core::words::{Finding, ObjectRef};

use crate::sight::app_of;
use crate::volumes::{Failing, Mounted, failing, mount_of, mounts, paths, said};

/// A volume that has no space left.
///
/// Relies on: the kubelet's `kubelet_volume_stats_used_bytes` and `…_capacity_bytes` (Kubernetes docs, Metrics Reference);
/// POSIX `ENOSPC` and `EDQUOT` as programs word them. File systems keep some percent for root, so that writes fail
/// before all is used.
#[derive(Debug)]
pub(super) struct VolumeFull;

/// Above this part writes soon fail, …
const NEARLY: f64 = 0.95;
/// … and above this they do.
const FULL: f64 = 0.99;

const SAID: [&str; 5] =
    ["no space left on device", "enospc", "disk quota exceeded", "not enough space on the disk", "disk is full"];

impl Rule for VolumeFull {
    fn name(&self) -> &'static str {
        "volume-full"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::VolumeFull]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let failing: BTreeMap<Culprit, Failing<'_>> =
            failing(scene).into_iter().map(|failing| (failing.app.clone(), failing)).collect();
        let mut full: BTreeMap<Culprit, (f64, Finding)> = BTreeMap::new();
        for (series, used) in nearly_full(scene) {
            let Subject::Claim { namespace, name } = &series.subject else { continue };
            let object = ObjectRef::namespaced("persistentvolumeclaim", namespace, name);
            let finding = scene.finding(format!("the volume of {name} is {:.0} % full", used * 100.0), object);
            let finding = finding.with_evidence(format!("used / capacity = {used:.3}"));
            examination.find(finding.clone());
            if let Some(pod) = scene.graph.pods_with_claim(namespace, name).next() {
                full.insert(app_of(scene, pod), (used, finding));
            }
        }
        let speaking = scene.logs.seen().into_iter().flat_map(LogBook::apps);
        let speaking: Vec<Culprit> = speaking.map(|(namespace, app)| Culprit::app(namespace, app)).collect();
        for app in &speaking {
            let Some(line) = said(scene, app).into_iter().find(|it| says_full(it.text)) else { continue };
            let Some(pod) = failing.get(app).map(|failing| failing.pod).or_else(|| any_pod(scene, app)) else {
                continue;
            };
            let mounted = paths(line.text).find_map(|path| mount_of(&pod.spec, line.container, path));
            let has_data = || mounts(&pod.spec).any(|mounted| mounted.is_for_data());
            let about = ObjectRef::pod(pod.metadata.namespace(), &pod.metadata.name);
            let words = scene.finding(format!("{} has no space to write", app.name()), about).with_evidence(line.text);
            let likelihood = match (full.contains_key(app), mounted, failing.contains_key(app)) {
                (true, ..) | (_, Some(_), true) => Likelihood::STATED,
                (_, Some(_), false) => Likelihood::SHOWN,
                (_, None, _) if has_data() => Likelihood::LIKELY,
                _ => {
                    examination.find(words);
                    continue;
                }
            };
            let cause = told(RootCause::new(Cause::VolumeFull, app.clone(), likelihood, words));
            let cause = full.remove(app).into_iter().fold(cause, |cause, (_, finding)| cause.and(finding));
            examination.name(mounted.into_iter().fold(cause, |cause, mounted| cause.and(ground(scene, mounted))));
        }
        // Nobody has complained: the number is all there is.
        for (app, (_, finding)) in full.into_iter().filter(|(_, (used, _))| *used >= FULL) {
            let likelihood = if failing.contains_key(&app) { Likelihood::SHOWN } else { Likelihood::LIKELY };
            examination.name(told(RootCause::new(Cause::VolumeFull, app, likelihood, finding)));
        }
    }
}

fn told(cause: RootCause) -> RootCause {
    let name = cause.culprit.name().to_owned();
    cause.then("The volume has no space left, so that every write fails.").then(format!("{name} fails when it writes."))
}

fn says_full(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    SAID.iter().any(|words| text.contains(words))
}

fn ground(scene: &Scene, mounted: Mounted<'_>) -> Finding {
    let object = ObjectRef::global("volume", &mounted.mount.name);
    scene.finding(format!("{} is a mount of {}", mounted.mount.mount_path, mounted.container.name), object)
}

/// The series of volumes that are nearly full, with what is used of them.
fn nearly_full(scene: &Scene) -> impl Iterator<Item = (&SignalSeries, f64)> {
    let series = scene.signals.seen().into_iter().flat_map(|signals| signals.of(Signal::VolumeUsed));
    series.filter_map(|series| Some((series, series.last()?.value))).filter(|(_, used)| *used >= NEARLY)
}

/// A pod of an app that runs.
fn any_pod<'a>(scene: &'a Scene, app: &Culprit) -> Option<&'a Pod> {
    let namespace = app.in_namespace()?;
    let workload = scene.graph.owners_of_pods().find(|it| it.namespace == namespace && it.name == app.name());
    let of_workload = workload.and_then(|workload| scene.graph.pods_of(workload).next());
    of_workload.or_else(|| scene.graph.pod(namespace, app.name()))
}
