use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::ports::{Alert, Metrics, Series};
use lamplighter_core::words::Window;
use lamplighter_core::{Clock, Result};

use crate::alerts::{AlertmanagerAlerts, of_rules};
use crate::api::{Allowance, Api};
use crate::matrix::Matrix;
use crate::pieces::{Piece, pieces};
use crate::{PrometheusError, PrometheusSettings};

/// Metrics from a Prometheus, and alerts from it or its Alertmanager. Cheap to clone.
///
/// Dropping the future of a call ends its requests; Prometheus stops a query whose connection is closed.
#[derive(Clone)]
pub struct PrometheusMetrics {
    prometheus: Api,
    alertmanager: Option<AlertmanagerAlerts>,
}

impl PrometheusMetrics {
    /// Metrics with these settings. Nothing is asked yet. The clock says when a window ends that is still open, and
    /// times the pauses between retries.
    ///
    /// # Errors
    /// [`Settings`](PrometheusError::Settings) saying what is wrong with an address;
    /// [`Client`](PrometheusError::Client) when the system's certificates cannot be read.
    pub fn new(settings: PrometheusSettings, clock: Arc<dyn Clock>) -> std::result::Result<Self, PrometheusError> {
        let PrometheusSettings { prometheus, alertmanager, timeout } = settings;
        let alertmanager = alertmanager.map(|endpoint| Api::new("Alertmanager", endpoint, timeout, Arc::clone(&clock)));
        Ok(Self {
            prometheus: Api::new("Prometheus", prometheus, timeout, clock)?,
            alertmanager: alertmanager.transpose()?.map(AlertmanagerAlerts),
        })
    }

    async fn range(&self, query: &str, window: Window, step: u32) -> std::result::Result<Vec<Series>, PrometheusError> {
        let api = &self.prometheus;
        let mut allowance = Allowance::new();
        let mut matrix = Matrix::default();
        for piece in pieces(window.from, window.to.unwrap_or_else(|| api.clock.now()), step)? {
            let (start, end, step) = (Piece::seconds(piece.start), Piece::seconds(piece.end), step.to_string());
            let form = [("query", query), ("start", &start), ("end", &end), ("step", &step)];
            let body = api.post(&mut allowance, "api/v1/query_range", &form).await?;
            matrix.add(&api.server, &body, piece)?;
        }
        Ok(matrix.series())
    }
}

#[async_trait]
impl Metrics for PrometheusMetrics {
    /// In the order of their labels. Values that are no numbers (`NaN`, `+Inf`) are left out, and so is a series of
    /// which no sample is left.
    async fn range(&self, query: &str, window: Window, step: u32) -> Result<Vec<Series>> {
        Ok(Self::range(self, query, window, step).await?)
    }

    /// In the order of their labels. Silences are known where there is an Alertmanager; see the
    /// [crate's documentation](crate).
    async fn alerts(&self) -> Result<Vec<Alert>> {
        Ok(match &self.alertmanager {
            Some(alertmanager) => alertmanager.firing().await?,
            None => of_rules(&self.prometheus).await?,
        })
    }
}

impl fmt::Debug for PrometheusMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrometheusMetrics")
            .field("prometheus", &self.prometheus.server)
            .field("alertmanager", &self.alertmanager.as_ref().map(|AlertmanagerAlerts(api)| &api.server))
            .finish_non_exhaustive()
    }
}
