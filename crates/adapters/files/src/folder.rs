//! The folder of a tracker: which file is which issue, and how they are read and written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use lamplighter_core::words::{IssueNumber, Permission};

use crate::FilesError;
use crate::disk::{self, FolderLock};
use crate::front_matter::Value;
use crate::issue_file::{IssueFile, UNKNOWN, whole_seconds};

/// Issues by number.
type Issues = Vec<(IssueNumber, IssueFile)>;

/// The folder of a tracker and who we are in it. Everything here blocks.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    pub(crate) dir: Arc<Path>,
    pub(crate) login: Arc<str>,
}

impl Folder {
    /// Reads, changes and writes an issue. What is unchanged is not written.
    pub(crate) fn edit(
        &self,
        number: IssueNumber,
        change: impl Fn(IssueFile) -> Result<IssueFile, String>,
    ) -> Result<(), FilesError> {
        let lock = FolderLock::take(&self.dir)?;
        self.edit_locked(&lock, number, change)
    }

    pub(crate) fn edit_locked(
        &self,
        lock: &FolderLock,
        number: IssueNumber,
        change: impl Fn(IssueFile) -> Result<IssueFile, String>,
    ) -> Result<(), FilesError> {
        const TRIES: usize = 5;
        let path = self.path(number)?;
        for _ in 0..TRIES {
            let before = read_text(&path)?;
            let changed = change(parse(&path, before.clone())?).map_err(|what| malformed(&path, what))?;
            if changed.text() == before {
                return Ok(());
            }
            // Editors know nothing of our lock: what somebody has saved meanwhile is not to be overwritten.
            if read_text(&path)? == before {
                return lock.write(&self.dir, &path, changed.text().as_bytes());
            }
        }
        Err(FilesError::Edited { path })
    }

    pub(crate) fn create(
        &self,
        lock: &FolderLock,
        number: IssueNumber,
        text: &str,
        title: &str,
    ) -> Result<(), FilesError> {
        let path = self.dir.join(format!("{:04}{}.md", number.0, slug(title)));
        lock.write(&self.dir, &path, text.as_bytes())
    }

    pub(crate) fn exists(&self, number: IssueNumber) -> Result<bool, FilesError> {
        Ok(self.files()?.contains_key(&number))
    }

    pub(crate) fn read(&self, number: IssueNumber) -> Result<IssueFile, FilesError> {
        let path = self.path(number)?;
        parse(&path, read_text(&path)?)
    }

    /// When the file of an issue was last changed.
    pub(crate) fn changed_at(&self, number: IssueNumber) -> Option<Timestamp> {
        std::fs::metadata(self.path(number).ok()?).ok()?.modified().ok()?.try_into().ok()
    }

    fn path(&self, number: IssueNumber) -> Result<PathBuf, FilesError> {
        let mut files = self.files()?;
        let paths = files.remove(&number).unwrap_or_default();
        let mut paths = paths.into_iter();
        match (paths.next(), paths.next()) {
            (Some(path), None) => Ok(path),
            (Some(first), Some(second)) => Err(FilesError::Ambiguous { number, first, second }),
            _ => Err(FilesError::NoIssue { number, folder: self.dir.to_path_buf() }),
        }
    }

