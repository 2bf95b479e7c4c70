use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lamplighter_core::Clock;

use crate::api::Api;
use crate::connection::client;
use crate::{KubernetesError, connection};

/// Which cluster, and how it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubernetesOptions {
    /// A kubeconfig file. Where `None`, the one that `KUBECONFIG` names, else `~/.kube/config`, else the
    /// service account of the pod that this runs in.
    pub kubeconfig: Option<PathBuf>,
    /// A context of the kubeconfig; its current one where `None`.
    pub context: Option<String>,
    /// How long one request may take, its retries included.
    pub request_timeout: Duration,
    /// How many objects are asked for at once; all of them where zero.
    pub page_size: u32,
}

impl Default for KubernetesOptions {
    /// The default cluster, thirty seconds, five hundred objects (the page size of `kubectl`).
    fn default() -> Self {
        Self { kubeconfig: None, context: None, request_timeout: Duration::from_secs(30), page_size: 500 }
    }
}

/// A live cluster. Cheap to clone.
#[derive(Clone)]
pub struct KubernetesCluster {
    pub(crate) api: Api,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) page_size: u32,
}

impl KubernetesCluster {
    /// Reads the configuration and makes a client. Asks the API server nothing yet. The clock dates what is
    /// read and times the pauses between retries.
    ///
    /// A credential plugin that the kubeconfig names is run here. A cluster on the loopback interface is never
    /// asked through a proxy.
    ///
    /// # Errors
    /// [`KubernetesError::Configuration`] saying what is wrong with the configuration; never with a part of a
    /// credential in it.
    pub async fn connect(options: KubernetesOptions, clock: Arc<dyn Clock>) -> Result<Self, KubernetesError> {
        let KubernetesOptions { kubeconfig, context, request_timeout, page_size } = options;
        let config = connection::config(kubeconfig, context).await?;
        let server = connection::server(&config);
        let client = client(config, request_timeout)?;
        let api = Api { client, server, request_timeout, clock: Arc::clone(&clock) };
        Ok(Self { api, clock, page_size })
    }
}

impl std::fmt::Debug for KubernetesCluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KubernetesCluster").field("server", &self.api.server).finish_non_exhaustive()
    }
}
