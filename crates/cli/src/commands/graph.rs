use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use lamplighter::core::diagnosis::DiagnosisRequest;
use lamplighter::standalone;
use lamplighter_site::Picture;

use crate::args::LookArgs;
use crate::commands::sources::Sources;
use crate::output::Output;
use crate::progress::Progress;

pub(crate) async fn run(output: &Output, config: &Path, look: LookArgs, file: &Path) -> anyhow::Result<ExitCode> {
    let sources = Sources::look(config, &look.cluster)?;
    let svg = {
        let _progress = Progress::start("reading the cluster");
        let diagnostics = sources.config.diagnostics().await?;
        let cx = standalone("graph");
        let request = DiagnosisRequest { namespaces: look.namespace, ..DiagnosisRequest::default() };
        let scene = diagnostics.survey(&cx, request.clone()).await?;
        let diagnosis = diagnostics.diagnose_scene(&cx, &request, scene.clone()).await?;
        Picture::new(&scene).with_diagnosis(&diagnosis).svg()
    };
    if file == Path::new("-") {
        output.raw(svg.as_bytes());
        return Ok(ExitCode::SUCCESS);
    }
    std::fs::write(file, &svg).with_context(|| format!("cannot write {}", file.display()))?;
    output.line(format_args!("wrote {}", file.display()));
    output.value(&serde_json::json!({ "file": file, "bytes": svg.len() }))?;
    Ok(ExitCode::SUCCESS)
}
