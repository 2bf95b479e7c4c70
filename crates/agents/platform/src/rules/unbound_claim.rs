use lamplighter_core::cluster::{Event, Named, PersistentVolume, PersistentVolumeClaim, Pod, Quantity, StorageClass};
use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::{Finding, ObjectRef, WorkloadRef};

use crate::binding::{Miss, is_left_behind, misses};
use crate::sight::{app_of, event_finding};

/// A claim that no volume fits, and in what the nearest one misses it.
///
/// Relies on: Kubernetes docs, Persistent Volumes (Binding, Claims, Reclaiming) and Storage Classes (a class without
/// a provisioner is `kubernetes.io/no-provisioner`; `WaitForFirstConsumer` leaves claims pending until a pod that
/// uses them is placed); the events `FailedBinding`, `ProvisioningFailed`, `VolumeMismatch` and
/// `ExternalProvisioning` of the volume controller.
#[derive(Debug)]
pub(super) struct UnboundClaim;

impl Rule for UnboundClaim {
    fn name(&self) -> &'static str {
        "unbound-claim"
    }

    fn causes(&self) -> &'static [Cause] {
        &[
            Cause::PvBindingOccupied,
            Cause::PvcAccessModeMismatch,
            Cause::PvcCapacityMismatch,
            Cause::PvcSelectorMismatch,
            Cause::PvcStorageClassMismatch,
        ]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        for claim in scene.state().claims.items() {
            if claim.status.phase == "Lost" {
                let lost =
                    scene.finding(format!("the volume of the claim {} is gone", claim.metadata.name), about(claim));
                examination.find(lost.with_evidence("status.phase: Lost"));
            }
            if claim.status.phase != "Pending" {
                continue;
            }
            let wanted = Wanted::of(scene, claim);
            let Some(app) = user(scene, claim) else {
                if let Some(event) = wanted.event {
                    examination.find(event_finding(
                        scene,
                        event,
                        "a claim that nobody uses is pending",
                        wanted.object(),
                    ));
                }
                continue;
            };
            if let Err(reason) = scene.state().volumes.as_result() {
                examination.gap(format!("volumes: {reason}; why {} is pending is not known", claim.metadata.name));
            }
            let (blames, why) = wanted.blames(scene);
            let pending = wanted.pending(scene);
            if blames.is_empty() {
                examination.find(pending);
                continue;
            }
            for (cause, likelihood, volume) in blames {
                let object =
                    volume.map_or(wanted.object(), |it| ObjectRef::global("persistentvolume", &it.metadata.name));
                let ground = scene.finding(meaning(cause), object).with_evidence(written(claim, &wanted.class, volume));
                let named = RootCause::new(cause, app.clone(), likelihood, pending.clone()).and(ground);
                let named = named.then(format!("The claim {} gets no volume: {why}.", claim.metadata.name));
                examination.name(named.then(format!("The pods of {} wait for the claim.", app.name())));
            }
        }
    }
}

/// A claim, with what it comes to.
struct Wanted<'a> {
    claim: &'a PersistentVolumeClaim,
    /// Its class, the default one where it has none of its own; empty for none.
    class: String,
    /// What the controller said last about it.
    event: Option<&'a Event>,
}

fn about(claim: &PersistentVolumeClaim) -> ObjectRef {
    let meta = claim.meta();
    ObjectRef::namespaced("persistentvolumeclaim", meta.namespace(), &meta.name)
}

type Blames<'a> = Vec<(Cause, Likelihood, Option<&'a PersistentVolume>)>;

impl<'a> Wanted<'a> {
    fn of(scene: &'a Scene, claim: &'a PersistentVolumeClaim) -> Self {
        let default = || {
            let classes = scene.state().storage_classes.items().iter();
            classes.into_iter().find(|class| class.is_default()).map(|class| class.metadata.name.clone())
        };
        let class = claim.spec.storage_class_name.clone().or_else(default).unwrap_or_default();
        let events =
            scene.graph.events_about("PersistentVolumeClaim", claim.metadata.namespace(), &claim.metadata.name);
        let telling = |event: &&Event| {
            matches!(
                event.reason.as_str(),
                "FailedBinding" | "ProvisioningFailed" | "VolumeMismatch" | "ExternalProvisioning"
            )
        };
        Self { claim, class, event: events.filter(telling).last() }
    }

    fn object(&self) -> ObjectRef {
        about(self.claim)
    }

    /// That it is pending, in the controller's words where it said any.
    fn pending(&self, scene: &Scene) -> Finding {
        let summary = format!("the claim {} is pending", self.claim.metadata.name);
        match self.event {
            Some(event) => event_finding(scene, event, summary, self.object()),
            None => scene.finding(summary, self.object()).with_evidence("status.phase: Pending"),
        }
    }

