//! The configuration: one TOML file, and environment variables that override single keys.
//!
//! Every key is a field below, with its default. A variable is the key's path in capitals after
//! `LAMPLIGHTER__`, with `__` between the parts: `LAMPLIGHTER__MODE=apply`,
//! `LAMPLIGHTER__CLUSTER__CONTEXT=home`. Its value is read as TOML, and as plain text where it is none.
//! A key that is not known is refused, with the one that was probably meant.
//!
//! Relative paths are relative to the folder of the file.

mod post_mortems;
mod read;
mod secret;
mod service;
mod status;
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
pub use secret::SecretConfig;
pub use status::{MaintenanceConfig, StatusConfig};

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
    /// Whether nothing is to be changed anywhere, as with the stop file. Default: false.
    #[serde(default)]
    pub stopped: bool,
    /// Where issues are.
    pub tracker: TrackerConfig,
    /// How `lamplighter serve` behaves.
    #[serde(default)]
    pub server: ServeConfig,
    /// Where secrets are kept that are named by `vault`.
    #[serde(default)]
    pub vault: Option<VaultConfig>,
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
    /// Where post-mortems are kept and published.
    #[serde(default)]
    pub post_mortems: PostMortemsConfig,
    /// What an issue may cost.
    #[serde(default)]
    pub budget: BudgetConfig,
    /// What a scan counts as trouble, and how issues are filed for it.
    #[serde(default)]
    pub health: HealthConfig,
    /// The status page. Where there is no `[status]`, there is no page.
    #[serde(default)]
    pub status: Option<StatusConfig>,
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
    /// The issues of a repository on GitHub.
    Github(Box<GithubConfig>),
}

/// `[tracker]` with `kind = "github"`: a `token`, or an App with `app_id` and `private_key`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GithubConfig {
    /// The repository, as `owner/name`.
    pub repository: String,
    /// Where the API is. Default: `https://api.github.com`; GitHub Enterprise Server has it at `https://HOST/api/v3`.
    #[serde(default)]
    pub api_url: Option<String>,
    /// The token.
    #[serde(default)]
    pub token: Option<SecretConfig>,
    /// The id of the App.
    #[serde(default)]
    pub app_id: Option<u64>,
    /// The private key of the App, in PEM.
    #[serde(default)]
    pub private_key: Option<SecretConfig>,
    /// The installation of the App. Default: that of the repository.
    #[serde(default)]
    pub installation: Option<u64>,
    /// The login that we have there. Default: as GitHub says; the token of a workflow may not ask, and is
    /// `github-actions[bot]`.
    #[serde(default)]
    pub login: Option<Login>,
    /// How long one call waits for rate limits to be over, in seconds. Default: 120.
    #[serde(default)]
    pub rate_limit_patience_seconds: Option<u64>,
}

/// `[server]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServeConfig {
    /// The address to listen on. Default: `127.0.0.1:8080`.
    pub listen: Option<String>,
    /// What GitHub signs its messages with. Without one no message is taken.
    pub webhook_secret: Option<SecretConfig>,
    /// The one before, while both are in use.
    pub webhook_secret_before: Option<SecretConfig>,
    /// What callers of `/execute` and `/jobs` show. Without one nobody may call them.
    pub api_token: Option<SecretConfig>,
    /// The one before, while both are in use.
    pub api_token_before: Option<SecretConfig>,
    /// How many issues are answered at once; the others wait for their turn, and commands in comments do not. Default: 4.
    pub concurrency: Option<usize>,
    /// The largest body of a request, in bytes. Default: 4194304.
    pub body_limit: Option<usize>,
    /// How long a request may take, in seconds. Default: 10.
    pub request_seconds: Option<u64>,
    /// How many requests are answered in a second. Default: 500.
    pub requests_per_second: Option<u32>,
    /// How long work is waited for at the end, in seconds. Default: 25.
    pub drain_seconds: Option<u64>,
}

/// `[vault]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaultConfig {
    /// Its address, up to what comes before `/v1`.
    pub address: String,
    /// The namespace, where it has them. Default: none.
    #[serde(default)]
    pub namespace: Option<String>,
    /// The file with the CA certificates that are trusted. Default: those of the system.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Where the KV engine, version 2, is mounted. Default: `secret`.
    #[serde(default)]
    pub mount: Option<String>,
    /// How to log in.
    pub login: VaultLoginConfig,
    /// How long a secret that was read is used when Vault is away, in seconds. Default: 3600.
    #[serde(default)]
    pub patience_seconds: Option<u64>,
}

/// `[vault.login]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "kind")]
pub enum VaultLoginConfig {
    /// With the token of the pod's service account.
    Kubernetes {
        /// The role.
        role: String,
        /// Where the auth method is mounted. Default: `kubernetes`.
        #[serde(default)]
        mount: Option<String>,
        /// The file with the service account's token. Default: where Kubernetes mounts it.
        #[serde(default)]
        jwt_file: Option<PathBuf>,
    },
    /// With an `AppRole`.
    Approle {
        /// The role's id.
        role_id: String,
        /// Where the auth method is mounted. Default: `approle`.
        #[serde(default)]
        mount: Option<String>,
        /// The secret id.
        secret_id: SecretConfig,
    },
    /// With a token.
    Token {
        /// Which.
        token: SecretConfig,
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

/// `[post_mortems]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PostMortemsConfig {
    /// The folder with the post-mortems: in the repository where there is one, beside the configuration file otherwise.
    /// Default: `docs/post-mortems`.
    pub archive: Option<String>,
    /// The folder that their site is published in. Default: none is.
    pub site: Option<PathBuf>,
    /// The address of the site, or of the documents where there is no site. Default: a link into the repository.
    pub url: Option<String>,
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
