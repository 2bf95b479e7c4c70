use async_trait::async_trait;
use lamplighter_core::Result;
use lamplighter_core::cluster::{ClusterState, Deployment, Pod, StatefulSet};
use lamplighter_core::ports::{ClusterReader, Scope};
use lamplighter_core::words::{WorkloadKind, WorkloadRef};

use crate::folder::Folder;
use crate::objects::{Recorded, in_namespace, in_scope, nodes};
use crate::{Snapshot, SnapshotError};

#[async_trait]
impl ClusterReader for Snapshot {
    async fn state(&self, scope: &Scope) -> Result<ClusterState> {
        let unread = ClusterState::unread(self.taken_at(), self.source());
        let scope = scope.clone();
        self.read(move |folder| Ok(read_state(folder, &scope, unread))).await
    }

    async fn pod(&self, namespace: &str, name: &str) -> Result<Option<Pod>> {
        let (namespace, name) = (namespace.to_owned(), name.to_owned());
        self.read(move |folder| find(folder, &namespace, &name)).await
    }

    async fn replicas(&self, workload: &WorkloadRef) -> Result<Option<u32>> {
        let WorkloadRef { kind, namespace, name } = workload.clone();
        // The API's default for an absent `spec.replicas` is 1.
        self.read(move |folder| match kind {
            WorkloadKind::Deployment => {
                let found = find::<Deployment>(folder, &namespace, &name)?;
                Ok(found.map(|deployment| deployment.spec.replicas.unwrap_or(1)))
            }
            WorkloadKind::StatefulSet => {
                let found = find::<StatefulSet>(folder, &namespace, &name)?;
                Ok(found.map(|set| set.spec.replicas.unwrap_or(1)))
            }
            WorkloadKind::DaemonSet => Ok(None),
        })
        .await
    }
}

fn read_state(folder: &Folder, scope: &Scope, unread: ClusterState) -> ClusterState {
    ClusterState {
        nodes: nodes(folder),
        pods: in_scope(folder, scope),
        deployments: in_scope(folder, scope),
        replica_sets: in_scope(folder, scope),
        stateful_sets: in_scope(folder, scope),
        daemon_sets: in_scope(folder, scope),
        jobs: in_scope(folder, scope),
        claims: in_scope(folder, scope),
        events: in_scope(folder, scope),
        services: in_scope(folder, scope),
        endpoints: in_scope(folder, scope),
        ..unread
    }
}

fn find<T: Recorded>(folder: &Folder, namespace: &str, name: &str) -> Result<Option<T>, SnapshotError> {
    let mut objects = in_namespace::<T>(folder, namespace)?.into_iter();
    Ok(objects.find_map(|mut object| (object.meta_mut().name == name).then_some(object)))
}