    fn said(&self, words: &str) -> bool {
        self.event.is_some_and(|event| event.message.to_ascii_lowercase().contains(words))
    }

    /// What is in the way of a volume, the likeliest first, with why in words.
    fn blames(&self, scene: &'a Scene) -> (Blames<'a>, String) {
        let volumes = scene.state().volumes.items();
        let class = scene.graph.storage_class(&self.class);
        let with_class = |volume: &PersistentVolume| volume.spec.storage_class_name.as_deref() == Some(&self.class);
        let unheard_of = !self.class.is_empty() && class.is_none() && !volumes.iter().any(with_class);
        let by_class = |likelihood| vec![(Cause::PvcStorageClassMismatch, likelihood, None)];
        if unheard_of && (scene.state().storage_classes.seen().is_some() || self.said("not found")) {
            let said = self.said("storageclass") && self.said("not found");
            let why = format!("there is no storage class {} and no volume of it", self.class);
            return (by_class(if said { Likelihood::STATED } else { Likelihood::SHOWN }), why);
        }
        if class.is_some_and(StorageClass::waits_for_consumer) && !self.wanted_now(scene) {
            return (Vec::new(), String::new());
        }
        let provisioned = class.is_some_and(|class| class.provisioner != "kubernetes.io/no-provisioner");
        let mut nearest = self.nearest(volumes);
        if provisioned {
            // The provisioner makes a volume of any kind: only that one of another class lies ready tells something.
            nearest.retain(|(miss, volume)| *miss == [Miss::Class] && volume.status.phase != "Bound");
            let waits = nearest.is_empty() && self.event.is_some_and(|event| event.reason == "ExternalProvisioning");
            if waits {
                let why = format!("the provisioner of the class {} makes none", self.class);
                return (by_class(Likelihood::POSSIBLE), why);
            }
            let volume = nearest.first().map(|(_, volume)| *volume);
            let blames = volume.map(|volume| (Cause::PvcStorageClassMismatch, Likelihood::LIKELY, Some(volume)));
            return (blames.into_iter().collect(), "the one that lies ready is of another class".to_owned());
        }
        if volumes.is_empty() && scene.state().volumes.seen().is_some() {
            let why = "there are no volumes, and no class of which some could be made".to_owned();
            return (by_class(Likelihood::LIKELY), why);
        }
        self.by_misses(&nearest)
    }

    /// The volumes that miss in the fewest respects, those that nobody has first.
    fn nearest(&self, volumes: &'a [PersistentVolume]) -> Vec<(Vec<Miss>, &'a PersistentVolume)> {
        let pinned = self.claim.spec.volume_name.as_deref().filter(|name| !name.is_empty());
        let named = volumes.iter().filter(|volume| pinned.is_none_or(|name| volume.metadata.name == name));
        let all = named.map(|volume| (misses(self.claim, &self.class, volume), volume)).collect::<Vec<_>>();
        let rank = |(misses, volume): &(Vec<Miss>, &PersistentVolume)| {
            let meant = is_left_behind(self.claim, volume);
            (misses.len(), !meant && misses.contains(&Miss::Taken))
        };
        let best = all.iter().map(rank).min();
        all.into_iter().filter(|each| Some(rank(each)) == best).collect()
    }

