use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lamplighter::TodoRequest;
use lamplighter_documents::{ActionItem, ActionKind, ItemStatus, PostMortem, Priority};
use serde::Serialize;

use crate::args::EXIT_ERROR;
use crate::commands::sources::Sources;
use crate::output::{BOLD, DIM, GREEN, Output, RED, YELLOW, counted, in_one_line};

/// An action item with where it is.
#[derive(Serialize)]
struct Todo<'a> {
    file: &'a str,
    line: usize,
    priority: Option<Priority>,
    action: &'a str,
    #[serde(rename = "type")]
    kind: Option<ActionKind>,
    type_inferred: bool,
    details: &'a str,
    status: ItemStatus,
    safe: bool,
    owner: Option<&'a str>,
}

/// Lists the action items of files. What cannot be read is said, the rest is listed, and the code is that of an error.
pub(crate) fn run(output: &Output, paths: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let mut read: Vec<(String, Vec<ActionItem>)> = Vec::new();
    let mut is_whole = true;
    let mut complain = |path: &Path, error: io::Error| {
        is_whole = false;
        Output::failure_of(path, &error);
    };
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files, &mut complain);
    }
    for path in &files {
        match text_of(path) {
            Ok(text) => {
                let name = path.display().to_string();
                let document = PostMortem::read(&name, &text);
                read.push((name, document.action_items));
            }
            Err(error) => complain(path, error),
        }
    }
    if read.is_empty() && !is_whole {
        anyhow::bail!("no file could be read");
    }
    let todos: Vec<Todo<'_>> =
        read.iter().flat_map(|(file, items)| items.iter().map(|item| Todo::of(file, item))).collect();
    show(output, &todos, read.len());
    output.value(&todos)?;
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(EXIT_ERROR) })
}

/// The text of a file. What never ends, such as a pipe or a device, is not read.
fn text_of(path: &Path) -> io::Result<String> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "left out: no regular file"));
    }
    let text = lamplighter_documents::decode(&std::fs::read(path)?);
    text.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "left out: not UTF-8"))
}

/// Does what is safe of the action items of post-mortems in the repository.
pub(crate) async fn resolve(output: &Output, config: &Path, paths: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let lamplighter = Sources::configured(config)?.config.wire().await?.build()?;
    let mut outcomes = Vec::new();
    for path in paths {
        let path = path.to_string_lossy().into_owned();
        let outcome = lamplighter.resolve_todos(TodoRequest { path: path.clone(), requested_by: None }).await?;
        output.line(format_args!("{BOLD}{}{BOLD:#}", in_one_line(&path)));
        for item in &outcome.items {
            match (&item.commit, &item.needs_review) {
                (Some(commit), _) => output.line(format_args!(
                    "{DIM}{:>6}{DIM:#}  {GREEN}done{GREEN:#}  {}, commit {}",
                    item.line,
                    item.action,
                    commit.short()
                )),
                (None, why) => output.line(format_args!(
                    "{DIM}{:>6}{DIM:#}  {YELLOW}left{YELLOW:#}  {}: {}",
                    item.line,
                    item.action,
                    why.as_deref().unwrap_or("a person has to look")
                )),
            }
        }
        if let Some(why) = &outcome.why_not {
            output.line(format_args!("{RED}the document was not updated{RED:#}: {why}"));
        }
        if outcome.items.is_empty() {
            output.line("        nothing in it is still to do");
        }
        outcomes.push(serde_json::json!({ "file": path, "outcome": outcome }));
    }
    output.value(&outcomes)?;
    Ok(ExitCode::SUCCESS)
}

impl<'a> Todo<'a> {
    fn of(file: &'a str, item: &'a ActionItem) -> Self {
        Self {
            file,
            line: item.line,
            priority: item.priority,
            action: &item.action,
            kind: item.kind,
            type_inferred: item.is_kind_inferred,
            details: &item.details,
            status: item.status,
            safe: item.is_safe(),
            owner: item.owner.as_deref(),
        }
    }
}

fn show(output: &Output, todos: &[Todo<'_>], files: usize) {
    let mut file = "";
    for todo in todos {
        if todo.file != file {
            file = todo.file;
            output.line(format_args!("{BOLD}{}{BOLD:#}", in_one_line(file)));
        }
        let (style, status) = match todo.status {
            ItemStatus::Todo => (RED, "todo"),
            ItemStatus::InProgress => (YELLOW, "in progress"),
            ItemStatus::Done => (GREEN, "done"),
            ItemStatus::Dropped => (DIM, "dropped"),
            ItemStatus::Unknown => (YELLOW, "unknown"),
        };
        let priority = todo.priority.map_or_else(|| "-".to_owned(), |priority| format!("{priority:?}"));
        let mark = if todo.type_inferred { "?" } else { "" };
        let kind = todo.kind.map_or_else(|| "-".to_owned(), |kind| format!("{kind:?}{mark}"));
        output.line(format_args!(
            "{DIM}{:>6}{DIM:#}  {style}{status:<11}{style:#}  {priority:<2}  {kind:<14}  {}",
            todo.line, todo.action
        ));
    }
    let open = todos.iter().filter(|todo| todo.status.is_open()).count();
    let (items, files) = (counted(todos.len(), "action item"), counted(files, "file"));
    output.line(format_args!("{items} in {files}, {open} not done"));
}

/// The files that are named, and those in the folders that are, by name. Hidden ones are left out and links not followed.
fn collect(path: &Path, files: &mut Vec<PathBuf>, complain: &mut impl FnMut(&Path, io::Error)) {
    if !path.is_dir() {
        files.push(path.to_owned());
        return;
    }
    let entries = match std::fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
        Ok(entries) => entries,
        Err(error) => return complain(path, error),
    };
    let mut entries: Vec<_> =
        entries.into_iter().filter(|entry| !entry.file_name().to_string_lossy().starts_with('.')).collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let Ok(kind) = entry.file_type() else { continue };
        let path = entry.path();
        let is_document = path
            .extension()
            .is_some_and(|end| ["md", "markdown", "html", "htm"].iter().any(|known| end.eq_ignore_ascii_case(known)));
        if kind.is_dir() {
            collect(&path, files, complain);
        } else if kind.is_file() && is_document {
            files.push(path);
        }
    }
}
