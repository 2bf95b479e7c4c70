use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    ConfigMap, CronJob, DaemonSet, Deployment, Endpoints, Event, HorizontalPodAutoscaler, Ingress, Job, LimitRange,
    Meta, Named, Namespace, NetworkPolicy, Node, PersistentVolume, PersistentVolumeClaim, Pod, PodDisruptionBudget,
    ReplicaSet, ResourceQuota, RoleBinding, Secret, Service, ServiceAccount, StatefulSet, StorageClass,
};
use crate::words::{Source, WorkloadKind, WorkloadRef};

/// Something that was looked for: seen, or not to be seen and why.
///
/// An empty list that was seen and a list that could not be read are different things; a check on the
/// latter is `UNKNOWN`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Observed<T> {
    /// It was read.
    Seen(T),
    /// It could not be read, and this is why.
    Unknown(String),
    /// There is nothing to read it from, and this is why: it is not installed, not configured, not recorded.
    Absent(String),
}

impl<T> Observed<T> {
    /// Whether there is nothing to read it from. What should have been read and was not is unknown.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent(_))
    }

    /// What was seen, if it was.
    pub fn seen(&self) -> Option<&T> {
        match self {
            Self::Seen(value) => Some(value),
            Self::Unknown(_) | Self::Absent(_) => None,
        }
    }

    /// What was seen.
    ///
    /// # Errors
    /// The reason why it was not.
    pub fn as_result(&self) -> Result<&T, &str> {
        match self {
            Self::Seen(value) => Ok(value),
            Self::Unknown(reason) | Self::Absent(reason) => Err(reason),
        }
    }
}

impl<T> Observed<Vec<T>> {
    /// The items that were seen; none where nothing could be.
    pub fn items(&self) -> &[T] {
        self.seen().map_or(&[], Vec::as_slice)
    }
}

impl<T> Default for Observed<Vec<T>> {
    fn default() -> Self {
        Self::Unknown("was not read".to_owned())
    }
}

/// A cluster as it was at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClusterState {
    /// When it was read (UTC). For a recording: when it was recorded.
    pub taken_at: Timestamp,
    /// What it was read from.
    pub source: Source,
    /// Nodes.
    pub nodes: Observed<Vec<Node>>,
    /// Pods.
    pub pods: Observed<Vec<Pod>>,
    /// Deployments.
    pub deployments: Observed<Vec<Deployment>>,
    /// Replica sets.
    pub replica_sets: Observed<Vec<ReplicaSet>>,
    /// Stateful sets.
    pub stateful_sets: Observed<Vec<StatefulSet>>,
    /// Daemon sets.
    pub daemon_sets: Observed<Vec<DaemonSet>>,
    /// Jobs.
    pub jobs: Observed<Vec<Job>>,
    /// Persistent volume claims.
    pub claims: Observed<Vec<PersistentVolumeClaim>>,
    /// Events.
    pub events: Observed<Vec<Event>>,
    /// Services.
    pub services: Observed<Vec<Service>>,
    /// Endpoints.
    pub endpoints: Observed<Vec<Endpoints>>,
    /// Namespaces.
    #[serde(default)]
    pub namespaces: Observed<Vec<Namespace>>,
    /// Persistent volumes.
    #[serde(default)]
    pub volumes: Observed<Vec<PersistentVolume>>,
    /// Storage classes.
    #[serde(default)]
    pub storage_classes: Observed<Vec<StorageClass>>,
    /// Config maps.
    #[serde(default)]
    pub config_maps: Observed<Vec<ConfigMap>>,
    /// Secrets, without their values.
    #[serde(default)]
    pub secrets: Observed<Vec<Secret>>,
    /// Service accounts.
    #[serde(default)]
    pub service_accounts: Observed<Vec<ServiceAccount>>,
    /// Role bindings.
    #[serde(default)]
    pub role_bindings: Observed<Vec<RoleBinding>>,
    /// Resource quotas.
    #[serde(default)]
    pub quotas: Observed<Vec<ResourceQuota>>,
    /// Limit ranges.
    #[serde(default)]
    pub limit_ranges: Observed<Vec<LimitRange>>,
    /// Ingresses.
    #[serde(default)]
    pub ingresses: Observed<Vec<Ingress>>,
    /// Network policies.
    #[serde(default)]
    pub network_policies: Observed<Vec<NetworkPolicy>>,
    /// Horizontal pod autoscalers.
    #[serde(default)]
    pub autoscalers: Observed<Vec<HorizontalPodAutoscaler>>,
    /// Pod disruption budgets.
    #[serde(default)]
    pub disruption_budgets: Observed<Vec<PodDisruptionBudget>>,
    /// Cron jobs.
    #[serde(default)]
    pub cron_jobs: Observed<Vec<CronJob>>,
}

/// How a workload stands, whatever its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkloadStatus {
    /// Which.
    pub workload: WorkloadRef,
    /// How many pods it is set to have.
    pub desired: u32,
    /// How many of them are ready.
    pub ready: u32,
    /// Since when it exists (UTC).
    pub created_at: Option<Timestamp>,
}

impl ClusterState {
    /// A state in which nothing has been read yet.
    #[must_use]
    pub fn unread(taken_at: Timestamp, source: Source) -> Self {
        Self {
            taken_at,
            source,
            nodes: Observed::default(),
            pods: Observed::default(),
            deployments: Observed::default(),
            replica_sets: Observed::default(),
            stateful_sets: Observed::default(),
            daemon_sets: Observed::default(),
            jobs: Observed::default(),
            claims: Observed::default(),
            events: Observed::default(),
            services: Observed::default(),
            endpoints: Observed::default(),
            namespaces: Observed::default(),
            volumes: Observed::default(),
            storage_classes: Observed::default(),
            config_maps: Observed::default(),
            secrets: Observed::default(),
            service_accounts: Observed::default(),
            role_bindings: Observed::default(),
            quotas: Observed::default(),
            limit_ranges: Observed::default(),
            ingresses: Observed::default(),
            network_policies: Observed::default(),
            autoscalers: Observed::default(),
            disruption_budgets: Observed::default(),
            cron_jobs: Observed::default(),
        }
    }

