use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use lamplighter::core::words::{IssueNumber, WrittenPostMortem};
use lamplighter::{PostMortemOf, StageState, StageWatcher, standalone};
use serde_json::json;

use crate::args::CalledWrongly;
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
        (None, Some(_), Some(_)) => return Err(CalledWrongly("--since is after --until").into()),
        (None, ..) if wanted.dump.is_some() => PostMortemOf::Now,
        (None, ..) => {
            return Err(CalledWrongly("say of what: --issue N, --since TIME --until TIME, or --dump DIR").into());
        }
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
    let historian = sources.config.has_archive().then(|| sources.config.historian(archive));
    Ok(diagnostics.post_mortem(&standalone("post-mortem"), of, catalog, historian, Some(watcher)).await?)
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
    let file = if out == Path::new("-") { None } else { Some(write_file(out, written)?) };
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

/// Into a file that is named, or one of its own in a folder: the documents of others there are left alone.
fn write_file(out: &Path, written: &WrittenPostMortem) -> anyhow::Result<PathBuf> {
    let file = if out.is_dir() { free_name(out, written) } else { out.to_owned() };
    let said = || format!("cannot write {}", file.display());
    if out.as_os_str().to_string_lossy().ends_with('/') && !out.is_dir() {
        bail!("there is no folder {}; make it first", out.display());
    }
    // What is no file, such as a terminal, cannot be replaced.
    if file.exists() && !file.is_file() {
        std::fs::write(&file, &written.text).with_context(said)?;
        return Ok(file);
    }
    if std::fs::read_to_string(&file).is_ok_and(|standing| mark(&standing) != mark(&written.text)) {
        bail!("{} is not the post-mortem of this incident; name another file, or move it away", file.display());
    }
    // Through a link, to what it leads to.
    let file = file.canonicalize().unwrap_or(file);
    let said = || format!("cannot write {}", file.display());
    // Whole or not at all.
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(file.file_name().unwrap_or_default());
    hidden.push(".new");
    let whole = file.with_file_name(hidden);
    let put = std::fs::write(&whole, &written.text).and_then(|()| std::fs::rename(&whole, &file));
    if put.is_err() {
        // It may not even have begun.
        let _ = std::fs::remove_file(&whole);
    }
    put.with_context(said)?;
    Ok(file)
}

/// The line by which a document is known to be of an incident.
fn mark(text: &str) -> Option<&str> {
    text.lines().rev().find(|line| line.starts_with("<!-- lamplighter:post-mortem "))
}

/// The name of the document; with a number where another one has it. The same document again is the same file.
fn free_name(folder: &Path, written: &WrittenPostMortem) -> PathBuf {
    let stem = written.name.trim_end_matches(".md");
    let names = (2_u32..).map(|number| format!("{stem}-{number}.md"));
    let mut files = std::iter::once(written.name.clone()).chain(names).map(|name| folder.join(name));
    let is_ours =
        |file: &PathBuf| !file.exists() || std::fs::read_to_string(file).is_ok_and(|standing| standing == written.text);
    files.find(is_ours).unwrap_or_else(|| folder.join(&written.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_of_another_incident_is_not_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("p.md");
        let link = dir.path().join("link.md");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let written = |incident: &str| WrittenPostMortem {
            name: "p.md".to_owned(),
            title: String::new(),
            text: format!("{incident}\n\n<!-- lamplighter:post-mortem incident/{incident} -->\n"),
        };
        write_file(&file, &written("one")).unwrap();
        write_file(&link, &written("one")).unwrap();
        assert!(link.is_symlink(), "a link stays one");
        let refused = write_file(&file, &written("other")).unwrap_err().to_string();
        assert!(refused.ends_with("name another file, or move it away"), "{refused}");
        std::fs::write(&file, "by hand\n").unwrap();
        write_file(&link, &written("one")).unwrap_err();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "by hand\n");
    }

    #[test]
    fn a_document_in_a_folder_is_never_written_over_by_another() {
        let folder = tempfile::tempdir().unwrap();
        let written = |text: &str| WrittenPostMortem {
            name: "2026-03-01-wiki.md".to_owned(),
            title: "Wiki".to_owned(),
            text: text.to_owned(),
        };
        let first = write_file(folder.path(), &written("one")).unwrap();
        assert_eq!(write_file(folder.path(), &written("one")).unwrap(), first, "the same document is the same file");
        let second = write_file(folder.path(), &written("two")).unwrap();
        assert_eq!(second, folder.path().join("2026-03-01-wiki-2.md"));
        assert_eq!(std::fs::read_to_string(&first).unwrap(), "one");
        // A file that is named is meant.
        write_file(&first, &written("three")).unwrap();
        assert_eq!(std::fs::read_to_string(&first).unwrap(), "three");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left");
        let missing = write_file(&folder.path().join("new/"), &written("four")).unwrap_err();
        assert!(missing.to_string().contains("there is no folder"), "{missing}");
    }
}
