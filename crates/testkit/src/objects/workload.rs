use lamplighter_core::cluster::{
    ClusterState, DaemonSet, DaemonSetSpec, DaemonSetStatus, Deployment, DeploymentSpec, DeploymentStatus,
    LabelSelector, Meta, OwnerReference, Pod, PodTemplate, ReplicaSet, ReplicaSetSpec, ReplicaSetStatus, StatefulSet,
    StatefulSetSpec, StatefulSetStatus,
};
use lamplighter_core::words::{WorkloadKind, WorkloadRef};

use super::{APP, PodBuilder, list, meta, pod, suffix};

/// Makes a workload with its pods, and with its replica set where it has one.
#[must_use = "a builder makes nothing until it is built"]
pub struct WorkloadBuilder {
    workload: WorkloadRef,
    replicas: u32,
    absent: u32,
    template: PodBuilder,
    edits: Vec<(u32, Edit)>,
}

type Edit = Box<dyn FnOnce(PodBuilder) -> PodBuilder + Send>;

/// A deployment of one pod, with its replica set. Its one container has its name.
pub fn deployment(namespace: &str, name: &str) -> WorkloadBuilder {
    WorkloadBuilder::new(WorkloadKind::Deployment, namespace, name)
}

/// A stateful set of one pod, `NAME-0`. Its one container has its name.
pub fn stateful_set(namespace: &str, name: &str) -> WorkloadBuilder {
    WorkloadBuilder::new(WorkloadKind::StatefulSet, namespace, name)
}

/// A daemon set on one node; [`replicas`](WorkloadBuilder::replicas) is the number of nodes `n1`, `n2`… that it
/// runs on. Its one container has its name.
pub fn daemon_set(namespace: &str, name: &str) -> WorkloadBuilder {
    WorkloadBuilder::new(WorkloadKind::DaemonSet, namespace, name)
}

impl WorkloadBuilder {
    fn new(kind: WorkloadKind, namespace: &str, name: &str) -> Self {
        let template = pod(namespace, name).container(name).image(&format!("registry.example.org/{name}:1.0"));
        let workload = WorkloadRef::new(kind, namespace, name);
        Self { workload, replicas: 1, absent: 0, template, edits: Vec::new() }
    }

    /// With this many pods.
    pub fn replicas(mut self, replicas: u32) -> Self {
        self.replicas = replicas;
        self
    }

    /// With this many of its pods not created, as when a quota is used up.
    pub fn without_pods(mut self, absent: u32) -> Self {
        self.absent = absent;
        self
    }

    /// With every pod made by this template.
    pub fn template(mut self, edit: impl FnOnce(PodBuilder) -> PodBuilder) -> Self {
        self.template = edit(self.template);
        self
    }

    /// With this memory limit on its container: `128Mi`.
    pub fn memory_limit(self, limit: &str) -> Self {
        self.template(|pod| pod.memory_limit(limit))
    }

    /// With this image.
    pub fn image(self, image: &str) -> Self {
        self.template(|pod| pod.image(image))
    }

    /// With one of its pods (the first one is 0) in a state of its own.
    pub fn pod(mut self, index: u32, edit: impl FnOnce(PodBuilder) -> PodBuilder + Send + 'static) -> Self {
        self.edits.push((index, Box::new(edit)));
        self
    }

    /// With all of its pods in this state.
    pub fn pods(mut self, edit: impl Fn(PodBuilder) -> PodBuilder + Clone + Send + 'static) -> Self {
        for index in 0..self.replicas {
            self.edits.push((index, Box::new(edit.clone())));
        }
        self
    }

    /// Puts the objects into a cluster, which sets their counts.
    pub(super) fn put_into(self, state: &mut ClusterState) {
        let template = template_of(&self.template, &self.workload.name);
        let owner = Owner::new(&self.workload, &template);
        let mut pods: Vec<_> = (0..self.replicas.saturating_sub(self.absent))
            .map(|index| Some(owner.pod(&self.template, index)))
            .collect();
        for (index, edit) in self.edits {
            let slot = usize::try_from(index).ok().and_then(|index| pods.get_mut(index));
            assert!(slot.is_some(), "{} has no pod {index}; give it more replicas first", self.workload);
            if let Some(slot) = slot {
                *slot = slot.take().map(edit);
            }
        }
        list(&mut state.pods).extend(pods.into_iter().flatten().map(PodBuilder::build));
        owner.put_controller_into(state, &self.workload, self.replicas, template);
    }
}

/// Who controls the pods of a workload, and how he names them.
pub(crate) struct Owner {
    kind: &'static str,
    meta: Meta,
    hash: Option<String>,
}

impl Owner {
    /// The owner of a workload's pods that is in a cluster, and the template that he makes them by.
    pub(crate) fn find(state: &ClusterState, workload: &WorkloadRef) -> Option<(Self, PodBuilder)> {
        let is_it = |meta: &Meta| meta.name == workload.name && meta.namespace() == workload.namespace;
        let (kind, meta, template) = match workload.kind {
            WorkloadKind::Deployment => {
                let controls = |set: &&ReplicaSet| {
                    set.metadata.namespace() == workload.namespace
                        && set.metadata.controller().is_some_and(|owner| owner.name == workload.name)
                };
                let set = state.replica_sets.items().iter().find(controls)?;
                ("ReplicaSet", &set.metadata, &set.spec.template)
            }
            WorkloadKind::StatefulSet => {
                let set = state.stateful_sets.items().iter().find(|set| is_it(&set.metadata))?;
                ("StatefulSet", &set.metadata, &set.spec.template)
            }
            WorkloadKind::DaemonSet => {
                let set = state.daemon_sets.items().iter().find(|set| is_it(&set.metadata))?;
                ("DaemonSet", &set.metadata, &set.spec.template)
            }
        };
        let hash = meta.labels.get("pod-template-hash").cloned();
        let pod = Pod { metadata: template.metadata.clone(), spec: template.spec.clone(), ..Pod::default() };
        Some((Self { kind, meta: meta.clone(), hash }, PodBuilder::of(pod).on("n1").running()))
    }

