use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::diagnosis::LogGroup;
use crate::words::Window;
use crate::{Result, Usd};

/// One point of a series.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// When (UTC).
    pub at: Timestamp,
    /// How much, in the unit that the series' name says.
    pub value: f64,
}

/// A series of samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Its labels, `__name__` included.
    pub labels: BTreeMap<String, String>,
    /// Its samples, oldest first.
    pub samples: Vec<Sample>,
}

/// An alert that fires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Its labels, `alertname` included.
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// Since when (UTC).
    pub since: Timestamp,
}

/// Reading metrics and alerts.
#[async_trait]
pub trait Metrics: Send + Sync {
    /// The series that a PromQL expression selects over a window, a sample each `step` seconds.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the expression cannot be read.
    async fn range(&self, query: &str, window: Window, step: u32) -> Result<Vec<Series>>;

    /// The alerts that fire now and are not silenced.
    ///
    /// # Errors
    /// When they cannot be asked for.
    async fn alerts(&self) -> Result<Vec<Alert>>;
}

/// Which lines are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LogsRequest {
    /// The pod's namespace.
    pub namespace: String,
    /// The pod's name.
    pub pod: String,
    /// The container; the pod's only one where `None`.
    pub container: Option<String>,
    /// The instance before the last restart instead of the running one.
    pub previous: bool,
    /// At most this many lines, the last ones.
    pub lines: u32,
}

/// Reading logs.
#[async_trait]
pub trait Logs: Send + Sync {
    /// The last lines, oldest first. A container that has written nothing has no lines; that is no error.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such pod, container or earlier instance.
    async fn tail(&self, request: &LogsRequest) -> Result<Vec<String>>;

    /// The error lines that the log store has grouped and counted, for stores that do. It is one call for all
    /// services.
    ///
    /// # Errors
    /// When the store does so and cannot be asked.
    async fn groups(&self) -> Result<Vec<LogGroup>> {
        Ok(Vec::new())
    }

    /// What one request costs at most. Log stores that bill by what is read say so here; the caller
    /// reserves it before it asks.
    fn price(&self) -> Usd {
        Usd::ZERO
    }
}
