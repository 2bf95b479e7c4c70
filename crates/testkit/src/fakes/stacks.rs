//! Terraform stacks in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use lamplighter_core::ports::{
    Knob, Monitoring, PlanOutcome, PlannedStack, Setting, StackEdit, Stacks, Standing, Workspace,
};
use lamplighter_core::words::{Digest, PlanApply, StackName, StateVersion, WorkloadRef};
use lamplighter_core::{Approved, Error, ErrorKind, Result, async_trait};

use super::declarations::{Declarations, file_of, name_of, plan_between};
use super::{Calls, FakeRepository, locked};

/// Terraform stacks in memory, whose files are in a [`FakeRepository`].
///
/// A stack is one file, `stacks/NAME/main.tf`, and what has been applied of it. A plan is the difference.
///
/// ```
/// use lamplighter_core::RunKey;
/// use lamplighter_core::ports::{Knob, PlanOutcome, Repository, StackEdit, Stacks};
/// use lamplighter_core::words::{StackName, WorkloadKind, WorkloadRef};
/// use lamplighter_testkit::approve_plan;
/// use lamplighter_testkit::fakes::{FakeRepository, FakeStacks};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> lamplighter_core::Result<()> {
/// let wiki = WorkloadRef::new(WorkloadKind::Deployment, "apps", "wiki");
/// let knob = Knob::MemoryLimit { container: "wiki".to_owned() };
/// let repository = FakeRepository::new();
/// let stacks = FakeStacks::new(repository.clone()).setting("apps", &wiki, &knob, "128Mi");
///
/// let workspace = repository.workspace(&RunKey::new("issue/42")).await?;
/// let raise = StackEdit::Set {
///     workload: wiki.clone(),
///     knob: knob.clone(),
///     from: "128Mi".to_owned(),
///     to: "256Mi".to_owned(),
/// };
/// let planned = stacks.plan(&workspace, &StackName::new("apps"), &[raise]).await?;
/// let PlanOutcome::Planned(planned) = planned else { unreachable!("there is something to change") };
/// stacks.apply(&workspace, approve_plan(planned.apply).await).await?;
/// assert_eq!(stacks.applied("apps", &wiki, &knob).as_deref(), Some("256Mi"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct FakeStacks(Arc<Inner>);

struct Inner {
    repository: FakeRepository,
    stacks: Mutex<BTreeMap<StackName, Stack>>,
    on_apply: Mutex<Option<Arc<OnApply>>>,
    calls: Calls,
}

type OnApply = dyn Fn(&StackName) + Send + Sync;

#[derive(Default)]
struct Stack {
    applied: Declarations,
    serial: u64,
    last_plan: Option<Digest>,
    plans: BTreeMap<Digest, Declarations>,
    broken: Option<String>,
    replaces: BTreeSet<String>,
    locked: bool,
}

impl FakeStacks {
    /// No stacks, in this repository.
    #[must_use]
    pub fn new(repository: FakeRepository) -> Self {
        Self(Arc::new(Inner {
            repository,
            stacks: Mutex::default(),
            on_apply: Mutex::default(),
            calls: Calls::default(),
        }))
    }

    /// The same with a setting in a stack, written and applied.
    #[must_use]
    pub fn setting(self, stack: &str, workload: &WorkloadRef, knob: &Knob, value: &str) -> Self {
        self.declare(stack, |declarations| declarations.set(workload, knob, value));
        self
    }

    /// The same with a monitor in a stack, written and applied.
    #[must_use]
    pub fn monitor(self, stack: &str, name: &str, url: &str) -> Self {
        self.declare(stack, |declarations| declarations.add_monitor(name, url));
        self
    }

    /// The same with a stack that cannot be planned, for this reason.
    #[must_use]
    pub fn broken(self, stack: &str, reason: &str) -> Self {
        self.declare(stack, |_| ());
        self.with(stack, |stack| stack.broken = Some(reason.to_owned()));
        self
    }

