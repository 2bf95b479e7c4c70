//! The configuration: one TOML file, and environment variables that override single keys.
//!
//! Every key is a field below, with its default. A variable is the key's path in capitals after
//! `LAMPLIGHTER__`, with `__` between the parts: `LAMPLIGHTER__MODE=apply`,
//! `LAMPLIGHTER__CLUSTER__CONTEXT=home`. Its value is read as TOML, and as plain text where it is none.
//! A key that is not known is refused, with the one that was probably meant.
//!
//! Relative paths are relative to the folder of the file.

mod read;
mod watch;
mod wire;

use std::collections::BTreeMap;
use std::path::PathBuf;

use lamplighter_core::Mode;
use lamplighter_core::words::{CatalogedService, Login};
use lamplighter_guardrails::Policy;
use lamplighter_issue_responder::SelfService;
use serde::Deserialize;

pub use read::ConfigError;

/// The whole configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `dry-run` (the default) or `apply`.
    #[serde(default)]
    pub mode: Mode,
    /// The login name of the person who is escalated to.
    pub owner: Login,
    /// Where the journal, the workspaces and the plans are kept. Default: `.lamplighter`.
    #[serde(default = "default_data_dir")]
    pub data_dir: PathBuf,
    /// The file that stops everything while it exists. Default: `STOP` in `data_dir`.
    #[serde(default)]
    pub stop_file: Option<PathBuf>,
    /// Where issues are.
    pub tracker: TrackerConfig,
    /// The cluster.
    pub cluster: ClusterConfig,
    /// Prometheus, for metrics, and for alerts where there is no Alertmanager.
    #[serde(default)]
    pub prometheus: Option<ServerConfig>,
    /// Alertmanager, for alerts. It is asked only beside a Prometheus.
    #[serde(default)]
    pub alertmanager: Option<ServerConfig>,
    /// Uptime Kuma, for monitors; those of `[[monitor]]` are asked as well.
    #[serde(default)]
    pub uptime_kuma: Option<UptimeKumaConfig>,
    /// The repository with the stacks; without it nothing lasting is changed.
    #[serde(default)]
    pub repository: Option<RepositoryConfig>,
    /// The stacks.
    #[serde(default)]
    pub stacks: StacksConfig,
    /// What an issue may cost.
    #[serde(default)]
    pub budget: BudgetConfig,
    /// What a scan counts as trouble, and how issues are filed for it.
    #[serde(default)]
    pub health: HealthConfig,
    /// Times and sizes.
    #[serde(default)]
    pub limits: LimitsConfig,
    /// What the guardrails hold.
    #[serde(default)]
    pub guardrails: Policy,
    /// Addresses that are watched from outside, `[[monitor]]`.
    #[serde(default)]
    pub monitor: Vec<MonitorConfig>,
    /// The services, `[[service]]`.
    #[serde(default)]
    pub service: Vec<CatalogedService>,
    /// Quick checks that are quoted to reporters, `[[self_service]]`.
    #[serde(default)]
    pub self_service: Vec<SelfService>,
}

/// `[tracker]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "kind")]
pub enum TrackerConfig {
    /// A folder of Markdown issues.
    Files {
        /// The folder.
        dir: PathBuf,
    },
}

/// `[cluster]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "kind")]
pub enum ClusterConfig {
    /// A live cluster.
    Kubernetes {
        /// The kubeconfig. Default: as `kubectl` finds it, or the pod's service account.
        #[serde(default)]
        kubeconfig: Option<PathBuf>,
        /// The context in it. Default: the current one.
        #[serde(default)]
        context: Option<String>,
    },
    /// A dump on disk, read-only.
    Snapshot {
        /// The folder.
        dir: PathBuf,
    },
}

/// `[prometheus]` and `[alertmanager]`. Secrets are in files, which are read when Lamplighter starts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// Its address, up to what comes before `/api`.
    pub url: String,
    /// The file with a bearer token.
    #[serde(default)]
    pub token_file: Option<PathBuf>,
    /// The user of basic authentication.
    #[serde(default)]
    pub user: Option<String>,
    /// The file with that user's password.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
}

/// `[uptime_kuma]`. One of the ways in: an API key, a status page, or a user with a password or a token.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UptimeKumaConfig {
    /// Its address.
    pub url: String,
    /// The file with an API key, for `/metrics`.
    #[serde(default)]
    pub api_key_file: Option<PathBuf>,
    /// The slug of a status page, which is public.
    #[serde(default)]
    pub status_page: Option<String>,
    /// The user, with `password_file`.
    #[serde(default)]
    pub user: Option<String>,
    /// The file with that user's password.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// The file with the token of a login.
    #[serde(default)]
    pub token_file: Option<PathBuf>,
}