    /// Every workload that was seen, in the order of kind, namespace and name.
    #[must_use]
    pub fn workloads(&self) -> Vec<WorkloadStatus> {
        let status = |kind, meta: &Meta, desired, ready| WorkloadStatus {
            workload: WorkloadRef::new(kind, meta.namespace(), &meta.name),
            desired,
            ready,
            created_at: meta.creation_timestamp,
        };
        // The API's default for an absent `spec.replicas` is 1.
        let deployments = self.deployments.items().iter().map(|deployment| {
            let desired = deployment.spec.replicas.unwrap_or(1);
            status(WorkloadKind::Deployment, &deployment.metadata, desired, deployment.status.ready_replicas)
        });
        let stateful_sets = self.stateful_sets.items().iter().map(|set| {
            let desired = set.spec.replicas.unwrap_or(1);
            status(WorkloadKind::StatefulSet, &set.metadata, desired, set.status.ready_replicas)
        });
        let daemon_sets = self.daemon_sets.items().iter().map(|set| {
            status(WorkloadKind::DaemonSet, &set.metadata, set.status.desired_number_scheduled, set.status.number_ready)
        });
        let mut workloads: Vec<_> = deployments.chain(stateful_sets).chain(daemon_sets).collect();
        workloads.sort_by(|a, b| a.workload.cmp(&b.workload));
        workloads
    }

    /// How one workload stands.
    #[must_use]
    pub fn workload(&self, wanted: &WorkloadRef) -> Option<WorkloadStatus> {
        self.workloads().into_iter().find(|status| status.workload == *wanted)
    }

    /// The workload that keeps a pod running, through its replica set where it has one. A replica set that
    /// was not recorded is looked through by the name that its controller gives it
    /// (`DEPLOYMENT-TEMPLATEHASH`).
    #[must_use]
    pub fn workload_of(&self, pod: &Pod) -> Option<WorkloadRef> {
        let owner = pod.metadata.controller()?;
        let namespace = pod.metadata.namespace();
        match owner.kind.as_str() {
            "StatefulSet" => Some(WorkloadRef::new(WorkloadKind::StatefulSet, namespace, &owner.name)),
            "DaemonSet" => Some(WorkloadRef::new(WorkloadKind::DaemonSet, namespace, &owner.name)),
            "ReplicaSet" => {
                let set = find(self.replica_sets.items(), namespace, &owner.name);
                let name = if let Some(set) = set {
                    set.metadata.controller().filter(|owner| owner.kind == "Deployment")?.name.clone()
                } else {
                    let hash = pod.metadata.labels.get("pod-template-hash")?;
                    owner.name.strip_suffix(&format!("-{hash}"))?.to_owned()
                };
                Some(WorkloadRef::new(WorkloadKind::Deployment, namespace, name))
            }
            _ => None,
        }
    }

    /// The pods of a workload that are not completed.
    #[must_use]
    pub fn pods_of(&self, workload: &WorkloadRef) -> Vec<&Pod> {
        let in_namespace = |pod: &&Pod| pod.metadata.namespace() == workload.namespace;
        let pods = self.pods.items().iter().filter(in_namespace);
        pods.filter(|pod| !pod.is_completed() && self.workload_of(pod).as_ref() == Some(workload)).collect()
    }

    /// The events about an object and about the pods of these names, oldest first.
    #[must_use]
    pub fn events_about(&self, namespace: &str, names: &BTreeSet<&str>) -> Vec<&Event> {
        let about = |event: &&Event| {
            let object = &event.involved_object;
            object.namespace.as_deref().unwrap_or_default() == namespace && names.contains(object.name.as_str())
        };
        let mut events: Vec<_> = self.events.items().iter().filter(about).collect();
        events.sort_by_key(|event| event.last_seen());
        events
    }

    /// The services whose selector selects a workload's pods.
    #[must_use]
    pub fn services_of(&self, workload: &WorkloadRef) -> Vec<&Service> {
        let labels = self.template_labels(workload);
        let selects = |service: &&Service| {
            let selector = &service.spec.selector;
            service.metadata.namespace() == workload.namespace
                && !selector.is_empty()
                && labels
                    .as_ref()
                    .is_some_and(|labels| selector.iter().all(|(key, value)| labels.get(key) == Some(value)))
        };
        self.services.items().iter().filter(selects).collect()
    }

    fn template_labels(&self, workload: &WorkloadRef) -> Option<&BTreeMap<String, String>> {
        let (namespace, name) = (workload.namespace.as_str(), workload.name.as_str());
        let template = match workload.kind {
            WorkloadKind::Deployment => &find(self.deployments.items(), namespace, name)?.spec.template,
            WorkloadKind::StatefulSet => &find(self.stateful_sets.items(), namespace, name)?.spec.template,
            WorkloadKind::DaemonSet => &find(self.daemon_sets.items(), namespace, name)?.spec.template,
        };
        Some(&template.metadata.labels)
    }
}

fn find<'a, T: Named>(items: &'a [T], namespace: &str, name: &str) -> Option<&'a T> {
    items.iter().find(|item| item.meta().name == name && item.meta().namespace() == namespace)
}
