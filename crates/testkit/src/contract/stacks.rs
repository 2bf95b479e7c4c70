//! The contract of Terraform stacks.

use std::any::Any;

use lamplighter_core::plan::{Actions, Plan};
use lamplighter_core::ports::{Knob, Monitoring, PlanOutcome, PlannedStack, StackEdit, Stacks, Standing, Workspace};
use lamplighter_core::words::{PlanApply, StackName, WorkloadKind, WorkloadRef};
use lamplighter_core::{ErrorKind, Result, async_trait};

use super::assert_fails;
use crate::approve_plan;

/// Stacks to be tested, all of them applied:
///
/// - `apps` sets the memory limit of container `wiki` of deployment `apps/wiki` to `128Mi` and its replicas to
///   `2`;
/// - `monitoring` has a monitor `files`;
/// - `broken` cannot be planned.
#[async_trait]
pub trait StacksHarness: Send + Sync {
    /// The port under test.
    fn port(&self) -> &dyn Stacks;

    /// The workspace of a run, as it was committed.
    async fn workspace(&self) -> Workspace;

    /// A file in the workspace.
    async fn read(&self, workspace: &Workspace, path: &str) -> Option<String>;

    /// The memory limit of the wiki as it has been applied.
    async fn applied_limit(&self) -> String;

    /// Somebody else applies another memory limit of the wiki, so that the state of `apps` moves.
    async fn apply_elsewhere(&self, workspace: &Workspace, limit: &str);

    /// Somebody writes into the plan file of `apps`.
    async fn tamper_with_plan(&self, workspace: &Workspace, apply: &PlanApply);

    /// Somebody takes the lock of the state of `apps` for as long as the answer lives. `None` where that cannot
    /// be done.
    async fn lock(&self, _workspace: &Workspace) -> Option<Box<dyn Any + Send>> {
        None
    }
}

/// Checks everything that [`Stacks`] promises.
pub async fn stacks(harness: &dyn StacksHarness) {
    settings_are_found_where_they_stand(harness).await;
    planning_changes_nothing_but_the_workspace(harness).await;
    an_edit_without_a_place_fails(harness).await;
    no_text_becomes_code(harness).await;
    a_monitor_is_added_beside_the_others(harness).await;
    a_plan_that_was_not_judged_is_refused(harness).await;
    a_plan_whose_state_has_moved_is_refused(harness).await;
    a_locked_state_is_a_conflict(harness).await;
    a_judged_plan_is_applied_once(harness).await;
}

async fn settings_are_found_where_they_stand(harness: &dyn StacksHarness) {
    let (stacks, workspace) = (harness.port(), harness.workspace().await);
    let names = stacks.list(&workspace).await.expect("listing works");
    assert_eq!(names, ["apps", "broken", "monitoring"].map(StackName::new), "the stacks, by name");
    assert_eq!(stacks.monitoring(&workspace).await.expect("looking works"), Some(StackName::new("monitoring")));

    for (knob, value) in [(memory("wiki"), "128Mi"), (Knob::Replicas, "2")] {
        let setting = stacks.locate(&workspace, &wiki(), &knob).await.expect("looking works");
        let setting = setting.expect("the setting is there");
        assert_eq!((setting.stack.as_str(), setting.value.as_str()), ("apps", value));
        let file = harness.read(&workspace, &setting.file).await.expect("the file is in the workspace");
        let number = usize::try_from(setting.line).expect("a small number");
        let line = number.checked_sub(1).and_then(|index| file.lines().nth(index));
        assert!(line.is_some_and(|line| line.contains(value)), "line {number} has {value}: {line:?}");
    }
    let elsewhere = |namespace: &str, name: &str| WorkloadRef::new(WorkloadKind::Deployment, namespace, name);
    for (workload, knob) in [
        (wiki(), memory("sidecar")),
        (wiki(), Knob::CpuLimit { container: "wiki".to_owned() }),
        (elsewhere("other", "wiki"), Knob::Replicas),
        (elsewhere("apps", "wik"), Knob::Replicas),
        (WorkloadRef::new(WorkloadKind::StatefulSet, "apps", "wiki"), Knob::Replicas),
    ] {
        let setting = stacks.locate(&workspace, &workload, &knob).await.expect("looking works");
        assert_eq!(setting, None, "{knob:?} of {workload} is set nowhere");
    }
}

