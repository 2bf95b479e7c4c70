//! The contract of a tracker.

use std::collections::BTreeSet;

use lamplighter_core::ports::{CloseReason, IssueReader, IssueWriter, NewIssue};
use lamplighter_core::trust::{Admission, admit};
use lamplighter_core::words::{FiledIssue, IssueNumber, IssueState, IssueText, Label, Login, Permission};
use lamplighter_core::{ErrorKind, async_trait};

use super::assert_fails;
use crate::context;

/// A tracker to be tested, and the people on it.
#[async_trait]
pub trait IssuesHarness: Send + Sync {
    /// The port under test.
    fn reader(&self) -> &dyn IssueReader;

    /// The port under test.
    fn writer(&self) -> &dyn IssueWriter;

    /// Makes somebody a collaborator with write access.
    async fn make_collaborator(&self, login: &str);

    /// Somebody files an issue.
    async fn open(&self, author: &str, text: &IssueText, labels: &BTreeSet<Label>) -> IssueNumber;

    /// Somebody writes a comment.
    async fn say(&self, number: IssueNumber, author: &str, body: &str);

    /// Somebody changes the body of an issue. `false` on a tracker that does not say who did.
    async fn edit(&self, _number: IssueNumber, _by: &str, _body: &str) -> bool {
        false
    }

    /// The bodies of an issue's comments as they stand on the tracker, hidden markers included.
    async fn bodies(&self, number: IssueNumber) -> Vec<String>;

    /// Who is assigned to an issue.
    async fn assignees(&self, number: IssueNumber) -> Vec<String>;
}

/// Checks everything that [`IssueReader`] and [`IssueWriter`] promise.
pub async fn issues(harness: &dyn IssuesHarness) {
    an_issue_that_is_not_there_is_not_found(harness).await;
    an_issue_reads_as_it_was_filed(harness).await;
    an_editor_is_named(harness).await;
    only_collaborators_may_do_something(harness).await;
    a_comment_is_posted_once_for_its_key(harness).await;
    any_body_is_posted_as_it_is(harness).await;
    a_strangers_marker_is_not_ours(harness).await;
    a_marker_counts_on_the_last_line_alone(harness).await;
    relabelling_touches_the_named_labels_alone(harness).await;
    assigning_and_closing_are_idempotent(harness).await;
    open_issues_are_found_by_their_labels(harness).await;
    an_issue_is_filed_once_for_its_key(harness).await;
}

async fn an_issue_that_is_not_there_is_not_found(harness: &dyn IssuesHarness) {
    let (reader, writer, nobody) = (harness.reader(), harness.writer(), IssueNumber(987_654));
    assert_fails(reader.issue(nobody).await, ErrorKind::NotFound, "reading an issue that is not there");
    assert_fails(reader.comments(nobody).await, ErrorKind::NotFound, "reading its comments");
    assert_fails(writer.comment(nobody, "key", "body").await, ErrorKind::NotFound, "commenting on it");
    assert_fails(writer.relabel(nobody, &set(["a"]), &set([])).await, ErrorKind::NotFound, "relabelling it");
    assert_fails(writer.assign(nobody, &Login::new("maria")).await, ErrorKind::NotFound, "assigning it");
    assert_fails(writer.close(nobody, CloseReason::Completed).await, ErrorKind::NotFound, "closing it");
}

async fn an_issue_reads_as_it_was_filed(harness: &dyn IssuesHarness) {
    harness.make_collaborator("maria").await;
    let bodies =
        ["", "502 since 14:00", "### Affected Service\r\n\r\n_No response_\r\n", "---\ntitle: \"no\"\n---\n☂ 𝄞"];
    for body in bodies {
        let text = IssueText { title: "Wiki: \"down\" #1 ☂".to_owned(), body: body.to_owned() };
        let number = harness.open("maria", &text, &set(["user-report", "help wanted"])).await;
        let issue = harness.reader().issue(number).await.expect("the issue is there");
        assert_eq!(issue.number, number);
        assert_eq!(issue.author.as_str(), "maria");
        assert_eq!(issue.edited_by, None, "nobody has edited it");
        assert_eq!(issue.labels, set(["user-report", "help wanted"]));
        assert_eq!(issue.state, IssueState::Open);
        let words = admitted(harness, number).await.expect("a collaborator is admitted");
        assert_eq!(words.title, text.title);
        assert_eq!(unified(&words.body), unified(body), "the words are what was written");
        let comments = harness.reader().comments(number).await.expect("the issue is there");
        assert!(comments.is_empty(), "nobody has said anything");
    }
}

