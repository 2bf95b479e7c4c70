//! The subcommands, with their fixed arguments.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lamplighter_core::plan::Plan;
use lamplighter_core::ports::CommitId;
use lamplighter_core::words::{Digest, StackName, StateVersion};
use serde::Deserialize;

use crate::command::{Binary, Finished, arguments};
use crate::options::{Backend, TerraformOptions};
use crate::source::Module;
use crate::stack::StackDir;
use crate::{TerraformError, backend, diagnostics, files};

/// Terraform in one stack of one workspace.
pub(crate) struct Terraform<'t> {
    pub(crate) binary: &'t Binary,
    pub(crate) options: &'t TerraformOptions,
    pub(crate) workspace: PathBuf,
    pub(crate) base: CommitId,
    pub(crate) dir: StackDir,
}

/// What `plan -detailed-exitcode` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Planned {
    NoChanges,
    Changes,
}

impl Terraform<'_> {
    /// Initialises the stack where this workspace has not been, with the backend that is configured.
    pub(crate) async fn init(&self) -> Result<(), TerraformError> {
        let module = Module::read(&self.dir, self.binary.variables())?;
        let configured: Option<Backend> = self.options.backend_of(&self.dir.stack);
        let backend_config = backend::prepare(&self.dir, &module, configured.as_ref())?;
        let (marker, mark) = (self.marker(), Digest::of(format!("{configured:?}").as_bytes()));
        if std::fs::read_to_string(&marker).is_ok_and(|made_with| made_with == mark.as_str()) {
            return backend::check_durable(&self.dir, &self.workspace);
        }
        let mut words = vec!["init", "-input=false", "-no-color", "-reconfigure"];
        words.extend(backend_config.as_deref());
        let finished = self.run("init", &words, self.options.init_timeout).await?;
        self.expect("init", &finished)?;
        backend::check_durable(&self.dir, &self.workspace)?;
        files::write_private(&marker, mark.as_str().as_bytes())
    }

    /// The version of the state.
    pub(crate) async fn state(&self) -> Result<StateVersion, TerraformError> {
        let finished = self.run("state pull", &["state", "pull"], self.options.plan_timeout).await?;
        self.expect("state pull", &finished)?;
        if finished.stdout.trim_ascii().is_empty() {
            return Ok(StateVersion { lineage: String::new(), serial: 0 });
        }
        let state: State = serde_json::from_slice(&finished.stdout)
            .map_err(|source| TerraformError::Output { step: "state pull", source })?;
        Ok(StateVersion { lineage: state.lineage, serial: state.serial })
    }

    /// Plans into a file.
    pub(crate) async fn plan(&self, out: &Path) -> Result<Planned, TerraformError> {
        self.detailed(&[&format!("-out={}", out.display())]).await
    }

    /// Compares the configuration with the state alone.
    pub(crate) async fn compare(&self) -> Result<Planned, TerraformError> {
        self.detailed(&["-refresh=false"]).await
    }

    /// Reads a plan file.
    pub(crate) async fn show(&self, plan: &Path) -> Result<Plan, TerraformError> {
        let plan = plan.display().to_string();
        let finished = self.run("show", &["show", "-json", "-no-color", &plan], self.options.plan_timeout).await?;
        self.expect("show", &finished)?;
        Plan::parse(&finished.stdout)
            .map_err(|error| TerraformError::Failed { step: "show", reason: error.to_string() })
    }

    /// Applies a plan file, printing into `log`.
    pub(crate) async fn apply(&self, plan: &Path, log: File) -> Result<(), TerraformError> {
        let (lock, plan) = (self.lock_timeout(), plan.display().to_string());
        let words = arguments(["apply", "-input=false", "-json", &lock, &plan]);
        let limit = self.options.apply_timeout;
        let finished = self.binary.run_into("apply", &self.dir.path, &words, limit, log).await?;
        self.expect("apply", &finished)
    }

    async fn detailed(&self, more: &[&str]) -> Result<Planned, TerraformError> {
        let lock = self.lock_timeout();
        let mut words = vec!["plan", "-input=false", "-json", "-detailed-exitcode", &lock];
        words.extend(more);
        let finished = self.run("plan", &words, self.options.plan_timeout).await?;
        match finished.code {
            Some(0) => Ok(Planned::NoChanges),
            Some(2) => Ok(Planned::Changes),
            _ => Err(failure("plan", &finished)),
        }
    }

    async fn run(&self, step: &'static str, words: &[&str], timeout: Duration) -> Result<Finished, TerraformError> {
        self.binary.run(step, &self.dir.path, &arguments(words), timeout).await
    }

    #[expect(clippy::unused_self, reason = "reads as what this Terraform is expected to have done")]
    fn expect(&self, step: &'static str, finished: &Finished) -> Result<(), TerraformError> {
        if finished.succeeded() { Ok(()) } else { Err(failure(step, finished)) }
    }

    fn lock_timeout(&self) -> String {
        format!("-lock-timeout={}s", self.options.lock_timeout.as_secs())
    }

    /// Says that `init` has gone through to its end here.
    fn marker(&self) -> PathBuf {
        self.dir.path.join(".terraform").join("lamplighter-initialised")
    }

    pub(crate) fn stack(&self) -> &StackName {
        &self.dir.stack
    }
}

fn failure(step: &'static str, finished: &Finished) -> TerraformError {
    let errors = diagnostics::errors(&finished.stdout, &finished.stderr);
    if let Some(holder) = diagnostics::lock_holder(&errors) {
        return TerraformError::Locked { holder };
    }
    if diagnostics::is_stale(&errors) {
        return TerraformError::Stale;
    }
    let reason = match finished.code {
        Some(_) => diagnostics::reason(&errors),
        None => "it was killed".to_owned(),
    };
    TerraformError::Failed { step, reason }
}

#[derive(Deserialize)]
struct State {
    #[serde(default)]
    lineage: String,
    #[serde(default)]
    serial: u64,
}