async fn planning_changes_nothing_but_the_workspace(harness: &dyn StacksHarness) {
    let workspace = harness.workspace().await;
    let setting = harness.port().locate(&workspace, &wiki(), &memory("wiki")).await.expect("looking works");
    let file = setting.expect("the setting is there").file;
    for attempt in ["first", "second"] {
        let PlannedStack { apply, diff } = planned(harness, &workspace, "128Mi", "256Mi").await;
        assert_eq!(apply.stack, StackName::new("apps"), "{attempt} plan");
        assert_eq!(apply.digest.as_str().len(), 64, "the digest is one of SHA-256");
        assert_eq!(apply.planned_on, apply.state_now, "nobody has moved the state since");
        assert_eq!(apply.plan.incomplete_because, [""; 0], "the plan can be judged as a whole");
        assert_eq!(verbs(&apply.plan), [Actions::Update], "it changes one resource in place");
        assert_eq!(apply.edited, [file.as_str()], "the edited file is named");
        assert!(has_line(&diff, '-', "128Mi") && has_line(&diff, '+', "256Mi"), "the diff shows the edit:\n{diff}");
        assert!(harness.read(&workspace, &file).await.is_some_and(|text| text.contains("256Mi")), "the file is edited");
        assert_eq!(harness.applied_limit().await, "128Mi", "the infrastructure stays as it is");
        let standing = harness.port().standing(&workspace, &apply).await.expect("asking works");
        assert_eq!(standing, Standing::NotApplied);
    }
    let nothing = plan(harness, &workspace, "apps", &[]).await.expect("planning works");
    assert_eq!(nothing, PlanOutcome::NothingToDo { edited: Vec::new() }, "without an edit there is nothing to do");
    let text = harness.read(&workspace, &file).await.expect("the file is in the workspace");
    assert!(text.contains("128Mi"), "the workspace is put back to its base before each plan");
}

async fn an_edit_without_a_place_fails(harness: &dyn StacksHarness) {
    let workspace = harness.workspace().await;
    let elsewhere = WorkloadRef::new(WorkloadKind::Deployment, "apps", "nobody");
    for (stack, edit) in [
        ("apps", set("64Mi", "256Mi")),
        ("apps", StackEdit::Set { workload: elsewhere, knob: memory("wiki"), from: "128Mi".into(), to: "1Gi".into() }),
        ("monitoring", set("128Mi", "256Mi")),
        ("apps", StackEdit::AddMonitor(monitor("wiki"))),
    ] {
        let outcome = plan(harness, &workspace, stack, std::slice::from_ref(&edit)).await.expect("planning works");
        let has_reason = matches!(&outcome, PlanOutcome::Failed { reason } if !reason.is_empty());
        assert!(has_reason, "{edit:?} has no place in {stack}: {outcome:?}");
    }
    let outcome = plan(harness, &workspace, "broken", &[]).await.expect("what cannot be planned is no error");
    assert!(matches!(&outcome, PlanOutcome::Failed { reason } if !reason.is_empty()), "{outcome:?}");
    for stack in ["nobody", "../apps", ""] {
        let outcome = plan(harness, &workspace, stack, &[]).await;
        assert!(matches!(outcome, Err(_) | Ok(PlanOutcome::Failed { .. })), "there is no stack {stack:?}: {outcome:?}");
    }
}

