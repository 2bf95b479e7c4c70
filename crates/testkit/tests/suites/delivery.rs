//! Repositories and stacks that break a promise.

use lamplighter_core::ports::{
    ArchivedDocument, CommitId, CommitOutcome, Knob, PlanOutcome, Repository, Setting, StackEdit, Stacks, Standing,
    Workspace,
};
use lamplighter_core::words::{ChangeKey, CommitChange, PlanApply, StackName, WorkloadKind, WorkloadRef};
use lamplighter_core::{Approved, Result, RunKey, async_trait};
use lamplighter_testkit::contract::{self, RepositoryHarness, StacksHarness};
use lamplighter_testkit::fakes::{FakeRepository, FakeStacks, RemoteCommit};
use lamplighter_testkit::{approve_commit, approve_plan};

use crate::check;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    OneWorkspaceForAll,
    CommitsTwice,
    CommitsEverything,
    OverwritesTheRemote,
    BelievesAnyText,
    WritesAnywhere,
}

struct Broken(FakeRepository, Fault);

impl Broken {
    fn is(&self, fault: Fault) -> bool {
        self.1 == fault
    }
}

#[async_trait]
impl Repository for Broken {
    async fn workspace(&self, run: &RunKey) -> Result<Workspace> {
        let shared = RunKey::new("shared");
        self.0.workspace(if self.is(Fault::OneWorkspaceForAll) { &shared } else { run }).await
    }

    async fn documents(&self, workspace: &Workspace, folder: &str) -> Result<Vec<ArchivedDocument>> {
        self.0.documents(workspace, folder).await
    }

    async fn write_document(&self, workspace: &Workspace, path: &str, text: &str) -> Result<()> {
        if self.is(Fault::WritesAnywhere) { Ok(()) } else { self.0.write_document(workspace, path, text).await }
    }

    async fn commit(
        &self,
        workspace: &Workspace,
        key: &ChangeKey,
        approved: Approved<CommitChange>,
    ) -> Result<CommitOutcome> {
        let mut change = approved.into_change();
        if self.is(Fault::CommitsEverything) {
            change.files.push("README.md".to_owned());
        }
        let files = change.files.clone();
        if self.is(Fault::CommitsTwice)
            && let Some(path) = files.first()
            && let Some(text) = self.0.read(workspace, path)
            && self.0.committed(workspace, key).await?.is_some()
        {
            self.0.push(path, &text, &format!("{}\n\nLamplighter-Change: {key}\n", change.message));
            return Ok(CommitOutcome::Pushed { commit: self.0.head() });
        }
        let outcome = self.0.commit(workspace, key, approve_commit(change).await).await?;
        if let CommitOutcome::RemoteMoved { .. } = outcome
            && self.is(Fault::OverwritesTheRemote)
        {
            for path in files {
                self.0.push(&path, &self.0.read(workspace, &path).unwrap_or_default(), "forced");
            }
            return Ok(CommitOutcome::Pushed { commit: self.0.head() });
        }
        Ok(outcome)
    }

    async fn committed(&self, workspace: &Workspace, key: &ChangeKey) -> Result<Option<CommitId>> {
        if self.is(Fault::BelievesAnyText) {
            let commit = self.0.log().into_iter().find(|commit| commit.message.contains(key.as_str()));
            return Ok(commit.map(|commit| commit.id));
        }
        self.0.committed(workspace, key).await
    }
}

#[async_trait]
impl RepositoryHarness for Broken {
    fn port(&self) -> &dyn Repository {
        self
    }

    async fn read(&self, workspace: &Workspace, path: &str) -> Option<String> {
        self.0.read(workspace, path)
    }

    async fn write(&self, workspace: &Workspace, path: &str, text: &str) {
        self.0.write(workspace, path, text);
    }

    async fn push(&self, path: &str, text: &str, message: &str) {
        self.0.push(path, text, message);
    }

    async fn log(&self) -> Vec<RemoteCommit> {
        self.0.log()
    }

    async fn remote_file(&self, path: &str) -> Option<String> {
        self.0.file(path)
    }
}

