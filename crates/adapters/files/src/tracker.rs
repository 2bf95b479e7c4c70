use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use lamplighter_core::ports::{CloseReason, IssueReader, IssueWriter, NewIssue};
use lamplighter_core::trust::Untrusted;
use lamplighter_core::words::{FiledIssue, IssueNumber, IssueText, Label, Login, Permission, PostedComment};
use lamplighter_core::{Clock, Result};

use crate::FilesError;
use crate::disk::{self, FolderLock, blocking};
use crate::front_matter::Value;
use crate::issue_file::{IssueFile, NewComment, UNKNOWN, whole_seconds};

/// A tracker that is a folder of Markdown files; see the [crate's documentation](crate) for how they look.
///
/// Any number of processes may use a folder at once: writes are made one after the other, each whole or not at all.
/// A person may edit the files at any time; an edit that is saved while we write is not lost (the write is made
/// again upon it), except in the instant of the rename itself.
///
/// # Cancellation
/// A call whose future is dropped may still be carried out. All of them are idempotent.
#[derive(Clone)]
pub struct FilesTracker {
    folder: Folder,
    clock: Arc<dyn Clock>,
}

impl FilesTracker {
    /// The tracker in this folder, which is made where it is not there. We write as `lamplighter`.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(dir: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> std::result::Result<Self, FilesError> {
        let dir = dir.into();
        std::fs::create_dir_all(&dir).map_err(FilesError::io("make the folder", &dir))?;
        let folder = Folder { dir: dir.into(), login: Arc::from("lamplighter") };
        Ok(Self { folder, clock })
    }

    /// The same, writing under another login. Only comments and issues of this login are ours.
    #[must_use]
    pub fn with_login(mut self, login: &Login) -> Self {
        self.folder.login = Arc::from(login.as_str());
        self
    }

    /// Takes the payload of one of GitHub's
    /// [`issues` or `issue_comment`](https://docs.github.com/en/webhooks/webhook-events-and-payloads) webhooks into
    /// the folder: makes the issue where it is not there, otherwise changes what the payload says has changed, and
    /// adds, edits or removes the comment. The author is a collaborator if GitHub says `OWNER`:
    /// a `MEMBER` or a `COLLABORATOR` may have no more than read access, so that they are vouched for in
    /// `collaborators.txt` or not at all. Fields that are absent are done without.
    ///
    /// Somebody there who has our login is not us: `[imported]` is added to it.
    ///
    /// # Idempotency
    /// By the numbers of the issue and the id of the comment: a delivery may be repeated.
    ///
    /// # Errors
    /// [`InvalidInput`](lamplighter_core::ErrorKind::InvalidInput) when it is no such payload,
    /// [`Conflict`](lamplighter_core::ErrorKind::Conflict) when the number is that of an issue from elsewhere.
    pub async fn import_payload(&self, json: &[u8]) -> Result<IssueNumber> {
        let payload = crate::payload::Payload::parse(json)?;
        let now = self.clock.now();
        Ok(self.run(move |folder| crate::import::import(folder, &payload, now)).await?)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Folder) -> std::result::Result<T, FilesError> + Send + 'static,
    ) -> std::result::Result<T, FilesError> {
        let folder = self.folder.clone();
        blocking(move || work(&folder)).await
    }

    async fn edit(
        &self,
        number: IssueNumber,
        change: impl Fn(&Folder, IssueFile) -> std::result::Result<IssueFile, String> + Send + 'static,
    ) -> Result<()> {
        Ok(self.run(move |folder| folder.edit(number, |file| change(folder, file))).await?)
    }
}

impl std::fmt::Debug for FilesTracker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FilesTracker").field("folder", &self.folder).finish_non_exhaustive()
    }
}

#[async_trait]
impl IssueReader for FilesTracker {
    async fn issue(&self, number: IssueNumber) -> Result<FiledIssue> {
        Ok(self.run(move |folder| folder.read(number).map(|file| filed(number, &file))).await?)
    }

    async fn comments(&self, number: IssueNumber) -> Result<Vec<PostedComment>> {
        Ok(self.run(move |folder| folder.read(number).map(|file| folder.posted(&file))).await?)
    }

    /// Follows the rules of the [crate's documentation](crate#who-may-write).
    async fn permission(&self, login: &Login) -> Result<Permission> {
        let login = login.clone();
        Ok(self.run(move |folder| folder.permission(login.as_str())).await?)
    }

    /// A file that cannot be understood is left out, with a warning in the log.
    async fn open_issues(&self, labels: &BTreeSet<Label>) -> Result<Vec<FiledIssue>> {
        let labels = labels.clone();
        let open = move |folder: &Folder| {
            let is_wanted = |file: &IssueFile| !file.header.is_closed && file.header.labels.is_superset(&labels);
            let issues = folder.readable()?.into_iter().filter(|(_, file)| is_wanted(file));
            Ok(issues.map(|(number, file)| filed(number, &file)).collect())
        };
        Ok(self.run(open).await?)
    }
}

#[async_trait]
impl IssueWriter for FilesTracker {
    async fn comment(&self, number: IssueNumber, key: &str, body: &str) -> Result<()> {
        let marker = marker(key)?;
        let (key, body, at) = (key.to_owned(), format!("{body}\n\n{marker}"), self.clock.now());
        let comment = move |folder: &Folder, file: IssueFile| {
            let is_posted = file
                .comments
                .iter()
                .any(|comment| folder.is_us(&comment.author) && key_of(&file.body_of(comment)) == Some(&key));
            if is_posted {
                return Ok(file);
            }
            file.with_comment(&NewComment { id: None, author: &folder.login, at, body: &body })
        };
        self.edit(number, comment).await
    }