async fn no_text_becomes_code(harness: &dyn StacksHarness) {
    let workspace = harness.workspace().await;
    let hostile = "256Mi\"\n}\nresource \"terraform_data\" \"evil\" {\n  input = \"x";
    for to in [hostile, "${file(\"/etc/hostname\")}", "%{ if true }x%{ endif }"] {
        let outcome = plan(harness, &workspace, "apps", &[set("128Mi", to)]).await;
        if let Ok(PlanOutcome::Planned(planned)) = outcome {
            assert_eq!(verbs(&planned.apply.plan), [Actions::Update], "{to:?} is a value and nothing else");
            let mentions = planned.apply.plan.changes().any(|change| holds_text(&change.after, to));
            assert!(mentions, "{to:?} is not evaluated");
        }
    }
    let name = "evil\" ${timestamp()}\n}";
    let edit = StackEdit::AddMonitor(Monitoring { url: format!("https://example.org/{name}"), ..monitor(name) });
    let outcome = plan(harness, &workspace, "monitoring", &[edit]).await;
    if let Ok(PlanOutcome::Planned(planned)) = outcome {
        assert!(
            verbs(&planned.apply.plan).iter().all(|verb| *verb == Actions::Create),
            "a monitor is added, nothing else"
        );
        let mentions = planned.apply.plan.changes().any(|change| holds_text(&change.after, name));
        assert!(mentions, "{name:?} is not evaluated");
    }
}

async fn a_monitor_is_added_beside_the_others(harness: &dyn StacksHarness) {
    let workspace = harness.workspace().await;
    let edit = StackEdit::AddMonitor(monitor("wiki"));
    let outcome = plan(harness, &workspace, "monitoring", &[edit]).await.expect("planning works");
    let planned = as_planned(outcome);
    assert_eq!(verbs(&planned.apply.plan), [Actions::Create], "one monitor is created and the others stay");
    assert!(planned.diff.contains("https://wiki.example.org"), "the diff shows it:\n{}", planned.diff);
}

async fn a_plan_that_was_not_judged_is_refused(harness: &dyn StacksHarness) {
    let workspace = harness.workspace().await;
    let judged = planned(harness, &workspace, "128Mi", "256Mi").await.apply;
    harness.tamper_with_plan(&workspace, &judged).await;
    let outcome = apply(harness, &workspace, judged).await;
    assert_fails(outcome, ErrorKind::Refused, "applying a plan file that somebody has written into");
    assert_eq!(harness.applied_limit().await, "128Mi");

    let judged = planned(harness, &workspace, "128Mi", "256Mi").await.apply;
    planned(harness, &workspace, "128Mi", "512Mi").await;
    let outcome = apply(harness, &workspace, judged).await;
    if outcome.is_ok() {
        assert_eq!(harness.applied_limit().await, "256Mi", "if the judged plan is kept, it is the one that is applied");
        harness.apply_elsewhere(&workspace, "128Mi").await;
    } else {
        assert_fails(outcome, ErrorKind::Refused, "applying a plan whose file another plan has replaced");
        assert_eq!(harness.applied_limit().await, "128Mi");
    }
}

async fn a_plan_whose_state_has_moved_is_refused(harness: &dyn StacksHarness) {
    let workspace = harness.workspace().await;
    let judged = planned(harness, &workspace, "128Mi", "256Mi").await.apply;
    harness.apply_elsewhere(&workspace, "192Mi").await;
    let standing = harness.port().standing(&workspace, &judged).await.expect("asking works");
    assert!(matches!(standing, Standing::Unclear { .. }), "somebody else has moved the state: {standing:?}");
    let outcome = apply(harness, &workspace, judged).await;
    assert_fails(outcome, ErrorKind::Conflict, "applying a plan whose state has moved");
    assert_eq!(harness.applied_limit().await, "192Mi", "what somebody else applied stays");
    harness.apply_elsewhere(&workspace, "128Mi").await;
}

