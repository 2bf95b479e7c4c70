use std::path::Path;
use std::process::ExitCode;

use lamplighter::core::ports::Scope;
use lamplighter::core::utc;
use lamplighter::core::words::{Report, Triage};

use crate::args::ClusterArgs;
use crate::commands::sources::Sources;
use crate::output::{BOLD, DIM, Output};
use crate::progress::Progress;

pub(crate) async fn run(
    output: &Output,
    config: &Path,
    cluster: ClusterArgs,
    service: Option<String>,
) -> anyhow::Result<ExitCode> {
    let sources = Sources::cluster(config, &cluster)?;
    let triage = {
        let _progress = Progress::start("reading the cluster");
        let lamplighter = sources.config.wire().await?.build()?;
        let report = service.map(|service| Report { service: Some(service), ..Report::default() });
        lamplighter.triage(report, &Scope { namespaces: cluster.namespace }).await?
    };
    show(output, &triage);
    output.value(&triage)?;
    Ok(ExitCode::SUCCESS)
}

fn show(output: &Output, triage: &Triage) {
    let severity = triage.severity.map_or_else(|| "no incident".to_owned(), |severity| severity.to_string());
    output.line(format_args!("{BOLD}{severity}{BOLD:#}, {}", triage.health));
    for reason in &triage.reasons {
        output.line(format_args!("  because {reason}"));
    }
    let list = |name: &str, items: &[String]| {
        if !items.is_empty() {
            output.line(format_args!("{name}: {}", items.join(", ")));
        }
    };
    list("services", &triage.services);
    list("namespaces", &triage.namespaces);
    if let Some(window) = triage.window {
        let to = window.to.map_or_else(|| "the time of reading".to_owned(), utc);
        output.line(format_args!("window: {} to {to}", utc(window.from)));
    }
    for finding in triage.nodes.iter().chain(&triage.critical_findings) {
        output.line(format_args!("  - {} {DIM}({}, {}){DIM:#}", finding.summary, utc(finding.at), finding.source));
    }
    for call in &triage.specialists {
        output.line(format_args!("ask {}: {}", call.specialist, call.reason));
    }
}
