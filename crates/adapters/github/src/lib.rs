//! GitHub's issues behind the tracker's ports, and its webhooks.
//!
//! [`GithubIssues`] implements [`IssueReader`] and [`IssueWriter`] over GitHub's
//! [REST API](https://docs.github.com/en/rest), on github.com or on an Enterprise Server. [`webhook`] verifies and reads
//! what GitHub sends.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_core::ports::{IssueReader, IssueWriter};
//! use lamplighter_core::words::IssueNumber;
//! use lamplighter_github::{GithubAuth, GithubIssues, GithubSecret, GithubSettings};
//! use lamplighter_testkit::fakes::FakeClock;
//! use lamplighter_testkit::world::{GithubRole, GithubWorld};
//! use secrecy::SecretString;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter_core::Result<()> {
//! let clock = Arc::new(FakeClock::auto());
//! let github = GithubWorld::start(clock.clone())?;
//! github.add_repository("home/infra");
//! github.set_role("home/infra", "lamplighter", GithubRole::Write);
//! github.add_token("lamplighter", "ghp_secret");
//! let number = IssueNumber(github.open_issue("home/infra", "maria", "Wiki is down", "502", ["user-report"]));
//!
//! let token = GithubSecret::fixed(SecretString::from("ghp_secret"));
//! let settings = GithubSettings::new("home", "infra", GithubAuth::Token(token)).with_url(github.url());
//! let issues = GithubIssues::new(settings, clock)?;
//! assert!(issues.issue(number).await?.labels.contains("user-report"));
//! issues.comment(number, "ack", "**Investigating:** looking at it").await?;
//! issues.comment(number, "ack", "**Investigating:** looking at it").await?;
//! assert_eq!(github.issue("home/infra", number.0).comments.len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Who we are
//! With a token we are its user; an App is `<slug>[bot]`. A comment or an issue is ours only if that is its author and its
//! marker stands on the last line. A token that GitHub refuses is read again from where it is kept, once; that of an App's
//! installation is renewed five minutes before its hour is over, too.
//!
//! The token needs to read and write issues, and push access to the repository: without it GitHub drops labels and does
//! not say what others may do.
//!
//! # What is sent twice
//! What reads, and what brings about a state that it names: labels, an assignee, closed. A comment or an issue is never
//! posted again before it was looked for by its marker, since an answer may be lost after its effect. Whatever was refused
//! for a rate limit was not done, and is sent again when the limit is over.
//!
//! # Rate limits
//! `retry-after` and `x-ratelimit-reset` are kept to, by all clones; a limit that does not say is waited for a minute, then
//! two, then four. A request that would have to wait longer than its patience fails, says until when, and nothing more is sent
//! before. What was read before is asked for by its `ETag`, and an answer that it has not changed does not count.
//!
//! # What goes over the wire
//! A repository that was renamed is followed; our credentials are not sent to another host. Answers are read up to 32 MiB. Certificates are checked
//! against those that the system trusts. Proxies of the environment are not used.
//!
//! What it deliberately does not do: it does not say who has edited an issue (REST does not), has no use for GraphQL, takes
//! no pull request for an issue, and deletes nothing.
//!
//! [`IssueReader`]: lamplighter_core::ports::IssueReader
//! [`IssueWriter`]: lamplighter_core::ports::IssueWriter

mod answer;
mod api;
mod cache;
mod credential;
mod error;
mod issues;
mod limits;
mod marker;
mod path;
mod reader;
mod settings;
mod transport;
pub mod webhook;
mod wire;
mod writer;

pub use error::GithubError;
pub use issues::GithubIssues;
pub use settings::{GithubAuth, GithubSecret, GithubSettings};