async fn a_locked_state_is_a_conflict(harness: &dyn StacksHarness) {
    let workspace = harness.workspace().await;
    let judged = planned(harness, &workspace, "128Mi", "256Mi").await.apply;
    let Some(lock) = harness.lock(&workspace).await else {
        return;
    };
    let outcome = apply(harness, &workspace, judged).await;
    assert_fails(outcome, ErrorKind::Conflict, "applying while somebody holds the lock");
    let outcome = plan(harness, &workspace, "apps", &[set("128Mi", "256Mi")]).await;
    assert_fails(outcome, ErrorKind::Conflict, "planning while somebody holds the lock");
    drop(lock);
    assert_eq!(harness.applied_limit().await, "128Mi");
}

async fn a_judged_plan_is_applied_once(harness: &dyn StacksHarness) {
    let workspace = harness.workspace().await;
    let judged = planned(harness, &workspace, "128Mi", "256Mi").await.apply;
    apply(harness, &workspace, judged.clone()).await.expect("applying works");
    assert_eq!(harness.applied_limit().await, "256Mi");
    let standing = harness.port().standing(&workspace, &judged).await.expect("asking works");
    assert_eq!(standing, Standing::Applied, "asked after a crash, it is known that it was applied");
    let outcome = apply(harness, &workspace, judged).await;
    assert!(outcome.is_err(), "a plan is not applied twice: {outcome:?}");
    assert_eq!(harness.applied_limit().await, "256Mi");
    let again = plan(harness, &workspace, "apps", &[set("128Mi", "256Mi")]).await.expect("planning works");
    assert!(
        matches!(&again, PlanOutcome::NothingToDo { edited } if edited.len() == 1),
        "planned again, there is nothing to do, and the file is still to be committed: {again:?}"
    );
}

async fn planned(harness: &dyn StacksHarness, workspace: &Workspace, from: &str, to: &str) -> PlannedStack {
    as_planned(plan(harness, workspace, "apps", &[set(from, to)]).await.expect("planning works"))
}

#[track_caller]
fn as_planned(outcome: PlanOutcome) -> PlannedStack {
    match outcome {
        PlanOutcome::Planned(planned) => *planned,
        PlanOutcome::NothingToDo { .. } | PlanOutcome::Failed { .. } => unreachable!("there is a plan: {outcome:?}"),
    }
}

async fn plan(
    harness: &dyn StacksHarness,
    workspace: &Workspace,
    stack: &str,
    edits: &[StackEdit],
) -> Result<PlanOutcome> {
    harness.port().plan(workspace, &StackName::new(stack), edits).await
}

async fn apply(harness: &dyn StacksHarness, workspace: &Workspace, apply: PlanApply) -> Result<()> {
    harness.port().apply(workspace, approve_plan(apply).await).await
}

fn set(from: &str, to: &str) -> StackEdit {
    StackEdit::Set { workload: wiki(), knob: memory("wiki"), from: from.to_owned(), to: to.to_owned() }
}

fn monitor(name: &str) -> Monitoring {
    Monitoring { name: name.to_owned(), url: "https://wiki.example.org".to_owned() }
}

fn wiki() -> WorkloadRef {
    WorkloadRef::new(WorkloadKind::Deployment, "apps", "wiki")
}

fn memory(container: &str) -> Knob {
    Knob::MemoryLimit { container: container.to_owned() }
}

fn verbs(plan: &Plan) -> Vec<Actions> {
    plan.changes().map(|change| change.actions.clone()).collect()
}

fn has_line(diff: &str, sign: char, text: &str) -> bool {
    diff.lines().any(|line| line.starts_with(sign) && line.contains(text))
}

fn holds_text(value: &serde_json::Value, text: &str) -> bool {
    match value {
        serde_json::Value::String(found) => found.contains(text),
        serde_json::Value::Array(items) => items.iter().any(|item| holds_text(item, text)),
        serde_json::Value::Object(fields) => fields.values().any(|field| holds_text(field, text)),
        _ => false,
    }
}
