use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use lamplighter::SystemClock;
use lamplighter::core::{Clock, Mode};

use crate::commands::sources::Sources;
use crate::output::{GREEN, Output, YELLOW};

/// Reads the configuration and opens everything that it names.
pub(crate) async fn check(output: &Output, path: &Path) -> anyhow::Result<ExitCode> {
    let sources = Sources::configured(path)?;
    let config = &sources.config;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let vault = config.vault(&clock).await?;
    config.server_secrets(vault.as_ref()).await?;
    let lamplighter = config.wire_with(vault.as_ref(), &clock).await?.build()?;
    let ourselves = lamplighter.reach_tracker().await?;
    lamplighter.reach_cluster().await?;
    let stages: Vec<&str> = lamplighter.stages().collect();
    output.line(format_args!(
        "{GREEN}ok{GREEN:#}  {} can be read, what it names can be opened, and the tracker and the cluster answer",
        path.display()
    ));
    match config.mode {
        Mode::DryRun => output.line("    mode: dry-run, nothing is changed; set mode = \"apply\" to carry changes out"),
        Mode::Apply => output.line(format_args!("    mode: {YELLOW}apply{YELLOW:#}, approved changes are carried out")),
    }
    output.line(format_args!("    on the tracker: {ourselves}"));
    output.line(format_args!("    services: {}, monitors: {}", config.service.len(), config.monitor.len()));
    if config.repository.is_none() {
        output.line("    no [repository]: whatever needs Terraform is handed to a person");
    }
    if config.monitor.is_empty() {
        output.line("    no [[monitor]]: nothing can be confirmed from outside, so no issue is closed as healthy");
    }
    match config.status_site()? {
        Some(site) => {
            let places: Vec<&str> = site.places().collect();
            let places = if places.is_empty() { "nowhere but by serve".to_owned() } else { places.join(", ") };
            output.line(format_args!("    status page: published to {places}"));
        }
        None => output.line("    no [status]: there is no status page"),
    }
    output.line(format_args!("    everything stops while {} exists", config.stop_path().display()));
    output.value(&serde_json::json!({
        "ok": true,
        "mode": config.mode,
        "ourselves": ourselves,
        "services": config.service.len(),
        "monitors": config.monitor.len(),
        "stages": stages,
    }))?;
    Ok(ExitCode::SUCCESS)
}
