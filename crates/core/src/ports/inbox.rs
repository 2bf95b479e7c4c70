use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::trust::Untrusted;
use crate::words::{IssueNumber, IssueText, Login};
use crate::{Result, Usd};

/// The identity of a job: the same for the same request, however often it is made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(String);

impl JobId {
    /// A job by its id.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a job may take, where that is less than it may anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct JobLimits {
    /// Money.
    pub budget: Option<Usd>,
    /// Time from when it is begun, in seconds.
    pub seconds: Option<u64>,
}

/// What is to be done.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "work")]
#[non_exhaustive]
pub enum Work {
    /// Answer an issue, or go on with the answer.
    Answer {
        /// Which.
        issue: IssueNumber,
        /// Whether it is answered anew where it was answered before.
        again: bool,
        /// What whoever asked for it allows it to take.
        #[serde(default)]
        limits: JobLimits,
    },
    /// Carry out what a comment says, if somebody wrote it who may.
    Command {
        /// On which issue.
        issue: IssueNumber,
        /// The id of the comment on the tracker.
        comment: String,
        /// Who wrote it.
        author: Login,
        /// When (UTC).
        #[serde(default)]
        at: Timestamp,
        /// Its words, locked.
        #[serde(with = "crate::trust::stored")]
        body: Untrusted<String>,
    },
    /// Do what post-mortems say should be done.
    Todos {
        /// Which, as paths in the archive.
        documents: Vec<String>,
    },
}

impl Work {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> WorkKind {
        match self {
            Self::Answer { .. } => WorkKind::Answer,
            Self::Command { .. } => WorkKind::Command,
            Self::Todos { .. } => WorkKind::Todos,
        }
    }

    /// The issue that it is about, where it is about one.
    #[must_use]
    pub const fn issue(&self) -> Option<IssueNumber> {
        match self {
            Self::Answer { issue, .. } | Self::Command { issue, .. } => Some(*issue),
            Self::Todos { .. } => None,
        }
    }
}

/// The kinds of work, whose jobs wait for jobs of their own kind alone: an answer may take half an hour, and a command that
/// stops it must not wait until it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WorkKind {
    /// [`Work::Answer`].
    Answer,
    /// [`Work::Command`].
    Command,
    /// [`Work::Todos`].
    Todos,
}

impl WorkKind {
    /// All of them, what people wait for first.
    pub const ALL: [Self; 3] = [Self::Command, Self::Answer, Self::Todos];

    /// The word for it, which is also the `work` of a [`Work`] as JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Command => "command",
            Self::Todos => "todos",
        }
    }
}

/// The words of an issue as a signed message brought them, with who wrote them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Words {
    /// The issue.
    pub issue: IssueNumber,
    /// Who filed it.
    pub author: Login,
    /// Who wrote these words: the author, or whoever edited them.
    pub written_by: Login,
    /// When the tracker says that they came to be so (UTC). Words that are older than those already known change nothing.
    pub at: Timestamp,
    /// The words, locked.
    #[serde(with = "crate::trust::stored")]
    pub text: Untrusted<IssueText>,
}

/// A message that was taken in: what it asks for and what it tells, all of it at once or nothing.
#[derive(Debug, Clone)]
pub struct Message {
    /// The sender's id of the message; one that was taken in before changes nothing.
    pub id: String,
    /// When it came (UTC).
    pub at: Timestamp,
    /// The words that it brings.
    pub words: Option<Words>,
    /// The job that it asks for. A job of this id that is there already is that job.
    pub job: Option<(JobId, Work)>,
    /// The issue whose waiting job is to look again now.
    pub wake: Option<IssueNumber>,
}

/// What came of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receipt {
    /// It was taken in.
    Accepted,
    /// It had been taken in before, and changed nothing.
    Repeated,
}

/// How far a job is. Deliberately exhaustive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum JobState {
    /// It waits for its turn, and not before this time (UTC).
    Queued {
        /// When it is due.
        due: Timestamp,
    },
    /// It is being done.
    Running,
    /// It waits for a person, at the longest until then (UTC).
    Waiting {
        /// When it looks again by itself.
        until: Timestamp,
    },
    /// It is done.
    Completed {
        /// What came of it.
        outcome: Value,
    },
    /// It could not be done.
    Failed {
        /// Why; safe in public.
        reason: String,
    },
    /// Its time was over before it was done.
    TimedOut {
        /// What was not done in time; safe in public.
        reason: String,
    },
}

impl JobState {
    /// Whether it is over.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self, Self::Completed { .. } | Self::Failed { .. } | Self::TimedOut { .. })
    }
}

/// A job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    /// Its identity.
    pub id: JobId,
    /// What is to be done.
    pub work: Work,
    /// How far it is.
    pub state: JobState,
    /// How often it was begun.
    pub attempts: u32,
    /// When it was asked for (UTC).
    pub created_at: Timestamp,
    /// When its state last changed (UTC).
    pub changed_at: Timestamp,
}

/// How many jobs there are, by how far they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct JobCounts {
    /// Waiting for their turn.
    pub queued: u64,
    /// Being done.
    pub running: u64,
    /// Waiting for a person.
    pub waiting: u64,
}

/// What was asked of us, kept until it is done: the messages that were accepted, the words that they brought, and the jobs.
///
/// # Contract
/// - What [`accept`](Inbox::accept) and [`settle`](Inbox::settle) return from is durable.
/// - Jobs of one kind are taken first in, first out, and no two of them that are about one issue at a time; neither are two
///   that are about none.
/// - One process takes jobs; any number may accept and look.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Takes a message in.
    ///
    /// # Idempotency
    /// By the id of the message, and by the id of its job.
    ///
    /// # Errors
    /// When it could not be written; nothing of it was taken in then, and the sender has to be told.
    async fn accept(&self, message: Message) -> Result<Receipt>;

    /// The newest words of an issue that a message brought.
    ///
    /// # Errors
    /// When they cannot be read.
    async fn words(&self, issue: IssueNumber) -> Result<Option<Words>>;

    /// A job, by its id.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn job(&self, id: &JobId) -> Result<Option<Job>>;

    /// Takes the oldest job of a kind that is due and whose issue has none of that kind running, and marks it as running.
    ///
    /// # Errors
    /// When the inbox cannot be read or written.
    async fn take(&self, kind: WorkKind) -> Result<Option<Job>>;

    /// When the next job is due (UTC), of those that are neither running nor over.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn next_due(&self) -> Result<Option<Timestamp>>;

    /// Says how far a running job is. A message that woke the job while it ran is not lost: a job that would wait is queued
    /// again instead.
    ///
    /// # Errors
    /// When it cannot be written.
    async fn settle(&self, id: &JobId, state: JobState) -> Result<()>;

    /// Queues again what was running when the process that ran it ended; how many that were. Called once, before the first
    /// [`take`](Inbox::take).
    ///
    /// # Errors
    /// When it cannot be written.
    async fn recover(&self) -> Result<u64>;

    /// How many jobs there are.
    ///
    /// # Errors
    /// When they cannot be counted.
    async fn counts(&self) -> Result<JobCounts>;
}
