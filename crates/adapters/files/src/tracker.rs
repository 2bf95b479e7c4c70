use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use lamplighter_core::ports::{CloseReason, ClosedIssue, ClosedIssues, IssueReader, IssueWriter, NewIssue};
use lamplighter_core::trust::Untrusted;
use lamplighter_core::words::{FiledIssue, IssueNumber, IssueText, Label, Login, Permission, PostedComment};
use lamplighter_core::{Clock, Result};

use crate::FilesError;
use crate::disk::{FolderLock, blocking};
use crate::folder::{Folder, NewFile, malformed};
use crate::front_matter::Value;
use crate::issue_file::{Comment, IssueFile, NewComment, whole_seconds};
use crate::marker::{key_of, marker};

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
    /// What it says is believed: give it only payloads whose signature was checked, or that you have fetched yourself.
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
        Ok(self.run(move |folder| folder.read(number).map(|file| filed(folder, number, &file))).await?)
    }

    async fn comments(&self, number: IssueNumber) -> Result<Vec<PostedComment>> {
        Ok(self.run(move |folder| folder.read(number).map(|file| posted(folder, &file))).await?)
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
            Ok(issues.map(|(number, file)| filed(folder, number, &file)).collect())
        };
        Ok(self.run(open).await?)
    }

    async fn left_out(&self) -> Result<Vec<String>> {
        Ok(self.run(Folder::left_out).await?)
    }

    async fn ourselves(&self) -> Result<Login> {
        Ok(Login::new(&*self.folder.login))
    }
}

#[async_trait]
impl ClosedIssues for FilesTracker {
    /// A file that cannot be understood is left out, with a warning in the log. One that was closed by hand, without saying
    /// when, was closed when it was last changed; none was closed later than now.
    async fn closed_issues(&self, labels: &BTreeSet<Label>, since: Timestamp) -> Result<Vec<ClosedIssue>> {
        let (labels, now) = (labels.clone(), self.clock.now());
        let closed = move |folder: &Folder| {
            let all = folder.readable()?.into_iter().filter(|(_, file)| file.header.is_closed);
            let wanted = all.filter(|(_, file)| file.header.labels.is_superset(&labels));
            let closed = wanted.filter_map(|(number, file)| {
                let closed_at = file.header.closed_at.or_else(|| folder.changed_at(number));
                let closed_at = closed_at.map(|at| at.min(now)).filter(|at| *at >= since)?;
                Some(ClosedIssue { issue: filed(folder, number, &file), closed_at })
            });
            let mut closed: Vec<_> = closed.collect();
            closed.sort_by_key(|one| std::cmp::Reverse((one.closed_at, one.issue.number)));
            Ok(closed)
        };
        Ok(self.run(closed).await?)
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
        let at = whole_seconds(self.clock.now()).to_string();
        let close = move |_: &Folder, file: IssueFile| {
            if file.header.is_closed {
                return Ok(file);
            }
            file.with("state", &Value::Text("closed".to_owned()))?
                .with("closed_as", &Value::Text(reason.to_owned()))?
                .with("closed_at", &Value::Text(at.clone()))
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

fn filed(folder: &Folder, number: IssueNumber, file: &IssueFile) -> FiledIssue {
    let author = file.author();
    let edited_by = file.header.edited_by.as_deref().filter(|editor| *editor != author);
    FiledIssue {
        number,
        author: Login::new(author),
        edited_by: edited_by.map(Login::new),
        labels: file.header.labels.clone(),
        state: file.state(),
        created_at: file.header.created,
        key: key_of(&file.body()).filter(|_| folder.is_us(author)).map(str::to_owned),
        text: Untrusted::new(IssueText { title: file.title(), body: file.body() }),
    }
}

fn posted(folder: &Folder, file: &IssueFile) -> Vec<PostedComment> {
    let posted = |comment: &Comment| {
        let body = file.body_of(comment);
        PostedComment {
            id: comment.id.clone(),
            author: Login::new(comment.author.as_str()),
            at: comment.at,
            key: key_of(&body).filter(|_| folder.is_us(&comment.author)).map(str::to_owned),
            body: Untrusted::new(body),
        }
    };
    file.comments.iter().map(posted).collect()
}
