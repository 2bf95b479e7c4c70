//! A tracker in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use lamplighter_core::ports::{CloseReason, ClosedIssue, ClosedIssues, IssueReader, IssueWriter, NewIssue};
use lamplighter_core::trust::Untrusted;
use lamplighter_core::words::{
    FiledIssue, IssueNumber, IssueState, IssueText, Label, Login, Permission, PostedComment,
};
use lamplighter_core::{Clock, Error, ErrorKind, Result, async_trait};

use super::{Calls, FakeClock, locked};

/// A tracker in memory: the test plays the people, the agent under test is `lamplighter`.
///
/// ```
/// use lamplighter_core::ports::IssueWriter;
/// use lamplighter_testkit::fakes::FakeIssues;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> lamplighter_core::Result<()> {
/// let tracker = FakeIssues::new().collaborator("maria");
/// let number = tracker.open("maria", "Wiki is down", "502 since 14:00", ["user-report"]);
/// tracker.comment(number, "ack", "**Investigating:** looking at it").await?;
/// tracker.comment(number, "ack", "**Investigating:** looking at it").await?;
/// assert_eq!(tracker.said(number), ["**Investigating:** looking at it"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct FakeIssues(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    tracker: Mutex<Tracker>,
    calls: Calls,
}

#[derive(Default)]
struct Tracker {
    people: BTreeMap<Login, Permission>,
    issues: BTreeMap<IssueNumber, Issue>,
    comments: u64,
}

struct Issue {
    author: Login,
    edited_by: Option<Login>,
    labels: BTreeSet<Label>,
    closed: Option<(CloseReason, Timestamp)>,
    created_at: Timestamp,
    assignees: BTreeSet<Login>,
    text: IssueText,
    comments: Vec<Comment>,
}

#[derive(Clone)]
struct Comment {
    id: u64,
    author: Login,
    at: Timestamp,
    body: String,
}

/// The login under which the fake tracker knows us.
const OURS: &str = "lamplighter";

