//! What is wrong with the cluster itself: its machines, its data, its pods as a whole.

use jiff::Timestamp;
use lamplighter_core::cluster::{Node, PersistentVolumeClaim};
use lamplighter_core::words::{Finding, ObjectRef};

use crate::evidence::quoted;
use crate::member::{Member, Standing};
use crate::service::Service;
use crate::survey::Survey;

/// The events that tell that a volume cannot be had (kubelet, attach-detach and volume-binding controllers).
const STORAGE_REASONS: [&str; 6] = [
    "FailedMount",
    "FailedAttachVolume",
    "FailedBinding",
    "ProvisioningFailed",
    "VolumeResizeFailed",
    "FailedMapVolume",
];

/// Facts beyond single services.
pub(crate) struct Facts<'a> {
    /// The nodes that cannot be reached or are not ready.
    pub(crate) lost_nodes: Vec<&'a Node>,
    /// The state of every node that is not simply ready.
    pub(crate) nodes: Vec<Finding>,
    /// The claims whose volumes are gone.
    pub(crate) lost_claims: Vec<&'a PersistentVolumeClaim>,
    /// The pods that matter.
    pub(crate) pods: Pods,
}

/// How many pods there should be, and how many of them are not ready.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pods {
    pub(crate) all: u64,
    pub(crate) unhealthy: u64,
    /// Of how many services those are that are not ready.
    pub(crate) affected_services: usize,
}

impl<'a> Facts<'a> {
    pub(crate) fn of(survey: &Survey<'a>, services: &[Service<'_>]) -> Self {
        let nodes = survey.state.nodes.items();
        let is_known = |object: &ObjectRef| survey.settings.known_issues.iter().any(|known| known.covers(object));
        let counts = |node: &&Node| {
            !is_known(&ObjectRef::global("node", &node.metadata.name))
                && !survey.is_new(node.metadata.creation_timestamp)
        };
        let is_lost = |node: &&Node| node.is_ready() != Some(true);
        let claims = survey.state.claims.items().iter().filter(|claim| claim.status.phase == "Lost");
        let claim = |claim: &PersistentVolumeClaim| {
            ObjectRef::namespaced("persistentvolumeclaim", claim.metadata.namespace(), &claim.metadata.name)
        };
        Self {
            lost_nodes: nodes.iter().filter(is_lost).filter(counts).collect(),
            nodes: nodes.iter().filter_map(|node| node_finding(survey, node)).collect(),
            lost_claims: claims.filter(|it| !is_known(&claim(it))).collect(),
            pods: unhealthy_pods(services),
        }
    }
}

/// Since when a node is not ready (UTC).
pub(crate) fn lost_since(node: &Node) -> Option<Timestamp> {
    node.condition("Ready")?.last_transition_time
}

/// What is said about storage that a database waits for, or `None` when it waits for none.
pub(crate) fn storage_trouble(survey: &Survey<'_>, member: &Member<'_>) -> Option<String> {
    member.broken_pods().find_map(|pod| {
        let namespace = pod.metadata.namespace();
        let events = survey.index.events_about("Pod", namespace, &pod.metadata.name);
        let event = events.filter(|event| STORAGE_REASONS.contains(&event.reason.as_str())).last();
        let by_event = event.map(|event| format!("{}: {}", quoted(&event.reason), quoted(&event.message)));
        by_event.or_else(|| {
            let claims = pod.spec.volumes.iter().filter_map(|volume| volume.persistent_volume_claim.as_ref());
            let unbound = claims.into_iter().find_map(|mount| {
                let claim = survey.claim(namespace, &mount.claim_name)?;
                (claim.status.phase != "Bound").then_some(claim)
            })?;
            Some(format!("claim {namespace}/{} is {}", unbound.metadata.name, quoted(&unbound.status.phase)))
        })
    })
}

fn unhealthy_pods(services: &[Service<'_>]) -> Pods {
    let mut pods = Pods::default();
    for service in services.iter().filter(|service| !service.known) {
        let counts = service.members.iter().filter(|member| !member.known).map(counted);
        let (all, unhealthy) = counts
            .fold((0_u64, 0_u64), |(all, bad), (more, worse)| (all.saturating_add(more), bad.saturating_add(worse)));
        pods.all = pods.all.saturating_add(all);
        pods.unhealthy = pods.unhealthy.saturating_add(unhealthy);
        pods.affected_services += usize::from(unhealthy > 0);
    }
    pods
}

/// How many pods a member should have, and how many of them are not ready.
fn counted(member: &Member<'_>) -> (u64, u64) {
    match member.standing {
        Standing::Whole | Standing::Short | Standing::Unreachable { .. } => {
            (member.desired, member.desired.saturating_sub(member.ready))
        }
        // How many it should have is not known; it is at least one.
        Standing::Absent | Standing::Off { seems_wrong: Some(_) } => (1, 1),
        Standing::Starting | Standing::Off { seems_wrong: None } | Standing::Unseen(_) => (0, 0),
    }
}

fn node_finding(survey: &Survey<'_>, node: &Node) -> Option<Finding> {
    let name = &node.metadata.name;
    let mut lines = Vec::new();
    let mut since = None;
    if node.is_ready() != Some(true) {
        since = lost_since(node);
        lines.push(match node.condition("Ready") {
            Some(ready) => condition_line("Ready", &ready.status, ready.reason.as_deref(), ready.message.as_deref()),
            None => "no Ready condition".to_owned(),
        });
    }
    let pressing = node.status.conditions.iter().filter(|condition| {
        let r#type = condition.r#type.as_str();
        condition.status == "True" && (r#type.ends_with("Pressure") || r#type == "NetworkUnavailable")
    });
    for condition in pressing {
        since = since.into_iter().chain(condition.last_transition_time).min();
        let (reason, message) = (condition.reason.as_deref(), condition.message.as_deref());
        lines.push(condition_line(&condition.r#type, &condition.status, reason, message));
    }
    if node.spec.unschedulable == Some(true) {
        lines.push("spec.unschedulable=true".to_owned());
    }
    let first = lines.first()?;
    let at = since.unwrap_or(survey.state.taken_at);
    let summary = format!("node {name}: {first}");
    let mut finding = Finding::new(summary, ObjectRef::global("node", name), survey.state.source.clone(), at);
    finding.evidence = lines;
    Some(finding)
}

fn condition_line(r#type: &str, status: &str, reason: Option<&str>, message: Option<&str>) -> String {
    let why: Vec<_> = [reason, message].into_iter().flatten().map(quoted).collect();
    let why = if why.is_empty() { String::new() } else { format!(", {}", why.join(": ")) };
    format!("{type}={status}{why}")
}
