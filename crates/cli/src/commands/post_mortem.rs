use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use lamplighter::core::words::{IssueNumber, WrittenPostMortem};
use lamplighter::{PostMortemOf, StageState, StageWatcher, standalone};
use serde_json::json;

use crate::commands::sources::Sources;
use crate::output::Output;
use crate::progress::Progress;

/// What the arguments ask for.
pub(crate) struct Wanted {
    pub(crate) issue: Option<u64>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) dump: Option<PathBuf>,
    pub(crate) archive: Option<PathBuf>,
    pub(crate) out: PathBuf,
}

pub(crate) async fn run(output: &Output, config: &Path, wanted: Wanted) -> anyhow::Result<ExitCode> {
    let of = match (wanted.issue, wanted.since, wanted.until) {
        (Some(issue), ..) => PostMortemOf::Issue(IssueNumber(issue)),
        (None, Some(from), Some(to)) if from <= to => PostMortemOf::Window { from, to },
        (None, Some(_), Some(_)) => bail!("--since is after --until"),
        (None, ..) if wanted.dump.is_some() => PostMortemOf::Now,
        (None, ..) => bail!("say of what: --issue N, --since TIME --until TIME, or --dump DIR"),
    };
    let mut sources = match &wanted.dump {
        Some(dump) if !dump.is_dir() => bail!("there is no dump folder {}", dump.display()),
        Some(dump) => Sources::look(config, dump)?,
        None => Sources::configured(config)?,
    };
    if let Some(archive) = &wanted.archive {
        if !archive.is_dir() {
            bail!("there is no archive folder {}", archive.display());
        }
        sources.config.post_mortems.archive = Some(archive.to_string_lossy().into_owned());
    }
    let lost = Arc::new(Mutex::new(Vec::new()));
    let written = {
        let progress = Progress::start("writing the post-mortem");
        write(&sources, &of, wanted.archive.as_deref(), watcher(&progress, &lost)).await?
    };
    // Standard output is the document, so what is missing in it is said beside it.
    for line in lost.lock().map(|lost| lost.clone()).unwrap_or_default() {
        Output::note(&line);
    }
    deliver(output, &wanted.out, &written)?;
    Ok(ExitCode::SUCCESS)
}

async fn write(
    sources: &Sources,
    of: &PostMortemOf,
    archive: Option<&Path>,
    watcher: StageWatcher,
) -> anyhow::Result<WrittenPostMortem> {
    if matches!(of, PostMortemOf::Issue(_)) {
        let lamplighter = sources.config.wire().await?.build()?;
        return Ok(lamplighter.post_mortem(of, Some(watcher)).await?);
    }
    let diagnostics = sources.config.diagnostics().await?;
    let catalog = sources.config.options().catalog;
    let historian = sources.config.historian(archive);
    Ok(diagnostics.post_mortem(&standalone("post-mortem"), of, catalog, Some(historian), Some(watcher)).await?)
}

/// Shows each stage, and keeps what is lost.
fn watcher(progress: &Progress, lost: &Arc<Mutex<Vec<String>>>) -> StageWatcher {
    let (show, lost) = (progress.teller(), Arc::clone(lost));
    Arc::new(move |progress| match progress.state {
        StageState::Began => show(progress.stage),
        StageState::Lost(why) => {
            if let Ok(mut lost) = lost.lock() {
                lost.push(format!("without the {}: {why}", progress.stage));
            }
        }
        StageState::Done | StageState::Skipped => {}
    })
}

fn deliver(output: &Output, out: &Path, written: &WrittenPostMortem) -> anyhow::Result<()> {
    let file = if out == Path::new("-") {
        None
    } else {
        let file = if out.is_dir() { out.join(&written.name) } else { out.to_owned() };
        std::fs::write(&file, &written.text).with_context(|| format!("cannot write {}", file.display()))?;
        Some(file)
    };
    match &file {
        None => output.line(written.text.trim_end()),
        Some(file) => output.line(format_args!("wrote {}", file.display())),
    }
    output.value(&json!({
        "name": written.name,
        "title": written.title,
        "file": file,
        "text": written.text,
    }))
}
