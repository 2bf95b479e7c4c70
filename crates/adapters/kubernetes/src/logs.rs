use async_trait::async_trait;
use kube::api::LogParams;
use kube::core::Request;
use lamplighter_core::Result;
use lamplighter_core::cluster::Pod;
use lamplighter_core::ports::{Logs, LogsRequest};

use crate::operation::checked;
use crate::resource::Kind;
use crate::{KubernetesCluster, KubernetesError, Operation};

/// At most this much of a log is read, however long its lines are.
const MOST_BYTES: i64 = 16 << 20;

#[async_trait]
impl Logs for KubernetesCluster {
    /// The lines as they were written; bytes that are no UTF-8 are replaced. Of a pod with several containers
    /// the [default one](Pod::default_container) where the request names none.
    async fn tail(&self, request: &LogsRequest) -> Result<Vec<String>> {
        let container = request.container.as_deref();
        let outcome = match self.log(request, container).await {
            Err(error) if container.is_none() && is_choice(&error) => {
                let pod: Option<Pod> = self.get(&request.namespace, &request.pod).await?;
                match pod.as_ref().and_then(Pod::default_container) {
                    Some(default) => self.log(request, Some(default)).await,
                    None => Err(error),
                }
            }
            outcome => outcome,
        };
        match outcome {
            Err(error) if has_written_nothing(&error) && !request.previous => Ok(Vec::new()),
            outcome => Ok(outcome.map_err(absent)?),
        }
    }
}

impl KubernetesCluster {
    async fn log(&self, request: &LogsRequest, container: Option<&str>) -> Result<Vec<String>, KubernetesError> {
        let operation = Operation::on("get", Pod::RESOURCE, &request.namespace, &request.pod)?.of("log");
        let params = LogParams {
            container: container.map(checked).transpose()?,
            previous: request.previous,
            tail_lines: Some(request.lines.into()),
            limit_bytes: Some(MOST_BYTES),
            ..LogParams::default()
        };
        let request = Request::new(operation.path()).logs(operation.name(), &params)?;
        let body = self.api.bytes(&operation, request).await?;
        Ok(String::from_utf8_lossy(&body).lines().map(str::to_owned).collect())
    }
}

/// `400` with words of the API server (`registry/core/pod`, `LogLocation`) or of the kubelet.
fn says(error: &KubernetesError, words: &[&str]) -> bool {
    match error {
        KubernetesError::Rejected { status: 400, message, .. } => words.iter().any(|words| message.contains(words)),
        _ => false,
    }
}

fn is_choice(error: &KubernetesError) -> bool {
    says(error, &["a container name must be specified"])
}

fn has_written_nothing(error: &KubernetesError) -> bool {
    says(error, &["is waiting to start", "does not have a host assigned"])
}

/// There are answers that mean that there is no such container or no earlier instance.
fn absent(error: KubernetesError) -> KubernetesError {
    let absent = says(&error, &["previous terminated container", "is not valid for pod", "is waiting to start"]);
    match error {
        KubernetesError::Rejected { operation, message, .. } if absent => {
            KubernetesError::NotFound { operation, message }
        }
        error => error,
    }
}
