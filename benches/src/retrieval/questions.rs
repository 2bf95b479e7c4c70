use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;

use lamplighter_core::ports::ArchivedDocument;
use serde::Deserialize;

/// An archive with questions whose answers are known.
#[derive(Debug, Clone)]
pub struct Questions {
    /// The documents, by path.
    pub documents: Vec<ArchivedDocument>,
    /// Questions that some of them answer.
    pub related: Vec<Question>,
    /// Questions that none of them answers.
    pub unrelated: Vec<Question>,
}

/// A question.
#[derive(Debug, Clone)]
pub struct Question {
    /// What is asked with.
    pub text: String,
    /// The path of the document that this is the text of, within the archive or elsewhere.
    pub path: Option<String>,
    /// The documents that are right.
    pub right: Vec<String>,
}

#[derive(Deserialize)]
struct Line {
    query: String,
    related: OneOrMany,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Questions {
    /// Reads an archive folder, a file of related pairs, and where there is one a file of unrelated questions.
    ///
    /// A line of the pairs is `{"query": …, "related": … or […]}`, or the query, a tab, and what is right, parted by
    /// commas. Each line of the unrelated file is a query. Lines that begin with `#` are left out. A query is the path of
    /// a document in the archive, else the path of a file beside the list, else words. Queries on several lines with the
    /// same text are one, of which each answer is right.
    ///
    /// # Errors
    /// When a file cannot be read, or a line is neither.
    pub fn read(archive: &Path, related: &Path, unrelated: Option<&Path>) -> io::Result<Self> {
        let mut documents = Vec::new();
        collect(archive, "", &mut documents)?;
        documents.sort_by(|one, other| one.path.cmp(&other.path));
        let mut found = Self { documents, related: Vec::new(), unrelated: Vec::new() };
        let mut places: HashMap<String, usize> = HashMap::new();
        for line in lines(related)? {
            let (query, right) = pair(&line)?;
            if let Some(known) = places.get(&query).and_then(|place| found.related.get_mut(*place)) {
                known.right.extend(right);
            } else {
                places.insert(query.clone(), found.related.len());
                let question = found.question(related, &query, right);
                found.related.push(question);
            }
        }
        if let Some(unrelated) = unrelated {
            found.unrelated =
                lines(unrelated)?.into_iter().map(|query| found.question(unrelated, &query, Vec::new())).collect();
        }
        Ok(found)
    }

    fn question(&self, list: &Path, query: &str, right: Vec<String>) -> Question {
        let within = self.documents.iter().find(|document| document.path == query);
        if let Some(document) = within {
            return Question { text: document.text.clone(), path: Some(document.path.clone()), right };
        }
        let beside = list.parent().unwrap_or(Path::new(".")).join(query);
        match fs::read(beside) {
            Ok(bytes) => {
                Question { text: String::from_utf8_lossy(&bytes).into_owned(), path: Some(query.to_owned()), right }
            }
            Err(_) => Question { text: query.to_owned(), path: None, right },
        }
    }
}

fn lines(path: &Path) -> io::Result<Vec<String>> {
    let text = fs::read_to_string(path)?;
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines.map(str::to_owned).collect())
}

fn pair(line: &str) -> io::Result<(String, Vec<String>)> {
    let neither = || io::Error::other(format!("neither JSON nor a query, a tab and paths: {line}"));
    if line.starts_with('{') {
        let Line { query, related } = serde_json::from_str(line).map_err(|_| neither())?;
        let right = match related {
            OneOrMany::One(path) => vec![path],
            OneOrMany::Many(paths) => paths,
        };
        return Ok((query, right));
    }
    let (query, right) = line.split_once('\t').ok_or_else(neither)?;
    Ok((query.to_owned(), right.split(',').map(|path| path.trim().to_owned()).collect()))
}

fn collect(dir: &Path, prefix: &str, documents: &mut Vec<ArchivedDocument>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        let ending = Path::new(&name).extension().map(|ending| ending.to_string_lossy().to_lowercase());
        if entry.file_type()?.is_dir() && !name.starts_with('.') {
            collect(&entry.path(), &format!("{path}/"), documents)?;
        } else if matches!(ending.as_deref(), Some("md" | "markdown" | "html" | "htm")) {
            let text = String::from_utf8_lossy(&fs::read(entry.path())?).into_owned();
            documents.push(ArchivedDocument { path, text });
        }
    }
    Ok(())
}
