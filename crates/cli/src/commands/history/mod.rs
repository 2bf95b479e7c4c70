//! `lamplighter history`: what the archive of past incidents knows.

mod archive;
mod import;
mod stats;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use jiff::civil::Date;
use lamplighter::core::words::PastIncident;
use lamplighter::documents::PostMortem;
use lamplighter::history::Search;
use serde::Serialize;

use self::archive::OpenArchive;
use crate::output::{BOLD, DIM, Output, in_one_line};

/// What is asked.
#[derive(Debug, Subcommand)]
pub(crate) enum HistoryCommand {
    /// Find the incidents that have to do with these words; none where none has.
    Search {
        /// What was seen, in words: an error, a symptom, a cause.
        text: String,
        /// The folder of the archive.
        #[arg(long, value_name = "DIR")]
        archive: PathBuf,
        /// Only what happened before this day (UTC).
        #[arg(long, value_name = "DATE")]
        before: Option<Date>,
    },
    /// Find the incidents that have to do with a post-mortem; none where none has.
    Related {
        /// The post-mortem, in the archive or elsewhere; also as the archive's own answers name it.
        file: PathBuf,
        /// The folder of the archive.
        #[arg(long, value_name = "DIR")]
        archive: PathBuf,
        /// Only what happened before this day (UTC).
        #[arg(long, value_name = "DATE")]
        before: Option<Date>,
    },
    /// Count: incidents by month, severity, cause and service, what was never done, and severities that our rules see
    /// otherwise.
    Stats {
        /// The folder of the archive.
        #[arg(long, value_name = "DIR")]
        archive: PathBuf,
    },
    /// Say of each file of an archive what is understood of it and what is not.
    Import {
        /// The folder of the archive.
        archive: PathBuf,
    },
}

/// An answer, as it is printed.
#[derive(Debug, Serialize)]
struct Answer {
    /// The most relevant first.
    related: Vec<Related>,
}

#[derive(Debug, Serialize)]
struct Related {
    /// Its path within the archive.
    file: String,
    /// From 0 to 1.
    score: f64,
    why: Vec<String>,
}

pub(crate) async fn run(output: &Output, config: &Path, command: HistoryCommand) -> anyhow::Result<ExitCode> {
    match command {
        HistoryCommand::Search { text, archive, before } => {
            let archive = OpenArchive::open(config, &archive).await?;
            let found = archive.index.search(&text, &Search { before, ..Search::default() });
            answer(output, &archive, &found)
        }
        HistoryCommand::Related { file, archive, before } => {
            let file = found(file, &archive);
            let text = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let text = String::from_utf8_lossy(&text).into_owned();
            let archive = OpenArchive::open(config, &archive).await?;
            let within = archive.within(&file);
            let path = within.clone().unwrap_or_else(|| file.to_string_lossy().into_owned());
            let document = PostMortem::read(&path, &text);
            let search = Search { before, except: within, text: Some(text), mark: None };
            answer(output, &archive, &archive.index.related(&document, &search))
        }
        HistoryCommand::Stats { archive } => stats::run(output, &OpenArchive::open(config, &archive).await?),
        HistoryCommand::Import { archive } => import::run(output, &archive).await,
    }
}

/// A file that is not here may be named by its path in the archive, as answers name it.
fn found(file: PathBuf, archive: &Path) -> PathBuf {
    let within = archive.join(&file);
    if !file.exists() && within.exists() { within } else { file }
}

fn answer(output: &Output, archive: &OpenArchive, found: &[PastIncident]) -> anyhow::Result<ExitCode> {
    if found.is_empty() {
        output.line(format_args!("nothing relevant among {} incidents", archive.index.len()));
    }
    for past in found {
        let date = past.date.map_or_else(|| "no date".to_owned(), |date| date.to_string());
        let again = if past.is_recurrence { ", the same again" } else { "" };
        output.line(format_args!("{BOLD}{}{BOLD:#} ({date}{again}) {DIM}{:.2}{DIM:#}", past.title, past.score));
        output.line(format_args!("  {}", in_one_line(&past.path)));
        for why in &past.why {
            output.line(format_args!("  - {why}"));
        }
    }
    let related =
        found.iter().map(|past| Related { file: past.path.clone(), score: past.score, why: past.why.clone() });
    output.value(&Answer { related: related.collect() })?;
    Ok(ExitCode::SUCCESS)
}
