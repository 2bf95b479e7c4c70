use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lamplighter_core::words::StackName;

use crate::TerraformError;

/// How Terraform is run and where its things are.
#[derive(Debug, Clone)]
pub struct TerraformOptions {
    /// The binary. `None` takes `terraform` or else `tofu`, whichever is on `PATH`.
    pub binary: Option<PathBuf>,
    /// The folder in the repository that the stacks are in, relative to it. Default: `stacks`.
    pub stacks_dir: PathBuf,
    /// The folder that keeps plan files, by their digest. It has to outlive the workspaces and it holds
    /// secrets, as plan files do: it is made readable for its owner only.
    pub plans_dir: PathBuf,
    /// How long a plan is kept that nobody has applied or looked at. Longer than anybody may wait for an approval.
    /// Default: 30 days.
    pub keep_plans: Duration,
    /// The backend of every stack that is not in `backends`. `{stack}` in a setting becomes the stack's name.
    pub backend: Option<Backend>,
    /// The backends of single stacks.
    pub backends: BTreeMap<StackName, Backend>,
    /// Names of environment variables that Terraform gets beside the usual ones (`PATH`, `HOME`, proxies,
    /// certificates, `KUBECONFIG`, `TF_CLI_CONFIG_FILE`, `TF_PLUGIN_CACHE_DIR`): `TF_VAR_region`, `AWS_PROFILE`.
    pub environment: Vec<String>,
    /// How long `init` may take. Default: 5 minutes.
    pub init_timeout: Duration,
    /// How long `plan`, `show` and `state pull` may take, each. Default: 10 minutes.
    pub plan_timeout: Duration,
    /// How long `apply` may take. Default: 20 minutes.
    pub apply_timeout: Duration,
    /// How long to wait for the lock of the state. Default: 10 seconds.
    pub lock_timeout: Duration,
    /// How long Terraform has to write its state and end after it was interrupted, before it is killed.
    /// Default: 1 minute.
    pub grace: Duration,
}

impl TerraformOptions {
    /// The defaults, with plan files kept in `plans_dir`.
    pub fn new(plans_dir: impl Into<PathBuf>) -> Self {
        Self {
            binary: None,
            stacks_dir: PathBuf::from("stacks"),
            plans_dir: plans_dir.into(),
            keep_plans: Duration::from_hours(30 * 24),
            backend: None,
            backends: BTreeMap::new(),
            environment: Vec::new(),
            init_timeout: Duration::from_mins(5),
            plan_timeout: Duration::from_mins(10),
            apply_timeout: Duration::from_mins(20),
            lock_timeout: Duration::from_secs(10),
            grace: Duration::from_mins(1),
        }
    }

    /// The backend that is configured for a stack, with its name filled in.
    pub(crate) fn backend_of(&self, stack: &StackName) -> Option<Backend> {
        if let Some(backend) = self.backends.get(stack) {
            return Some(backend.clone());
        }
        let backend = self.backend.as_ref()?;
        let fill = |(key, value): (&String, &String)| (key.clone(), value.replace("{stack}", stack.as_str()));
        Some(Backend { kind: backend.kind.clone(), settings: backend.settings.iter().map(fill).collect() })
    }
}

/// Where a stack's state is kept, as Terraform's `backend` block and `-backend-config` say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backend {
    /// The kind: `local`, `s3`, `pg`, `kubernetes`.
    pub kind: String,
    /// The settings, such as `path` of a `local` backend.
    pub settings: BTreeMap<String, String>,
}

impl Backend {
    /// A state file in a folder of this machine, one for each stack: `FOLDER/STACK.tfstate`.
    #[must_use]
    pub fn local_folder(folder: &Path) -> Self {
        let path = folder.join("{stack}.tfstate").to_string_lossy().into_owned();
        Self { kind: "local".to_owned(), settings: BTreeMap::from([("path".to_owned(), path)]) }
    }
}

const BINARIES: [&str; 2] = ["terraform", "tofu"];

/// The binary that the options mean, looked up in `path` (the value of `PATH`).
pub(crate) fn find_binary(named: Option<&Path>, path: Option<OsString>) -> Result<PathBuf, TerraformError> {
    let folders: Vec<PathBuf> = path.map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    let look_up = |name: &Path| folders.iter().map(|folder| folder.join(name)).find(|file| is_executable(file));
    match named {
        Some(named) if named.components().count() > 1 => {
            let absolute = std::path::absolute(named).map_err(|source| TerraformError::File {
                doing: "find",
                path: named.to_owned(),
                source,
            })?;
            if is_executable(&absolute) { Ok(absolute) } else { Err(not_executable(named)) }
        }
        Some(named) => look_up(named).ok_or_else(|| not_executable(named)),
        None => BINARIES.iter().find_map(|name| look_up(Path::new(name))).ok_or(TerraformError::NoBinary),
    }
}

fn not_executable(named: &Path) -> TerraformError {
    TerraformError::Options(format!("`{}` is not a program that can be run", named.display()))
}

fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}
