//! What every tracker promises, promised by GitHub too.

use std::collections::BTreeSet;

use lamplighter_core::async_trait;
use lamplighter_core::ports::{IssueReader, IssueWriter};
use lamplighter_core::words::{IssueNumber, IssueText, Label};
use lamplighter_testkit::contract::{self, IssuesHarness};
use lamplighter_testkit::world::{GithubRole, GithubWorld};

use crate::visit::{REPO, TOKEN, Visit, token};

#[async_trait]
impl IssuesHarness for Visit {
    fn reader(&self) -> &dyn IssueReader {
        &self.issues
    }

    fn writer(&self) -> &dyn IssueWriter {
        &self.issues
    }

    async fn make_collaborator(&self, login: &str) {
        self.world.set_role(REPO, login, GithubRole::Write);
    }

    async fn open(&self, author: &str, text: &IssueText, labels: &BTreeSet<Label>) -> IssueNumber {
        let labels = labels.iter().map(String::as_str);
        IssueNumber(self.world.open_issue(REPO, author, &text.title, &text.body, labels))
    }

    async fn say(&self, number: IssueNumber, author: &str, body: &str) {
        self.world.comment(REPO, number.0, author, body);
    }

    // REST does not say who has edited an issue, so that `edit` stays false.

    async fn bodies(&self, number: IssueNumber) -> Vec<String> {
        Visit::bodies(self, number)
    }

    async fn assignees(&self, number: IssueNumber) -> Vec<String> {
        self.world.issue(REPO, number.0).assignees
    }
}

#[tokio::test]
async fn github_is_a_tracker_by_token_and_keeps_to_its_description() {
    let visit = Visit::by_token();
    visit.world.open_pull_request(REPO, "maria", "A change");
    contract::issues(&visit).await;
    visit.check_description();
}

#[tokio::test]
async fn github_tells_what_was_closed_and_keeps_to_its_description() {
    let visit = Visit::by_token();
    contract::closed_issues(&visit, &visit.issues).await;
    visit.check_description();
}

#[tokio::test]
async fn github_is_a_tracker_by_app_and_keeps_to_its_description() {
    let (visit, _) = Visit::by_app();
    contract::issues(&visit).await;
    visit.check_description();
}

#[tokio::test]
async fn an_enterprise_server_is_a_tracker() {
    let visit = Visit::with(GithubWorld::start_enterprise, |_| token(TOKEN), |settings| settings);
    contract::issues(&visit).await;
    assert!(visit.world.requests().iter().all(|request| request.path.starts_with("/api/v3/")));
    visit.check_description();
}
