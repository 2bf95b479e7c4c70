use lamplighter_core::Result;
use lamplighter_core::ports::{ClusterWriter, Repository, Stacks, Workspace};
use lamplighter_core::words::{ChangeKey, CommitChange, PlanApply, PodRestart, Scaling};

async fn cluster(writer: &dyn ClusterWriter, restart: PodRestart, scaling: Scaling) -> Result<()> {
    writer.restart_pod(restart).await?;
    writer.scale(scaling).await
}

async fn delivery(
    stacks: &dyn Stacks,
    repository: &dyn Repository,
    workspace: &Workspace,
    key: &ChangeKey,
    apply: PlanApply,
    commit: CommitChange,
) -> Result<()> {
    stacks.apply(workspace, apply).await?;
    repository.commit(workspace, key, commit).await.map(drop)
}

fn main() {}
