//! A process that dies: every port is behind a life that ends before or after a chosen call.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use lamplighter_core::cluster::{ClusterState, Pod};
use lamplighter_core::ports::{
    ArchivedDocument, AuditEntry, AuditLog, AuditQuery, ClusterReader, ClusterWriter, CommitId, CommitOutcome, Journal,
    Knob, MonitorWriter, PlanOutcome, Repository, RunLease, Scope, Setting, StackEdit, Stacks, Standing, StepRecord,
    Workspace,
};
use lamplighter_core::words::{
    ChangeKey, CommitChange, MonitorAddition, PlanApply, PodRestart, Scaling, StackName, WorkloadRef,
};
use lamplighter_core::{Approved, Result, RunKey, async_trait};
use serde_json::Value;
use tokio::sync::Notify;

/// How a process comes to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Death {
    /// Its future is never polled again and dropped.
    Dropped,
    /// It panics.
    Panic,
}

/// One life of a process. Each call of a port has a moment before and a moment after it.
#[derive(Clone)]
pub(crate) struct Life(Arc<Inner>);

struct Inner {
    moment: AtomicU32,
    fatal: u32,
    death: Death,
    over: Notify,
}

impl Life {
    /// A life that ends at this moment, the first being 1; at 0 it does not.
    pub(crate) fn until(fatal: u32, death: Death) -> Self {
        Self(Arc::new(Inner { moment: AtomicU32::new(0), fatal, death, over: Notify::new() }))
    }

    /// Runs a process until its end or its death; `None` when it died.
    pub(crate) async fn live<T: Send + 'static>(&self, process: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let life = self.clone();
        let process = tokio::spawn(async move {
            tokio::select! {
                biased;
                () = life.0.over.notified() => None,
                output = process => Some(output),
            }
        });
        process.await.ok().flatten()
    }

    async fn through<T>(&self, work: impl Future<Output = T>) -> T {
        self.breathe().await;
        let output = work.await;
        self.breathe().await;
        output
    }

    async fn breathe(&self) {
        if self.0.moment.fetch_add(1, Ordering::SeqCst) + 1 == self.0.fatal {
            assert!(self.0.death != Death::Panic, "the process dies here");
            self.0.over.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

/// A port as a mortal process sees it.
pub(crate) struct Mortal<P> {
    pub(crate) life: Life,
    pub(crate) port: P,
}

#[async_trait]
impl<P: Journal> Journal for Mortal<P> {
    async fn lease(&self, run: &RunKey) -> Result<RunLease> {
        self.life.through(self.port.lease(run)).await
    }

    async fn recorded(&self, run: &RunKey, step: &str) -> Result<Option<Value>> {
        self.life.through(self.port.recorded(run, step)).await
    }

    async fn record(&self, run: &RunKey, step: &str, output: Value) -> Result<Value> {
        self.life.through(self.port.record(run, step, output)).await
    }

    async fn steps(&self, run: &RunKey) -> Result<Vec<StepRecord>> {
        self.life.through(self.port.steps(run)).await
    }

    async fn runs(&self) -> Result<Vec<RunKey>> {
        self.life.through(self.port.runs()).await
    }

    async fn signal(&self, run: &RunKey, name: &str, value: Value) -> Result<Value> {
        self.life.through(self.port.signal(run, name, value)).await
    }

    async fn signalled(&self, run: &RunKey, name: &str) -> Result<Option<Value>> {
        self.life.through(self.port.signalled(run, name)).await
    }
}

#[async_trait]
impl<P: AuditLog> AuditLog for Mortal<P> {
    async fn append(&self, entry: AuditEntry) -> Result<()> {
        self.life.through(self.port.append(entry)).await
    }

    async fn entries(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        self.life.through(self.port.entries(query)).await
    }
}

#[async_trait]
impl<P: ClusterReader> ClusterReader for Mortal<P> {
    async fn state(&self, scope: &Scope) -> Result<ClusterState> {
        self.life.through(self.port.state(scope)).await
    }

    async fn pod(&self, namespace: &str, name: &str) -> Result<Option<Pod>> {
        self.life.through(self.port.pod(namespace, name)).await
    }

    async fn replicas(&self, workload: &WorkloadRef) -> Result<Option<u32>> {
        self.life.through(self.port.replicas(workload)).await
    }
}

#[async_trait]
impl<P: ClusterWriter> ClusterWriter for Mortal<P> {
    async fn restart_pod(&self, approved: Approved<PodRestart>) -> Result<()> {
        self.life.through(self.port.restart_pod(approved)).await
    }

    async fn scale(&self, approved: Approved<Scaling>) -> Result<()> {
        self.life.through(self.port.scale(approved)).await
    }
}

#[async_trait]
impl<P: MonitorWriter> MonitorWriter for Mortal<P> {
    async fn add(&self, approved: Approved<MonitorAddition>) -> Result<()> {
        self.life.through(self.port.add(approved)).await
    }

    async fn has(&self, addition: &MonitorAddition) -> Result<bool> {
        self.life.through(self.port.has(addition)).await
    }
}

#[async_trait]
impl<P: Stacks> Stacks for Mortal<P> {
    async fn list(&self, workspace: &Workspace) -> Result<Vec<StackName>> {
        self.life.through(self.port.list(workspace)).await
    }

    async fn locate(&self, workspace: &Workspace, workload: &WorkloadRef, knob: &Knob) -> Result<Option<Setting>> {
        self.life.through(self.port.locate(workspace, workload, knob)).await
    }

    async fn monitoring(&self, workspace: &Workspace) -> Result<Option<StackName>> {
        self.life.through(self.port.monitoring(workspace)).await
    }

    async fn plan(&self, workspace: &Workspace, stack: &StackName, edits: &[StackEdit]) -> Result<PlanOutcome> {
        self.life.through(self.port.plan(workspace, stack, edits)).await
    }

    async fn apply(&self, workspace: &Workspace, approved: Approved<PlanApply>) -> Result<()> {
        self.life.through(self.port.apply(workspace, approved)).await
    }

    async fn standing(&self, workspace: &Workspace, apply: &PlanApply) -> Result<Standing> {
        self.life.through(self.port.standing(workspace, apply)).await
    }
}

#[async_trait]
impl<P: Repository> Repository for Mortal<P> {
    async fn workspace(&self, run: &RunKey) -> Result<Workspace> {
        self.life.through(self.port.workspace(run)).await
    }

    async fn documents(&self, workspace: &Workspace, folder: &str) -> Result<Vec<ArchivedDocument>> {
        self.life.through(self.port.documents(workspace, folder)).await
    }

    async fn write_document(&self, workspace: &Workspace, path: &str, text: &str) -> Result<()> {
        self.life.through(self.port.write_document(workspace, path, text)).await
    }

    async fn commit(
        &self,
        workspace: &Workspace,
        key: &ChangeKey,
        approved: Approved<CommitChange>,
    ) -> Result<CommitOutcome> {
        self.life.through(self.port.commit(workspace, key, approved)).await
    }

    async fn committed(&self, workspace: &Workspace, key: &ChangeKey) -> Result<Option<CommitId>> {
        self.life.through(self.port.committed(workspace, key)).await
    }
}
