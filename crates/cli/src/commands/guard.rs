use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use lamplighter::core::guardrail::Ruling;
use lamplighter::core::plan::Plan;
use lamplighter::core::words::StackName;
use lamplighter::core::{RefusalKind, Verdict};
use lamplighter::guardrails::Policy;
use serde_json::json;

use crate::commands::sources::Sources;
use crate::output::{BOLD, GREEN, Output, RED, YELLOW};

pub(crate) async fn run(output: &Output, config: &Path, path: &Path, stack: &str) -> anyhow::Result<ExitCode> {
    let policy = if config.exists() { Sources::configured(config)?.config.guardrails } else { Policy::default() };
    let plan = Plan::parse(&read(path)?).map_err(|error| error.context(path.display()))?;
    let judgement = lamplighter::judge_plan(policy, StackName::new(stack), plan.clone()).await;
    let allowed = judgement.refused.is_none();
    output.line(format_args!("{BOLD}{}{BOLD:#}", plan.headline()));
    for line in plan.summary() {
        output.line(format_args!("  {line}"));
    }
    for ruling in &judgement.rulings {
        show(output, ruling);
    }
    match judgement.refused {
        None => output.line(format_args!("{GREEN}allowed{GREEN:#}")),
        Some(kind) => output.line(format_args!("{RED}refused{RED:#}: {}", sentence(kind))),
    }
    output.value(&json!({
        "allowed": allowed,
        "refused": judgement.refused,
        "plan": { "headline": plan.headline(), "changes": plan.summary(), "incomplete_because": plan.incomplete_because },
        "rulings": judgement.rulings,
    }))?;
    Ok(if allowed { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn show(output: &Output, ruling: &Ruling) {
    let (style, word) = match &ruling.verdict {
        Verdict::Allow { .. } => (GREEN, "allow"),
        Verdict::RequireApproval { .. } => (YELLOW, "approve"),
        Verdict::Escalate { .. } => (YELLOW, "escalate"),
        Verdict::Deny { .. } => (RED, "deny"),
    };
    output.line(format_args!("  {style}{word:<8}{style:#}  {:<24}  {}", ruling.rule, ruling.verdict.reason()));
}

fn sentence(kind: RefusalKind) -> &'static str {
    match kind {
        RefusalKind::DryRun => "this is a dry run",
        RefusalKind::NeedsApproval => "a collaborator has to approve it",
        RefusalKind::Escalate => "a person has to do it",
        RefusalKind::Denied => "never",
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).context("cannot read standard input")?;
        return Ok(bytes);
    }
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
