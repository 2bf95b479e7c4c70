//! Trouble that is written down and lived with, as a Markdown file.

use std::path::Path;

use jiff::civil::Date;
use lamplighter_core::words::KnownIssue;

use crate::FilesError;
use crate::disk::blocking;

/// The known issues of a Markdown file, for people to read and for scans to go by.
///
/// # The format
/// A heading for each issue, then the objects that it is about, each as `kind/namespace/name` on a line of its own, as a
/// list or in backticks; an optional last day; and what is known, in prose:
///
/// ```text
/// # Known issues
///
/// ## The wiki leaks memory
///
/// - `pod/apps/wiki-*`
/// - `deployment/apps/wiki`
///
/// until: 2026-12-31
///
/// It restarts about once a week. See runbook 7.
/// ```
///
/// Or a table with the columns `Object`, `Until` and `Note`, of which the first is needed, anywhere in the file:
///
/// ```text
/// | Object                | Until      | Note                    |
/// |-----------------------|------------|-------------------------|
/// | `monitor/old-printer` | 2026-12-31 | is switched off at night |
/// ```
///
/// - `kind/name` is an object without a namespace, or of that name in any. A kind or a namespace that is `*` means any.
/// - A `*` at the end of a name stands for any rest. A name that is `*` alone is refused: it would silence a cluster.
/// - The last day is inclusive, in UTC. After it the trouble counts again.
/// - Code blocks, HTML comments and everything under a heading without an object are for people.
///
/// What cannot be read is a [problem](KnownIssuesFile::problems) with its line, and silences nothing.
///
/// ```
/// use lamplighter_files::KnownIssuesFile;
///
/// let file = KnownIssuesFile::parse("## The wiki leaks\n\n- `pod/apps/wiki-*`\n- `pod/apps/*`\n");
/// assert_eq!(file.issues()[0].name, "wiki-*");
/// assert_eq!(file.problems()[0].to_string(), "line 4: the name of `pod/apps/*` is * alone, which would silence too much");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownIssuesFile {
    issues: Vec<KnownIssue>,
    problems: Vec<KnownIssueProblem>,
}

/// Something in the file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownIssueProblem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

impl std::fmt::Display for KnownIssueProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl KnownIssuesFile {
    /// Reads a file.
    ///
    /// # Errors
    /// When there is none, or it cannot be read. What is wrong inside of it is no error but a problem.
    pub async fn read(path: impl AsRef<Path>) -> Result<Self, FilesError> {
        let path = path.as_ref().to_owned();
        let text = blocking(move || std::fs::read_to_string(&path).map_err(FilesError::io("read", &path))).await?;
        Ok(Self::parse(&text))
    }

    /// Reads the text of one.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut reading = Reading::default();
        for (at, line) in (1..).zip(text.lines()) {
            reading.line(at, line.trim());
        }
        reading.end_section();
        reading.file
    }

    /// The known issues, one for each object.
    #[must_use]
    pub fn issues(&self) -> &[KnownIssue] {
        &self.issues
    }

    /// What cannot be read, by line.
    #[must_use]
    pub fn problems(&self) -> &[KnownIssueProblem] {
        &self.problems
    }
}

/// How far the file has been read.
#[derive(Default)]
struct Reading {
    file: KnownIssuesFile,
    /// The fence that ends the code block, where there is one.
    fence: Option<&'static str>,
    in_comment: bool,
    section: Section,
    table: Option<Columns>,
    /// The cells of the line before, which are the names of the columns where a line of dashes follows.
    head: Option<Vec<String>>,
}

/// What stands under one heading.
#[derive(Default)]
struct Section {
    heading: String,
    objects: Vec<KnownIssue>,
    until: Option<Date>,
    prose: Vec<String>,
    /// A last day that cannot be read: better to silence nothing than for ever.
    is_void: bool,
}

/// Which column of a table is what.
struct Columns {
    object: usize,
    until: Option<usize>,
    note: Option<usize>,
}

