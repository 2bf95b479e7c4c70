//! A workload: what is declared, what ails it, and the revisions that it has been through.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::words::{WorkloadKind, WorkloadRef};

use super::fault::Fault;
use super::ids::{Key, hex, uid};
use super::pod::Template;
use super::spec::{Kind, WorkloadSpec};

#[derive(Debug, Clone)]
pub(super) struct Workload {
    pub(super) key: Key,
    pub(super) kind: Kind,
    pub(super) uid: String,
    pub(super) created_at: Timestamp,
    pub(super) container: String,
    pub(super) port: u16,
    pub(super) service: bool,
    pub(super) claim: Option<String>,
    pub(super) replicas: u32,
    pub(super) generation: i64,
    pub(super) template: Template,
    pub(super) annotations: BTreeMap<String, String>,
    /// The templates that it has had, the present one last.
    pub(super) revisions: Vec<Revision>,
    pub(super) ailment: Option<Ailment>,
    pub(super) needs: Vec<Key>,
    /// Lines of its own in the log, and when they were written.
    pub(super) logs: (Timestamp, Vec<String>),
    /// When the present roll-out began; `None` once it is through.
    pub(super) rolling_since: Option<Timestamp>,
}

/// A template that a workload has or had. For a deployment, a replica set.
#[derive(Debug, Clone)]
pub(super) struct Revision {
    pub(super) number: usize,
    pub(super) hash: String,
    pub(super) template: Template,
    pub(super) created_at: Timestamp,
}

/// A fault and its onset.
#[derive(Debug, Clone)]
pub(super) struct Ailment {
    pub(super) fault: Fault,
    pub(super) since: Timestamp,
    /// The image at the onset.
    pub(super) image: String,
}

impl Workload {
    pub(super) fn new(spec: &WorkloadSpec, created_at: Timestamp, now: Timestamp) -> Self {
        let key = Key::new(&spec.namespace, &spec.name);
        let onset = now - SignedDuration::from_mins(spec.since_minutes.into());
        let template = Template {
            image: spec.image.clone().unwrap_or_else(|| format!("registry.example.org/{}:1.0", spec.name)),
            memory_limit: spec.memory_limit.clone(),
            memory_request: spec.memory_request.clone(),
            cpu_limit: spec.cpu_limit.clone(),
            ..Template::default()
        };
        let mut workload = Self {
            kind: spec.kind,
            uid: uid(&[spec.kind.as_str(), &spec.namespace, &spec.name]),
            created_at,
            container: spec.container.clone().unwrap_or_else(|| spec.name.clone()),
            port: spec.port,
            service: spec.service,
            claim: spec.claim.clone(),
            replicas: spec.replicas,
            generation: 1,
            template: Template::default(),
            annotations: BTreeMap::new(),
            revisions: Vec::new(),
            ailment: None,
            needs: spec.needs.iter().filter_map(|need| Key::parse(need)).collect(),
            logs: (onset, spec.logs.clone()),
            rolling_since: None,
            key,
        };
        workload.set_template(template, created_at);
        if let Some(fault) = &spec.fault {
            workload.ail(fault.clone(), onset);
        }
        workload
    }

    /// Gives it another template. True if it is another one.
    pub(super) fn set_template(&mut self, template: Template, now: Timestamp) -> bool {
        if self.template == template {
            return false;
        }
        let hash = template.hash();
        let number = self.revisions.iter().map(|revision| revision.number).max().unwrap_or(0) + 1;
        let known = self.revisions.iter().position(|revision| revision.hash == hash);
        let created_at = known.map_or(now, |at| self.revisions.remove(at).created_at);
        self.revisions.push(Revision { number, hash, template: template.clone(), created_at });
        self.template = template;
        true
    }

    pub(super) fn ail(&mut self, fault: Fault, since: Timestamp) {
        self.ailment = Some(Ailment { fault, since, image: self.template.image.clone() });
    }

    /// The hash of its present template.
    pub(super) fn hash(&self) -> String {
        self.revisions.last().map(|revision| revision.hash.clone()).unwrap_or_default()
    }

    /// The hash of the template that all its pods had before the present roll-out, if one is under way.
    pub(super) fn settled_hash(&self) -> String {
        let before = self.revisions.iter().rev().nth(1).filter(|_| self.rolling_since.is_some());
        before.map_or_else(|| self.hash(), |revision| revision.hash.clone())
    }

    /// Whether this template still has the image that cannot be pulled.
    pub(super) fn image_is_bad(&self, template: &Template) -> bool {
        self.ailment.as_ref().is_some_and(|ailment| ailment.image == template.image)
    }

    pub(super) fn replica_set(&self, hash: &str) -> String {
        format!("{}-{hash}", self.key.name)
    }

    pub(super) fn replica_set_uid(&self, hash: &str) -> String {
        uid(&["ReplicaSet", &self.uid, hash])
    }

    pub(super) fn labels(&self) -> BTreeMap<String, String> {
        BTreeMap::from([
            ("app".to_owned(), self.key.name.clone()),
            ("app.kubernetes.io/name".to_owned(), self.key.name.clone()),
        ])
    }

    /// The address of its service.
    pub(super) fn cluster_ip(&self) -> String {
        let digits = hex(&["Service", &self.uid], 4);
        let byte = |at: usize| digits.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(1);
        format!("10.96.{}.{}", byte(0), byte(2).max(1))
    }

    pub(super) fn reference(&self) -> WorkloadRef {
        WorkloadRef::new(self.kind.into(), &self.key.namespace, &self.key.name)
    }
}

impl Kind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
        }
    }
}

impl From<Kind> for WorkloadKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Deployment => Self::Deployment,
            Kind::StatefulSet => Self::StatefulSet,
            Kind::DaemonSet => Self::DaemonSet,
        }
    }
}
