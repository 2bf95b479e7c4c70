//! Terraform and OpenTofu stacks.
mod apply;
mod backend;
mod command;
mod diagnostics;
mod edits;
mod error;
mod files;
mod kept;
mod literal;
mod monitor;
mod options;
mod originals;
mod plan;
mod resolve;
mod source;
mod stack;
mod terraform;
mod view;
mod workload;

use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::ports::{Knob, PlanOutcome, Setting, StackEdit, Stacks, Standing, Workspace};
use lamplighter_core::words::{PlanApply, StackName, WorkloadRef};
use lamplighter_core::{Approved, Result};

pub use error::{LockHolder, TerraformError};
pub use options::{Backend, TerraformOptions};

use command::Binary;
use kept::KeptPlans;
use source::Module;
use stack::StackDir;
use terraform::Terraform;

/// The stacks of a repository, over the `terraform` or `tofu` binary.
///
/// Cheap to clone. One workspace is for one caller at a time; any number of workspaces may be used at once.
#[derive(Debug, Clone)]
pub struct TerraformStacks {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    options: TerraformOptions,
    binary: Binary,
    plans: KeptPlans,
}

impl TerraformStacks {
    /// Stacks with these options. Makes the folder for plan files.
    ///
    /// # Errors
    /// When there is no binary, when the stacks folder is not a relative path inside the repository, and when
    /// the folder for plan files cannot be made.
    pub fn new(options: TerraformOptions) -> Result<Self, TerraformError> {
        let inside = |part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir);
        if !options.stacks_dir.components().all(inside) {
            let dir = options.stacks_dir.display();
            return Err(TerraformError::Options(format!("the stacks folder `{dir}` has to be inside the repository")));
        }
        let path = options::find_binary(options.binary.as_deref(), std::env::var_os("PATH"))?;
        let binary = Binary::new(path, &options.environment, options.grace);
        let plans = KeptPlans::open(&options.plans_dir)?;
        Ok(Self { inner: Arc::new(Inner { options, binary, plans }) })
    }

    /// Reads every stack and looks for something in each, away from the threads that wait for I/O.
    async fn search<T: Send + 'static>(
        &self,
        workspace: &Workspace,
        look: impl Fn(&StackDir, &Module) -> Option<T> + Send + 'static,
    ) -> Result<Vec<T>> {
        let (inner, workspace) = (Arc::clone(&self.inner), workspace.clone());
        let searched = tokio::task::spawn_blocking(move || {
            let mut found = Vec::new();
            for dir in StackDir::all(&workspace, &inner.options.stacks_dir)? {
                let module = Module::read(&dir, inner.binary.variables())?;
                found.extend(look(&dir, &module));
            }
            Ok::<_, TerraformError>(found)
        });
        let found =
            searched.await.map_err(|error| TerraformError::Internal(format!("reading stacks failed: {error}")))?;
        Ok(found?)
    }

    fn terraform(&self, workspace: &Workspace, stack: &StackName) -> Result<Terraform<'_>, TerraformError> {
        let Inner { options, binary, .. } = &*self.inner;
        let dir = StackDir::find(workspace, &options.stacks_dir, stack)?;
        Ok(Terraform { binary, options, workspace: stack::absolute(&workspace.path)?, dir })
    }
}

#[async_trait]
impl Stacks for TerraformStacks {
    async fn list(&self, workspace: &Workspace) -> Result<Vec<StackName>> {
        let stacks = StackDir::all(workspace, &self.inner.options.stacks_dir)?;
        Ok(stacks.into_iter().map(|dir| dir.stack).collect())
    }

    async fn locate(&self, workspace: &Workspace, workload: &WorkloadRef, knob: &Knob) -> Result<Option<Setting>> {
        let (workload, knob) = (workload.clone(), knob.clone());
        let found = self.search(workspace, move |dir, module| {
            let literal = workload::find(module, &workload, &knob)?;
            let file = module.file(literal.file)?;
            Some(Setting {
                stack: dir.stack.clone(),
                file: module.path_of(&file.name),
                line: file.line_of(literal.range.start),
                value: literal.value,
            })
        });
        // Declared by two stacks, it cannot be told which one is in force.
        Ok(resolve::only(found.await?.into_iter()))
    }

    async fn monitoring(&self, workspace: &Workspace) -> Result<Option<StackName>> {
        let counted = self.search(workspace, |dir, module| {
            let count = monitor::declared(module).len();
            (count > 0).then(|| (count, dir.stack.clone()))
        });
        let most = counted.await?.into_iter().rev().max_by_key(|(count, _)| *count);
        Ok(most.map(|(_, stack)| stack))
    }

    async fn plan(&self, workspace: &Workspace, stack: &StackName, edits: &[StackEdit]) -> Result<PlanOutcome> {
        let terraform = self.terraform(workspace, stack)?;
        Ok(plan::plan(&terraform, &self.inner.plans, edits).await?)
    }

    async fn apply(&self, workspace: &Workspace, approved: Approved<PlanApply>) -> Result<()> {
        let judged = approved.into_change();
        let terraform = self.terraform(workspace, &judged.stack)?;
        Ok(apply::apply(&terraform, &self.inner.plans, &judged).await?)
    }

    async fn standing(&self, workspace: &Workspace, apply: &PlanApply) -> Result<Standing> {
        let terraform = self.terraform(workspace, &apply.stack)?;
        Ok(apply::standing(&terraform, &self.inner.plans, apply).await?)
    }
}
