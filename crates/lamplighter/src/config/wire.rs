use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lamplighter_cluster_health::HealthSettings;
use lamplighter_core::cluster::{ClusterState, Pod};
use lamplighter_core::ports::{
    ClosedIssues, ClusterReader, ClusterWriter, Heartbeats, LastBeats, Logs, LogsRequest, Monitors, Scope, Secrets,
    StopSwitch,
};
use lamplighter_core::words::{ServiceCatalog, StackName, WorkloadRef};
use lamplighter_core::{Clock, Error, ErrorKind, Result, Usd};
use lamplighter_files::{FileStopSwitch, FilesTracker, KnownIssuesFile};
use lamplighter_git::{GitOptions, GitRepository};
use lamplighter_health_filer::FilerSettings;
use lamplighter_http_probe::{HttpProbe, ProbeTarget};
use lamplighter_issue_responder::Tracker;
use lamplighter_kubernetes::{KubernetesCluster, KubernetesOptions};
use lamplighter_snapshot::Snapshot;
use lamplighter_sqlite::SqliteStore;
use lamplighter_terraform::{Backend, TerraformOptions, TerraformStacks};

use super::watch::AllMonitors;
use super::{BackendConfig, ClusterConfig, Config, RepositoryConfig, StatusConfig, TrackerConfig};
use crate::{Builder, Diagnostics, Lamplighter, Options, Sources, SystemClock};

/// A cluster, read and, where it is live, written.
struct Cluster {
    reader: Arc<dyn ClusterReader>,
    logs: Arc<dyn Logs>,
    writer: Option<Arc<dyn ClusterWriter>>,
    /// What was recorded with a dump: what answers today says nothing about then.
    recorded: Option<Arc<Snapshot>>,
}