    async fn relabel(&self, number: IssueNumber, add: &BTreeSet<Label>, remove: &BTreeSet<Label>) -> Result<()> {
        let (add, remove) = (add.clone(), remove.clone());
        let relabel = move |_: &Folder, file: IssueFile| {
            let kept = file.header.labels.difference(&remove).chain(&add).cloned().collect();
            if file.header.labels == kept { Ok(file) } else { file.with_labels(&kept) }
        };
        self.edit(number, relabel).await
    }

    async fn assign(&self, number: IssueNumber, login: &Login) -> Result<()> {
        let login = login.as_str().to_owned();
        let assign = move |_: &Folder, file: IssueFile| {
            let mut assignees = file.header.assignees.clone();
            if assignees.contains(&login) {
                return Ok(file);
            }
            assignees.push(login.clone());
            file.with("assignees", &Value::List(assignees))
        };
        self.edit(number, assign).await
    }

    async fn close(&self, number: IssueNumber, reason: CloseReason) -> Result<()> {
        let reason = match reason {
            CloseReason::Completed => "completed",
            CloseReason::NotPlanned => "not planned",
        };
        let close = move |_: &Folder, file: IssueFile| {
            if file.header.is_closed {
                return Ok(file);
            }
            file.with("state", &Value::Text("closed".to_owned()))?.with("closed_as", &Value::Text(reason.to_owned()))
        };
        self.edit(number, close).await
    }

    async fn file(&self, key: &str, issue: &NewIssue) -> Result<IssueNumber> {
        let marker = marker(key)?;
        let (key, now, issue) = (key.to_owned(), self.clock.now(), issue.clone());
        let file = move |folder: &Folder| {
            let lock = FolderLock::take(&folder.dir)?;
            let is_it = |file: &IssueFile| {
                !file.header.is_closed && folder.is_us(file.author()) && key_of(&file.body()) == Some(&key)
            };
            if let Some((number, _)) = folder.readable()?.into_iter().find(|(_, file)| is_it(file)) {
                return Ok(number);
            }
            let body = format!("{}\n\n{marker}", issue.body);
            let new = NewFile {
                title: &issue.title,
                author: &folder.login,
                is_collaborator: true,
                labels: &issue.labels,
                created: now,
                body: &body,
            };
            let number = folder.next_number()?;
            folder.create(&lock, number, &new.text(number).map_err(|what| malformed(&folder.dir, what))?, new.title)?;
            Ok(number)
        };
        Ok(self.run(file).await?)
    }
}

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

    fn read(&self, number: IssueNumber) -> Result<IssueFile, FilesError> {
        let path = self.path(number)?;
        parse(&path, read_text(&path)?)
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
    fn readable(&self) -> Result<Vec<(IssueNumber, IssueFile)>, FilesError> {
        let mut issues = Vec::new();
        for (number, paths) in self.files()? {
            let file = match paths.as_slice() {
                [path] => read_text(path).and_then(|text| parse(path, text)),
                _ => self.read(number),
            };
            match file {
                Ok(file) => issues.push((number, file)),
                Err(FilesError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {}
                Err(error @ FilesError::Io { .. }) => return Err(error),
                Err(error) => tracing::warn!(%number, %error, "an issue file is left out"),
            }
        }
        Ok(issues)
    }

    fn next_number(&self) -> Result<IssueNumber, FilesError> {
        let last = self.files()?.into_keys().next_back().map_or(0, |number| number.0);
        last.checked_add(1)
            .map(IssueNumber)
            .ok_or_else(|| malformed(&self.dir, format!("no number is left after {last}; rename that issue")))
    }

    fn permission(&self, login: &str) -> Result<Permission, FilesError> {
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

    fn posted(&self, file: &IssueFile) -> Vec<PostedComment> {
        let posted = |comment: &crate::issue_file::Comment| {
            let body = file.body_of(comment);
            PostedComment {
                id: comment.id.clone(),
                author: Login::new(comment.author.as_str()),
                at: comment.at,
                key: key_of(&body).filter(|_| self.is_us(&comment.author)).map(str::to_owned),
                body: Untrusted::new(body),
            }
        };
        file.comments.iter().map(posted).collect()
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

    fn text(&self, number: IssueNumber) -> Result<String, String> {
        Ok(self.issue_file(number)?.text().to_owned())
    }
}

fn filed(number: IssueNumber, file: &IssueFile) -> FiledIssue {
    let author = file.author();
    let edited_by = file.header.edited_by.as_deref().filter(|editor| *editor != author);
    FiledIssue {
        number,
        author: Login::new(author),
        edited_by: edited_by.map(Login::new),
        labels: file.header.labels.clone(),
        state: file.state(),
        created_at: file.header.created,
        text: Untrusted::new(IssueText { title: file.title(), body: file.body() }),
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

fn malformed(path: &Path, what: String) -> FilesError {
    FilesError::Malformed { path: path.to_owned(), what }
}

fn marker(key: &str) -> Result<String, FilesError> {
    if key.contains("-->") || key.chars().any(char::is_control) {
        return Err(FilesError::Key { key: key.to_owned() });
    }
    Ok(format!("<!-- lamplighter:{key} -->"))
}

/// The key in the marker on the last line.
fn key_of(body: &str) -> Option<&str> {
    body.trim_end().lines().next_back()?.strip_prefix("<!-- lamplighter:")?.strip_suffix(" -->")
}
