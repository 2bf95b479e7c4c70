//! The contract of a tracker that tells what it has closed.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::ports::{CloseReason, ClosedIssue, ClosedIssues};
use lamplighter_core::words::{IssueNumber, IssueState, IssueText, Label};

use super::IssuesHarness;

/// Checks everything that [`ClosedIssues`] promises, of the tracker that a harness plays.
pub async fn closed_issues(harness: &dyn IssuesHarness, closed: &dyn ClosedIssues) {
    harness.make_collaborator("maria").await;
    let text = IssueText { title: "Wiki is down".to_owned(), body: String::new() };
    let open = async |labels: &[&str]| harness.open("maria", &text, &set(labels)).await;
    let first = open(&["over", "incident"]).await;
    let second = open(&["over", "incident"]).await;
    let other = open(&["over"]).await;
    let _still_open = open(&["over", "incident"]).await;
    for number in [second, first, other] {
        harness.writer().close(number, CloseReason::Completed).await.expect("an issue can be closed");
    }

    let both = found(closed, &["incident", "over"], Timestamp::UNIX_EPOCH).await;
    assert_eq!(numbers(&both), BTreeSet::from([first, second]), "the closed ones with all of the labels");
    for one in &both {
        assert_eq!(one.issue.state, IssueState::Closed);
        assert_eq!(one.issue.author.as_str(), "maria");
        assert!(one.issue.created_at.is_none_or(|created| created <= one.closed_at), "closed after it was filed");
    }
    assert!(both.is_sorted_by(|one, next| one.closed_at >= next.closed_at), "the last closed first");
    let all = found(closed, &["over"], Timestamp::UNIX_EPOCH).await;
    assert_eq!(numbers(&all), BTreeSet::from([first, second, other]));
    assert!(found(closed, &["nothing has this"], Timestamp::UNIX_EPOCH).await.is_empty());

    let last = all.iter().map(|one| one.closed_at).max().expect("there are some");
    assert!(numbers(&found(closed, &["over"], last).await).is_subset(&numbers(&all)), "closed then or later");
    assert!(!found(closed, &["over"], last).await.is_empty(), "closed at this very time");
    assert!(found(closed, &["over"], last + SignedDuration::from_secs(1)).await.is_empty(), "all were closed before");
}

async fn found(closed: &dyn ClosedIssues, labels: &[&str], since: Timestamp) -> Vec<ClosedIssue> {
    closed.closed_issues(&set(labels), since).await.expect("looking works")
}

fn numbers(found: &[ClosedIssue]) -> BTreeSet<IssueNumber> {
    found.iter().map(|one| one.issue.number).collect()
}

fn set(labels: &[&str]) -> BTreeSet<Label> {
    labels.iter().map(|label| (*label).to_owned()).collect()
}
