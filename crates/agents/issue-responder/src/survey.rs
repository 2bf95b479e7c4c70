//! Looking at everything once: the cluster, its scan, the monitors, the triage of them.

use std::sync::Arc;

use lamplighter_core::cluster::{ClusterState, Observed};
use lamplighter_core::diagnosis::Scene;
use lamplighter_core::ports::{MonitorStatus, Scope};
use lamplighter_core::words::{Report, TriageInput};
use lamplighter_core::{Agent, Context, Result};

use crate::case::Survey;
use crate::ports::Ports;

/// Looks at the whole cluster and all monitors, and triages what is seen.
///
/// # Errors
/// When the cluster cannot be read at all. Monitors that cannot be asked are a missing source, not an error.
pub(crate) async fn survey(ports: &Ports, cx: &Context, report: &Report) -> Result<(Survey, Arc<ClusterState>)> {
    let (state, monitors) = futures_util::join!(read_cluster(ports), ask_monitors(ports));
    let state = state?;
    let seen = match &monitors {
        Ok(monitors) => Observed::Seen(monitors.clone()),
        Err(reason) => Observed::Unknown(reason.clone()),
    };
    let scene = Arc::new(Scene::new(Arc::clone(&state)).with_monitors(seen));
    let health = ports.health.run(cx, Arc::clone(&scene)).await?;
    let input = TriageInput { report: Some(report.clone()), scene, health: health.clone() };
    let triage = ports.triage.run(cx, input).await?;
    Ok((Survey { at: cx.now(), health, triage, monitors }, state))
}

/// The cluster as it is now.
pub(crate) async fn read_cluster(ports: &Ports) -> Result<Arc<ClusterState>> {
    ports.cluster.state(&Scope::everything()).await.map(Arc::new)
}

/// The monitors as they are now, or why they could not be asked.
async fn ask_monitors(ports: &Ports) -> Result<Vec<MonitorStatus>, String> {
    match &ports.monitors {
        None => Err("no monitors are configured".to_owned()),
        Some(monitors) => monitors.statuses().await.map_err(|error| error.public_message().to_owned()),
    }
}
