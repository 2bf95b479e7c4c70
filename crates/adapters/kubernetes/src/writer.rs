use async_trait::async_trait;
use kube::api::{DeleteParams, Patch, PatchParams, Preconditions};
use kube::core::Request;
use lamplighter_core::cluster::{Deployment, Pod, StatefulSet};
use lamplighter_core::ports::ClusterWriter;
use lamplighter_core::words::{PodRestart, Scaling, WorkloadKind, WorkloadRef};
use lamplighter_core::{Approved, Result};
use serde::Deserialize;

use crate::resource::{Kind, Resource};
use crate::{KubernetesCluster, KubernetesError, Operation};

/// How often a count is decided on anew because something else of the workload has changed meanwhile.
const DECISIONS: u32 = 5;

#[async_trait]
impl ClusterWriter for KubernetesCluster {
    async fn restart_pod(&self, approved: Approved<PodRestart>) -> Result<()> {
        Ok(self.delete_pod(approved.into_change()).await?)
    }

    async fn scale(&self, approved: Approved<Scaling>) -> Result<()> {
        Ok(self.set_replicas(approved.into_change()).await?)
    }
}

/// `autoscaling/v1` Scale. A count of zero is left out of it.
#[derive(Deserialize)]
struct Scale {
    metadata: ScaleMeta,
    #[serde(default)]
    spec: ScaleSpec,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ScaleMeta {
    resource_version: String,
}

#[derive(Deserialize, Default)]
struct ScaleSpec {
    #[serde(default)]
    replicas: u32,
}

impl KubernetesCluster {
    async fn delete_pod(&self, restart: PodRestart) -> Result<(), KubernetesError> {
        let PodRestart { namespace, pod, uid, .. } = restart;
        if uid.is_empty() {
            return Err(KubernetesError::Unsupported(format!(
                "pod {namespace}/{pod} is not deleted: without its UID a successor of the same name could be meant"
            )));
        }
        let operation = Operation::on("delete", Pod::RESOURCE, &namespace, &pod)?;
        let preconditions = Some(Preconditions { uid: Some(uid.clone()), resource_version: None });
        let params = DeleteParams { preconditions, ..DeleteParams::default() };
        let request = Request::new(operation.path()).delete(&pod, &params)?;
        match self.api.bytes(&operation, request).await {
            Ok(_) | Err(KubernetesError::NotFound { .. }) => Ok(()),
            Err(conflict @ KubernetesError::Conflict { .. }) => {
                // Another UID is what was wanted: the pod is gone already. Anything else is a conflict.
                let now: Option<Pod> = self.get(&namespace, &pod).await?;
                if now.is_some_and(|now| now.metadata.uid == uid) { Err(conflict) } else { Ok(()) }
            }
            Err(error) => Err(error),
        }
    }

    async fn set_replicas(&self, scaling: Scaling) -> Result<(), KubernetesError> {
        let Scaling { workload, from, to, .. } = scaling;
        let WorkloadRef { namespace, name, .. } = &workload;
        let resource = scalable(&workload)?;
        let get = Operation::on("get", resource, namespace, name)?.of("scale");
        let patch = Operation::on("patch", resource, namespace, name)?.of("scale");
        for _ in 0..DECISIONS {
            let scale = self.scale_of(&get).await?;
            match scale.spec.replicas {
                now if now == to => return Ok(()),
                now if now != from => {
                    let message = format!("it is set to {now} replicas by now, and was to go from {from} to {to}");
                    return Err(KubernetesError::Conflict { operation: Box::new(patch), message });
                }
                _ => {}
            }
            match self.patch_scale(&patch, &scale.metadata.resource_version, to).await {
                // Any change of the workload, its status included, moves the version: decide anew.
                Err(KubernetesError::Conflict { .. }) => {}
                outcome => return outcome,
            }
        }
        let message = format!("it keeps being changed by others; {DECISIONS} attempts met a newer version");
        Err(KubernetesError::Conflict { operation: Box::new(patch), message })
    }

    async fn scale_of(&self, operation: &Operation) -> Result<Scale, KubernetesError> {
        let request = Request::new(operation.path());
        let request = request.get_subresource("scale", operation.name())?;
        self.api.json(operation, request).await
    }

    /// Sets the count if the workload still has this version.
    async fn patch_scale(&self, operation: &Operation, version: &str, to: u32) -> Result<(), KubernetesError> {
        let patch = serde_json::json!({ "metadata": { "resourceVersion": version }, "spec": { "replicas": to } });
        let request = Request::new(operation.path());
        let request =
            request.patch_subresource("scale", operation.name(), &PatchParams::default(), &Patch::Merge(patch))?;
        self.api.bytes(operation, request).await.map(drop)
    }
}

fn scalable(workload: &WorkloadRef) -> Result<Resource, KubernetesError> {
    match workload.kind {
        WorkloadKind::Deployment => Ok(Deployment::RESOURCE),
        WorkloadKind::StatefulSet => Ok(StatefulSet::RESOURCE),
        WorkloadKind::DaemonSet => {
            Err(KubernetesError::Unsupported(format!("{workload} cannot be scaled: its kind has no replica count")))
        }
    }
}
