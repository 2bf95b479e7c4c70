use std::path::Path;
use std::process::ExitCode;

use lamplighter::core::ports::Scope;
use lamplighter::core::utc;
use lamplighter::core::words::{CheckStatus, HealthReport};

use crate::args::ClusterArgs;
use crate::commands::sources::Sources;
use crate::output::{DIM, GREEN, Output, RED, YELLOW};
use crate::progress::Progress;

pub(crate) async fn run(output: &Output, config: &Path, cluster: ClusterArgs, quiet: bool) -> anyhow::Result<ExitCode> {
    let sources = Sources::cluster(config, &cluster)?;
    let report = {
        let _progress = Progress::start("reading the cluster");
        let lamplighter = sources.config.wire().await?.build()?;
        lamplighter.health(&Scope { namespaces: cluster.namespace }).await?
    };
    if !quiet {
        show(output, &report);
        output.value(&report)?;
    }
    Ok(match report.status() {
        CheckStatus::Pass => ExitCode::SUCCESS,
        CheckStatus::Unknown | CheckStatus::Warn => ExitCode::from(1),
        CheckStatus::Fail => ExitCode::from(2),
    })
}

fn show(output: &Output, report: &HealthReport) {
    let width = report.checks.iter().map(|check| check.check.len()).max().unwrap_or_default();
    for check in &report.checks {
        let style = match check.status {
            CheckStatus::Pass => GREEN,
            CheckStatus::Warn | CheckStatus::Unknown => YELLOW,
            CheckStatus::Fail => RED,
        };
        output.line(format_args!("{style}{:<7}{style:#}  {:<width$}  {}", check.status, check.check, check.summary));
        for finding in &check.findings {
            output.line(format_args!("         {} {DIM}({}){DIM:#}", finding.summary, utc(finding.at)));
            for evidence in finding.evidence.iter().take(3) {
                output.line(format_args!("           {DIM}{evidence}{DIM:#}"));
            }
        }
    }
    output.line(format_args!("\n{} at {}", report.cluster, utc(report.taken_at)));
}