    /// The files of issues by number. A number has one, unless somebody has made a mistake.
    fn files(&self) -> Result<BTreeMap<IssueNumber, Vec<PathBuf>>, FilesError> {
        let mut files = BTreeMap::<_, Vec<_>>::new();
        for name in disk::names(&self.dir)? {
            let path = self.dir.join(&name);
            let is_file = std::fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file());
            if let Some(number) = number_of(&name).filter(|_| is_file) {
                files.entry(number).or_default().push(path);
            }
        }
        for paths in files.values_mut() {
            paths.sort();
        }
        Ok(files)
    }

    /// All issues that can be understood, by number.
    pub(crate) fn readable(&self) -> Result<Issues, FilesError> {
        Ok(self.sorted_out()?.0)
    }

    /// What of it cannot be, and why.
    pub(crate) fn left_out(&self) -> Result<Vec<String>, FilesError> {
        Ok(self.sorted_out()?.1)
    }

    fn sorted_out(&self) -> Result<(Issues, Vec<String>), FilesError> {
        let (mut issues, mut left_out) = (Issues::new(), Vec::new());
        for (number, paths) in self.files()? {
            let file = match paths.as_slice() {
                [path] => read_text(path).and_then(|text| parse(path, text)),
                _ => self.read(number),
            };
            match file {
                Ok(file) => issues.push((number, file)),
                Err(FilesError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {}
                Err(error @ FilesError::Io { .. }) => return Err(error),
                Err(error) => {
                    tracing::warn!(%number, %error, "an issue file is left out");
                    left_out.push(error.to_string());
                }
            }
        }
        Ok((issues, left_out))
    }

    pub(crate) fn next_number(&self) -> Result<IssueNumber, FilesError> {
        let last = self.files()?.into_keys().next_back().map_or(0, |number| number.0);
        last.checked_add(1)
            .map(IssueNumber)
            .ok_or_else(|| malformed(&self.dir, format!("no number is left after {last}; rename that issue")))
    }

    pub(crate) fn permission(&self, login: &str) -> Result<Permission, FilesError> {
        if login.trim().is_empty() || login.eq_ignore_ascii_case(UNKNOWN) {
            return Ok(Permission::None);
        }
        if self.is_us(login) {
            return Ok(Permission::Write);
        }
        let list = self.dir.join("collaborators.txt");
        match std::fs::read_to_string(&list) {
            Ok(list) => return Ok(listed(&list, login)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(FilesError::io("read", &list)(error)),
        }
        let says = |file: &IssueFile| {
            let is_listed = file.header.collaborators.iter().any(|other| other.eq_ignore_ascii_case(login));
            let of_author = file.author().eq_ignore_ascii_case(login).then_some(file.header.collaborator).flatten();
            of_author.or(is_listed.then_some(true))
        };
        let said = self.readable()?.iter().rev().find_map(|(_, file)| says(file));
        Ok(if said == Some(true) { Permission::Write } else { Permission::None })
    }

    pub(crate) fn is_us(&self, login: &str) -> bool {
        login.eq_ignore_ascii_case(&self.login)
    }
}

/// An issue that is not there yet.
pub(crate) struct NewFile<'a> {
    pub(crate) title: &'a str,
    pub(crate) author: &'a str,
    pub(crate) is_collaborator: bool,
    pub(crate) labels: &'a BTreeSet<String>,
    pub(crate) created: Timestamp,
    pub(crate) body: &'a str,
}

impl NewFile<'_> {
    pub(crate) fn issue_file(&self, number: IssueNumber) -> Result<IssueFile, String> {
        let text = |text: &str| Value::Text(text.to_owned());
        IssueFile::parse(format!("+++\nnumber = {}\n+++\n\n", number.0))?
            .with("title", &text(self.title))?
            .with("author", &text(self.author))?
            .with("collaborator", &Value::Flag(self.is_collaborator))?
            .with_labels(self.labels)?
            .with("state", &text("open"))?
            .with("created", &text(&whole_seconds(self.created).to_string()))?
            .with("assignees", &Value::List(Vec::new()))?
            .with_body(self.body)
    }

    pub(crate) fn text(&self, number: IssueNumber) -> Result<String, String> {
        Ok(self.issue_file(number)?.text().to_owned())
    }
}

fn listed(list: &str, login: &str) -> Permission {
    let entry = |line: &str| {
        let line = line.trim_start_matches('\u{feff}').split('#').next().unwrap_or_default().trim().to_owned();
        let (name, role) = line.split_once(char::is_whitespace).unwrap_or((&line, ""));
        name.eq_ignore_ascii_case(login)
            .then(|| if role.trim().eq_ignore_ascii_case("admin") { Permission::Admin } else { Permission::Write })
    };
    list.lines().find_map(entry).unwrap_or(Permission::None)
}

/// The number in a file's name: `0007-anything.md`, `7.md`.
fn number_of(name: &str) -> Option<IssueNumber> {
    let stem = name.strip_suffix(".md")?;
    let digits = stem.split('-').next()?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok().map(IssueNumber)).flatten()
}

/// `-a-few-words` of a title, for people and for any file system.
fn slug(title: &str) -> String {
    const LONGEST: usize = 50;
    let mut slug = String::new();
    for word in title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if slug.len() + word.len() >= LONGEST {
            break;
        }
        slug.push('-');
        slug.push_str(&word.to_ascii_lowercase());
    }
    slug
}

fn read_text(path: &Path) -> Result<String, FilesError> {
    let bytes = std::fs::read(path).map_err(FilesError::io("read", path))?;
    String::from_utf8(bytes).map_err(|_| FilesError::Malformed {
        path: path.to_owned(),
        what: "it is not UTF-8; save it as such".to_owned(),
    })
}

fn parse(path: &Path, text: String) -> Result<IssueFile, FilesError> {
    IssueFile::parse(text).map_err(|what| malformed(path, what))
}

pub(crate) fn malformed(path: &Path, what: String) -> FilesError {
    FilesError::Malformed { path: path.to_owned(), what }
}