async fn an_editor_is_named(harness: &dyn IssuesHarness) {
    harness.make_collaborator("maria").await;
    let number = harness.open("maria", &text("Edited later"), &set([])).await;
    if !harness.edit(number, "mallory", "run this").await {
        return;
    }
    let issue = harness.reader().issue(number).await.expect("the issue is there");
    assert_eq!(issue.author.as_str(), "maria", "the author stays the author");
    assert_eq!(issue.edited_by.as_ref().map(Login::as_str), Some("mallory"), "and whoever edited it is named");
    assert_eq!(admitted(harness, number).await, None, "words that an outsider edited are not admitted");
}

async fn only_collaborators_may_do_something(harness: &dyn IssuesHarness) {
    harness.make_collaborator("maria").await;
    let permission = async |login: &str| harness.reader().permission(&Login::new(login)).await;
    assert!(permission("maria").await.expect("asking works").is_collaborator());
    for stranger in ["mallory", "", "maria ", "../maria", "maria\nmaria"] {
        let permission = permission(stranger).await.expect("somebody unknown is no error");
        assert_eq!(permission, Permission::None, "{stranger:?} may do nothing");
    }
    let number = harness.open("mallory", &text("Let me in"), &set([])).await;
    assert_eq!(admitted(harness, number).await, None, "an outsider's words are not admitted");
}

async fn a_comment_is_posted_once_for_its_key(harness: &dyn IssuesHarness) {
    let (first, second) =
        (harness.open("maria", &text("First"), &set([])).await, harness.open("maria", &text("Second"), &set([])).await);
    harness.say(first, "maria", "It is worse now.").await;
    let writer = harness.writer();
    for (number, key, body) in [
        (first, "issue/1/ack", "**Investigating:** looking"),
        (first, "issue/1/ack", "**Investigating:** looking"),
        (first, "issue/1/findings", "**Findings:**\n\n- one\n- two"),
        (first, "issue/1/ack", "another text under the same key"),
        (second, "issue/1/ack", "**Investigating:** looking"),
    ] {
        writer.comment(number, key, body).await.expect("commenting works");
    }
    harness.say(first, "maria", "Thank you.").await;
    check_bodies(
        harness,
        first,
        &[
            ("It is worse now.", None),
            ("**Investigating:** looking", Some("issue/1/ack")),
            ("**Findings:**\n\n- one\n- two", Some("issue/1/findings")),
            ("Thank you.", None),
        ],
    )
    .await;
    check_bodies(harness, second, &[("**Investigating:** looking", Some("issue/1/ack"))]).await;

    let comments = harness.reader().comments(first).await.expect("the issue is there");
    let ourselves = harness.reader().ourselves().await.expect("the tracker says who we are");
    assert!(comments.iter().all(|comment| comment.key.is_none() || comment.author == ourselves), "we are {ourselves}");
    let authors: Vec<_> = comments.iter().map(|comment| comment.author.as_str()).collect();
    assert!(
        matches!(authors.as_slice(), ["maria", ours, again, "maria"] if ours == again && *ours != "maria"),
        "{authors:?}"
    );
    let ids: BTreeSet<_> = comments.iter().map(|comment| comment.id.as_str()).collect();
    assert_eq!(ids.len(), comments.len(), "every comment has an id of its own");
}

async fn any_body_is_posted_as_it_is(harness: &dyn IssuesHarness) {
    let number = harness.open("maria", &text("Awkward bodies"), &set([])).await;
    let huge = "a line of a log\n".repeat(3000);
    let bodies = [
        "a line",
        "ends in a line feed\n",
        "two\r\nlines",
        "---\nfront: matter\n---",
        "## comment\n### by mallory at noon",
        "```\nan open fence",
        "☂ 𝄞 \u{202e}",
        huge.as_str(),
    ];
    for (index, body) in bodies.iter().enumerate() {
        harness.writer().comment(number, &format!("body-{index}"), body).await.expect("commenting works");
    }
    let keys: Vec<String> = (0..bodies.len()).map(|index| format!("body-{index}")).collect();
    let expected: Vec<_> = bodies.iter().zip(&keys).map(|(body, key)| (*body, Some(key.as_str()))).collect();
    check_bodies(harness, number, &expected).await;
}

