use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use lamplighter::Outcome;
use lamplighter::adapters::FilesTracker;
use lamplighter::config::ClusterConfig;
use lamplighter::core::CancellationToken;
use lamplighter::core::words::IssueNumber;
use serde_json::json;

use crate::commands::sources::Sources;
use crate::commands::steps::Steps;
use crate::output::{BOLD, DIM, Output};
use crate::progress::Progress;

pub(crate) async fn run(
    output: &Output,
    config: &Path,
    issue: &str,
    cluster: Option<PathBuf>,
    again: bool,
) -> anyhow::Result<ExitCode> {
    if cluster.is_some() && number_of(issue).is_some() {
        bail!(
            "--cluster goes with a payload file; issue {issue} of the tracker is answered from the configured cluster"
        );
    }
    let sources = match cluster {
        Some(dir) => Sources::of(config, ClusterConfig::Snapshot { dir })?,
        None => Sources::configured(config)?,
    };
    let number = find_issue(&sources, issue).await?;
    let steps = Steps::default();
    let outcome = {
        let progress = Progress::start("answering");
        let (show, keep) = (progress.watcher(), steps.watcher());
        let builder = sources.config.wire().await?;
        let lamplighter = builder
            .on_step(std::sync::Arc::new(move |run, step, value| {
                show(run, step, value);
                keep(run, step, value);
            }))
            .cancellation(stop_on_signal())
            .build()?;
        if again { lamplighter.respond_again(number).await? } else { lamplighter.respond(number).await? }
    };
    let conversation = conversation(&sources.tracker_folder(), number)?;
    show(output, number, &steps, &outcome, &conversation);
    output
        .value(&json!({ "issue": number, "outcome": outcome, "steps": steps.lines(), "conversation": conversation }))?;
    Ok(ExitCode::SUCCESS)
}

/// The number, where one is given.
fn number_of(issue: &str) -> Option<IssueNumber> {
    issue.trim_start_matches('#').parse().ok().map(IssueNumber)
}

/// A number of the tracker, or a file that is taken into it.
async fn find_issue(sources: &Sources, issue: &str) -> anyhow::Result<IssueNumber> {
    if let Some(number) = number_of(issue) {
        return Ok(number);
    }
    let path = Path::new(issue);
    if !path.is_file() {
        bail!(
            "{issue:?} is neither an issue's number nor a file; give a number, or the file of a GitHub webhook payload"
        );
    }
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let tracker = FilesTracker::open(sources.tracker_folder(), std::sync::Arc::new(lamplighter::SystemClock))
        .map_err(lamplighter::core::Error::from)?;
    tracker.import_payload(&bytes).await.map_err(|error| error.context(path.display()).into())
}

fn conversation(folder: &Path, number: IssueNumber) -> anyhow::Result<String> {
    let prefix = format!("{:04}", number.0);
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = entries.filter_map(Result::ok).map(|entry| entry.path());
    let is_ours = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix)) && path.extension().is_some()
    };
    let path = files.find(is_ours).with_context(|| format!("the file of issue {number} is gone"))?;
    std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

fn show(output: &Output, number: IssueNumber, steps: &Steps, outcome: &Outcome, conversation: &str) {
    output.line(conversation.trim_end());
    output.line("");
    for line in steps.lines() {
        output.line(format_args!("{DIM}  {line}{DIM:#}"));
    }
    let severity = outcome.severity.map(|severity| format!(", {severity}")).unwrap_or_default();
    output.line(format_args!("{BOLD}{number} {}{severity}{BOLD:#}: {}", outcome.resolution, outcome.summary));
}

/// Ctrl-C ends the run before its next step; the journal has what was done, and it goes on when it is started
/// again.
fn stop_on_signal() -> CancellationToken {
    let token = CancellationToken::new();
    let stop = token.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.cancel();
        }
    });
    token
}