    fn by_misses(&self, nearest: &[(Vec<Miss>, &'a PersistentVolume)]) -> (Blames<'a>, String) {
        let mut counts: Vec<(Miss, usize, &'a PersistentVolume)> = Vec::new();
        for (misses, volume) in nearest {
            for miss in misses {
                match counts.iter_mut().find(|(known, ..)| known == miss) {
                    Some((_, count, _)) => *count += 1,
                    None => counts.push((*miss, 1, volume)),
                }
            }
        }
        // A volume that was released by a claim of this name was meant for it.
        let left =
            nearest.iter().find(|(misses, volume)| *misses == [Miss::Taken] && is_left_behind(self.claim, volume));
        if let Some((_, volume)) = left {
            counts = vec![(Miss::Taken, 1, volume)];
        }
        counts.sort_by_key(|(miss, count, _)| (std::cmp::Reverse(*count), *miss));
        let single = nearest.iter().all(|(misses, _)| misses.len() == 1);
        let heard = self.event.is_some();
        let blames = counts.iter().enumerate().filter_map(|(rank, (miss, _, volume))| {
            let likelihood = match (single, rank) {
                (true, 0) if counts.len() == 1 && heard => Likelihood::STATED,
                (true, 0) => Likelihood::SHOWN,
                (false, 0) => Likelihood::LIKELY,
                _ => Likelihood::POSSIBLE,
            };
            Some((cause(*miss)?, likelihood, Some(*volume)))
        });
        let why = counts.first().map_or_else(String::new, |(miss, ..)| respect(*miss).to_owned());
        (blames.collect(), why)
    }

    /// Whether the scheduler waits for it, where nobody else would.
    fn wanted_now(&self, scene: &Scene) -> bool {
        let (namespace, name) = (self.claim.metadata.namespace(), &self.claim.metadata.name);
        let mut pods = scene.graph.pods_with_claim(namespace, name);
        let says = |pod: &Pod| {
            let condition = pod.condition("PodScheduled").and_then(|condition| condition.message.clone());
            let events = scene.graph.events_about("Pod", namespace, &pod.metadata.name);
            let events = events.filter(|event| event.reason == "FailedScheduling").map(|event| event.message.clone());
            condition.into_iter().chain(events).any(|message| message.contains("persistent volumes to bind"))
        };
        pods.any(says)
    }
}

/// Whose pods use a claim: by their volumes, or by those of the template where no pod was made.
fn user(scene: &Scene, claim: &PersistentVolumeClaim) -> Option<Culprit> {
    let (namespace, name) = (claim.metadata.namespace(), claim.metadata.name.as_str());
    if let Some(pod) = scene.graph.pods_with_claim(namespace, name).next() {
        return Some(app_of(scene, pod));
    }
    let uses = |workload: &WorkloadRef| {
        let volumes = scene.graph.template_of(workload).map_or(&[][..], |template| &template.spec.volumes);
        let mut claims = volumes.iter().filter_map(|volume| volume.persistent_volume_claim.as_ref());
        // `TEMPLATE-SET-ordinal` (Kubernetes docs, StatefulSets, Stable Storage).
        let of_set = |template: &PersistentVolumeClaim| {
            let prefix = format!("{}-{}-", template.metadata.name, workload.name);
            name.strip_prefix(&prefix).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let templates = scene.graph.stateful_set(workload).map_or(&[][..], |set| &set.spec.volume_claim_templates);
        claims.any(|claim| claim.claim_name == name) || templates.iter().any(of_set)
    };
    let workloads = scene.graph.workloads().map(|status| &status.workload);
    let workload = workloads.into_iter().find(|workload| workload.namespace == namespace && uses(workload))?;
    Some(Culprit::app(namespace, &workload.name))
}

/// Of the volume mode there is no code.
fn cause(miss: Miss) -> Option<Cause> {
    Some(match miss {
        Miss::Class => Cause::PvcStorageClassMismatch,
        Miss::Modes => Cause::PvcAccessModeMismatch,
        Miss::Capacity => Cause::PvcCapacityMismatch,
        Miss::Selector => Cause::PvcSelectorMismatch,
        Miss::Taken => Cause::PvBindingOccupied,
        Miss::Kind => return None,
    })
}

fn respect(miss: Miss) -> &'static str {
    match miss {
        Miss::Class => "the nearest one is of another storage class",
        Miss::Modes => "the nearest one lacks an access mode",
        Miss::Capacity => "the nearest one is too small",
        Miss::Selector => "the nearest one lacks the labels that it selects",
        Miss::Kind => "the nearest one is of another volume mode",
        Miss::Taken => "the one that would fit belongs to another claim",
    }
}

fn meaning(cause: Cause) -> &'static str {
    match cause {
        Cause::PvcStorageClassMismatch => "no volume is of the class that the claim wants",
        Cause::PvcAccessModeMismatch => "the volume lacks an access mode that the claim wants",
        Cause::PvcCapacityMismatch => "the volume is smaller than the claim wants",
        Cause::PvcSelectorMismatch => "the volume lacks the labels that the claim selects",
        _ => "the volume belongs to another claim",
    }
}

/// What the claim wants, and what the volume is, in the words of the API.
fn written(claim: &PersistentVolumeClaim, class: &str, volume: Option<&PersistentVolume>) -> String {
    let size = |amount: Option<&Quantity>| amount.map_or("?", |amount| amount.as_str()).to_owned();
    let spec = &claim.spec;
    let selector =
        spec.selector.as_ref().map_or_else(String::new, |selector| format!(", selector {:?}", selector.match_labels));
    let wants = format!(
        "claim: class {class:?}, {}, {}{selector}",
        spec.access_modes.join("+"),
        size(spec.resources.requests.get("storage")),
    );
    let Some(volume) = volume else { return wants };
    let owner = volume.spec.claim_ref.as_ref().map_or_else(String::new, |owner| format!(", claimRef {}", owner.name));
    format!(
        "{wants}; volume {}: class {:?}, {}, {}, labels {:?}, {}{owner}",
        volume.metadata.name,
        volume.spec.storage_class_name.as_deref().unwrap_or_default(),
        volume.spec.access_modes.join("+"),
        size(volume.spec.capacity.get("storage")),
        volume.metadata.labels,
        volume.status.phase,
    )
}