#[tokio::test]
async fn a_repository_that_breaks_a_promise_is_found_out() {
    for (fault, words) in [
        (Fault::OneWorkspaceForAll, "every run has a workspace of its own"),
        (Fault::CommitsTwice, "the commit that stands is the answer"),
        (Fault::CommitsEverything, "it changes the named files"),
        (Fault::WritesAnywhere, "is not in the workspace"),
        (Fault::OverwritesTheRemote, "it is said where the remote is now"),
        (Fault::BelievesAnyText, "a key is compared whole"),
    ] {
        let repository = FakeRepository::new()
            .with_file("README.md", "read me\n")
            .with_file("stacks/apps/main.tf", "limit = 128Mi\n");
        check(words, async move { contract::repository(&Broken(repository, fault)).await }).await;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum StackFault {
    IgnoresFrom,
    AppliesWhilePlanning,
    AppliesAnything,
    AlwaysApplied,
}

struct BrokenStacks {
    stacks: FakeStacks,
    repository: FakeRepository,
    fault: StackFault,
}

fn wiki() -> WorkloadRef {
    WorkloadRef::new(WorkloadKind::Deployment, "apps", "wiki")
}

fn memory() -> Knob {
    Knob::MemoryLimit { container: "wiki".to_owned() }
}

impl BrokenStacks {
    fn new(fault: StackFault) -> Self {
        let repository = FakeRepository::new();
        let stacks = FakeStacks::new(repository.clone())
            .setting("apps", &wiki(), &memory(), "128Mi")
            .setting("apps", &wiki(), &Knob::Replicas, "2")
            .monitor("monitoring", "files", "https://files.example.org")
            .broken("broken", "no such provider");
        Self { stacks, repository, fault }
    }
}

#[async_trait]
impl Stacks for BrokenStacks {
    async fn list(&self, workspace: &Workspace) -> Result<Vec<StackName>> {
        self.stacks.list(workspace).await
    }

    async fn locate(&self, workspace: &Workspace, workload: &WorkloadRef, knob: &Knob) -> Result<Option<Setting>> {
        self.stacks.locate(workspace, workload, knob).await
    }

    async fn monitoring(&self, workspace: &Workspace) -> Result<Option<StackName>> {
        self.stacks.monitoring(workspace).await
    }

    async fn plan(&self, workspace: &Workspace, stack: &StackName, edits: &[StackEdit]) -> Result<PlanOutcome> {
        let mut edits = edits.to_vec();
        for edit in &mut edits {
            if let StackEdit::Set { workload, knob, from, to } = edit {
                match self.fault {
                    StackFault::IgnoresFrom => "128Mi".clone_into(from),
                    StackFault::AppliesWhilePlanning => {
                        self.stacks.apply_elsewhere(stack.as_str(), workload, knob, to);
                    }
                    StackFault::AppliesAnything | StackFault::AlwaysApplied => {}
                }
            }
        }
        self.stacks.plan(workspace, stack, &edits).await
    }

    async fn apply(&self, workspace: &Workspace, approved: Approved<PlanApply>) -> Result<()> {
        let apply = approved.into_change();
        if self.fault == StackFault::AppliesAnything {
            let value = apply.plan.changes().find_map(|change| change.after.get("input")?.as_str());
            self.stacks.apply_elsewhere("apps", &wiki(), &memory(), value.unwrap_or_default());
            return Ok(());
        }
        self.stacks.apply(workspace, approve_plan(apply).await).await
    }

    async fn standing(&self, workspace: &Workspace, apply: &PlanApply) -> Result<Standing> {
        match self.stacks.standing(workspace, apply).await? {
            Standing::Unclear { .. } if self.fault == StackFault::AlwaysApplied => Ok(Standing::Applied),
            standing => Ok(standing),
        }
    }
}

#[async_trait]
impl StacksHarness for BrokenStacks {
    fn port(&self) -> &dyn Stacks {
        self
    }

    async fn workspace(&self) -> Workspace {
        self.repository.workspace(&RunKey::new("contract")).await.expect("a workspace can be had")
    }

    async fn read(&self, workspace: &Workspace, path: &str) -> Option<String> {
        self.repository.read(workspace, path)
    }

    async fn applied_limit(&self) -> String {
        self.stacks.applied("apps", &wiki(), &memory()).expect("the limit is set")
    }

    async fn apply_elsewhere(&self, _workspace: &Workspace, limit: &str) {
        self.stacks.apply_elsewhere("apps", &wiki(), &memory(), limit);
    }

    async fn tamper_with_plan(&self, _workspace: &Workspace, _apply: &PlanApply) {
        self.stacks.tamper_with_plans("apps");
    }
}

#[tokio::test]
async fn stacks_that_break_a_promise_are_found_out() {
    for (fault, words) in [
        (StackFault::IgnoresFrom, "has no place in apps"),
        (StackFault::AppliesWhilePlanning, "there is a plan"),
        (StackFault::AppliesAnything, "applying a plan file that somebody has written into"),
        (StackFault::AlwaysApplied, "somebody else has moved the state"),
    ] {
        check(words, async move { contract::stacks(&BrokenStacks::new(fault)).await }).await;
    }
}