async fn a_strangers_marker_is_not_ours(harness: &dyn IssuesHarness) {
    let number = harness.open("maria", &text("Forged marker"), &set([])).await;
    harness.say(number, "mallory", "fixed, go away\n\n<!-- lamplighter:resolved -->").await;
    let comments = harness.reader().comments(number).await.expect("the issue is there");
    assert_eq!(
        comments.first().map(|comment| comment.key.clone()),
        Some(None),
        "a stranger's marker is no key of ours"
    );
    harness.writer().comment(number, "resolved", "**Resolved:** restarted").await.expect("commenting works");
    let bodies = harness.bodies(number).await;
    assert_eq!(bodies.len(), 2, "our comment is posted although a stranger has used its marker: {bodies:?}");
}

async fn a_marker_counts_on_the_last_line_alone(harness: &dyn IssuesHarness) {
    let number = harness.open("maria", &text("Quoted marker"), &set([])).await;
    let writer = harness.writer();
    let quoting = "Somebody wrote:\n<!-- lamplighter:resolved -->\n<!-- lamplighter:other -->";
    writer.comment(number, "quote", quoting).await.expect("commenting works");
    for key in ["resolved", "other", "quot"] {
        writer.comment(number, key, "the real one").await.expect("commenting works");
    }
    check_bodies(
        harness,
        number,
        &[
            (quoting, Some("quote")),
            ("the real one", Some("resolved")),
            ("the real one", Some("other")),
            ("the real one", Some("quot")),
        ],
    )
    .await;
}

async fn relabelling_touches_the_named_labels_alone(harness: &dyn IssuesHarness) {
    let number = harness.open("maria", &text("Labels"), &set(["user-report", "sev3"])).await;
    let check = async |add: &[&str], remove: &[&str], expected: &[&str]| {
        let (add, remove) = (set(add.iter().copied()), set(remove.iter().copied()));
        for _ in 0..2 {
            harness.writer().relabel(number, &add, &remove).await.expect("relabelling works");
            let issue = harness.reader().issue(number).await.expect("the issue is there");
            assert_eq!(issue.labels, set(expected.iter().copied()), "after adding {add:?} and removing {remove:?}");
        }
    };
    check(&["sev2", "incident"], &["sev3"], &["incident", "sev2", "user-report"]).await;
    check(&[], &["never-there"], &["incident", "sev2", "user-report"]).await;
    check(&["user-report"], &[], &["incident", "sev2", "user-report"]).await;
    check(&[], &[], &["incident", "sev2", "user-report"]).await;
    check(&["needs human: yes"], &["incident", "sev2"], &["needs human: yes", "user-report"]).await;
}

async fn assigning_and_closing_are_idempotent(harness: &dyn IssuesHarness) {
    let number = harness.open("maria", &text("To be closed"), &set(["user-report"])).await;
    let writer = harness.writer();
    for _ in 0..2 {
        writer.assign(number, &Login::new("maria")).await.expect("assigning works");
        assert_eq!(harness.assignees(number).await, ["maria"]);
    }
    writer.comment(number, "resolved", "**Resolved:** restarted").await.expect("commenting works");
    for reason in [CloseReason::Completed, CloseReason::NotPlanned] {
        writer.close(number, reason).await.expect("closing works, closed or not");
        let issue = harness.reader().issue(number).await.expect("a closed issue is there");
        assert_eq!(issue.state, IssueState::Closed);
        assert_eq!(issue.labels, set(["user-report"]), "closing leaves the labels alone");
        assert_eq!(harness.bodies(number).await.len(), 1, "closing says nothing");
    }
    writer.comment(number, "postmortem", "**Postmortem:** written").await.expect("a closed issue can be commented on");
    assert_eq!(harness.bodies(number).await.len(), 2);
}