impl FakeIssues {
    /// A tracker without people and issues, where it is always [`FakeClock::START`].
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(Arc::new(FakeClock::new()))
    }

    /// The same with this clock.
    #[must_use]
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner { clock, tracker: Mutex::default(), calls: Calls::default() }))
    }

    /// The same with a collaborator.
    #[must_use]
    pub fn collaborator(self, login: &str) -> Self {
        self.person(login, Permission::Write)
    }

    /// The same with somebody of this permission.
    #[must_use]
    pub fn person(self, login: &str, permission: Permission) -> Self {
        self.grant(login, permission);
        self
    }

    /// Gives somebody another permission.
    pub fn grant(&self, login: &str, permission: Permission) {
        locked(&self.0.tracker).people.insert(Login::new(login), permission);
    }

    /// What it was asked, and what it is to fail at.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }

    /// Somebody files an issue. The first one is #1.
    pub fn open<'a>(
        &self,
        author: &str,
        title: &str,
        body: &str,
        labels: impl IntoIterator<Item = &'a str>,
    ) -> IssueNumber {
        let labels = labels.into_iter().map(str::to_owned).collect();
        self.insert(Login::new(author), IssueText { title: title.to_owned(), body: body.to_owned() }, labels)
    }

    /// Somebody writes a comment.
    ///
    /// # Panics
    /// When there is no such issue, like everything else that the test does to an issue.
    pub fn say(&self, number: IssueNumber, author: &str, body: &str) {
        let at = self.0.clock.now();
        let id = {
            let mut tracker = locked(&self.0.tracker);
            tracker.comments += 1;
            tracker.comments
        };
        self.alter(number, |issue| {
            issue.comments.push(Comment { id, author: Login::new(author), at, body: body.to_owned() });
        });
    }

    /// Somebody changes the body of an issue.
    pub fn edit(&self, number: IssueNumber, by: &str, body: &str) {
        self.alter(number, |issue| {
            body.clone_into(&mut issue.text.body);
            issue.edited_by = Some(Login::new(by)).filter(|by| *by != issue.author);
        });
    }

    /// Somebody opens a closed issue again.
    pub fn reopen(&self, number: IssueNumber) {
        self.alter(number, |issue| issue.closed = None);
    }

    /// What we said on an issue, without the hidden markers, oldest first.
    #[must_use]
    pub fn said(&self, number: IssueNumber) -> Vec<String> {
        let ours = |comment: &Comment| {
            let key = comment.key()?;
            let body = comment.body.strip_suffix(&marker(&key)).unwrap_or(&comment.body);
            Some(body.trim_end().to_owned())
        };
        self.with(number, |issue| issue.comments.iter().filter_map(ours).collect()).unwrap_or_default()
    }

    /// Every comment as the tracker shows it, hidden markers included: who, and what.
    #[must_use]
    pub fn conversation(&self, number: IssueNumber) -> Vec<(String, String)> {
        let shown = |comment: &Comment| (comment.author.as_str().to_owned(), comment.body.clone());
        self.with(number, |issue| issue.comments.iter().map(shown).collect()).unwrap_or_default()
    }

    /// The title and the body of an issue.
    #[must_use]
    pub fn text(&self, number: IssueNumber) -> Option<IssueText> {
        self.with(number, |issue| issue.text.clone())
    }

    /// The labels of an issue.
    #[must_use]
    pub fn labels(&self, number: IssueNumber) -> Vec<Label> {
        self.with(number, |issue| issue.labels.iter().cloned().collect()).unwrap_or_default()
    }

    /// Who is assigned.
    #[must_use]
    pub fn assignees(&self, number: IssueNumber) -> Vec<Login> {
        self.with(number, |issue| issue.assignees.iter().cloned().collect()).unwrap_or_default()
    }

    /// Why an issue was closed; `None` while it is open.
    #[must_use]
    pub fn closed(&self, number: IssueNumber) -> Option<CloseReason> {
        self.with(number, |issue| issue.closed.map(|(reason, _)| reason)).flatten()
    }

    /// The numbers of all issues.
    #[must_use]
    pub fn numbers(&self) -> Vec<IssueNumber> {
        locked(&self.0.tracker).issues.keys().copied().collect()
    }

    fn insert(&self, author: Login, text: IssueText, labels: BTreeSet<Label>) -> IssueNumber {
        let created_at = self.0.clock.now();
        let mut tracker = locked(&self.0.tracker);
        let number = IssueNumber(tracker.issues.keys().next_back().map_or(1, |last| last.0 + 1));
        let issue = Issue {
            author,
            edited_by: None,
            labels,
            closed: None,
            created_at,
            assignees: BTreeSet::new(),
            text,
            comments: Vec::new(),
        };
        tracker.issues.insert(number, issue);
        number
    }

    fn alter(&self, number: IssueNumber, alter: impl FnOnce(&mut Issue)) {
        assert!(self.with(number, alter).is_some(), "there is no issue {number}; the test has to open it first");
    }

    fn with<T>(&self, number: IssueNumber, look: impl FnOnce(&mut Issue) -> T) -> Option<T> {
        locked(&self.0.tracker).issues.get_mut(&number).map(look)
    }

    fn find<T>(&self, number: IssueNumber, look: impl FnOnce(&mut Issue) -> T) -> Result<T> {
        self.with(number, look)
            .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no issue {number} on this tracker")))
    }
}

impl Default for FakeIssues {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl IssueReader for FakeIssues {
    async fn issue(&self, number: IssueNumber) -> Result<FiledIssue> {
        self.0.calls.begin("issue", number)?;
        self.find(number, |issue| issue.filed(number))
    }

    async fn comments(&self, number: IssueNumber) -> Result<Vec<PostedComment>> {
        self.0.calls.begin("comments", number)?;
        self.find(number, |issue| issue.comments.iter().map(Comment::posted).collect())
    }

    async fn permission(&self, login: &Login) -> Result<Permission> {
        self.0.calls.begin("permission", login)?;
        Ok(locked(&self.0.tracker).people.get(login).copied().unwrap_or(Permission::None))
    }

    async fn open_issues(&self, labels: &BTreeSet<Label>) -> Result<Vec<FiledIssue>> {
        self.0.calls.begin("open_issues", listed(labels))?;
        let tracker = locked(&self.0.tracker);
        let open =
            tracker.issues.iter().filter(|(_, issue)| issue.closed.is_none() && issue.labels.is_superset(labels));
        Ok(open.map(|(number, issue)| issue.filed(*number)).collect())
    }

