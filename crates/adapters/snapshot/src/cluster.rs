use std::sync::{Mutex, PoisonError};
use std::thread;

use async_trait::async_trait;
use lamplighter_core::Result;
use lamplighter_core::cluster::{ClusterState, Deployment, Pod, StatefulSet};
use lamplighter_core::ports::{ClusterReader, Scope};
use lamplighter_core::words::{WorkloadKind, WorkloadRef};

use crate::folder::Folder;
use crate::kinds::{Recorded, every_kind};
use crate::objects::{Pieces, Reading, in_namespace};
use crate::{Snapshot, SnapshotError};

/// What is parsed in less time than it takes to start a thread for it.
const BYTES_PER_THREAD: u64 = 512 * 1024;

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
    macro_rules! read_each {
        ($($field:ident: $kind:ident of $version:literal in $file:literal per $place:ident,)*) => {{
            $(let mut $field = Pieces::new(folder, scope);)*
            let mut readings = Vec::new();
            $(readings.extend($field.readings());)*
            read_all(readings);
            // Every field is named, so that a kind cannot be forgotten.
            ClusterState { taken_at: unread.taken_at, source: unread.source, $($field: $field.joined(),)* }
        }};
    }
    every_kind!(read_each)
}

/// Reads the largest first, on as many threads as there are processors and work for them.
fn read_all(mut readings: Vec<Reading<'_>>) {
    readings.sort_by_key(|reading| std::cmp::Reverse(reading.size));
    let bytes: u64 = readings.iter().map(|reading| reading.size).sum();
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let threads = processors.min(usize::try_from(bytes / BYTES_PER_THREAD).unwrap_or(usize::MAX));
    let queue = Mutex::new(readings.into_iter());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        while let Some(reading) = next() {
            (reading.read)();
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
}

fn find<T: Recorded>(folder: &Folder, namespace: &str, name: &str) -> Result<Option<T>, SnapshotError> {
    let mut objects = in_namespace::<T>(folder, namespace)?.into_iter();
    Ok(objects.find_map(|object| (object.meta().name == name).then_some(object)))
}