impl Config {
    /// Opens everything that the configuration names.
    ///
    /// The builder can still be changed, to add a notifier or to replace a part, before it is
    /// [built](Builder::build).
    ///
    /// # Errors
    /// Of the part that cannot be opened, saying which.
    pub async fn wire(&self) -> Result<Builder> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let vault = self.vault(&clock).await?;
        self.wire_with(vault.as_ref(), &clock).await
    }

    /// The same with a Vault and a clock that are there already.
    ///
    /// # Errors
    /// As [`Config::wire`].
    pub async fn wire_with(&self, vault: Option<&Arc<dyn Secrets>>, clock: &Arc<dyn Clock>) -> Result<Builder> {
        self.wire_on(vault, clock, self.cluster(clock).await?).await
    }

    /// Opens what the status page needs. A cluster that cannot be opened is one that cannot be read: the page says so and
    /// shows what monitors and the tracker tell.
    ///
    /// # Errors
    /// As [`Config::wire`], of any other part.
    pub async fn wire_for_status(&self) -> Result<Builder> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let vault = self.vault(&clock).await?;
        let cluster = self.cluster(&clock).await.unwrap_or_else(|error| {
            tracing::warn!(error = error.chain(), "the cluster cannot be opened; the status page goes without it");
            let unopened = Arc::new(Unopened {
                kind: error.kind(),
                message: error.chain(),
                public: error.public_message().to_owned(),
            });
            Cluster { reader: unopened.clone(), logs: unopened, writer: None, recorded: None }
        });
        self.wire_on(vault.as_ref(), &clock, cluster).await
    }

    async fn wire_on(
        &self,
        vault: Option<&Arc<dyn Secrets>>,
        clock: &Arc<dyn Clock>,
        cluster: Cluster,
    ) -> Result<Builder> {
        tokio::fs::create_dir_all(&self.data_dir).await.map_err(|error| {
            lamplighter_core::Error::invalid(format!("cannot make data_dir {}", self.data_dir.display()))
                .with_source(error)
        })?;
        let journal = self.data_dir.join("journal.sqlite");
        if tokio::fs::try_exists(&journal).await.unwrap_or(true) {
            self.check_that_the_tracker_is_there()?;
        }
        let store = SqliteStore::open(&journal, Arc::clone(clock)).await?;
        let (tracker, closed) = self.tracker(vault, clock)?;
        let mut builder = Lamplighter::builder()
            .options(self.options_with_files().await?)
            .clock(Arc::clone(clock))
            .journal(Arc::new(store.clone()), Arc::new(store.clone()))
            .inbox(Arc::new(store.clone()))
            .uptime_history(Arc::new(store))
            .closed_issues(closed)
            .tracker(tracker.reader, tracker.writer)
            .cluster(cluster.reader, self.priced(cluster.logs))
            .stop_switch(Arc::new(FileStopSwitch::new(self.stop_path())));
        if self.stopped {
            builder = builder.stop_switch(Arc::new(Stopped));
        }
        builder = builder.post_mortems(self.shelf());
        if let Some(writer) = cluster.writer {
            builder = builder.cluster_writer(writer);
        }
        if let Some(monitors) = self.monitors(cluster.recorded.as_ref(), Arc::clone(clock))? {
            builder = builder.monitors(monitors);
        }
        // The status page is of now, whatever the cluster is of.
        for source in self.heartbeats(clock)? {
            builder = builder.heartbeats(source);
        }
        if let Some(recorded) = cluster.recorded {
            builder = builder.metrics(recorded.clone()).topology(recorded.clone()).units(recorded.clone());
            builder = builder.manifests(recorded);
        } else if let Some(metrics) = self.metrics(Arc::clone(clock), self.request_timeout())? {
            builder = builder.metrics(Arc::new(metrics));
        }
        if let Some(repository) = &self.repository {
            let stacks = Arc::new(TerraformStacks::new(self.terraform())?);
            builder = builder.delivery(stacks, Arc::new(GitRepository::new(self.git(repository))?));
        }
        Ok(builder)
    }

    /// A folder that is not there the first time is made. Later on it is gone, by a share that is not mounted say, and an
    /// empty one would say that no incident is open.
    fn check_that_the_tracker_is_there(&self) -> Result<()> {
        match &self.tracker {
            TrackerConfig::Files { dir } if !dir.is_dir() => Err(lamplighter_core::Error::invalid(format!(
                "the folder of issues {} is gone; bring it back, or make it again if there are no issues",
                dir.display()
            ))),
            TrackerConfig::Files { .. } | TrackerConfig::Github(_) => Ok(()),
        }
    }

    fn tracker(
        &self,
        vault: Option<&Arc<dyn Secrets>>,
        clock: &Arc<dyn Clock>,
    ) -> Result<(Tracker, Arc<dyn ClosedIssues>)> {
        Ok(match &self.tracker {
            TrackerConfig::Files { dir } => {
                let files = Arc::new(FilesTracker::open(dir.clone(), Arc::clone(clock))?);
                (Tracker { reader: files.clone(), writer: files.clone() }, files)
            }
            TrackerConfig::Github(config) => {
                let github = Arc::new(config.open(vault, self.request_timeout(), Arc::clone(clock))?);
                (Tracker { reader: github.clone(), writer: github.clone() }, github)
            }
        })
    }

    /// The same with what stands in files of their own. A file that is not there is an error; what cannot be read in it
    /// is said by each scan, and silences nothing.
    async fn options_with_files(&self) -> Result<Options> {
        let mut options = self.options();
        if let Some(path) = &self.health.known_issues {
            let known = KnownIssuesFile::read(path).await?;
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            let problems = known.problems().iter().map(|problem| format!("{name}, {problem}"));
            options.health.known_issue_problems = problems.collect();
            options.health.known_issues = known.issues().to_vec();
        }
        Ok(options)
    }

    /// How Lamplighter behaves by this configuration, but for what stands in files of their own.
    #[must_use]
    pub fn options(&self) -> Options {
        let defaults = Options::default();
        let ceiling = self
            .limits
            .memory_ceiling
            .as_ref()
            .and_then(|text| text.parse::<lamplighter_core::cluster::Quantity>().ok());
        let ceiling = ceiling.and_then(|quantity| quantity.units()).and_then(|units| u64::try_from(units).ok());
        Options {
            mode: self.mode,
            owner: self.owner.clone(),
            catalog: ServiceCatalog::new(self.service.clone()),
            policy: self.guardrails.clone(),
            budget_per_issue: self.budget.per_issue_usd.map_or(defaults.budget_per_issue, usd),
            job_limit: self
                .limits
                .job_minutes
                .map_or(defaults.job_limit, |minutes| Duration::from_secs(minutes.saturating_mul(60))),
            patience: seconds(self.limits.patience_seconds, defaults.patience),
            approval_patience: self
                .limits
                .approval_hours
                .map_or(defaults.approval_patience, |hours| Duration::from_hours(u64::from(hours))),
            recovery_window: seconds(self.limits.recovery_seconds, defaults.recovery_window),
            recovery_poll: seconds(self.limits.recovery_poll_seconds, defaults.recovery_poll),
            memory_ceiling: ceiling.unwrap_or(defaults.memory_ceiling),
            log_lines: self.limits.log_lines.unwrap_or(defaults.log_lines),
            self_service: self.self_service.clone(),
            health: HealthSettings {
                ignored_namespaces: self.health.ignored_namespaces.clone(),
                backup_hours: self.health.backup_hours.unwrap_or(defaults.health.backup_hours),
                ..defaults.health
            },
            filer: FilerSettings {
                most: self.health.issues.unwrap_or(defaults.filer.most),
                close_recovered: self.health.close_recovered,
                cluster: self.health.cluster.clone(),
            },
            status: self.status.as_ref().map_or(defaults.status, StatusConfig::settings),
        }
    }

    /// The file that stops everything while it exists.
    #[must_use]
    pub fn stop_path(&self) -> PathBuf {
        self.stop_file.clone().unwrap_or_else(|| self.data_dir.join("STOP"))
    }

    async fn cluster(&self, clock: &Arc<dyn Clock>) -> Result<Cluster> {
        Ok(match &self.cluster {
            ClusterConfig::Kubernetes { kubeconfig, context } => {
                let options = KubernetesOptions {
                    kubeconfig: kubeconfig.clone(),
                    context: context.clone(),
                    request_timeout: self.request_timeout(),
                    ..KubernetesOptions::default()
                };
                let cluster = Arc::new(KubernetesCluster::connect(options, Arc::clone(clock)).await?);
                Cluster { reader: cluster.clone(), logs: cluster.clone(), writer: Some(cluster), recorded: None }
            }
            ClusterConfig::Snapshot { dir } => {
                let snapshot = Arc::new(Snapshot::open(dir)?);
                Cluster { reader: snapshot.clone(), logs: snapshot.clone(), writer: None, recorded: Some(snapshot) }
            }
        })
    }

    /// Opens what only looks: the cluster, its logs, metrics and monitors. Nothing is written anywhere.
    ///
    /// # Errors
    /// Of the part that cannot be opened, saying which.
    pub async fn diagnostics(&self) -> Result<Diagnostics> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let cluster = self.cluster(&clock).await?;
        let sources = self.sources(cluster, clock)?;
        Ok(Diagnostics::new(sources, &self.options_with_files().await?))
    }

    fn sources(&self, cluster: Cluster, clock: Arc<dyn Clock>) -> Result<Sources> {
        let mut sources = Sources::new(cluster.reader).with_logs(self.priced(cluster.logs));
        if let Some(monitors) = self.monitors(cluster.recorded.as_ref(), Arc::clone(&clock))? {
            sources = sources.with_monitors(monitors);
        }
        if let Some(recorded) = cluster.recorded {
            sources = sources
                .with_metrics(recorded.clone())
                .with_topology(recorded.clone())
                .with_units(recorded.clone())
                .with_manifests(recorded);
        } else if let Some(metrics) = self.metrics(clock, self.request_timeout())? {
            sources = sources.with_metrics(Arc::new(metrics));
        }
        Ok(sources)
    }

    fn monitors(&self, recorded: Option<&Arc<Snapshot>>, clock: Arc<dyn Clock>) -> Result<Option<Arc<dyn Monitors>>> {
        if let Some(recorded) = recorded {
            if self.uptime_kuma.is_some() || !self.monitor.is_empty() {
                tracing::warn!(
                    "the cluster is a recording, and what answers today says nothing about then: [[monitor]] and \
                     [uptime_kuma] are asked for the status page alone"
                );
            }
            return Ok(Some(recorded.clone()));
        }
        let mut all: Vec<Arc<dyn Monitors>> = Vec::new();
        if let Some(uptime_kuma) = self.uptime_kuma(Arc::clone(&clock), self.request_timeout())? {
            all.push(Arc::new(uptime_kuma));
        }
        if !self.monitor.is_empty() {
            all.push(Arc::new(self.probe(Arc::clone(&clock))?));
        }
        Ok(match all.len() {
            0 => None,
            1 => all.pop(),
            _ => Some(Arc::new(AllMonitors { sources: all, clock })),
        })
    }

    /// The monitors of the status page, each source by itself so that one which is away takes no other with it.
    fn heartbeats(&self, clock: &Arc<dyn Clock>) -> Result<Vec<Arc<dyn Heartbeats>>> {
        let mut all: Vec<Arc<dyn Heartbeats>> = Vec::new();
        if let Some(uptime_kuma) = self.uptime_kuma(Arc::clone(clock), self.request_timeout())? {
            all.push(Arc::new(uptime_kuma));
        }
        if !self.monitor.is_empty() {
            all.push(Arc::new(LastBeats(Arc::new(self.probe(Arc::clone(clock))?))));
        }
        Ok(all)
    }

    fn priced(&self, logs: Arc<dyn Logs>) -> Arc<dyn Logs> {
        match self.budget.log_read_usd.map(usd) {
            Some(price) if price > Usd::ZERO => Arc::new(PricedLogs { logs, price }),
            _ => logs,
        }
    }

    fn probe(&self, clock: Arc<dyn Clock>) -> Result<HttpProbe> {
        let targets =
            self.monitor.iter().map(|monitor| ProbeTarget { name: monitor.name.clone(), url: monitor.url.clone() });
        Ok(HttpProbe::new(targets.collect(), self.request_timeout(), clock)?)
    }

    fn terraform(&self) -> TerraformOptions {
        let mut options = TerraformOptions::new(self.data_dir.join("plans"));
        if let Some(dir) = &self.stacks.dir {
            options.stacks_dir.clone_from(dir);
        }
        options.binary.clone_from(&self.stacks.binary);
        options.environment.clone_from(&self.stacks.environment);
        options.backend = self.stacks.backend.as_ref().map(backend);
        options.backends =
            self.stacks.backends.iter().map(|(stack, config)| (StackName::new(stack), backend(config))).collect();
        if let Some(timeout) = self.stacks.timeout_seconds {
            options.plan_timeout = Duration::from_secs(timeout);
            options.apply_timeout = Duration::from_secs(timeout);
        }
        if let Some(timeout) = self.stacks.lock_timeout_seconds {
            options.lock_timeout = Duration::from_secs(timeout);
        }
        options
    }

    pub(super) fn git(&self, repository: &RepositoryConfig) -> GitOptions {
        let mut options = GitOptions::new(&repository.remote, self.data_dir.join("workspaces"));
        options.branch.clone_from(&repository.branch);
        options.author_name.clone_from(&repository.author_name);
        options.author_email.clone_from(&repository.author_email);
        options.co_author = Some(format!("issue-responder <{}>", repository.author_email));
        options.config_file.clone_from(&repository.git_config);
        options.environment.clone_from(&repository.environment);
        options
    }

    fn request_timeout(&self) -> Duration {
        seconds(self.limits.request_seconds, Duration::from_secs(10))
    }
}

