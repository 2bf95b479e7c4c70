//! Puts the cluster, the catalog and the monitors together into services.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use lamplighter_core::cluster::{ClusterGraph, ClusterState, Event, Meta, PersistentVolumeClaim, Pod, PodSpec};
use lamplighter_core::ports::MonitorStatus;
use lamplighter_core::words::{CatalogedService, ObjectRef, ServiceCatalog, Tier, WorkloadKind, WorkloadRef};

use crate::TriageSettings;
use crate::evidence::quoted;
use crate::leads::{Lead, leads};
use crate::member::{Member, Standing, is_failing, serves};
use crate::outside::{Outside, View};
use crate::roles::{is_database, role_of};
use crate::service::Service;
use crate::tables::{refused, templates, versions};

/// How long before the cluster was read a warning about a ready pod still speaks against it, in seconds.
const RESTLESS_SECONDS: i64 = 600;

/// From how many warnings of one kind on a new pod is failing and not starting.
const WARNINGS_OF_A_FAILURE: u32 = 3;

/// The cluster with everything that is looked up in it more than once.
pub(crate) struct Survey<'a> {
    pub(crate) state: &'a ClusterState,
    pub(crate) index: &'a ClusterGraph,
    pub(crate) settings: &'a TriageSettings,
    templates: HashMap<WorkloadRef, (&'a Meta, &'a Meta, &'a PodSpec)>,
    services_to: BTreeMap<WorkloadRef, Vec<Lead<'a>>>,
    versions: HashMap<(&'a str, &'a str), Vec<Timestamp>>,
    refused: BTreeSet<WorkloadRef>,
}

impl<'a> Survey<'a> {
    pub(crate) fn new(index: &'a ClusterGraph, settings: &'a TriageSettings) -> Self {
        let state: &ClusterState = index.state();
        let services_to = leads(state, index);
        Self {
            state,
            index,
            settings,
            templates: templates(state),
            services_to,
            versions: versions(state),
            refused: refused(state),
        }
    }

    /// A claim on storage.
    pub(crate) fn claim(&self, namespace: &str, name: &str) -> Option<&PersistentVolumeClaim> {
        self.index.claim(namespace, name)
    }

