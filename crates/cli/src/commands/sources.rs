use std::path::Path;

use anyhow::Context as _;
use lamplighter::Config;
use lamplighter::config::{ClusterConfig, TrackerConfig};
use lamplighter::core::Mode;
use tempfile::TempDir;

use crate::args::ClusterArgs;

/// The configuration to work with: the file, or what the arguments name, in a scratch folder that is removed
/// at the end.
pub(crate) struct Sources {
    pub(crate) config: Config,
    _scratch: Option<TempDir>,
}

impl Sources {
    /// The configured ones.
    pub(crate) fn configured(path: &Path) -> anyhow::Result<Self> {
        Ok(Self { config: Config::load(path, std::env::vars())?, _scratch: None })
    }

    /// A cluster that the arguments name, or the configured one.
    pub(crate) fn cluster(path: &Path, args: &ClusterArgs) -> anyhow::Result<Self> {
        match (&args.cluster, &args.kubeconfig) {
            (Some(dir), _) => Self::of(path, ClusterConfig::Snapshot { dir: dir.clone() }),
            (None, Some(file)) => {
                Self::of(path, ClusterConfig::Kubernetes { kubeconfig: Some(file.clone()), context: None })
            }
            (None, None) => Self::configured(path),
        }
    }

    /// What a positional argument means: a dump, a kubeconfig, or `live`.
    pub(crate) fn look(path: &Path, cluster: &Path) -> anyhow::Result<Self> {
        if cluster.is_dir() {
            return Self::of(path, ClusterConfig::Snapshot { dir: cluster.to_owned() });
        }
        if cluster.is_file() {
            let kubeconfig = Some(cluster.to_owned());
            return Self::of(path, ClusterConfig::Kubernetes { kubeconfig, context: None });
        }
        if cluster == Path::new("live") {
            return Self::configured(path);
        }
        anyhow::bail!("there is no {}: give a dump folder, a kubeconfig file, or `live`", cluster.display())
    }

    /// A cluster, with the rest of the configuration where there is a file. Nothing is changed, and nothing
    /// is left behind.
    pub(crate) fn of(path: &Path, cluster: ClusterConfig) -> anyhow::Result<Self> {
        let scratch = TempDir::new().context("cannot make a scratch folder")?;
        let mut config = if path.exists() { Config::load(path, std::env::vars())? } else { bare()? };
        config.mode = Mode::DryRun;
        config.cluster = cluster;
        config.repository = None;
        config.data_dir = scratch.path().join("data");
        config.tracker = TrackerConfig::Files { dir: scratch.path().join("issues") };
        Ok(Self { config, _scratch: Some(scratch) })
    }

    /// The folder of the tracker, where it is one.
    pub(crate) fn tracker_folder(&self) -> Option<&Path> {
        match &self.config.tracker {
            TrackerConfig::Files { dir } => Some(dir),
            TrackerConfig::Github(_) => None,
        }
    }
}

fn bare() -> anyhow::Result<Config> {
    let text = "owner = \"owner\"\n[tracker]\nkind = \"files\"\ndir = \"issues\"\n[cluster]\nkind = \"kubernetes\"\n";
    Config::parse(text, std::env::vars()).map_err(anyhow::Error::msg)
}