    async fn ourselves(&self) -> Result<Login> {
        self.0.calls.begin("ourselves", "")?;
        Ok(Login::new(OURS))
    }
}

#[async_trait]
impl ClosedIssues for FakeIssues {
    async fn closed_issues(&self, labels: &BTreeSet<Label>, since: Timestamp) -> Result<Vec<ClosedIssue>> {
        self.0.calls.begin("closed_issues", listed(labels))?;
        let tracker = locked(&self.0.tracker);
        let closed = tracker.issues.iter().filter(|(_, issue)| issue.labels.is_superset(labels));
        let closed = closed.filter_map(|(number, issue)| {
            let (_, closed_at) = issue.closed.filter(|(_, at)| *at >= since)?;
            Some(ClosedIssue { issue: issue.filed(*number), closed_at })
        });
        let mut closed: Vec<_> = closed.collect();
        closed.sort_by_key(|closed| std::cmp::Reverse((closed.closed_at, closed.issue.number)));
        Ok(closed)
    }
}

#[async_trait]
impl IssueWriter for FakeIssues {
    async fn comment(&self, number: IssueNumber, key: &str, body: &str) -> Result<()> {
        self.0.calls.begin("comment", format_args!("{number} {key}"))?;
        let is_posted =
            self.find(number, |issue| issue.comments.iter().any(|known| known.key().as_deref() == Some(key)))?;
        if !is_posted {
            self.say(number, OURS, &marked(body, key));
        }
        self.0.calls.end("comment")
    }

    async fn relabel(&self, number: IssueNumber, add: &BTreeSet<Label>, remove: &BTreeSet<Label>) -> Result<()> {
        self.0.calls.begin("relabel", format_args!("{number} +[{}] -[{}]", listed(add), listed(remove)))?;
        self.find(number, |issue| {
            issue.labels.retain(|label| !remove.contains(label));
            issue.labels.extend(add.iter().cloned());
        })?;
        self.0.calls.end("relabel")
    }

    async fn assign(&self, number: IssueNumber, login: &Login) -> Result<()> {
        self.0.calls.begin("assign", format_args!("{number} {login}"))?;
        self.find(number, |issue| issue.assignees.insert(login.clone()))?;
        self.0.calls.end("assign")
    }

    async fn close(&self, number: IssueNumber, reason: CloseReason) -> Result<()> {
        self.0.calls.begin("close", format_args!("{number} {reason:?}"))?;
        let now = self.0.clock.now();
        self.find(number, |issue| {
            issue.closed.get_or_insert((reason, now));
        })?;
        self.0.calls.end("close")
    }

    async fn file(&self, key: &str, issue: &NewIssue) -> Result<IssueNumber> {
        self.0.calls.begin("file", format_args!("{key} {}", issue.title))?;
        let is_it = |known: &Issue| {
            known.closed.is_none() && known.author.as_str() == OURS && key_of(&known.text.body) == Some(key)
        };
        let standing = locked(&self.0.tracker).issues.iter().find(|(_, known)| is_it(known)).map(|(number, _)| *number);
        let number = standing.unwrap_or_else(|| {
            let text = IssueText { title: issue.title.clone(), body: marked(&issue.body, key) };
            self.insert(Login::new(OURS), text, issue.labels.clone())
        });
        self.0.calls.end("file").map(|()| number)
    }
}

impl Issue {
    fn filed(&self, number: IssueNumber) -> FiledIssue {
        FiledIssue {
            number,
            author: self.author.clone(),
            edited_by: self.edited_by.clone(),
            labels: self.labels.clone(),
            state: if self.closed.is_some() { IssueState::Closed } else { IssueState::Open },
            created_at: Some(self.created_at),
            key: key_of(&self.text.body).filter(|_| self.author.as_str() == OURS).map(str::to_owned),
            text: Untrusted::new(self.text.clone()),
        }
    }
}

impl Comment {
    /// The key of the effect that posted it, where it is ours.
    fn key(&self) -> Option<String> {
        key_of(&self.body).filter(|_| self.author.as_str() == OURS).map(str::to_owned)
    }

    fn posted(&self) -> PostedComment {
        PostedComment {
            id: self.id.to_string(),
            author: self.author.clone(),
            at: Some(self.at),
            key: self.key(),
            body: Untrusted::new(self.body.clone()),
        }
    }
}

fn marked(body: &str, key: &str) -> String {
    format!("{body}\n\n{}", marker(key))
}

fn marker(key: &str) -> String {
    format!("<!-- lamplighter:{key} -->")
}

fn key_of(body: &str) -> Option<&str> {
    body.lines().next_back()?.strip_prefix("<!-- lamplighter:")?.strip_suffix(" -->")
}

fn listed(labels: &BTreeSet<Label>) -> String {
    labels.iter().map(String::as_str).collect::<Vec<_>>().join(",")
}
