use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use futures_util::{StreamExt, stream};
use lamplighter::Outcome;
use lamplighter::core::words::Severity;
use lamplighter_scenarios::{Scenario, ScenarioError, Stage};
use serde::Serialize;

use crate::commands::steps::Steps;
use crate::output::{BOLD, DIM, GREEN, Output, RED};
use crate::progress::Progress;

/// How many scenarios are played at once: they mostly wait for Terraform and for recoveries.
const AT_ONCE: usize = 4;

#[derive(Serialize)]
struct Played {
    name: String,
    about: String,
    expected: String,
    got: String,
    ok: bool,
    elapsed_ms: u128,
    severity: Option<Severity>,
    actions: Vec<String>,
    steps: Vec<String>,
    folder: PathBuf,
    /// Where everything that took part had listened.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    addresses: BTreeMap<&'static str, String>,
}

pub(crate) async fn run(
    output: &Output,
    name: Option<&str>,
    is_served: bool,
    keep: Option<PathBuf>,
) -> anyhow::Result<ExitCode> {
    let scenarios = choose(name)?;
    let folder = folder(keep)?;
    let progress = Progress::start("playing the scenarios");
    let mut plays =
        stream::iter(scenarios.iter().map(|scenario| play(scenario, is_served, folder.join(&scenario.name))))
            .buffered(AT_ONCE);
    let mut all = Vec::new();
    while let Some(played) = plays.next().await {
        progress.suspend(|| tell(output, &played));
        all.push(played);
    }
    drop(progress);
    table(output, &all);
    output.line(format_args!("\nEach scenario's conversation, git history and audit log: {}", folder.display()));
    output.value(&serde_json::json!({ "scenarios": all, "folder": folder }))?;
    Ok(if all.iter().all(|played| played.ok) { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn choose(name: Option<&str>) -> anyhow::Result<Vec<Scenario>> {
    let all = lamplighter_scenarios::all()?;
    let Some(name) = name else { return Ok(all) };
    let names: Vec<String> = all.iter().map(|scenario| scenario.name.clone()).collect();
    let chosen: Vec<Scenario> = all.into_iter().filter(|scenario| scenario.name == name).collect();
    if chosen.is_empty() {
        bail!("there is no scenario {name:?}; there are {}", names.join(", "));
    }
    Ok(chosen)
}

fn folder(keep: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    match keep {
        Some(folder) => {
            std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
            Ok(folder)
        }
        None => {
            Ok(tempfile::Builder::new().prefix("lamplighter-demo-").tempdir().context("cannot make a folder")?.keep())
        }
    }
}

async fn play(scenario: &Scenario, is_served: bool, folder: PathBuf) -> Played {
    if is_served { serve(scenario, folder).await } else { answer(scenario, folder).await }
}

/// Files the issue on a played GitHub and lets a running service hear of it.
async fn serve(scenario: &Scenario, folder: PathBuf) -> Played {
    let steps = Steps::default();
    let watcher = steps.watcher();
    let mut served = match scenario.serve(&folder, |builder| builder.on_step(watcher)).await {
        Ok(served) => served,
        Err(error) => return failed(scenario, folder, &error.to_string()),
    };
    let begun = Instant::now();
    let outcome = served.play().await;
    let elapsed = begun.elapsed();
    let left = async {
        served.end().await?;
        write(&folder.join("conversation.md"), &served.conversation())?;
        leave_records(served.stage()).await
    };
    let played = match (outcome, left.await) {
        (Ok(outcome), Ok(())) => report(scenario, folder, &steps, elapsed, outcome),
        (Err(error), _) | (_, Err(error)) => failed(scenario, folder, &error.to_string()),
    };
    Played { addresses: served.addresses().into(), ..played }
}

async fn answer(scenario: &Scenario, folder: PathBuf) -> Played {
    let steps = Steps::default();
    let staged = scenario.stage(&folder).await;
    let begun = Instant::now();
    let outcome = match &staged {
        Ok(stage) => stage.play(|builder| builder.on_step(steps.watcher())).await,
        Err(error) => Err(ScenarioError::World(error.to_string())),
    };
    let elapsed = begun.elapsed();
    if let Ok(stage) = &staged
        && let Err(error) = leave_records(stage).await
    {
        return failed(scenario, folder, &error.to_string());
    }
    match outcome {
        Ok(outcome) => report(scenario, folder, &steps, elapsed, outcome),
        Err(error) => failed(scenario, folder, &error.to_string()),
    }
}

fn report(scenario: &Scenario, folder: PathBuf, steps: &Steps, elapsed: Duration, outcome: Outcome) -> Played {
    let expected = scenario.expected;
    let ok = outcome.resolution == expected.resolution
        && outcome.severity == expected.severity
        && outcome.actions.len() == expected.actions;
    Played {
        name: scenario.name.clone(),
        about: scenario.about.clone(),
        expected: expected.resolution.to_string(),
        got: outcome.resolution.to_string(),
        ok,
        elapsed_ms: elapsed.as_millis(),
        severity: outcome.severity,
        actions: outcome.actions,
        steps: steps.lines(),
        folder,
        addresses: BTreeMap::new(),
    }
}

fn failed(scenario: &Scenario, folder: PathBuf, error: &str) -> Played {
    Played {
        name: scenario.name.clone(),
        about: scenario.about.clone(),
        expected: scenario.expected.resolution.to_string(),
        got: format!("error: {error}"),
        ok: false,
        elapsed_ms: 0,
        severity: None,
        actions: Vec::new(),
        steps: Vec::new(),
        folder,
        addresses: BTreeMap::new(),
    }
}

/// Leaves the audit log and the git history as text beside the conversation.
async fn leave_records(stage: &Stage) -> Result<(), ScenarioError> {
    let folder = stage.folder();
    let audit = stage.audit().await?;
    let lines: Vec<String> = audit.iter().filter_map(|entry| serde_json::to_string(entry).ok()).collect();
    write(&folder.join("audit.jsonl"), &(lines.join("\n") + "\n"))?;
    if let Some(history) = stage.history().await? {
        write(&folder.join("history.txt"), &history)?;
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), ScenarioError> {
    std::fs::write(path, text).map_err(|source| ScenarioError::Write { path: path.to_owned(), source })
}

fn tell(output: &Output, played: &Played) {
    output.line(format_args!("{BOLD}{}{BOLD:#}  {DIM}{}{DIM:#}", played.name, played.about));
    for (name, address) in &played.addresses {
        output.line(format_args!("  {DIM}{name:<12} {address}{DIM:#}"));
    }
    for step in &played.steps {
        output.line(format_args!("  {step}"));
    }
    output.line("");
}

fn table(output: &Output, all: &[Played]) {
    let width = all.iter().map(|played| played.name.len()).max().unwrap_or_default();
    output.line(format_args!(
        "{BOLD}{:<width$} {:<16} {:<16} {:<8} {:>8}{BOLD:#}",
        "scenario", "expected", "got", "severity", "time"
    ));
    for played in all {
        let style = if played.ok { GREEN } else { RED };
        let severity = played.severity.map(|severity| severity.to_string()).unwrap_or_default();
        output.line(format_args!(
            "{:<width$} {:<16} {style}{:<16}{style:#} {severity:<8} {:>5} ms",
            played.name, played.expected, played.got, played.elapsed_ms
        ));
    }
    let as_expected = all.iter().filter(|played| played.ok).count();
    output.line(format_args!("{as_expected} of {} as expected", all.len()));
}