    fn new(workload: &WorkloadRef, template: &PodTemplate) -> Self {
        let namespace = Some(workload.namespace.as_str());
        let (kind, name, hash) = match workload.kind {
            WorkloadKind::Deployment => {
                let hash = suffix(&format!("{template:?}"), 10);
                ("ReplicaSet", format!("{}-{hash}", workload.name), Some(hash))
            }
            WorkloadKind::StatefulSet => ("StatefulSet", workload.name.clone(), None),
            WorkloadKind::DaemonSet => ("DaemonSet", workload.name.clone(), None),
        };
        Self { kind, meta: meta(&kind.to_lowercase(), namespace, &name), hash }
    }

    /// A pod of this owner, the same for the same number.
    pub(crate) fn pod(&self, template: &PodBuilder, index: u32) -> PodBuilder {
        let name = match self.kind {
            "StatefulSet" => format!("{}-{index}", self.meta.name),
            _ => format!("{}-{}", self.meta.name, suffix(&format!("{}{index}", self.meta.name), 5)),
        };
        let mut fresh = template.clone().build();
        let labels = std::mem::take(&mut fresh.metadata.labels);
        fresh.metadata = meta("pod", Some(self.meta.namespace()), &name);
        fresh.metadata.labels = labels;
        let mut builder = PodBuilder::of(fresh).owned_by(self.kind, &self.meta.name, &self.meta.uid);
        if let Some(hash) = &self.hash {
            builder = builder.label("pod-template-hash", hash);
        }
        match self.kind {
            "StatefulSet" => builder.label("statefulset.kubernetes.io/pod-name", &name),
            "DaemonSet" => builder.on(&format!("n{}", index + 1)),
            _ => builder,
        }
    }

    fn put_controller_into(
        self,
        state: &mut ClusterState,
        workload: &WorkloadRef,
        replicas: u32,
        template: PodTemplate,
    ) {
        let selector = LabelSelector {
            match_labels: [(APP.to_owned(), workload.name.clone())].into(),
            ..LabelSelector::default()
        };
        match workload.kind {
            WorkloadKind::Deployment => self.put_deployment_into(state, workload, replicas, selector, template),
            WorkloadKind::StatefulSet => list(&mut state.stateful_sets).push(StatefulSet {
                metadata: generation(self.meta),
                spec: StatefulSetSpec {
                    replicas: Some(replicas),
                    selector,
                    template,
                    service_name: Some(workload.name.clone()),
                    volume_claim_templates: Vec::new(),
                },
                status: StatefulSetStatus::default(),
            }),
            WorkloadKind::DaemonSet => list(&mut state.daemon_sets).push(DaemonSet {
                metadata: generation(self.meta),
                spec: DaemonSetSpec { selector, template },
                status: DaemonSetStatus { desired_number_scheduled: replicas, ..DaemonSetStatus::default() },
            }),
        }
    }

    fn put_deployment_into(
        mut self,
        state: &mut ClusterState,
        workload: &WorkloadRef,
        replicas: u32,
        selector: LabelSelector,
        template: PodTemplate,
    ) {
        let metadata = generation(meta("deployment", Some(&workload.namespace), &workload.name));
        let (mut set_selector, mut set_template) = (selector.clone(), template.clone());
        if let Some(hash) = self.hash {
            let label = || ("pod-template-hash".to_owned(), hash.clone());
            set_selector.match_labels.extend([label()]);
            set_template.metadata.labels.extend([label()]);
        }
        self.meta.labels.clone_from(&set_template.metadata.labels);
        self.meta.owner_references = vec![OwnerReference {
            kind: "Deployment".to_owned(),
            name: metadata.name.clone(),
            uid: metadata.uid.clone(),
            controller: Some(true),
        }];
        list(&mut state.replica_sets).push(ReplicaSet {
            metadata: self.meta,
            spec: ReplicaSetSpec { replicas: Some(replicas), selector: set_selector, template: set_template },
            status: ReplicaSetStatus::default(),
        });
        list(&mut state.deployments).push(Deployment {
            metadata,
            spec: DeploymentSpec { replicas: Some(replicas), selector, template, ..DeploymentSpec::default() },
            status: DeploymentStatus::default(),
        });
    }
}

fn template_of(pod: &PodBuilder, name: &str) -> PodTemplate {
    let mut pod = pod.clone().build();
    pod.spec.node_name = None;
    let metadata = Meta { labels: pod.metadata.labels, ..Meta::default() };
    let mut template = PodTemplate { metadata, spec: pod.spec };
    template.metadata.labels.entry(APP.to_owned()).or_insert_with(|| name.to_owned());
    template
}

fn generation(meta: Meta) -> Meta {
    Meta { generation: Some(1), ..meta }
}