/// `stopped = true`.
struct Stopped;

#[async_trait]
impl StopSwitch for Stopped {
    async fn stopped(&self) -> Result<Option<String>> {
        Ok(Some("the configuration says stopped = true".to_owned()))
    }
}

/// A cluster that could not be opened, and why.
struct Unopened {
    kind: ErrorKind,
    message: String,
    public: String,
}

impl Unopened {
    fn error(&self) -> Error {
        Error::new(self.kind, self.message.clone()).with_public(self.public.clone())
    }
}

#[async_trait]
impl ClusterReader for Unopened {
    async fn state(&self, _scope: &Scope) -> Result<ClusterState> {
        Err(self.error())
    }

    async fn pod(&self, _namespace: &str, _name: &str) -> Result<Option<Pod>> {
        Err(self.error())
    }

    async fn replicas(&self, _workload: &WorkloadRef) -> Result<Option<u32>> {
        Err(self.error())
    }
}

#[async_trait]
impl Logs for Unopened {
    async fn tail(&self, _request: &LogsRequest) -> Result<Vec<String>> {
        Err(self.error())
    }
}

/// Logs in a store that bills each request.
struct PricedLogs {
    logs: Arc<dyn Logs>,
    price: Usd,
}

#[async_trait]
impl Logs for PricedLogs {
    async fn tail(&self, request: &LogsRequest) -> Result<Vec<String>> {
        self.logs.tail(request).await
    }

    fn price(&self) -> Usd {
        self.price
    }
}

fn backend(config: &BackendConfig) -> Backend {
    Backend { kind: config.kind.clone(), settings: config.settings.clone() }
}

/// Dollars as the configuration writes them. The reader has refused what is negative or no number.
fn usd(dollars: f64) -> Usd {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be in range when it was read"
    )]
    Usd::micros((dollars * 1e6).round() as u64)
}

fn seconds(configured: Option<f64>, default: Duration) -> Duration {
    configured.map_or(default, Duration::from_secs_f64)
}
