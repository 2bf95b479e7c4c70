use std::path::Path;
use std::process::ExitCode;

use lamplighter::core::diagnosis::DiagnosisRequest;
use lamplighter::core::ports::Scope;
use lamplighter::core::utc;
use lamplighter::{record, standalone};

use crate::args::ClusterArgs;
use crate::commands::sources::Sources;
use crate::output::{DIM, Output};
use crate::progress::Progress;

pub(crate) async fn run(output: &Output, config: &Path, dir: &Path, cluster: ClusterArgs) -> anyhow::Result<ExitCode> {
    let sources = Sources::cluster(config, &cluster)?;
    let (scene, written) = {
        let _progress = Progress::start("recording the cluster");
        let diagnostics = sources.config.diagnostics().await?;
        let request = DiagnosisRequest { namespaces: cluster.namespace.clone(), ..DiagnosisRequest::default() };
        let scene = diagnostics.survey(&standalone("record"), request).await?;
        let scope = Scope { namespaces: cluster.namespace };
        let target = dir.to_owned();
        let recorded = scene.clone();
        let written = tokio::task::spawn_blocking(move || record(&recorded, &scope, &target)).await??;
        (scene, written)
    };
    let (pods, at) = (scene.state().pods.items().len(), utc(scene.taken_at()));
    output.line(format_args!("wrote {}: {pods} pods as they were at {at}", written.display()));
    output.line(format_args!("{DIM}lamplighter diagnose {} reads it{DIM:#}", written.display()));
    output.value(&serde_json::json!({ "dir": written, "pods": pods, "taken_at": scene.taken_at() }))?;
    Ok(ExitCode::SUCCESS)
}