impl Reading {
    fn line(&mut self, at: usize, line: &str) {
        if self.is_hidden(line) {
            return;
        }
        if let Some(cells) = cells(line) {
            return self.row(at, cells);
        }
        (self.table, self.head) = (None, None);
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        if (1..=6).contains(&level) && line.get(level..).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')) {
            self.end_section();
            line.trim_matches('#').trim().clone_into(&mut self.section.heading);
        } else if let Some(day) = until(line) {
            if let Ok(day) = day.parse() {
                self.section.until = Some(day);
            } else {
                self.section.is_void = true;
                self.problem(at, format!("{day:?} is not a day such as 2026-12-31, so this issue silences nothing"));
            }
        } else if let Some(objects) = objects(line) {
            for object in objects {
                match known(object) {
                    Ok(known) => self.section.objects.push(known),
                    Err(what) => self.problem(at, what),
                }
            }
        } else if !line.is_empty() {
            self.section.prose.push(line.to_owned());
        }
    }

    /// Whether a line is of a code block or of an HTML comment.
    fn is_hidden(&mut self, line: &str) -> bool {
        if let Some(fence) = self.fence {
            self.fence = self.fence.filter(|_| !line.starts_with(fence));
            return true;
        }
        if self.in_comment {
            self.in_comment = !line.contains("-->");
            return true;
        }
        self.fence = ["```", "~~~"].into_iter().find(|fence| line.starts_with(fence));
        let is_comment = line.starts_with("<!--");
        self.in_comment = is_comment && !line.contains("-->");
        is_comment || self.fence.is_some()
    }

    fn row(&mut self, at: usize, cells: Vec<String>) {
        let is_rule = cells.iter().all(|cell| !cell.is_empty() && cell.bytes().all(|byte| b"-: ".contains(&byte)));
        if is_rule {
            let head = self.head.take();
            self.table = head.as_deref().and_then(columns);
            return;
        }
        let Some(columns) = &self.table else {
            self.head = Some(cells);
            return;
        };
        let cell = |column: usize| cells.get(column).map_or("", String::as_str);
        let note = columns.note.map(cell).filter(|note| !note.is_empty()).unwrap_or(&self.section.heading).to_owned();
        let (day, object) = (columns.until.map_or("", cell), cell(columns.object));
        let until = if day.is_empty() { Ok(None) } else { day.parse().map(Some) };
        let known = match (until, known(object.trim_matches('`'))) {
            (Ok(until), Ok(known)) => Ok(KnownIssue { note, until, ..known }),
            (Err(_), _) => Err(format!("{day:?} is not a day such as 2026-12-31, so this row silences nothing")),
            (_, Err(what)) => Err(what),
        };
        match known {
            Ok(known) => self.file.issues.push(known),
            Err(what) => self.problem(at, what),
        }
    }

    fn end_section(&mut self) {
        let Section { heading, objects, until, prose, is_void } = std::mem::take(&mut self.section);
        if is_void {
            return;
        }
        let parts: Vec<_> = [heading, prose.join(" ")].into_iter().filter(|part| !part.is_empty()).collect();
        let note = parts.join(": ");
        self.file.issues.extend(objects.into_iter().map(|known| KnownIssue { note: note.clone(), until, ..known }));
    }

    fn problem(&mut self, line: usize, what: String) {
        self.file.problems.push(KnownIssueProblem { line, what });
    }
}

/// The cells of a line of a table.
fn cells(line: &str) -> Option<Vec<String>> {
    let inner = line.strip_prefix('|')?;
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    Some(inner.split('|').map(|cell| cell.trim().to_owned()).collect())
}

/// A table is one of known issues when it has a column for objects. Any other one is for people.
fn columns(head: &[String]) -> Option<Columns> {
    let column = |names: &[&str]| head.iter().position(|cell| names.contains(&cell.to_lowercase().as_str()));
    Some(Columns {
        object: column(&["object", "objects"])?,
        until: column(&["until"]),
        note: column(&["note", "notes"]),
    })
}

/// What a line without the mark of a list and without emphasis says.
fn bare(line: &str) -> &str {
    let item = ["- ", "* ", "+ "].into_iter().find_map(|mark| line.strip_prefix(mark));
    item.unwrap_or(line).trim()
}

/// The day of a line such as `until: 2026-12-31` or `- **Until:** 2026-12-31`.
fn until(line: &str) -> Option<&str> {
    let line = bare(line).trim_start_matches(['*', '_']);
    let (key, day) = line.split_once(':')?;
    key.trim().eq_ignore_ascii_case("until").then(|| day.trim_matches(|c: char| c.is_whitespace() || "*_`".contains(c)))
}

/// The objects of a line that has nothing but objects: words with a slash, or anything in backticks without a space.
fn objects(line: &str) -> Option<Vec<&str>> {
    let line = bare(line);
    let words = line.split([',', ' ', '\t']).filter(|word| !word.is_empty());
    let object = |word: &'_ str| -> Option<(usize, usize)> {
        let quoted = word.len() > 2 && word.starts_with('`') && word.ends_with('`');
        (quoted || is_path(word)).then_some(if quoted { (1, word.len() - 1) } else { (0, word.len()) })
    };
    let objects: Option<Vec<&str>> = words.map(|word| object(word).and_then(|(from, to)| word.get(from..to))).collect();
    objects.filter(|objects| !objects.is_empty())
}

/// `a/b` and `a/b/c`, and no address.
fn is_path(word: &str) -> bool {
    let parts = word.split('/').count();
    let is_plain = |c: char| c.is_alphanumeric() || "-._*:/".contains(c);
    (2..=3).contains(&parts) && word.chars().all(is_plain) && !word.contains("//") && !word.ends_with(['/', '.', ':'])
}

fn known(object: &str) -> Result<KnownIssue, String> {
    let shown = object.replace(['\n', '\r'], " ");
    let parts: Vec<&str> = object.split('/').map(str::trim).collect();
    let (kind, namespace, name) = match parts.as_slice() {
        [kind, name] => (*kind, None, *name),
        [kind, namespace, name] => (*kind, Some(*namespace), *name),
        _ => return Err(format!("`{shown}` is not kind/namespace/name")),
    };
    if kind.is_empty() || name.is_empty() || namespace.is_some_and(str::is_empty) {
        return Err(format!("`{shown}` leaves out a part of kind/namespace/name; write * for any kind or namespace"));
    }
    if name == "*" {
        return Err(format!("the name of `{shown}` is * alone, which would silence too much"));
    }
    let is_odd = |part: &str, ending: bool| {
        let inner = if ending { part.strip_suffix('*').unwrap_or(part) } else { part };
        part != "*" && inner.contains('*')
    };
    if is_odd(kind, false) || namespace.is_some_and(|namespace| is_odd(namespace, false)) || is_odd(name, true) {
        return Err(format!("`{shown}` has a * that is neither a whole kind or namespace nor the end of a name"));
    }
    let any = |part: &str| (part != "*").then(|| part.to_owned());
    Ok(KnownIssue { kind: any(kind), namespace: namespace.and_then(any), ..KnownIssue::new(name, "") })
}

#[cfg(test)]
mod tests;
