use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use lamplighter::adapters::FilesTracker;
use lamplighter::config::{ClusterConfig, TrackerConfig};
use lamplighter::core::ports::{JobId, JobState, Message, Work};
use lamplighter::core::words::{Digest, IssueNumber};
use lamplighter::core::{CancellationToken, Clock as _, Error, ErrorKind};
use lamplighter::{DispatchSettings, Lamplighter, Outcome, SystemClock};
use lamplighter_server::ServerSettings;
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
    let steps = Steps::default();
    let progress = Progress::start("answering");
    let (show, keep) = (progress.watcher(), steps.watcher());
    let builder =
        sources.config.wire().await?.cancellation(stop_on_signal()).on_step(Arc::new(move |run, step, value| {
            show(run, step, value);
            keep(run, step, value);
        }));
    let lamplighter = builder.build()?;
    let answered = match &sources.config.tracker {
        TrackerConfig::Github(github) if number_of(issue).is_none() => {
            let message = message(&lamplighter, &github.repository, issue, again).await?;
            deliver(lamplighter, message).await
        }
        _ => {
            let number = find_issue(&sources, issue).await?;
            let outcome =
                if again { lamplighter.respond_again(number).await } else { lamplighter.respond(number).await };
            outcome.map(|outcome| Answered::Issue(number, outcome))
        }
    };
    drop(progress);
    let answered = match answered {
        Err(error) if error.kind() == ErrorKind::Waiting => Answered::Waiting(error),
        answered => answered?,
    };
    tell(output, &sources, &steps, &answered)?;
    Ok(ExitCode::SUCCESS)
}

/// What came of it.
enum Answered {
    /// An issue was answered.
    Issue(IssueNumber, Outcome),
    /// A person has to decide first.
    Waiting(Error),
    /// The message asks for nothing that is done here.
    Nothing(&'static str),
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
    let bytes = read_payload(issue)?;
    let folder = sources.tracker_folder().context("a payload is taken into a tracker that is a folder")?;
    let tracker = FilesTracker::open(folder, Arc::new(SystemClock)).map_err(Error::from)?;
    tracker.import_payload(&bytes).await.map_err(|error| error.context(issue).into())
}

fn read_payload(path: &str) -> anyhow::Result<Vec<u8>> {
    if !Path::new(path).is_file() {
        bail!(
            "{path:?} is neither an issue's number nor a file; give a number, or the file of a GitHub webhook payload"
        );
    }
    std::fs::read(path).with_context(|| format!("cannot read {path}"))
}

/// The message in a file, as a workflow finds it in `$GITHUB_EVENT_PATH`. Its id is its content, so that a workflow that is
/// run again does nothing twice.
async fn message(
    lamplighter: &Lamplighter,
    repository: &str,
    path: &str,
    again: bool,
) -> anyhow::Result<Option<Message>> {
    let bytes = read_payload(path)?;
    let parsed: serde_json::Value =
        serde_json::from_slice(&bytes).with_context(|| format!("{path} is not a GitHub webhook payload"))?;
    let event = if parsed.get("comment").is_some() { "issue_comment" } else { "issues" };
    let settings = ServerSettings {
        repository: Some(repository.to_owned()),
        ourselves: Some(lamplighter.ourselves().await?),
        ..ServerSettings::default()
    };
    let digest = Digest::of(&bytes);
    let message = lamplighter_server::message(event, digest.short(), &bytes, &settings, SystemClock.now())?;
    let Some(mut message) = message else { return Ok(None) };
    if let (true, Some((id, Work::Answer { again, .. }))) = (again, &mut message.job) {
        *again = true;
        *id = JobId::new(format!("{id}/again/{}", digest.short()));
    }
    Ok(Some(message))
}

/// Takes a message in and does what it asks for.
async fn deliver(lamplighter: Lamplighter, message: Option<Message>) -> lamplighter::core::Result<Answered> {
    let Some(message) = message else { return Ok(Answered::Nothing("the message asks for nothing")) };
    let dispatcher = lamplighter.dispatcher(DispatchSettings::default())?;
    let job = message.job.clone();
    dispatcher.submit(message).await?;
    let Some((id, work)) = job else { return Ok(Answered::Nothing("the message was noted; it asks for no answer")) };
    match dispatcher.perform(&id).await? {
        JobState::Completed { outcome } => Ok(match (work.issue(), serde_json::from_value(outcome)) {
            (Some(issue), Ok(outcome)) => Answered::Issue(issue, outcome),
            _ => Answered::Nothing("the command was carried out, or was none of somebody who may give it"),
        }),
        JobState::Waiting { until } => Ok(Answered::Waiting(Error::waiting(until))),
        JobState::Queued { .. } | JobState::Running => {
            let message =
                "it could not be answered now and will be when this is run again; LAMPLIGHTER_LOG=warn says why";
            Err(Error::new(ErrorKind::Unavailable, message))
        }
        JobState::Failed { reason } | JobState::TimedOut { reason } => {
            Err(Error::new(ErrorKind::Unavailable, format!("it could not be answered: {reason}")).with_retryable(false))
        }
    }
}

fn tell(output: &Output, sources: &Sources, steps: &Steps, answered: &Answered) -> anyhow::Result<()> {
    let (number, outcome) = match answered {
        Answered::Issue(number, outcome) => (*number, outcome),
        Answered::Waiting(error) => {
            output.line(format_args!("{BOLD}waiting{BOLD:#}: it {error}; run this again when it was decided"));
            return output.value(&json!({ "waiting_until": error.waits_until() }));
        }
        Answered::Nothing(why) => {
            output.line(why);
            return output.value(&json!({ "ignored": why }));
        }
    };
    let conversation = sources.tracker_folder().map(|folder| conversation(folder, number)).transpose()?;
    if let Some(conversation) = &conversation {
        output.line(conversation.trim_end());
        output.line("");
    }
    for line in steps.lines() {
        output.line(format_args!("{DIM}  {line}{DIM:#}"));
    }
    let severity = outcome.severity.map(|severity| format!(", {severity}")).unwrap_or_default();
    output.line(format_args!("{BOLD}{number} {}{severity}{BOLD:#}: {}", outcome.resolution, outcome.summary));
    output.value(&json!({ "issue": number, "outcome": outcome, "steps": steps.lines(), "conversation": conversation }))
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
