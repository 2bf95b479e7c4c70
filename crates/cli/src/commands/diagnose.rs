use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use jiff::Timestamp;
use lamplighter::core::diagnosis::{Culprit, Diagnosis, DiagnosisRequest, RootCause};
use lamplighter::core::utc;
use lamplighter::core::words::{Finding, Health};
use lamplighter::standalone;
use serde_json::{Value, json};

use crate::args::LookArgs;
use crate::commands::sources::Sources;
use crate::output::{BOLD, DIM, GREEN, Output, RED, YELLOW};
use crate::progress::Progress;

/// More lines of evidence are left to `--json`.
const EVIDENCE_SHOWN: usize = 4;

/// More reasons are left to `--json`.
const REASONS_SHOWN: usize = 8;

pub(crate) async fn run(
    output: &Output,
    config: &Path,
    look: LookArgs,
    service: Option<String>,
    at: Option<Timestamp>,
) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let sources = Sources::look(config, &look.cluster)?;
    let diagnosis = {
        let _progress = Progress::start("reading the cluster");
        let diagnostics = sources.config.diagnostics().await?;
        let request = DiagnosisRequest { namespaces: look.namespace, service, at, report: None };
        diagnostics.diagnose(&standalone("diagnose"), request).await?
    };
    show(output, &diagnosis);
    output.value(&as_json(&diagnosis, started.elapsed().as_millis()))?;
    Ok(ExitCode::SUCCESS)
}

fn as_json(diagnosis: &Diagnosis, elapsed_ms: u128) -> Value {
    let cause = |cause: &RootCause| {
        json!({
            "taxonomy": cause.taxonomy,
            "object": cause.culprit.to_string(),
            "namespace": cause.culprit.in_namespace(),
            "cause": cause.cause,
            "confidence": cause.confidence,
            "meaning": cause.cause.meaning(),
            "chain": cause.chain,
            "affects": cause.affects.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "evidence": cause.evidence.iter().map(evidence_line).collect::<Vec<_>>(),
            "named_by": cause.named_by,
        })
    };
    json!({
        "verdict": diagnosis.verdict,
        "severity": diagnosis.severity,
        "causes": diagnosis.causes.iter().map(cause).collect::<Vec<_>>(),
        "reasons": diagnosis.reasons,
        "gaps": diagnosis.gaps,
        "taken_at": diagnosis.taken_at,
        "source": diagnosis.source,
        "triage": diagnosis.triage,
        "reports": diagnosis.reports,
        "elapsed_ms": u64::try_from(elapsed_ms).unwrap_or(u64::MAX),
    })
}

/// One finding as a line: what, where it was seen, when.
fn evidence_line(finding: &Finding) -> String {
    let mut line = format!("{} ({}, {}, {})", finding.summary, finding.object, finding.source, utc(finding.at));
    for evidence in &finding.evidence {
        line.push_str("; ");
        line.push_str(evidence);
    }
    line
}

fn show(output: &Output, diagnosis: &Diagnosis) {
    let style = match diagnosis.verdict {
        Health::Healthy => GREEN,
        Health::Inconclusive | Health::Degraded => YELLOW,
        Health::Down => RED,
    };
    let severity = diagnosis.severity.map_or_else(String::new, |severity| format!(", {severity}"));
    let verdict = diagnosis.verdict.to_string().to_uppercase();
    output.line(format_args!("{style}{BOLD}{verdict}{BOLD:#}{style:#}{severity}"));
    output.line(format_args!("{DIM}{} at {}{DIM:#}", diagnosis.source, utc(diagnosis.taken_at)));
    for (number, cause) in (1..).zip(&diagnosis.causes) {
        show_cause(output, number, cause);
    }
    if diagnosis.causes.is_empty() && diagnosis.verdict.is_broken() {
        output.line("\nNo rule explains it; what was seen is below.");
    }
    output.line("");
    for reason in diagnosis.reasons.iter().take(REASONS_SHOWN) {
        output.line(format_args!("because {reason}"));
    }
    let more = diagnosis.reasons.len().saturating_sub(REASONS_SHOWN);
    if more > 0 {
        output.line(format_args!("{DIM}and {more} more reasons, see --json{DIM:#}"));
    }
    if !diagnosis.gaps.is_empty() {
        output.line(format_args!("{DIM}not looked at: {}{DIM:#}", diagnosis.gaps.join("; ")));
    }
}

fn show_cause(output: &Output, number: usize, cause: &RootCause) {
    let RootCause { culprit, cause: code, confidence, .. } = cause;
    let namespace = match culprit {
        Culprit::App { namespace, .. } if !namespace.is_empty() => format!(" in {namespace}"),
        _ => String::new(),
    };
    output.line(format_args!("\n{BOLD}{number}. {culprit}{BOLD:#}{namespace}: {code}, {confidence}"));
    output.line(format_args!("   {}", code.meaning()));
    for finding in cause.evidence.iter().take(EVIDENCE_SHOWN) {
        output.line(format_args!("   - {} {DIM}({}, {}){DIM:#}", finding.summary, finding.object, utc(finding.at)));
        for evidence in finding.evidence.iter().take(EVIDENCE_SHOWN) {
            output.line(format_args!("       {DIM}{evidence}{DIM:#}"));
        }
    }
    let more = cause.evidence.len().saturating_sub(EVIDENCE_SHOWN);
    if more > 0 {
        output.line(format_args!("   {DIM}- and {more} more findings, see --json{DIM:#}"));
    }
    for step in &cause.chain {
        output.line(format_args!("   so {step}"));
    }
    if !cause.affects.is_empty() {
        let affected: Vec<_> = cause.affects.iter().map(|app| app.name().to_owned()).collect();
        output.line(format_args!("   affects {}", affected.join(", ")));
    }
}
