use async_trait::async_trait;
use futures_util::join;
use kube::api::GetParams;
use kube::core::Request;
use lamplighter_core::Result;
use lamplighter_core::cluster::{ClusterState, Deployment, Observed, Pod, StatefulSet};
use lamplighter_core::ports::{ClusterReader, Scope};
use lamplighter_core::words::{Source, WorkloadKind, WorkloadRef};
use tokio::sync::Semaphore;

use crate::resource::Kind;
use crate::{KubernetesCluster, KubernetesError, Operation};

/// How many kinds are read at the same time.
const CONCURRENCY: usize = 4;

#[async_trait]
impl ClusterReader for KubernetesCluster {
    async fn state(&self, scope: &Scope) -> Result<ClusterState> {
        // One question first: a server that is not there is waited for once, not once for each kind.
        self.api.reach().await?;
        let reading = Reading { cluster: self, scope, slots: Semaphore::new(CONCURRENCY) };
        let unread = ClusterState::unread(self.clock.now(), Source::new("kubernetes api"));
        Ok(Box::pin(reading.state(unread)).await?)
    }

    async fn pod(&self, namespace: &str, name: &str) -> Result<Option<Pod>> {
        Ok(self.get(namespace, name).await?)
    }

    async fn replicas(&self, workload: &WorkloadRef) -> Result<Option<u32>> {
        let WorkloadRef { kind, namespace, name } = workload;
        // The API's default for an absent `spec.replicas` is 1.
        Ok(match kind {
            WorkloadKind::Deployment => {
                let found: Option<Deployment> = self.get(namespace, name).await?;
                found.map(|deployment| deployment.spec.replicas.unwrap_or(1))
            }
            WorkloadKind::StatefulSet => {
                let found: Option<StatefulSet> = self.get(namespace, name).await?;
                found.map(|set| set.spec.replicas.unwrap_or(1))
            }
            WorkloadKind::DaemonSet => None,
        })
    }
}

impl KubernetesCluster {
    /// One object, or `None` when there is none of this name, or could be none.
    pub(crate) async fn get<T: Kind>(&self, namespace: &str, name: &str) -> Result<Option<T>, KubernetesError> {
        let Ok(operation) = Operation::on("get", T::RESOURCE, namespace, name) else { return Ok(None) };
        let request = Request::new(operation.path()).get(name, &GetParams::default())?;
        match self.api.json(&operation, request).await {
            Ok(object) => Ok(Some(object)),
            Err(KubernetesError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// One reading of the whole state.
struct Reading<'a> {
    cluster: &'a KubernetesCluster,
    scope: &'a Scope,
    slots: Semaphore,
}

impl Reading<'_> {
    async fn state(&self, unread: ClusterState) -> Result<ClusterState, KubernetesError> {
        let mut tally = Tally::default();
        // Every field is named, so that a kind cannot be forgotten.
        macro_rules! read_each {
            (@one $field:ident) => { self.kind() };
            ($($field:ident)*) => {{
                let ($($field,)*) = join!($(read_each!(@one $field),)*);
                ClusterState { taken_at: unread.taken_at, source: unread.source, $($field: tally.observed($field),)* }
            }};
        }
        let state = read_each!(
            nodes
            namespaces
            volumes
            storage_classes
            pods
            events
            services
            endpoints
            deployments
            replica_sets
            stateful_sets
            daemon_sets
            jobs
            cron_jobs
            claims
            config_maps
            secrets
            service_accounts
            role_bindings
            quotas
            limit_ranges
            ingresses
            network_policies
            autoscalers
            disruption_budgets
        );
        match tally {
            Tally { seen: false, first_failure: Some(error) } => Err(error),
            _ => Ok(state),
        }
    }

    async fn kind<T: Kind>(&self) -> Result<Vec<T>, KubernetesError> {
        let _slot = self.slots.acquire().await;
        self.cluster.list(self.scope).await
    }
}

/// Whether anything at all could be read.
#[derive(Default)]
struct Tally {
    seen: bool,
    first_failure: Option<KubernetesError>,
}

impl Tally {
    fn observed<T>(&mut self, outcome: Result<Vec<T>, KubernetesError>) -> Observed<Vec<T>> {
        match outcome {
            Ok(objects) => {
                self.seen = true;
                Observed::Seen(objects)
            }
            Err(error) => {
                let reason = error.reason();
                self.first_failure.get_or_insert(error);
                Observed::Unknown(reason)
            }
        }
    }
}
