use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::cluster::{ClusterState, Pod};
use crate::words::{PodRestart, Scaling, WorkloadRef};
use crate::{Approved, Result};

/// Which part of a cluster is read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scope {
    /// Only these namespaces; all of them where empty. Objects without a namespace are always read.
    pub namespaces: Vec<String>,
}

impl Scope {
    /// The whole cluster.
    #[must_use]
    pub fn everything() -> Self {
        Self::default()
    }

    /// One namespace.
    pub fn namespace(name: impl Into<String>) -> Self {
        Self { namespaces: vec![name.into()] }
    }

    /// Whether objects of this namespace are read.
    #[must_use]
    pub fn covers(&self, namespace: &str) -> bool {
        self.namespaces.is_empty() || self.namespaces.iter().any(|name| name == namespace)
    }
}

/// Reading a cluster, live or from a dump.
#[async_trait]
pub trait ClusterReader: Send + Sync {
    /// Everything that diagnosis looks at, read once.
    ///
    /// A kind that cannot be read (a permission is missing, a file is absent) is
    /// [unknown](crate::cluster::Observed::Unknown) with the reason, and the rest is still read.
    ///
    /// # Errors
    /// Only when nothing at all can be read: the API server cannot be reached, the folder is not a dump.
    async fn state(&self, scope: &Scope) -> Result<ClusterState>;

    /// One pod as it is now, or `None` when there is none of this name.
    ///
    /// # Errors
    /// [`Permission`](crate::ErrorKind::Permission) naming what is missing,
    /// [`Unavailable`](crate::ErrorKind::Unavailable).
    async fn pod(&self, namespace: &str, name: &str) -> Result<Option<Pod>>;

    /// How many replicas a workload is set to (`spec.replicas`), or `None` when there is no such workload
    /// or its kind has no count.
    ///
    /// # Errors
    /// As [`ClusterReader::pod`].
    async fn replicas(&self, workload: &WorkloadRef) -> Result<Option<u32>>;
}

/// The two things that may be done to a cluster directly. Both are reversible; every lasting change goes
/// through [`Stacks`](super::Stacks).
#[async_trait]
pub trait ClusterWriter: Send + Sync {
    /// Deletes a pod so that its controller recreates it.
    ///
    /// # Idempotency
    /// By the pod's UID, which is sent as a precondition: a successor of the same name is never deleted.
    /// A pod of this UID that is gone or being deleted already is success.
    ///
    /// # Errors
    /// [`Permission`](crate::ErrorKind::Permission) naming what is missing,
    /// [`Unavailable`](crate::ErrorKind::Unavailable).
    async fn restart_pod(&self, approved: Approved<PodRestart>) -> Result<()>;

    /// Sets a workload's replica count.
    ///
    /// # Idempotency
    /// By its nature: the count is set, not changed by a difference. If the count is neither `from` nor `to`
    /// any more, somebody else is at it.
    ///
    /// # Errors
    /// [`Conflict`](crate::ErrorKind::Conflict) when the count has moved, and as for
    /// [`ClusterWriter::restart_pod`].
    async fn scale(&self, approved: Approved<Scaling>) -> Result<()>;
}
