//! Terraform and OpenTofu stacks: where a setting stands, an edit of it, a plan file, the apply of exactly that file.
//!
//! [`TerraformStacks`] is the port [`Stacks`] over the `terraform` or `tofu` binary. A stack is a folder with `.tf`
//! files below the repository's stacks folder.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use lamplighter_core::ports::{CommitId, Knob, PlanOutcome, StackEdit, Stacks as _, Workspace};
//! use lamplighter_core::words::{StackName, WorkloadKind, WorkloadRef};
//! use lamplighter_terraform::{Backend, TerraformOptions, TerraformStacks};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter_core::Result<()> {
//! let mut options = TerraformOptions::new("/var/lib/lamplighter/plans");
//! options.backend = Some(Backend::local_folder(Path::new("/var/lib/lamplighter/states")));
//! let stacks = TerraformStacks::new(options)?;
//!
//! let workspace = Workspace { path: "checkout".into(), branch: "main".into(), base: CommitId::new("8f3a…") };
//! let edit = StackEdit::Set {
//!     workload: WorkloadRef::new(WorkloadKind::Deployment, "apps", "wiki"),
//!     knob: Knob::MemoryLimit { container: "wiki".into() },
//!     from: "128Mi".into(),
//!     to: "256Mi".into(),
//! };
//! if let PlanOutcome::Planned(planned) = stacks.plan(&workspace, &StackName::new("apps"), &[edit]).await? {
//!     println!("{}\n{}", planned.apply.plan.headline(), planned.diff);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Files
//! Edits replace one literal or append one block, and leave every other byte of a file as it is. A setting is found
//! in the blocks of the Kubernetes provider and in objects (manifests, `terraform_data`), also through variables and
//! locals that nothing else uses. A value that is computed, shared or set from outside of the files is not a setting.
//! Before each plan our own edits in the workspace are taken back, from the originals in the stack's `.terraform`
//! folder; git is never asked. After a plan, an apply and a look at its standing, the edits are in the files.
//!
//! # State
//! The state must outlive the workspace, so a stack without a backend is refused unless [`TerraformOptions`] name one.
//! Then the stack gets `lamplighter_override.tf` with an empty backend block of that kind, because
//! `-backend-config` can only fill in a block that is there. The file is never among those to be committed.
//!
//! # Plan files
//! A plan is kept below [`TerraformOptions::plans_dir`] by the SHA-256 of its file and applied only while that still
//! holds. Plan files hold secrets, and so may what Terraform prints: of that, only plain words, places and addresses
//! are repeated. A plan is deleted when it is older than [`TerraformOptions::keep_plans`].
//!
//! # Interruption
//! Terraform runs in a process group of its own and prints into files. If it takes too long, or the future is
//! dropped, it is interrupted once, given [`TerraformOptions::grace`] to write its state, and then killed with its
//! children. If we are killed, it goes on to its end; [`Stacks::standing`] waits for that end before it looks at
//! the state.
//!
//! What is deliberately not here: `destroy`, `import`, `state` surgery, `force-unlock`, `-auto-approve` without a plan
//! file, child modules' files, `.tf.json`, and any change to the repository (that is the git adapter's).

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
        let plans = KeptPlans::open(&options.plans_dir, options.keep_plans)?;
        Ok(Self { inner: Arc::new(Inner { options, binary, plans }) })
    }

    /// Reads every stack and looks for something in each, away from the threads that wait for I/O. A stack that
    /// cannot be parsed counts only where nothing is found in the others.
    async fn search<T: Send + 'static>(
        &self,
        workspace: &Workspace,
        look: impl Fn(&StackDir, &Module) -> Option<T> + Send + 'static,
    ) -> Result<Vec<T>> {
        let (inner, workspace) = (Arc::clone(&self.inner), workspace.clone());
        let searched = tokio::task::spawn_blocking(move || {
            let (mut found, mut unreadable) = (Vec::new(), None);
            for dir in StackDir::all(&workspace, &inner.options.stacks_dir)? {
                match Module::read(&dir, inner.binary.variables()) {
                    Ok(module) => found.extend(look(&dir, &module)),
                    Err(error @ TerraformError::Syntax { .. }) => {
                        tracing::warn!(%error, "passing over a stack");
                        unreadable = Some(error);
                    }
                    Err(error) => return Err(error),
                }
            }
            match unreadable {
                // What is looked for may be where it could not be looked.
                Some(error) if found.is_empty() => Err(error),
                _ => Ok(found),
            }
        });
        let found =
            searched.await.map_err(|error| TerraformError::Internal(format!("reading stacks failed: {error}")))?;
        Ok(found?)
    }

    fn terraform(&self, workspace: &Workspace, stack: &StackName) -> Result<Terraform<'_>, TerraformError> {
        let Inner { options, binary, .. } = &*self.inner;
        let dir = StackDir::find(workspace, &options.stacks_dir, stack)?;
        Ok(Terraform {
            binary,
            options,
            workspace: stack::absolute(&workspace.path)?,
            base: workspace.base.clone(),
            dir,
        })
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
