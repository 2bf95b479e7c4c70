use std::collections::BTreeSet;
use std::sync::Arc;

use lamplighter::Builder;
use lamplighter::core::ports::{
    ArchivedDocument, CloseReason, ClusterWriter, CommitId, CommitOutcome, IssueWriter, Journal, Knob, NewIssue,
    PlanOutcome, Repository, RunLease, Setting, StackEdit, Stacks, Standing, StepRecord, Workspace,
};
use lamplighter::core::words::{
    ChangeKey, CommitChange, IssueNumber, Label, Login, PlanApply, PodRestart, Scaling, StackName, WorkloadRef,
};
use lamplighter::core::{Approved, Result, RunKey, async_trait};
use serde_json::Value;

use super::points::Points;

/// Puts points around every record and every effect.
pub(super) fn around(builder: Builder, points: &Points) -> Builder {
    builder
        .layer_journal(|inner| Arc::new(Deadly::new(inner, points)))
        .layer_issue_writer(|inner| Arc::new(Deadly::new(inner, points)))
        .layer_cluster_writer(|inner| Arc::new(Deadly::new(inner, points)))
        .layer_stacks(|inner| Arc::new(Deadly::new(inner, points)))
        .layer_repository(|inner| Arc::new(Deadly::new(inner, points)))
}

/// A port with points around what it writes.
struct Deadly<P: ?Sized> {
    points: Points,
    inner: Arc<P>,
}

impl<P: ?Sized> Deadly<P> {
    fn new(inner: Arc<P>, points: &Points) -> Self {
        Self { points: points.clone(), inner }
    }
}

#[async_trait]
impl Journal for Deadly<dyn Journal> {
    async fn lease(&self, run: &RunKey) -> Result<RunLease> {
        self.inner.lease(run).await
    }

    async fn recorded(&self, run: &RunKey, step: &str) -> Result<Option<Value>> {
        self.inner.recorded(run, step).await
    }

    async fn record(&self, run: &RunKey, step: &str, output: Value) -> Result<Value> {
        self.points.around(self.inner.record(run, step, output)).await
    }

    async fn steps(&self, run: &RunKey) -> Result<Vec<StepRecord>> {
        self.inner.steps(run).await
    }

    async fn runs(&self) -> Result<Vec<RunKey>> {
        self.inner.runs().await
    }

    async fn signal(&self, run: &RunKey, name: &str, value: Value) -> Result<Value> {
        self.inner.signal(run, name, value).await
    }

    async fn signalled(&self, run: &RunKey, name: &str) -> Result<Option<Value>> {
        self.inner.signalled(run, name).await
    }
}

#[async_trait]
impl IssueWriter for Deadly<dyn IssueWriter> {
    async fn comment(&self, number: IssueNumber, key: &str, body: &str) -> Result<()> {
        self.points.around(self.inner.comment(number, key, body)).await
    }

    async fn relabel(&self, number: IssueNumber, add: &BTreeSet<Label>, remove: &BTreeSet<Label>) -> Result<()> {
        self.points.around(self.inner.relabel(number, add, remove)).await
    }

    async fn assign(&self, number: IssueNumber, login: &Login) -> Result<()> {
        self.points.around(self.inner.assign(number, login)).await
    }

    async fn close(&self, number: IssueNumber, reason: CloseReason) -> Result<()> {
        self.points.around(self.inner.close(number, reason)).await
    }

    async fn file(&self, key: &str, issue: &NewIssue) -> Result<IssueNumber> {
        self.points.around(self.inner.file(key, issue)).await
    }
}

#[async_trait]
impl ClusterWriter for Deadly<dyn ClusterWriter> {
    async fn restart_pod(&self, approved: Approved<PodRestart>) -> Result<()> {
        self.points.around(self.inner.restart_pod(approved)).await
    }

    async fn scale(&self, approved: Approved<Scaling>) -> Result<()> {
        self.points.around(self.inner.scale(approved)).await
    }
}

#[async_trait]
impl Stacks for Deadly<dyn Stacks> {
    async fn list(&self, workspace: &Workspace) -> Result<Vec<StackName>> {
        self.inner.list(workspace).await
    }

    async fn locate(&self, workspace: &Workspace, workload: &WorkloadRef, knob: &Knob) -> Result<Option<Setting>> {
        self.inner.locate(workspace, workload, knob).await
    }

    async fn monitoring(&self, workspace: &Workspace) -> Result<Option<StackName>> {
        self.inner.monitoring(workspace).await
    }

    async fn plan(&self, workspace: &Workspace, stack: &StackName, edits: &[StackEdit]) -> Result<PlanOutcome> {
        self.points.around(self.inner.plan(workspace, stack, edits)).await
    }

    async fn apply(&self, workspace: &Workspace, approved: Approved<PlanApply>) -> Result<()> {
        self.points.around(self.inner.apply(workspace, approved)).await
    }

    async fn standing(&self, workspace: &Workspace, apply: &PlanApply) -> Result<Standing> {
        self.inner.standing(workspace, apply).await
    }
}

#[async_trait]
impl Repository for Deadly<dyn Repository> {
    async fn workspace(&self, run: &RunKey) -> Result<Workspace> {
        self.points.around(self.inner.workspace(run)).await
    }

    async fn documents(&self, workspace: &Workspace, folder: &str) -> Result<Vec<ArchivedDocument>> {
        self.inner.documents(workspace, folder).await
    }

    async fn write_document(&self, workspace: &Workspace, path: &str, text: &str) -> Result<()> {
        self.points.around(self.inner.write_document(workspace, path, text)).await
    }

    async fn commit(
        &self,
        workspace: &Workspace,
        key: &ChangeKey,
        approved: Approved<CommitChange>,
    ) -> Result<CommitOutcome> {
        self.points.around(self.inner.commit(workspace, key, approved)).await
    }

    async fn committed(&self, workspace: &Workspace, key: &ChangeKey) -> Result<Option<CommitId>> {
        self.inner.committed(workspace, key).await
    }
}
