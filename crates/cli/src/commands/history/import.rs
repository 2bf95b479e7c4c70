use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use jiff::civil::Date;
use lamplighter::adapters::FolderArchive;
use lamplighter::core::words::Severity;
use lamplighter::documents::{Part, PostMortem, Unread};
use serde::Serialize;

use crate::output::{BOLD, DIM, Output, YELLOW, counted, in_one_line};

/// What an archive was understood to be.
#[derive(Debug, Serialize)]
struct Import {
    files: Vec<Understood>,
    left_out: Vec<LeftOut>,
}

/// What was understood of a file.
#[derive(Debug, Serialize)]
struct Understood {
    file: String,
    title: String,
    date: Option<Date>,
    severity: Option<Severity>,
    services: Vec<String>,
    parts: Vec<Part>,
    action_items: usize,
    /// What a post-mortem has and was not found.
    missing: Vec<&'static str>,
    /// What is there and could not be read.
    unread: Vec<Unread>,
}

#[derive(Debug, Serialize)]
struct LeftOut {
    file: String,
    why: &'static str,
}

pub(crate) async fn run(output: &Output, archive: &Path) -> anyhow::Result<ExitCode> {
    let dir = archive.canonicalize().with_context(|| format!("there is no archive {}", archive.display()))?;
    let contents = FolderArchive::new(dir).contents().await?;
    let files: Vec<_> =
        contents.documents.iter().map(|found| understand(&PostMortem::read(&found.path, &found.text))).collect();
    let left_out = contents.left_out.into_iter().map(|file| LeftOut { file: file.path, why: file.why });
    let import = Import { files, left_out: left_out.collect() };
    show(output, &import);
    output.value(&import)?;
    Ok(ExitCode::SUCCESS)
}

fn understand(document: &PostMortem) -> Understood {
    let mut parts: Vec<_> = document.sections.iter().filter_map(|section| section.part).collect();
    parts.sort_unstable();
    parts.dedup();
    let absent = [
        ("title", document.title.is_empty()),
        ("date", document.date.is_none()),
        ("severity", document.severity.is_none()),
        ("services", document.services.is_empty()),
        ("summary", !parts.contains(&Part::Summary)),
        ("root cause", !parts.contains(&Part::RootCause)),
        ("resolution", !parts.contains(&Part::Resolution)),
        ("action items", document.action_items.is_empty()),
    ];
    Understood {
        file: document.path.clone(),
        title: document.title.clone(),
        date: document.date,
        severity: document.severity,
        services: document.services.clone(),
        parts,
        action_items: document.action_items.len(),
        missing: absent.into_iter().filter(|(_, is_absent)| *is_absent).map(|(name, _)| name).collect(),
        unread: document.unread.clone(),
    }
}

fn show(output: &Output, import: &Import) {
    for file in &import.files {
        let or_not = |text: Option<String>| text.unwrap_or_else(|| "?".to_owned());
        output.line(format_args!("{BOLD}{}{BOLD:#}", in_one_line(&file.file)));
        output.line(format_args!("  {}", file.title));
        output.line(format_args!(
            "  {}, {}, {}, {}, {}",
            or_not(file.date.map(|date| date.to_string())),
            or_not(file.severity.map(|severity| severity.to_string())),
            or_not((!file.services.is_empty()).then(|| file.services.join(" and "))),
            counted(file.parts.len(), "part"),
            counted(file.action_items, "action item")
        ));
        if !file.missing.is_empty() {
            output.line(format_args!("  {DIM}not found: {}{DIM:#}", file.missing.join(", ")));
        }
        for unread in &file.unread {
            output.line(format_args!("  {YELLOW}line {}{YELLOW:#}: {}", unread.line, unread.why));
        }
    }
    for file in &import.left_out {
        output.line(format_args!("{YELLOW}{}{YELLOW:#} left out: {}", in_one_line(&file.file), file.why));
    }
    let verb = if import.files.len() == 1 { "was" } else { "were" };
    let read = counted(import.files.len(), "file");
    output.line(format_args!("{read} {verb} read, {} left out", import.left_out.len()));
}
