use std::path::Path;
use std::process::ExitCode;

use lamplighter::core::ports::Scope;
use lamplighter::core::words::{CheckResult, CheckStatus, HealthReport};
use lamplighter::core::{Carried, utc};
use lamplighter::{Filing, Repair, Repairs};
use serde::Serialize;

use crate::args::ClusterArgs;
use crate::commands::sources::Sources;
use crate::output::{DIM, GREEN, Output, RED, YELLOW};
use crate::progress::Progress;

/// How many lines of evidence of each finding are shown; all of them are in the JSON.
const EVIDENCE: usize = 3;

/// What is wanted beside the scan.
pub(crate) struct Wanted {
    pub(crate) quiet: bool,
    pub(crate) fix: bool,
    pub(crate) file_issues: bool,
}

/// The report, with what was done about it where that was asked for.
#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    report: HealthReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    repairs: Option<Repairs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issues: Option<Filing>,
}

pub(crate) async fn run(
    output: &Output,
    config: &Path,
    cluster: ClusterArgs,
    wanted: Wanted,
) -> anyhow::Result<ExitCode> {
    let sources = Sources::cluster(config, &cluster)?;
    let scope = Scope { namespaces: cluster.namespace };
    let answer = {
        let _progress = Progress::start("reading the cluster");
        let lamplighter = sources.config.wire().await?.build()?;
        let report = lamplighter.health(&scope).await?;
        let repairs = if wanted.fix { Some(lamplighter.repair(&scope).await?) } else { None };
        let issues = if wanted.file_issues { Some(lamplighter.file_issues(report.clone()).await?) } else { None };
        Answer { report, repairs, issues }
    };
    if wanted.quiet {
        answer.report.checks.iter().filter(|check| is_wrong(check)).for_each(|check| {
            output.line(format_args!("{} {}: {}", check.status, check.check, check.summary));
        });
    } else {
        show(output, &answer.report);
    }
    if let Some(repairs) = &answer.repairs {
        show_repairs(output, repairs, wanted.quiet);
    }
    if let Some(issues) = answer.issues.as_ref().filter(|_| !wanted.quiet) {
        show_issues(output, issues);
    }
    output.value(&answer)?;
    Ok(match answer.report.status() {
        CheckStatus::Pass => ExitCode::SUCCESS,
        CheckStatus::Unknown | CheckStatus::Warn => ExitCode::from(1),
        CheckStatus::Fail => ExitCode::from(2),
    })
}

/// What the exit code is not 0 for.
fn is_wrong(check: &CheckResult) -> bool {
    check.status != CheckStatus::Pass && check.counts()
}

fn show(output: &Output, report: &HealthReport) {
    let shown = || report.checks.iter().filter(|check| check.counts());
    let width = shown().map(|check| check.check.len()).max().unwrap_or_default();
    for check in shown() {
        let style = match check.status {
            CheckStatus::Pass => GREEN,
            CheckStatus::Warn | CheckStatus::Unknown => YELLOW,
            CheckStatus::Fail => RED,
        };
        output.line(format_args!("{style}{:<7}{style:#}  {:<width$}  {}", check.status, check.check, check.summary));
        for finding in &check.findings {
            output.line(format_args!("         {} {DIM}({}){DIM:#}", finding.summary, utc(finding.at)));
            for evidence in finding.evidence.iter().take(EVIDENCE) {
                output.line(format_args!("           {DIM}{evidence}{DIM:#}"));
            }
        }
        for known in &check.known {
            output.line(format_args!("         {DIM}known: {} ({}){DIM:#}", known.finding.summary, known.note));
        }
    }
    let absent: Vec<&str> = report.checks.iter().filter(|check| !check.counts()).map(|it| it.check.as_str()).collect();
    if let [_, ..] = absent.as_slice() {
        let checks = if absent.len() == 1 { "check has" } else { "checks have" };
        output.line(format_args!(
            "{DIM}UNKNOWN  {} {checks} nothing to look at here: {}{DIM:#}",
            absent.len(),
            absent.join(", ")
        ));
    }
    output.line(format_args!("\n{} at {}", report.cluster, utc(report.taken_at)));
}

fn show_repairs(output: &Output, repairs: &Repairs, quiet: bool) {
    for repair in repairs.repairs.iter().filter(|repair| !quiet || !repair.is_done()) {
        output.line(format_args!("{}", repair_line(repair)));
    }
    if quiet {
        return;
    }
    for left_alone in &repairs.left_alone {
        output.line(format_args!("left alone: {left_alone}"));
    }
    if repairs.repairs.is_empty() {
        output.line("nothing to repair");
    }
}

fn repair_line(repair: &Repair) -> String {
    let Repair { object, what, outcome } = repair;
    match outcome {
        Carried::Done(done) => format!("repaired {object} ({what}): {done}"),
        Carried::Refused { .. } if repair.would_be_done() => {
            format!("would delete {object} ({what}); this is a dry run")
        }
        Carried::Refused { reasons, .. } => format!("not repaired {object} ({what}): {}", reasons.join("; ")),
        Carried::Failed { reason } => format!("could not repair {object} ({what}): {reason}"),
    }
}

fn show_issues(output: &Output, filing: &Filing) {
    let numbers = |numbers: &[lamplighter::core::words::IssueNumber]| {
        if numbers.is_empty() {
            return "none".to_owned();
        }
        numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    output.line(format_args!("issues filed: {}", numbers(&filing.filed)));
    output.line(format_args!("still open: {}", numbers(&filing.open)));
    output.line(format_args!("recovered: {}", numbers(&filing.recovered)));
    output.line(format_args!("back again: {}", numbers(&filing.back)));
    if filing.overflow > 0 {
        output.line(format_args!("{} conditions share one issue", filing.overflow));
    }
}