    /// The services of the catalog first, then every workload that is in none, then the monitors of neither.
    pub(crate) fn services(&self, catalog: &'a ServiceCatalog, monitors: &'a [MonitorStatus]) -> Vec<Service<'a>> {
        let outside = Outside::new(monitors);
        let mut services: Vec<_> = catalog.services().iter().map(|entry| self.cataloged(entry, &outside)).collect();
        let listed: BTreeSet<_> = catalog.services().iter().flat_map(|entry| &entry.workloads).collect();
        let seen = self.index.workloads().map(|status| &status.workload);
        let known_by_pods = self.index.owners_of_pods();
        let workloads: BTreeSet<_> = seen.chain(known_by_pods).filter(|workload| !listed.contains(workload)).collect();
        let workloads = workloads.into_iter().filter(|workload| self.is_watched(&workload.namespace));
        services.extend(workloads.map(|workload| self.uncataloged(self.member(workload, None), &outside)));
        services.extend(self.loose().into_iter().map(|member| self.uncataloged(member, &outside)));
        let watched: BTreeSet<_> =
            services.iter().flat_map(|service| &service.monitors).map(|monitor| monitor.name.clone()).collect();
        let stray = monitors.iter().filter(|monitor| !watched.contains(&monitor.name));
        services.extend(stray.map(|monitor| self.only_monitored(monitor)));
        services
    }

    fn cataloged(&self, entry: &'a CatalogedService, outside: &Outside<'a>) -> Service<'a> {
        let members = entry.workloads.iter().map(|workload| self.member(workload, Some(entry))).collect();
        self.service(entry.name.clone(), entry.tier, Some(entry), members, outside.of_service(entry))
    }

    fn uncataloged(&self, member: Member<'a>, outside: &Outside<'a>) -> Service<'a> {
        let name = match &member.object.namespace {
            Some(namespace) => format!("{namespace}/{}", member.object.name),
            None => member.object.name.clone(),
        };
        let tier = match member.role {
            Some(_) => Tier::Critical,
            // Nobody keeps it running, so nobody relies on it.
            None if member.workload.is_none() => Tier::Optional,
            None => Tier::Important,
        };
        let mut monitors = outside.named(&name).to_vec();
        if monitors.is_empty() {
            monitors = outside.named(&member.object.name).to_vec();
        }
        self.service(name, tier, None, vec![member], monitors)
    }

    fn only_monitored(&self, monitor: &'a MonitorStatus) -> Service<'a> {
        self.service(monitor.name.clone(), Tier::Important, None, Vec::new(), vec![monitor])
    }

    fn service(
        &self,
        name: String,
        tier: Tier,
        entry: Option<&'a CatalogedService>,
        mut members: Vec<Member<'a>>,
        monitors: Vec<&'a MonitorStatus>,
    ) -> Service<'a> {
        let outside = View::of(&monitors, |monitor| self.is_fresh(monitor));
        if outside == View::Down && members.iter().all(|member| matches!(member.standing, Standing::Off { .. })) {
            expect_to_serve(&mut members, "a monitor sees it down");
        }
        let leads_here = members.iter().filter_map(|member| self.services_to.get(member.workload.as_ref()?));
        let leads_here = leads_here.flatten().map(|lead| lead.name.to_owned()).collect();
        let is_known = |object: &ObjectRef| self.settings.known_issues.iter().any(|known| known.covers(object));
        let monitors_known = monitors.iter().all(|monitor| is_known(&ObjectRef::global("monitor", &monitor.name)));
        let broken = || members.iter().filter(|member| member.is_broken());
        let known = match broken().next() {
            Some(_) => broken().all(|member| member.known),
            None => !monitors.is_empty() && monitors_known,
        };
        Service {
            outside,
            restless: members.iter().find_map(|member| self.restless(member)),
            name,
            tier,
            entry,
            members,
            monitors,
            leads_here,
            known,
        }
    }

    fn member(&self, workload: &WorkloadRef, entry: Option<&CatalogedService>) -> Member<'a> {
        let pods = self.index.pods_of(workload).collect::<Vec<_>>();
        let status = self.index.workload(workload);
        let template = self.templates.get(workload);
        let first = pods.first().map(|pod| (&pod.metadata.labels, &pod.spec));
        let (labels, spec) = template.map(|(_, meta, spec)| (&meta.labels, *spec)).or(first).unzip();
        let live: Vec<_> = pods.iter().copied().filter(|pod| pod.status.phase != "Failed").collect();
        let serving = count(live.iter().filter(|pod| serves(pod)).count());
        let (desired, ready) = match status {
            // The counts of the controller and of the pods are two views of the same; the worse one counts.
            Some(status) if live.is_empty() => (u64::from(status.desired), u64::from(status.ready)),
            Some(status) => (u64::from(status.desired), u64::from(status.ready).min(serving)),
            None => (count(live.len()), serving),
        };
        let mut member = Member {
            object: workload.object(),
            role: labels.zip(spec).and_then(|(labels, spec)| role_of(labels, spec)),
            labels: labels.unwrap_or(&NO_LABELS),
            is_database: spec.is_some_and(|spec| spec.containers.iter().any(|container| is_database(&container.image))),
            desired,
            ready,
            created_at: template.and_then(|(meta, _, _)| meta.creation_timestamp),
            known: false,
            standing: Standing::Whole,
            workload: Some(workload.clone()),
            pods: live,
        };
        member.standing = match status {
            None if member.pods.is_empty() => self.missing(workload),
            Some(status) if status.desired == 0 && workload.kind != WorkloadKind::DaemonSet => Standing::Off {
                seems_wrong: self.why_off_is_wrong(workload, entry, template.map(|(meta, _, _)| *meta)),
            },
            _ => self.standing(&member),
        };
        member.known = self.is_known(&member);
        member
    }

    fn standing(&self, member: &Member<'_>) -> Standing {
        if member.ready >= member.desired {
            return self.unreachable(member).unwrap_or(Standing::Whole);
        }
        let is_starting = |pod: &Pod| {
            self.is_new(pod.metadata.creation_timestamp) && !is_failing(pod) && !self.is_warned_of_again_and_again(pod)
        };
        let refused = member.workload.as_ref().is_some_and(|workload| self.cannot_create_pods(workload));
        let all_starting = member.broken_pods().all(is_starting) && !refused;
        let is_new = self.is_new(member.created_at);
        // The replacement of a pod of many is a rollout; a service without any ready pod is down meanwhile.
        let missing = member.desired - member.ready;
        let rolls_out = member.ready > 0 && count(member.broken_pods().count()) >= missing;
        if all_starting && (is_new || rolls_out) { Standing::Starting } else { Standing::Short }
    }

    /// Something keeps a new pod from starting. Once or twice means little: a secret or a service account may
    /// come a moment later. That it is not ready yet is what a start is.
    fn is_warned_of_again_and_again(&self, pod: &Pod) -> bool {
        let mut events = self.index.events_about("Pod", pod.metadata.namespace(), &pod.metadata.name);
        events.any(|event| {
            let is_start = event.reason == "Unhealthy" && !event.message.starts_with("Liveness");
            event.is_warning() && !is_start && event.count.unwrap_or(1) >= WARNINGS_OF_A_FAILURE
        })
    }

    /// The controller is refused new pods, by a quota or an admission (Kubernetes docs, Failed Deployment).
    fn cannot_create_pods(&self, workload: &WorkloadRef) -> bool {
        self.refused.contains(workload)
    }

    fn unreachable(&self, member: &Member<'_>) -> Option<Standing> {
        let leads = self.services_to.get(member.workload.as_ref()?)?;
        let without: Vec<_> = leads.iter().filter(|lead| lead.has_endpoint == Some(false)).collect();
        let services: Vec<_> = without.iter().map(|lead| lead.name.to_owned()).collect();
        let entirely = services.len() == leads.len();
        (member.ready > 0 && !services.is_empty()).then_some(Standing::Unreachable { services, entirely })
    }

    fn missing(&self, workload: &WorkloadRef) -> Standing {
        let unknown = match workload.kind {
            WorkloadKind::Deployment => self.state.deployments.as_result().err(),
            WorkloadKind::StatefulSet => self.state.stateful_sets.as_result().err(),
            WorkloadKind::DaemonSet => self.state.daemon_sets.as_result().err(),
        };
        unknown.map_or(Standing::Absent, |reason| Standing::Unseen(reason.to_owned()))
    }

    fn why_off_is_wrong(
        &self,
        workload: &WorkloadRef,
        entry: Option<&CatalogedService>,
        meta: Option<&Meta>,
    ) -> Option<String> {
        if let Some(entry) = entry {
            return Some(format!("the catalog lists it for {}", entry.name));
        }
        let has_service = self.services_to.contains_key(workload);
        let scaled = self.scaled_to_zero(workload).filter(|_| has_service);
        let applied = meta
            .and_then(Meta::applied_replicas)
            .filter(|replicas| *replicas > 0)
            .map(|_| "it was last applied with replicas".to_owned());
        applied.or_else(|| Some(format!("a service leads to it: {}", quoted(&scaled?.message))))
    }

    /// The event that tells that a workload was scaled to 0.
    pub(crate) fn scaled_to_zero(&self, workload: &WorkloadRef) -> Option<&'a Event> {
        let kind = match workload.kind {
            WorkloadKind::Deployment => "Deployment",
            WorkloadKind::StatefulSet => "StatefulSet",
            WorkloadKind::DaemonSet => return None,
        };
        let events = self.index.events_about(kind, &workload.namespace, &workload.name);
        events.filter(|event| event.is_scale_to_zero()).last()
    }

    /// When the newest version of a deployment was made, where there was one before it (UTC).
    pub(crate) fn newest_version(&self, deployment: &WorkloadRef) -> Option<Timestamp> {
        let versions = self.versions.get(&(deployment.namespace.as_str(), deployment.name.as_str()))?;
        (versions.len() > 1).then(|| versions.iter().max().copied()).flatten()
    }

    /// Pods that no workload keeps, other than those of jobs: static ones by what they are, others by owner.
    fn loose(&self) -> Vec<Member<'a>> {
        let mut groups: BTreeMap<(String, ObjectRef), Vec<&'a Pod>> = BTreeMap::new();
        for pod in self.index.loose_pods().filter(|pod| !pod.is_terminating()) {
            let namespace = pod.metadata.namespace();
            if !self.is_watched(namespace) {
                continue;
            }
            let owner = pod.metadata.controller();
            let object = match owner.map(|owner| (owner.kind.as_str(), owner.name.as_str())) {
                Some(("Job", _)) => continue,
                Some(("Node", _)) => {
                    let component = pod.metadata.labels.get("component").unwrap_or(&pod.metadata.name);
                    ObjectRef::pod(namespace, component)
                }
                Some((kind, name)) => ObjectRef::namespaced(kind.to_lowercase(), namespace, name),
                None => ObjectRef::pod(namespace, &pod.metadata.name),
            };
            groups.entry((namespace.to_owned(), object)).or_default().push(pod);
        }
        groups.into_iter().map(|((_, object), pods)| self.loose_member(object, pods)).collect()
    }

    fn loose_member(&self, object: ObjectRef, pods: Vec<&'a Pod>) -> Member<'a> {
        let first = pods.first().copied();
        let mut member = Member {
            workload: None,
            object,
            role: first.and_then(|pod| role_of(&pod.metadata.labels, &pod.spec)),
            labels: first.map_or(&NO_LABELS, |pod| &pod.metadata.labels),
            is_database: pods
                .iter()
                .any(|pod| pod.spec.containers.iter().any(|container| is_database(&container.image))),
            desired: count(pods.len()),
            ready: count(pods.iter().filter(|pod| serves(pod)).count()),
            created_at: pods.iter().filter_map(|pod| pod.metadata.creation_timestamp).max(),
            standing: Standing::Whole,
            known: false,
            pods,
        };
        member.standing = self.standing(&member);
        member.known = self.is_known(&member);
        member
    }

    fn is_known(&self, member: &Member<'_>) -> bool {
        let covers = |object: &ObjectRef| self.settings.known_issues.iter().any(|known| known.covers(object));
        let mut broken = member.broken_pods().peekable();
        let pods_known = broken.peek().is_some()
            && broken.all(|pod| covers(&ObjectRef::pod(pod.metadata.namespace(), &pod.metadata.name)));
        covers(&member.object) || pods_known
    }

    /// The latest warning about a pod of this member since it became ready. Events of a pod of the same name
    /// before it do not count.
    fn restless(&self, member: &Member<'_>) -> Option<String> {
        let warnings = member.pods.iter().filter(|pod| serves(pod)).flat_map(|pod| {
            let ready_since = pod.condition("Ready").and_then(|condition| condition.last_transition_time);
            let events = self.index.events_about("Pod", pod.metadata.namespace(), &pod.metadata.name);
            events.filter(move |event| {
                let uid = &event.involved_object.uid;
                let same = uid.is_empty() || pod.metadata.uid.is_empty() || *uid == pod.metadata.uid;
                let after = event.last_seen().zip(ready_since).is_some_and(|(seen, ready)| seen > ready);
                event.is_warning() && same && after && self.is_of_late(event)
            })
        });
        let last = warnings.max_by_key(|event| event.last_seen())?;
        Some(format!(
            "{}: {} at {}",
            quoted(&last.reason),
            quoted(&last.message),
            lamplighter_core::utc(last.last_seen()?)
        ))
    }

    fn is_of_late(&self, event: &Event) -> bool {
        event.last_seen().is_some_and(|at| self.state.taken_at.duration_since(at).as_secs() <= RESTLESS_SECONDS)
    }

    /// Whether a monitor looked at about the time at which the cluster was read.
    pub(crate) fn is_fresh(&self, monitor: &MonitorStatus) -> bool {
        self.state.taken_at.duration_since(monitor.at).abs() <= self.settings.monitor_age()
    }

    pub(crate) fn is_new(&self, created_at: Option<Timestamp>) -> bool {
        created_at.is_some_and(|created| self.state.taken_at.duration_since(created) < self.settings.grace())
    }

    fn is_watched(&self, namespace: &str) -> bool {
        !self.settings.ignored_namespaces.iter().any(|ignored| ignored == namespace)
    }
}

/// Makes what is scaled to 0 wrong, for somebody expects it to serve.
pub(crate) fn expect_to_serve(members: &mut [Member<'_>], why: &str) {
    for member in members {
        if let Standing::Off { seems_wrong: wrong @ None } = &mut member.standing {
            *wrong = Some(why.to_owned());
        }
    }
}

static NO_LABELS: BTreeMap<String, String> = BTreeMap::new();

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
