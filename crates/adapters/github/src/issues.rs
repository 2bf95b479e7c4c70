use std::sync::Arc;

use jiff::Timestamp;
use lamplighter_core::Clock;
use lamplighter_core::words::{IssueNumber, Login};

use crate::api::Api;
use crate::path::encoded;
use crate::transport::Ask;
use crate::wire::{Comment, Issue};
use crate::{GithubError, GithubSettings};

/// In seconds.
const DAY: i64 = 24 * 60 * 60;

/// The issues of a repository on GitHub; see the [crate's documentation](crate). Clones share what is known of rate limits,
/// the token, and what was read before.
#[derive(Clone)]
pub struct GithubIssues {
    pub(crate) api: Api,
    repository: Arc<str>,
}

impl GithubIssues {
    /// The issues of the repository in the settings. Nothing is sent before somebody asks.
    ///
    /// # Errors
    /// [`GithubError::Settings`].
    pub fn new(settings: GithubSettings, clock: Arc<dyn Clock>) -> Result<Self, GithubError> {
        let repository = Arc::from(settings.full_name()?);
        Ok(Self { api: Api::new(settings, clock)?, repository })
    }

    /// The login by which our comments are known: that of the token's user, or `<slug>[bot]` of the App.
    ///
    /// # Errors
    /// When GitHub does not say.
    pub async fn login(&self) -> lamplighter_core::Result<Login> {
        Ok(self.api.login().await?)
    }

    /// A path below the repository.
    pub(crate) fn path(&self, below: &str) -> String {
        format!("/repos/{}/{below}", self.repository)
    }

    /// A path below an issue, and what the issue is called in messages.
    pub(crate) fn below(&self, number: IssueNumber, below: &str) -> (String, String) {
        (self.path(&format!("issues/{}{below}", number.0)), format!("issue {number}"))
    }

    /// One issue. A pull request is none.
    pub(crate) async fn get(&self, number: IssueNumber) -> Result<Issue, GithubError> {
        let (path, what) = self.below(number, "");
        let issue: Issue = self.api.read(&Ask::get(path, what.as_str())).await?;
        if issue.is_pull_request() { Err(GithubError::NotFound { what }) } else { Ok(issue) }
    }

    /// Its comments, oldest first.
    pub(crate) async fn said(&self, number: IssueNumber) -> Result<Vec<Comment>, GithubError> {
        let (path, what) = self.below(number, "/comments");
        self.api.read_all(Ask::get(path, what)).await
    }

    /// The open issues by number, with a query that narrows them down (`&labels=…`). Pull requests are left out.
    pub(crate) async fn open(&self, query: &str) -> Result<Vec<Issue>, GithubError> {
        self.list(&format!("state=open&sort=created&direction=asc{query}"), "open issues").await
    }

    /// The closed issues by number that were touched at this time or later, with a query that narrows them down.
    pub(crate) async fn closed(&self, since: Timestamp, query: &str) -> Result<Vec<Issue>, GithubError> {
        // From the begin of that day, so that it is the same request all day long, which costs nothing while nothing
        // changes.
        let since = Timestamp::from_second(since.as_second().div_euclid(DAY) * DAY).unwrap_or(since);
        let query = format!("state=closed&sort=updated&direction=asc&since={}{query}", encoded(&since.to_string()));
        self.list(&query, "closed issues").await
    }

    async fn list(&self, query: &str, what: &'static str) -> Result<Vec<Issue>, GithubError> {
        let path = self.path(&format!("issues?{query}"));
        let mut issues: Vec<Issue> = self.api.read_all(Ask::get(path, what)).await?;
        issues.retain(|issue| !issue.is_pull_request());
        issues.sort_by_key(|issue| issue.number);
        // What is closed meanwhile moves the others to another page.
        issues.dedup_by_key(|issue| issue.number);
        Ok(issues)
    }
}

impl std::fmt::Debug for GithubIssues {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GithubIssues").field("repository", &self.repository).finish_non_exhaustive()
    }
}
