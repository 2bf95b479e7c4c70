//! Trackers that break a promise.

use std::collections::BTreeSet;

use lamplighter_core::ports::{CloseReason, IssueReader, IssueWriter, NewIssue};
use lamplighter_core::words::{FiledIssue, IssueNumber, IssueText, Label, Login, Permission, PostedComment};
use lamplighter_core::{Result, async_trait};
use lamplighter_testkit::contract::{self, IssuesHarness};
use lamplighter_testkit::fakes::FakeIssues;

use crate::check;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    CommentsTwice,
    TrustsAnybodysMarker,
    FindsMarkersAnywhere,
    ReplacesLabels,
    ClosingTalks,
    FindsAnyLabel,
    FilesTwice,
    FindsClosedOnes,
    EverybodyMayWrite,
    HidesTheEditor,
    SaysNothingOfNobody,
    TakesItselfForSomebodyElse,
}

struct Broken(FakeIssues, Fault);

impl Broken {
    fn is(&self, fault: Fault) -> bool {
        self.1 == fault
    }
}

#[async_trait]
impl IssueReader for Broken {
    async fn issue(&self, number: IssueNumber) -> Result<FiledIssue> {
        let mut issue = self.0.issue(number).await?;
        if self.is(Fault::HidesTheEditor) {
            issue.edited_by = None;
        }
        Ok(issue)
    }

    async fn comments(&self, number: IssueNumber) -> Result<Vec<PostedComment>> {
        let mut comments = self.0.comments(number).await?;
        if self.is(Fault::TrustsAnybodysMarker) {
            for (comment, (_, body)) in comments.iter_mut().zip(self.0.conversation(number)) {
                let key = body.lines().last().and_then(|line| line.strip_prefix("<!-- lamplighter:"));
                comment.key = key.and_then(|key| key.strip_suffix(" -->")).map(str::to_owned);
            }
        }
        Ok(comments)
    }

    async fn permission(&self, login: &Login) -> Result<Permission> {
        if self.is(Fault::EverybodyMayWrite) {
            return Ok(Permission::Write);
        }
        self.0.permission(login).await
    }

    async fn open_issues(&self, labels: &BTreeSet<Label>) -> Result<Vec<FiledIssue>> {
        if self.is(Fault::FindsAnyLabel) {
            let all = self.0.open_issues(&BTreeSet::new()).await?;
            return Ok(all.into_iter().filter(|issue| !issue.labels.is_disjoint(labels)).collect());
        }
        self.0.open_issues(labels).await
    }

    async fn ourselves(&self) -> Result<Login> {
        if self.is(Fault::TakesItselfForSomebodyElse) {
            return Ok(Login::new("maria"));
        }
        self.0.ourselves().await
    }
}

#[async_trait]
impl IssueWriter for Broken {
    async fn comment(&self, number: IssueNumber, key: &str, body: &str) -> Result<()> {
        let marker = format!("<!-- lamplighter:{key} -->");
        if self.is(Fault::FindsMarkersAnywhere)
            && self.0.conversation(number).iter().any(|(_, body)| body.contains(&marker))
        {
            return Ok(());
        }
        if self.is(Fault::CommentsTwice) && !self.0.numbers().is_empty() && self.0.text(number).is_some() {
            self.0.say(number, "lamplighter", &format!("{body}\n\n{marker}"));
            return Ok(());
        }
        self.0.comment(number, key, body).await
    }

    async fn relabel(&self, number: IssueNumber, add: &BTreeSet<Label>, remove: &BTreeSet<Label>) -> Result<()> {
        if self.is(Fault::ReplacesLabels) {
            let all: BTreeSet<Label> = self.0.labels(number).into_iter().collect();
            self.0.relabel(number, &BTreeSet::new(), &all).await?;
        }
        self.0.relabel(number, add, remove).await
    }

    async fn assign(&self, number: IssueNumber, login: &Login) -> Result<()> {
        if self.is(Fault::SaysNothingOfNobody) && self.0.text(number).is_none() {
            return Ok(());
        }
        self.0.assign(number, login).await
    }

    async fn close(&self, number: IssueNumber, reason: CloseReason) -> Result<()> {
        self.0.close(number, reason).await?;
        if self.is(Fault::ClosingTalks) {
            self.0.say(number, "lamplighter", "closed");
        }
        Ok(())
    }

    async fn file(&self, key: &str, issue: &NewIssue) -> Result<IssueNumber> {
        if self.is(Fault::FilesTwice) {
            return Ok(self.0.open("lamplighter", &issue.title, &issue.body, issue.labels.iter().map(String::as_str)));
        }
        let number = self.0.file(key, issue).await?;
        if self.is(Fault::FindsClosedOnes) {
            let filed_before = |known: &IssueNumber| {
                self.0.text(*known).is_some_and(|text| text.body.ends_with(&format!("<!-- lamplighter:{key} -->")))
            };
            return Ok(self.0.numbers().into_iter().find(filed_before).unwrap_or(number));
        }
        Ok(number)
    }
}

#[async_trait]
impl IssuesHarness for Broken {
    fn reader(&self) -> &dyn IssueReader {
        self
    }

    fn writer(&self) -> &dyn IssueWriter {
        self
    }

    async fn make_collaborator(&self, login: &str) {
        self.0.grant(login, Permission::Write);
    }

    async fn open(&self, author: &str, text: &IssueText, labels: &BTreeSet<Label>) -> IssueNumber {
        self.0.open(author, &text.title, &text.body, labels.iter().map(String::as_str))
    }

    async fn say(&self, number: IssueNumber, author: &str, body: &str) {
        self.0.say(number, author, body);
    }

    async fn edit(&self, number: IssueNumber, by: &str, body: &str) -> bool {
        self.0.edit(number, by, body);
        true
    }

    async fn bodies(&self, number: IssueNumber) -> Vec<String> {
        self.0.conversation(number).into_iter().map(|(_, body)| body).collect()
    }

    async fn assignees(&self, number: IssueNumber) -> Vec<String> {
        self.0.assignees(number).iter().map(|login| login.as_str().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_tracker_that_breaks_a_promise_is_found_out() {
    for (fault, words) in [
        (Fault::CommentsTwice, "the keys of the comments"),
        (Fault::TrustsAnybodysMarker, "a stranger's marker is no key of ours"),
        (Fault::FindsMarkersAnywhere, "although a stranger has used its marker"),
        (Fault::ReplacesLabels, "after adding"),
        (Fault::ClosingTalks, "closing says nothing"),
        (Fault::FindsAnyLabel, "all labels have to be there"),
        (Fault::FilesTwice, "it is filed once"),
        (Fault::FindsClosedOnes, "a stranger's issue with the marker is not ours"),
        (Fault::EverybodyMayWrite, "words that an outsider edited are not admitted"),
        (Fault::HidesTheEditor, "whoever edited it is named"),
        (Fault::SaysNothingOfNobody, "assigning it"),
        (Fault::TakesItselfForSomebodyElse, "we are maria"),
    ] {
        check(words, async move { contract::issues(&Broken(FakeIssues::new(), fault)).await }).await;
    }
}
