use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use lamplighter_core::ports::{Inbox, Job, JobCounts, JobId, JobState, Message, Receipt, Words, WorkKind};
use lamplighter_core::words::IssueNumber;
use lamplighter_core::{Clock, Error, ErrorKind, Result, async_trait};

use super::{Calls, FakeClock, locked};

/// An inbox in memory. Clones share what is in it.
#[derive(Clone)]
pub struct FakeInbox(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    kept: Mutex<Kept>,
    calls: Calls,
}

#[derive(Default)]
struct Kept {
    messages: BTreeSet<String>,
    words: BTreeMap<IssueNumber, Words>,
    jobs: Vec<Job>,
    /// The running jobs that were woken meanwhile.
    woken: BTreeSet<JobId>,
}

impl FakeInbox {
    /// An empty one, where it is always [`FakeClock::START`].
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(Arc::new(FakeClock::new()))
    }

    /// An empty one with this clock.
    #[must_use]
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner { clock, kept: Mutex::default(), calls: Calls::default() }))
    }

    /// What it was asked, and what it is to fail at.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }

    /// Every job, oldest first.
    #[must_use]
    pub fn jobs(&self) -> Vec<Job> {
        locked(&self.0.kept).jobs.clone()
    }
}

impl Default for FakeInbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Kept {
    fn wake(&mut self, issue: IssueNumber, now: Timestamp) {
        for job in self.jobs.iter_mut().filter(|job| job.work.issue() == Some(issue)) {
            match job.state {
                JobState::Waiting { .. } => {
                    job.state = JobState::Queued { due: now };
                    job.changed_at = now;
                }
                JobState::Running => {
                    self.woken.insert(job.id.clone());
                }
                JobState::Queued { .. }
                | JobState::Completed { .. }
                | JobState::Failed { .. }
                | JobState::TimedOut { .. } => {}
            }
        }
    }
}

#[async_trait]
impl Inbox for FakeInbox {
    async fn accept(&self, message: Message) -> Result<Receipt> {
        self.0.calls.begin("accept", &message.id)?;
        let mut kept = locked(&self.0.kept);
        if !kept.messages.insert(message.id) {
            return Ok(Receipt::Repeated);
        }
        if let Some(words) = message.words
            && kept.words.get(&words.issue).is_none_or(|known| known.at <= words.at)
        {
            kept.words.insert(words.issue, words);
        }
        if let Some((id, work)) = message.job
            && !kept.jobs.iter().any(|job| job.id == id)
        {
            let (at, state) = (message.at, JobState::Queued { due: message.at });
            kept.jobs.push(Job { id, work, state, attempts: 0, created_at: at, changed_at: at });
        }
        if let Some(issue) = message.wake {
            kept.wake(issue, message.at);
        }
        drop(kept);
        self.0.calls.end("accept").map(|()| Receipt::Accepted)
    }

    async fn words(&self, issue: IssueNumber) -> Result<Option<Words>> {
        self.0.calls.begin("words", issue)?;
        Ok(locked(&self.0.kept).words.get(&issue).cloned())
    }

    async fn job(&self, id: &JobId) -> Result<Option<Job>> {
        self.0.calls.begin("job", id)?;
        Ok(locked(&self.0.kept).jobs.iter().find(|job| job.id == *id).cloned())
    }

    async fn take(&self, kind: WorkKind) -> Result<Option<Job>> {
        self.0.calls.begin("take", kind.as_str())?;
        let now = self.0.clock.now();
        let mut kept = locked(&self.0.kept);
        let of_kind = |job: &Job| job.work.kind() == kind;
        let running = kept.jobs.iter().filter(|job| of_kind(job) && job.state == JobState::Running);
        let busy: BTreeSet<Option<IssueNumber>> = running.map(|job| job.work.issue()).collect();
        let is_due = |job: &&mut Job| match job.state {
            JobState::Queued { due } | JobState::Waiting { until: due } => {
                of_kind(job) && due <= now && !busy.contains(&job.work.issue())
            }
            _ => false,
        };
        let Some(job) = kept.jobs.iter_mut().find(is_due) else { return Ok(None) };
        job.state = JobState::Running;
        job.attempts += 1;
        job.changed_at = now;
        Ok(Some(job.clone()))
    }

    async fn next_due(&self) -> Result<Option<Timestamp>> {
        self.0.calls.begin("next_due", "")?;
        let due = |job: &Job| match job.state {
            JobState::Queued { due } | JobState::Waiting { until: due } => Some(due),
            _ => None,
        };
        Ok(locked(&self.0.kept).jobs.iter().filter_map(due).min())
    }

    async fn settle(&self, id: &JobId, state: JobState) -> Result<()> {
        self.0.calls.begin("settle", id)?;
        let now = self.0.clock.now();
        let mut kept = locked(&self.0.kept);
        let was_woken = kept.woken.remove(id);
        let job = kept.jobs.iter_mut().find(|job| job.id == *id);
        let job = job.ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no job {id}")))?;
        job.state = match state {
            JobState::Waiting { .. } if was_woken => JobState::Queued { due: now },
            state => state,
        };
        job.changed_at = now;
        drop(kept);
        self.0.calls.end("settle")
    }

    async fn recover(&self) -> Result<u64> {
        self.0.calls.begin("recover", "")?;
        let now = self.0.clock.now();
        let mut recovered = 0;
        for job in locked(&self.0.kept).jobs.iter_mut().filter(|job| job.state == JobState::Running) {
            job.state = JobState::Queued { due: now };
            recovered += 1;
        }
        Ok(recovered)
    }

    async fn counts(&self) -> Result<JobCounts> {
        self.0.calls.begin("counts", "")?;
        let mut counts = JobCounts::default();
        for job in &locked(&self.0.kept).jobs {
            match job.state {
                JobState::Queued { .. } => counts.queued += 1,
                JobState::Running => counts.running += 1,
                JobState::Waiting { .. } => counts.waiting += 1,
                JobState::Completed { .. } | JobState::Failed { .. } | JobState::TimedOut { .. } => {}
            }
        }
        Ok(counts)
    }
}
