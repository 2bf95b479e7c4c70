//! Lamplighter without any service around it: issues, sites, past post-mortems, secrets and the stop switch as files.
//!
//! - [`FilesTracker`]: a tracker that is a folder of Markdown files, one per issue.
//! - [`FolderPublisher`]: publishes a set of files into a folder.
//! - [`FolderArchive`]: the Markdown and HTML files below a folder.
//! - [`FileStopSwitch`]: everything stops while a file is there.
//! - [`FileSecrets`]: secrets as Kubernetes mounts them.
//! - [`KnownIssuesFile`]: trouble that is written down and lived with, in Markdown.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_core::ports::{IssueReader, IssueWriter};
//! use lamplighter_core::words::IssueNumber;
//! use lamplighter_files::FilesTracker;
//! use lamplighter_testkit::fakes::FakeClock;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter_core::Result<()> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! let issue = "---\nauthor: maria\ncollaborator: true\nlabels: [user-report]\n---\n# Wiki is down\n\n502 since 14:00\n";
//! std::fs::write(folder.path().join("0007-wiki.md"), issue).expect("written by hand");
//!
//! let tracker = FilesTracker::open(folder.path(), Arc::new(FakeClock::default()))?;
//! tracker.comment(IssueNumber(7), "ack", "**Investigating:** looking at it").await?;
//! assert_eq!(tracker.comments(IssueNumber(7)).await?.len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # An issue
//! `0007-title-slug.md`: the digits before the first `-` (or before `.md`) are its number, the rest of the name is
//! for people. Only plain files count; links are not followed.
//!
//! ```text
//! +++
//! title = "Wiki returns 502"          # otherwise the first heading of the body
//! author = "maria"                    # otherwise unknown, who may do nothing
//! collaborator = true                 # whether the author may write in the repository
//! collaborators = ["otto"]            # others on this issue who may
//! labels = ["user-report"]
//! state = "open"                      # or "closed"; open when absent
//! created = 2026-03-01T14:05:00Z      # UTC
//! closed_at = 2026-03-01T16:00:00Z    # UTC; counts while it is closed
//! assignees = ["maria"]
//! edited_by = "otto"                  # who last changed title or body, when it was not the author
//! thread = "3f9a51c2"                 # what the headings of comments end in
//! +++
//!
//! The body, in Markdown.
//!
//! ## Comment by otto at 2026-03-01T14:10:00Z (3f9a51c2)
//!
//! The comment, up to the next such heading.
//! ```
//!
//! The front matter is TOML between `+++` lines, or the simplest YAML between `---` lines: `key: value` and `[a, b]`
//! or `- a` lists. Keys that we do not know, comments, spaces and line ends stay as they are: only the values that
//! change are touched. A file that leaves everything out but a heading is an issue too.
//!
//! **Comments cannot be forged by text.** A heading is one only if it ends in the issue's `thread`, a random word
//! that we choose when it does not stand anywhere in the file; and in text that passes through us, a line that would
//! be such a heading is written with a `\` before it, which is taken off again on reading. To comment by hand, copy a
//! heading; in a file that has none yet, write a `thread` of your own choice first. Front matter is at the top of a file
//! or nowhere: whoever pastes outside text into a new file by hand begins it with front matter of his own.
//!
//! # Who may write
//! 1. If `collaborators.txt` is in the folder, it alone says: one login per line, `login admin` for an
//!    administrator, `#` begins a comment.
//! 2. Otherwise the newest issue that says anything about somebody: `collaborator` about its author,
//!    `collaborators` about others.
//! 3. Our own login always may: the issues that we file ourselves are not outsiders'.
//!
//! Logins are compared without regard to the case of ASCII letters, as GitHub does.
//!
//! # What is deliberately not here
//! No watching of the folder, no rights of its own (whoever may write the files may do anything), no network file
//! systems (locks cannot be trusted there).

mod archive;
mod disk;
mod error;
mod folder;
mod front_matter;
mod import;
mod issue_file;
mod known_issues;
mod marker;
mod payload;
mod publisher;
mod secrets;
mod stop;
mod tracker;
mod yaml;

pub use archive::{FolderArchive, FolderContents, LeftOut};
pub use error::FilesError;
pub use known_issues::{KnownIssueProblem, KnownIssuesFile};
pub use publisher::FolderPublisher;
pub use secrets::FileSecrets;
pub use stop::FileStopSwitch;
pub use tracker::FilesTracker;