    /// The same, where every plan of a stack that changes anything replaces this resource as well.
    #[must_use]
    pub fn replaces(self, stack: &str, address: &str) -> Self {
        self.with(stack, |stack| stack.replaces.insert(address.to_owned()));
        self
    }

    /// The same, where this happens after each apply: a cluster recovers.
    #[must_use]
    pub fn on_apply(self, happens: impl Fn(&StackName) + Send + Sync + 'static) -> Self {
        *locked(&self.0.on_apply) = Some(Arc::new(happens));
        self
    }

    /// What it was asked, and what it is to fail at.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }

    /// The value of a setting as it has been applied.
    #[must_use]
    pub fn applied(&self, stack: &str, workload: &WorkloadRef, knob: &Knob) -> Option<String> {
        self.with(stack, |stack| stack.applied.get(workload, knob).map(str::to_owned))
    }

    /// The monitors that have been applied.
    #[must_use]
    pub fn monitors(&self, stack: &str) -> Vec<Monitoring> {
        self.with(stack, |stack| stack.applied.monitors())
    }

    /// Somebody else applies another value, so that the state moves.
    pub fn apply_elsewhere(&self, stack: &str, workload: &WorkloadRef, knob: &Knob, value: &str) {
        self.with(stack, |stack| {
            stack.applied.set(workload, knob, value);
            stack.serial += 1;
            stack.last_plan = None;
        });
    }

    /// Somebody writes into the plan files of a stack.
    pub fn tamper_with_plans(&self, stack: &str) {
        self.with(stack, |stack| stack.plans.clear());
    }

    /// Somebody holds the lock of a stack's state, or lets it go.
    pub fn lock(&self, stack: &str, held: bool) {
        self.with(stack, |stack| stack.locked = held);
    }

    fn declare(&self, stack: &str, declare: impl Fn(&mut Declarations)) {
        let path = file_of(&StackName::new(stack));
        let mut written = Declarations::parse(&self.0.repository.file(&path).unwrap_or_default());
        declare(&mut written);
        self.0.repository.push(&path, &written.text(), "declare");
        self.with(stack, |stack| declare(&mut stack.applied));
    }

    fn with<T>(&self, stack: &str, look: impl FnOnce(&mut Stack) -> T) -> T {
        look(locked(&self.0.stacks).entry(StackName::new(stack)).or_default())
    }

    /// What the files of a workspace declare, by stack.
    fn written(&self, workspace: &Workspace) -> Result<BTreeMap<StackName, Declarations>> {
        let files = self.0.repository.files_in(workspace)?;
        Ok(files.iter().filter_map(|(path, text)| Some((name_of(path)?, Declarations::parse(text)))).collect())
    }
}

#[async_trait]
impl Stacks for FakeStacks {
    async fn list(&self, workspace: &Workspace) -> Result<Vec<StackName>> {
        self.0.calls.begin("list", "")?;
        Ok(self.written(workspace)?.into_keys().collect())
    }

    async fn locate(&self, workspace: &Workspace, workload: &WorkloadRef, knob: &Knob) -> Result<Option<Setting>> {
        self.0.calls.begin("locate", format_args!("{workload} {knob:?}"))?;
        let found = self.written(workspace)?.into_iter().find_map(|(stack, declarations)| {
            let (line, value) = declarations.line_of(workload, knob)?;
            Some(Setting { file: file_of(&stack), stack, line, value: value.to_owned() })
        });
        Ok(found)
    }

    async fn monitoring(&self, workspace: &Workspace) -> Result<Option<StackName>> {
        self.0.calls.begin("monitoring", "")?;
        let has_monitors = |(_, declarations): &(StackName, Declarations)| !declarations.monitors().is_empty();
        Ok(self.written(workspace)?.into_iter().find(has_monitors).map(|(stack, _)| stack))
    }