/// `[repository]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepositoryConfig {
    /// Its address or path, as `git clone` takes it.
    pub remote: String,
    /// The branch. Default: `main`.
    #[serde(default = "default_branch")]
    pub branch: String,
    /// The author of commits. Default: `Lamplighter`.
    #[serde(default = "default_author")]
    pub author_name: String,
    /// The author's address. Default: `lamplighter@localhost`.
    #[serde(default = "default_email")]
    pub author_email: String,
    /// The git configuration file with credentials, certificates and proxies; no other is read. Default: none.
    #[serde(default)]
    pub git_config: Option<PathBuf>,
    /// Names of environment variables that git is given beside the usual ones.
    #[serde(default)]
    pub environment: Vec<String>,
}

/// `[stacks]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StacksConfig {
    /// The folder of the stacks in the repository. Default: `stacks`.
    pub dir: Option<PathBuf>,
    /// The Terraform or OpenTofu program. Default: `terraform`, then `tofu`, on `PATH`.
    pub binary: Option<PathBuf>,
    /// Where the stacks keep their state, for those that are not in `backends`. `{stack}` in a setting becomes the
    /// stack's name.
    pub backend: Option<BackendConfig>,
    /// Where single stacks keep their state, by the stack's name.
    pub backends: BTreeMap<String, BackendConfig>,
    /// Names of environment variables that Terraform is given beside the usual ones: `TF_VAR_region`.
    pub environment: Vec<String>,
    /// How long a plan or an apply may take, in seconds. Default: 600 and 1200.
    pub timeout_seconds: Option<u64>,
    /// How long the state's lock is waited for, in seconds. Default: 10.
    pub lock_timeout_seconds: Option<u64>,
}

/// `[stacks.backend]` and `[stacks.backends.NAME]`, as Terraform's `backend` block says it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackendConfig {
    /// The kind: `local`, `s3`, `pg`, `kubernetes`.
    pub kind: String,
    /// The settings. The `path` of a `local` backend is relative to the folder of the configuration file.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
}

/// `[budget]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BudgetConfig {
    /// The money that one issue may cost, in US dollars. Default: 10.
    pub per_issue_usd: Option<f64>,
    /// What one request for logs costs, in US dollars, where the log store bills it. Default: 0.
    pub log_read_usd: Option<f64>,
}

/// `[health]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HealthConfig {
    /// The Markdown file with the trouble that is known and does not count. Default: none.
    pub known_issues: Option<PathBuf>,
    /// The namespaces that nobody is to be told about. Default: none.
    pub ignored_namespaces: Vec<String>,
    /// How old the last backup that succeeded may be, in hours. Default: 26.
    pub backup_hours: Option<u32>,
    /// How many conditions have an issue of their own at one time; the others share one. Default: 5.
    pub issues: Option<usize>,
    /// Whether an issue that a scan filed is closed when its condition is over. Default: false.
    pub close_recovered: bool,
    /// The name of the cluster, where several share a tracker. Default: none.
    pub cluster: Option<String>,
}

/// `[limits]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// The time that one issue may take, in minutes. Default: 30.
    pub job_minutes: Option<u64>,
    /// How long systems that cannot be reached are tried again before a person is told, in seconds. Default: 120.
    pub patience_seconds: Option<f64>,
    /// How long an approval by comment is waited for, in hours. Default: 72.
    #[serde(default)]
    pub approval_hours: Option<u32>,
    /// How long a fixed service is given to recover, in seconds. Default: 300.
    pub recovery_seconds: Option<f64>,
    /// How often it is looked at meanwhile, in seconds. Default: 5.
    pub recovery_poll_seconds: Option<f64>,
    /// The most memory that a container's limit is raised to, as a Kubernetes quantity. Default: `4Gi`.
    pub memory_ceiling: Option<String>,
    /// How many log lines are read of a container. Default: 200.
    pub log_lines: Option<u32>,
    /// How long one request to the cluster or to a monitored address may take, in seconds. Default: 10.
    pub request_seconds: Option<f64>,
}

/// `[[monitor]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonitorConfig {
    /// Its name.
    pub name: String,
    /// The address.
    pub url: String,
}

fn default_data_dir() -> PathBuf {
    PathBuf::from(".lamplighter")
}

fn default_branch() -> String {
    "main".to_owned()
}

fn default_author() -> String {
    "Lamplighter".to_owned()
}

fn default_email() -> String {
    "lamplighter@localhost".to_owned()
}