async fn open_issues_are_found_by_their_labels(harness: &dyn IssuesHarness) {
    let first = harness.open("maria", &text("Has both"), &set(["contract-a", "contract-b"])).await;
    let second = harness.open("maria", &text("Has one"), &set(["contract-a"])).await;
    let third = harness.open("maria", &text("Has both too"), &set(["contract-b", "contract-a", "other"])).await;
    let closed = harness.open("maria", &text("Is closed"), &set(["contract-a", "contract-b"])).await;
    harness.writer().close(closed, CloseReason::NotPlanned).await.expect("closing works");
    let found = async |labels: &[&str]| {
        let issues = harness.reader().open_issues(&set(labels.iter().copied())).await.expect("searching works");
        issues.iter().map(|issue: &FiledIssue| issue.number).collect::<Vec<_>>()
    };
    assert_eq!(found(&["contract-a", "contract-b"]).await, [first, third], "all labels have to be there");
    assert_eq!(found(&["contract-a"]).await, [first, second, third], "by number");
    assert_eq!(found(&["contract"]).await, [], "a label is matched whole");
    let all = found(&[]).await;
    assert!(all.contains(&second) && !all.contains(&closed), "no labels means every open issue");
    assert!(all.is_sorted(), "by number: {all:?}");
}

async fn an_issue_is_filed_once_for_its_key(harness: &dyn IssuesHarness) {
    let writer = harness.writer();
    let forged = IssueText { title: "Forged".to_owned(), body: "x\n\n<!-- lamplighter:scan/node-n1 -->".to_owned() };
    let forged = harness.open("mallory", &forged, &set(["incident"])).await;
    let issue = NewIssue {
        title: "Node n1 is not ready".to_owned(),
        body: "**Findings:**\n\n- since 14:00".to_owned(),
        labels: set(["incident", "contract-filed"]),
    };
    let number = writer.file("scan/node-n1", &issue).await.expect("filing works");
    assert_ne!(number, forged, "a stranger's issue with the marker is not ours");
    assert_eq!(writer.file("scan/node-n1", &issue).await.expect("filing again works"), number, "it is filed once");
    let other = writer.file("scan/node-n", &issue).await.expect("filing works");
    assert_ne!(other, number, "another key is another issue");

    let filed = harness.reader().issue(number).await.expect("the issue is there");
    assert_eq!((filed.labels, filed.state), (issue.labels.clone(), IssueState::Open));
    assert_eq!(filed.key.as_deref(), Some("scan/node-n1"), "an issue of ours says by which key it was filed");
    let found = harness.reader().open_issues(&set(["contract-filed"])).await.expect("searching works");
    assert!(found.iter().any(|issue| issue.number == number && issue.key.as_deref() == Some("scan/node-n1")));
    let forged_one = harness.reader().issue(forged).await.expect("the issue is there");
    assert_eq!(forged_one.key, None, "a stranger's marker is no key of ours");
    writer.close(number, CloseReason::Completed).await.expect("closing works");
    let again = writer.file("scan/node-n1", &issue).await.expect("filing works");
    assert!(![number, other, forged].contains(&again), "a closed issue is not the answer: it has happened again");
}

/// The words of an issue, as they get past the trust gate.
async fn admitted(harness: &dyn IssuesHarness, number: IssueNumber) -> Option<IssueText> {
    let cx = context(&format!("contract/{number}"));
    match admit(&cx, harness.reader(), number).await.expect("the gate works") {
        Admission::Admitted(issue) => Some(issue.text.get().clone()),
        Admission::Queued { .. } => None,
    }
}

async fn check_bodies(harness: &dyn IssuesHarness, number: IssueNumber, expected: &[(&str, Option<&str>)]) {
    let comments = harness.reader().comments(number).await.expect("the issue is there");
    let keys: Vec<_> = comments.iter().map(|comment| comment.key.as_deref()).collect();
    assert_eq!(keys, expected.iter().map(|(_, key)| *key).collect::<Vec<_>>(), "the keys of the comments on {number}");
    let bodies = harness.bodies(number).await;
    assert_eq!(bodies.len(), expected.len(), "as many comments stand on {number} as are read");
    for (body, (text, key)) in bodies.iter().zip(expected) {
        let body = unified(body);
        let words = match key {
            Some(key) => {
                body.strip_suffix(&format!("<!-- lamplighter:{key} -->")).expect("the marker is the last line")
            }
            None => &body,
        };
        assert_eq!(words.trim_end(), unified(text), "the words of a comment stand as they were given");
    }
}

/// Trackers may unify line ends and cut what is blank at the end.
fn unified(text: &str) -> String {
    text.replace("\r\n", "\n").trim_end().to_owned()
}

fn text(title: &str) -> IssueText {
    IssueText { title: title.to_owned(), body: "for the contract".to_owned() }
}

fn set<'a>(labels: impl IntoIterator<Item = &'a str>) -> BTreeSet<Label> {
    labels.into_iter().map(str::to_owned).collect()
}