    async fn plan(&self, workspace: &Workspace, stack: &StackName, edits: &[StackEdit]) -> Result<PlanOutcome> {
        self.0.calls.begin("plan", stack)?;
        self.0.repository.restore(workspace)?;
        let Some(base) = self.written(workspace)?.remove(stack) else {
            return Ok(PlanOutcome::Failed { reason: format!("there is no stack {stack}") });
        };
        let mut wanted = base.clone();
        for edit in edits {
            if let Err(reason) = wanted.edit(edit) {
                return Ok(PlanOutcome::Failed { reason });
            }
        }
        let edited = if wanted == base { Vec::new() } else { vec![file_of(stack)] };
        self.0.repository.write(workspace, &file_of(stack), &wanted.text());
        let diff = base.diff(&wanted, stack);
        self.with(stack.as_str(), |state| state.plan(stack, wanted, edited, diff))
    }

    async fn apply(&self, _workspace: &Workspace, approved: Approved<PlanApply>) -> Result<()> {
        let apply = approved.into_change();
        self.0.calls.begin("apply", format_args!("{} {}", apply.stack, apply.digest.short()))?;
        self.with(apply.stack.as_str(), |stack| stack.apply(&apply))?;
        let happens = locked(&self.0.on_apply).clone();
        if let Some(happens) = happens {
            happens(&apply.stack);
        }
        self.0.calls.end("apply")
    }

    async fn standing(&self, _workspace: &Workspace, apply: &PlanApply) -> Result<Standing> {
        self.0.calls.begin("standing", format_args!("{} {}", apply.stack, apply.digest.short()))?;
        Ok(self.with(apply.stack.as_str(), |stack| stack.standing(apply)))
    }
}

impl Stack {
    fn version(&self) -> StateVersion {
        StateVersion { lineage: "3f2504e0-4f89-41d3-9a0c-0305e82c3301".to_owned(), serial: self.serial }
    }

    fn plan(
        &mut self,
        name: &StackName,
        wanted: Declarations,
        edited: Vec<String>,
        diff: String,
    ) -> Result<PlanOutcome> {
        if self.locked {
            return Err(locked_state(name));
        }
        if let Some(reason) = &self.broken {
            return Ok(PlanOutcome::Failed { reason: reason.clone() });
        }
        if wanted == self.applied {
            return Ok(PlanOutcome::NothingToDo { edited });
        }
        let plan = plan_between(&self.applied, &wanted, &self.replaces);
        let digest = Digest::of(format!("{} {plan:?}", self.serial).as_bytes());
        self.plans.insert(digest.clone(), wanted);
        let (planned_on, state_now) = (self.version(), self.version());
        let apply = PlanApply { stack: name.clone(), digest, plan, planned_on, state_now, edited };
        Ok(PlanOutcome::Planned(Box::new(PlannedStack { apply, diff })))
    }

    fn apply(&mut self, apply: &PlanApply) -> Result<()> {
        let Some(wanted) = self.plans.get(&apply.digest) else {
            let message = "the plan file is not the one that was judged; plan again";
            return Err(Error::new(ErrorKind::Refused, message));
        };
        if self.locked {
            return Err(locked_state(&apply.stack));
        }
        if self.version() != apply.planned_on {
            let message = format!("the state of {} has moved since it was planned; plan again", apply.stack);
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        self.applied = wanted.clone();
        self.serial += 1;
        self.last_plan = Some(apply.digest.clone());
        Ok(())
    }

    fn standing(&self, apply: &PlanApply) -> Standing {
        if self.version() == apply.planned_on {
            Standing::NotApplied
        } else if self.last_plan.as_ref() == Some(&apply.digest) {
            Standing::Applied
        } else {
            Standing::Unclear { reason: format!("the state is at serial {} and another plan moved it", self.serial) }
        }
    }
}

fn locked_state(stack: &StackName) -> Error {
    Error::new(ErrorKind::Conflict, format!("the state of {stack} is locked by somebody else"))
}
